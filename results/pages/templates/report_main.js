// Puts a plan on the page, and listens to the controls.
function drawRun(k) {
  shown.run = data.runs[k];
  const { run } = shown;
  shown.service = Math.min(shown.service, run.services.length - 1);
  if (typeof shown.step === "number") shown.step = Math.min(shown.step, run.periods.length - 1);
  shown.told = null;
  at("title").textContent = run.title;
  document.title = `${run.title} – ${say("Report on the plan")}`;
  at("failed").hidden = run.verified;
  at("problems").replaceChildren(...run.problems.map((text) => make("li", {}, text)));
  at("cautions").hidden = !run.cautions.length;
  at("cautions").replaceChildren(...run.cautions.map((text) => make("p", {}, text)));
  at("sentences").replaceChildren(...run.summary.map(([title, texts], k) => make("div", { class: k ? "" : "short" },
    make("h3", {}, title), make("ul", {}, ...texts.map((text) => make("li", {}, text))))));
  at("proof").replaceChildren(...run.proof.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
  at("notes").replaceChildren(...run.notes.flatMap(([title, texts]) => [make("h3", {}, title), make("ul", {}, ...texts.map((text) => make("li", {}, text)))]));
  at("money-note").textContent = run.moneyNote;
  drawCards();
  drawTables(run);
  drawByService();
  options(at("service"), run.services.map((service) => service.title));
  const worst = at("worst-service").value;
  options(at("worst-service"), run.services.filter((service) => service.before).map((service) => service.title));
  choose("network", run.networks.map((layer) => layer.title), run.networks.findIndex((layer) => layer.isRoads));
  choose("shading", run.shadings.map((item) => item.title), -1);
  at("service").value = shown.service;
  if (at("worst-service").options[worst]) at("worst-service").value = worst;
  drawCharts();
  drawWhoGains();
  drawWorst();
  drawSteps();
  drawMap();
  hideEmpty();
  drawPlans(k);
}

// A list with "none"; what was chosen stays, else *first* is (-1: none).
function choose(id, titles, first) {
  const before = at(id).dataset.drawn ? at(id).value : String(first < 0 ? "" : first);
  options(at(id), titles, say("none"));
  at(id).value = before;
  if (at(id).selectedIndex < 0) at(id).value = "";
  at(id).dataset.drawn = "yes";
}

function drawTables(run) {
  for (const [name, grid] of Object.entries(run.tables)) {
    const place = at(name);
    if (!place) continue;
    const isIndicator = name === "indicators";
    const opener = isIndicator ? (k) => () => openIndicator(grid, k) : (k) => grid.facility[k] && (() => openFacility(...grid.facility[k]));
    drawTable(place, grid, { linked: isIndicator ? 0 : 1, opener });
  }
}

function openIndicator(grid, k) {
  openHow(grid.rows[k][0], grid.how[k], grid.columns.slice(1).map((column, c) =>
    [column.title, grid.texts?.[k][c + 1] ?? show(grid.rows[k][c + 1], column.kind, column.digits)]));
}

// Parts that have nothing to show are not there, nor sections without parts, nor links.
function hideEmpty() {
  for (const part of document.querySelectorAll(".part")) {
    const place = part.querySelector("[id]");
    part.hidden = Boolean(place) && !place.querySelector("table");
  }
  for (const section of document.querySelectorAll("main > section")) {
    const parts = [...section.querySelectorAll(".part")];
    const charts = [...section.querySelectorAll(".charts, #proof, #notes, #by-service")];
    if (!parts.length) continue;
    section.hidden = parts.every((part) => part.hidden) && charts.every((chart) => !chart.children.length);
  }
  at("plans").hidden = data.runs.length < 2;
  for (const link of document.querySelectorAll("#parts a")) {
    link.hidden = Boolean(document.querySelector(link.getAttribute("href"))?.closest("[hidden]"));
  }
}

function choosePlan(k) {
  drawRun(k);
  at("tradeoff").querySelector(`[data-plan="${k}"]`)?.focus();
}

at("plan").addEventListener("input", (event) => drawRun(Number(event.target.value)));
for (const id of ["across", "upwards"]) at(id).addEventListener("input", drawTradeoff);
at("service").addEventListener("input", (event) => { shown.service = Number(event.target.value); drawMap(); });
at("worst-service").addEventListener("input", drawWorst);
for (const id of ["colour", "network", "shading"]) at(id).addEventListener("input", drawMap);
at("search").addEventListener("input", (event) => hint(event.target.value));
at("search").addEventListener("change", (event) => find(event.target.value));
for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => {
    const k = data.runs.indexOf(shown.run);
    speak(button.dataset.language);
    Object.assign(MARKS, data.marks);
    drawControls();
    drawRun(k);
  });
}

// The link of the part that is on the screen is marked.
const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    const id = target.querySelector("h2")?.id ?? target.id, link = document.querySelector(`#parts a[href="#${id}"]`);
    if (isIntersecting && link) {
      document.querySelector("#parts [aria-current]")?.removeAttribute("aria-current");
      link.setAttribute("aria-current", "true");
    }
  }
}, { rootMargin: "-20% 0px -70% 0px" });
for (const section of document.querySelectorAll("main > section")) seen.observe(section);

drawRun(0);
wholeMap();
