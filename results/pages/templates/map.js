// The map of a page: land, marks and settlements, a card beside it, a legend below.
const map = L.map("map", {
  preferCanvas: true, zoomSnap: 0.25, attributionControl: false, zoomControl: false, keyboardPanDelta: 60,
});
// Leaflet's own scale speaks English only; what it calls here is fixed by its version.
const Scale = L.Control.Scale.extend({
  _updateMetric(most) {
    const metres = this._getRoundNum(most), told = metres < 1000 ? `${number(metres)} ${say("m")}` : `${number(metres / 1000)} ${say("km")}`;
    this._updateScale(this._mScale, told, metres / most);
  },
});
let controls = [];
function drawControls() {
  for (const control of controls) control.remove();
  controls = [L.control.zoom({ zoomInTitle: say("zoom in"), zoomOutTitle: say("zoom out") }), new Scale({ imperial: false, position: "bottomright" })];
  for (const control of controls) control.addTo(map);
}
drawControls();
const layer = () => L.layerGroup().addTo(map);
const pane = (name, z) => { map.createPane(name).style.zIndex = z; return L.canvas({ pane: name, tolerance: 3 }); };
// Panes of their own: showing the ways of one settlement does not redraw the roads.
const ground = pane("ground", 350), between = pane("between", 400);
map.createPane("lines").style.zIndex = 380;
map.createPane("front").style.zIndex = 450;

// A canvas of our own over the map and a margin around it, drawn in one go. Thousands of
// Leaflet's markers and lines would each be an object with listeners; here they are
// numbers in arrays.
const CELL = 32, CATCH = 3, MARGIN = 0.25, CROWD = 1500;
const worldPoint = (lat, lon) => map.options.crs.latLngToPoint(L.latLng(lat, lon), 0);

// A straight line as parts between [lat, lon]: two where it goes over the 180th meridian.
function pieces([lat1, lon1], [lat2, lon2]) {
  if (Math.abs(lon2 - lon1) <= 180) return [[[lat1, lon1], [lat2, lon2]]];
  const side = lon1 < 0 ? -180 : 180, before = Math.abs(side - lon1), after = Math.abs(side + lon2);
  const lat = lat1 + (before / (before + after || 1)) * (lat2 - lat1);
  return [[[lat1, lon1], [lat, side]], [[lat, -side], [lat2, lon2]]];
}

const OwnCanvas = L.Layer.extend({
  onAdd(map) {
    this._canvas = L.DomUtil.create("canvas", "leaflet-zoom-hide", map.getPane(this.pane));
    this._canvas.style.pointerEvents = "none";
    map.on("moveend zoomend resize viewreset", this.draw, this);
    this.draw(); // the map is placed only now: what was shown before waits
  },

  // The empty canvas in its place: context, width and height, scale of the world, corner.
  _frame() {
    const size = map.getSize(), margin = size.multiplyBy(MARGIN).round(), ratio = window.devicePixelRatio || 1;
    const corner = map.containerPointToLayerPoint([0, 0]).subtract(margin), whole = size.add(margin.multiplyBy(2));
    const canvas = this._canvas, context = canvas.getContext("2d");
    canvas.width = whole.x * ratio;
    canvas.height = whole.y * ratio;
    canvas.style.width = `${whole.x}px`;
    canvas.style.height = `${whole.y}px`;
    L.DomUtil.setPosition(canvas, corner);
    context.scale(ratio, ratio);
    return { context, whole, margin, scale: 2 ** map.getZoom(), origin: map.getPixelOrigin().add(corner) };
  },
});

// Settlements and facilities, found by a grid of cells under the pointer; names of the
// largest settlements.
const Places = OwnCanvas.extend({
  pane: "front",

  initialize() { this._items = []; this._cells = new Map(); this._names = []; },

  onAdd(map) {
    OwnCanvas.prototype.onAdd.call(this, map);
    map.on("mousemove", this._move, this);
    map.on("click", this._click, this);
  },

  // Items: [lat, lon, radius, draw(context, x, y, radius), tell()]; the last lie on top.
  // Names: [lat, lon, text], the largest first; below(layerPoint) gives what is told of
  // what lies under all items there, or null.
  show(items, names = [], below = () => null) {
    this._items = items;
    this._world = items.map(([lat, lon]) => worldPoint(lat, lon));
    this._names = names.map(([lat, lon, text]) => [worldPoint(lat, lon), text]);
    this._below = below;
    this._over = -1;
    this.draw();
  },

  draw() {
    if (!this._canvas) return;
    const { context, whole, margin, scale, origin } = this._frame();
    // Small signs on a whole country, full size once a district fills the map.
    const shrink = this._items.length > CROWD ? Math.min(1, Math.max(0.3, 0.3 + 0.15 * (map.getZoom() - 4))) : 1;
    this._cells.clear();
    this._origin = origin;
    this._items.forEach(([, , radius, draw], k) => {
      const x = this._world[k].x * scale - origin.x, y = this._world[k].y * scale - origin.y;
      if (x < -20 || y < -20 || x > whole.x + 20 || y > whole.y + 20) return;
      draw(context, x, y, radius * shrink);
      const key = `${Math.floor(x / CELL)},${Math.floor(y / CELL)}`;
      if (!this._cells.has(key)) this._cells.set(key, []);
      this._cells.get(key).push([k, x, y, radius * shrink]);
    });
    this._drawNames(context, whole, margin, scale, origin);
  },

  // As many names as fit without touching each other, a few for each part of the map.
  _drawNames(context, whole, margin, scale, origin) {
    const taken = [], most = Math.max(5, (whole.x - 2 * margin.x) * (whole.y - 2 * margin.y) / 40000);
    context.font = "600 12px system-ui, sans-serif";
    context.textAlign = "center";
    context.lineJoin = "round";
    for (const [world, text] of this._names) {
      const x = world.x * scale - origin.x, y = world.y * scale - origin.y - 12;
      const half = context.measureText(text).width / 2 + 6;
      if (x - half < margin.x || x + half > whole.x - margin.x || y < margin.y + 12 || y > whole.y - margin.y) continue;
      if (taken.some(([left, right, top]) => x + half > left && x - half < right && Math.abs(y - top) < 22)) continue;
      taken.push([x - half, x + half, y]);
      context.strokeStyle = "rgb(255 255 255 / 0.9)";
      context.lineWidth = 3.5;
      context.strokeText(text, x, y);
      context.fillStyle = "#1d2733";
      context.fillText(text, x, y);
      if (taken.length >= most) break;
    }
  },

  // The topmost item under the pointer, or -1.
  at(layerPoint) {
    const point = layerPoint.add(map.getPixelOrigin()).subtract(this._origin);
    const column = Math.floor(point.x / CELL), row = Math.floor(point.y / CELL);
    let found = -1;
    for (let c = column - 1; c <= column + 1; c++) {
      for (let r = row - 1; r <= row + 1; r++) {
        for (const [k, x, y, radius] of this._cells.get(`${c},${r}`) ?? []) {
          if (k > found && Math.hypot(x - point.x, y - point.y) <= radius + CATCH) found = k;
        }
      }
    }
    return found;
  },

  _move(event) {
    const k = this.at(event.layerPoint), below = k < 0 ? this._below?.(event.layerPoint) : null;
    map.getContainer().style.cursor = k < 0 && !below ? "" : "pointer";
    if (k >= 0 && k !== this._over) this._items[k][4]();
    else below?.();
    this._over = k;
  },

  _click(event) {
    const k = this.at(event.layerPoint);
    if (k >= 0) this._items[k][4]();
    else this._below?.(event.layerPoint)?.();
  },
});
const places = new Places().addTo(map);

function tell(title, rows, button) {
  at("card").replaceChildren(make("h3", {}, title), ...rows.map((row) => make("p", {}, row)), ...(button ? [button] : []));
}

// The land between and around the points [lat, lon] of outlines and settlements.
let corners = [];
const ringPoints = (rings) => rings[0].map(([x, y]) => [y, x]);
const EDGE = [36, 28]; // a name fits above the outermost places, and half of it beside
function wholeMap() {
  const fit = (right) => map.fitBounds(L.latLngBounds(corners), {
    paddingTopLeft: EDGE, paddingBottomRight: [EDGE[0] + right, EDGE[1]], animate: false, maxZoom: 12 });
  const card = at("card").getBoundingClientRect(), box = map.getContainer().getBoundingClientRect();
  fit(0);
  const isUnder = ({ x, y }) => x + box.left > card.left - EDGE[0] && x + box.left < card.right && y + box.top > card.top && y + box.top < card.bottom + EDGE[1];
  if (corners.some((corner) => isUnder(map.latLngToContainerPoint(corner)))) fit(box.right - card.left);
}
at("whole").addEventListener("click", wholeMap);

// Shapes: rings, and what is told of them (null: nothing); filled if they have a colour.
const land = layer();
function drawLand(shapes) {
  land.clearLayers();
  for (const { rings, fill, told } of shapes) {
    L.polygon(rings.map((ring) => ring.map(([x, y]) => [y, x])), {
      color: "#b4b9be", weight: 1, renderer: ground, fillOpacity: fill ? 0.75 : 1,
      fillColor: fill ?? "#f7f8f8", interactive: Boolean(told),
    }).on("mouseover click", () => told()).addTo(land);
  }
}

function drawLegend(rows) {
  at("legend").replaceChildren(...rows.map(([picture, words]) => make("li", {}, picture, words)));
}

// On paper the map is as wide as the sheet, whatever the window is.
for (const [event, isPaper] of [["beforeprint", true], ["afterprint", false]]) {
  addEventListener(event, () => {
    document.body.classList.toggle("paper", isPaper);
    map.invalidateSize({ animate: false });
    if (isPaper) wholeMap();
  });
}
