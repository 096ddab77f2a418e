// Marks of facilities: shape and colour both tell the action.
const SHAPES = {
  open: "M0-6L6 5L-6 5Z", enlarge: "M-2-6H2V-2H6V2H2V6H-2V2H-6V-2H-2Z",
  reduce: "M0 6L6-5L-6-5Z", renew: "M-5-5H5V5H-5Z",
  close: "M-6-4L-4-6L0-2L4-6L6-4L2 0L6 4L4 6L0 2L-4 6L-6 4L-2 0Z",
  keep: "M0-4A4 4 0 1 1-.01-4Z",
};
const FILLS = {
  open: "#0072b2", enlarge: "#009e73", reduce: "#e69f00", close: "#d55e00", renew: "#cc79a7", keep: "#6b7782",
};
const ACTION = {
  open: say("opened"), enlarge: say("enlarged"), reduce: say("reduced"), close: say("closed, at least in part"),
  renew: say("renewed"), keep: say("kept"),
};
const paths = Object.fromEntries(Object.entries(SHAPES).map(([key, d]) => [key, new Path2D(d)]));

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
    context.fillStyle = FILLS[action];
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

// Five steps from light to dark (Cividis); changes go from better to worse (blue to orange).
const STEPS = ["#fee838", "#c4b56c", "#7f7c75", "#434e6c", "#00204d"];
const BETTER_WORSE = ["#0072b2", "#8cc1e3", "#f7f7f7", "#f5b97a", "#d55e00"];
const CHANGE_BOUNDS = [-10, -1, 1, 10], MINUTE_BOUNDS = [10, 20, 30, 60];

const classOf = (value, bounds) => bounds.filter((bound) => value >= bound).length;

// Bounds of five classes with as many values in each as can be.
function fifths(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return [1, 2, 3, 4].map((k) => sorted[Math.floor((k * sorted.length) / 5)]);
}

function classNames(bounds, digits) {
  const text = bounds.map((bound) => number(bound, digits));
  return [`< ${text[0]}`, ...text.slice(1).map((upper, k) => `${text[k]} … ${upper}`), `≥ ${text.at(-1)}`];
}
