// The page in the page: one facility's use and cost, its catchment, the next best site.
function openFacility(k, j) {
  const service = shown.run.services[k];
  at("facility-name").textContent = service.sites.name[j];
  at("facility-what").textContent = `${service.title} · ${service.sites.code[j]}`;
  const column = (title, kind = "text", digits = 0) => ({ title, kind, digits });
  const rows = [];
  service.periods.forEach((item, n) => {
    const f = item.facilities.find((candidate) => candidate[0] === j);
    if (!f) return;
    const [, action, stands, capacity, used, done, cost, opex] = f;
    rows.push([shown.run.periods[n], stands || "–", done || MARKS[action].title, capacity, used, capacity ? used / capacity : null, cost, opex]);
  });
  drawTable(at("facility-periods"), { name: "facility", title: say("Use and cost by period"), total: rows.length, rows, columns: [
    column(say("Period")), column(say("Runs")), column(say("Action")), column(say("Capacity"), "number"),
    column(say("Used"), "number"), column(say("Used, share"), "share"), column(say("Cost, mln"), "number", 1),
    column(say("Operation, mln a year"), "number", 1),
  ] }, { tools: false });
  at("catchment-title").textContent = `${say("Who comes here, and the next best site")}: ${shown.run.periods[periodOfStep()]}`;
  const catchment = linksTo(j, service.periods[periodOfStep()]).map(([i, , share, minutes, demand, next, later, home]) => [
    territory().settlements.name[i] + (home ? ` (${percent(home)} ${say("visited at home")})` : ""), share, demand, minutes * (1 - home / share),
    next >= 0 ? service.sites.name[next] : "–", next >= 0 ? later : null,
  ]).sort((a, b) => b[2] - a[2]);
  drawTable(at("facility-catchment"), { name: "catchment", title: say("Who comes here, and the next best site"), total: catchment.length, rows: catchment, columns: [
    column(say("Settlement")), column(say("Share"), "share"), column(`${say("Demand")} (${service.unit})`, "number"),
    column(say("minutes"), "number", 1), column(say("Next best")), column(say("minutes to it"), "number", 1),
  ] });
  at("facility").showModal();
}
