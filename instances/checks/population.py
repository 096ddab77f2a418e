"""Checks of projections: every period, group and settlement that they need is there."""

from __future__ import annotations

import numpy as np

from aumaq.instances.checks.check import Found, Tables, Warn, check, problem
from aumaq.instances.errors import Hints
from aumaq.instances.language.texts import say
from aumaq.instances.people import demand


@check(
    "scenarios",
    "variants",
    "projections",
    "population",
    "growth",
    "periods",
    "settlements",
    "groups",
    about=("population", "growth"),
)
def population_is_complete(tables: Tables) -> Found:
    """Each projection covers every period; names of projections and groups exist."""
    scenarios, periods = tables["scenarios"], list(tables["periods"]["period"])
    named = scenarios["projection"].where(
        scenarios["projection"] != "", scenarios["scenario"]
    )
    varied = {str(name) for name in tables["variants"]["projection"] if name}
    projections = sorted({*named, *varied})
    for table in ("population", "growth"):
        cells = tables[table]["scenario"]
        hints = Hints(projections)
        for i in np.flatnonzero(~cells.isin(projections)):
            hint = hints.near(str(cells[i]))
            yield Warn(
                problem(
                    table,
                    say("no scenario uses this projection{hint}", hint=hint),
                    i,
                    "scenario",
                    cells[i],
                )
            )
    groups = {*tables["groups"]["group"], demand.ALL}
    cells = tables["population"]["group"]
    hints = Hints(groups)
    for i in np.flatnonzero(~cells.isin(groups)):
        hint = hints.near(str(cells[i]))
        yield problem(
            "population",
            say("no such group in groups{hint}", hint=hint),
            i,
            "group",
            cells[i],
        )
    computed = set(tables["projections"]["projection"])
    given = [name for name in projections if name not in computed]
    yield from _missing_periods(
        tables, "population", ["settlement", "group"], given, periods
    )
    yield from _missing_periods(tables, "growth", ["region"], projections, periods)
    yield from _growth_regions(tables, projections)


def _missing_periods(
    tables: Tables,
    table: str,
    by: list[str],
    projections: list[str],
    periods: list[str],
) -> Found:
    rows = tables[table]
    rows = rows[rows["scenario"].isin(projections)]
    names = projections if table == "population" else sorted(set(rows["scenario"]))
    for values, part in rows.groupby(by, sort=False):
        have = set(zip(part["scenario"], part["period"], strict=True))
        own = names if table == "population" else sorted(set(part["scenario"]))
        missing = [f"{s} {p}" for s in own for p in periods if (s, p) not in have]
        if missing:
            yield problem(
                table,
                say(
                    "missing rows for scenario and period: {missing}",
                    missing=", ".join(missing),
                ),
                part.index[0],
                "+".join(by),
                ", ".join(str(v) for v in values),
            )


def _growth_regions(tables: Tables, projections: list[str]) -> Found:
    regions = sorted(set(tables["settlements"]["region"]))
    growth = tables["growth"]
    hints = Hints(regions)
    for i in np.flatnonzero(~growth["region"].isin([*regions, ""])):
        value = str(growth["region"][i])
        hint = hints.near(value)
        yield problem(
            "growth",
            say("no settlement has this region{hint}", hint=hint),
            i,
            "region",
            value,
        )
    for projection in projections:
        have = set(growth.loc[growth["scenario"] == projection, "region"])
        missing = (
            [] if not have or "" in have else [r for r in regions if r not in have]
        )
        if missing:
            yield problem(
                "growth",
                say(
                    "missing regions of projection {projection!r} (or a row with"
                    " an empty region for all others): {missing}",
                    projection=projection,
                    missing=", ".join(missing),
                ),
            )
