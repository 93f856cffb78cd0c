// Reads the plan's data: lines, runs and texts. It computes nothing but where things are.
const planData = (() => {
  "use strict";

  // Writes runs of equal values out: value, how many, value, how many, ...
  function spread(runs, length) {
    const out = new Int32Array(length);
    let at = 0;
    for (let i = 0; i < runs.length; i += 2) {
      out.fill(runs[i], at, at + runs[i + 1]);
      at += runs[i + 1];
    }
    return out;
  }

  // Each point is told as the step from the one before it, through all lines.
  function lines(plan, { step, points }) {
    let [x, y] = plan.origin;
    let i = 0;
    return points.map((many) => {
      const line = [];
      for (let k = 0; k < many; k += 1, i += 2) {
        x += step[i];
        y += step[i + 1];
        line.push(L.latLng(y / plan.per_degree, x / plan.per_degree));
      }
      return line;
    });
  }

  function ring(plan, flat) {
    return lines(plan, { step: flat, points: [flat.length / 2] })[0];
  }

  function shape(plan, polygons) {
    return polygons.map((rings) => rings.map((each) => ring(plan, each)));
  }

  function spot(plan, [x, y]) {
    return ring(plan, [x, y])[0];
  }

  // Ascending numbers, told as steps.
  function climb(steps) {
    let at = 0;
    return steps.map((step) => (at += step));
  }

  // For searching: no accents, no capitals, no signs.
  function plain(text) {
    const bare = text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
    const spelt = bare.replace(/\u0153/g, "oe").replace(/\u00e6/g, "ae").replace(/\u00df/g, "ss");
    return spelt.replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  }

  function words(text) {
    return plain(text).split(" ").filter(Boolean);
  }

  // Every word that is asked for begins some word of the name.
  function matches(asked, have) {
    return asked.every((word) => have.some((other) => other.startsWith(word)));
  }

  function held(beatOf, beats) {
    const own = beats.map(() => []);
    beatOf.forEach((beat, street) => {
      if (beat >= 0) own[beat].push(street);
    });
    return own;
  }

  function decode(plan) {
    const street = lines(plan, plan.streets);
    const nameOf = spread(plan.streets.name, street.length);
    const states = plan.states.map((state) => {
      const beatOf = spread(state.beat, street.length);
      return { beatOf, own: held(beatOf, state.beats), waiting: climb(state.waiting) };
    });
    return { street, nameOf, states, nameWords: plan.streets.names.map(words) };
  }

  // What of the streets has another beat than in the state before: by ids, as posts stay.
  function moved(plan, data, at) {
    const [now, was] = [plan.states[at], plan.states[at - 1]];
    const before = data.states[at - 1].beatOf;
    const list = [];
    data.states[at].beatOf.forEach((beat, street) => {
      if (beat < 0) return;
      const old = before[street];
      if (old < 0 || was.beats[old].id !== now.beats[beat].id) list.push(street);
    });
    return list;
  }

  return { climb, decode, lines, matches, moved, plain, ring, shape, spot, words };
})();
