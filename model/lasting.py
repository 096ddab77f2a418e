"""What is built once and stands from then on: roads, growth points, network steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from aumaq.model.algebra import Block, Rows
from aumaq.model.context import Context, Numbers
from aumaq.model.table import Table, positions


class Lasting(Protocol):
    """Things to build, one an entry: who pays, from when on, and what they cost."""

    @property
    def region(self) -> tuple[str, ...]:
        """Region that pays, (G,)."""

    @property
    def first_period(self) -> Numbers:
        """Position of the first period in which it can be built, (G,)."""

    @property
    def capex_mln(self) -> Numbers:
        """Paid once, (G,)."""

    @property
    def opex_mln_per_year(self) -> Numbers:
        """Paid in each year that it stands, (G,)."""

    @property
    def residual_factor(self) -> Numbers:
        """Credit for a mln spent in a period, discounted, (G, T)."""


def things(c: Context, lasting: Lasting) -> Table:
    """Return a row for each thing and period."""
    columns = {
        "thing": np.arange(len(lasting.region)),
        "region": positions(lasting.region, c.tables.names["region"]),
        "first_period": lasting.first_period,
        "capex_mln": lasting.capex_mln,
        "opex_mln_per_year": lasting.opex_mln_per_year,
    }
    return Table(columns, c.tables.names).cross(c.tables.periods)


def stays(block: Block, name: str, stands: Table, by: Sequence[str], rule: str) -> None:
    r"""Write rows :math:`x_t \ge x_{t-1}` for variables of later periods."""
    later = stands.where(stands["period"] > 0).sorted_by("period")
    before = stands.plus(period=stands["period"] + 1)
    Rows(block, name, later, by, rule).add(later).add(before, -1.0).write(0.0, np.inf)


def pay_lasting(c: Context, service: str, stands: Table, credit: Numbers) -> None:
    r"""Pay when a thing is built, and each year that it stands.

    *stands* has a variable for each thing and period: what stands of it, of which a
    unit costs capex_mln once and opex_mln_per_year; its region pays. *credit* is what a
    mln that is spent in a period is worth at the end, discounted, (things, T). Paid at
    the start is what stands now and did not stand before:
    :math:`\sum_t price_t (x_t - x_{t-1}) = \sum_t (price_t - price_{t+1})\, x_t`.
    """
    stands = stands.sorted_by("period")
    thing, t, periods = stands["thing"], stands["period"], c.tables.periods
    capex, opex = stands["capex_mln"], stands["opex_mln_per_year"]
    df, worth = np.append(periods["df"], 0.0), np.pad(credit, ((0, 0), (0, 1)))
    c.pay("building", capex * (df[t] - df[t + 1]), stands)
    c.pay("residual", -capex * (worth[thing, t] - worth[thing, t + 1]), stands)
    c.pay("operation", opex * periods["ann"][t], stands)
    c.spend("investment", service, capex, stands)
    # Of what stood before nothing is built; after the last period nobody asks.
    c.spend("investment", service, -capex, stands.plus(period=t + 1))
    c.spend("operation", service, opex * periods["years"][t], stands)
