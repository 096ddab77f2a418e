"""The order in which a plan is carried out within each period.

Each step comes after all that it relies on (deployment_steps.py), so that whoever stops
after any number of steps has what works: a road or a link stands before what needs it,
a higher tier before a lower one that refers to it, what takes people over before what
they come from closes. Nor does a step break what must hold on the way
(deployment_limits.py), unless every other step does, too. Among the steps that this
leaves, the best comes first: the gain of a step and of all that it still relies on, by
what these cost (the ratio of a set and its predecessors: Sidney 1975). The rule is
greedy, no optimum, and changes nothing of the plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

import pandas as pd

from aumaq.model.data.gathered import gather
from aumaq.results.plan.deployment_growth import settle
from aumaq.results.plan.deployment_limits import Limit, limits_of
from aumaq.results.plan.deployment_networks import feed
from aumaq.results.plan.deployment_points import new_points
from aumaq.results.plan.deployment_steps import Key, Step, places_of, steps_of

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

COLUMNS = {
    "period": "str", "step": "int64", "kind": "str", "service": "str", "code": "str",
    "settlement": "str", "region": "str", "action": "str", "units": "int64",
    "cost_mln": "float64", "gain_persons": "float64", "total_mln": "float64",
    "total_gain_persons": "float64", "after": "str",
}  # fmt: skip
_Entry = tuple[float, float, float, int, int, Key]
"""A step with all that is missing for it, the best ones smallest."""
FREE = 1e-6
"""Mln: what costs less than this is done at once if it gains anything."""
DIGITS = 6
"""Of sums that are compared: what adding in another order changes comes after them."""


def deployment(plan: Plan) -> pd.DataFrame:
    """Return the steps of each period in order, with cost, gain and sums so far.

    ``after`` are the numbers of the steps that a step relies on, ``; `` between them;
    ``gain_persons`` is in people, each once for every service of which they gain;
    money in mln, undiscounted.
    """
    rows, homes = [], places_of(plan)
    has_networks = not plan.instance.tables["networks"].empty
    data = gather(plan.instance) if has_networks else None
    for period in plan.instance.period_names:
        points = new_points(plan, period)
        steps = steps_of(plan, period, points)
        settle(plan, points, period, steps)
        if data is not None:
            feed(plan, data, period, steps, points)
        number: dict[Key, int] = {}
        spent = gained = 0.0
        for key in ordered(steps, limits_of(plan, data, period, points)):
            step, number[key] = steps[key], len(number) + 1
            spent, gained = spent + step.cost_mln, gained + step.gain
            after = sorted(number[one] for one in step.after if one in number)
            rows.append((
                period, number[key], *key[:3], homes.get(key[:3], ""),
                step.region, step.action, step.units, step.cost_mln, step.gain,
                spent, gained, "; ".join(map(str, after)),
            ))  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def ordered(steps: Mapping[Key, Step], limits: Sequence[Limit] = ()) -> list[Key]:
    """Return the steps in order: after all that they rely on, the best gain first.

    What would break a limit waits until others make room, as long as any others go.
    """
    relies = {key: _relied_on(key, steps) for key in steps}
    missing = {
        key: _Missing(
            rank,
            len(relies[key]),
            sum(steps[one].gain for one in relies[key]),
            sum(steps[one].cost_mln for one in relies[key]),
        )
        for rank, key in enumerate(steps)
    }
    lend: dict[Key, list[Key]] = {key: [] for key in steps}
    for key, whole in relies.items():
        for one in whole:
            lend[one].append(key)
    done: dict[Key, None] = {}
    levels = _Levels(limits)
    heap, blocked = [missing[key].entry(key) for key in steps], list[_Entry]()
    heapify(heap)
    while len(done) < len(steps):
        is_stuck = not heap
        found = heappop(blocked if is_stuck else heap)
        *_, count, key = found
        if key in done or missing[key].count != count:
            continue  # what it relies on was done meanwhile: it is in there anew
        left = [one for one in relies[key] if one not in done]
        broken = None if is_stuck else levels.broken_by(left)
        if broken is not None:
            levels.wait(key, *broken)
            heappush(blocked, found)
            continue
        again = dict[Key, None]()
        for one in left:
            done[one] = None
            for other in lend[one]:
                missing[other].drop(steps[one])
                again[other] = None
        again |= dict.fromkeys(levels.change(left))
        for other in again:
            if other not in done:
                heappush(heap, missing[other].entry(other))
    return list(done)


@dataclass
class _Missing:
    """What a step still relies on, and it: kept up to date, for it is asked often."""

    rank: int
    count: int
    gain: float
    cost_mln: float

    def drop(self, step: Step) -> None:
        """Leave out a step that is done."""
        self.count -= 1
        self.gain -= step.gain
        self.cost_mln -= step.cost_mln

    def entry(self, key: Key) -> _Entry:
        """Return a step with all that is missing for it, the best ones smallest."""
        gain, cost = round(self.gain, DIGITS), round(self.cost_mln, DIGITS)
        # Without a gain the cheapest comes first; what is equal keeps its order.
        return -gain / max(cost, FREE), -gain, cost, self.rank, self.count, key


class _Levels:
    """Where limits are while steps are done."""

    def __init__(self, limits: Sequence[Limit]) -> None:
        """Start from what is before the first step."""
        self._limits = limits
        self._now = [limit.now for limit in limits]
        self._waiting: dict[tuple[int, int], list[tuple[float, Key]]] = {}
        self._of: dict[Key, list[int]] = {}
        for k, limit in enumerate(limits):
            for key in limit.effect:
                self._of.setdefault(key, []).append(k)

    def broken_by(self, steps: Sequence[Key]) -> tuple[int, float] | None:
        """Return which one any of the steps, one after the other, breaks; or None.

        And how far it is to go before that step does not.
        """
        now = dict[int, float]()
        for key in steps:
            for k in self._of.get(key, ()):
                change = self._limits[k].effect[key]
                now[k] = now.get(k, self._now[k]) + change
                if self._limits[k].breaks(now[k], change):
                    return k, self._limits[k].back(now[k])
        return None

    def wait(self, key: Key, k: int, far: float) -> None:
        """Let a step wait until a limit is so *far* from where it is now."""
        side = 1 if far > 0.0 else -1
        there = self._waiting.setdefault((k, side), [])
        heappush(there, (side * (self._now[k] + far), key))

    def change(self, steps: Sequence[Key]) -> list[Key]:
        """Do the steps; return those that need not wait any more."""
        changed = [(k, key) for key in steps for k in self._of.get(key, ())]
        for k, key in changed:
            self._now[k] += self._limits[k].effect[key]
        ready = []
        for k in {k for k, _ in changed}:
            for side in (1, -1):
                there, now = self._waiting.get((k, side), []), side * self._now[k]
                while there and there[0][0] <= now + FREE:
                    ready.append(heappop(there)[1])
        return ready


def _relied_on(key: Key, steps: Mapping[Key, Step]) -> list[Key]:
    """Return all that a step relies on, each after what it relies on itself, and it.

    Where steps rely on each other, the one that is met first comes last of them.
    """
    found: dict[Key, None] = {}
    stack, entered = [(key, False)], set[Key]()
    while stack:
        one, is_left = stack.pop()
        if is_left:
            found[one] = None
        elif one not in entered:
            entered.add(one)
            stack.append((one, True))
            before = sorted(steps[one].after & steps.keys(), reverse=True)
            stack += [(other, False) for other in before if other not in entered]
    return list(found)
