// One page in several languages: texts of the data are references, base 36 between two
// marks of private use, to what each language says (results/pages/polyglot.py).
const REFERENCE = /\ue000([0-9a-z]+)\ue001/g;
const POOLS = JSON.parse(at("words").textContent);

async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream).text();
}
const RAW = at("packed") ? await unpacked(at("packed").textContent) : at("data").textContent;

function inWords(code) {
  const pool = POOLS[code], whole = [], quoted = [];
  const text = (k) => (whole[k] ??= pool[k].replace(REFERENCE, (_, n) => text(parseInt(n, 36))));
  const inJson = (k) => (quoted[k] ??= JSON.stringify(text(k)).slice(1, -1));
  return JSON.parse(RAW.replace(REFERENCE, (_, n) => inJson(parseInt(n, 36))));
}

// Puts the words of a language on the page; what is drawn must be drawn anew.
function speak(code) {
  data = inWords(code);
  data.lang = code;
  LOCALE = localeOf(code);
  document.documentElement.lang = code;
  for (const node of document.querySelectorAll("[data-say]")) node.textContent = say(node.dataset.say);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", say(node.dataset.label));
  for (const button of document.querySelectorAll("[data-language]")) button.setAttribute("aria-pressed", button.dataset.language === code);
}
const ASKED = new URLSearchParams(location.search).get("lang");
speak(POOLS[ASKED] ? ASKED : document.documentElement.lang);
