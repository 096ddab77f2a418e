// One indicator of today on the map, by region or district, and all its values.
const UNKNOWN = "#bdbdbd", isKnown = (value) => value !== null && value !== undefined;
const level = () => data.levels[at("level").value];
const measure = () => level().measures[at("measure").value];

function told(value, { kind, unit }) {
  if (!isKnown(value)) return say("not known");
  if (kind === "share") return percent(value);
  return kind === "class" ? String(value) : `${number(value, Math.abs(value) < 100 ? 2 : 0)} ${unit}`;
}

function colours(item) {
  const known = item.values.filter(isKnown);
  if (item.kind !== "class") return classesOf(known, (value) => told(value, item));
  const of = (value) => COLOURS[(value - 1) % COLOURS.length];
  const used = [...new Set(known)].sort((a, b) => a - b);
  return { of, legend: used.map((value) => [squareIcon(of(value)), data.descriptions[value - 1]]) };
}

function tellUnit(k) {
  const { names, measures } = level();
  tell(names[k], measures.map((item) => `${item.title}: ${told(item.values[k], item)}`));
}

function drawUnits() {
  const { names, persons, lat, lon, rings } = level(), item = measure(), shades = colours(item);
  const fill = (k) => (isKnown(item.values[k]) ? shades.of(item.values[k]) : UNKNOWN);
  const units = names.map((_, k) => k), largest = Math.max(1, ...persons);
  drawLand([...data.land.map((shape) => ({ rings: shape })),
    ...units.flatMap((k) => rings[k].map((shape) => ({ rings: shape, fill: fill(k), told: () => tellUnit(k) })))]);
  // Largest circles first: they hide none.
  const circles = units.filter((k) => !rings[k].length).sort((a, b) => persons[b] - persons[a]);
  places.show(circles.map((k) => [lat[k], lon[k], 4 + 14 * Math.sqrt(persons[k] / largest),
    (context, x, y, radius) => drawDot(context, x, y, radius, fill(k), false), () => tellUnit(k)]));
  const unknown = item.values.every(isKnown) ? [] : [[squareIcon(UNKNOWN), say("not known")]];
  drawLegend([...shades.legend, ...unknown]);
  const known = units.filter((k) => isKnown(item.values[k])).sort((a, b) => item.values[b] - item.values[a]);
  drawTable(at("values"), {
    name: "values", title: say("Values"), total: known.length, rows: known.map((k) => [names[k], item.values[k]]),
    columns: [{ title: say("unit of territory"), kind: "text" }, { title: item.title, kind: item.kind === "share" ? "share" : "number", digits: 2 }],
  }, { linked: 0, opener: (n) => () => tellUnit(known[n]) });
}

function drawLevel() {
  const { measures } = level();
  options(at("measure"), measures.map(({ kind, title, unit }) => (kind === "number" ? `${title}, ${unit}` : title)));
  drawUnits();
}

for (const [name, grid] of Object.entries(data.tables)) if (at(name)) drawTable(at(name), grid);
corners = data.land.flatMap(ringPoints).concat(data.levels.flatMap(({ lat, lon }) => lat.map((y, k) => [y, lon[k]])));
options(at("level"), data.levels.map(({ title }) => title));
at("level").value = data.start;
at("level").addEventListener("input", drawLevel);
at("measure").addEventListener("input", drawUnits);
tell(say("Map"), [say("Point at a unit, or choose it in the list of values.")]);
wholeMap();
drawLevel();
