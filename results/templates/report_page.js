// What every part of the page uses: the data, words, numbers, elements.
const data = JSON.parse(document.getElementById("data").textContent);
const say = (text) => data.strings[text] ?? text;
const at = (id) => document.getElementById(id);
const shown = { run: data.runs[0], service: 0, period: 0 };
const land = () => data.territories[shown.run.territory];
const currentService = () => shown.run.services[shown.service];

// Some browsers claim Kazakh and write English numbers; Kazakh writes them as Russian.
const LOCALE = data.lang === "kk" ? "ru" : data.lang;

function number(value, digits = 0) {
  if (value === null || value === undefined) return "–";
  return value.toLocaleString(LOCALE, { maximumFractionDigits: Math.abs(value) < 1000 ? digits : 0 });
}
const percent = (value, digits = 1) =>
  value === null || value === undefined ? "–" : number(100 * value, digits) + (data.lang === "en" ? "%" : "\u00a0%");

function show(value, kind, digits) {
  if (kind === "share") return percent(value, digits || 1);
  return kind === "number" ? number(value, digits) : value ?? "";
}

// Names come from data: they enter the page as text only, never as HTML.
function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value !== null && value !== false) node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

function save(name, text) {
  const address = URL.createObjectURL(new Blob(["\ufeff" + text], { type: "text/csv" }));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
