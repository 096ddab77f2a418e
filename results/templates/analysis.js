"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const svg = document.getElementById("map");
  const card = document.getElementById("card");
  const levelSelect = document.getElementById("level");
  const measureSelect = document.getElementById("measure");
  const legend = document.getElementById("legend");
  const NS = "http://www.w3.org/2000/svg";
  // One hue from light to dark can be read without telling colours apart; the colours
  // of classes are those of Okabe and Ito.
  const RAMP = ["#e3edf7", "#aecbe6", "#6fa3d0", "#3072ae", "#0b3a70"];
  const CLASSES = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#6b7782"];
  const UNKNOWN = "url(#unknown)";
  const isKnown = (x) => x !== null && x !== undefined;

  function show(value, unit) {
    if (!isKnown(value)) return "not known";
    if (unit === "share") return (100 * value).toFixed(1) + " %";
    if (unit === "class") return String(value);
    const digits = Math.abs(value) >= 100 ? 0 : 2;
    return value.toLocaleString("en", { maximumFractionDigits: digits }) + " " + unit;
  }

  function element(name, attributes, parent) {
    const node = document.createElementNS(NS, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (parent) parent.append(node);
    return node;
  }

  function options(select, names) {
    select.replaceChildren(...names.map((name, k) => new Option(name, k)));
  }

  // Equirectangular about the middle latitude: fine for one country.
  const low = [Infinity, Infinity], high = [-Infinity, -Infinity];
  const stretch = (x, y) => {
    low[0] = Math.min(low[0], x); low[1] = Math.min(low[1], y);
    high[0] = Math.max(high[0], x); high[1] = Math.max(high[1], y);
  };
  data.land.forEach((ring) => ring.forEach(([x, y]) => stretch(x, y)));
  data.levels.forEach((level) => level.lon.forEach((x, k) => stretch(x, level.lat[k])));
  const squeeze = Math.cos(((low[1] + high[1]) / 2) * Math.PI / 180);
  const scale = 960 / Math.max((high[0] - low[0]) * squeeze, (high[1] - low[1]) * 1.6, 1e-3);
  const project = (lon, lat) => [20 + (lon - low[0]) * squeeze * scale, 20 + (high[1] - lat) * scale];
  svg.setAttribute("viewBox",
    `0 0 ${40 + (high[0] - low[0]) * squeeze * scale} ${40 + (high[1] - low[1]) * scale}`);
  const draw = (rings) => rings.map((ring) =>
    "M" + ring.map(([x, y]) => project(x, y).map((v) => v.toFixed(1)).join(" ")).join("L") + "Z").join("");

  // Each bin holds about as many units as the others: one huge value hides none.
  function bins(values) {
    const known = values.filter(isKnown).sort((a, b) => a - b);
    const cuts = [];
    for (let k = 1; k < RAMP.length; k++) {
      const cut = known[Math.floor((k * known.length) / RAMP.length)];
      if (cut > known[0] && cut !== cuts[cuts.length - 1]) cuts.push(cut);
    }
    return { cuts, least: known[0], most: known[known.length - 1] };
  }

  function colours(measure) {
    if (measure.unit === "class") {
      const used = [...new Set(measure.values.filter(isKnown))].sort((a, b) => a - b);
      return {
        of: (x) => (isKnown(x) ? CLASSES[(x - 1) % CLASSES.length] : UNKNOWN),
        legend: used.map((x) => [CLASSES[(x - 1) % CLASSES.length], `class ${x}: ${data.classes[x - 1]}`]),
      };
    }
    const { cuts, least, most } = bins(measure.values);
    const shade = (k) => RAMP[cuts.length ? Math.round((k * (RAMP.length - 1)) / cuts.length) : 2];
    if (!cuts.length) return { of: (x) => (isKnown(x) ? shade(0) : UNKNOWN), legend: [[shade(0), show(least, measure.unit)]] };
    const edges = [least, ...cuts, most];
    return {
      of: (x) => (isKnown(x) ? shade(cuts.filter((cut) => x >= cut).length) : UNKNOWN),
      legend: edges.slice(1).map((edge, k) =>
        [shade(k), `${show(edges[k], measure.unit)} to ${show(edge, measure.unit)}`]),
    };
  }

  function swatch(colour, text) {
    const item = document.createElement("li"), box = document.createElement("span");
    box.className = colour === UNKNOWN ? "swatch unknown" : "swatch";
    if (colour !== UNKNOWN) box.style.background = colour;
    item.append(box, text);
    return item;
  }

  function tell(level, chosen, k) {
    const head = document.createElement("h3");
    head.textContent = level.names[k];
    const lines = level.measures.map((measure) => {
      const line = document.createElement("p");
      line.textContent = `${measure.title}: ${show(measure.values[k], measure.unit)}`;
      if (measure === chosen) line.className = "chosen";
      return line;
    });
    card.replaceChildren(head, ...lines);
  }

  function list(level, measure) {
    const order = level.names.map((_, k) => k).filter((k) => isKnown(measure.values[k]));
    order.sort((a, b) => measure.values[b] - measure.values[a]);
    document.getElementById("values-head").textContent = measure.title;
    document.querySelector("#values tbody").replaceChildren(...order.map((k) => {
      const row = document.createElement("tr"), cell = document.createElement("td");
      row.insertCell().textContent = level.names[k];
      cell.className = "n";
      cell.textContent = show(measure.values[k], measure.unit);
      row.append(cell);
      return row;
    }));
  }

  function render() {
    const level = data.levels[levelSelect.value];
    const measure = level.measures[measureSelect.value];
    const colour = colours(measure);
    svg.replaceChildren();
    const pattern = element("pattern", { id: "unknown", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, element("defs", {}, svg));
    element("rect", { width: 6, height: 6, fill: "#fff" }, pattern);
    element("rect", { width: 2, height: 6, fill: "#9aa4ad" }, pattern);
    if (data.land.length) element("path", { d: draw(data.land), class: "land" }, svg);
    const largest = Math.max(1, ...level.persons);
    // Outlines first, largest circles before small ones: nothing is hidden.
    const order = level.names.map((_, k) => k).sort((a, b) =>
      (level.rings[b].length > 0) - (level.rings[a].length > 0) || level.persons[b] - level.persons[a]);
    for (const k of order) {
      const [cx, cy] = project(level.lon[k], level.lat[k]);
      const shape = level.rings[k].length
        ? element("path", { d: draw(level.rings[k]) }, svg)
        : element("circle", { cx, cy, r: 4 + 14 * Math.sqrt(level.persons[k] / largest) }, svg);
      shape.setAttribute("class", "unit");
      shape.setAttribute("fill", colour.of(measure.values[k]));
      shape.setAttribute("tabindex", "0");
      element("title", {}, shape).textContent = `${level.names[k]}: ${show(measure.values[k], measure.unit)}`;
      shape.addEventListener("pointerenter", () => tell(level, measure, k));
      shape.addEventListener("focus", () => tell(level, measure, k));
    }
    const items = colour.legend.map(([fill, text]) => swatch(fill, text));
    if (!measure.values.every(isKnown)) items.push(swatch(UNKNOWN, "not known"));
    legend.replaceChildren(...items);
    list(level, measure);
  }

  function change() {
    options(measureSelect, data.levels[levelSelect.value].measures.map((m) => (m.unit === "class" ? m.title : `${m.title}, ${m.unit}`)));
    render();
  }
  options(levelSelect, data.levels.map((level) => level.title));
  const start = data.levels.findIndex((level) => level.title === data.classesOf);
  levelSelect.value = Math.max(start, 0);
  levelSelect.addEventListener("change", change);
  measureSelect.addEventListener("change", render);
  change();
})();
