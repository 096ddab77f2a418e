"""The cohort-component method: one step of ageing, births, deaths and migration.

Preston, Heuveline and Guillot, Demography (2001), chapter 6: survivors move to the next
age group; births are those of the women at risk, the mean of the group at the start and
at the end of the step; migration takes place at the end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aumaq.instances.arrays import Floats
from aumaq.instances.people.projection.rates import Rates


@dataclass(frozen=True)
class Flows:
    """What changed in a step by region, (R,), persons."""

    births: Floats
    deaths: Floats
    migration_in: Floats
    migration_out: Floats
    external: Floats


def one_step(
    people: Floats, rates: Rates, step: int, male_share: float
) -> tuple[Floats, Flows]:
    """Return people a step later, (R, S, A), and the flows.

    End = start + births - deaths + in - out + external, exactly; never below zero.
    """
    grown, births, deaths = _natural(people, rates, step, male_share)
    moved = grown[:, None] * (rates.moves * step)[:, :, None, :]  # (R, R, S, A)
    out, into = moved.sum(axis=1), moved.sum(axis=0)
    settled = np.maximum(grown - out, 0.0) + into
    external = _external(settled, rates, step)
    return settled + external, Flows(
        births,
        deaths,
        into.sum(axis=(1, 2)),
        out.sum(axis=(1, 2)),
        external.sum(axis=(1, 2)),
    )


def _natural(
    people: Floats, rates: Rates, step: int, male_share: float
) -> tuple[Floats, Floats, Floats]:
    """Return people after ageing, deaths and births; births and deaths, (R,)."""
    alive = people * rates.survival
    grown = np.zeros_like(people)
    grown[..., 1:] = alive[..., :-1]
    grown[..., -1] += alive[..., -1]  # the last group is open
    has_sexes = people.shape[1] == 2
    women = (people[:, 0] + grown[:, 0]) / 2.0
    if not has_sexes:
        women = women * (1.0 - male_share)
    births = step * (rates.births * women).sum(axis=1)
    shares = np.array([1.0 - male_share, male_share] if has_sexes else [1.0])
    newborn = births[:, None] * shares * rates.newborn
    grown[..., 0] += newborn
    deaths = (people - alive).sum(axis=(1, 2)) + births - newborn.sum(axis=1)
    return grown, births, deaths


def _external(people: Floats, rates: Rates, step: int) -> Floats:
    """Return net arrivals from abroad, (R, S, A); nobody leaves who is not there."""
    ages = people.sum(axis=1, keepdims=True)
    by_sex = np.where(ages > 0, people / np.where(ages > 0, ages, 1.0),
                      1.0 / people.shape[1])  # fmt: skip
    totals = people.sum(axis=(1, 2), keepdims=True)
    share = np.where(totals > 0, people / np.where(totals > 0, totals, 1.0),
                     1.0 / people[0].size)  # fmt: skip
    wanted = rates.external[:, None, :] * by_sex
    wanted = (wanted + rates.external_any_age[:, None, None] * share) * step
    arrivals: Floats = np.maximum(wanted, -people)
    return arrivals
