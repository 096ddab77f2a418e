// Bars as elements of the page: they print, are read aloud and have their figures beside.
function legendOfBars(labels, colours) {
  return make("ul", { class: "legend" }, ...labels.map((label, k) => make("li", {}, squareIcon(colours[k]), label)));
}

// Within so many minutes, today against the last period.
function drawAccess() {
  const served = shown.run.services.filter((service) => service.access);
  const last = shown.run.periods.at(-1), colours = ["#9aa4ad", "#0072b2"];
  at("access").replaceChildren(...served.map(({ title, unit, access }) => {
    const { minutes, shares, demand } = access;
    const limits = [...minutes.map((x) => `≤ ${number(x)} ${say("min")}`), say("served at all")];
    const rows = limits.map((limit, n) => make("tr", {}, make("th", { scope: "row" }, limit), ...[shares[0], shares.at(-1)].map((share, k) =>
      make("td", {}, make("span", { class: "bar", style: `width:${(46 * share[n]).toFixed(2)}%;background:${colours[k]}` }), make("span", {}, percent(share[n]))))));
    return make("figure", {}, make("figcaption", {}, title, " ", make("small", { class: "soft" }, `${unit}: ${number(demand[0])} → ${number(demand.at(-1))}`)),
      make("table", { class: "bars" }, make("thead", {}, make("tr", {}, make("td", {}), make("th", { scope: "col" }, say("today")), make("th", { scope: "col" }, last))), make("tbody", {}, ...rows)));
  }));
}

// Rows of bars whose pieces add up; beside each row its sum.
function stackedBars(place, title, { labels, sets }, told, colours = COLOURS) {
  const sums = labels.map((_, n) => sets.reduce((sum, { values }) => sum + values[n], 0));
  const largest = Math.max(...sums, 1e-9);
  const rows = labels.map((label, n) => make("tr", {}, make("th", { scope: "row" }, label), make("td", {},
    make("span", { class: "stack", style: `width:${(54 * sums[n] / largest).toFixed(2)}%` }, ...sets.map(({ label: name, values }, k) => make("span", {
      style: `flex:${values[n]};background:${colours[k % colours.length]}`, title: `${name}: ${told(values[n])}`, role: "img", "aria-label": `${name}: ${told(values[n])}`,
      hidden: values[n] > 0 ? null : "" }))), make("span", {}, told(sums[n])))));
  place.append(make("figure", {}, make("figcaption", {}, title), make("table", { class: "bars" }, make("tbody", {}, ...rows)),
    legendOfBars(sets.map(({ label }) => label), sets.map((_, k) => colours[k % colours.length]))));
}

// The fuller, the darker; what is full as on the map.
const LOADS = ["#d4e6f3", "#8cc1e3", LINES.stands.stroke, LINES.full.stroke];
function drawCharts() {
  const { run } = shown;
  for (const id of ["spending-chart", "loading"]) at(id).replaceChildren();
  drawAccess();
  stackedBars(at("spending-chart"), say("What is paid in each period"), run.spending, (value) => money(value, run.currency));
  for (const item of run.loading) {
    stackedBars(at("loading"), `${item.title}: ${say("links by use of their capacity")}`, item, (value) => number(value), LOADS);
  }
}
