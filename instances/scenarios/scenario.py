"""Scenarios: names made of a base and variants, and the tables that follow from one.

``managed+dear+tight`` is the row ``managed`` of ``scenarios`` with one variant of each
of some axes: factors and weights multiply, overrides apply one after the other, the
last projection that is named counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from math import prod

import pandas as pd

from aumaq.instances.errors import (
    MOST_LISTED,
    InstanceError,
    OptionError,
    UnknownNameError,
)
from aumaq.instances.language.texts import say
from aumaq.instances.people.projection import project
from aumaq.instances.scenarios.overrides import ALWAYS, listed, overridden
from aumaq.instances.schema.projection import PROJECTION_TABLES

Tables = Mapping[str, pd.DataFrame]

JOIN = "+"
"""Stands between a scenario and its variants."""
MOST_NAMES = 10_000
"""Scenarios with variants that are multiplied out."""
MOST_CHECKED = 256
"""Scenarios with variants that ``validate`` tries; of more, each variant alone."""
OF_PROJECTIONS = tuple(
    table.name
    for table in PROJECTION_TABLES
    if any(column.name == "projection" for column in table.columns)
)
"""Tables of which nothing is left once a projection is computed."""
FACTORS = ("capex_factor", "opex_factor", "budget_factor", "probability")


@dataclass(frozen=True)
class Scenario:
    """One future; see tables ``scenarios`` and ``variants``.

    ``projection`` and ``overrides`` are those of the base and its variants together.
    """

    scenario: str
    title: str
    projection: str
    capex_factor: float
    opex_factor: float
    budget_factor: float
    probability: float = 1.0
    overrides: tuple[str, ...] = ()


def scenario_named(tables: Tables, name: str) -> Scenario:
    """Return a scenario, with variants or without (UnknownNameError if there is none).

    *tables* are the instance's own. Variants may come in any order; the scenario's name
    has them in the order of the axes.
    """
    bases, variants = tables["scenarios"], tables["variants"]
    base, *added = [name] if name in set(bases["scenario"]) else name.split(JOIN)
    if base not in set(bases["scenario"]):
        raise UnknownNameError(say("scenario"), name, some_names(tables, MOST_LISTED))
    known = pd.Index(variants["variant"])
    for variant in added:
        if variant not in known:
            raise UnknownNameError(
                say("variant in {name!r}:", name=name), variant, known
            )
    chosen = variants.iloc[sorted(known.get_loc(variant) for variant in added)]
    twice = chosen["axis"][chosen["axis"].duplicated()]
    if len(twice):
        known_names = some_names(tables, MOST_LISTED)
        raise UnknownNameError(
            say("scenario (two variants of {axis!r})", axis=twice.iloc[0]),
            name,
            known_names,
        )
    row = bases[bases["scenario"] == base].iloc[0]
    parts = [row, *(variant for _, variant in chosen.iterrows())]
    factor = dict.fromkeys(FACTORS, 1.0)
    for part in parts:
        for key in FACTORS:
            factor[key] *= float(part[key])
    titles = [str(part["title"]) or code for part, code in zip(
        parts, [base, *chosen["variant"]], strict=True)]  # fmt: skip
    named = [o for part in parts for o in listed(str(part["overrides"]))]
    last = [ALWAYS] if (tables["overrides"]["override"] == ALWAYS).any() else []
    projections = [str(part["projection"]) for part in parts if part["projection"]]
    return Scenario(
        scenario=JOIN.join([base, *chosen["variant"]]),
        title=", ".join(titles),
        projection=projections[-1] if projections else base,
        overrides=(*(name for name in named if name != ALWAYS), *last),
        **factor,
    )


def count_names(tables: Tables) -> int:
    """Return how many scenarios there are with every combination of variants."""
    sizes = tables["variants"].groupby("axis", sort=False).size()
    return len(tables["scenarios"]) * prod(1 + int(size) for size in sizes)


def some_names(tables: Tables, most: int) -> tuple[str, ...]:
    """Return every scenario, or if they are more than *most* each thing by itself."""
    if count_names(tables) <= most:
        return all_names(tables)
    return each_name(tables)


def each_name(tables: Tables) -> tuple[str, ...]:
    """Return each scenario without variants, and the first with each variant alone."""
    names = tuple(str(name) for name in tables["scenarios"]["scenario"])
    variants = tables["variants"]["variant"]
    return *names, *(JOIN.join((names[0], str(variant))) for variant in variants)


def all_names(tables: Tables) -> tuple[str, ...]:
    """Return every scenario with every combination of variants, none included.

    Raises OptionError where they are more than anybody solves.
    """
    if (count := count_names(tables)) > MOST_NAMES:
        raise OptionError(
            say(
                "variants make {count:,} scenarios; name those that are meant, or"
                " each: every scenario, and the first with each variant alone",
                count=count,
            )
        )
    axes = [
        ["", *part["variant"]]
        for _, part in tables["variants"].groupby("axis", sort=False)
    ]
    return tuple(
        JOIN.join(part for part in parts if part)
        for parts in product(tables["scenarios"]["scenario"], *axes)
    )


def changed_tables(tables: Tables, scenario: Scenario) -> dict[str, pd.DataFrame]:
    """Return the tables with the overrides of a scenario done.

    Raises InstanceError where overrides are wrong. What always applies may change rows
    that other scenarios have.
    """
    changed, problems = overridden(tables, scenario.overrides, may_miss=[ALWAYS])
    if problems:
        raise InstanceError(problems)
    return changed


def is_computed(tables: Tables, scenario: Scenario) -> bool:
    """Whether the scenario's people are computed, from table ``projections``."""
    return scenario.projection in set(tables["projections"]["projection"])


def active_tables(
    tables: Tables, scenario: Scenario, kept: Mapping[str, float] | None = None
) -> dict[str, pd.DataFrame]:
    """Return the tables of one scenario: its projection computed, no other one left.

    *tables* have its overrides done. The result makes an instance of its own. *kept*:
    share of services kept near a settlement; see :func:`projection.project`.
    """
    changed = dict(tables)
    if is_computed(tables, scenario):
        rows = project(tables, scenario.projection, kept).rows()
        given = tables["population"]
        given = given[given["scenario"] != scenario.projection]
        both = pd.concat([given, rows], ignore_index=True)
        changed["population"] = both.reindex(columns=given.columns, fill_value="")
    for name in OF_PROJECTIONS:
        changed[name] = tables[name].iloc[:0]
    row = {
        "scenario": scenario.scenario,
        "title": scenario.title,
        "projection": scenario.projection,
        "overrides": "",
        **{name: getattr(scenario, name) for name in FACTORS},
    }
    like = tables["scenarios"]
    scenarios = pd.DataFrame([row], columns=list(row)).reindex(columns=like.columns)
    texts = {name: "" for name in like.columns if name not in row}
    changed["scenarios"] = scenarios.fillna(texts).astype(like.dtypes.to_dict())
    for name in ("variants", "overrides"):
        changed[name] = tables[name].iloc[:0]
    return changed
