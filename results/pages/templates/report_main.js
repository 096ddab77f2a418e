// Puts a run on the page, and listens to the controls.
function drawFigures() {
  const labels = [...new Set(data.runs.flatMap((run) => run.figures.map((figure) => figure.label)))];
  const titles = [say("Figure"), ...data.runs.map((run) => run.label)];
  const several = data.runs.length > 1;
  if (several) titles.push(...data.runs.slice(1).map((run) => `${run.label} − ${data.runs[0].label}`));
  const rows = labels.map((label) => {
    const found = data.runs.map((run) => run.figures.find((figure) => figure.label === label));
    const cell = (value) => { const { kind, digits } = found.find(Boolean); return value === undefined ? "–" : show(value, kind, digits); };
    const first = found[0]?.value;
    const less = (figure) => figure && first !== undefined && first !== null && figure.value !== null ? figure.value - first : undefined;
    return [label, ...found.map((figure) => cell(figure?.value)), ...(several ? found.slice(1).map((figure) => cell(less(figure))) : [])];
  });
  at("figures").replaceChildren(make("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": say("Key figures") }, make("table", {},
    make("thead", {}, make("tr", {}, ...titles.map((title, k) => make("th", { scope: "col", class: k ? "n" : "" }, title)))),
    make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map((cell, k) => (k ? make("td", { class: "n" }, cell) : make("th", { scope: "row" }, cell)))))))));
}

function drawRun(k) {
  shown.run = data.runs[k];
  const { run } = shown;
  shown.service = Math.min(shown.service, run.services.length - 1);
  shown.period = run.periods.length - 1;
  at("title").textContent = run.title;
  at("failed").hidden = run.verified;
  at("problems").replaceChildren(...run.problems.map((text) => make("li", {}, text)));
  at("cautions").hidden = !run.cautions.length;
  at("cautions").replaceChildren(...run.cautions.map((text) => make("p", {}, text)));
  at("sentences").replaceChildren(...run.summary.map(([title, texts], k) => make("div", { class: k ? "" : "short" },
    make("h3", {}, title), make("ul", {}, ...texts.map((text) => make("li", {}, text))))));
  at("proof").replaceChildren(...run.proof.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
  for (const [name, grid] of Object.entries(run.tables)) {
    drawTable(at(name), grid, { opener: (k) => grid.facility[k] && (() => openFacility(...grid.facility[k])) });
  }
  at("networks-title").parentElement.hidden = !run.loading.length;
  at("land-title").parentElement.hidden = !["forbidden", "impacts", "limits"].some((name) => run.tables[name].total);
  at("running-title").parentElement.hidden = !["second_shift", "bused", "staff"].some((name) => run.tables[name].rows.length);
  options(at("service"), run.services.map((service) => service.title));
  options(at("network"), run.networks.map((layer) => layer.title), say("none"));
  options(at("shading"), run.shadings.map((item) => item.title), say("none"));
  at("service").value = shown.service;
  at("period").max = run.periods.length - 1;
  at("period").value = shown.period;
  tell(say("Map"), [say("Point at a facility or a settlement, or search for one.")]);
  drawCharts();
  drawMap();
  wholeMap();
}

at("run").closest(".controls").hidden = data.runs.length < 2;
at("run").addEventListener("input", (event) => drawRun(Number(event.target.value)));
at("service").addEventListener("input", (event) => { shown.service = Number(event.target.value); drawMap(); });
at("period").addEventListener("input", (event) => { shown.period = Number(event.target.value); drawMap(); });
for (const id of ["colour", "network", "shading", "changes"]) at(id).addEventListener("input", drawMap);
at("search").addEventListener("input", (event) => hint(event.target.value));
at("search").addEventListener("change", (event) => find(event.target.value));
Chart.defaults.font.family = "system-ui, sans-serif";
drawFigures();
drawRun(0);
