"""Figures of a plan that several places tell, each defined once.

Summary, report, comparison, plots and studies take them from here. Of services they are
the indicators of the whole territory of the same name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from aumaq.instances.access.limits import loosened
from aumaq.instances.arrays import Floats
from aumaq.instances.terms import INVESTMENT
from aumaq.results.indicators import services
from aumaq.results.indicators.state import Indicator, Measure, State, bare

if TYPE_CHECKING:
    from aumaq.instances import Instance
    from aumaq.results.plan.plan import Plan


@dataclass(frozen=True)
class Ratios:
    """Ratios of sums, a row a service or network, a column a period.

    ``otherwise`` is the value where there is nothing to relate to.
    """

    top: pd.DataFrame
    bottom: pd.DataFrame
    otherwise: float

    @property
    def by_period(self) -> pd.DataFrame:
        """The ratio in each period."""
        ratio = self.top / self.bottom.where(self.bottom > 0)
        return ratio.fillna(self.otherwise)

    @property
    def overall(self) -> pd.Series[float]:
        """The ratio of the sums over all periods: no mean of those of the periods."""
        top, bottom = self.top.sum(axis=1), self.bottom.sum(axis=1)
        return (top / bottom.where(bottom > 0)).fillna(self.otherwise)


def served_share(plan: Plan) -> Ratios:
    """Return the share of demand that is served, by service; 1 where there is none."""
    return _of_services(plan, services.share_served, 1.0)


def unserved_share(plan: Plan) -> pd.Series[float]:
    """Return by settlement the largest share of demand that is not served.

    Of the demand of one service in one period: services have different units. Where
    there is no demand, nothing is missing.
    """
    rows = plan.unserved[plan.unserved["demand"] > 0]
    largest = rows.groupby("settlement")["share"].max()
    return largest.reindex(plan.instance.settlement_ids, fill_value=0.0)


def mean_minutes(plan: Plan) -> Ratios:
    """Return mean minutes of those served, by service; NaN where nobody is."""
    return _of_services(plan, services.mean_minutes, np.nan)


def shed_share(plan: Plan) -> Ratios:
    """Return the share of load that is not met, by network; 0 where there is none."""
    rows, instance = plan.table("loads"), plan.instance
    rows = rows.assign(load=rows["base_load"] + rows["facility_load"])
    sums = rows.groupby(["network", "period"])[["shed", "load"]].sum()
    shed, load = (
        sums[column]
        .unstack("period")
        .reindex(index=instance.network_names, columns=instance.period_names)
        .fillna(0.0)
        for column in ("shed", "load")
    )
    return Ratios(shed, load, 0.0)


def investment(plan: Plan, by: str | list[str]) -> pd.Series[float]:
    """Return what is built, renewed and closed, mln of its year.

    *by*: columns of the table of money (service, region, period).
    """
    rows = plan.money[plan.money["item"].isin(INVESTMENT)]
    return rows.groupby(by, sort=False)["amount_mln"].sum()


def share_within(rows: pd.DataFrame, minutes: Floats, demand: float) -> Floats:
    """Return the share of *demand* that is served within each of *minutes*.

    *rows* are the allocation of one service in one period; a limit is kept as
    everywhere, up to the one tolerance. Without demand everybody is served.
    """
    if demand <= 0:
        return np.ones(len(minutes))
    order = np.argsort(rows["minutes"].to_numpy(), kind="stable")
    summed = np.cumsum(rows["demand"].to_numpy()[order])
    ways = rows["minutes"].to_numpy()[order]
    count = np.searchsorted(ways, loosened(minutes), side="right")
    return np.asarray(np.concatenate([[0.0], summed])[count] / demand)


def _of_services(
    plan: Plan, formula: Callable[[State, Indicator], Measure], otherwise: float
) -> Ratios:
    """Return an indicator of the whole territory for each service that people use."""
    state, instance = bare(plan), plan.instance
    top: dict[str, Floats] = {}
    bottom: dict[str, Floats] = {}
    for service in filter(instance.serves, instance.service_names):
        found = formula(state, Indicator(service=service))
        assert found.bottom is not None
        top[service], bottom[service] = found.top[0], found.bottom[0]
    return Ratios(_table(top, instance), _table(bottom, instance), otherwise)


def _table(rows: dict[str, Floats], instance: Instance) -> pd.DataFrame:
    """Return rows by name as a table with a column a period."""
    columns = list(instance.period_names)
    return pd.DataFrame.from_dict(
        rows, orient="index", columns=columns, dtype="float64"
    )
