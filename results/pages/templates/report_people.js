// Who gains and who loses, and the places that are worst off, by name.
const MOST_PLACES = 10;

// null: nobody is served, so that there is no way.
function changeOfWay(before, then) {
  if (before !== null && then !== null) return `${number(before, 1)} → ${number(then, 1)} ${say("min")}`;
  const told = (minutes) => minutes === null ? say("nobody is served") : `${number(minutes, 1)} ${say("min")}`;
  return `${told(before)} → ${told(then)}`;
}

function drawWhoGains() {
  const colours = ["#0072b2", "#dfe4e8", "#d55e00"];
  const words = [say("shorter way"), say("no change"), say("longer way")];
  at("who-gains").replaceChildren(...shown.run.whoGains.map(({ title, unit, demand, gain, lose, minutes }) => {
    const parts = [gain, Math.max(0, demand - gain - lose), lose];
    return make("figure", {}, make("figcaption", {}, title, " ",
      make("small", { class: "soft" }, `${say("mean way")}: ${changeOfWay(...minutes)}`)),
    make("div", { class: "stack whole" }, ...parts.map((part, k) => make("span", { style: `flex:${part};background:${colours[k]}` }))),
    make("ul", { class: "legend" }, ...parts.map((part, k) => make("li", {}, squareIcon(colours[k]),
      `${words[k]}: ${percent(demand ? part / demand : 0)}, ${number(part)} (${unit})`))));
  }));
}

// The minutes of all demand of a place: who is not served counts with the longest trip.
function countedMinutes(minutes, lost, longest) {
  if (minutes === null) return lost ? longest : null;
  return Math.min(minutes, longest) * (1 - lost) + longest * lost;
}

// Rows [settlement, region, people, minutes today, minutes then, change, share lost]; minutes
// are those of who is served, or with *isCounted* of all.
function placesOf(service, isCounted) {
  const { settlements, regions } = territory(), now = service.periods.at(-1), { minutes, unserved, longest } = service.before;
  return settlements.name.map((name, i) => {
    const lost = indexOf(now).lost.get(i) ?? 0, mean = meanMinutes(i, now);
    const before = isCounted ? countedMinutes(minutes[i], unserved[i], longest) : minutes[i];
    const after = isCounted ? countedMinutes(mean, lost, longest) : mean;
    const change = before === null || after === null ? null : after - before;
    return [name, regions[settlements.region[i]], settlements.population[i], before, after, change, lost, i];
  });
}

function drawWorst() {
  const service = shown.run.services.filter((item) => item.before)[at("worst-service").value || 0];
  at("worst-caption").textContent = service ? `${say("Service")}: ${service.title}. ${say("Period")}: ${shown.run.periods.at(-1)}.` : "";
  if (!service) return;
  const rows = placesOf(service, true), felt = (row) => row[5] !== null && Math.abs(row[5]) > 1;
  const lists = {
    worst: placesOf(service).filter((row) => row[4] !== null || row[6]).sort((a, b) => b[6] - a[6] || b[4] - a[4]),
    losers: rows.filter((row) => felt(row) && row[5] > 0).sort((a, b) => b[5] - a[5]),
    winners: rows.filter((row) => felt(row) && row[5] < 0).sort((a, b) => a[5] - b[5]),
  };
  const column = (title, kind = "text", digits = 0) => ({ title, kind, digits });
  const columnsOf = (today, then) => [column(say("Settlement")), column(say("Region")), column(say("People"), "number"), column(today, "number", 1),
    column(then, "number", 1), column(say("Change"), "number", 1), column(say("Not served"), "share", 1)];
  const ofAll = columnsOf(say("Minutes today"), say("Minutes then"));
  const ofServed = columnsOf(say("Minutes of the served, today"), say("Minutes of the served, then"));
  for (const [id, found] of Object.entries(lists)) {
    const without = id === "worst" ? 5 : 6; // a change is that of all demand, what is not served one of the last period
    const kept = (row) => row.slice(0, 7).filter((_, k) => k !== without);
    const some = found.slice(0, MOST_PLACES).map(kept);
    drawTable(at(id), { name: id, title: `${service.title}: ${say("places by name")}`, columns: kept(id === "worst" ? ofServed : ofAll), rows: some, total: some.length }, {
      tools: false, linked: 0, opener: (k) => () => showOnMap(service, found[k][7]) });
    if (found.length > some.length) {
      at(id).append(make("p", { class: "soft" }, `${number(some.length)} / ${number(found.length)}`));
    }
    at(id).parentElement.hidden = !found.length;
  }
}

function showOnMap(service, i) {
  shown.service = shown.run.services.indexOf(service);
  at("service").value = shown.service;
  drawMap();
  at("map-title").scrollIntoView();
  goTo(i);
}
