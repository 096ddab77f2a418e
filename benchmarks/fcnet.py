"""Fixed-charge networks of FCNetLib: value and bound against the published optima.

``python -m benchmarks fcnet FOLDER``: FOLDER holds the ``.inc`` files; if a table
``optima.csv`` (set, file, ..., value) lies beside it, its values are shown.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import aumaq

SECONDS = 60.0


def optima(folder: Path) -> dict[str, float]:
    """Return published values by file, empty without the table."""
    table = folder.parent / "optima.csv"
    if not table.is_file():
        return {}
    with table.open(encoding="utf-8") as file:
        return {
            row["file"]: float(row["value"])
            for row in csv.DictReader(file)
            if row["set"] == folder.name
        }


def run(*arguments: str) -> None:
    """Solve every file of a folder; print value, bound, published value."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        sys.exit("fcnet needs the folder of the .inc files")
    folder = Path(arguments[0])
    known = optima(folder)
    print("file  arcs  value  bound  gap  published  above  status  seconds")
    for path in sorted(folder.glob("*.inc")):
        plan = aumaq.solve(aumaq.read(path), time_limit=SECONDS, gap=0.0)
        best = known.get(path.name, float("nan"))
        seconds = plan.record["seconds"]["total"]
        arcs = len(plan.instance.tables["network_links"])
        print(
            f"{path.stem:10} {arcs:5} {plan.objective_mln:12,.2f}"
            f" {plan.bound_mln:12,.2f} {plan.gap:7.2%} {best:12,.2f}"
            f" {plan.objective_mln / best - 1:7.2%} {plan.status:12} {seconds:5.1f}"
            f" {'' if plan.is_verified else 'NOT VERIFIED'}",
            flush=True,
        )
