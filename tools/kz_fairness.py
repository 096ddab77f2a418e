"""Rules of counts and of fairness of the shipped instance, each in a variant.

    aumaq solve kazakhstan --scenario managed+guarantees

They come by `overrides`, so that the base stays what it is. Figures are assumptions
where no norm says them: rows say so.
"""

from __future__ import annotations

import pandas as pd

ASSUMED = "assumption"
STANDARDS = (
    ("border:primary_care", "primary_care", "border", "settlement", 20.0, 0.9, 0.06,
     "Border settlements have primary care within 20 minutes"),
    ("border:hospital", "hospital", "border", "settlement", 90.0, 0.9, 0.06,
     "Nine of ten people of the border reach a hospital within 90 minutes"),
    ("growth_point:hospital", "hospital", "growth_point", "settlement", 30.0, 0.95,
     0.1, "Growth points have a hospital within half an hour"),
    ("growth_point:school", "school", "growth_point", "settlement", 30.0, 1.0, 0.5,
     "Growth points have a place at school for each pupil, within 30 minutes"),
)  # fmt: skip
"""standard, service, applies_to, scope, minutes, share, price mln/unit/year, title.

No guarantee asks for less than the way inside the largest of its places (Taraz at the
border 16 minutes, Almaty 25): no decision could keep it there.
"""
GAPS = (
    ("primary_care:regions", "primary_care", "share", "region", 30.0, 0.1,
     "Primary care within 30 minutes: regions differ by at most 10 points"),
    ("hospital:regions", "hospital", "minutes", "region", 240.0, 45.0,
     "Way to hospital: regions differ by at most 45 minutes"),
)  # fmt: skip
"""gap, service, measure, scope, minutes, most, title; all are hard."""
COUNTS = (
    ("school:rural", "school", "closures", "rural", None, 0,
     "No rural school closes"),
    ("hospital:openings", "hospital", "openings", "all", None, 20,
     "At most 20 hospitals open in a period"),
    ("hospital:border", "hospital", "facilities", "border", 1, None,
     "A hospital at least runs at the border"),
)  # fmt: skip
"""count, service, what, applies_to, least, most, title."""

AVERSION_PER_MINUTE = 0.02
"""Kolm and Pollak for hospitals: an aversion of 1 where the sum of the squares of ways
is 50 minutes times their sum; an assumption."""

VARIANTS = [
    {"variant": "guarantees", "axis": "fairness", "overrides": "guarantees",
     "title": "guarantees for border settlements and growth points"},
    {"variant": "even", "axis": "fairness", "overrides": "even",
     "title": "regions may differ by so much"},
    {"variant": "fair", "axis": "fairness", "overrides": "guarantees; even",
     "title": "guarantees and even regions"},
    {"variant": "averse", "axis": "aversion", "overrides": "averse",
     "title": "long ways to hospital weigh more"},
    {"variant": "counted", "axis": "counts", "overrides": "counted",
     "title": "numbers of openings and closures are limited"},
]  # fmt: skip


def overrides() -> pd.DataFrame:
    """Return the rows that the variants add."""
    columns = {
        "standards": ("standard", "service", "applies_to", "scope", "minutes", "share",
                      "shortfall_mln_per_unit_year", "title"),
        "gaps": ("gap", "service", "measure", "scope", "minutes", "most", "title"),
        "counts": ("count", "service", "what", "applies_to", "least", "most", "title"),
    }  # fmt: skip
    rows = [
        *(("guarantees", "standards", row, "") for row in STANDARDS),
        *(("even", "gaps", row, "; is_hard=true") for row in GAPS),
        *(("counted", "counts", row, "") for row in COUNTS),
    ]
    aversion = {
        "override": "averse",
        "table": "services",
        "where": "service=hospital",
        "column": "aversion_per_minute",
        "action": "set",
        "value": AVERSION_PER_MINUTE,
        "source": ASSUMED,
    }
    added = pd.DataFrame(
        {
            "override": name,
            "table": table,
            "where": "; ".join(
                f"{column}={cell}"
                for column, cell in zip(columns[table], row, strict=True)
                if cell is not None
            )
            + f"{more}; source={ASSUMED}",
            "action": "add",
            "source": ASSUMED,
        }
        for name, table, row, more in rows
    )
    return pd.concat([added, pd.DataFrame([aversion])], ignore_index=True)
