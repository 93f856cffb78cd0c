// Puts the map and the panel together: one view, changed by whatever is chosen in either.
const showPlan = (() => {
  "use strict";

  const { make } = planDraw;
  const ENOUGH = 2;

  function calm() {
    return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  function controls(map, whole) {
    const zoom = L.control.zoom().addTo(map);
    const button = make("button", "whole");
    button.type = "button";
    button.addEventListener("click", whole);
    const credit = make("div", "credit");
    for (const [position, element] of [["topleft", button], ["bottomright", credit]]) {
      const control = L.control({ position });
      control.onAdd = () => element;
      control.addTo(map);
      L.DomEvent.disableClickPropagation(element);
    }
    L.control.scale({ imperial: false }).addTo(map);
    return (say) => {
      button.textContent = say("whole");
      credit.textContent = say("credit");
      zoom.getContainer().querySelectorAll("a").forEach((link, k) => {
        link.title = say(k ? "zoom_out" : "zoom_in");
        link.setAttribute("aria-label", link.title);
      });
      map.getContainer().setAttribute("role", "region");
      map.getContainer().setAttribute("aria-label", say("map_label"));
    };
  }

  // Streets and beats that a question names: those of the shown plan.
  function search(plan, data, state, asked) {
    // A house number says nothing here.
    const words = planData.words(asked.replace(/^\s*\d+[a-z]?[\s,]+(?=\D)/i, ""));
    if (words.join("").length < ENOUGH) return { beats: null, streets: [] };
    const beats = new Set();
    plan.states[state].beats.forEach((beat, k) => {
      const have = planData.words(`${beat.id} ${beat.name} ${beat.city} ${beat.district}`);
      if (planData.matches(words, [...have, planData.plain(beat.id)])) beats.add(k);
    });
    const hits = new Set();
    data.nameWords.forEach((have, k) => {
      if (have.length && planData.matches(words, have)) hits.add(k);
    });
    const places = new Map();
    data.states[state].beatOf.forEach((beat, street) => {
      const called = data.nameOf[street];
      if (beat < 0 || !hits.has(called)) return;
      beats.add(beat);
      const key = `${called} ${beat}`;
      if (!places.has(key)) places.set(key, { name: plan.streets.names[called], beat, streets: [] });
      places.get(key).streets.push(street);
    });
    const short = (each) => each.name.length;
    const streets = [...places.values()];
    streets.sort((a, b) => short(a) - short(b) || (a.name < b.name ? -1 : a.name > b.name ? 1 : a.beat - b.beat));
    return { beats, streets };
  }

  function showPlan(map, plan, root) {
    const data = planData.decode(plan);
    const last = plan.states.length - 1;
    const opened = plan.ladder ? 0 : last;
    let view = {
      lang: plan.lang,
      state: opened,
      mode: plan.states[opened].mode,
      season: plan.states[opened].season,
      scheme: plan.schemes[0].key,
      moved: !plan.ladder && last > 0,
      beat: null,
      overlay: "",
      asked: "",
      sort: "beat",
      down: false,
    };
    let known = null;
    const said = (text) => (Array.isArray(text) ? text[view.lang] : text);
    const painter = planDraw.painter(map, plan, data, (k) => act.pick(k));
    const translate = controls(map, () => {
      act.set({ beat: null, overlay: "" });
      map.fitBounds(painter.all, moving());
    });
    const moving = () => ({ padding: [24, 24], animate: !calm() });

    const act = {
      set(change) {
        const before = view;
        view = { ...view, ...change };
        if (view.state !== before.state) keepBeat(before);
        if (view.state !== before.state || view.asked !== before.asked) known = null;
        show();
      },
      pick(k) {
        const beat = view.beat === k ? null : k;
        act.set({ beat, overlay: beat === null ? "" : view.overlay });
        if (beat !== null) look(painter.bounds(beat));
      },
      found: () => known || (known = search(plan, data, view.state, view.asked)),
      filtered: () => act.found().beats,
      go({ beat, streets }) {
        act.set({ beat });
        const bounds = painter.point(streets);
        map.fitBounds(bounds, { ...moving(), maxZoom: 17 });
      },
    };

    // The same beat in another plan is the one with the same id.
    function keepBeat(before) {
      if (before.beat === null) return;
      const { id } = plan.states[before.state].beats[before.beat];
      const there = plan.states[view.state].beats.findIndex((beat) => beat.id === id);
      view.beat = there < 0 ? null : there;
      if (there < 0) view.overlay = "";
    }

    function look(bounds) {
      if (bounds.isValid()) map.fitBounds(bounds, moving());
      const card = panel.card();
      if (card) card.scrollIntoView({ block: "nearest", behavior: calm() ? "auto" : "smooth" });
    }

    function show() {
      const code = plan.langs[view.lang];
      document.documentElement.lang = code;
      document.title = said(plan.page_title);
      painter.show(view);
      panel.show(view);
      translate((key) => said(plan.text[key]));
      Object.assign(map.getContainer().dataset, { lang: code, mode: view.mode, season: view.season, scheme: view.scheme, state: view.state });
    }

    const panel = planPanel.panel(root, plan, data, act);
    show();
    window.addEventListener("beforeprint", () => map.invalidateSize({ animate: false }));
    window.addEventListener("afterprint", () => map.invalidateSize({ animate: false }));
  }

  return showPlan;
})();
