"""Checks of what describes the territory of today: seats, past population, jobs."""

from __future__ import annotations

import numpy as np

from aumaq.instances.checks.check import Found, Tables, Warn, check, problem
from aumaq.instances.errors import Hints
from aumaq.instances.language.texts import figure, say
from aumaq.instances.rows import holds

SEAT_OF = {"district": ["region", "district"], "region": ["region"], "nation": []}
"""The columns that name the unit of which a settlement is the seat."""


@check("settlements")
def units_have_one_seat(tables: Tables) -> Found:
    """No two settlements are the seat of the same unit."""
    rows = tables["settlements"]
    rows = rows[~holds(rows, "centre_of", "")]
    for kind, columns in SEAT_OF.items() if len(rows) else ():
        seats = rows[holds(rows, "centre_of", kind)]
        again = seats.duplicated(["centre_of", *columns])
        for k in seats.index[again]:
            text = say("a second seat of its {kind}; expected one", kind=kind)
            yield problem("settlements", text, k, "centre_of", kind)
        if kind == "district":
            for k in seats.index[seats["district"] == ""]:
                text = say("is the seat of a district but names none")
                yield problem("settlements", text, k, "district", "")


@check("region_history", "instance", about=("region_history",))
def history_adds_up(tables: Tables) -> Found:
    """Urban people are some of all; years lie behind the base year."""
    rows, base = tables["region_history"], int(tables["instance"]["base_year"].iloc[0])
    for k in np.flatnonzero(rows["persons_urban"] > rows["persons"]):
        text = say(
            "expected at most all persons, {persons:g}", persons=rows["persons"][k]
        )
        value = rows["persons_urban"][k]
        yield problem("region_history", text, k, "persons_urban", figure(value))
    for k in np.flatnonzero(rows["year"] > base):
        text = say("is later than the base year {base}: no past year", base=base)
        yield Warn(problem("region_history", text, k, "year", rows["year"][k]))


@check("settlements", "districts", "jobs", about=("districts", "jobs"))
def districts_are_those_of_settlements(tables: Tables) -> Found:
    """Districts that have areas or jobs have settlements."""
    rows = tables["settlements"]
    known = set(zip(rows["region"], rows["district"], strict=True))
    hints = Hints(district for _, district in known)
    for table in ("districts", "jobs"):
        cells = tables[table]
        pairs = zip(cells["region"], cells["district"], strict=True)
        for k, (region, district) in enumerate(pairs):
            if (region, district) not in known and (district or table == "districts"):
                hint = hints.near(district)
                text = say(
                    "no settlement of region {region!r} is in this district{hint}",
                    region=region,
                    hint=hint,
                )
                yield problem(table, text, k, "district", district)
