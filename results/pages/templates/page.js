// What every page uses: the data, words, numbers, elements.
let data = JSON.parse(document.getElementById("data").textContent);
const say = (text) => data.strings[text] ?? text;
const at = (id) => document.getElementById(id);
// Colours of Okabe and Ito, which the colour-blind can tell apart.
const COLOURS = ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#f0e442", "#6b7782"];

// Some browsers claim Kazakh and write English numbers; Kazakh writes them as Russian.
const localeOf = (code) => (code === "kk" ? "ru" : code);
let LOCALE = localeOf(data.lang);

// Browsers write a hyphen before a negative number, also before what rounds to nothing.
const signed = (text) => text.replace("-", /[1-9]/.test(text) ? "−" : "");
function number(value, digits = 0) {
  if (value === null || value === undefined) return "–";
  return signed(value.toLocaleString(LOCALE, { maximumFractionDigits: Math.abs(value) < 1000 ? digits : 0 }));
}
// As results/shares.py: what is not whole is never told as 100 %, nor something as 0 %.
const DUST = 1e-9;
function percent(value, digits = 1) {
  if (value === null || value === undefined) return "–";
  return share(value, digits) + (data.lang === "en" ? "%" : "\u00a0%");
}
// A difference of shares.
const points = (value, digits = 1) => `${share(value, digits)}\u00a0${say("pp")}`;
function share(value, digits) {
  const size = Math.abs(value), least = 10 ** -(digits + 2);
  let told = size;
  if (size > DUST && size <= least / 2) told = least;
  else if (size >= 1 - least / 2 && size < 1 - DUST) told = 1 - least;
  const sign = told === size ? "" : told > size === value > 0 ? "<" : ">";
  return sign + number(100 * Math.sign(value) * told, digits);
}

// As Language.money: three digits, in what people call so much money.
const SCALES = [[1e6, () => say("trn")], [1e3, () => say("bn")], [1, () => say("mln")], [1e-6, null]];
function money(mln, currency = "") {
  if (mln === null || mln === undefined) return "–";
  const amount = Number(mln.toPrecision(3));
  const [scale, word] = SCALES.find(([size]) => Math.abs(amount) >= size) ?? SCALES.at(-1);
  const digits = { maximumFractionDigits: word ? 2 : 0 };
  return [signed((amount / scale).toLocaleString(LOCALE, digits)), word?.(), currency].filter(Boolean).join("\u00a0");
}

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
  node.append(...children.flatMap(whole));
  return node;
}

// Browsers break lines after a hyphen: "2026-" and "30" of a period stay together.
function whole(child) {
  if (typeof child !== "string" || !/\d-\d/.test(child)) return [child];
  return child.split(/(\d+-\d+)/).map((part, k) => (k % 2 ? make("span", { class: "whole" }, document.createTextNode(part)) : part));
}

function save(name, text) {
  const address = URL.createObjectURL(new Blob(["\ufeff" + text], { type: "text/csv" }));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

function options(select, titles, first) {
  const rows = titles.map((title, k) => new Option(title, k));
  select.replaceChildren(...(first === undefined ? rows : [new Option(first, ""), ...rows]));
  select.closest("label").hidden = !titles.length;
}
