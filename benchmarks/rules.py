"""What each rule costs, with its certainty: a scenario against each variant of it.

``python -m benchmarks rules SECONDS [INSTANCE [SCENARIO [VARIANT ...]]]``: SECONDS for
each solve, one after another, all cores each; kazakhstan, its first scenario and all
its variants if nothing else is said.
"""

from __future__ import annotations

import sys
import time

import pandas as pd

import aumaq
from aumaq.instances.scenarios.scenario import JOIN
from aumaq.results.studies.rule_prices import rule_prices


def run(*arguments: str) -> None:
    """Print the price of each variant as a range, mln and per cent of the plan."""
    if not arguments:
        sys.exit("rules needs the seconds for each solve")
    seconds, name = float(arguments[0]), (*arguments[1:2], "kazakhstan")[0]
    instance = aumaq.read(name)
    base = (*arguments[2:3], instance.scenario_names[0])[0]
    variants = arguments[3:] or tuple(instance.base["variants"]["variant"])
    begun = time.monotonic()
    found = aumaq.sweep(
        instance,
        [base, *(JOIN.join((base, variant)) for variant in variants)],
        jobs=1,
        time_limit=seconds,
    )
    whole = float(found.rows["objective_mln"].iloc[0])
    titles = instance.base["variants"].set_index("variant")["title"]
    print(f"{name}, {base}: {whole:,.0f} mln, gap {found.rows['gap'].iloc[0]:.2%};")
    print(f"{seconds:g} s for each of {len(found.rows)}, "
          f"{time.monotonic() - begun:,.0f} s in all\n")  # fmt: skip
    print("| variant | what it asks | least, mln | found | most | of all | certain |")
    print("|---|---|---:|---:|---:|---:|---|")
    for row in rule_prices(found.rows).itertuples():
        share = f"{row.least_mln / whole:.2%} to {row.most_mln / whole:.2%}"
        print(f"| `{row.variant}` | {titles[row.variant]} | {row.least_mln:,.0f} |"
              f" {row.found_mln:,.0f} | {row.most_mln:,.0f} | {share} |"
              f" {'yes' if row.is_certain else 'no'} |")  # fmt: skip
    _lost(found.rows)


def _lost(rows: pd.DataFrame) -> None:
    """Say of which scenarios nothing is known, and why."""
    lost = rows[~(rows["has_plan"] & rows["verified"])]
    for row in lost.itertuples():
        print(f"\n{row.scenario}: {row.status}, {row.message}")
