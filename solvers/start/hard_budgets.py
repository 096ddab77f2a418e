"""What is left of budgets that may not be overrun, while a plan is put together.

Shapes: B rows of such budgets (one a period), P places, T periods. Mln, undiscounted,
counted as in model/families/budgets.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np

from aumaq.instances.arrays import Flags, Floats
from aumaq.instances.terms import COVERED, INVESTMENT
from aumaq.model.data.gathered import ModelData
from aumaq.solvers.start.purse import Purse

ROUNDING = 1e-9
"""Relative to a budget, what sums of its spending are rounded to."""


@dataclass(frozen=True)
class Limit:
    """One budget in one period, as the places of a service or network meet it."""

    number: int
    period: int
    years: float
    pays: Flags  # (P,) whose spending it covers
    investment: bool
    operation: bool
    left_mln: float
    rounding_mln: float  # so much may be missing all the same

    def counted(self, investment: Floats, running: Floats) -> Floats:
        """Return what places spend of its kind, (P,): of mln at once and a year's."""
        once = investment[:, self.period] * self.investment
        yearly = running[:, self.period] * (self.years * self.operation)
        return np.asarray(once + yearly)


@dataclass(frozen=True)
class Cap:
    """A limit beside the budgets: what there is somebody to pay for, like a row."""

    period: str
    service: str
    region: str
    covers: str
    amount_mln: float


class HardBudgets(Purse):
    """The rows of all budgets that may not be overrun, and what is left of each."""

    def __init__(self, data: ModelData, caps: Sequence[Cap] = ()) -> None:
        """Take what the active scenario allows, and *caps* beside it."""
        table = data.instance.tables["budgets"]
        rows: Any = table[table["is_hard"].to_numpy(dtype=bool)]
        self._rows: list[Any] = [*rows.itertuples(), *caps]
        self._periods, self._years = data.periods, data.years
        factor = data.instance.active_scenario.budget_factor
        own = rows["amount_mln"].to_numpy(dtype=float) * factor
        self.left_mln = np.append(own, [cap.amount_mln for cap in caps])
        self._rounding_mln = self.left_mln * ROUNDING

    def copied(self) -> HardBudgets:
        """Return the same budgets, to be spent apart."""
        other = copy(self)
        other.left_mln = self.left_mln.copy()
        return other

    def limits(self, name: str, regions: Sequence[str]) -> Iterator[Limit]:
        """Yield what binds a service, a network, roads or growth points, in time."""
        where = np.array(regions, dtype=object)
        when = [self._periods.index(row.period) for row in self._rows]
        for number in np.argsort(when, kind="stable").tolist():
            row = self._rows[number]
            pays = np.full(len(where), not row.region) | (where == row.region)
            if row.service in ("", name) and pays.any():
                yield Limit(
                    number,
                    when[number],
                    float(self._years[when[number]]),
                    pays,
                    set(INVESTMENT) <= set(COVERED[row.covers]),
                    "operation" in COVERED[row.covers],
                    float(self.left_mln[number]),
                    float(self._rounding_mln[number]),
                )

    def spend(
        self, name: str, regions: Sequence[str], investment: Floats, running: Floats
    ) -> None:
        """Take away what is spent: a start's and a year's mln, (P, T)."""
        for limit in self.limits(name, regions):
            spent = limit.counted(investment, running)[limit.pays]
            self.left_mln[limit.number] -= float(spent.sum())
