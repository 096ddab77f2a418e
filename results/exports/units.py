"""Units and number formats of the columns of plan tables, from their names."""

from __future__ import annotations

from typing import NamedTuple


class Look(NamedTuple):
    """How a column is shown: its unit ("" for none), its number format."""

    unit: str
    number_format: str


COUNTS = ("level", "step", "from_level", "to_level", "units")
PEOPLE = ("persons", "persons_gained", "population")
OF_SERVICE = ("capacity", "used", "demand", "required", "reached", "shortfall",
              "in_growth_points")  # fmt: skip
"""Amounts in the unit of the service (of the network in its tables)."""
OF_NETWORK = ("forward", "backward", "lost", "supply", "base_load", "facility_load",
              "shed", "local_supply", "from_network")  # fmt: skip
NETWORK_TABLES = ("network_steps", "flows", "sources", "local_supply", "loads")


UNITS = ("persons", "share", "min", "km", "kW", "m3/day", "rad", "mln", "mln/year",
         "units of service", "units of network")  # fmt: skip
"""Every unit that a column of a plan may have; money names its currency, too."""


def look_of(table: str, column: str) -> Look:
    """Return unit and number format of a column of a plan table."""
    if column in COUNTS:
        return Look("", "#,##0")
    if column in PEOPLE:
        return Look("persons", "#,##0")
    if column.endswith("_mln_per_year"):
        return Look("mln/year", "#,##0.00")
    if column.endswith("_mln"):
        return Look("mln", "#,##0.00")
    if column == "share" or column.endswith("_share"):
        return Look("share", "0.0%")
    if column.endswith("minutes"):
        return Look("min", "#,##0.0")
    for ending, unit in (("_km", "km"), ("_kw", "kW"), ("_m3_per_day", "m3/day")):
        if column.endswith(ending):
            return Look(unit, "#,##0.0")
    if column == "angle":
        return Look("rad", "0.0000")
    if column in OF_SERVICE or column in OF_NETWORK:
        of = "network" if table in NETWORK_TABLES else "service"
        return Look(f"units of {of}", "#,##0.0")
    return Look("", "General")
