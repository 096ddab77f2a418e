// The tables of the comparison, and the map of where facilities differ.
for (const grid of data.tables) drawTable(at(grid.name), grid);

function drawDifferences() {
  const service = at("service").value, plan = at("other")?.value;
  const marks = data.map.marks.filter((mark) => (!service || mark.service === service) && (!plan || mark.plan === plan));
  const { settlements } = data.map.territory;
  const dots = settlements.lat.map((lat, k) => [lat, settlements.lon[k], 2,
    (context, x, y, radius) => drawDot(context, x, y, radius, "#fff", false), () => tell(settlements.name[k], [])]);
  places.show([...dots, ...marks.map((mark) => [mark.lat, mark.lon, 6,
    (context, x, y, radius) => drawMark(context, x, y, radius, mark.kind), () => tell(mark.name, mark.told)])]);
  const cut = data.map.total > data.map.marks.length ? ` / ${number(data.map.total)}` : "";
  at("count").textContent = number(marks.length) + cut;
}

if (data.map) {
  const { outlines, settlements } = data.map.territory;
  corners = outlines.flatMap(({ rings }) => ringPoints(rings)).concat(
    settlements.lat.map((y, k) => [y, settlements.lon[k]]), data.map.marks.map(({ lat, lon }) => [lat, lon]));
  drawLand(outlines);
  drawLegend(Object.keys(MARKS).map((key) => [markIcon(key), MARKS[key].title]));
  tell(at("map-title").textContent, [say("Point at a facility.")]);
  for (const id of ["service", "other"]) at(id)?.addEventListener("input", drawDifferences);
  wholeMap();
  drawDifferences();
}
