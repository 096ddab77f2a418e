"""Growth points that a plan chooses at the start of a period, and who moves to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.people.growth import Moves, chosen_of, moves
from aumaq.instances.people.loads import everyone
from aumaq.results.plan.growth import demand_of

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan


@dataclass(frozen=True)
class Points:
    """The points that are new in a period; P of them, I settlements, T periods."""

    plan: Plan
    at: int  # the period
    number: Ints  # (P,) among the candidates
    settlement: tuple[str, ...]
    tier: tuple[str, ...]
    moves: Moves

    def change(self, members: Floats) -> Floats:
        """Return what each changes of members (I, T) if nobody were chosen, (P, I)."""
        return self.moves.effect(members)[self.number][:, :, self.at]

    def people(self) -> Floats:
        """Return the people whom each brings and takes away, (P, I)."""
        instance = self.plan.instance
        return self.change(
            everyone(instance.tables, instance.active_scenario.projection)
        )

    def newcomers(self, service: str) -> dict[str, float]:
        """Return by settlement the part of the demand there that comes for a point."""
        if not self.settlement:
            return {}
        gained = self.change(self.plan.instance.demand(service))
        whole = demand_of(self.plan, service)[:, self.at]
        found: dict[str, float] = {}
        home = self.moves.settlement[self.number]
        for p, (i, name) in enumerate(zip(home, self.settlement, strict=True)):
            if gained[p, i] > 0.0 < whole[i]:
                found[name] = min(1.0, float(gained[p, i] / whole[i]))
        return found


def new_points(plan: Plan, period: str) -> Points:
    """Return the growth points that are chosen at the start of a period."""
    instance, tables = plan.instance, plan.instance.tables
    at = list(instance.period_names).index(period)
    chosen = chosen_of(tables, plan.table("growth_points"))
    number = np.flatnonzero(np.diff(chosen, axis=1, prepend=0)[:, at] > 0)
    rows = tables["growth_candidates"].iloc[number]
    return Points(
        plan,
        at,
        number,
        tuple(map(str, rows["settlement"])),
        tuple(map(str, rows["tier"])),
        moves(tables, instance.active_scenario.projection),
    )
