// The map of a page: land, marks and settlements, a card beside it, a legend below.
const map = L.map("map", {
  preferCanvas: true, zoomSnap: 0.25, attributionControl: false, zoomControl: false, keyboardPanDelta: 60,
});
L.control.zoom({ zoomInTitle: say("zoom in"), zoomOutTitle: say("zoom out") }).addTo(map);
const layer = () => L.layerGroup().addTo(map);
const pane = (name, z) => { map.createPane(name).style.zIndex = z; return L.canvas({ pane: name, tolerance: 3 }); };
// Panes of their own: showing the ways of one settlement does not redraw the roads.
const ground = pane("ground", 350), between = pane("between", 400);
map.createPane("front").style.zIndex = 450;

// Settlements and facilities: one layer on a canvas of its own. Thousands of Leaflet's
// markers would each be an object with listeners; here they are numbers in arrays, drawn
// in one go, and found by a grid of cells under the pointer.
const CELL = 32, CATCH = 3, MARGIN = 0.25, CROWD = 1500;

const Places = L.Layer.extend({
  initialize() { this._items = []; this._cells = new Map(); },

  onAdd(map) {
    this._canvas = L.DomUtil.create("canvas", "leaflet-zoom-hide", map.getPane("front"));
    this._canvas.style.pointerEvents = "none";
    map.on("moveend zoomend resize viewreset", this.draw, this);
    map.on("mousemove", this._move, this);
    map.on("click", this._click, this);
    this.draw(); // the map is placed only now: what was shown before waits
  },

  // Items: [lat, lon, radius, draw(context, x, y, radius), tell()]; the last lie on top.
  show(items) {
    this._items = items;
    this._world = items.map(([lat, lon]) => map.options.crs.latLngToPoint(L.latLng(lat, lon), 0));
    this._over = -1;
    this.draw();
  },

  draw() {
    if (!this._canvas) return;
    const size = map.getSize(), margin = size.multiplyBy(MARGIN).round(), ratio = window.devicePixelRatio || 1;
    const corner = map.containerPointToLayerPoint([0, 0]).subtract(margin), whole = size.add(margin.multiplyBy(2));
    const canvas = this._canvas, context = canvas.getContext("2d");
    canvas.width = whole.x * ratio;
    canvas.height = whole.y * ratio;
    canvas.style.width = `${whole.x}px`;
    canvas.style.height = `${whole.y}px`;
    L.DomUtil.setPosition(canvas, corner);
    context.scale(ratio, ratio);
    const scale = 2 ** map.getZoom(), origin = map.getPixelOrigin().add(corner);
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
    const k = this.at(event.layerPoint);
    map.getContainer().style.cursor = k < 0 ? "" : "pointer";
    if (k >= 0 && k !== this._over) this._items[k][4]();
    this._over = k;
  },

  _click(event) {
    const k = this.at(event.layerPoint);
    if (k >= 0) this._items[k][4]();
  },
});
const places = new Places().addTo(map);

function tell(title, rows, button) {
  at("card").replaceChildren(make("h3", {}, title), ...rows.map((row) => make("p", {}, row)), ...(button ? [button] : []));
}

// The land between and around the points [lat, lon] of outlines and settlements.
let corners = [];
const ringPoints = (rings) => rings[0].map(([x, y]) => [y, x]);
const wholeMap = () => map.fitBounds(L.latLngBounds(corners), { padding: [12, 12], animate: false, maxZoom: 12 });
at("whole").addEventListener("click", wholeMap);

// Shapes: rings, and what is told of them (null: nothing); filled if they have a colour.
const land = layer();
function drawLand(shapes) {
  land.clearLayers();
  for (const { rings, fill, told } of shapes) {
    L.polygon(rings.map((ring) => ring.map(([x, y]) => [y, x])), {
      color: "#a39d8c", weight: 1, renderer: ground, fillOpacity: fill ? 0.75 : 1,
      fillColor: fill ?? "#f3f1ea", interactive: Boolean(told),
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
