// Roads and networks on a canvas of their own: what stands, what the plan builds, what is
// full; heads point where flow goes.
const FULL = 0.95, SHORTEST_WITH_HEAD = 28, HEAD = 5;
const LINES = {
  stands: { stroke: "#3b8fc4", dash: [], told: () => say("line that stands; thicker: fuller") },
  road: { stroke: "#a7b0b8", dash: [], told: () => say("road that stands") },
  guess: { stroke: "#6f7a84", dash: [2, 4], told: () => say("straight line in place of a road: an estimate") },
  full: { stroke: "#8b1a4f", dash: [], told: () => say("full: 95 % and more of its capacity") },
  built: { stroke: "#d55e00", dash: [7, 3], told: () => say("built or widened by the plan") },
};

function kindOfLine(network, [, isNew, use]) {
  if (isNew) return "built";
  if (network.isRoads) return network.areEstimates ? "guess" : "road";
  return use >= FULL ? "full" : "stands";
}
const widthOfLine = (kind, use) => ({ road: 1, guess: 1, built: 3.5, full: 4 })[kind] ?? 1 + 2 * use;

const Lines = OwnCanvas.extend({
  pane: "lines",

  initialize() { this._lines = []; },

  // Lines: [[lon, lat, lon, lat, name], state, kind, tell()].
  show(lines) {
    this._lines = [];
    this._ends = [];
    for (const line of lines) {
      const [[x1, y1, x2, y2]] = line;
      for (const ends of pieces([y1, x1], [y2, x2])) {
        this._lines.push(line);
        this._ends.push(ends.map(([lat, lon]) => worldPoint(lat, lon)));
      }
    }
    this.draw();
  },

  draw() {
    if (!this._canvas) return;
    const { context, scale, origin } = this._frame(), groups = new Map();
    this._origin = origin;
    this._flat = new Float64Array(4 * this._lines.length);
    this._lines.forEach(([, state, kind], k) => {
      const [a, b] = this._ends[k];
      this._flat.set([a.x * scale - origin.x, a.y * scale - origin.y, b.x * scale - origin.x, b.y * scale - origin.y], 4 * k);
      const key = `${kind} ${Math.round(widthOfLine(kind, state[2]))}`;
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(k);
    });
    const order = Object.keys(LINES);
    const sorted = [...groups].sort(([a], [b]) => order.indexOf(a.split(" ")[0]) - order.indexOf(b.split(" ")[0]));
    for (const [key, members] of sorted) this._stroke(context, key, members);
    this._lines.forEach(([, state, kind], k) => this._head(context, k, kind, state[4]));
  },

  _stroke(context, key, members) {
    const [kind, width] = key.split(" "), { stroke, dash } = LINES[kind];
    context.beginPath();
    for (const k of members) {
      context.moveTo(this._flat[4 * k], this._flat[4 * k + 1]);
      context.lineTo(this._flat[4 * k + 2], this._flat[4 * k + 3]);
    }
    context.setLineDash(dash);
    context.lineWidth = Number(width);
    context.strokeStyle = stroke;
    context.stroke();
  },

  _head(context, k, kind, way) {
    if (!way) return;
    const [x1, y1, x2, y2] = this._flat.subarray(4 * k, 4 * k + 4), length = Math.hypot(x2 - x1, y2 - y1);
    if (length < SHORTEST_WITH_HEAD) return;
    const onX = (way * (x2 - x1) * HEAD) / length, onY = (way * (y2 - y1) * HEAD) / length;
    const x = (x1 + x2) / 2, y = (y1 + y2) / 2;
    context.beginPath();
    context.moveTo(x + onX, y + onY);
    context.lineTo(x - onX - onY, y - onY + onX);
    context.lineTo(x - onX + onY, y - onY - onX);
    context.fillStyle = LINES[kind].stroke;
    context.fill();
  },

  // What is told of the line under the pointer, or null.
  at(layerPoint) {
    if (!this._lines.length) return null;
    const point = layerPoint.add(map.getPixelOrigin()).subtract(this._origin);
    let found = -1, least = 5;
    for (let k = 0; k < this._lines.length; k++) {
      const x1 = this._flat[4 * k], y1 = this._flat[4 * k + 1], dx = this._flat[4 * k + 2] - x1, dy = this._flat[4 * k + 3] - y1;
      const along = Math.min(1, Math.max(0, ((point.x - x1) * dx + (point.y - y1) * dy) / (dx * dx + dy * dy || 1)));
      const away = Math.hypot(x1 + along * dx - point.x, y1 + along * dy - point.y);
      if (away < least) [found, least] = [k, away];
    }
    return found < 0 ? null : this._lines[found][3];
  },
});
const lines = new Lines().addTo(map);
const lineIcon = (kind) => icon(["line", { x1: -8, y1: 0, x2: 8, y2: 0, stroke: LINES[kind].stroke, "stroke-width": kind === "road" ? 2 : 3,
  "stroke-dasharray": LINES[kind].dash.length ? "5 2" : "none" }]);
