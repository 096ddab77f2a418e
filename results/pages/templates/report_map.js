// The map of the report: service and step chosen, settlements, facilities, ways, lines.
// Steps: "today", a number (a period), or "all" (what is done in all periods).
const shown = { run: data.runs[0], service: 0, step: "all", hidden: new Set(), told: null };
const territory = () => data.territories[shown.run.territory];
const currentService = () => shown.run.services[shown.service];
const lastPeriod = () => shown.run.periods.length - 1;
const periodOfStep = () => (typeof shown.step === "number" ? shown.step : lastPeriod());
const siteAt = (j) => [currentService().sites.lat[j], currentService().sites.lon[j]];
const homeAt = (i) => [territory().settlements.lat[i], territory().settlements.lon[i]];
const ways = layer();

function stepName(step = shown.step) {
  if (step === "today") return say("today");
  return step === "all" ? say("all periods") : shown.run.periods[step];
}

// All actions of the plan on what stands in the last period: the action that counts
// first, what is done in which period, and all that it costs.
function allPeriods(service) {
  const ranks = Object.keys(MARKS), rows = new Map();
  service.periods.forEach(({ facilities }, t) => {
    for (const [j, action, stands, capacity, used, done, cost, opex] of facilities) {
      const row = rows.get(j) ?? [j, action, "", 0, 0, "", 0, 0];
      rows.set(j, row);
      if (ranks.indexOf(action) < ranks.indexOf(row[1])) row[1] = action;
      if (done) row[5] = [row[5], `${shown.run.periods[t]} – ${done}`].filter(Boolean).join("; ");
      row[6] += cost;
      if (t === lastPeriod()) [row[2], row[3], row[4], row[7]] = [stands, capacity, used, opex];
    }
  });
  return { ...service.periods.at(-1), facilities: [...rows.values()] };
}

const views = new WeakMap();
function view() {
  const service = currentService();
  if (shown.step === "today") return service.today;
  if (shown.step !== "all") return service.periods[shown.step];
  if (!views.has(service)) views.set(service, allPeriods(service));
  return views.get(service);
}

function drawWays(links) {
  ways.clearLayers();
  for (const [i, j, share] of links) {
    L.polyline(pieces(homeAt(i), siteAt(j)), {
      color: "#1d2733", opacity: 0.7, weight: 1 + 2 * share, interactive: false, renderer: between,
    }).addTo(ways);
  }
}

// Ways of a view by settlement and by site; made once for each, found at once after.
const indexes = new WeakMap();
function indexOf(now) {
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
const linksFrom = (i, now = view()) => indexOf(now).from.get(i) ?? [];
const linksTo = (j, now = view()) => indexOf(now).to.get(j) ?? [];

// Who is visited at home (the last of a link) goes no minutes.
function meanMinutes(i, now = view()) {
  const links = linksFrom(i, now);
  const whole = links.reduce((sum, link) => sum + link[2], 0);
  return whole ? links.reduce((sum, link) => sum + (link[2] - link[7]) * link[3], 0) / whole : null;
}

// What the panel tells is told again when service or period change: it is never stale.
function panel(title, rows, again, button, when = stepName()) {
  shown.told = again;
  tell(title, [], button);
  at("card").querySelector("h3").after(
    make("p", { class: "when" }, `${currentService().title} · ${when}`), ...rows.map((row) => make("p", {}, row)));
}
function emptyPanel() {
  ways.clearLayers();
  panel(say("Map"), [say("Point at a facility, a settlement or a line, or search for a place.")], emptyPanel);
}

function tellSettlement(i) {
  const { settlements, regions } = territory(), service = currentService();
  const links = linksFrom(i);
  drawWays(links);
  const rows = [`${regions[settlements.region[i]]} · ${say("people today")}: ${number(settlements.population[i])}`];
  if (service.before) {
    rows.push(`${say("minutes of travel today")}: ${number(service.before.minutes[i], 1)}`);
    rows.push(`${say("minutes of travel by the plan")}: ${number(meanMinutes(i, service.periods[periodOfStep()]), 1)}`);
  }
  for (const [, j, share, minutes, , , , home] of links) {
    const goes = share - home, site = service.sites.name[j];
    if (goes >= 5e-5) rows.push(`${percent(goes)} → ${site}, ${number(minutes, 1)} ${say("min")}`);
    if (home) rows.push(say("{share} visited at home from {site}").replace("{share}", percent(home)).replace("{site}", site));
  }
  const lost = indexOf(view()).lost.get(i);
  if (lost) rows.push(`${percent(lost)} ${say("is not served")}`);
  panel(settlements.name[i], [...rows, ...whyNoneHere(i)], () => tellSettlement(i));
}

// What nobody must solve to know; what a plan with one costs, a command finds out.
function whyNoneHere(i) {
  const { own, sites, code } = currentService();
  if (!own || shown.step === "today") return [];
  if (view().facilities.some(([j, , , capacity]) => capacity && sites.home[j] === i)) return [say("A facility of its own is open here.")];
  const rows = [own.told[own.of[i]]];
  if (own.of[i] === own.free) rows.push(command(`--settlement ${quoted(territory().settlements.code[i])} --service ${quoted(code)}`));
  return rows;
}

const quoted = (word) => (/^[\w:.-]+$/.test(word) ? word : JSON.stringify(word));
const command = (options) => make("span", { class: "command" }, `${say("What that would cost takes solving again:")} `, make("code", {}, `aumaq explain PLAN ${options}`));

// Where who comes would go if a facility were closed, all others as they are.
function ifClosed(links, unit) {
  let goes = 0, farther = 0, stranded = 0;
  for (const [, , share, minutes, demand, next, later, home] of links) {
    if (next < 0) { stranded += demand; continue; }
    goes += demand;
    farther += demand * (later - minutes * (1 - home / share));
  }
  if (!goes) return say("Were it closed, none of the {stranded} ({unit}) would have another in reach.").replace("{stranded}", number(stranded)).replace("{unit}", unit);
  const told = farther < 0
    ? say("Were it closed, the nearest other one would be {minutes} minutes nearer on average: people go farther where it is full; {stranded} ({unit}) would have none in reach.")
    : say("Were it closed, the nearest other one would be {minutes} minutes farther on average; {stranded} ({unit}) would have none in reach.");
  return told.replace("{minutes}", number(Math.abs(farther / goes))).replace("{stranded}", number(stranded)).replace("{unit}", unit);
}

function tellFacility(k, j) {
  const service = currentService(), again = () => tellFacility(k, j);
  if (k !== shown.service) { emptyPanel(); return; }
  const f = view().facilities.find((row) => row[0] === j);
  const name = service.sites.name[j];
  if (!f) { ways.clearLayers(); panel(name, [say("nothing runs here")], again); return; }
  const [, action, stands, capacity, used, done, cost] = f, links = linksTo(j);
  drawWays(links);
  const rows = [`${MARKS[action].title}${done ? ` (${done})` : ""}`, stands || say("nothing runs here")];
  rows.push(`${say("Used")}: ${number(used)} / ${number(capacity)} (${service.unit})`);
  if (service.access) rows.push(`${say("Settlements served")}: ${number(new Set(links.map(([i]) => i)).size)}`);
  if (cost) rows.push(`${say("Cost")}: ${money(cost, shown.run.currency)}`);
  if (service.access && links.length && shown.step !== "today") {
    rows.push(ifClosed(links, service.unit), command(`--site ${quoted(service.sites.code[j])} --service ${quoted(service.code)}`));
  }
  panel(name, rows, again, make("button", { type: "button", onclick: () => openFacility(k, j) }, say("details")));
}

// Today's lines carry what nobody knows: only what stands is shown of them.
const statesOf = (network) => (shown.step === "today" ? network?.today : network?.periods[periodOfStep()]) ?? [];
function tellLine(n, k) {
  const network = shown.run.networks[n], state = statesOf(network).find((row) => row[0] === k);
  if (!state || String(n) !== at("network").value) { emptyPanel(); return; }
  ways.clearLayers();
  panel(`${network.title}: ${network.links[k][4]}`,
    [LINES[kindOfLine(network, state)].told(), state[3]], () => tellLine(n, k));
}

// Indicators are those of a period of the plan, also where the map shows today or all.
const shadedPeriod = () => shown.run.periods[periodOfStep()];
function tellRegion(region, item, value) {
  ways.clearLayers();
  panel(territory().regions[region] ?? region, [`${item.title}: ${number(value, 3)} ${item.unit}`], () => {
    const now = shown.run.shadings[at("shading").value];
    if (now) tellRegion(region, now, now.values[region]?.[periodOfStep()] ?? null);
    else emptyPanel();
  }, null, shadedPeriod());
}

function drawRegions() {
  const item = shown.run.shadings[at("shading").value], values = item?.values ?? {};
  const all = Object.values(values).flat().filter((value) => value !== null);
  const shades = all.length ? classesOf(all, (value) => number(value, Math.abs(value) < 100 ? 2 : 0)) : null;
  const zones = shown.run.zones.map(({ title, words, fill, rings }) => ({ rings, fill, told: () => panel(title, words, emptyPanel) }));
  drawLand([...territory().outlines.map(({ region, rings }) => {
    const value = values[region]?.[periodOfStep()] ?? null;
    return value === null ? { rings } : { rings, fill: shades.of(value), told: () => tellRegion(region, item, value) };
  }), ...zones]);
  const kinds = [...new Map(shown.run.zones.map(({ kind, fill }) => [kind, [squareIcon(fill), kind]])).values()];
  return [...kinds, ...(shades ? [[squareIcon("#f7f8f8"), `${item.title}, ${item.unit}, ${shadedPeriod()}:`], ...shades.legend] : [])];
}

function drawLines() {
  const n = at("network").value, network = shown.run.networks[n];
  const found = statesOf(network).map((state) => [network.links[state[0]], state, kindOfLine(network, state), () => tellLine(Number(n), state[0])]);
  lines.show(found.filter(([, , kind]) => !shown.hidden.has(kind)));
  return new Set(found.map(([, , kind]) => kind));
}

function colourOf(i) {
  const way = at("colour").value, old = currentService().before?.minutes[i] ?? null;
  if (way === "plain" || !currentService().before) return "#ffffff";
  const now = way === "before" ? old : meanMinutes(i, currentService().periods[periodOfStep()]);
  if (now === null) return "#bdbdbd";
  if (way !== "change") return STEPS[classOf(now, MINUTE_BOUNDS)];
  return old === null ? "#bdbdbd" : BETTER_WORSE[classOf(now - old, CHANGE_BOUNDS)];
}

function drawPlaces() {
  const { settlements } = territory(), { lost } = indexOf(view()), homes = [], items = [], counts = {};
  const isColoured = at("colour").value !== "plain" && Boolean(currentService().before);
  const largest = settlements.population.reduce((most, people) => Math.max(most, people), 1), k = shown.service;
  settlements.population.forEach((people, i) => {
    if (settlements.lat[i] === null) return;
    const isLost = lost.has(i), fill = colourOf(i);
    homes.push([settlements.lat[i], settlements.lon[i], (isColoured ? 4.5 : 2.5) + 11 * Math.sqrt(people / largest),
      (context, x, y, radius) => drawDot(context, x, y, radius, fill, isLost), () => tellSettlement(i)]);
  });
  for (const f of view().facilities) {
    counts[f[1]] = (counts[f[1]] ?? 0) + 1;
    if (shown.hidden.has(f[1])) continue;
    items.push([...siteAt(f[0]), f[1] === "keep" ? 4 : 6.5,
      (context, x, y, radius) => drawMark(context, x, y, radius, f[1]), () => tellFacility(k, f[0])]);
  }
  const isOpen = ({ first }) => shown.step === "all" || (typeof shown.step === "number" && first <= shown.step);
  for (const { title, words, lat, lon } of shown.run.anchors.filter(isOpen)) {
    counts.anchor = (counts.anchor ?? 0) + 1;
    if (shown.hidden.has("anchor")) continue;
    items.push([lat, lon, 6.5, (context, x, y, radius) => drawMark(context, x, y, radius, "anchor"),
      () => { ways.clearLayers(); panel(title, words, emptyPanel); }]);
  }
  // A colour that tells something is not hidden by what stands in the place.
  places.show(isColoured ? [...items, ...homes] : [...homes, ...items], largestNames(), (point) => lines.at(point));
  return counts;
}

const NAMED = 400;
const named = new WeakMap();
function largestNames() {
  const land = territory();
  if (!named.has(land)) {
    const { population, name, lat, lon } = land.settlements;
    const order = population.map((_, i) => i).filter((i) => lat[i] !== null).sort((a, b) => population[b] - population[a]);
    named.set(land, order.slice(0, NAMED).map((i) => [lat[i], lon[i], name[i]]));
  }
  return named.get(land);
}

// A row of the legend that can be switched off is a button.
function switchable(key, picture, words) {
  return make("button", { type: "button", "aria-pressed": String(!shown.hidden.has(key)), onclick: () => {
    if (!shown.hidden.delete(key)) shown.hidden.add(key);
    drawMap();
    at("legend").querySelector(`[data-key="${key}"]`)?.focus();
  }, "data-key": key }, picture, words);
}

function drawLegendOf(counts, kinds, shades) {
  const rows = Object.keys(MARKS).filter((key) => counts[key])
    .map((key) => [switchable(key, markIcon(key), `${MARKS[key].title}: ${number(counts[key])}`)]);
  if (rows.length) rows.unshift([say("Sites by what is done there (a click hides them):")]);
  const network = shown.run.networks[at("network").value];
  if (kinds.size && network?.unit) rows.push([`${network.title}, ${network.unit}:`]);
  rows.push(...Object.keys(LINES).filter((kind) => kinds.has(kind)).map((kind) => [switchable(kind, lineIcon(kind), LINES[kind].told())]));
  rows.push([dotIcon("#fff"), say("settlement, by people")]);
  if (view().unserved.length) rows.push([dotIcon("#fff", "#a3005c"), say("partly unserved")]);
  const way = at("colour").value;
  if (way !== "plain" && currentService().before) {
    const colours = way === "change" ? BETTER_WORSE : STEPS;
    classNames(way === "change" ? CHANGE_BOUNDS : MINUTE_BOUNDS, 0)
      .forEach((words, k) => rows.push([dotIcon(colours[k]), `${words} ${say("min")}`]));
    rows.push([dotIcon("#bdbdbd"), say("no way")]);
  }
  at("legend").replaceChildren(...[...rows, ...shades].map((parts) => make("li", {}, ...parts)));
}

function drawSteps() {
  const steps = ["today", ...shown.run.periods.keys(), "all"];
  at("steps").replaceChildren(...steps.map((step) => make("button", {
    type: "button", "aria-pressed": String(step === shown.step), onclick: () => { stopPlaying(); setStep(step); },
  }, stepName(step))));
}

function setStep(step) {
  shown.step = step;
  drawSteps();
  drawMap();
}

function drawMap() {
  const { settlements, outlines } = territory();
  corners = outlines.flatMap(({ rings }) => ringPoints(rings)).concat(settlements.lat.map((y, k) => [y, settlements.lon[k]]).filter(([y]) => y !== null));
  const shades = drawRegions(), kinds = drawLines(), counts = drawPlaces();
  drawLegendOf(counts, kinds, shades);
  at("map-caption").textContent = `${say("Service")}: ${currentService().title}. ${say("Period")}: ${stepName()}.`;
  (shown.told ?? emptyPanel)();
}

// Play goes from today through the periods to all actions.
const PLAY_MS = 1600;
let playing = 0;
function stopPlaying() {
  clearInterval(playing);
  playing = 0;
  at("play").setAttribute("aria-pressed", false);
}
at("play").addEventListener("click", () => {
  if (playing) { stopPlaying(); return; }
  const steps = ["today", ...shown.run.periods.keys(), "all"];
  let k = 0;
  const next = () => { setStep(steps[k++]); if (k === steps.length) stopPlaying(); };
  playing = setInterval(next, PLAY_MS);
  at("play").setAttribute("aria-pressed", true);
  next();
});

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
  if (i < 0) { panel(text, [say("not found")], emptyPanel); return; }
  goTo(i);
}

function goTo(i) {
  if (territory().settlements.lat[i] !== null) map.setView(homeAt(i), Math.max(map.getZoom(), 9), { animate: false });
  tellSettlement(i);
}
