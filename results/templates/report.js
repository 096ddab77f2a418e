"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const svg = document.getElementById("map");
  const card = document.getElementById("card");
  const select = document.getElementById("service");
  const slider = document.getElementById("period");
  const network = document.getElementById("network");
  const changes = document.getElementById("changes");
  const NS = "http://www.w3.org/2000/svg";
  // Shape and colour both tell the action, for readers who cannot tell colours apart.
  const SHAPES = {
    open: "M0-6L6 5L-6 5Z", enlarge: "M-2-6H2V-2H6V2H2V6H-2V2H-6V-2H-2Z",
    reduce: "M0 6L6-5L-6-5Z", renew: "M-5-5H5V5H-5Z",
    close: "M-6-4L-4-6L0-2L4-6L6-4L2 0L6 4L4 6L0 2L-4 6L-6 4L-2 0Z",
    keep: "M0-4A4 4 0 1 1-.01-4Z",
  };
  const WORDS = {
    open: "opens", enlarge: "is enlarged", reduce: "is reduced", close: "closes, at least in part",
    renew: "is renewed", keep: "is kept",
  };
  const show = (x) => x.toLocaleString("en", { maximumFractionDigits: 1 });

  function element(name, attributes, parent) {
    const node = document.createElementNS(NS, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (parent) parent.append(node);
    return node;
  }

  // Equirectangular about the middle latitude: fine for one country.
  const places = data.settlements;
  const points = data.outlines.flat().concat(places.lon.map((x, k) => [x, places.lat[k]]));
  const low = [Infinity, Infinity], high = [-Infinity, -Infinity];
  for (const point of points) {
    for (const k of [0, 1]) {
      low[k] = Math.min(low[k], point[k]);
      high[k] = Math.max(high[k], point[k]);
    }
  }
  const squeeze = Math.cos(((low[1] + high[1]) / 2) * Math.PI / 180);
  const width = Math.max((high[0] - low[0]) * squeeze, 1e-6);
  const scale = 960 / Math.max(width, (high[1] - low[1]) * 1.2, 1e-3);
  const project = (lon, lat) =>
    [20 + (lon - low[0]) * squeeze * scale, 20 + (high[1] - lat) * scale];
  const full = [0, 0, 40 + width * scale, 40 + (high[1] - low[1]) * scale];
  let view = full.slice();

  const land = element("g", {}, svg), grid = element("g", {}, svg);
  const lines = element("g", {}, svg);
  const dots = element("g", {}, svg), marks = element("g", {}, svg);
  for (const ring of data.outlines) {
    const path = ring.map(([x, y]) => project(x, y).map((v) => v.toFixed(1)).join(" "));
    element("path", { d: "M" + path.join("L") + "Z", class: "land" }, land);
  }
  const largest = Math.max(1, ...places.population);
  const dot = places.name.map((name, i) => {
    const [x, y] = project(places.lon[i], places.lat[i]);
    const circle = element("circle", { cx: x, cy: y, class: "settlement" }, dots);
    circle.dataset.r = 1.5 + 9 * Math.sqrt(places.population[i] / largest);
    listen(circle, () => tellSettlement(i));
    return circle;
  });

  function listen(node, tell) {
    node.addEventListener("pointerenter", tell);
    node.addEventListener("focus", tell);
    node.addEventListener("click", tell);
  }
  function current() {
    const service = data.services[select.value];
    return { service, period: service.periods[slider.value] };
  }
  function drawLinks(links, sites) {
    lines.replaceChildren();
    for (const [i, j, share] of links) {
      const [x1, y1] = project(places.lon[i], places.lat[i]);
      const [x2, y2] = project(sites.lon[j], sites.lat[j]);
      element("line", { x1, y1, x2, y2, class: "link", "stroke-width": 1 + 2 * share }, lines);
    }
  }
  function fill(title, rows) {
    const head = document.createElement("h3");
    head.textContent = title;
    card.replaceChildren(head, ...rows.map((text) => {
      const row = document.createElement("p");
      row.textContent = text;
      return row;
    }));
  }
  function tellSettlement(i) {
    const { service, period } = current();
    const links = period.links.filter((link) => link[0] === i);
    const lost = period.unserved.find((pair) => pair[0] === i);
    drawLinks(links, service.sites);
    const rows = links.map(([, j, share, minutes]) =>
      `${show(100 * share)} % at ${service.sites.name[j]}, ${show(minutes)} minutes`);
    if (lost) rows.push(`${show(100 * lost[1])} % is not served`);
    fill(places.name[i], [`${places.region[i]} · ${show(places.population[i])} people today`, ...rows]);
  }
  function tellFacility(f) {
    const { service, period } = current();
    const [j, action, stands, capacity, used, done, cost] = f;
    const links = period.links.filter((link) => link[1] === j);
    drawLinks(links, service.sites);
    const people = links.length === 1 ? "1 settlement" : `${links.length} settlements`;
    fill(service.sites.name[j], [
      `${service.title} ${WORDS[action]}` + (done ? ` (${done})` : ""),
      stands || "nothing runs here",
      `${show(used)} of ${show(capacity)} ${service.unit} places used`,
      `serves ${people}`, cost ? `costs ${show(cost)} mln` : "costs nothing to build",
    ]);
  }

  // Links of a network: built ones stand out by colour and dashes, full ones by width.
  function drawNetwork() {
    grid.replaceChildren();
    if (network.value === "") return;
    const { title, links, periods } = data.networks[network.value];
    for (const [k, isNew, use, words] of periods[slider.value]) {
      const [x1, y1] = project(links[k][0], links[k][1]);
      const [x2, y2] = project(links[k][2], links[k][3]);
      const line = element("line", {
        x1, y1, x2, y2, class: "grid" + (isNew ? " built" : ""), "stroke-width": 1 + 3 * use,
      }, grid);
      listen(line, () => fill(`${title}: ${links[k][4]}`, [
        isNew ? "widened or built by this plan" : "stands today", words,
      ]));
    }
  }

  function draw() {
    drawNetwork();
    const { service, period } = current();
    document.getElementById("period-name").textContent = data.periods[slider.value];
    lines.replaceChildren();
    marks.replaceChildren();
    const lost = new Set(period.unserved.map((pair) => pair[0]));
    dot.forEach((circle, i) => circle.classList.toggle("unserved", lost.has(i)));
    for (const f of period.facilities) {
      if (changes.checked && f[1] === "keep") continue;
      const [x, y] = project(service.sites.lon[f[0]], service.sites.lat[f[0]]);
      const mark = element("path", {
        d: SHAPES[f[1]], class: "mark " + f[1], tabindex: 0,
        "aria-label": `${service.sites.name[f[0]]} ${WORDS[f[1]]}`,
      }, marks);
      mark.dataset.x = x;
      mark.dataset.y = y;
      listen(mark, () => tellFacility(f));
    }
    look();
  }
  // Marks keep their size on the screen whatever the zoom.
  function look() {
    svg.setAttribute("viewBox", view.join(" "));
    const unit = Math.sqrt(view[2] / full[2]);
    dot.forEach((circle) => circle.setAttribute("r", circle.dataset.r * unit));
    for (const mark of marks.children) {
      mark.setAttribute("transform",
        `translate(${mark.dataset.x} ${mark.dataset.y}) scale(${unit})`);
    }
  }
  function zoom(factor, x = view[0] + view[2] / 2, y = view[1] + view[3] / 2) {
    const size = Math.min(Math.max(view[2] * factor, full[2] / 60), full[2]);
    const by = size / view[2];
    view = [x - (x - view[0]) * by, y - (y - view[1]) * by, size, view[3] * by];
    look();
  }
  function where(event) {
    const box = svg.getBoundingClientRect();
    return [view[0] + ((event.clientX - box.left) / box.width) * view[2],
      view[1] + ((event.clientY - box.top) / box.height) * view[3]];
  }

  svg.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.25 : 0.8, ...where(event));
  }, { passive: false });
  let grabbed = null;
  svg.addEventListener("pointerdown", (event) => { grabbed = where(event); });
  svg.addEventListener("pointermove", (event) => {
    if (!grabbed || !event.buttons) return;
    const now = where(event);
    view[0] += grabbed[0] - now[0];
    view[1] += grabbed[1] - now[1];
    look();
  });
  addEventListener("pointerup", () => { grabbed = null; });
  svg.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (step) {
      event.preventDefault();
      view[0] += step[0] * view[2] / 10;
      view[1] += step[1] * view[3] / 10;
      look();
    } else if (event.key === "+") zoom(0.8);
    else if (event.key === "-") zoom(1.25);
  });
  document.getElementById("zoom-in").addEventListener("click", () => zoom(0.7));
  document.getElementById("zoom-out").addEventListener("click", () => zoom(1.4));
  document.getElementById("zoom-all").addEventListener("click", () => { view = full.slice(); look(); });

  data.services.forEach((service, k) => select.append(new Option(service.title, k)));
  slider.max = data.periods.length - 1;
  network.append(new Option("none", ""));
  data.networks.forEach((item, k) => network.append(new Option(item.title, k)));
  document.getElementById("network-control").hidden = !data.networks.length;
  for (const control of [select, slider, changes, network]) control.addEventListener("input", draw);
  const legend = document.getElementById("legend");
  for (const action of Object.keys(SHAPES)) {
    const item = document.createElement("li");
    const icon = element("svg", { viewBox: "-8 -8 16 16", "aria-hidden": "true" });
    element("path", { d: SHAPES[action], class: action }, icon);
    item.append(icon, WORDS[action]);
    legend.append(item);
  }
  for (const [kind, words] of [["", "settlement, by people"], [" unserved", "partly unserved"]]) {
    const item = document.createElement("li");
    const icon = element("svg", { viewBox: "-8 -8 16 16", "aria-hidden": "true" });
    element("circle", { r: 5, class: "settlement" + kind }, icon);
    item.append(icon, words);
    legend.append(item);
  }
  for (const [kind, words] of data.networks.length
    ? [["", "link that stands"], [" built", "link widened or built; thicker: fuller"]] : []) {
    const item = document.createElement("li");
    const icon = element("svg", { viewBox: "-8 -8 16 16", "aria-hidden": "true" });
    element("line", { x1: -8, y1: 0, x2: 8, y2: 0, class: "grid" + kind, "stroke-width": 3 }, icon);
    item.append(icon, words);
    legend.append(item);
  }
  draw();
})();
