// Draws a plan on a Leaflet map and fills the panel beside it.
// Names come from anybody, so every text goes in as a text node; there is no HTML from data.
const showPlan = (() => {
  "use strict";

  const SIGNS = { yes: "\u2713", borderline: "\u25d0", no: "\u2715" };
  const INK = "#1f2933";
  const DISTRICT = "#b4430c";
  const MODES = ["foot", "bike"];

  function make(tag, className, ...children) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...children);
    return element;
  }

  // A name keeps its own direction, whatever signs it holds.
  function name(text) {
    return make("bdi", "", text);
  }

  function latLngs(plan, flat) {
    const out = [];
    let x = plan.origin[0];
    let y = plan.origin[1];
    for (let i = 0; i < flat.length; i += 2) {
      x += flat[i];
      y += flat[i + 1];
      out.push([y / plan.per_degree, x / plan.per_degree]);
    }
    return out;
  }

  function shape(plan, polygons) {
    return polygons.map((rings) => rings.map((ring) => latLngs(plan, ring)));
  }

  // Narrow screens lay the rows out as a grid, which takes their meaning from them; this keeps it.
  function tableRoles(table) {
    table.setAttribute("role", "table");
    const roles = { THEAD: "rowgroup", TBODY: "rowgroup", TR: "row", TD: "cell" };
    for (const part of table.querySelectorAll("thead, tbody, tr, th, td")) {
      const ofHead = part.scope === "col" ? "columnheader" : "rowheader";
      part.setAttribute("role", roles[part.tagName] || ofHead);
    }
  }

  function calm() {
    return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  // ---- the map -------------------------------------------------------------------------------

  function drawBeats(map, plan, choose) {
    return plan.beats.map((beat, k) => {
      const area = L.polygon(shape(plan, beat.rings), {
        color: INK,
        weight: 1.25,
        opacity: 0.55,
        dashArray: beat.dashed ? "6 5" : null,
        fillColor: beat.colour,
        fillOpacity: beat.dashed ? 0.32 : 0.17,
      }).addTo(map);
      area.on("click", () => choose(k));
      return area;
    });
  }

  function drawStreets(map, plan, choose, tip) {
    const { names, name: nameOf, count, line } = plan.streets;
    const group = L.featureGroup();
    let segment = 0;
    count.forEach((many, k) => {
      const beat = plan.beats[k];
      for (const end = segment + many; segment < end; segment += 1) {
        const street = L.polyline(latLngs(plan, line[segment]), { color: beat.colour, weight: 1 });
        street.beat = k;
        street.street = names[nameOf[segment]];
        group.addLayer(street);
      }
    });
    group.on("click", (event) => {
      L.DomEvent.stopPropagation(event);
      choose(event.layer.beat);
    });
    group.on("mouseover mousemove", (event) => {
      const { street, beat } = event.layer;
      tip.show(event.latlng, street || plan.text.unnamed, plan.beats[beat]);
    });
    group.on("mouseout", () => tip.hide());
    const widths = () => {
      const zoom = map.getZoom();
      const weight = zoom < 12.5 ? 1 : zoom < 14 ? 1.6 : zoom < 15.5 ? 2.4 : zoom < 17 ? 3.4 : 5;
      if (weight !== group.weight) group.setStyle({ weight });
      group.weight = weight;
    };
    map.on("zoomend", widths);
    group.addTo(map);
    widths();
    return group;
  }

  function drawLabels(map, plan, choose) {
    const labels = plan.beats.map((beat, k) => {
      const icon = L.divIcon({
        className: "beat-label",
        html: make("span", "", name(beat.id)),
        iconSize: null,
      });
      const marker = L.marker(latLngs(plan, beat.label)[0], { icon, keyboard: false }).addTo(map);
      marker.on("click", () => choose(k));
      return marker;
    });
    // Where labels would cover each other, those of the larger beats stay; the table has them all.
    const largest = plan.beats
      .map((_, k) => k)
      .sort((a, b) => plan.beats[b].size - plan.beats[a].size || a - b);
    const thin = () => {
      const taken = [];
      for (const k of largest) {
        const element = labels[k].getElement();
        const { x, y } = map.latLngToLayerPoint(labels[k].getLatLng());
        const { offsetWidth: wide, offsetHeight: high } = element.firstChild;
        const free = taken.every(
          (t) => Math.abs(t.x - x) > (t.wide + wide) / 2 || Math.abs(t.y - y) > (t.high + high) / 2,
        );
        if (free) taken.push({ x, y, wide, high });
        element.classList.toggle("covered", !free);
      }
    };
    map.on("zoomend", thin);
    thin();
  }

  function drawCities(map, plan) {
    plan.cities.forEach((rings) => {
      const style = { color: INK, weight: 2.5, fill: false, interactive: false };
      L.polygon(shape(plan, rings), style).addTo(map);
    });
  }

  function drawDistricts(map, plan) {
    plan.districts.forEach((rings) => {
      const style = { color: DISTRICT, weight: 4, dashArray: "1 8", lineCap: "round" };
      L.polygon(shape(plan, rings), { ...style, fill: false, interactive: false }).addTo(map);
    });
  }

  function drawBases(map, plan, choose, tip) {
    plan.beats.forEach((beat, k) => {
      if (!beat.base) return;
      const style = { radius: 5, color: INK, weight: 2, fillColor: "#fff", fillOpacity: 1 };
      const base = L.circleMarker(latLngs(plan, beat.base)[0], style).addTo(map);
      base.on("click", () => choose(k));
      base.on("mouseover", (event) => tip.show(event.latlng, beat.base_name || plan.text.base, beat));
      base.on("mouseout", () => tip.hide());
    });
  }

  function streetTip(map) {
    const tooltip = L.tooltip({ direction: "top", offset: [0, -6], opacity: 1 });
    return {
      show(latLng, title, beat) {
        const where = make("span", "tip-beat", name(beat.id), " \u00b7 ", name(beat.name));
        tooltip.setContent(make("div", "tip", make("strong", "", name(title)), where));
        tooltip.setLatLng(latLng);
        if (!map.hasLayer(tooltip)) tooltip.addTo(map);
      },
      hide() {
        tooltip.remove();
      },
    };
  }

  function addControls(map, plan, whole) {
    const { text } = plan;
    L.control.zoom({ zoomInTitle: text.zoom_in, zoomOutTitle: text.zoom_out }).addTo(map);
    const button = make("button", "whole", text.whole);
    button.type = "button";
    button.addEventListener("click", whole);
    const credit = make("div", "credit", text.credit);
    for (const [position, element] of [["topleft", button], ["bottomright", credit]]) {
      const control = L.control({ position });
      control.onAdd = () => element;
      control.addTo(map);
      L.DomEvent.disableClickPropagation(element);
    }
    L.control.scale({ imperial: false }).addTo(map);
    map.getContainer().setAttribute("role", "region");
    map.getContainer().setAttribute("aria-label", text.map_label);
  }

  // ---- the panel -----------------------------------------------------------------------------

  function heading(plan) {
    const { head, text } = plan;
    const sums = make("dl", "sums");
    head.sums.forEach(([value, label]) => {
      sums.append(make("div", "", make("dt", "", label), make("dd", "", value)));
    });
    const header = make(
      "header",
      "",
      make("p", "audience", head.audience),
      make("h1", "", text.title),
      make("p", "place", name(head.place)),
      make("p", "facts", head.facts.join(" \u00b7 ")),
      sums,
    );
    if (head.provisional) header.append(make("p", "notice", head.provisional));
    return header;
  }

  function verdict(mode) {
    const sign = make("span", "sign", SIGNS[mode.verdict]);
    sign.setAttribute("aria-hidden", "true");
    return make("span", `verdict ${mode.verdict}`, sign, mode.verdict_text);
  }

  function card(plan, beat) {
    const { text } = plan;
    const facts = make("dl", "beat-facts");
    beat.facts.forEach(([label, value]) => {
      facts.append(make("div", "", make("dt", "", label), make("dd", "", name(value))));
    });
    const body = make("tbody", "");
    for (const row of ["pass", "deadhead", "bound", "verdict", "margin", "cadence"]) {
      const head = make("th", "", text[row]);
      head.scope = "row";
      const cells = MODES.map((mode) =>
        make("td", "", row === "verdict" ? verdict(beat[mode]) : beat[mode][row]),
      );
      body.append(make("tr", "", head, ...cells));
    }
    const where = beat.where ? [make("p", "where", name(beat.where))] : [];
    const out = make("div", "card", ...where, facts, figuresTable(plan, body));
    for (const mode of MODES) {
      if (!beat[mode].reasons.length) continue;
      const reasons = beat[mode].reasons.join(" ");
      out.append(make("p", "why", make("strong", "", text[mode]), ` \u2013 ${reasons}`));
    }
    return out;
  }

  function figuresTable(plan, body) {
    const { text } = plan;
    const heads = ["", ...MODES.map((mode) => text[mode])].map((label) => {
      const cell = make(label ? "th" : "td", "", label);
      if (label) cell.scope = "col";
      return cell;
    });
    return make("table", "figures", make("thead", "", make("tr", "", ...heads)), body);
  }

  function beatRow(plan, beat, k) {
    const { text } = plan;
    const swatch = make("span", beat.dashed ? "swatch dashed" : "swatch");
    swatch.style.setProperty("--beat", beat.colour);
    const id = make("span", "beat-id", swatch, name(beat.id));
    const button = make("button", "beat", id, make("span", "beat-name", name(beat.name)));
    button.type = "button";
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-controls", `beat-${k}`);
    if (beat.city) button.append(make("span", "beat-city", name(beat.city)));
    if (beat.district) {
      const district = make("span", "beat-district", `${text.district} `, name(beat.district));
      button.append(district);
    }
    const head = make("th", "", button);
    head.scope = "row";
    const cells = MODES.map((mode) => {
      const figures = beat[mode];
      const time = make("span", "time", figures.pass);
      return make("td", "mode", time, verdict(figures), make("span", "every", figures.cadence));
    });
    return { row: make("tr", "beat-row", head, make("td", "km", beat.km), ...cells), button };
  }

  function beatTable(plan, choose) {
    const { text } = plan;
    const heads = ["beat", "street_km", ...MODES].map((key) => {
      const cell = make("th", "", text[key]);
      cell.scope = "col";
      return cell;
    });
    const body = make("tbody", "");
    const rows = plan.beats.map((beat, k) => {
      const { row, button } = beatRow(plan, beat, k);
      const cell = make("td", "", card(plan, beat));
      cell.colSpan = heads.length;
      const detail = make("tr", "detail", cell);
      detail.id = `beat-${k}`;
      detail.hidden = true;
      row.addEventListener("click", () => choose(k));
      body.append(row, detail);
      return { row, button, detail };
    });
    const caption = make("caption", "", text.table);
    const table = make("table", "beats", caption, make("thead", "", make("tr", "", ...heads)), body);
    tableRoles(table);
    return { table, rows };
  }

  function legend(plan) {
    const { text } = plan;
    const keys = ["street", "beat", "city"].map((key) =>
      make("li", "", make("span", `key key-${key}`), text[`legend_${key}`]),
    );
    if (plan.beats.some((beat) => beat.base)) {
      keys.push(make("li", "", make("span", "key key-base"), text.base));
    }
    if (plan.districts.length) {
      keys.push(make("li", "", make("span", "key key-district"), text.legend_district));
    }
    const note = make("p", "", text.legend_colours);
    return make("section", "", make("h2", "", text.legend), make("ul", "legend", ...keys), note);
  }

  function about(plan) {
    const { text, about: notes } = plan;
    const sections = [legend(plan)];
    const lists = [["warnings", notes.warnings], ["assumptions", notes.assumptions]];
    const [warnings, assumptions] = lists.map(([key, items]) => {
      const list = make("ul", "", ...items.map((item) => make("li", "", name(item))));
      return items.length ? [make("section", "", make("h2", "", text[key]), list)] : [];
    });
    const method = notes.method.map((sentence) => make("p", "", name(sentence)));
    const how = make("section", "", make("h2", "", text.method), ...method);
    sections.push(...warnings, how, ...assumptions);
    return make("footer", "", ...sections, make("p", "credit-line", text.credit));
  }

  // ---- both together -------------------------------------------------------------------------

  function showPlan(map, plan, panel) {
    const [east, north] = plan.extent;
    const all = L.latLngBounds(latLngs(plan, [0, 0, east, north]));
    const moving = () => ({ padding: [24, 24], animate: !calm() });
    map.options.renderer = L.canvas({ padding: 0.3, tolerance: 3 });
    map.fitBounds(all, { padding: [16, 16], animate: false });

    let chosen = null;
    let outline = null;
    let table = null;

    function close() {
      if (chosen === null) return;
      const { row, button, detail } = table.rows[chosen];
      row.classList.remove("chosen");
      button.setAttribute("aria-expanded", "false");
      detail.hidden = true;
      outline.remove();
      chosen = null;
    }

    function open(k) {
      const { row, button, detail } = table.rows[k];
      chosen = k;
      row.classList.add("chosen");
      button.setAttribute("aria-expanded", "true");
      detail.hidden = false;
      const style = { color: INK, weight: 4, fill: false, interactive: false };
      outline = L.polygon(shape(plan, plan.beats[k].rings), style).addTo(map);
      if (outline.getBounds().isValid()) map.fitBounds(outline.getBounds(), moving());
      detail.querySelector(".card").scrollIntoView({ block: "nearest", behavior: calm() ? "auto" : "smooth" });
    }

    function choose(k) {
      const again = chosen === k;
      close();
      if (!again) open(k);
    }

    table = beatTable(plan, choose);
    panel.replaceChildren(heading(plan), table.table, about(plan));
    const tip = streetTip(map);
    const areas = drawBeats(map, plan, choose);
    const streets = drawStreets(map, plan, choose, tip);
    drawCities(map, plan);
    drawDistricts(map, plan);
    drawBases(map, plan, choose, tip);
    drawLabels(map, plan, choose);
    addControls(map, plan, () => {
      close();
      map.fitBounds(all, moving());
    });
    const drawn = map.getContainer().dataset;
    drawn.beats = String(areas.length);
    drawn.streets = String(streets.getLayers().length);
  }

  return showPlan;
})();
