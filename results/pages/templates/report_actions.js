// Actions by service and region, in the order of the periods: all of them.
const OF_ACTION = { what: 0, where: 1, region: 2, period: 3, action: 4, units: 5, cost: 6 };

function drawByService() {
  const grid = shown.run.tables.actions, groups = new Map();
  grid.rows.forEach((row, k) => {
    const name = row[OF_ACTION.what];
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(k);
  });
  const cost = (members) => members.reduce((sum, k) => sum + (grid.rows[k][OF_ACTION.cost] ?? 0), 0);
  const sorted = [...groups].sort(([, a], [, b]) => cost(b) - cost(a));
  at("by-service").replaceChildren(...sorted.map(([name, members]) => {
    const place = make("div", {});
    const counts = new Map();
    for (const k of members) counts.set(grid.rows[k][OF_ACTION.action], (counts.get(grid.rows[k][OF_ACTION.action]) ?? 0) + grid.rows[k][OF_ACTION.units]);
    const told = data.done.filter((action) => counts.has(action)).map((action) => [action, counts.get(action)]).map(([action, n]) => `${action}: ${number(n)}`).join(", ");
    const details = make("details", { class: "once" }, make("summary", {}, make("strong", {}, name), ` — ${told} — ${money(cost(members), shown.run.currency)}`), place);
    onOpen(details, () => drawRegionsOf(place, grid, members));
    return details;
  }));
}

// Fills a part when it is opened first; printing opens all (report_print.js).
function onOpen(details, fill) {
  let isFilled = false;
  details.fill = () => { if (!isFilled) { isFilled = true; fill(); } };
  details.addEventListener("toggle", () => details.open && details.fill());
}

function drawRegionsOf(place, grid, members) {
  const { what, region, period, cost } = OF_ACTION, periods = shown.run.periods, regions = new Map();
  for (const k of members) {
    const name = grid.rows[k][region];
    if (!regions.has(name)) regions.set(name, []);
    regions.get(name).push(k);
  }
  const keep = grid.columns.map((_, c) => c).filter((c) => ![what, region].includes(c) && members.some((k) => !["", "–", null].includes(grid.rows[k][c])));
  for (const [name, own] of [...regions].sort(([a], [b]) => inOrder(a, b))) {
    own.sort((a, b) => periods.indexOf(grid.rows[a][period]) - periods.indexOf(grid.rows[b][period]) || grid.rows[b][cost] - grid.rows[a][cost]);
    const table = make("div", {});
    place.append(make("h3", {}, name || "–"), table);
    drawTable(table, { name: "actions", title: name, columns: keep.map((c) => grid.columns[c]), rows: own.map((k) => keep.map((c) => grid.rows[k][c])), total: own.length },
      { tools: false, linked: 0, opener: (n) => grid.facility[own[n]] && (() => openFacility(...grid.facility[own[n]])) });
  }
}
