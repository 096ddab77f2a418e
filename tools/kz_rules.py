"""Rules of a planning office in the shipped country, each in a variant of its own.

The base stays what it is; `--scenario managed+sources+protected` adds two.
"""

from __future__ import annotations

from pathlib import Path

import kz_closing
import kz_fairness
import kz_land
import kz_money
import kz_moving
import kz_running
import kz_scheme
import pandas as pd

VARIANTS = [
    kz_money.VARIANT,
    *kz_land.VARIANTS,
    *kz_fairness.VARIANTS,
    *kz_closing.VARIANTS,
    *kz_moving.VARIANTS,
    *kz_running.VARIANTS,
    *kz_scheme.VARIANTS,
]


def tables(source: Path, known: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return zones, impacts and what else is known in every scenario, and overrides."""
    places, regions = known["settlements"], known["regions"]
    names = dict(zip(regions["region"], regions["name"], strict=True))
    found = kz_land.tables(source, known)
    overrides = [
        kz_money.overrides(places, known["budgets"], names),
        found["overrides"],
        kz_fairness.overrides(),
        kz_closing.overrides(known),
        kz_moving.overrides(known),
        kz_running.overrides(known),
        kz_scheme.overrides(places),
    ]
    return found | {"overrides": pd.concat(overrides, ignore_index=True)}
