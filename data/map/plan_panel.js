// Fills the panel beside the map: controls, legend, the list of beats with their cards.
// Names come from anybody, so every text goes in as a text node; there is no HTML from data.
const planPanel = (() => {
  "use strict";

  const { make, name } = planDraw;
  const SIGNS = { yes: "\u2713", borderline: "\u25d0", no: "\u2715" };
  const VERDICTS = Object.keys(SIGNS);
  const MOST_STREETS = 12;

  // Narrow screens lay the rows out as a grid, which takes their meaning from them; this keeps it.
  function tableRoles(table) {
    table.setAttribute("role", "table");
    const roles = { THEAD: "rowgroup", TBODY: "rowgroup", TR: "row", TD: "cell" };
    for (const part of table.querySelectorAll("thead, tbody, tr, th, td")) {
      const ofHead = part.scope === "col" ? "columnheader" : "rowheader";
      part.setAttribute("role", roles[part.tagName] || ofHead);
    }
  }

  function button(id, className, text, act) {
    const element = make("button", className, text);
    element.type = "button";
    if (id) element.id = id;
    element.addEventListener("click", act);
    return element;
  }

  // A panel; `act` has what its controls ask for.
  function panel(root, plan, data, act) {
    let view = null;
    const said = (text) => (Array.isArray(text) ? text[view.lang] : text);
    const say = (key) => said(plan.text[key]);
    const state = () => plan.states[view.state];
    // The public sees beats and streets: no figure of how beats are judged.
    const judged = !plan.public;
    const figures = (beat, mode) => beat.by[`${mode || view.mode}_${view.season}`];
    const parts = {};

    // ---- controls ----------------------------------------------------------------------------

    // A few choices side by side, of which one holds.
    function choice(key, legend, options) {
      const group = make("fieldset", "choice", make("legend", "", legend));
      for (const [value, text] of options) {
        const input = make("input", "");
        Object.assign(input, { type: "radio", name: key, id: `${key}-${value}`, value });
        input.checked = String(view[key]) === String(value);
        input.addEventListener("change", () => act.set({ [key]: typeof view[key] === "number" ? Number(value) : value }));
        const face = make("label", "", text);
        face.htmlFor = input.id;
        group.append(make("span", "option", input, face));
      }
      return group;
    }

    function languages() {
      const names = ["Fran\u00e7ais", "English"];
      const options = plan.langs.map((code, k) => {
        const text = make("span", "", code.toUpperCase());
        text.setAttribute("aria-hidden", "true");
        const whole = make("span", "unseen", names[k]);
        whole.lang = code;
        return [k, make("span", "", text, whole)];
      });
      return choice("lang", say("lang"), options);
    }

    function steps() {
      const last = plan.states.length - 1;
      if (!last) return [];
      const box = make("div", "steps");
      if (!plan.ladder) {
        box.append(choice("state", say("plan"), plan.states.map((each, k) => [k, said(each.label)])));
      } else {
        const slider = make("input", "");
        Object.assign(slider, { type: "range", id: "state", min: 0, max: last, step: 1, value: view.state });
        slider.setAttribute("aria-valuetext", said(state().label));
        slider.addEventListener("input", () => act.set({ state: Number(slider.value) }));
        const text = make("label", "", `${say("step")} ${view.state + 1}/${last + 1}`);
        text.htmlFor = "state";
        const shown = make("output", "step", said(state().label));
        const turn = (id, sign, by) => {
          const to = view.state + by;
          const arrow = button(id, "arrow", sign, () => act.set({ state: to }));
          arrow.setAttribute("aria-label", say(id));
          arrow.disabled = to < 0 || to > last;
          return arrow;
        };
        box.append(text, turn("earlier", "\u2039", -1), slider, turn("later", "\u203a", 1), shown);
      }
      const input = make("input", "");
      Object.assign(input, { type: "checkbox", id: "moved", checked: view.moved, disabled: !state().change });
      input.addEventListener("change", () => act.set({ moved: input.checked }));
      const text = make("label", "", say("moved"));
      text.htmlFor = "moved";
      box.append(make("span", "tick", input, text));
      return [box];
    }

    function colouring() {
      const select = make("select", "");
      select.id = "scheme";
      for (const { key, name: called } of plan.schemes) {
        if (key === "reach") continue;
        const option = make("option", "", said(called));
        option.value = key;
        option.selected = key === view.scheme;
        select.append(option);
      }
      select.addEventListener("change", () => act.set({ scheme: select.value }));
      const text = make("label", "", say("colour"));
      text.htmlFor = "scheme";
      return make("div", "colouring", text, select);
    }

    function searching() {
      const input = make("input", "");
      Object.assign(input, { type: "search", id: "search", value: view.asked, autocomplete: "off" });
      input.setAttribute("aria-describedby", "search-hint");
      input.addEventListener("input", () => act.set({ asked: input.value }));
      const text = make("label", "", say("search"));
      text.htmlFor = "search";
      const hint = make("p", "hint", say("search_hint"));
      hint.id = "search-hint";
      return make("div", "searching", text, input, hint);
    }

    function controls() {
      const modes = plan.modes.map((mode) => [mode, say(mode)]);
      const seasons = plan.seasons.map((season) => [season, say(season)]);
      const out = make("div", "controls");
      if (modes.length) out.append(choice("mode", say("mode"), modes));
      if (seasons.length > 1) out.append(choice("season", say("season"), seasons));
      if (plan.schemes.length > 1) out.append(colouring());
      parts.controls.replaceChildren(...steps(), out, searching());
    }

    // ---- what the map shows --------------------------------------------------------------------

    function heading() {
      const { facts, unsettled, sums, change } = state();
      const list = make("dl", "sums");
      (sums[view.season] || []).forEach(([value, label]) => {
        list.append(make("div", "", make("dt", "", said(label)), make("dd", "", said(value))));
      });
      const lines = [
        make("p", "place", name(plan.place)),
        make("p", "facts", facts.map(said).join(" \u00b7 ")),
        list,
      ];
      if (change) {
        const gone = change.gone.length ? [` ${say("gone")} `, name(change.gone.join(", ")), "."] : [];
        lines.push(make("p", "change", said(change.said), ...gone));
      }
      lines.push(...unsettled.map((each) => make("p", "notice", said(each))));
      const audience = make("p", "audience", said(plan.audience));
      parts.heading.replaceChildren(audience, languages(), make("h1", "", say("title")), ...lines);
    }

    function key(className, text, colour, sign) {
      const face = make("span", `key ${className}`, sign || "");
      face.setAttribute("aria-hidden", "true");
      if (colour) face.style.setProperty("--class", colour);
      return make("li", "", face, text);
    }

    function legend() {
      const overlay = view.beat === null ? "" : view.overlay;
      const scheme = plan.schemes.find((each) => each.key === (overlay === "reach" ? "reach" : view.scheme));
      const list = make("ul", "legend");
      list.id = "legend-classes";
      if (scheme.key !== "beat") {
        const known = overlay === "reach" ? null : state().cases[`${view.mode}_${view.season}`][scheme.key];
        scheme.classes.forEach(({ colour, sign, label }, k) => {
          // A class that stands for no figure is only named where it is there.
          if (k === scheme.classes.length - 1 && known && !known.includes(k)) return;
          list.append(key("key-class", said(label), colour, sign));
        });
      }
      const notes = [make("p", "", said(scheme.note))];
      const lines = make("ul", "legend");
      if (overlay === "tour") {
        lines.append(key("key-tour", say("tour_street")), key("key-besides", say("tour_besides")));
        notes.push(make("p", "", say("tour_note")));
      } else {
        lines.append(key("key-street", say(view.moved && view.state ? "moved_street" : "legend_street")));
        if (view.moved && view.state) notes.push(make("p", "", say("moved_note")));
      }
      if (data.states[view.state].waiting.length) lines.append(key("key-waiting", say("waiting")));
      lines.append(key("key-city", say("legend_city")));
      if (state().districts.length) lines.append(key("key-district", say("legend_district")));
      if (state().beats.some((beat) => beat.base)) lines.append(key("key-base", say("base")));
      for (const kind of Object.keys(plan.ground.barriers)) lines.append(key(`key-${kind}`, say(kind)));
      for (const kind of new Set(plan.ground.land.map(([each]) => each))) {
        lines.append(key("key-land", say(kind), plan.ground.colours[kind]));
      }
      const head = make("h2", "", `${say("legend")} \u2013 ${said(scheme.name)}`);
      parts.legend.replaceChildren(head, list, ...notes, lines);
    }

    // ---- the list ------------------------------------------------------------------------------

    function verdict(own) {
      const sign = make("span", "sign", SIGNS[own.verdict]);
      sign.setAttribute("aria-hidden", "true");
      return make("span", `verdict ${own.verdict}`, sign, said(own.short));
    }

    const COLUMNS = {
      beat: (beat, k) => k,
      street_km: (beat) => beat.metres,
      ...(judged && {
        pass: (beat) => figures(beat).order[0],
        verdict: (beat) => VERDICTS.indexOf(figures(beat).verdict),
        cadence: (beat) => figures(beat).order[1],
      }),
    };

    function order() {
      const value = COLUMNS[view.sort];
      const keys = state().beats.map((beat, k) => value(beat, k));
      const sign = view.down ? -1 : 1;
      // What has no figure comes last, whichever way.
      const rank = (k) => (keys[k] === null ? Infinity : sign * keys[k]);
      return keys.map((_, k) => k).sort((a, b) => (rank(a) === rank(b) ? a - b : rank(a) - rank(b)));
    }

    function heads() {
      return Object.keys(COLUMNS).map((column) => {
        const cell = make("th", column);
        cell.scope = "col";
        const sorted = view.sort === column;
        cell.setAttribute("aria-sort", sorted ? (view.down ? "descending" : "ascending") : "none");
        const arrow = make("span", "arrow-sort", sorted ? (view.down ? "\u25bc" : "\u25b2") : "\u21c5");
        arrow.setAttribute("aria-hidden", "true");
        const sort = () => act.set({ sort: column, down: sorted ? !view.down : false });
        cell.append(button(`sort-${column}`, "sort", make("span", "", say(column), arrow), sort));
        return cell;
      });
    }

    function row(beat, k) {
      const scheme = plan.schemes.find((each) => each.key === view.scheme);
      const known = view.scheme === "beat" ? null : state().cases[`${view.mode}_${view.season}`][view.scheme];
      const { colour, sign } = scheme.classes[known ? known[k] : beat.colour];
      const swatch = make("span", beat.dashed && !known ? "swatch dashed" : "swatch", sign);
      swatch.setAttribute("aria-hidden", "true");
      swatch.style.setProperty("--class", colour);
      const id = make("span", "beat-id", swatch, name(beat.id));
      const open = button(`open-${k}`, "beat", id, () => {});
      open.append(make("span", "beat-name", name(beat.name)));
      open.setAttribute("aria-expanded", String(view.beat === k));
      open.setAttribute("aria-controls", `beat-${k}`);
      if (beat.city) open.append(make("span", "beat-city", name(beat.city)));
      if (beat.district) open.append(make("span", "beat-district", `${say("district")} `, name(beat.district)));
      const head = make("th", "", open);
      head.scope = "row";
      const line = make("tr", view.beat === k ? "beat-row chosen" : "beat-row", head, make("td", "km", said(beat.km)));
      if (judged) {
        const own = figures(beat);
        line.append(make("td", "time", said(own.pass)), make("td", "", verdict(own)), make("td", "every", said(own.cadence)));
      }
      line.addEventListener("click", () => act.pick(k));
      return line;
    }

    function table() {
      const body = make("tbody", "");
      const shown = act.filtered();
      for (const k of order()) {
        if (shown && !shown.has(k)) continue;
        const beat = state().beats[k];
        const cell = make("td", "", ...(view.beat === k ? [card(beat)] : []));
        cell.colSpan = Object.keys(COLUMNS).length;
        const detail = make("tr", "detail", cell);
        detail.id = `beat-${k}`;
        detail.hidden = view.beat !== k;
        body.append(row(beat, k), detail);
      }
      const shownCase = judged ? [make("strong", "", `${say(view.mode)}, ${say(view.season).toLowerCase()}. `)] : [];
      const caption = make("caption", "", ...shownCase, say("table"));
      const out = make("table", "beats", caption, make("thead", "", make("tr", "", ...heads())), body);
      tableRoles(out);
      parts.table.replaceChildren(out);
    }

    // ---- the card of a beat --------------------------------------------------------------------

    function facts(list) {
      const out = make("dl", "beat-facts");
      list.forEach(([label, value]) => {
        out.append(make("div", "", make("dt", "", label), make("dd", "", name(value))));
      });
      return out;
    }

    function modesTable(beat) {
      const rows = ["pass", "deadhead", "bound", "load", "verdict", "margin", "spare", "cadence", "fits"];
      const body = make("tbody", "");
      for (const line of rows) {
        const head = make("th", "", say(line));
        head.scope = "row";
        const cells = plan.modes.map((mode) => {
          const own = figures(beat, mode);
          return make("td", mode === view.mode ? "now" : "", line === "verdict" ? verdict(own) : said(own[line]));
        });
        body.append(make("tr", "", head, ...cells));
      }
      const top = [say(view.season), ...plan.modes.map(say)].map((label, k) => {
        const cell = make(k ? "th" : "td", "", label);
        if (k) cell.scope = "col";
        return cell;
      });
      return make("table", "figures", make("thead", "", make("tr", "", ...top)), body);
    }

    function routes(beat) {
      const { tours, reach } = state();
      if (!tours || !reach) return [];
      const none = figures(beat).order[0] === null;
      const box = make("div", "routes");
      for (const kind of ["reach", "tour"]) {
        const turn = button(`${kind}-on`, "toggle", say(kind), (event) => {
          event.stopPropagation();
          act.set({ overlay: view.overlay === kind ? "" : kind });
        });
        turn.setAttribute("aria-pressed", String(view.overlay === kind));
        turn.disabled = kind === "tour" && none;
        box.append(turn);
      }
      if (none) box.append(make("p", "hint", say("tour_none")));
      return [box];
    }

    function card(beat) {
      const where = said(beat.where) ? [make("p", "where", name(said(beat.where)))] : [];
      const known = beat.facts.map(([label, value]) => [said(label), said(value)]);
      if (beat.base_name) known.push([say("base"), beat.base_name]);
      const out = make("div", "card", ...where, facts(known), ...routes(beat), ...(judged ? [modesTable(beat)] : []));
      for (const mode of plan.modes) {
        const { reasons } = figures(beat, mode);
        if (!reasons.length) continue;
        const why = reasons.map(said).join(" ");
        out.append(make("p", "why", make("strong", "", say(mode)), ` \u2013 ${why}`));
      }
      const lists = [
        ["change", (beat.change || []).map((each) => [name(said(each))])],
        ["places", (beat.places || []).map(([called, what]) => [name(called), ` \u2013 ${said(what)}`])],
      ];
      for (const [title, items] of lists) {
        if (!items.length) continue;
        const list = make("ul", title, ...items.map((item) => make("li", "", ...item)));
        out.append(make("h3", "", say(title)), list);
      }
      return out;
    }

    // ---- what was searched ---------------------------------------------------------------------

    function found() {
      const { beats, streets } = act.found();
      const out = [];
      if (beats) {
        const total = state().beats.length;
        const none = !beats.size;
        const text = none ? say("found_none") : `${say("found_beats")} ${beats.size}/${total}`;
        out.push(make("p", "found-count", text));
      }
      parts.status.replaceChildren(...out);
      const list = make("ul", "found");
      streets.slice(0, MOST_STREETS).forEach((each, k) => {
        const beat = state().beats[each.beat];
        const go = button(`street-${k}`, "street", make("strong", "", name(each.name)), () => act.go(each));
        go.append(make("span", "", `${say("in_beat")} `, name(beat.id), " \u00b7 ", name(beat.name)));
        list.append(make("li", "", go));
      });
      const more = streets.length > MOST_STREETS ? [make("p", "hint", say("more_streets"))] : [];
      const head = streets.length ? [make("h2", "", say("found_streets")), list] : [];
      parts.found.replaceChildren(...head, ...more);
    }

    // ---- what the figures rest on --------------------------------------------------------------

    function about() {
      const notes = state().about;
      const sections = [["warnings", notes.warnings], ["assumptions", notes.assumptions]].map(([title, items]) => {
        const list = make("ul", "", ...items.map((item) => make("li", "", name(said(item)))));
        return items.length ? [make("section", "", make("h2", "", say(title)), list)] : [];
      });
      const method = notes.method.map((sentence) => make("p", "", name(said(sentence))));
      const how = make("section", "", make("h2", "", say("method")), ...method);
      const credit = make("p", "credit-line", say("credit"));
      parts.about.replaceChildren(...sections[0], how, ...sections[1], credit);
    }

    // ---- all of it -----------------------------------------------------------------------------

    for (const [part, tag] of [
      ["heading", "header"], ["controls", "section"], ["found", "section"], ["legend", "section"],
      ["status", "div"], ["table", "div"], ["about", "footer"],
    ]) {
      parts[part] = make(tag, part);
    }
    parts.status.setAttribute("role", "status");
    root.replaceChildren(...Object.values(parts));

    const NEEDS = {
      heading: [heading, ["lang", "state", "season"]],
      controls: [controls, ["lang", "state"]],
      legend: [legend, ["lang", "state", "scheme", "mode", "season", "overlay", "beat", "moved"]],
      found: [found, ["lang", "state", "asked"]],
      table: [table, ["lang", "state", "scheme", "mode", "season", "overlay", "beat", "asked", "sort", "down"]],
      about: [about, ["lang", "state"]],
    };

    return {
      show(next) {
        const before = view;
        view = { ...next };
        const focused = document.activeElement && document.activeElement.id;
        for (const [draw, needs] of Object.values(NEEDS)) {
          if (!before || needs.some((need) => before[need] !== view[need])) draw();
        }
        // What had the focus was perhaps drawn anew.
        const again = focused && document.getElementById(focused);
        if (again && again !== document.activeElement) again.focus({ preventScroll: true });
      },
      card: () => root.querySelector(".detail:not([hidden]) .card"),
    };
  }

  return { panel };
})();
