// Charts by Chart.js.
const DASHES = [[6, 3], [], [2, 2], [8, 2, 2, 2], [4, 4]];
let charts = [];

function clearCharts() {
  charts.forEach((chart) => chart.destroy());
  charts = [];
}

function addChart(place, title, config) {
  const canvas = make("canvas", { role: "img", "aria-label": title });
  place.append(make("figure", {}, make("figcaption", {}, title), make("div", { class: "canvas" }, canvas)));
  config.options = { animation: false, responsive: true, maintainAspectRatio: false, locale: LOCALE, ...config.options };
  charts.push(new Chart(canvas, config));
}

function stackedBars(place, title, { labels, sets }, axis) {
  const datasets = sets.map(({ label, values }, k) => ({
    label, data: values, backgroundColor: COLOURS[k % COLOURS.length], borderColor: "#fff", borderWidth: 1,
  }));
  addChart(place, title, { type: "bar", data: { labels, datasets }, options: {
    scales: { x: { stacked: true }, y: { stacked: true, title: { display: true, text: axis } } },
  } });
}

function accessChart(place, service) {
  const { minutes, shares } = service.access, names = [say("today"), ...shown.run.periods];
  const datasets = shares.map((share, k) => ({
    label: names[k], data: minutes.map((x, n) => ({ x, y: 100 * share[n] })), pointRadius: 0, borderWidth: 2, stepped: true,
    borderColor: k ? COLOURS[(k - 1) % COLOURS.length] : "#4d4d4d", borderDash: DASHES[k % DASHES.length],
  }));
  addChart(place, service.title, { type: "line", data: { datasets }, options: {
    parsing: false, interaction: { mode: "index", intersect: false },
    scales: {
      x: { type: "linear", max: minutes.at(-1), title: { display: true, text: say("minutes") } },
      y: { min: 0, max: 100, title: { display: true, text: say("% of demand") } },
    },
  } });
}

// The curves as figures, for those who cannot see them.
function accessTable(place) {
  const columns = [say("Service"), say("minutes"), say("today"), ...shown.run.periods]
    .map((title, c) => ({ title, kind: c === 0 ? "text" : c === 1 ? "number" : "share", digits: 1 }));
  const rows = [];
  for (const { title, access } of shown.run.services.filter((service) => service.access)) {
    for (const limit of [15, 30, 45, 60, 90, 120].filter((x) => x <= access.minutes.at(-1))) {
      const n = access.minutes.findLastIndex((x) => x <= limit);
      rows.push([title, limit, ...access.shares.map((share) => share[n])]);
    }
  }
  drawTable(place, { name: "access", title: say("% of demand"), columns, rows, total: rows.length });
}

function drawCharts() {
  clearCharts();
  const { run } = shown;
  for (const id of ["access", "spending-chart", "loading"]) at(id).replaceChildren();
  for (const service of run.services) if (service.access) accessChart(at("access"), service);
  accessTable(at("access-table"));
  stackedBars(at("spending-chart"), say("Spending by period, mln"), run.spending, say("mln"));
  for (const item of run.loading) {
    stackedBars(at("loading"), `${item.title}: ${say("links by use of their capacity")}`, item, say("links"));
  }
}
