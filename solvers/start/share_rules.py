"""Who is left unserved in a first plan, so that hard rules between groups hold.

It is no good plan that serves the best group less; but there is one at once.
Shapes: K options, I settlements, T periods.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from aumaq.instances.access.limits import within
from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.schema.fairness import OF_SHARE
from aumaq.model.data.gathered import ModelData
from aumaq.model.data.services import ServiceData
from aumaq.model.families.gaps import groups_compared
from aumaq.solvers.solution.decisions import ServiceDecisions

ROUNDS = 12
"""How often the groups of all rules are gone through: one rule may upset another."""
SAFE = 1e-9
"""Groups are led so far inside of the limit."""


def levelled(
    data: ModelData, services: Mapping[str, ServiceDecisions]
) -> dict[str, ServiceDecisions]:
    """Return decisions that keep the hard bounds on gaps, where some may be unserved.

    The first period of a rule counts as in the model.
    """
    found = dict(services)
    rules = data.instance.tables["gaps"]
    for name in rules["service"][rules["is_hard"]].unique().tolist():
        d = data.services[name]
        if d.may_be_unserved:
            own = rules[rules["is_hard"] & (rules["service"] == name)]
            gaps = [_Gap.of(data, d, rule) for rule in own.itertuples()]
            found[name] = _kept(d, gaps, found[name])
    return found


def _kept(d: ServiceData, gaps: list[_Gap], own: ServiceDecisions) -> ServiceDecisions:
    share, unserved = own.share.copy(), own.unserved.copy()
    for t in range(share.shape[1]):
        for _ in range(ROUNDS):
            lost = [gap.lower(d, share[:, t], unserved[:, t], t) for gap in gaps]
            if not any(lost):
                break
    return replace(own, share=share, unserved=unserved)


@dataclass(frozen=True)
class _Gap:
    """A rule: its groups of settlements, and what an option adds to the measure."""

    rule: Any
    groups: list[Ints]
    worth: Floats  # (K,) of a unit that goes this way
    nobody: float  # of a unit that is not served
    first: int

    @classmethod
    def of(cls, data: ModelData, d: ServiceData, rule: Any) -> _Gap:
        place, group, labels = groups_compared(data.instance.tables, rule)
        groups = [place[group == k] for k in range(len(labels))]
        is_share = rule.measure == OF_SHARE
        near = within(d.option_minutes, rule.minutes).astype(float)
        worth = near if is_share else np.minimum(d.option_minutes, rule.minutes)
        first = data.periods.index(rule.first_period) if rule.first_period else 0
        return cls(rule, groups, worth, 0.0 if is_share else rule.minutes, first)

    def lower(self, d: ServiceData, share: Floats, unserved: Floats, t: int) -> bool:
        """Leave some unserved where a group is too much better; whether any was."""
        if t < self.first:
            return False
        demand = d.demand[:, t]
        sums = unserved * self.nobody
        np.add.at(sums, d.option_settlement, share * self.worth)
        groups = [own[demand[own] > 0] for own in self.groups]
        groups = [own for own in groups if len(own)]
        values = np.array(
            [demand[own] @ sums[own] / demand[own].sum() for own in groups]
        )
        if not len(values) or np.ptp(values) <= self.rule.most + SAFE:
            return False
        # Of a share more is better, of minutes less; both go to that of nobody served.
        is_share = self.rule.measure == OF_SHARE
        room = max(self.rule.most - SAFE, 0.0)
        limit = values.min() + room if is_share else values.max() - room
        done = False
        for own, value in zip(groups, values.tolist(), strict=True):
            if (value > limit) if is_share else (value < limit):
                done |= self._leave(d, share, unserved, own, (value, limit))
        return done

    def _leave(
        self,
        d: ServiceData,
        share: Floats,
        unserved: Floats,
        own: Ints,
        ends: tuple[float, float],
    ) -> bool:
        """Leave a part of a group unserved, or all of it where none may be split."""
        value, limit = ends
        away = abs(value - self.nobody)
        part = 0.0
        if d.allocation != "whole" and away > 0.0:
            part = min(max(1.0 - abs(value - limit) / away, 0.0), 1.0)
        mine = np.isin(d.option_settlement, own) & (share > 0.0)
        if self.rule.measure == OF_SHARE:
            mine &= self.worth > 0.0
        before = share[mine]
        share[mine] = part * before
        np.add.at(unserved, d.option_settlement[mine], (1.0 - part) * before)
        return bool(before.sum() > 0.0)
