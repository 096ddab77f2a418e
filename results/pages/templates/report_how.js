// How a figure is worked out: one click from the card or the indicator.
function openHow(title, texts, rows = [], link = "") {
  at("how-title").textContent = title;
  at("how-text").replaceChildren(...texts.filter(Boolean).map((text) => make("p", {}, text)));
  if (rows.length) {
    at("how-text").append(make("table", {}, make("tbody", {}, ...rows.map(([name, value]) =>
      make("tr", {}, make("th", { scope: "row" }, name), make("td", { class: "n" }, value))))));
  }
  if (link) at("how-text").append(make("p", {}, make("a", { href: `#${link}`, onclick: () => at("how").close() }, say("more of it on this page"))));
  at("how").showModal();
}

function drawCards() {
  at("cards").replaceChildren(...shown.run.cards.map(({ name, title, value, beside, how, rows, part }) => make("button", {
    type: "button", class: `card ${name}`, onclick: () => openHow(title, [how], rows, part),
  }, make("span", { class: "card-title" }, title), make("strong", {}, value), ...beside.map((text) => make("span", {}, text)),
  make("span", { class: "ask", "aria-hidden": "true" }, "?"))));
}
