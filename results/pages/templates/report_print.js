// On paper the charts are as wide as the sheet, too.
for (const event of ["beforeprint", "afterprint"]) addEventListener(event, () => charts.forEach((chart) => chart.resize()));
