"""What each rule costs, with its certainty: a scenario against each variant of it.

``python -m benchmarks rules SECONDS [INSTANCE [SCENARIO [VARIANT ...]]]``: SECONDS for
each solve, one after another, all cores each; kazakhstan, its first scenario and all
its variants if nothing else is said. ``INSTANCE:REGION,...`` takes the services of
some regions alone (benchmarks/region.py): small enough that ranges are narrow. Variants
that change nothing there are left out.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

import pandas as pd

import aumaq
from aumaq.instances import Instance
from aumaq.instances.scenarios.scenario import JOIN
from aumaq.results.studies.rule_prices import rule_prices
from benchmarks.region import is_changed, lost, services_of, solved


def run(*arguments: str) -> None:
    """Print the price of each variant as a range, mln and per cent of the plan."""
    if not arguments:
        sys.exit("rules needs the seconds for each solve")
    seconds, named = float(arguments[0]), (*arguments[1:2], "kazakhstan")[0]
    name, _, regions = named.partition(":")
    instance = aumaq.read(name)
    base = (*arguments[2:3], instance.scenario_names[0])[0]
    variants = arguments[3:] or tuple(instance.base["variants"]["variant"])
    scenarios = [base, *(JOIN.join((base, variant)) for variant in variants)]
    begun = time.monotonic()
    if regions:
        rows = _of_regions(instance, regions.split(","), scenarios, seconds)
    else:
        rows = aumaq.sweep(instance, scenarios, jobs=1, time_limit=seconds).rows
    whole = float(rows["objective_mln"].iloc[0])
    titles = instance.base["variants"].set_index("variant")["title"]
    print(f"{named}, {base}: {whole:,.0f} mln, gap {rows['gap'].iloc[0]:.3%};")
    print(f"{seconds:g} s for each of {len(rows)}, "
          f"{time.monotonic() - begun:,.0f} s in all\n")  # fmt: skip
    print("| variant | what it asks | least, mln | found | most | of all | certain |")
    print("|---|---|---:|---:|---:|---:|---|")
    for row in rule_prices(rows).itertuples():
        share = f"{row.least_mln / whole:.2%} to {row.most_mln / whole:.2%}"
        print(f"| `{row.variant}` | {titles[row.variant]} | {row.least_mln:,.0f} |"
              f" {row.found_mln:,.0f} | {row.most_mln:,.0f} | {share} |"
              f" {'yes' if row.is_certain else 'no'} |")  # fmt: skip
    _lost(rows)


def _of_regions(
    instance: Instance, regions: Sequence[str], scenarios: list[str], seconds: float
) -> pd.DataFrame:
    """Solve the services of regions under each scenario that changes them."""
    rows = []
    base = services_of(instance.with_scenario(scenarios[0]), regions)
    for scenario in scenarios:
        try:
            own = services_of(instance.with_scenario(scenario), regions)
        except aumaq.InstanceError as error:
            rows.append({"scenario": scenario, **lost("invalid", error)})
            continue
        if scenario == scenarios[0] or is_changed(own, base):
            rows.append({"scenario": scenario, **solved(own, seconds)})
            print(f"{scenario}: {rows[-1]}", file=sys.stderr, flush=True)
    return pd.DataFrame(rows)


def _lost(rows: pd.DataFrame) -> None:
    """Say of which scenarios nothing is known, and why."""
    lost = rows[~(rows["has_plan"] & rows["verified"])]
    for row in lost.itertuples():
        print(f"\n{row.scenario}: {row.status}, {row.message}")
