// On paper the map and the charts are as wide as the sheet, whatever the window is.
addEventListener("beforeprint", () => {
  document.body.classList.add("paper");
  map.invalidateSize({ animate: false });
  wholeMap();
  charts.forEach((chart) => chart.resize());
});
addEventListener("afterprint", () => {
  document.body.classList.remove("paper");
  map.invalidateSize({ animate: false });
  charts.forEach((chart) => chart.resize());
});
