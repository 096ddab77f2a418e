"""Rates of a projection as arrays: fertility, survival, migration of a step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from aumaq.instances.access.options import chord_to_km, to_unit_sphere
from aumaq.instances.arrays import Floats
from aumaq.instances.schema.projection import ALL_AGES, SEXES

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Rates:
    """Rates of one step; R regions, S sexes (one if not told apart), A age groups.

    ``births``: (R, A) a woman a year; ``survival``: (R, S, A) a step;
    ``newborn``: (R, S) births alive at the end of the step; ``moves``: (R, R, A) share
    a year from the first region to the second; ``external``: (R, A) persons a year,
    ``external_any_age``: (R,) persons a year that spread like the people there.
    """

    births: Floats
    survival: Floats
    newborn: Floats
    moves: Floats
    external: Floats
    external_any_age: Floats


@dataclass(frozen=True)
class Axes:
    """What the axes of the arrays mean."""

    regions: tuple[str, ...]
    sexes: tuple[str, ...]
    ages: tuple[int, ...]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Regions, sexes, age groups."""
        return len(self.regions), len(self.sexes), len(self.ages)


def axes_of(tables: Tables) -> Axes:
    """Return regions in order of the settlements, sexes and age groups."""
    cohorts = tables["cohorts"]
    regions = tuple(dict.fromkeys(tables["settlements"]["region"]))
    sexes = SEXES if (cohorts["sex"] != "").any() else ("",)
    return Axes(regions, sexes, tuple(sorted({int(a) for a in cohorts["from_age"]})))


def start_cohorts(tables: Tables, axes: Axes, totals: Floats) -> Floats:
    """Return people in the start year, (R, S, A); regions sum to *totals*."""
    shares = np.zeros(axes.shape)
    for row in _by_detail(tables["cohorts"], ["region"]).itertuples():
        here = _where(axes.regions, row.region)
        shares[here, axes.sexes.index(row.sex), axes.ages.index(row.from_age)] = (
            row.persons
        )
    sums = shares.sum(axis=(1, 2), keepdims=True)
    return np.asarray(totals)[:, None, None] * shares / np.where(sums > 0, sums, 1.0)


def rates_of(
    tables: Tables, axes: Axes, row: pd.Series[object], year: int, step: int
) -> Rates:
    """Return the rates of the step that begins in *year*."""
    n_regions, _, n_ages = axes.shape
    name = str(row["projection"])
    births = np.nan_to_num(fertility_of(tables, axes, name, year))
    survival, newborn = (
        np.where(np.isnan(shares), 1.0, shares)
        for shares in survival_of(tables, axes, name, year)
    )
    external, any_age = np.zeros((n_regions, n_ages)), np.zeros(n_regions)
    order = ["projection", "first_year"]
    for line in _valid(tables["external_migration"], name, year, order).itertuples():
        if line.region in axes.regions:
            r = axes.regions.index(line.region)
            if line.from_age == ALL_AGES:
                any_age[r] = line.persons_per_year
            elif line.from_age in axes.ages:
                external[r, axes.ages.index(line.from_age)] = line.persons_per_year
    moves = _moves(tables, axes, row, year)
    return Rates(
        births, survival, newborn, _at_most_all(moves, step), external, any_age
    )


def fertility_of(tables: Tables, axes: Axes, name: str, year: int) -> Floats:
    """Return births a woman a year, (R, A); NaN where no row fits: no births."""
    n_regions, _, n_ages = axes.shape
    births = np.full((n_regions, n_ages), np.nan)
    order = ["projection", "region", "first_year"]
    for line in _valid(tables["fertility"], name, year, order).itertuples():
        if line.from_age in axes.ages:
            here = _where(axes.regions, line.region)
            births[here, axes.ages.index(line.from_age)] = line.births_per_woman_year
    return births


def survival_of(
    tables: Tables, axes: Axes, name: str, year: int
) -> tuple[Floats, Floats]:
    """Return shares alive a step later, (R, S, A), and of births, (R, S).

    NaN where no row fits: nobody dies.
    """
    survival, newborn = np.full(axes.shape, np.nan), np.full(axes.shape[:2], np.nan)
    order = ["projection", "region", "sex", "first_year"]
    for line in _valid(tables["survival"], name, year, order).itertuples():
        here = _where(axes.regions, line.region)
        who = _where(axes.sexes, line.sex)
        if line.from_age == ALL_AGES:
            newborn[np.ix_(here, who)] = line.share
        elif line.from_age in axes.ages:
            a = [axes.ages.index(line.from_age)]
            survival[np.ix_(here, who, a)] = line.share
    return survival, newborn


def _moves(tables: Tables, axes: Axes, row: pd.Series[object], year: int) -> Floats:
    """Return shares a year that move from region to region, (R, R, A)."""
    n_regions, _, n_ages = axes.shape
    moves = np.zeros((n_regions, n_regions, n_ages))
    if row["migration"] == "rates":
        order = ["projection", "from_age", "first_year"]
        rows = _valid(tables["migration_rates"], str(row["projection"]), year, order)
        for line in rows.itertuples():
            if {line.from_region, line.to_region} <= set(axes.regions):
                ages = (
                    list(range(n_ages)) if line.from_age == ALL_AGES
                    else _where(axes.ages, line.from_age)
                )  # fmt: skip
                r, q = (axes.regions.index(line.from_region),
                        axes.regions.index(line.to_region))  # fmt: skip
                moves[r, q, ages] = line.share_per_year
    elif row["migration"] == "gravity":
        pull = gravity(tables, axes.regions, float(row["gravity_exponent"]))
        moves[:] = pull[:, :, None] * float(row["gravity_share_per_year"])
    return moves


def gravity(tables: Tables, regions: tuple[str, ...], exponent: float) -> Floats:
    """Return where leavers of a region go, (R, R); rows sum to 1 (to 0 if alone).

    Proportional to population over distance to a power (Zipf 1946, the P1 P2 / D
    hypothesis); distances are between population-weighted centres.
    """
    places = tables["settlements"]
    people = places.groupby("region")["population"].sum().reindex(list(regions))
    weight = places["population"].clip(lower=1e-9)
    by = [
        (places[c] * weight).groupby(places["region"]).sum()
        / weight.groupby(places["region"]).sum()
        for c in ("lat", "lon")
    ]
    lat, lon = (column.reindex(list(regions)).to_numpy() for column in by)
    points = to_unit_sphere(lat, lon)
    away = chord_to_km(np.linalg.norm(points[:, None] - points[None, :], axis=2))
    pull = people.to_numpy()[None, :] / np.maximum(away, 1.0) ** exponent
    np.fill_diagonal(pull, 0.0)
    sums = pull.sum(axis=1, keepdims=True)
    shares: Floats = pull / np.where(sums > 0, sums, 1.0)
    return shares


def _at_most_all(moves: Floats, step: int) -> Floats:
    """Scale shares down where more than everybody would leave within a step."""
    leaving = moves.sum(axis=1, keepdims=True) * step
    return moves / np.maximum(leaving, 1.0)


def _valid(
    rows: pd.DataFrame, projection: str, year: int, order: list[str]
) -> pd.DataFrame:
    """Return rows for a projection in a year; what names more comes later."""
    rows = rows[rows["projection"].isin(["", projection])]
    return _by_detail(rows[rows["first_year"] <= year], order)


def _by_detail(rows: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    keys = pd.DataFrame(
        {
            c: rows[c] if c == "first_year" else ~rows[c].isin(["", ALL_AGES])
            for c in order
        },
        index=rows.index,
    )
    return rows.loc[keys.sort_values(order, kind="stable").index]


def _where(names: tuple[object, ...], name: object) -> list[int]:
    """Return positions that a name means; an empty one means all."""
    if name == "":
        return list(range(len(names)))
    return [names.index(name)] if name in names else []
