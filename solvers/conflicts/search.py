"""Conflicts: limits that no plan obeys together, and that do without any one of them.

A conflict is shrunk by QuickXplain (Junker 2004, "QuickXplain: preferred explanations
and relaxations for over-constrained problems", AAAI) from the limits that the prices of
an LP point at. All of them are listed by MARCO (Liffiton, Previti, Malik, Marques-Silva
2016, "Fast, flexible MUS enumeration", Constraints 21): a map of what is known asks for
the largest set of limits that is neither known to hold together nor to clash; if it
clashes it is shrunk to a conflict, else what it lacks is a smallest set of limits whose
loss makes a plan possible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csc_array

from aumaq.instances.arrays import Flags
from aumaq.solvers.conflicts.relaxation import least_by_lp
from aumaq.solvers.conflicts.system import Answer, System
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.solution.decisions import Status

FEW = 30
"""With more limits, all of a family are tried at once first."""
ASKED_SHARE = 0.1
"""Of the time, for one question in a large system; what stays open is kept."""


@dataclass(frozen=True)
class Conflict:
    """Limits that clash. ``needed`` are those without which a plan was found.

    That all together clash is proven by HiGHS, always. Without any limits: there is no
    plan whatever is given up.
    """

    limits: tuple[int, ...]
    needed: tuple[int, ...]

    @property
    def is_minimal(self) -> bool:
        """Whether it is proven that without any one of the limits there is a plan."""
        return len(self.needed) == len(self.limits)


@dataclass
class Found:
    """What a search knows: conflicts, sets to give up, and whether that is all.

    Each of ``lost`` is a set of limits; without it a plan is possible, and with any one
    of it again none is. ``is_possible``: all limits hold together (None: not known).
    """

    is_possible: bool | None = None
    conflicts: list[Conflict] = field(default_factory=list)
    lost: list[frozenset[int]] = field(default_factory=list)
    is_all: bool = False


Tell = Callable[[Found], None]


def search(
    system: System,
    most: int | None = 1,
    tell: Tell = lambda _: None,
) -> Found:
    """Return so many conflicts (None: all), the first as soon as it is known."""
    found, known = Found(), _Map(len(system))
    while most is None or len(found.conflicts) < most:
        if system.clock.is_over:
            return found
        seed = known.largest(system)
        if seed is None:
            found.is_all = True
            break
        _look(system, seed, known, found)
        if found.is_possible or known.is_stuck:
            break
        tell(found)
    if found.is_possible:
        found.is_all = True
    return found


def _look(system: System, seed: Flags, known: _Map, found: Found) -> None:
    """Ask whether a set of limits holds together, and learn from the answer."""
    # In a large system presolve sees at once what an LP would take minutes for.
    least = None if system.is_large else least_by_lp(system, seed)
    if least is not None:
        core = [int(k) for k in least.limits]
        clashes = system.ask(system.chosen(core)).answer is Answer.IMPOSSIBLE
        start = core if clashes else np.flatnonzero(seed).tolist()
        conflict = shrunk(system, start)
    else:
        reply = system.ask(seed)
        if reply.answer is Answer.UNKNOWN:
            known.is_stuck = True
            return
        if reply.values is not None:
            obeyed = system.obeyed(reply.values) | seed
            if found.is_possible is None and obeyed.all():
                found.is_possible = True
                return
            lost = frozenset(np.flatnonzero(~obeyed).tolist())
            known.holds(obeyed)
            if obeyed.sum() == seed.sum():  # the largest set: nothing can be added
                found.lost.append(lost)
            return
        conflict = shrunk(system, np.flatnonzero(seed).tolist())
    found.is_possible = False
    found.conflicts.append(conflict)
    known.clashes(conflict.limits)


def shrunk(system: System, limits: Iterable[int]) -> Conflict:
    """Return a conflict among limits that clash: of none where even the world does."""
    quick = _QuickXplain(system)
    kept = quick.of([], _without_families(system, list(limits), quick), is_new=False)
    needed = []
    for k in list(kept):
        if system.clock.is_over:
            break
        rest = [other for other in kept if other != k]
        answer = quick.answer(system.chosen(rest))
        if answer is Answer.POSSIBLE:
            needed.append(k)
        elif answer is Answer.IMPOSSIBLE:
            kept = rest
    return Conflict(tuple(sorted(kept)), tuple(sorted(needed)))


def _without_families(
    system: System, limits: list[int], quick: _QuickXplain
) -> list[int]:
    """Return what is left of limits that clash, families that do not matter dropped.

    A family has hundreds of locks, say, and often nothing to do with it.
    """
    if len(limits) <= FEW:
        return limits
    families: dict[str, list[int]] = {}
    for k in limits:
        limit = system.limits[k]
        families.setdefault(f"{limit.family}.{limit.name}", []).append(k)
    for own in sorted(families.values(), key=len, reverse=True):
        rest = [k for k in limits if k not in set(own)]
        if rest and quick.answer(system.chosen(rest)) is Answer.IMPOSSIBLE:
            limits = rest
    return limits


class _QuickXplain:
    """Halves what may clash; what time leaves open is kept."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.seconds = ASKED_SHARE * system.clock.seconds if system.is_large else np.inf
        self.known: dict[bytes, Answer] = {}
        self.plans: list[Flags] = []

    def answer(self, active: Flags) -> Answer:
        """Return the answer for some limits, asked once; a plan answers for many."""
        key = active.tobytes()
        if key not in self.known:
            if any(bool(plan[active].all()) for plan in self.plans):
                return Answer.POSSIBLE
            reply = self.system.ask(active, seconds=self.seconds)
            self.known[key] = reply.answer
            if reply.values is not None:
                self.plans.append(self.system.obeyed(reply.values))
        return self.known[key]

    def of(self, behind: list[int], rest: list[int], *, is_new: bool) -> list[int]:
        """Return what of *rest* it takes to clash with *behind*; both together do."""
        if is_new:
            answer = self.answer(self.system.chosen(behind))
            if answer is Answer.IMPOSSIBLE:
                return []
        if len(rest) <= 1 or self.system.clock.is_over:
            return rest
        half = len(rest) // 2
        first, second = rest[:half], rest[half:]
        of_second = self.of([*behind, *first], second, is_new=bool(first))
        of_first = self.of([*behind, *of_second], first, is_new=bool(of_second))
        return [*of_first, *of_second]


class _Map:
    """Which sets of limits are known: a small programme of one binary a limit."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.is_stuck = False
        self._rows: list[tuple[list[int], float, float]] = []

    def clashes(self, limits: Iterable[int]) -> None:
        """Leave out at least one of these from now on."""
        own = list(limits)
        self._rows.append((own, -np.inf, len(own) - 1.0))

    def holds(self, limits: Flags) -> None:
        """Take at least one beyond these from now on."""
        self._rows.append((np.flatnonzero(~limits).tolist(), 1.0, np.inf))

    def largest(self, system: System) -> Flags | None:
        """Return the largest set of which nothing is known, None if there is none."""
        if not self._rows:
            return np.ones(self.count, dtype=bool)
        if any(not own for own, _, _ in self._rows):
            return None
        starts = np.cumsum([0, *(len(own) for own, _, _ in self._rows)])
        columns = np.concatenate([own for own, _, _ in self._rows]).astype(np.int64)
        sizes = np.diff(starts)
        rows = np.repeat(np.arange(len(sizes)), sizes)
        matrix = csc_array(
            (np.ones(len(columns)), (rows, columns)),
            shape=(len(self._rows), self.count),
        )
        limits = tuple(np.array([row[k] for row in self._rows]) for k in (1, 2))
        m = Matrices.of(
            matrix,
            -np.ones(self.count),
            (limits[0], limits[1]),
            (np.zeros(self.count), np.ones(self.count)),
            np.ones(self.count, dtype=bool),
        )
        outcome = system.run(m, gap=0.0)
        if outcome.status is Status.INFEASIBLE:
            return None
        if outcome.values is None:
            self.is_stuck = True
            return None
        return np.asarray(outcome.values > 0.5, dtype=bool)
