"""The K best p-medians of San Francisco's shops, against all choices there are.

``python -m benchmarks san_francisco FOLDER [K] [P]``: FOLDER holds two files of pysal
spopt (``spopt/tests/data``, BSD-3-Clause), DEMAND and WAYS below. Of 16 sites P are
open; what counts is metres times inhabitants. For P = 4 the notebooks of spopt have
2,848,268,129.7 as the best.
"""

from __future__ import annotations

import time
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

import aumaq

DEMAND = "SF_demand_205_centroid_uniform_weight.csv"
WAYS = "SF_network_distance_candidateStore_16_censusTract_205_new.csv"
FAR = 1e9
A_MINUTE = 1e3
"""Metres that count as one."""
A_MLN = 1e9
"""Metres times inhabitants that the model weighs as a mln."""


def run(folder: str, count: str = "5", sites: str = "4") -> None:
    """Print the K best by the model and by enumeration, and whether they are equal."""
    people, metres = _read(Path(folder))
    begun = time.monotonic()
    found = aumaq.alternatives(_instance(people, metres, int(sites)), int(count))
    seconds = time.monotonic() - begun
    weighed = metres.to_numpy() * people.to_numpy()[:, None]
    every = sorted(
        (float(weighed[:, list(some)].min(axis=1).sum()), some)
        for some in combinations(range(metres.shape[1]), int(sites))
    )
    print("| rank | model | bound | enumeration | sites |\n|---|---|---|---|---|")
    is_same = True
    for k, plan in enumerate(found.plans):
        cost, bound = found.rows.loc[k, ["objective_mln", "bound_mln"]] * A_MLN
        names = [metres.columns[j] for j in every[k][1]]
        is_same &= set(plan.facilities["site"]) == set(names)
        is_same &= bool(np.isclose(cost, every[k][0], rtol=1e-7))
        print(f"| {k + 1} | {cost:,.1f} | {bound:,.1f} | {every[k][0]:,.1f} |"
              f" {', '.join(names)} |")  # fmt: skip
    print(f"\nthe same: {is_same}; {len(every):,} choices; {seconds:.1f} s")


def _read(folder: Path) -> tuple[pd.Series[float], pd.DataFrame]:
    """Return inhabitants by tract, and metres by tract and site."""
    rows = pd.read_csv(folder / DEMAND, dtype={"NAME": "str"})
    people = rows.set_index("NAME")["POP2000"].astype(float)
    ways = pd.read_csv(folder / WAYS, dtype={"DestinationName": "str"})
    metres = ways.pivot(index="DestinationName", columns="name", values="distance")
    return people, metres.loc[people.index]


def _instance(
    people: pd.Series[float], metres: pd.DataFrame, sites: int
) -> aumaq.Instance:
    """Return the p-median as an instance: a minute is a kilometre."""
    rules = {"value_of_time_per_hour": 1.0, "discount_rate": 0.0,
             "count_residual_value": False}  # fmt: skip
    service = {"service": "s", "group": "all", "trips_per_year": 60.0,
               "cutoff_minutes": FAR, "nearest_sites": 0,
               "may_be_unserved": False}  # fmt: skip
    tables = {
        "instance": [{"name": "sf", "title": "San Francisco", "base_year": 2000}],
        "policies": [rules],
        "periods": [{"period": "p", "first_year": 2000, "years": 1}],
        "scenarios": [{"scenario": "base"}],
        "regions": [{"region": "R", "name": "R"}],
        "groups": [{"group": "all", "share_urban": 1.0, "share_rural": 1.0}],
        "settlements": [
            {"settlement": n, "name": n, "kind": "village", "region": "R",
             "lat": 37.7, "lon": -122.4, "population": p}
            for n, p in people.items()
        ],
        "services": [service],
        "levels": [{"service": "s", "level": 1, "capacity": FAR, "capex_mln": 0.0,
                    "opex_mln_per_year": 0.0}],
        "sites": [{"site": n, "service": "s", "status": "candidate", "lat": 37.7,
                   "lon": -122.4} for n in metres.columns],
        "travel": [
            {"settlement": tract, "site": shop, "minutes": away / A_MINUTE}
            for tract, row in metres.iterrows() for shop, away in row.items()
        ],
        "counts": [{"count": "p", "service": "s", "most": sites, "least": sites}],
    }  # fmt: skip
    return aumaq.from_tables(
        {name: pd.DataFrame(rows) for name, rows in tables.items()}
    )
