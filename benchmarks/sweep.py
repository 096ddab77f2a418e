"""A sweep of 20 scenarios of Kazakhstan, one of them broken, one without a plan.

``python -m benchmarks sweep SECONDS SERVICE ...``: the services that are named, without
networks and road upgrades; SECONDS for each scenario.
"""

from __future__ import annotations

import sys
import time

import pandas as pd

import aumaq
from aumaq.instances import Instance, from_tables
from benchmarks.futures import services_only

BROKEN = [
    {"override": "broken", "table": "sites", "action": "remove"},
]  # fmt: skip
POOR = [
    {"override": "poor", "table": "budgets", "column": "amount_mln", "value": "0"},
    {"override": "poor", "table": "facilities", "action": "set", "column": "level",
     "value": "1"},
    {"override": "poor", "table": "services", "column": "may_be_unserved",
     "value": "false"},
]  # fmt: skip


def with_failures(instance: Instance) -> Instance:
    """Return the instance with a scenario that is broken and one without a plan."""
    base = instance.base
    more = [
        {**base["scenarios"].iloc[0], "scenario": name, "title": "", "overrides": name,
         "projection": "inertial"}
        for name in ("broken", "poor")
    ]  # fmt: skip
    overrides = [
        {"where": "", "column": "", "action": "set", "value": "", "source": "", **row}
        for row in [*BROKEN, *POOR]
    ]
    return from_tables(
        {
            **base,
            "scenarios": pd.concat([base["scenarios"], pd.DataFrame(more)]),
            "overrides": pd.DataFrame(overrides),
        }
    )


def run(*arguments: str) -> None:
    """Print the table of docs/scenarios.md."""
    if len(arguments) < 2:
        sys.exit("sweep needs the seconds for a scenario, and names of services")
    instance = services_only(aumaq.read("kazakhstan"), list(arguments[1:]))
    names = [*instance.all_scenario_names, "broken", "poor"]
    begun = time.monotonic()
    found = aumaq.sweep(
        with_failures(instance), names, time_limit=float(arguments[0]), gap=0.005
    )
    columns = ["scenario", "status", "verified", "objective_mln", "gap", "seconds",
               "investment_mln"]  # fmt: skip
    print(found.rows[columns].to_string())
    for row in found.rows.itertuples():
        if row.message:
            print(f"{row.scenario}: {row.message[:200]}")
    print(f"{len(names)} scenarios in {time.monotonic() - begun:.0f} s")
