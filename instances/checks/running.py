"""Checks of how facilities are run: second shift, staff, what may change at once."""

from __future__ import annotations

import numpy as np

from aumaq.instances.checks.check import Found, Tables, Warn, check, problem
from aumaq.instances.checks.rules import known_regions, known_tags, levels_exist
from aumaq.instances.language.texts import figure, say
from aumaq.instances.selection import visited_places


@check("shifts", "services", "levels", about=("shifts",))
def shifts_are_of_services(tables: Tables) -> Found:
    """People come to what has a second shift; its first level is there."""
    rows = tables["shifts"]
    role = rows["service"].map(tables["services"].set_index("service")["role"])
    for i in rows.index[role != "serve"]:
        text = say("expected a service that people come to")
        yield problem("shifts", text, i, "service", rows["service"][i])
    yield from levels_exist(tables, "shifts", "from_level")


@check("buses", "services", about=("buses",))
def buses_lead_to_people(tables: Tables) -> Found:
    """People come to what a bus leads to."""
    rows = tables["buses"]
    role = rows["service"].map(tables["services"].set_index("service")["role"])
    for i in rows.index[role != "serve"]:
        text = say("expected a service that people come to")
        yield problem("buses", text, i, "service", rows["service"][i])
    yield from _beyond_who_is_served(tables, "buses")


@check("shift_limits", "settlements", about=("shift_limits",))
def shift_limits_name_regions(tables: Tables) -> Found:
    """Regions exist."""
    yield from known_regions(tables, "shift_limits")


@check("staff_needs", "levels", about=("staff_needs",))
def staff_needs_name_levels(tables: Tables) -> Found:
    """Levels exist."""
    yield from levels_exist(tables, "staff_needs", "level")


@check("staff_supply", "settlements", "periods", about=("staff_supply",))
def staff_supply_is_sound(tables: Tables) -> Found:
    """Regions exist; a period without a row has as many as it needs."""
    yield from known_regions(tables, "staff_supply")
    rows, periods = tables["staff_supply"], list(tables["periods"]["period"])
    for (name, region), part in rows.groupby(["profession", "region"], sort=False):
        missing = [p for p in periods if p not in set(part["period"])]
        if missing:
            text = say("no limit on {name} of {region} in {missing}", name=name,
                       region=region, missing=", ".join(missing))  # fmt: skip
            yield Warn(problem("staff_supply", text, part.index[0], "period"))


@check("building_capacity", "settlements", about=("building_capacity",))
def building_capacity_limits_something(tables: Tables) -> Found:
    """Regions exist; each row has a limit."""
    yield from known_regions(tables, "building_capacity")
    rows = tables["building_capacity"]
    nothing = rows["most_mln"].isna() & rows["most_changes"].isna()
    for i in np.flatnonzero(nothing.to_numpy()):
        text = say("empty, as is most_changes: expected a limit in one of them")
        yield problem("building_capacity", text, i, "most_mln")


@check(
    "mobile_services", "services", "levels", "settlements", "settlement_tags",
    about=("mobile_services",),
)  # fmt: skip
def mobile_services_are_sound(tables: Tables) -> Found:
    """People come to what is mobile; levels, regions and tags exist."""
    rows = tables["mobile_services"]
    role = rows["service"].map(tables["services"].set_index("service")["role"])
    for i in rows.index[role != "serve"]:
        text = say("expected a service that people come to")
        yield problem("mobile_services", text, i, "service", rows["service"][i])
    yield from levels_exist(tables, "mobile_services", "from_level")
    wrong = [*known_regions(tables, "mobile_services"),
             *known_tags(tables, "mobile_services")]  # fmt: skip
    yield from wrong
    for i, row in rows.iterrows():
        if not wrong and not visited_places(tables, row).any():
            text = say("applies to no settlement")
            row_and = i, "applies_to", row["applies_to"]
            yield Warn(problem("mobile_services", text, *row_and))
    yield from _beyond_who_is_served(tables, "mobile_services")


def _beyond_who_is_served(tables: Tables, name: str) -> Found:
    """Warn of minutes beyond which the service serves nobody, carried or not."""
    rows = tables[name]
    served = tables["services"].set_index("service")["served_within_minutes"]
    for i, row in rows.iterrows():
        limit = served.get(row["service"], np.nan)
        if row["within_minutes"] > limit:
            text = say(
                "nobody beyond served_within_minutes of {service}, {minutes:g}, is"
                " served",
                service=row["service"],
                minutes=limit,
            )
            found = figure(row["within_minutes"])
            yield Warn(problem(name, text, i, "within_minutes", found))
