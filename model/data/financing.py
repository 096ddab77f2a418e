"""Who may pay for what: funds, and partners who are paid back.

Shapes: F funds, E rows on what they may pay for, P partnerships, B burdens, 2 kinds of
spending (investment, operation), S sectors (services, networks, roads, growth points,
staff), R regions (the first is none), T periods, Y calendar years with payments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances import Instance
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.schema.growth import GROWTH_POINTS
from aumaq.instances.schema.roads import ROADS
from aumaq.instances.schema.running import STAFF
from aumaq.instances.terms import COVERED

KINDS = ("investment", "operation")


@dataclass(frozen=True)
class FundData:
    """Funds: what each has, what it may pay for, which shares it pays."""

    funds: tuple[str, ...]
    limit_mln: Floats  # (F, T) inf without a limit
    carries: Flags  # (F,)
    growth: Floats  # (F, T) of a mln of the first period, carried over until then
    fund: Ints  # (E,)
    covers: Flags  # (E, 2, S, R)
    share_least: Floats  # (E,)
    share_most: Floats  # (E,)

    @property
    def may_pay(self) -> Flags:
        """What each may pay for, (F, 2, S, R)."""
        found = np.zeros((len(self.funds), *self.covers.shape[1:]), dtype=bool)
        np.logical_or.at(found, self.fund, self.covers)
        return found


@dataclass(frozen=True)
class PartnerData:
    """Partnerships: what each may pay for, and how it is paid back."""

    partnerships: tuple[str, ...]
    may: Flags  # (P, S, R)
    share_most: Floats  # (P,)
    limit_mln: Floats  # (P,)
    yearly: Floats  # (P, T, Y) paid back in a year for a mln of a period
    years: tuple[int, ...]
    period: Ints  # (Y,) in which the year lies; T after the last
    factor: Floats  # (Y,) by which a payment is discounted
    burdens: tuple[str, ...]
    burdened: Flags  # (B, S, R)
    most_mln_per_year: Floats  # (B,)
    worth: Floats  # (P, T) of a mln of a period, less what it is paid back: discounted


def sectors_of(instance: Instance) -> tuple[str, ...]:
    """Return what money is spent on: services first."""
    others = (*instance.network_names, ROADS, GROWTH_POINTS, STAFF)
    return (*instance.service_names, *others)


def regions_of(instance: Instance) -> tuple[str, ...]:
    """Return the regions that may pay; the first is none."""
    tables = instance.tables
    known = [*tables["settlements"]["region"], *tables["road_upgrades"]["region"]]
    return ("", *(region for region in dict.fromkeys(known) if region))


def fund_data(instance: Instance) -> FundData:
    """Return the funds of the active scenario."""
    tables, count = instance.tables, len(instance.period_names)
    sources, rules = tables["funding_sources"], tables["funding_eligibility"]
    funds = pd.Index(sources["fund"])
    start = np.array(instance.first_years, dtype=float)
    interest = sources["interest"].to_numpy(dtype=float)[:, None]
    covers = _covers(instance, rules)[:, None]
    kinds = [[kind in COVERED[c] for kind in ("building", "operation")]
             for c in rules["covers"]]  # fmt: skip
    is_kind = np.array(kinds, dtype=bool).reshape(-1, 2)
    return FundData(
        funds=tuple(funds),
        limit_mln=_limits(instance, funds, count),
        carries=sources["carry_over"].to_numpy(dtype=bool),
        growth=(1.0 + interest) ** (start - start[0]),
        fund=funds.get_indexer(rules["fund"]).astype(np.int64),
        covers=covers & is_kind[:, :, None, None],
        share_least=rules["share_least"].to_numpy(dtype=float),
        share_most=rules["share_most"].to_numpy(dtype=float),
    )


def _limits(instance: Instance, funds: pd.Index[Any], count: int) -> Floats:
    rows = instance.tables["funding_limits"]
    found = np.full((len(funds), count), np.inf)
    fund = funds.get_indexer(rows["fund"])
    found[np.unique(fund)] = 0.0
    t = pd.Index(instance.period_names).get_indexer(rows["period"])
    by_year = np.searchsorted(instance.first_years, rows["year"], side="right") - 1
    t = np.where(t >= 0, t, by_year)
    factor = instance.active_scenario.budget_factor
    np.add.at(found, (fund, t), rows["amount_mln"].to_numpy(dtype=float) * factor)
    return found


def partner_data(instance: Instance) -> PartnerData:
    """Return the partnerships of the active scenario."""
    rows, burdens = instance.tables["partnerships"], instance.tables["burdens"]
    firsts = np.array(instance.first_years, dtype=np.int64)
    term = rows["term_years"].to_numpy(dtype=np.int64)
    wait = rows["first_payment_years"].to_numpy(dtype=np.int64)
    last = int(firsts[-1] + (wait + term).max(initial=0))
    years = np.arange(firsts[0], last if len(rows) else firsts[0])
    due = years[None, None, :] - firsts[None, :, None] - wait[:, None, None]
    is_due = (due >= 0) & (due < term[:, None, None])
    annuity = _annuity(rows["premium"].to_numpy(dtype=float), wait, term)
    end = firsts[-1] + instance.period_years[-1]
    period = np.searchsorted(firsts, years, side="right") - 1
    rate = instance.policies.discount_rate
    yearly = is_due * annuity[:, None, None]
    factor = (1.0 + rate) ** (instance.base_year - years.astype(float))
    df = (1.0 + rate) ** (instance.base_year - firsts.astype(float))
    return PartnerData(
        partnerships=tuple(rows["partnership"]),
        may=_covers(instance, rows),
        share_most=rows["share_most"].to_numpy(dtype=float),
        limit_mln=rows["limit_mln"].to_numpy(dtype=float),
        yearly=yearly,
        years=tuple(years.tolist()),
        period=np.where(years < end, period, len(firsts)),
        factor=factor,
        burdens=tuple(burdens["burden"]),
        burdened=_covers(instance, burdens),
        most_mln_per_year=burdens["most_mln_per_year"].to_numpy(dtype=float),
        worth=df - yearly @ factor,
    )


def _annuity(rate: Floats, wait: Ints, term: Ints) -> Floats:
    """Return the yearly payment for a mln: at *rate* all of them are worth a mln.

    The first comes after *wait* years, and there are *term* of them.
    """
    worth = [
        sum((1.0 + r) ** -(w + k) for k in range(n))
        for r, w, n in zip(rate.tolist(), wait.tolist(), term.tolist(), strict=True)
    ]
    return 1.0 / np.array(worth, dtype=float)


def _covers(instance: Instance, rows: pd.DataFrame) -> Flags:
    """Return which sectors and regions each row covers, (rows, S, R)."""
    sides = []
    for column, names in (
        ("service", sectors_of(instance)),
        ("region", regions_of(instance)),
    ):
        own = rows[column].to_numpy(dtype=object)[:, None]
        sides.append((own == "") | (own == np.array(names, dtype=object)[None, :]))
    return np.asarray(sides[0][:, :, None] & sides[1][:, None, :], dtype=bool)
