"""Several goals: fronts, sums with weights, one goal after the other.

Every point of a front has a plan, and a bound: no plan that is as good in all other
goals is better in the first one than that.
"""

from __future__ import annotations

import os
import queue
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances import Instance, OptionError
from aumaq.instances.arguments import checked
from aumaq.instances.arrays import Flags, Floats
from aumaq.instances.interruption import is_asked, listening
from aumaq.instances.language.texts import Text, say
from aumaq.results.plan.aims import Aim, aims_of
from aumaq.results.plan.plan import Plan
from aumaq.results.strict_json import plain_rows
from aumaq.results.studies.choosing.chain import (
    Chain,
    ChainTask,
    Grid,
    Walked,
    chains_of,
    walk,
)
from aumaq.results.studies.choosing.front_model import (
    ROOM,
    Bare,
    FrontModel,
    Point,
    told_bound,
)
from aumaq.solvers import Progress, Silent, Solution, SolveOptions
from aumaq.solvers.child_process import ENDED, ChildProcess, Inbox
from aumaq.solvers.progress import Labelled
from aumaq.solvers.proof import proven
from aumaq.solvers.solution.decisions import Status

PAYOFF_SHARE = 0.4
"""Share of the time for the payoff table."""
TINY = 1e-9
"""A range below this, relative, is none: the goals do not conflict."""
DOMINATED = 1e-7
"""Relative; a plan that is worse by more in one goal, and better in none, goes."""
POLL_SECONDS = 0.2
COMMAND = (sys.executable, "-P", "-m", "aumaq.results.studies.choosing.chain_child")
MOST_GOALS = 3
MOST_SHARE = 1e6
"""Of a weight or a tolerance: beyond it all other goals drown in rounding."""
MOST_POINTS = 10_000
"""Of each goal; a front of so many takes days."""


@dataclass(frozen=True)
class Front:
    """Plans none of which is beaten in all goals, with a bound each.

    ``rows``: point, a column for each goal, ``limit_*`` for those after the first,
    ``bound`` and ``gap`` of the first goal, status, verified, seconds. ``payoff``: the
    goals where each is best, and after it the others in turn; with ``bound_*`` of it.
    """

    instance: Instance
    aims: tuple[Aim, ...]
    payoff: pd.DataFrame
    rows: pd.DataFrame
    plans: dict[str, Plan]
    message: Text

    def record(self) -> dict[str, Any]:
        """Return both tables as plain values."""
        return {
            "instance": self.instance.name,
            "scenario": self.instance.scenario,
            "goals": [
                {"goal": a.name, "unit": a.unit, "sense": "least" if a.sign > 0 else
                 "most"} for a in self.aims
            ],
            "message": self.message,
            "payoff": plain_rows(self.payoff),
            "rows": plain_rows(self.rows),
        }  # fmt: skip


@checked
def pareto(
    instance: Instance,
    goals: Sequence[str],
    points: int = 12,
    *,
    minutes: float | None = None,
    jobs: int | None = None,
    time_limit: float = 600.0,
    gap: float = 0.0,
    threads: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Front:
    """Return the front of two or three goals, the first one on the grid of the others.

    *points*: limits of each goal after the first, 0: every point of two goals.
    *minutes* are for the goal ``cover``. Chains of points go to *jobs* processes
    (default: one, in this process). *time_limit*, s, is for all of it; *gap* that of
    each solve. Raises NoPlanError if there is no plan at all, OptionError and
    UnknownNameError for goals that make no sense.
    """
    _check_grid(goals, points, jobs)
    aims = aims_of(instance, goals, minutes)
    begun = time.monotonic()
    cores, jobs = os.cpu_count() or 1, jobs or 1
    options = SolveOptions(
        method="direct", time_limit=time_limit, gap=gap, seed=seed, threads=threads
    )
    tell = Silent() if progress is None else progress
    with listening():
        model = FrontModel(instance, aims, options, tell, is_front=True)
        left = PAYOFF_SHARE * time_limit - (time.monotonic() - begun)
        payoff, values, ends = _payoff(model, max(left, 1.0))
        grid = _grid(values, points)
        left = time_limit - (time.monotonic() - begun)
        if jobs == 1 or points == 0:
            walked = _here(model, grid, left)
        else:
            own = replace(options, threads=threads or max(1, cores // jobs))
            walked = list(_apart(model, grid, own, jobs, left, tell))
    found = [point for one in walked for point in one.points]
    is_more = any(model.by_place) or not found  # of a large model each plan counts
    return _front(model, payoff, [*found, *(ends if is_more else ())], walked)


def _check_grid(goals: Sequence[str], points: int, jobs: int | None) -> None:
    """Raise OptionError unless there is a front of such goals with so many points."""
    if not 2 <= len(goals) <= MOST_GOALS:
        raise OptionError(say("give two or three goals, not {n}", n=len(goals)))
    _check_points(points, len(goals))
    if jobs is not None and jobs < 1:
        raise OptionError(say("jobs must be at least 1, not {jobs}", jobs=jobs))


def _payoff(
    model: FrontModel, seconds: float
) -> tuple[pd.DataFrame, Floats, list[Point]]:
    """Return the payoff table, its values as minimised, and its plans as points."""
    count = len(model.aims)
    rows, values, ends = list[dict[str, Any]](), [], list[Point]()
    for k in np.flatnonzero(~np.array(model.by_place)).tolist():
        order = [k, *(g for g in range(count) if g != k)]
        found, bounds = model.lexicographic(order, [0.0] * count, seconds / count)
        assert found.values is not None
        goals = model.goals(found.values)
        values.append(goals)
        bound, status = float(bounds[k]), str(found.status)
        rows.append(_payoff_row(model, k, goals, bound, status))
        if k == 0:
            plan = model.plan_of(found)
            none = np.zeros(count - 1)
            ends.append(Point(tuple(goals[1:].tolist()), goals, float(bounds[0]),
                              str(found.status), 0.0, plan, none))  # fmt: skip
    if any(model.by_place):
        k = model.by_place.index(True)
        point, least = model.shortest(seconds / count)
        if isinstance(point, Point):
            values.append(point.goals)
            ends.append(point)
            rows.append(_payoff_row(model, k, point.goals, least, point.status))
    return pd.DataFrame(rows), np.array(values), ends


def _payoff_row(
    model: FrontModel, k: int, goals: Floats, bound: float, status: str
) -> dict[str, Any]:
    """Return the row of the payoff table where one goal is best."""
    row: dict[str, Any] = {"best": model.aims[k].name}
    for aim, value in zip(model.aims, goals.tolist(), strict=True):
        row[aim.name] = aim.told(value)
    return row | {"bound": model.aims[k].told(bound), "status": status}


def _check_points(points: int, goals: int) -> None:
    """Raise OptionError unless a front of so many goals may have so many points."""
    if points == 1 or not 0 <= points <= MOST_POINTS or (points == 0 and goals > 2):
        text = say(
            "points is from 2 to {most:,}, or of two goals 0 for all, not {n}",
            most=MOST_POINTS,
            n=points,
        )
        raise OptionError(text, ["points"])


def _grid(values: Floats, points: int) -> Grid:
    """Return the grid between the best and the worst of each goal in the table."""
    best, worst = values.min(axis=0), values.max(axis=0)
    size = np.abs(values).max(axis=0)
    ranges = np.where(worst - best > TINY * (1.0 + size), worst - best, 0.0)
    steps = max(points - 1, 0)
    room = 1e-9 * (1.0 + size)  # what was reached is a limit that can be kept
    return Grid(
        ranges,
        (worst + room)[1:],
        (best + room)[1:],
        steps if (ranges[1:] > 0.0).any() or points == 0 else 1,
    )


def _here(model: FrontModel, grid: Grid, seconds: float) -> list[Walked]:
    """Walk all chains in this process."""
    ends, found, chains = time.monotonic() + seconds, list[Walked](), chains_of(grid, 1)
    for done, chain in enumerate(chains):
        left = (ends - time.monotonic()) / (len(chains) - done)
        found.append(walk(model, grid, chain, left))
    return found


def _apart(
    model: FrontModel,
    grid: Grid,
    options: SolveOptions,
    jobs: int,
    seconds: float,
    progress: Progress,
) -> Iterator[Walked]:
    """Yield what processes give that walk the chains side by side."""
    instance, chains = model.instance, chains_of(grid, jobs)
    parts: list[list[Chain]] = [chains[k::jobs] for k in range(min(jobs, len(chains)))]
    inbox, running = Inbox(), dict[ChildProcess, Text]()
    for k, part in enumerate(parts):
        task = ChainTask(
            dict(instance.base), instance.outlines, instance.origin, instance.scenario,
            instance.kept, model.aims, options, grid, part, model.known, model.floor,
            model.near, seconds,
        )  # fmt: skip
        running[ChildProcess(COMMAND, task, inbox)] = say("part {n}", n=k + 1)
    is_stopped, answered = False, set[ChildProcess]()
    try:
        while running:
            if is_asked() and not is_stopped:
                is_stopped = True
                for child in running:
                    child.interrupt()
            try:
                child, (kind, said) = inbox.get(timeout=POLL_SECONDS)
            except queue.Empty:
                continue
            if kind == "event":
                Labelled(progress, running[child]).update(said)
            elif kind == ENDED:
                del running[child]
                if child not in answered:
                    yield Walked(ended="died")
            else:
                answered.add(child)
                yield from said if isinstance(said, list) else [Walked(ended=said)]
    finally:
        for child in running:
            child.end()


def _front(
    model: FrontModel, payoff: pd.DataFrame, found: list[Point], walked: list[Walked]
) -> Front:
    """Return the front of points: each once, none that another beats."""
    kept = _undominated(_with_shared_bounds(found))
    kept.sort(key=lambda point: point.goals.tolist())
    rows, plans = list[dict[str, Any]](), dict[str, Plan]()
    first = model.aims[0]
    for number, point in enumerate(kept, start=1):
        name, plan = f"point-{number:02d}", point.plan
        plan = plan.of(model.instance) if isinstance(plan, Bare) else plan
        row: dict[str, Any] = {"point": name}
        for aim, value in zip(model.aims, point.goals.tolist(), strict=True):
            row[aim.name] = aim.told(value)
        for aim, limit in zip(model.aims[1:], point.limits, strict=True):
            row[f"limit_{aim.name}"] = aim.told(limit)
        row |= {"bound": first.told(point.bound), "gap": point.gap,
                "status": point.status, "verified": plan.is_verified,
                "seconds": round(point.seconds, 3)}  # fmt: skip
        rows.append(row)
        plans[name] = plan
    ended = sorted({one.ended for one in walked if one.ended not in ("", "infeasible")})
    message = Text("")
    if ended:
        message = say("not all limits were tried: {why}", why=", ".join(ended))
    elif len(kept) == 1:
        message = say("no picture: one plan is the best that was found by every goal")
    payoff = _refreshed(model, payoff, [point.goals for point in kept])
    return Front(model.instance, tuple(model.aims), payoff, pd.DataFrame(rows), plans,
                 message)  # fmt: skip


def _refreshed(
    model: FrontModel, payoff: pd.DataFrame, goals: list[Floats]
) -> pd.DataFrame:
    """Return the payoff table with what points of the front are better in.

    The status of a row is how its goal, the best known, stands to its bound.
    """
    aims, gap = model.aims, model.options.gap
    rows = list[dict[str, Any]]()
    for row in payoff.to_dict("records"):
        known = np.array([aim.told(row[aim.name]) for aim in aims])
        k = [aim.name for aim in aims].index(row["best"])
        order = [k, *(g for g in range(len(aims)) if g != k)]
        for other in goals:
            room = DOMINATED * (1.0 + np.abs(known))
            away = np.where(np.abs(other - known) <= room, 0.0, other - known)[order]
            if away.any() and away[np.flatnonzero(away)[0]] < 0.0:
                known = other
        value = float(known[k])
        bound = told_bound(aims[k].told(row["bound"]), value)
        status = proven(value, bound, gap, Status(row["status"]))
        rows.append(_payoff_row(model, k, known, bound, str(status)))
    return pd.DataFrame(rows)


def _with_shared_bounds(points: list[Point]) -> list[Point]:
    """Return points with the best bound of all whose limits are no tighter.

    Chains of other processes may have proven it: what no plan within some limits is
    below, no plan within tighter ones is.
    """
    found = []
    for point in points:
        wider = [point.bound] + [
            other.proven for other in points
            if all(a >= b for a, b in zip(other.limits, point.limits, strict=True))
        ]  # fmt: skip
        found.append(replace(point, bound=told_bound(max(wider), point.goals[0])))
    return found


def _undominated(points: list[Point]) -> list[Point]:
    """Return points that no other beats, of equal ones the one with the best bound."""
    if not points:
        return []
    points = sorted(points, key=lambda point: point.gap)
    values = np.array([point.goals for point in points])
    room = DOMINATED * (1.0 + np.abs(values))
    kept = list[Point]()
    for k, point in enumerate(points):
        no_worse: Flags = (values <= values[k] + room[k]).all(axis=1)
        better: Flags = (values < values[k] - room[k]).any(axis=1)
        same = no_worse & ~better & (np.arange(len(points)) < k)
        if not (no_worse & better).any() and not same.any():
            kept.append(point)
    return kept


@checked
def best_by(
    instance: Instance,
    goals: Sequence[str],
    *,
    weights: Sequence[float] = (),
    tolerances: Sequence[float] = (),
    minutes: float | None = None,
    time_limit: float = 600.0,
    gap: float = 0.0,
    threads: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Front:
    """Return the one plan that is best by weights, or by one goal after the other.

    With *weights* the least sum of ``weight * (goal - best) / (worst - best)`` of the
    payoff table, goals that are the same in all of it held at that; otherwise goals
    come in their order, each worse by at most its share of *tolerances* (default: 0)
    for those after it. ``bound`` is that of the sum, or of the last goal. Other
    arguments as those of :func:`pareto`.
    """
    aims = aims_of(instance, goals, minutes)
    _check_shares(goals, weights, tolerances)
    options = SolveOptions(
        method="direct", time_limit=time_limit, gap=gap, seed=seed, threads=threads
    )
    begun = time.monotonic()
    with listening():
        model = FrontModel(instance, aims, options, progress or Silent())
        left = time_limit - (time.monotonic() - begun)
        if weights:
            return _weighted(model, weights, left)
        return _in_order(model, [*tolerances] or [0.0] * len(aims), left)


def _check_shares(
    goals: Sequence[str], weights: Sequence[float], tolerances: Sequence[float]
) -> None:
    """Raise OptionError unless one of the two is given at most, for each goal."""
    for name, given in (("weights", weights), ("tolerances", tolerances)):
        is_sound = all(0.0 <= number <= MOST_SHARE for number in given)  # never nan
        if given and (len(given) != len(goals) or not is_sound):
            raise OptionError(
                say("{name}: give a number from 0 for each goal", name=name)
            )
    if weights and not any(weights):
        raise OptionError(say("weights: at least one must be above 0"), ["weights"])
    if weights and tolerances:
        raise OptionError(say("give weights or tolerances, not both"))


def _weighted(model: FrontModel, weights: Sequence[float], seconds: float) -> Front:
    """Return the plan with the least weighted sum of shares of the payoff's ranges."""
    ends = time.monotonic() + seconds
    payoff, values, _ = _payoff(model, PAYOFF_SHARE * seconds)
    grid, given = _grid(values, 2), np.array(weights)
    has_range = grid.ranges > 0.0
    own = np.where(has_range, given / np.where(has_range, grid.ranges, 1.0), 0.0)
    best = values.min(axis=0)
    room = ROOM * (1.0 + np.abs(best))
    most = np.where(has_range | (given == 0.0), np.inf, values.max(axis=0) + room)
    found, least = model.weighted(own, most, ends - time.monotonic()), own @ best
    assert found.values is not None
    total = float(own @ model.goals(found.values) - least)
    told = {"sum": total, "bound": found.bound_mln - float(least)}
    return _of_one(model, found, payoff, told)


def _in_order(model: FrontModel, tolerances: list[float], seconds: float) -> Front:
    """Return the plan that is best by one goal after the other."""
    found, bounds = model.lexicographic(range(len(model.aims)), tolerances, seconds)
    told = {
        f"bound_{aim.name}": aim.told(float(bound))
        for aim, bound in zip(model.aims, bounds, strict=True)
    }
    return _of_one(model, found, pd.DataFrame(), told)


def _of_one(
    model: FrontModel, found: Solution, payoff: pd.DataFrame, told: dict[str, float]
) -> Front:
    """Return a front of the one plan that was found; *told* are its bounds."""
    assert found.values is not None
    reached = zip(model.aims, model.goals(found.values).tolist(), strict=True)
    row: dict[str, Any] = {
        "point": "best",
        **{aim.name: aim.told(value) for aim, value in reached},
    }
    plan = model.plan_of(found)
    row |= {**told, "status": str(found.status), "verified": plan.is_verified}
    return Front(model.instance, tuple(model.aims), payoff, pd.DataFrame([row]),
                 {"best": plan}, Text(""))  # fmt: skip
