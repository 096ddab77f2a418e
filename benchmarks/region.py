"""The services of some regions of an instance, apart: small enough to be proven.

Networks, local supply and all other regions are left out, with every row that names
any of it; roads stay, those of neighbours too.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

import aumaq
from aumaq.instances import Instance, from_tables
from aumaq.instances.scenarios.scenario import JOIN
from aumaq.instances.schema.growth import GROWTH_POINTS
from aumaq.instances.schema.roads import ROADS
from aumaq.instances.schema.tables import TABLES

OTHERS = (ROADS, GROWTH_POINTS)
"""What spends money like a service."""


def services_of(instance: Instance, regions: Sequence[str]) -> Instance:
    """Return the active scenario of an instance with the services of regions alone."""
    tables = dict(instance.tables)
    tables["overrides"] = tables["overrides"].iloc[:0]
    tables["variants"] = tables["variants"].iloc[:0]
    names = tables["scenarios"]["scenario"]
    own = tables["scenarios"][names == instance.scenario]
    tables["scenarios"] = own.assign(scenario=instance.scenario.split(JOIN)[0])
    places, services = tables["settlements"], tables["services"]
    tables["settlements"] = places[places["region"].isin(regions)]
    tables["services"] = services[services["role"] == "serve"]
    tables["networks"] = tables["networks"].iloc[:0]
    tables["regions"] = tables["regions"][tables["regions"]["region"].isin(regions)]
    for _ in range(len(TABLES)):
        fewer = {name: _known(name, tables, regions) for name in tables}
        if all(len(fewer[name]) == len(tables[name]) for name in tables):
            break
        tables = fewer
    return from_tables(
        {name: rows.reset_index(drop=True) for name, rows in tables.items()}
    )


def _known(
    name: str, tables: dict[str, pd.DataFrame], regions: Sequence[str]
) -> pd.DataFrame:
    """Return the rows of a table that name nothing that was left out."""
    rows = tables[name]
    schema = next(table for table in TABLES if table.name == name)
    keep = pd.Series(True, index=rows.index)
    for column in schema.columns:
        if column.name == "region":
            keep &= rows["region"].isin(["", *regions])
        elif column.name == "service":
            keep &= rows["service"].isin(["", *tables["services"]["service"], *OTHERS])
        elif column.references:
            table, _, key = column.references.partition(".")
            keep &= rows[column.name].isin(["", *tables[table][key]])
    if {"service", "site"} <= set(rows.columns) and name != "sites":
        known = pd.MultiIndex.from_frame(tables["sites"][["service", "site"]])
        keep &= pd.MultiIndex.from_frame(rows[["service", "site"]]).isin(known)
    return rows[keep]


def is_changed(one: Instance, other: Instance) -> bool:
    """Return whether two instances differ in more than names."""
    return any(
        not one.tables[name].equals(other.tables[name])
        for name in one.tables
        if name != "scenarios"
    ) or not one.tables["scenarios"].drop(columns=["scenario", "title"]).equals(
        other.tables["scenarios"].drop(columns=["scenario", "title"])
    )


def solved(instance: Instance, seconds: float) -> dict[str, object]:
    """Return the row of a sweep for one solve."""
    try:
        plan = aumaq.solve(instance, time_limit=seconds, gap=1e-4)
    except aumaq.NoPlanError as error:
        return lost("no_plan", error)
    return {"has_plan": True, "verified": plan.is_verified,
            "objective_mln": plan.objective_mln, "bound_mln": plan.bound_mln,
            "gap": plan.gap, "status": plan.status, "message": ""}  # fmt: skip


def lost(status: str, error: Exception) -> dict[str, object]:
    """Return the row of what has no plan."""
    nothing = dict.fromkeys(("objective_mln", "bound_mln", "gap"), float("nan"))
    return {"has_plan": False, "verified": False, "status": status,
            "message": str(error), **nothing}  # fmt: skip
