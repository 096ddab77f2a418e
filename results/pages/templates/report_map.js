// The map of the report: regions, roads and networks, settlements, facilities, ways on hover.
const shown = { run: data.runs[0], service: 0, period: 0 };
const territory = () => data.territories[shown.run.territory];
const currentService = () => shown.run.services[shown.service];
const layers = { grid: layer(), heads: layer(), ways: layer() };
const period = () => currentService().periods[shown.period];
const siteAt = (j) => [currentService().sites.lat[j], currentService().sites.lon[j]];
const homeAt = (i) => [territory().settlements.lat[i], territory().settlements.lon[i]];

function drawWays(links) {
  layers.ways.clearLayers();
  for (const [i, j, share] of links) {
    L.polyline([homeAt(i), siteAt(j)], {
      color: "#1d2733", opacity: 0.7, weight: 1 + 2 * share, interactive: false, renderer: between,
    }).addTo(layers.ways);
  }
}

// Ways of a period by settlement and by site; made once for each, found at once after.
const indexes = new WeakMap();
function index() {
  const now = period();
  if (!indexes.has(now)) {
    const from = new Map(), to = new Map();
    for (const link of now.links) {
      for (const [group, key] of [[from, link[0]], [to, link[1]]]) {
        if (group.has(key)) group.get(key).push(link);
        else group.set(key, [link]);
      }
    }
    indexes.set(now, { from, to, lost: new Map(now.unserved) });
  }
  return indexes.get(now);
}
const linksFrom = (i) => index().from.get(i) ?? [];
const linksTo = (j) => index().to.get(j) ?? [];

function meanMinutes(i) {
  const links = linksFrom(i);
  const whole = links.reduce((sum, link) => sum + link[2], 0);
  return whole ? links.reduce((sum, link) => sum + link[2] * link[3], 0) / whole : null;
}

function tellSettlement(i) {
  const { settlements, regions } = territory(), service = currentService();
  const links = linksFrom(i);
  drawWays(links);
  const rows = [`${regions[settlements.region[i]]} · ${say("people today")}: ${number(settlements.population[i])}`];
  if (service.before) {
    rows.push(`${say("minutes of travel today")}: ${number(service.before.minutes[i], 1)}`);
    rows.push(`${say("minutes of travel by the plan")}: ${number(meanMinutes(i), 1)}`);
  }
  for (const [, j, share, minutes] of links) {
    rows.push(`${percent(share)} → ${service.sites.name[j]}, ${number(minutes, 1)} ${say("min")}`);
  }
  const lost = index().lost.get(i);
  if (lost) rows.push(`${percent(lost)} ${say("is not served")}`);
  tell(settlements.name[i], rows);
}

function tellFacility(f) {
  const service = currentService(), [j, action, stands, capacity, used, done, cost] = f;
  const links = linksTo(j);
  drawWays(links);
  tell(service.sites.name[j], [
    `${service.title}: ${MARKS[action].title}${done ? ` (${done})` : ""}`,
    stands || say("nothing runs here"),
    `${say("Used")}: ${number(used)} / ${number(capacity)} (${service.unit})`,
    `${say("Settlements served")}: ${number(links.length)}`,
    `${say("Cost, mln")}: ${number(cost, 1)}`,
  ], make("button", { type: "button", onclick: () => openFacility(shown.service, j) }, say("details")));
}

function drawRegions() {
  const item = shown.run.shadings[at("shading").value], lines = item?.values ?? {};
  const all = Object.values(lines).flat().filter((value) => value !== null);
  const told = (value) => number(value, Math.abs(value) < 100 ? 2 : 0);
  const shades = all.length ? fifths(all, told) : null;
  const zones = shown.run.zones.map(({ title, words, fill, rings }) => ({ rings, fill, told: () => tell(title, words) }));
  drawLand([...territory().outlines.map(({ region, rings }) => {
    const value = lines[region]?.[shown.period] ?? null;
    return value === null ? { rings } : { rings, fill: shades.of(value), told: () =>
      tell(territory().regions[region] ?? region, [`${item.title}: ${number(value, 3)} ${item.unit}`]) };
  }), ...zones]);
  return shades ? [[squareIcon("#f3f1ea"), `${item.title}, ${item.unit}:`], ...shades.legend] : [];
}

// Links that are built stand out by colour and dashes, full ones by width.
function drawGrid() {
  layers.grid.clearLayers();
  const network = shown.run.networks[at("network").value];
  if (!network) return;
  for (const [k, isNew, use, words] of network.periods[shown.period]) {
    const [x1, y1, x2, y2, name] = network.links[k];
    L.polyline([[y1, x1], [y2, x2]], {
      color: isNew ? "#d55e00" : "#3b8fc4", weight: 1 + 3 * use, dashArray: isNew ? "6 3" : null, renderer: ground,
    }).on("mouseover click", () => tell(`${network.title}: ${name}`, [
      isNew ? say("widened or built by this plan") : say("stands today"), words,
    ])).addTo(layers.grid);
  }
}

// Heads point where flow goes, on links that are long enough on the screen.
const SHORTEST_WITH_HEAD = 28, HEAD = 5;
function drawHeads() {
  layers.heads.clearLayers();
  const network = shown.run.networks[at("network").value];
  for (const [k, isNew, , , way] of network?.periods[shown.period] ?? []) {
    const [x1, y1, x2, y2] = network.links[k];
    const ends = [[y1, x1], [y2, x2]].map((end) => map.latLngToLayerPoint(end));
    const [from, to] = way < 0 ? ends.reverse() : ends, length = from.distanceTo(to);
    if (!way || length < SHORTEST_WITH_HEAD) continue;
    const on = to.subtract(from).multiplyBy(HEAD / length), aside = L.point(-on.y, on.x);
    const middle = from.add(to).divideBy(2), back = middle.subtract(on);
    L.polygon([middle.add(on), back.add(aside), back.subtract(aside)].map((corner) => map.layerPointToLatLng(corner)), {
      stroke: false, fillOpacity: 1, fillColor: isNew ? "#d55e00" : "#2b6f9b", interactive: false, renderer: ground,
    }).addTo(layers.heads);
  }
}
map.on("zoomend", drawHeads);

function colourOf(i) {
  const way = at("colour").value, old = currentService().before?.minutes[i] ?? null;
  if (way === "plain" || !currentService().before) return "#ffffff";
  const now = way === "before" ? old : meanMinutes(i);
  if (now === null) return "#bdbdbd";
  if (way !== "change") return STEPS[classOf(now, MINUTE_BOUNDS)];
  return old === null ? "#bdbdbd" : BETTER_WORSE[classOf(now - old, CHANGE_BOUNDS)];
}

function drawPlaces() {
  const { settlements } = territory(), { lost } = index(), items = [];
  const largest = settlements.population.reduce((most, people) => Math.max(most, people), 1);
  settlements.population.forEach((people, i) => {
    const isLost = lost.has(i), fill = colourOf(i);
    items.push([settlements.lat[i], settlements.lon[i], 2.5 + 11 * Math.sqrt(people / largest),
      (context, x, y, radius) => drawDot(context, x, y, radius, fill, isLost), () => tellSettlement(i)]);
  });
  for (const f of period().facilities) {
    if (at("changes").checked && f[1] === "keep") continue;
    items.push([...siteAt(f[0]), f[1] === "keep" ? 4 : 6.5,
      (context, x, y, radius) => drawMark(context, x, y, radius, f[1]), () => tellFacility(f)]);
  }
  places.show(items);
}

function legendOf(shades) {
  const rows = Object.keys(MARKS).map((key) => [markIcon(key), MARKS[key].title]);
  rows.push([dotIcon("#fff"), say("settlement, by people")], [dotIcon("#fff", "#a3005c"), say("partly unserved")]);
  const way = at("colour").value;
  if (way !== "plain" && currentService().before) {
    const colours = way === "change" ? BETTER_WORSE : STEPS;
    classNames(way === "change" ? CHANGE_BOUNDS : MINUTE_BOUNDS, 0)
      .forEach((words, k) => rows.push([dotIcon(colours[k]), `${words} ${say("min")}`]));
    rows.push([dotIcon("#bdbdbd"), say("no way")]);
  }
  if (at("network").value !== "") {
    const line = (stroke, dash) => icon(["line", { x1: -8, y1: 0, x2: 8, y2: 0, stroke, "stroke-width": 3, "stroke-dasharray": dash }]);
    rows.push([line("#3b8fc4", "none"), say("link that stands")], [line("#d55e00", "5 2"), say("link widened or built; thicker: fuller")]);
  }
  return [...rows, ...shades];
}

function drawMap() {
  at("period-name").textContent = shown.run.periods[shown.period];
  at("period").setAttribute("aria-valuetext", shown.run.periods[shown.period]);
  layers.ways.clearLayers();
  const { settlements, outlines } = territory();
  corners = outlines.flatMap(({ rings }) => ringPoints(rings)).concat(settlements.lat.map((y, k) => [y, settlements.lon[k]]));
  const shades = drawRegions();
  drawGrid();
  drawHeads();
  drawPlaces();
  drawLegend(legendOf(shades));
}

// Names that begin as what is typed; a list of all would be thousands of elements.
const MOST_HINTS = 12;
function hint(text) {
  const wanted = text.trim().toLocaleLowerCase(LOCALE), found = new Set();
  const { name } = territory().settlements;
  for (let i = 0; wanted && i < name.length && found.size < MOST_HINTS; i++) {
    if (name[i].toLocaleLowerCase(LOCALE).startsWith(wanted)) found.add(name[i]);
  }
  at("places").replaceChildren(...[...found].map((value) => make("option", { value })));
}

function find(text) {
  const { settlements } = territory(), wanted = text.trim().toLocaleLowerCase(LOCALE);
  if (!wanted) return;
  const names = settlements.name.map((name) => name.toLocaleLowerCase(LOCALE));
  let i = names.indexOf(wanted);
  if (i < 0) i = names.findIndex((name) => name.startsWith(wanted));
  if (i < 0) i = names.findIndex((name) => name.includes(wanted));
  if (i < 0) { tell(text, [say("not found")]); return; }
  map.setView(homeAt(i), Math.max(map.getZoom(), 9), { animate: false });
  tellSettlement(i);
}
