// On paper everything is there: closed parts are opened, tables are whole.
let closed = [];
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details:not([open])")];
  for (const details of closed) { details.fill?.(); details.open = true; }
  for (const table of document.querySelectorAll(".scroll")) table.whole?.();
});
addEventListener("afterprint", () => {
  for (const details of closed) details.open = false;
});
