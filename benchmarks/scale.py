"""How time and memory grow: generated territories of 400 to 25,600 settlements.

``python -m benchmarks scale FOLDER [--sizes 400 1600 6400 25600] [--seconds 600]
[--seed 0] [--method auto]``

Three services in three periods, with a standard and a limit on investment in each
period. The FOLDER gets ``scale.csv`` and ``scale.md``: seconds of ``aumaq solve`` to
3 % and to 1 %, peak memory, and the exponents b of the fits seconds (or MB) =
a x settlements^b.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import aumaq
from aumaq.instances import Instance
from aumaq.instances.generators import clustered
from benchmarks.anytime import ROOT, row_of, solved, written

SIZES = [400, 1600, 6400, 25600]
BUDGET_MLN_PER_PERSON = 0.15
"""Limit on investment of a period of five years."""
ROOM = 1.2
"""Places of hospitals of today over people of their town and its share of villages."""
HOSPITAL = {
    "service": "hospital", "title": "Hospital", "group": "all", "unit": "person",
    "cutoff_minutes": 90.0, "nearest_sites": 2, "trips_per_year": 3.5,
    "unserved_mln_per_unit_year": 0.3,
}  # fmt: skip
LEVELS = [
    ("district", 40_000.0, 9_000.0, 1_500.0, 50.0),
    ("inter-district", 150_000.0, 25_000.0, 4_500.0, 100.0),
]
"""Title, people, mln to build, a year, to close."""
FITTED = {"gap_3%_s": "seconds to 3 %", "gap_1%_s": "seconds to 1 %", "peak_mb": "MB"}


def territory(settlements: int, seed: int) -> Instance:
    """Return a generated instance with hospitals in towns, and budgets."""
    base = clustered(settlements, seed)
    places = base.table("settlements")
    towns = places[places["kind"] != "village"]
    around = (places["population"].sum() - towns["population"].sum()) / len(towns)
    people = ROOM * (towns["population"] + around)
    units = np.ceil(people / LEVELS[0][1]).astype(int)
    columns = ["title", "capacity", "capex_mln", "opex_mln_per_year", "closing_mln"]
    levels = pd.DataFrame(LEVELS, columns=columns)
    levels = levels.assign(service="hospital", level=range(1, len(LEVELS) + 1))
    sites = pd.DataFrame({"site": towns["settlement"], "service": "hospital",
                          "settlement": towns["settlement"], "status": "existing",
                          "max_units": units + 2})  # fmt: skip
    stock = pd.DataFrame({"service": "hospital", "site": towns["settlement"],
                          "level": 1, "units": units,
                          "is_synthetic": True})  # fmt: skip
    amount = places["population"].sum() * BUDGET_MLN_PER_PERSON
    budgets = pd.DataFrame({"budget": "investment", "period": list(base.period_names),
                            "amount_mln": amount, "covers": "investment"})  # fmt: skip
    more = {"services": pd.DataFrame([HOSPITAL]), "levels": levels, "sites": sites,
            "facilities": stock, "budgets": budgets}  # fmt: skip
    return base.replace(
        **{
            name: pd.concat([base.table(name), rows], ignore_index=True)
            for name, rows in more.items()
        }
    )


def exponent(settlements: Sequence[float], values: Sequence[float]) -> float:
    """Return b of the fit value = a x settlements^b; NaN with fewer than two values."""
    pairs = [
        (math.log(n), math.log(value))
        for n, value in zip(settlements, values, strict=True)
        if value is not None and value > 0
    ]
    if len(pairs) < 2:
        return math.nan
    return float(np.polyfit(*zip(*pairs, strict=True), 1)[0])


def run(*words: str) -> None:
    """Generate, solve and write after each size; then the exponents."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks scale")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--method", default="auto")
    given = parser.parse_args(words)
    rows: list[dict[str, Any]] = []
    for size in given.sizes:
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / f"territory-{size}"
            aumaq.write(territory(size, given.seed), made)
            options = ["--gap", "0.01", "--method", given.method]
            record = solved(ROOT, str(made), options, given.seconds)
        rows.append({"settlements": size, **row_of(record)})
        written(pd.DataFrame(rows), given.folder, "scale", f"scale {' '.join(words)}")
    with (given.folder / "scale.md").open("a", encoding="utf-8") as file:
        for column, title in FITTED.items():
            power = exponent(given.sizes, [row[column] for row in rows])
            line = f"{title}: settlements^{power:.2f}\n"
            file.write(line)
            print(line, end="")
