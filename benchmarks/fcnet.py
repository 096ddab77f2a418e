"""Fixed-charge networks of FCNetLib: value and bound against the published optima.

``python -m benchmarks fcnet FOLDER [SECONDS]``: FOLDER holds the ``.inc`` files; if a
table ``optima.csv`` (set, file, ..., value) lies beside it, its values are shown. Each
gets so many seconds (60). Seconds of the processor are shown beside those of the clock:
on a busy machine they are fewer.
"""

from __future__ import annotations

import csv
import sys
import time
from pathlib import Path

import aumaq
from aumaq.instances.errors import NoPlanError

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
    if len(arguments) not in (1, 2) or not Path(arguments[0]).is_dir():
        sys.exit("fcnet needs the folder of the .inc files")
    folder = Path(arguments[0])
    seconds = float(arguments[1]) if len(arguments) == 2 else SECONDS
    known = optima(folder.resolve())
    print("file  arcs  value  bound  gap  published  above  status  seconds  processor")
    for path in sorted(folder.glob("*.inc")):
        print(_line(path, seconds, known.get(path.name, float("nan"))), flush=True)


def _line(path: Path, time_limit: float, best: float) -> str:
    """Solve one file; *best* is its published value."""
    instance, begun = aumaq.read(path), time.process_time()
    arcs = len(instance.tables["network_links"])
    try:
        plan = aumaq.solve(instance, time_limit=time_limit, gap=0.0)
    except NoPlanError as error:
        return f"{path.stem:10} {arcs:5} {error}"
    used, seconds = time.process_time() - begun, plan.record["seconds"]["total"]
    return (
        f"{path.stem:10} {arcs:5} {plan.objective_mln:12,.2f}"
        f" {plan.bound_mln:12,.2f} {plan.gap:7.2%} {best:12,.2f}"
        f" {plan.objective_mln / best - 1:7.2%} {plan.status:12} {seconds:5.1f}"
        f" {used:5.1f} {'' if plan.is_verified else 'NOT VERIFIED'}"
    )
