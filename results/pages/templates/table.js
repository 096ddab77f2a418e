// Tables that can be sorted, searched and saved as CSV. A grid has columns (title, kind,
// digits), rows of values, and where some are told in another way than by their kind,
// texts (null: by its kind) and class names of the same shape.
const FIRST_ROWS = 25, MORE_ROWS = 500;
const collators = new Map();
function inOrder(a, b) {
  if (!collators.has(LOCALE)) collators.set(LOCALE, new Intl.Collator(LOCALE, { numeric: true }));
  return collators.get(LOCALE).compare(a, b);
}

function compare(a, b) {
  if (a === b) return 0;
  if (a === null || a === "") return 1;
  if (b === null || b === "") return -1;
  return typeof a === "number" && typeof b === "number" ? a - b : inOrder(a, b);
}

// A cell that a spreadsheet could take for a formula is given as text.
function csvCell(value) {
  if (typeof value === "number") return String(value);
  const text = String(value ?? "").replace(/^([=+\-@\t\r])/, "'$1");
  return `"${text.replaceAll('"', '""')}"`;
}

function csv(grid, order) {
  const head = grid.columns.map((column) => csvCell(column.title)).join(",");
  const rows = order.map((k) => grid.rows[k].map(csvCell).join(","));
  return [head, ...rows].join("\r\n") + "\r\n";
}

// *opener* gives what the name of a row (its second cell, or *linked*) opens, if anything.
function drawTable(place, grid, { tools = true, linked = 1, opener = () => null } = {}) {
  place.replaceChildren();
  if (!grid.rows.length) {
    place.append(make("p", { class: "soft" }, say("none")));
    return;
  }
  let order = grid.rows.map((_, k) => k), sorted = -1, falling = false, wanted = "", most = FIRST_ROWS;
  const body = make("tbody"), count = make("span", { class: "soft", role: "status" });
  const heads = grid.columns.map((column, c) => make("th", { scope: "col", class: column.kind === "text" ? "" : "n", "data-title": column.title },
    make("button", { type: "button", class: "sort", onclick: () => sort(c) }, column.title)));

  function sort(c) {
    falling = sorted === c ? !falling : grid.columns[c].kind !== "text";
    sorted = c;
    heads.forEach((head, k) => {
      if (k === c) head.setAttribute("aria-sort", falling ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    const blank = (k) => grid.rows[k][c] === null || grid.rows[k][c] === "";
    order.sort((a, b) => {
      if (blank(a) || blank(b)) return blank(a) - blank(b);
      return compare(grid.rows[a][c], grid.rows[b][c]) * (falling ? -1 : 1);
    });
    fill();
  }
  const text = grid.rows.map((row) => row.filter((cell) => typeof cell === "string").join(" ").toLocaleLowerCase(LOCALE));
  const matching = () => order.filter((k) => text[k].includes(wanted));
  function cell(k, c) {
    const { kind, digits } = grid.columns[c];
    const value = grid.texts?.[k][c] ?? show(grid.rows[k][c], kind, digits);
    const open = c === linked ? opener(k) : null;
    const inner = open ? make("button", { type: "button", class: "link", onclick: open }, value) : value;
    const size = kind !== "text" || value.length < 24 ? "short" : value.length > 60 ? "long" : "";
    return make("td", { class: [kind === "text" ? "" : "n", size, grid.ways?.[k][c] ?? ""].filter(Boolean).join(" ") }, inner);
  }
  const more = make("button", { type: "button", onclick: () => { most = most < MORE_ROWS ? MORE_ROWS : most + MORE_ROWS; fill(); } }, say("show more rows"));
  function fill() {
    const rows = matching(), some = rows.slice(0, most);
    body.replaceChildren(...some.map((k) => make("tr", {}, ...grid.columns.map((_, c) => cell(k, c)))));
    more.hidden = some.length === rows.length;
    const cut = grid.total > grid.rows.length ? ` (${say("all are in the files of data")}: ${number(grid.total)})` : "";
    count.textContent = `${number(some.length)} / ${number(rows.length)}${cut}`;
  }
  if (tools && grid.rows.length > 5) {
    place.append(make("div", { class: "controls" },
      make("label", { hidden: grid.rows.length <= 12 && "" }, say("Search"), " ", make("input", { type: "search", oninput: (event) => {
        wanted = event.target.value.toLocaleLowerCase(LOCALE);
        fill();
      } })),
      make("button", { type: "button", onclick: () => save(`${grid.name}.csv`, csv(grid, matching())) }, say("save as CSV")),
      more, count));
  } else most = Infinity;
  const frame = make("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": grid.title },
    make("table", {}, make("thead", {}, make("tr", {}, ...heads)), body));
  frame.whole = () => { most = Infinity; fill(); };
  place.append(frame);
  fill();
}
