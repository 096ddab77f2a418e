"use strict";
(() => {
  const text = (row, k) => row.cells[k].textContent;
  const at = (id) => document.getElementById(id);

  // Numbers by their exact value, empty cells last, anything else as text.
  function compare(a, b, k, way) {
    const x = a.cells[k].dataset.key, y = b.cells[k].dataset.key;
    if (x !== undefined && y !== undefined) return way * (Number(x) - Number(y));
    const empty = (text(a, k) === "") - (text(b, k) === "");
    return empty || way * text(a, k).localeCompare(text(b, k), undefined, { numeric: true });
  }

  document.querySelectorAll("th button").forEach((button) => {
    button.addEventListener("click", () => {
      const head = button.parentElement, k = head.cellIndex;
      const way = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      head.parentElement.querySelectorAll("th").forEach((th) => th.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", way === 1 ? "ascending" : "descending");
      const body = head.closest("table").tBodies[0];
      body.append(...[...body.rows].sort((a, b) => compare(a, b, k, way)));
    });
  });

  document.querySelectorAll("input[type=search]").forEach((input) => {
    const rows = [...document.getElementById(input.dataset.table).tBodies[0].rows];
    input.addEventListener("input", () => {
      const wanted = input.value.toLowerCase();
      rows.forEach((row) => { row.hidden = !row.textContent.toLowerCase().includes(wanted); });
    });
  });

  // Only the marks of one service and one plan, if one is chosen.
  const marks = [...document.querySelectorAll("#difference-map .mark")];
  function draw() {
    const service = at("service").value, plan = at("other")?.value;
    marks.forEach((mark) => {
      mark.toggleAttribute("hidden", Boolean((service && mark.dataset.service !== service) || (plan && mark.dataset.plan !== plan)));
    });
    at("count").textContent = marks.filter((mark) => !mark.hasAttribute("hidden")).length.toLocaleString(document.documentElement.lang === "en" ? "en" : "ru");
  }
  if (marks.length) {
    ["service", "other"].forEach((id) => at(id)?.addEventListener("change", draw));
    draw();
  }
})();
