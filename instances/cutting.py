"""Some regions or districts of an instance as one of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.arguments import checked
from aumaq.instances.arrays import Flags
from aumaq.instances.checks.cells import row_number
from aumaq.instances.checks.fairness import compared
from aumaq.instances.errors import InstanceError, Problem, did_you_mean
from aumaq.instances.instance import Instance, from_tables
from aumaq.instances.language.texts import say
from aumaq.instances.parts import Tables, lost_codes, of_services, part
from aumaq.instances.scenarios.overrides import BETWEEN, listed, overridden
from aumaq.instances.schema.column import Table
from aumaq.instances.schema.dtypes import TEXT
from aumaq.instances.schema.tables import BY_NAME

OF_REGIONS = (
    "population_totals", "region_history", "levers", "districts", "jobs",
    "indicator_targets", "indicator_baselines",
)  # fmt: skip
"""What is known of a region as a whole; nothing is known of a part of it."""


@checked
def cut(
    instance: Instance,
    *,
    regions: Sequence[str] = (),
    districts: Sequence[str] = (),
    services: Sequence[str] = (),
    name: str = "",
) -> Instance:
    """Return the settlements of some regions or districts as an instance of their own.

    Only the named *services* stay, else all that serve people; sites elsewhere,
    networks, road upgrades and connections go, and outlines of other regions; the
    roads of today stay whole. People and targets of a region are told no more where
    only some settlements are left. Budgets and other limits stay as they are, though
    they may be meant for more; what scenarios change stays where it is still there to
    be changed, and variants that add what is about others go. *name*: of the new
    instance. Raises InstanceError with all names that are not known.
    """
    tables = of_services(instance.base)
    places, serving = tables["settlements"], tables["services"]
    asked = (("regions", tables["regions"]["region"], regions),
             ("districts", places["district"], districts),
             ("services", serving["service"], services))  # fmt: skip
    if problems := [problem for one in asked for problem in _unknown(*one)]:
        raise InstanceError(problems)
    if services:
        tables["services"] = serving[serving["service"].isin(services)]
    stays = np.ones(len(places), dtype=bool)
    if regions:
        stays &= places["region"].isin(regions).to_numpy()
    if districts:
        stays &= places["district"].isin(districts).to_numpy()
    if not stays.any():
        told = say("no settlement lies in these districts and in these regions")
        raise InstanceError([Problem("districts", told, value=", ".join(districts))])
    called = {"name": name} if name else {}
    if not stays.all():
        tables |= _of_some(tables, stays)
        called["title"] = ", ".join(districts or tables["regions"]["name"])
    tables["instance"] = tables["instance"].assign(**called)
    found = part(instance.base, tables)
    found |= _scenarios(instance.base, found)
    found["gaps"] = found["gaps"][_compares(found)]
    if len(instance.base["travel"]) and found["travel"].empty:
        found["travel"] = _at_home(found["sites"])
    return from_tables(found, outlines=_outlines(instance, found))


def _outlines(whole: Instance, tables: Tables) -> dict[str, Any] | None:
    """Return outlines without those of regions and districts that were cut off."""
    if whole.outlines is None:
        return None
    homes = whole.base["settlements"], tables["settlements"]
    gone = {
        column: set(homes[0][column]) - set(homes[1][column])
        for column in ("region", "district")
    }
    shapes = [
        shape
        for shape in whole.outlines.get("features", [])
        if not any(
            (shape.get("properties") or {}).get(column) in codes
            for column, codes in gone.items()
        )
    ]
    return {**whole.outlines, "features": shapes}


def _at_home(sites: pd.DataFrame) -> pd.DataFrame:
    """Return travel times where all ways led elsewhere: some are needed, or roads."""
    here = sites[["settlement", "site"]].assign(minutes=0.0)
    return here.reset_index(drop=True)


def _unknown(
    what: str, known: pd.Series[Any], names: Sequence[str]
) -> Iterator[Problem]:
    """Yield a problem for each name that is not known."""
    codes = sorted({code for code in known if code})
    for name in dict.fromkeys(names):
        if name not in codes:
            told = say("there is no such name{hint}", hint=did_you_mean(name, codes))
            yield Problem(what, told, value=name)


def _of_some(tables: Tables, stays: Flags) -> dict[str, pd.DataFrame]:
    """Return tables that change where only some settlements stay."""
    home = tables["settlements"]["region"]
    left, gone = set(home[stays]), set(home[~stays])
    is_left = {True: left - gone, False: left | {""}}
    found = {
        name: rows[rows["region"].isin(is_left[name in OF_REGIONS])]
        for name, rows in tables.items()
        if "region" in rows
    }
    return {**found, "settlements": tables["settlements"][stays]}


def _scenarios(whole: Tables, tables: Tables) -> dict[str, pd.DataFrame]:
    """Return overrides without what means nothing in a part, and who names them.

    A set that adds rows about what is gone goes as a whole, and each variant of it.
    """
    rules = tables["overrides"]
    gone = _gone(whole, tables)
    torn = {r.override for r in rules.itertuples() if r.action == "add"
            and _names_one(r.where, BY_NAME[r.table], gone)}  # fmt: skip
    sets = rules.loc[rules["table"] == "gaps", "override"].unique()
    torn |= {n for n in sets if not _compares(overridden(tables, [n])[0]).all()}
    wrong = _meaningless(tables) - _meaningless(whole)
    rows = [row_number(BY_NAME["overrides"], k) for k in range(len(rules))]
    left = rules[~rules["override"].isin(torn) & ~np.isin(rows, sorted(wrong))]
    lost = set(rules["override"]) - set(left["override"])
    scenarios, variants = tables["scenarios"], tables["variants"]
    named = [[n for n in listed(cell) if n not in lost]
             for cell in scenarios["overrides"]]  # fmt: skip
    cells = pd.array([f"{BETWEEN} ".join(names) for names in named], dtype=TEXT)
    stays = [lost.isdisjoint(listed(cell)) for cell in variants["overrides"]]
    return {
        "overrides": left.reset_index(drop=True),
        "scenarios": scenarios.assign(overrides=cells),
        "variants": variants[np.array(stays, dtype=bool)].reset_index(drop=True),
    }


def _compares(tables: Tables) -> Flags:
    """Return which rules on gaps still have two groups to compare."""
    counts = [compared(tables, rule) for _, rule in tables["gaps"].iterrows()]
    return np.array(counts, dtype=int) > 1


def _meaningless(tables: Tables) -> set[int]:
    """Return the rows of overrides that mean nothing, each set by itself."""
    names = dict.fromkeys(tables["overrides"]["override"])
    return {p.row for name in names for p in overridden(tables, [name])[1]}


def _gone(whole: Tables, tables: Tables) -> dict[str, set[str]]:
    """Return codes that are gone, by ``table.column`` and by columns of many tables."""
    gone = lost_codes(whole, tables)
    home = (set(one["settlements"]["region"]) for one in (whole, tables))
    payees = (gone.get(key, set()) for key in ("services.service", "networks.network"))
    regions = next(home) - next(home)
    return {**gone, "region": regions, "service": set().union(*payees)}


def _names_one(where: str, table: Table, gone: Mapping[str, set[str]]) -> bool:
    """Return whether a row to be added names a code that is gone."""
    cells = ([part.strip() for part in cell.partition("=")] for cell in listed(where))
    return any(
        value in gone.get(name, ()) or value in gone.get(column.references, ())
        for name, _, value in cells
        for column in table.columns
        if column.name == name
    )
