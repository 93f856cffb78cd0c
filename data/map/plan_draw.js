// Draws a plan on a Leaflet map: what lies under it, its beats and streets, and what is asked for.
const planDraw = (() => {
  "use strict";

  const INK = "#1f2933";
  const DISTRICT = "#b4430c";
  const TOUR = "#1d4f91";
  const BESIDES = "#c23d00";
  const FADED = "#7d8894";
  const WAITING = { color: FADED, dashArray: "2 5" };
  const BARRIERS = {
    motorway: [{ color: "#e3c9a0", weight: 5 }],
    railway: [{ color: "#8a939d", weight: 2 }, { color: "#fff", weight: 1.2, dashArray: "5 5" }],
    river: [{ color: "#b3d4e8", weight: 5 }],
  };
  const BASE = { radius: 5, color: INK, weight: 2, fillColor: "#fff", fillOpacity: 1 };
  const STILL = { interactive: false, smoothFactor: 1 };

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

  function streetWeight(zoom) {
    return zoom < 12.5 ? 1 : zoom < 14 ? 1.6 : zoom < 15.5 ? 2.4 : zoom < 17 ? 3.4 : 5;
  }

  function drawGround(map, plan) {
    map.createPane("ground").style.zIndex = 300;
    const renderer = L.canvas({ pane: "ground", padding: 0.3 });
    const style = { ...STILL, pane: "ground", renderer };
    for (const [kind, rings] of plan.ground.land) {
      const look = { ...style, stroke: false, fillColor: plan.ground.colours[kind], fillOpacity: 1 };
      L.polygon(planData.shape(plan, rings), look).addTo(map);
    }
    for (const kind of ["river", "motorway", "railway"]) {
      const drawn = plan.ground.barriers[kind];
      if (!drawn) continue;
      const lines = planData.lines(plan, drawn);
      BARRIERS[kind].forEach((look) => L.polyline(lines, { ...style, ...look }).addTo(map));
    }
  }

  function drawCities(map, plan) {
    plan.ground.cities.forEach((rings) => {
      const style = { ...STILL, color: INK, weight: 2.5, fill: false };
      L.polygon(planData.shape(plan, rings), style).addTo(map);
    });
  }

  // Labels that would cover each other give way to those that come first.
  function thin(map, labels, taken) {
    // All sizes are asked for before anything changes: else the browser lays out each time anew.
    const faces = labels.map((label) => {
      const element = label.marker.getElement();
      const { offsetWidth, offsetHeight } = element.firstChild;
      return { label, element, offsetWidth, offsetHeight };
    });
    for (const { label, element, offsetWidth, offsetHeight } of faces) {
      const { x, y } = map.latLngToLayerPoint(label.marker.getLatLng());
      const turn = Math.abs(Math.sin((label.angle * Math.PI) / 180));
      const wide = offsetWidth * Math.sqrt(1 - turn * turn) + offsetHeight * turn;
      const high = offsetHeight * Math.sqrt(1 - turn * turn) + offsetWidth * turn;
      const fits = label.room === undefined || offsetWidth < label.room;
      const free = (t) => Math.abs(t.x - x) > (t.wide + wide) / 2 || Math.abs(t.y - y) > (t.high + high) / 2;
      const shown = fits && taken.every(free);
      if (shown) taken.push({ x, y, wide: wide + 4, high: high + 2 });
      element.classList.toggle("covered", !shown);
    }
  }

  function label(map, at, className, content, pane) {
    const icon = L.divIcon({ className, html: content, iconSize: null });
    return L.marker(at, { icon, keyboard: false, interactive: !pane, pane: pane || "markerPane" }).addTo(map);
  }

  function mainNames(map, plan) {
    map.createPane("names").style.zIndex = 590;
    return plan.ground.main.map(([text, x, y, angle, metres]) => {
      const content = make("span", "", name(text));
      content.style.setProperty("--turn", `${angle}deg`);
      const marker = label(map, planData.spot(plan, [x, y]), "main-name", content, "names");
      return { marker, angle, metres };
    });
  }

  function placeNames(map, plan) {
    return plan.ground.places.map(([kind, text, x, y]) => {
      const marker = label(map, planData.spot(plan, [x, y]), `place-name ${kind}`, make("span", "", name(text)), "names");
      return { marker, angle: 0 };
    });
  }

  function tooltip(map) {
    const tip = L.tooltip({ direction: "top", offset: [0, -6], opacity: 1 });
    return {
      show(latLng, title, ...more) {
        tip.setContent(make("div", "tip", make("strong", "", name(title)), ...more));
        tip.setLatLng(latLng);
        if (!map.hasLayer(tip)) tip.addTo(map);
      },
      hide: () => tip.remove(),
    };
  }

  // The street of a beat that is nearest to a spot.
  function nearest(data, streets, { lat, lng }) {
    const slim = Math.cos((lat * Math.PI) / 180);
    let best = Infinity;
    let found = -1;
    for (const street of streets) {
      const line = data.street[street];
      for (let i = 0; i < line.length; i += 1) {
        const a = line[Math.max(i - 1, 0)];
        const b = line[i];
        const [dx, dy] = [(b.lng - a.lng) * slim, b.lat - a.lat];
        const [px, py] = [(lng - a.lng) * slim, lat - a.lat];
        const along = Math.min(1, Math.max(0, (px * dx + py * dy) / (dx * dx + dy * dy || 1)));
        const away = (px - along * dx) ** 2 + (py - along * dy) ** 2;
        if (away < best) [best, found] = [away, street];
      }
    }
    return found;
  }

  // One painter draws one page; `pick` is called with a beat that is chosen on the map.
  function painter(map, plan, data, pick) {
    const [east, north] = plan.extent;
    const all = L.latLngBounds(planData.ring(plan, [0, 0, east, north]));
    map.options.renderer = L.canvas({ padding: 0.3, tolerance: 3 });
    const [low, high] = plan.opening.map((corner) => planData.spot(plan, corner));
    map.fitBounds(L.latLngBounds(low, high), { padding: [16, 16], animate: false });
    drawGround(map, plan);
    const tip = tooltip(map);
    const base = L.layerGroup().addTo(map);
    const asked = L.layerGroup().addTo(map);
    const streetsFound = L.layerGroup().addTo(map);
    const names = mainNames(map, plan);
    const places = placeNames(map, plan);
    const said = (text) => (Array.isArray(text) ? text[view.lang] : text);
    let view = null;
    let areas = [];
    let streets = [];
    let labels = [];
    let bases = [];

    const state = () => plan.states[view.state];
    const lineOf = (list) => list.map((street) => data.street[street]);
    const title = (street) => plan.streets.names[data.nameOf[street]] || said(plan.text.unnamed);

    function classOf(beat) {
      const scheme = plan.schemes.find((each) => each.key === view.scheme);
      if (view.scheme === "beat") return scheme.classes[state().beats[beat].colour];
      const known = state().cases[`${view.mode}_${view.season}`][view.scheme];
      return scheme.classes[known[beat]];
    }

    function tipOfWaiting(latLng) {
      const street = nearest(data, data.states[view.state].waiting, latLng);
      tip.show(latLng, title(street), make("span", "tip-beat", said(plan.text.waiting)));
    }

    function tipOf(beat, latLng) {
      const street = nearest(data, data.states[view.state].own[beat], latLng);
      if (street < 0) return;
      const { id, name: called } = state().beats[beat];
      const where = [make("span", "tip-beat", name(id), " \u00b7 ", name(called))];
      if (view.moved && view.state > 0) {
        const old = data.states[view.state - 1].beatOf[street];
        const was = old < 0 ? said(plan.text.new_street) : plan.states[view.state - 1].beats[old].id;
        if (was !== id) where.push(make("span", "tip-was", `${said(plan.text.was)} `, name(was)));
      }
      tip.show(latLng, title(street), ...where);
    }

    function rebuild() {
      base.clearLayers();
      tip.hide();
      const { beats, districts } = state();
      const { own } = data.states[view.state];
      areas = beats.map((beat, k) => {
        const look = { color: INK, weight: 1.25, opacity: 0.55, dashArray: beat.dashed ? "6 5" : null };
        const area = L.polygon(planData.shape(plan, beat.rings), look).addTo(base);
        area.on("click", () => pick(k));
        return area;
      });
      streets = own.map((list, k) => {
        const line = L.polyline(lineOf(list), { weight: streetWeight(map.getZoom()), smoothFactor: 1 });
        line.on("click", (event) => {
          L.DomEvent.stopPropagation(event);
          pick(k);
        });
        line.on("mouseover mousemove", (event) => tipOf(k, event.latlng));
        line.on("mouseout", tip.hide);
        return line.addTo(base);
      });
      drawWaiting();
      if (view.moved && view.state > 0) drawMoved();
      drawCities(base, plan);
      districts.forEach((rings) => {
        const style = { ...STILL, color: DISTRICT, weight: 4, dashArray: "1 8", lineCap: "round", fill: false };
        L.polygon(planData.shape(plan, rings), style).addTo(base);
      });
      bases = [];
      beats.forEach((beat, k) => {
        if (!beat.base) return;
        const dot = L.circleMarker(planData.spot(plan, beat.base), BASE).addTo(base);
        bases.push(dot);
        dot.on("click", () => pick(k));
        dot.on("mouseover", (event) => {
          const where = make("span", "tip-beat", name(beat.id), " \u00b7 ", name(beat.name));
          tip.show(event.latlng, beat.base_name || said(plan.text.base), where);
        });
        dot.on("mouseout", tip.hide);
      });
      labels = beats.map((beat, k) => {
        const marker = label(base, planData.spot(plan, beat.label), "beat-label", make("span", ""));
        marker.on("click", () => pick(k));
        return marker;
      });
      map.getContainer().dataset.beats = String(areas.length);
      map.getContainer().dataset.streets = String(own.reduce((sum, list) => sum + list.length, 0));
    }

    function drawWaiting() {
      const { waiting } = data.states[view.state];
      map.getContainer().dataset.waiting = String(waiting.length);
      if (!waiting.length) return;
      const weight = streetWeight(map.getZoom());
      const line = L.polyline(lineOf(waiting), { ...WAITING, weight, smoothFactor: 1 }).addTo(base);
      line.extra = 0;
      line.on("mouseover mousemove", (event) => tipOfWaiting(event.latlng));
      line.on("mouseout", tip.hide);
    }

    // Streets some pixels thicker than they are, at any zoom.
    function thick(group, list, extra, look) {
      const weight = streetWeight(map.getZoom()) + extra;
      const line = L.polyline(lineOf(list), { ...STILL, weight, ...look }).addTo(group);
      line.extra = extra;
      return line;
    }

    function drawMoved() {
      const list = planData.moved(plan, data, view.state);
      const by = new Map();
      for (const street of list) {
        const beat = data.states[view.state].beatOf[street];
        by.set(beat, [...(by.get(beat) || []), street]);
      }
      for (const [beat, own] of by) {
        thick(base, own, 3.5, { color: INK });
        thick(base, own, 1.5, {}).moved = beat;
      }
      map.getContainer().dataset.moved = String(list.length);
    }

    function recolour() {
      const faded = view.moved && view.state > 0;
      const quiet = view.overlay && view.beat !== null;
      state().beats.forEach((beat, k) => {
        const { colour, sign } = classOf(k);
        const fill = quiet || faded ? 0.05 : beat.dashed && view.scheme === "beat" ? 0.3 : plan.fill;
        areas[k].setStyle({ fillColor: colour, fillOpacity: fill });
        streets[k].setStyle({ color: faded ? FADED : colour, opacity: quiet ? 0.35 : 1 });
        const text = sign ? [name(beat.id), make("i", "", sign)] : [name(beat.id)];
        const face = labels[k].getElement().firstChild;
        face.replaceChildren(...text);
        face.style.setProperty("--class", colour);
      });
      base.eachLayer((layer) => {
        if (layer.moved !== undefined) layer.setStyle({ color: classOf(layer.moved).colour });
      });
      declutter();
    }

    // What belongs to the chosen beat: its outline, its reach or its tour.
    function choose() {
      asked.clearLayers();
      streetsFound.clearLayers();
      delete map.getContainer().dataset.overlay;
      if (view.beat === null) return;
      const beat = state().beats[view.beat];
      const style = { ...STILL, color: INK, weight: 4, fill: false };
      L.polygon(planData.shape(plan, beat.rings), style).addTo(asked);
      const key = `${view.mode}_${view.season}`;
      if (view.overlay === "reach" && state().reach) drawReach(state().reach[key]);
      if (view.overlay === "tour" && state().tours) drawTour(state().tours[key][view.beat]);
      if (beat.base) L.circleMarker(planData.spot(plan, beat.base), { ...BASE, interactive: false }).addTo(asked);
    }

    function drawReach(digits) {
      const { classes } = plan.schemes.find((each) => each.key === "reach");
      const bands = classes.map(() => []);
      data.states[view.state].own[view.beat].forEach((street) => bands[Number(digits[street])].push(street));
      bands.forEach((list, k) => {
        const dashArray = k === classes.length - 1 ? "2 6" : null;
        thick(asked, list, 2, { color: classes[k].colour, dashArray });
      });
      map.getContainer().dataset.overlay = `reach ${bands.map((list) => list.length).join(" ")}`;
    }

    function drawTour(steps) {
      const own = data.states[view.state].own[view.beat];
      const besides = planData.climb(steps);
      thick(asked, own, 1.5, { color: TOUR });
      thick(asked, besides, 2.5, { color: "#fff" });
      thick(asked, besides, 1, { color: BESIDES, dashArray: "6 6" });
      map.getContainer().dataset.overlay = `tour ${own.length} ${besides.length}`;
    }

    function declutter() {
      const zoom = map.getZoom();
      const scale = (40075016.7 * Math.cos((map.getCenter().lat * Math.PI) / 180)) / 2 ** (zoom + 8);
      const taken = [];
      const largest = labels
        .map((marker, k) => ({ marker, angle: 0, k }))
        .sort((a, b) => state().beats[b.k].size - state().beats[a.k].size || a.k - b.k);
      thin(map, largest, taken);
      const rooms = names.map((each) => ({ ...each, room: zoom < 13 ? 0 : each.metres / scale }));
      thin(map, places, taken);
      thin(map, rooms, taken);
      bases.forEach((dot) => dot.setRadius(zoom < 12.5 ? 2.5 : 5));
    }

    map.on("zoomend", () => {
      if (!view) return;
      const weight = streetWeight(map.getZoom());
      if (streets.length && streets[0].options.weight !== weight) {
        streets.forEach((line) => line.setStyle({ weight }));
      }
      for (const group of [base, asked]) {
        group.eachLayer((line) => line.extra !== undefined && line.setStyle({ weight: weight + line.extra }));
      }
      declutter();
    });

    return {
      all,
      show(next) {
        const before = view;
        view = { ...next };
        const changed = (...keys) => !before || keys.some((key) => before[key] !== view[key]);
        if (changed("state", "moved")) {
          delete map.getContainer().dataset.moved;
          rebuild();
        }
        const quiet = (seen) => Boolean(seen && seen.beat !== null && seen.overlay);
        const shown = changed("state", "moved", "mode", "season", "scheme");
        if (shown || quiet(before) !== quiet(view)) recolour();
        if (shown || changed("beat", "overlay")) choose();
      },
      bounds: (beat) => areas[beat].getBounds(),
      // Shows the streets of one name in a beat, and gives the box around them.
      point(list) {
        streetsFound.clearLayers();
        const look = { ...STILL, weight: 9, color: "#ffd400", opacity: 0.9 };
        L.polyline(lineOf(list), { ...look, weight: 12, color: INK }).addTo(streetsFound);
        const line = L.polyline(lineOf(list), look).addTo(streetsFound);
        map.getContainer().dataset.found = String(list.length);
        return line.getBounds();
      },
    };
  }

  return { make, name, painter };
})();
