"""Drawn instances of a district's size: seconds to 1 % and to the proof.

``python -m benchmarks small [SMALL [LARGER]]``: so many instances with fewer than 500
integers (12) and so many of 500 to 3,000 (6). Each is a random territory with one or
two services, some of their levels and periods, all kinds of allocation, budgets, hard
standards, road upgrades and a power network, or without them. What takes longer than
the limit is told with the gap that is left.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

import aumaq
from aumaq.instances import Instance, from_tables
from aumaq.instances.generators import clustered
from aumaq.model import build
from aumaq.solvers.highs.matrices import compile_matrices

SMALL, LARGER = 500, 3_000
"""Integers of the two classes: fewer than the first, and up to the second."""
SECONDS_TO_GAP, SECONDS_TO_PROOF = 20.0, 15.0
GAP, PROOF = 0.01, 1e-6
Tables = dict[str, pd.DataFrame]


def drawn(seed: int, most_settlements: int) -> Instance:
    """Return the random instance of a seed, with 4 to so many settlements."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(4, most_settlements + 1))
    tables = dict(clustered(count, seed).base)
    _keep_some(rng, tables)
    tables["services"]["allocation"] = rng.choice(["free", "free", "whole", "nearest"])
    if rng.random() < 0.4:
        _limit_money(rng, tables)
    if rng.random() < 0.3:
        tables["standards"]["minutes"] = 60.0
        tables["standards"]["is_hard"] = True
    if rng.random() < 0.3:
        _add_road_upgrades(rng, tables)
    if rng.random() < 0.3:
        _add_power(rng, tables)
    return from_tables(tables)


def _keep_some(rng: np.random.Generator, tables: Tables) -> None:
    """Keep the first periods and levels, and one or both services."""
    tables["periods"] = tables["periods"].head(int(rng.integers(1, 4)))
    tables["growth"] = tables["growth"][
        tables["growth"]["period"].isin(tables["periods"]["period"])
    ]
    if rng.random() < 0.4:
        kept = str(rng.choice(["school", "clinic"]))
        for name in ("services", "levels", "sites", "facilities", "standards"):
            tables[name] = tables[name][tables[name]["service"] == kept]
    top = int(rng.integers(2, 5))
    tables["levels"] = tables["levels"][tables["levels"]["level"] <= top]
    stands = tables["facilities"]
    tables["facilities"] = stands.assign(level=stands["level"].clip(upper=top))
    tables["services"] = tables["services"].copy()
    tables["standards"] = tables["standards"].copy()


def _limit_money(rng: np.random.Generator, tables: Tables) -> None:
    """Add a budget for each period: some mln for each place, soft or hard."""
    each = float(rng.choice([20.0, 60.0, 150.0]))
    is_hard = bool(rng.random() < 0.5)
    tables["budgets"] = pd.DataFrame(
        {
            "budget": "purse",
            "period": tables["periods"]["period"],
            "amount_mln": each * len(tables["settlements"]),
            "is_hard": is_hard,
            "overrun_price": 0.0 if is_hard else 2.0,
        }
    )


def _add_road_upgrades(rng: np.random.Generator, tables: Tables) -> None:
    """Let some local roads become trunk roads."""
    links = tables["road_links"]
    local = links[links["road_class"] == "local"].head(int(rng.integers(1, 9)))
    names = [f"u{k}" for k in range(len(local))]
    ends = local[["from_node", "to_node", "length_km"]].reset_index(drop=True)
    tables["road_upgrades"] = pd.DataFrame(
        {"upgrade": names, "capex_mln": 40.0 * ends["length_km"]}
    )
    tables["road_upgrade_links"] = ends.assign(upgrade=names, road_class="trunk")


def _add_power(rng: np.random.Generator, tables: Tables) -> None:
    """Lay lines along the roads, from the plant of the first town."""
    places, roads = tables["settlements"], tables["road_links"]
    links = [f"e{k}" for k in range(len(roads))]
    tables["networks"] = pd.DataFrame(
        [{"network": "power", "shed_mln_per_unit_year": 0.5}]
    )
    tables["network_nodes"] = places[["lat", "lon", "settlement"]].assign(
        network="power", node=places["settlement"]
    )
    tables["network_links"] = pd.DataFrame(
        {
            "network": "power",
            "link": links,
            "from_node": roads["from_node"],
            "to_node": roads["to_node"],
            "length_km": roads["length_km"],
            "capacity": rng.choice([0.0, 300.0, 3_000.0], len(roads)),
        }
    )
    tables["link_upgrades"] = pd.DataFrame(
        {"network": "power", "link": links, "step": 1, "capacity": 5_000.0,
         "capex_mln": 10.0 * roads["length_km"].to_numpy()}
    )  # fmt: skip
    tables["load_rates"] = pd.DataFrame([{"network": "power", "units_per_person": 0.3}])
    _add_plant(tables)


def _add_plant(tables: Tables) -> None:
    first = tables["settlements"]["settlement"].iloc[0]
    more: dict[str, dict[str, Any]] = {
        "services": {"service": "plant", "role": "supply", "network": "power",
                     "title": "Plant"},
        "levels": {"service": "plant", "level": 1, "capacity": 200_000.0,
                   "capex_mln": 9_000.0, "opex_mln_per_year": 100.0,
                   "supply_mln_per_unit_year": 0.01},
        "sites": {"site": "plant", "service": "plant", "settlement": first,
                  "status": "existing", "network_node": first},
        "facilities": {"service": "plant", "site": "plant", "level": 1},
    }  # fmt: skip
    for name, row in more.items():
        tables[name] = pd.concat([tables[name], pd.DataFrame([row])])


def integers(instance: Instance) -> int:
    """Return the integer columns of the model."""
    return int(compile_matrices(build(instance).program).is_integer.sum())


def chosen(number: int, least: int, most: int, places: int) -> Iterator[Instance]:
    """Yield drawn instances with *least* to below *most* integers."""
    seed = 0
    while number:
        instance = drawn(seed, places)
        seed += 1
        if least <= integers(instance) < most:
            number -= 1
            yield instance


def measured(instance: Instance, gap: float, seconds: float) -> tuple[float, float]:
    """Return the seconds of a solve, and the gap that it leaves."""
    begun = time.perf_counter()
    try:
        plan = aumaq.solve(instance, gap=gap, time_limit=seconds)
    except aumaq.NoPlanError:
        return time.perf_counter() - begun, 0.0
    return time.perf_counter() - begun, plan.gap


def table(instances: Iterator[Instance]) -> None:
    """Print a line for each instance, and the median and the worst."""
    columns: list[list[float]] = [[], []]
    for instance in instances:
        found = [
            measured(instance, GAP, SECONDS_TO_GAP),
            measured(instance, PROOF, SECONDS_TO_PROOF),
        ]
        for column, (seconds, _) in zip(columns, found, strict=True):
            column.append(seconds)
        told = [f"{seconds:5.1f} s ({gap:7.3%})" for seconds, gap in found]
        print(f"| {instance.name} | {integers(instance)} | {' | '.join(told)} |",
              flush=True)  # fmt: skip
    for name, figure in (("median", statistics.median), ("worst", max)):
        told = [f"{figure(column):.1f} s" for column in columns]
        print(f"| {name} | | {' | '.join(told)} |", flush=True)


def run(small: str = "12", larger: str = "6") -> None:
    """Print the tables of both classes."""
    aumaq.solve(aumaq.read("tiny"))  # what is imported on first use
    head = f"| instance | integers | to {GAP:.0%} | to the proof |\n|---|---|---|---|"
    for number, least, most, places in (
        (int(small), 1, SMALL, 30),
        (int(larger), SMALL, LARGER, 120),
    ):
        print(f"\n{least} to {most - 1} integers\n\n{head}")
        table(chosen(number, least, most, places))
