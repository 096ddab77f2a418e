"""Checks of rates: who would live for ever or have no births for want of a row.

A missing row is legal: nobody dies, nobody is born (see tables ``survival`` and
``fertility``). It is rarely meant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from aumaq.instances.arrays import Flags
from aumaq.instances.checks.check import Found, Tables, Warn, check, problem
from aumaq.instances.language.texts import Text, chained, say
from aumaq.instances.people.projection.calendar import step_years
from aumaq.instances.people.projection.rates import (
    Axes,
    axes_of,
    fertility_of,
    survival_of,
)
from aumaq.instances.schema.projection import ALL_AGES

Gaps = Callable[[str, int], Flags]
"""Projection, year -> who has no rate: regions, sexes, births and age groups."""
OF_RATES = ("projections", "cohorts", "fertility", "survival", "settlements",
            "periods", "instance")  # fmt: skip


@check(*OF_RATES, about=("cohorts",))
def everybody_has_a_survival(tables: Tables) -> Found:
    """Every region, sex and age group has a share that survives, in every step."""
    axes = axes_of(tables)

    def gaps(name: str, year: int) -> Flags:
        alive, newborn = survival_of(tables, axes, name, year)
        return np.isnan(np.concatenate([newborn[:, :, None], alive], axis=2))

    yield from _told(tables, "survival", axes, gaps, say("nobody of them dies"))


@check(*OF_RATES, about=("cohorts",))
def every_region_has_births(tables: Tables) -> Found:
    """Every region has births, and no age between two that have some has none."""
    axes = axes_of(tables)
    n_regions, _, n_ages = axes.shape

    def gaps(name: str, year: int) -> Flags:
        is_given = ~np.isnan(fertility_of(tables, axes, name, year))
        older = np.logical_or.accumulate(is_given, axis=1)
        younger = np.logical_or.accumulate(is_given[:, ::-1], axis=1)[:, ::-1]
        is_barren = ~is_given.any(axis=1, keepdims=True)
        missing = (older & younger & ~is_given) | is_barren
        found = np.zeros((n_regions, 1, 1 + n_ages), dtype=bool)
        found[:, 0, 1:] = missing
        return found

    women = Axes(axes.regions, ("",), axes.ages)
    yield from _told(tables, "fertility", women, gaps, say("they have no births"))


def _told(tables: Tables, table: str, axes: Axes, gaps: Gaps, what: Text) -> Found:
    """Yield a warning for each kind of people without a rate of a projection."""
    rows = tables["projections"]
    if tables["cohorts"].empty:
        return
    for k in range(len(rows)):
        row = rows.iloc[k]
        name, years = str(row["projection"]), step_years(tables, row)[:-1]
        missing = np.stack([gaps(name, year) for year in years], axis=-1)
        for who in _people(missing, axes, years):
            text = say(
                "projection {projection!r}, {who}: no row, so that {what}",
                projection=name,
                who=who,
                what=what,
            )
            yield Warn(problem(table, text))


@dataclass(frozen=True)
class _Kind:
    """People who lack a rate in the same steps."""

    steps: tuple[int, ...]
    ages: tuple[int, ...]
    sexes: tuple[str, ...] = ()


def _people(missing: Flags, axes: Axes, years: Sequence[int]) -> list[Text]:
    """Return who is missing, (regions, sexes, births and ages, years), in words.

    Ages that are missing in the same steps go together, then sexes, then regions.
    """
    regions_of: dict[_Kind, list[str]] = defaultdict(list)
    for r, region in enumerate(axes.regions):
        sexes_of: dict[_Kind, list[str]] = defaultdict(list)
        for s, sex in enumerate(axes.sexes):
            ages_of: dict[tuple[int, ...], list[int]] = defaultdict(list)
            for a, age in enumerate((ALL_AGES, *axes.ages)):
                steps = tuple(np.flatnonzero(missing[r, s, a]).tolist())
                if steps:
                    ages_of[steps].append(age)
            for steps, ages in ages_of.items():
                sexes_of[_Kind(steps, tuple(ages))].append(sex)
        for kind, sexes in sexes_of.items():
            regions_of[replace(kind, sexes=tuple(sexes))].append(region)
    return [
        _in_words(kind, regions, axes, years) for kind, regions in regions_of.items()
    ]


def _in_words(
    kind: _Kind, regions: list[str], axes: Axes, years: Sequence[int]
) -> Text:
    parts = [
        say("all regions")
        if len(regions) == len(axes.regions)
        else say("region {names}", names=", ".join(regions))
    ]
    if kind.sexes != axes.sexes:
        parts.append(say("sex {names}", names=", ".join(kind.sexes)))
    if set(axes.ages) <= set(kind.ages):
        parts.append(say("all ages"))
    else:
        oldest = axes.ages[-1]
        ages = [f"{age}+" if age == oldest else str(age) for age in kind.ages]
        parts.append(say("from_age {ages}", ages=", ".join(ages)))
    if len(kind.steps) < len(years):
        steps = ", ".join(str(years[t]) for t in kind.steps)
        parts.append(say("in the steps from {years}", years=steps))
    return chained(parts, ", ")
