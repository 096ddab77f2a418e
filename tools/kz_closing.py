"""Rules on closing of the Kazakhstan instances, as a variant: schools of villages stay.

The base instances close what does not pay; the variant `schools_stay` shows what it
costs that they may not, or only near another.
"""

from __future__ import annotations

import pandas as pd

VARIANT = "schools_stay"
AXIS = "closing"
ONLY_PEOPLE = 5_000
"""In villages of up to so many the only school, or medical point, stays."""
EXTRA_MINUTES = 15.0
SOURCE = (
    "assumption: in practice the only school of a village is not closed; extra minutes:"
    " half of the planning value of 30 minutes (norms.csv)"
)

VARIANTS = [
    {
        "variant": VARIANT,
        "axis": AXIS,
        "title": "the only school of a village stays",
        "overrides": VARIANT,
    }
]

RULES = (
    {
        "closing": "school:only",
        "service": "school",
        "applies_to": "rural",
        "population_most": ONLY_PEOPLE,
        "title": f"The only school of a village of up to {ONLY_PEOPLE:,} stays",
    },
    {
        "closing": "primary_care:only",
        "service": "primary_care",
        "applies_to": "rural",
        "population_most": ONLY_PEOPLE,
        "title": f"The only medical point of a village of up to {ONLY_PEOPLE:,} stays",
    },
    {
        "closing": "school:near",
        "service": "school",
        "keep_only": "false",
        "extra_minutes_most": EXTRA_MINUTES,
        "title": f"Who loses a school goes at most {EXTRA_MINUTES:g} minutes more",
    },
)


def overrides() -> pd.DataFrame:
    """Return the rows of ``overrides`` that add the rules."""
    return pd.DataFrame(
        [
            {
                "override": VARIANT,
                "table": "closing_rules",
                "where": "; ".join(f"{key}={value}" for key, value in row.items()),
                "action": "add",
                "source": SOURCE,
            }
            for row in ({**rule, "source": "assumption"} for rule in RULES)
        ]
    )
