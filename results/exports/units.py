"""Units and number formats of the columns of plan tables."""

from __future__ import annotations

from typing import NamedTuple

from aumaq.instances.schema.plan import BOTH, COLUMNS, OF_GAP, PLAN, POINTS, SERVICE


class Look(NamedTuple):
    """How a column is shown: its unit ("" for none), its number format."""

    unit: str
    number_format: str


UNITS = tuple(dict.fromkeys(c.unit for t in PLAN for c in t.columns if c.unit))
"""Every unit that a column of a plan may have; money names its currency, too."""
UNITS_BESIDE = {
    "minutes_before": "min", "minutes_after": "min", "within_before": "share",
    "within_after": "share", "cost_mln": "mln", "gain_persons": "persons",
    "total_mln": "mln", "total_gain_persons": "persons", "demand": SERVICE,
    "gain": SERVICE, "lose": SERVICE, "jobs": "jobs", "people_who_come": "persons",
    "power_kw": "kW", "water_m3_per_day": "m3/day",
}  # fmt: skip
"""Units of columns of tables that stand beside a plan."""
FORMATS = {
    "": "#,##0", "persons": "#,##0", "mln": "#,##0.00", "mln/year": "#,##0.00",
    POINTS: "#,##0.00", BOTH: "#,##0.00", "share": "0.0%", "rad": "0.0000",
    OF_GAP: "0.00",
}  # fmt: skip
"""Number formats by unit; the others have one decimal."""


def look_of(table: str, column: str) -> Look:
    """Return unit and number format of a column of a plan table."""
    if table not in COLUMNS and column in UNITS_BESIDE:
        unit = UNITS_BESIDE[column]
        return Look(unit, FORMATS.get(unit, "#,##0.0"))
    known = COLUMNS.get(table, {}).get(column)
    if known is None or known.kind in ("text", "flag"):
        return Look("", "General")
    return Look(known.unit, FORMATS.get(known.unit, "#,##0.0"))
