// Marks of facilities: shape and colour both tell what they are of.
const MARKS = data.marks ?? {};
const paths = Object.fromEntries(Object.entries(MARKS).map(([key, { shape }]) => [key, new Path2D(shape)]));

// A mark of one kind and size is drawn once and copied after: there are thousands.
const stamps = new Map(), STAMP = 4;
function stamp(action, radius) {
  const key = `${action} ${radius}`;
  if (!stamps.has(key)) {
    const canvas = document.createElement("canvas"), size = radius / 6;
    canvas.width = canvas.height = Math.ceil(2 * STAMP * (radius + 2));
    const context = canvas.getContext("2d");
    context.translate(canvas.width / 2, canvas.width / 2);
    context.scale(STAMP * size, STAMP * size);
    context.fillStyle = MARKS[action].fill;
    context.strokeStyle = "#fff";
    context.lineWidth = Math.min(1, radius / 5) / size;
    context.fill(paths[action]);
    context.stroke(paths[action]);
    stamps.set(key, canvas);
  }
  return stamps.get(key);
}

function drawMark(context, x, y, radius, action) {
  const picture = stamp(action, radius), width = picture.width / STAMP;
  context.drawImage(picture, x - width / 2, y - width / 2, width, width);
}

function drawDot(context, x, y, radius, fill, isLost) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.strokeStyle = isLost ? "#a3005c" : "#5b6875";
  context.lineWidth = Math.min(isLost ? 2 : 1, radius / 2);
  context.fill();
  context.stroke();
}

function icon(draw) {
  const NS = "http://www.w3.org/2000/svg", svg = document.createElementNS(NS, "svg");
  svg.setAttribute("viewBox", "-8 -8 16 16");
  svg.setAttribute("aria-hidden", "true");
  const [tag, attributes] = draw, node = document.createElementNS(NS, tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  svg.append(node);
  return svg;
}

const markIcon = (key) => icon(["path", { d: MARKS[key].shape, fill: MARKS[key].fill }]);
const dotIcon = (fill, stroke = "#5b6875") => icon(["circle", { r: 6, fill, stroke, "stroke-width": 2 }]);
const squareIcon = (fill) => icon(["rect", { x: -7, y: -7, width: 14, height: 14, fill, stroke: "#5b6875" }]);

// Five steps from light to dark (Cividis); changes go from better to worse (blue to orange).
const STEPS = ["#fee838", "#c4b56c", "#7f7c75", "#434e6c", "#00204d"];
const BETTER_WORSE = ["#0072b2", "#8cc1e3", "#f7f7f7", "#f5b97a", "#d55e00"];
const CHANGE_BOUNDS = [-10, -1, 1, 10], MINUTE_BOUNDS = [10, 20, 30, 60];

const classOf = (value, bounds) => bounds.filter((bound) => value >= bound).length;

// Up to five classes with round bounds: the colour of a value, the legend. The farthest
// twentieths do not stretch the classes.
function classesOf(values, tell) {
  const sorted = [...values].sort((a, b) => a - b), at = (share) => sorted[Math.round(share * (sorted.length - 1))];
  const low = at(0.05), high = at(0.95), rough = (high - low) / STEPS.length;
  const cuts = [];
  if (rough > 0) {
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = power * ([1, 2, 2.5, 5, 10].find((n) => n * power >= rough) ?? 10);
    for (let k = Math.floor(low / step) + 1; k * step < high && cuts.length < STEPS.length - 1; k++) cuts.push(Number((k * step).toPrecision(12)));
  }
  const colour = (k) => STEPS[cuts.length ? Math.round((k * (STEPS.length - 1)) / cuts.length) : 2];
  const words = cuts.map(tell);
  return {
    of: (value) => colour(classOf(value, cuts)),
    legend: cuts.length
      ? [`< ${words[0]}`, ...words.slice(1).map((upper, k) => `${words[k]} … ${upper}`), `≥ ${words.at(-1)}`].map((text, k) => [squareIcon(colour(k)), text])
      : sorted.slice(0, 1).map((value) => [squareIcon(colour(0)), tell(value)]),
  };
}

function classNames(bounds, digits) {
  const text = bounds.map((bound) => number(bound, digits));
  return [`< ${text[0]}`, ...text.slice(1).map((upper, k) => `${text[k]} … ${upper}`), `≥ ${text.at(-1)}`];
}
