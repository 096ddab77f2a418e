"""Facilities of a first plan that hard rules on what runs take out.

Shapes: J sites, L levels (0: empty places), T periods.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from aumaq.instances.access.limits import within
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.model.data.gathered import ModelData
from aumaq.model.families.counts import kind_of_move, sites_counted
from aumaq.solvers.solution.decisions import ServiceDecisions
from aumaq.solvers.start.site_units import changed_by_one, lowered, moves_between


def referred(
    data: ModelData, units: Mapping[str, Ints], allowed: Mapping[str, Flags]
) -> dict[str, Ints]:
    """Return units of which none lacks its higher tier, by service, (J, L+1, T).

    From the period on in which the higher tier is missing, what refers to it goes to
    the largest level that does not, or closes; what refers to that in turn as well.
    What may not change stays: the audit is the judge.
    """
    found = dict(units)
    rules = list(data.instance.tables["referrals"].itertuples())
    for _ in range(sum(own.shape[0] for own in units.values()) + 1):
        before = dict(found)
        for rule in rules:
            d = data.services[rule.service]
            pairs = data.instance.site_minutes(rule.service, rule.to_service)
            pairs = pairs[within(pairs["minutes"], rule.minutes)]
            near = np.zeros((len(d.sites), found[rule.to_service].shape[0]), dtype=bool)
            near[pairs["j"].to_numpy(), pairs["k"].to_numpy()] = True
            has_upper = found[rule.to_service][:, rule.to_level :].sum(axis=1) > 0
            alone = ~(near.astype(np.int64) @ has_upper > 0)
            found[rule.service] = lowered(
                d, found[rule.service], allowed[rule.service], alone, rule.from_level
            )
        if all((found[name] == before[name]).all() for name in found):
            break
    return found


def counted(
    data: ModelData,
    units: Mapping[str, Ints],
    allowed: Mapping[str, Flags],
    used: Mapping[str, Floats],
) -> dict[str, Ints]:
    """Return units of which as many run, open, ... as counts allow, (J, L+1, T).

    *used* is what each site serves, (J, T): the sites that serve least go first, from
    the period of the rule on. Where too few are, the sites with most people to come
    are changed first.
    """
    found = dict(units)
    for rule in data.instance.tables["counts"].itertuples():
        name = rule.service
        every = list(range(len(data.periods)))
        held = [t for t in every if rule.period in ("", data.periods[t])]
        for periods in [held] if rule.is_total else [[t] for t in held]:
            count = _Count(data, rule, periods, allowed[name])
            if rule.what == "facilities":
                found[name] = count.with_fewer(found[name], used[name])
            found[name] = count.within_limits(found[name], used[name])
    return found


def changes_enough(data: ModelData, services: Mapping[str, ServiceDecisions]) -> bool:
    """Return whether as much opens, closes, ... as counts ask for at least."""
    for rule in data.instance.tables["counts"].itertuples():
        if rule.what == "facilities" or np.isnan(rule.least):
            continue
        moves = services[rule.service].moves
        counted = _changes(rule, moves)[sites_counted(data, rule)].sum(axis=0)
        held = [rule.period in ("", period) for period in data.periods]
        number = counted[held].sum() if rule.is_total else counted[held].min()
        if number < rule.least:
            return False
    return True


def _changes(rule: Any, moves: Ints) -> Ints:
    """Return how many changes a rule counts of moves (..., L+1, L+1, T): (..., T)."""
    before, after = np.indices(moves.shape[-3:-1])
    level = np.maximum(before, after)
    kind = kind_of_move(rule.what, before, after) & (level >= rule.from_level)
    kind &= level <= (rule.to_level or moves.shape[-2] - 1)
    return np.asarray(moves[..., kind, :].sum(axis=-2))


class _Count:
    """A rule on a count in some periods together, and how units come to keep it."""

    def __init__(
        self, data: ModelData, rule: Any, periods: list[int], allowed: Flags
    ) -> None:
        self.d, self.rule, self.periods, self.allowed = (
            data.services[rule.service], rule, periods, allowed,
        )  # fmt: skip
        self.here = sites_counted(data, rule)
        self.most = np.inf if np.isnan(rule.most) else rule.most
        self.least = -np.inf if np.isnan(rule.least) else rule.least
        self._high = rule.to_level or self.d.num_levels

    def with_fewer(self, units: Ints, used: Floats) -> Ints:
        """Return units of which facilities go, site by site, until few enough run."""
        d, low, t = self.d, self.rule.from_level, self.periods[0]
        for j in np.argsort(used[:, t], kind="stable").tolist():
            running = units[:, low : self._high + 1, t].sum(axis=1)
            if int(running[self.here].sum()) <= self.most:
                break
            if self.here[j] and running[j]:
                alone = np.zeros(used.shape, dtype=bool)
                alone[j, t] = True
                units = lowered(d, units, self.allowed, alone, low)
        return units

    def within_limits(self, units: Ints, used: Floats) -> Ints:
        """Return units changed one facility at a time towards the limits."""
        moves = moves_between(self.d, units, self.allowed)
        if moves is None:
            return units
        number = np.array([self._of(units[j], moves[j]) for j in range(len(units))])
        number = np.where(self.here, number, 0)
        if self.least <= number.sum() <= self.most:
            return units
        units, total = units.copy(), int(number.sum())
        demand, come = self.d.demand.max(axis=1), np.zeros(len(units))
        np.add.at(come, self.d.option_site, demand[self.d.option_settlement])
        # More closures, or fewer openings, leave less standing.
        leaves_less = (self.rule.what in ("closures", "reductions")) == (
            total < self.least
        )
        use = used[:, self.periods].sum(axis=1)
        order = np.argsort(use if leaves_less else -come, kind="stable")
        for j in order[self.here[order]].tolist():
            while not self.least <= total <= self.most:
                better = self._better(units, j, int(number[j]), total)
                if better is None:
                    break
                units[j], after = better
                total, number[j] = total + after - number[j], after
        return units

    def _better(
        self, units: Ints, j: int, now: int, total: int
    ) -> tuple[Ints, int] | None:
        """Return other units of a site, nearer to the limits, and how many count."""
        changes = (
            change
            for t in self.periods
            for change in changed_by_one(self.d, j, units[j], self.allowed[j], t)
        )
        for trial, moves in changes:
            after = self._of(trial, moves)
            there = total + after - now
            if (
                total < there <= self.most
                if total < self.least
                else (self.least <= there < total)
            ):
                return trial, after
        return None

    def _of(self, units: Ints, moves: Ints) -> int:
        """Return how many the rule counts at a site."""
        if self.rule.what == "facilities":
            own = slice(self.rule.from_level, self._high + 1)
            return int(units[own, self.periods].sum())
        return int(_changes(self.rule, moves)[self.periods].sum())
