"""Trends of settlements: growth of each in a step, before its region is met.

Two censuses with ages make a Hamilton-Perry projection (Hamilton and Perry 1962: ratios
of a cohort to itself between censuses, children per adult); without ages they make a
constant rate; a given rate comes next; the rest grows like its region.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Floats
from aumaq.instances.schema.projection import ALL_AGES

Tables = Mapping[str, pd.DataFrame]

LEAST_RATIO, GREATEST_RATIO = 0.2, 3.0
"""Limits of a cohort's change between censuses: small places show wild ratios."""


def growth_ratios(tables: Tables, years: list[int], half_life: float) -> Floats:
    """Return growth by trend, (settlements, steps), from year to year.

    A trend fades with *half_life*, years (NaN: never), counted from the first year.
    """
    codes = pd.Index(tables["settlements"]["settlement"])
    rate = np.zeros(len(codes))
    given = tables["settlement_trends"]
    rate[codes.get_indexer(given["settlement"])] = given["growth_per_year"]
    steps = np.diff(np.asarray(years, dtype=float))
    log_ratio = rate[:, None] * steps[None, :]
    for settlement, rows in tables["censuses"].groupby("settlement", sort=False):
        last_two = sorted(set(rows["year"]))[-2:]
        if len(last_two) == 2:
            i = codes.get_loc(settlement)
            log_ratio[i] = _from_censuses(rows, last_two, years)
    if np.isnan(half_life):
        return np.exp(log_ratio)
    middle = np.asarray(years[:-1]) + steps / 2.0 - years[0]
    return np.exp(log_ratio * 0.5 ** (middle / half_life))


def _from_censuses(rows: pd.DataFrame, pair: list[int], years: list[int]) -> Floats:
    """Return log growth in each step, (steps,), of one settlement."""
    early, late = (
        rows[rows["year"] == y].set_index("from_age")["persons"] for y in pair
    )
    between = pair[1] - pair[0]
    ages = [age for age in late.index if age != ALL_AGES]
    has_ages = len(ages) > 1 and set(ages) <= set(early.index)
    if has_ages:
        path = hamilton_perry(
            early.loc[sorted(ages)].to_numpy(), late.loc[sorted(ages)].to_numpy(),
            sorted(ages), between, -(-max(0, years[-1] - pair[1]) // between) + 1,
        )  # fmt: skip
        known = pair[1] + between * np.arange(len(path))
        log_path = np.log(np.maximum(path, 1e-9))
        return np.diff(np.interp(years, known, log_path))
    totals = [max(float(part.sum()), 1e-9) for part in (early, late)]
    rate = np.log(totals[1] / totals[0]) / between
    return rate * np.diff(np.asarray(years, dtype=float))


def hamilton_perry(
    early: Floats, late: Floats, ages: list[int], between: int, steps: int
) -> Floats:
    """Return totals in the year of the later census and *steps* intervals on.

    *early*, *late*: people by age group in the two censuses, *between* years apart;
    *ages*: first ages of groups of one width, a divisor of *between*; the last is open.
    """
    width = ages[1] - ages[0]
    shift = max(1, between // width)
    n = len(ages)
    if shift >= n:
        ratio = late.sum() / max(early.sum(), 1e-9)
        return late.sum() * np.clip(ratio, LEAST_RATIO, GREATEST_RATIO) ** np.arange(
            steps + 1
        )
    ratios = np.ones(n)
    ratios[shift : n - 1] = _ratio(late[shift : n - 1], early[: n - 1 - shift])
    ratios[n - 1] = _ratio(late[n - 1 :].sum(), early[n - 1 - shift :].sum())
    first, end = np.searchsorted(ages, (15, 50))
    adults = slice(min(first, n - 1), max(end, 1))
    children = late[:shift] / max(late[adults].sum(), 1e-9)
    path, people = [late.sum()], late.astype(float)
    for _ in range(steps):
        after = np.zeros(n)
        after[shift : n - 1] = people[: n - 1 - shift] * ratios[shift : n - 1]
        after[n - 1] = people[n - 1 - shift :].sum() * ratios[n - 1]
        after[:shift] = children * after[adults].sum()
        people = after
        path.append(people.sum())
    return np.array(path)


def _ratio(above: Floats, below: Floats) -> Floats:
    ratio = np.where(below > 0, above / np.where(below > 0, below, 1.0), 1.0)
    return np.clip(ratio, LEAST_RATIO, GREATEST_RATIO)
