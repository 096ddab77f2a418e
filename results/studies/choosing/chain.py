"""Chains of points: a line of the grid, from the loosest limit to the tightest.

Where no plan keeps a limit, none keeps a tighter one. Where the plan of a point is
better in the second goal than its limit by so many steps, the limits in between give
the same plan (the bypass of AUGMECON2), and are left out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances import AumaqError, Instance, from_tables
from aumaq.instances.arrays import Floats
from aumaq.instances.interruption import is_asked
from aumaq.instances.language.texts import Text
from aumaq.results.plan.aims import Aim
from aumaq.results.plan.plan import Plan
from aumaq.results.studies.choosing.front_model import Bare, FrontModel, Known, Point
from aumaq.solvers import ProgressEvent, SolveOptions, Status
from aumaq.solvers.highs.solver import Outcome

NEXT = 1e-5
"""The next limit of a chain without a grid is tighter by that share of the range."""
MOST = 400
"""Points of a chain without a grid."""


@dataclass(frozen=True)
class Grid:
    """Ranges of all goals, and the limits of those after the first.

    ``loosest`` and ``tightest`` are by goal from the second on; ``steps`` is how many
    steps lead from one to the other, 0: no grid, every point there is.
    """

    ranges: Floats
    loosest: Floats
    tightest: Floats
    steps: int

    def limit(self, goal: int, step: float) -> float:
        """Return a limit of a goal, from the second (0) on."""
        loosest, tightest = self.loosest[goal], self.tightest[goal]
        share = step / self.steps if self.steps else 0.0
        return float(loosest + (tightest - loosest) * share)


@dataclass(frozen=True)
class Chain:
    """Steps of the second goal, and the limits of the others."""

    first: int
    last: int
    others: tuple[float, ...] = ()


@dataclass(frozen=True)
class Walked:
    """What a chain gave: its points, and why it ended early (empty: it did not)."""

    points: list[Point] = field(default_factory=list)
    ended: str = ""


def walk(model: FrontModel, grid: Grid, chain: Chain, seconds: float) -> Walked:
    """Return the points of a chain."""
    if grid.steps == 0:
        return _all_points(model, grid, seconds)
    ends, points, step = time.monotonic() + seconds, list[Point](), chain.first
    while step <= chain.last:
        left = ends - time.monotonic()
        if is_asked() or left <= 0.0:
            return Walked(points, "stopped")
        limits = (grid.limit(0, step), *chain.others)
        own = left / (chain.last - step + 1)
        found = model.point(limits, grid.ranges, own)
        if isinstance(found, Status):
            return Walked(points, str(found))
        points.append(found)
        size = grid.ranges[1] / grid.steps
        spare = found.slack[0] * grid.ranges[1] / size if size else 0.0
        # With limits of places points have gaps: each is solved, a plan may repeat.
        step += 1 if any(model.by_place) else 1 + int(spare + NEXT)
    return Walked(points)


def _all_points(model: FrontModel, grid: Grid, seconds: float) -> Walked:
    """Return every point of two goals: each limit just below the last plan."""
    ends, points = time.monotonic() + seconds, list[Point]()
    limit = float(grid.loosest[0])
    least = float(grid.tightest[0])
    while len(points) < MOST:
        left = ends - time.monotonic()
        if is_asked() or left <= 0.0:
            return Walked(points, "stopped")
        found = model.point((limit,), grid.ranges, left)
        if isinstance(found, Status):
            return Walked(points, str(found))
        points.append(found)
        if not grid.ranges[1]:  # the goals do not conflict: there is no other
            return Walked(points)
        limit = float(found.goals[1]) - NEXT * max(float(grid.ranges[1]), NEXT)
        if limit < least - NEXT * max(float(grid.ranges[1]), NEXT):
            return Walked(points)
    return Walked(points, "stopped")


@dataclass(frozen=True)
class ChainTask:
    """A chain for a process of its own: what it needs to build the model."""

    tables: Mapping[str, pd.DataFrame]
    outlines: dict[str, Any] | None
    origin: str
    scenario: str
    kept: Mapping[str, float] | None
    aims: Sequence[Aim]
    options: SolveOptions
    grid: Grid
    chains: Sequence[Chain]
    known: Sequence[Known]
    floor: float
    near: Outcome | None
    seconds: float

    def run(self, tell: Callable[[ProgressEvent], None]) -> list[Walked] | Text:
        """Walk the chains; return what they gave, or why not.

        Of a plan only tables and record go back: whoever asked has the instance.
        """
        try:
            model = FrontModel(self._instance(), self.aims, self.options, _Tell(tell),
                               is_front=True)  # fmt: skip
            model.known, model.floor = [*self.known], self.floor
            model.near = self.near
            ends, found = time.monotonic() + self.seconds, list[Walked]()
            for done, chain in enumerate(self.chains):
                left = (ends - time.monotonic()) / (len(self.chains) - done)
                walked = walk(model, self.grid, chain, left)
                bare = [replace(p, plan=_bare(p.plan)) for p in walked.points]
                found.append(replace(walked, points=bare))
        except AumaqError as error:
            return error.text
        return found

    def _instance(self) -> Instance:
        instance = from_tables(self.tables, outlines=self.outlines)
        instance = replace(instance, origin=self.origin).with_scenario(self.scenario)
        return instance.with_kept_services(self.kept) if self.kept else instance


def _bare(plan: Plan | Bare) -> Bare:
    assert isinstance(plan, Plan)
    return Bare(dict(plan.tables), dict(plan.record))


@dataclass
class _Tell:
    """Passes events on."""

    tell: Callable[[ProgressEvent], None]

    def update(self, event: ProgressEvent) -> None:
        """Pass an event on."""
        self.tell(event)


def chains_of(grid: Grid, jobs: int) -> list[Chain]:
    """Return the chains of a grid: a line each, of one line so many as there are jobs.

    Two goals have one line; three have one for each limit of the third.
    """
    if grid.steps == 0:
        return [Chain(0, 0)]
    if len(grid.loosest) == 1:
        cuts = np.linspace(0, grid.steps + 1, min(jobs, grid.steps + 1) + 1)
        edges = np.round(cuts).astype(int).tolist()
        return [Chain(a, b - 1) for a, b in pairwise(edges)]
    return [
        Chain(0, grid.steps, (grid.limit(1, step),)) for step in range(grid.steps + 1)
    ]
