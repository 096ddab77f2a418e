// Several plans: a slider over them, and two of their figures against each other.
const SVG = "http://www.w3.org/2000/svg";
function draw(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

const figureOf = (run, label) => run.figures.find((figure) => figure.label === label);
const labelsOfAll = () => [...new Set(data.runs.flatMap((run) => run.figures.map((figure) => figure.label)))];

function drawFigures() {
  const pair = data.runs.length === 2; // more have no room for differences
  const titles = [say("Figure"), ...data.runs.map((run) => run.label), ...(pair ? [say("Difference")] : [])];
  const rows = labelsOfAll().map((label) => {
    const found = data.runs.map((run) => figureOf(run, label)), { kind, digits } = found.find(Boolean);
    const cells = found.map((figure) => (figure ? show(figure.value, kind, digits) : "–"));
    const known = pair && found.every((figure) => figure && figure.value !== null);
    const more = known ? found[1].value - found[0].value : null;
    const difference = known && kind === "share" ? points(more, digits || 1) : show(more, kind, digits);
    return [label, ...cells, ...(pair ? [difference] : [])];
  });
  at("figures").replaceChildren(make("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": say("All figures of all plans") }, make("table", {},
    make("thead", {}, make("tr", {}, ...titles.map((title, k) => make("th", { scope: "col", class: k ? "n" : "" }, title)))),
    make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map((cell, k) => (k ? make("td", { class: "n" }, cell) : make("th", { scope: "row" }, cell)))))))));
}

// Round steps of an axis from the least to the largest value.
function ticks(low, high) {
  const rough = (high - low || Math.abs(high) || 1) / 4, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 2.5, 5, 10].find((n) => n * power >= rough);
  const first = Math.floor(low / step), last = Math.ceil(high / step);
  return Array.from({ length: Math.max(1, last - first) + 1 }, (_, k) => (first + k) * step);
}

// What stands at the ticks: as many digits as tell one from the next.
function tickText(figure, steps) {
  const isShare = figure.kind === "share", step = (steps[1] - steps[0]) * (isShare ? 100 : 1);
  let digits = 0;
  while (digits < 6 && Math.abs(step - Number(step.toFixed(digits))) > step / 1000) digits++;
  return (value) => (isShare ? percent(value, digits) : signed(value.toLocaleString(LOCALE, { maximumFractionDigits: digits })));
}

// The chosen plan is named, and others whose names touch no other name and no point;
// long names are shortened, and stand on the side that has room.
const LETTER = 6.6, MOST_LETTERS = 32;
function namedPoints(points, x, y, wide) {
  const sorted = [...points].sort((a, b) => (b.run === shown.run) - (a.run === shown.run)), found = [];
  const taken = points.map((point) => [x(point.x.value) - 6, x(point.x.value) + 6, y(point.y.value) - 6, y(point.y.value) + 6]);
  for (const { run, x: a, y: b } of sorted) {
    const text = run.label.length > MOST_LETTERS ? `${run.label.slice(0, MOST_LETTERS - 1)}…` : run.label;
    const size = LETTER * text.length, px = x(a.value), base = y(b.value) - 8;
    const isFree = ([from, to, above, below]) => taken.every(([left, right, top, low]) => left >= to || right <= from || top >= below || low <= above);
    const sides = [[px + 12, px + 12 + size, ""], [px - 12 - size, px - 12, "end"]].filter(([from, to]) => from >= LEFT && to <= wide)
      .map(([from, to, side]) => [[from, to, base - 11, base + 3], side]);
    const place = sides.find(([box]) => isFree(box)) ?? (run === shown.run ? sides[0] : null);
    if (!place) continue;
    const [box, side] = place;
    taken.push(box);
    found.push(draw("text", { x: side ? box[1] : box[0], y: base, class: side }, text));
  }
  return found;
}

const MOST_WIDE = 640, LEAST_WIDE = 330, HIGH = 340, LEFT = 96, RIGHT = 36, ABOVE = 36, BELOW = 46;
function drawTradeoff() {
  const room = at("tradeoff").clientWidth || MOST_WIDE; // letters keep their size on a phone
  const WIDE = Math.max(LEAST_WIDE, Math.min(MOST_WIDE, room));
  const [across, upwards] = ["across", "upwards"].map((id) => labelsOfAll()[at(id).value]);
  const points = data.runs.map((run, k) => ({ k, run, x: figureOf(run, across), y: figureOf(run, upwards) })).filter(({ x, y }) => x?.value != null && y?.value != null);
  if (!points.length) { at("tradeoff").replaceChildren(); return; }
  const axes = ["x", "y"].map((axis) => ticks(Math.min(...points.map((p) => p[axis].value)), Math.max(...points.map((p) => p[axis].value))));
  const [xs, ys] = axes, part = (value, steps) => (value - steps[0]) / (steps.at(-1) - steps[0] || 1);
  const x = (value) => LEFT + part(value, xs) * (WIDE - LEFT - RIGHT), y = (value) => HIGH - BELOW - part(value, ys) * (HIGH - BELOW - ABOVE);
  const told = (figure, value) => (figure.kind === "share" ? percent(value, figure.digits) : number(value, figure.digits));
  const [besideX, besideY] = axes.map((steps, k) => tickText(points[0]["xy"[k]], steps));
  const every = (WIDE - LEFT - RIGHT) / (xs.length - 1) < 70 ? 2 : 1; // so that labels have room
  const grid = [
    ...xs.flatMap((value, k) => [draw("line", { x1: x(value), x2: x(value), y1: ABOVE, y2: HIGH - BELOW, class: "grid" }), ...(k % every ? [] : [draw("text", { x: x(value), y: HIGH - BELOW + 16, class: "middle" }, besideX(value))])]),
    ...ys.flatMap((value) => [draw("line", { x1: LEFT, x2: WIDE - RIGHT, y1: y(value), y2: y(value), class: "grid" }), draw("text", { x: LEFT - 6, y: y(value) + 4, class: "end" }, besideY(value))]),
  ];
  const marks = points.map(({ k, run, x: a, y: b }) => draw("circle", {
    cx: x(a.value), cy: y(b.value), r: run === shown.run ? 9 : 6, class: run === shown.run ? "chosen" : "", tabindex: 0, role: "button",
    "aria-label": `${run.label}: ${told(a, a.value)}, ${told(b, b.value)}`, "data-plan": k,
  }, draw("title", {}, `${run.label}: ${told(a, a.value)}, ${told(b, b.value)}`)));
  const names = namedPoints(points, x, y, WIDE);
  const order = [...points].sort((a, b) => a.x.value - b.x.value).map(({ x: a, y: b }) => `${x(a.value)},${y(b.value)}`).join(" ");
  const svg = draw("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "group", "aria-label": `${upwards} / ${across}` },
    ...grid, draw("polyline", { points: order, class: "through" }), ...marks, ...names,
    draw("text", { x: (LEFT + WIDE) / 2, y: HIGH - 6, class: "middle axis" }, across), draw("text", { x: 4, y: 12, class: "axis" }, upwards));
  svg.addEventListener("click", (event) => event.target.dataset.plan && choosePlan(Number(event.target.dataset.plan)));
  svg.addEventListener("keydown", (event) => ["Enter", " "].includes(event.key) && event.target.dataset.plan && choosePlan(Number(event.target.dataset.plan)));
  at("tradeoff").replaceChildren(svg);
}

function drawPlans(k) {
  at("plans").hidden = data.runs.length < 2;
  if (data.runs.length < 2) return;
  at("plan").max = data.runs.length - 1;
  at("plan").value = k;
  at("plan").setAttribute("aria-valuetext", data.runs[k].label);
  at("plan-name").textContent = `${number(k + 1)} / ${number(data.runs.length)}: ${data.runs[k].label}`;
  at("plan-caption").textContent = `${say("Plan")} ${at("plan-name").textContent}`;
  const labels = labelsOfAll(), kept = [at("across").value, at("upwards").value];
  options(at("across"), labels);
  options(at("upwards"), labels);
  at("across").value = kept[0] || Math.max(0, labels.indexOf(data.axes[0]));
  at("upwards").value = kept[1] || Math.max(0, labels.indexOf(data.axes[1]));
  drawFigures();
  drawTradeoff();
}
