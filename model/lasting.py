"""What is built once and stands from then on: road upgrades, growth points."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from aumaq.model.context import Context, Numbers, Objects


class Lasting(Protocol):
    """Things to build, one an entry: who pays, and what they cost."""

    @property
    def region(self) -> tuple[str, ...]:
        """Region that pays, (G,)."""

    @property
    def capex_mln(self) -> Numbers:
        """Paid once, (G,)."""

    @property
    def opex_mln_per_year(self) -> Numbers:
        """Paid in each year that it stands, (G,)."""

    @property
    def residual_factor(self) -> Numbers:
        """Credit for a mln spent in a period, discounted, (G, T)."""


def pay_lasting(c: Context, service: str, lasting: Lasting, stands: Objects) -> None:
    """Pay when a thing is built, and each year that it stands.

    *stands* are the variables that are 1 from the period in which it is built, (G, T):
    what is paid at the start is what stands now and did not stand before.
    """
    df, count = c.data.df, len(c.data.periods)
    regions, capex = lasting.region, lasting.capex_mln
    opex, credit = lasting.opex_mln_per_year, lasting.residual_factor
    for t in range(count):
        is_last, worth = t + 1 == count, credit[:, t]
        later_df = 0.0 if is_last else df[t + 1]
        later_worth = 0.0 if is_last else credit[:, t + 1]
        here, at = stands[:, t], np.full(len(regions), t)
        c.pay("building", capex * (df[t] - later_df), here)
        c.pay("residual", -capex * (worth - later_worth), here)
        c.pay("operation", opex * c.data.ann[t], here)
        c.spend("investment", service, regions, at, capex, here)
        if not is_last:
            c.spend("investment", service, regions, at + 1, -capex, here)
        c.spend("operation", service, regions, at, opex * c.data.years[t], here)
