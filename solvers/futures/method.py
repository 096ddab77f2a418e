"""Several futures solved as one: the first period common, all later ones their own.

1. Each future is solved alone: its optimum, or an interval around it.
2. The first period of each such plan is fixed and completed in all other futures. The
   best one is the start; together they say what it is worth to plan for all at once.
3. The merged model (merged.py) is solved from there, by the same methods as any other.
4. For ``worst`` and ``regret`` the first period is completed once more, future by
   future: where a future does not set the maximum, the merged model leaves it loose.

The bound is the better of that of the merged model and that of the futures alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from aumaq.instances import Instance
from aumaq.instances.arrays import Floats
from aumaq.instances.interruption import listening
from aumaq.instances.language.texts import say
from aumaq.model.data.gathered import ModelData
from aumaq.solvers.compiled import Compiled, save_lp
from aumaq.solvers.futures.merged import Merged, merged_relaxation
from aumaq.solvers.futures.model import FuturesModel
from aumaq.solvers.futures.state import FuturesSolution, Policy, Score, nothing_found
from aumaq.solvers.highs.solver import Outcome
from aumaq.solvers.methods import ON_MODEL
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.out_of_time import OutOfTimeError, out_of_time
from aumaq.solvers.progress import Labelled, Progress, relative_gap
from aumaq.solvers.proof import CLAIMS, bound_below, proven
from aumaq.solvers.solution.decisions import Solution, Status

ALONE_SHARE = 0.35
"""Share of the time for the futures alone."""
POLICY_SHARE = 0.35
"""Share of the time that is then left for their first periods in other futures."""
TOGETHER_SHARE = 0.85
"""Share of the rest for the merged model where completions follow."""
LAST_SECONDS = 5.0
"""Time for each completion after Ctrl-C, so that there is a plan."""


def solve_futures(
    instances: Sequence[Instance],
    score: Score,
    options: SolveOptions,
    progress: Progress,
    others: Sequence[Instance],
    data: Sequence[ModelData],
) -> FuturesSolution:
    """Solve futures with a common first period, by a method of ``ON_MODEL``.

    *others* are futures that are not planned for, whose own first periods are tried as
    well; *data* are the numbers of all, gathered alike.
    """
    with listening() as heard:
        try:
            run = _Run(instances, score, options, progress, others, data, heard)
        except OutOfTimeError as error:
            nothing = np.full(len(instances), -np.inf)
            return nothing_found(out_of_time(error.seconds, error.status), nothing)
        return run.solve()


class _Run:
    """One solve of several futures. W futures; further ones only give first periods."""

    def __init__(
        self,
        instances: Sequence[Instance],
        score: Score,
        options: SolveOptions,
        progress: Progress,
        others: Sequence[Instance],
        data: Sequence[ModelData],
        heard: list[int],
    ) -> None:
        self.started = time.monotonic()
        self.score, self.options, self.progress = score, options, progress
        self.count = len(instances)
        self.names = [instance.scenario for instance in (*instances, *others)]
        self.model = FuturesModel(
            [*instances, *others], data, self.count, options, progress
        )
        self.seconds = {"build": self.elapsed}
        self.alone: list[Solution] = []
        self.policies: list[Policy] = []
        self.heard = heard

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.started

    @property
    def is_interrupted(self) -> bool:
        return bool(self.heard)

    @property
    def left(self) -> float:
        return self.options.time_limit - self.elapsed

    def solve(self) -> FuturesSolution:
        """Take all steps; asked to stop, take what is left of them in short."""
        self._plan_alone()
        for k, found in enumerate(self.alone[: self.count]):
            if found.status in (Status.INFEASIBLE, Status.UNBOUNDED, Status.ERROR):
                return self._failure(found, self.names[k])
        self._clock("alone")
        self._try_first_periods()
        self._clock("first_periods")
        if self.count == 1:
            return self._finished(None, self.policies[0] if self.policies else None)
        together = None if self.is_interrupted else self._solve_together()
        self._clock("together")
        chosen = self._chosen(together)
        self._clock("completing")
        return self._finished(together, chosen)

    def _clock(self, phase: str) -> None:
        self.seconds[phase] = self.elapsed - sum(self.seconds.values())

    # -- one future --------------------------------------------------------------

    def _solve(self, c: Compiled, label: str, seconds: float) -> Solution:
        """Solve a compiled model within so many seconds."""
        options = replace(self.options, time_limit=max(seconds, 0.1))
        own = replace(
            c,
            options=options,
            progress=Labelled(self.progress, label, self.elapsed),
            started=time.monotonic(),
            seconds=dict(c.seconds),
        )
        with listening(is_anew=True):  # those that follow a stop are solved as well
            return ON_MODEL[self.options.method](own)

    def _plan_alone(self) -> None:
        """Solve each future alone; after Ctrl-C the rest is not."""
        whole = self.left * (1.0 if self.count == 1 else ALONE_SHARE)
        end = self.elapsed + whole
        for k, c in enumerate(self.model.models):
            share = (end - self.elapsed) / (len(self.names) - k)
            if self.is_interrupted:
                share = 0.1
            self.alone.append(self._solve(c, self.names[k], share))

    def _complete(
        self, w: int, first: Floats, seconds: float, start: Floats | None = None
    ) -> Solution | None:
        """Solve a future with a given first period; None if that cannot be there."""
        c = self.model.with_first(w, first)
        if c is None:
            return None
        if start is not None:
            c = replace(c, start=(np.arange(len(start)), start))
        relaxed = self._relaxed(w)
        if relaxed is not None:  # prices that are near spare an LP
            m = c.matrices
            assert relaxed.values is not None
            values = np.clip(relaxed.values, m.column_lower, m.column_upper)
            c = replace(c, relaxed=replace(relaxed, values=values))
        return self._solve(c, say("{future}, completed", future=self.names[w]), seconds)

    def _relaxed(self, w: int) -> Outcome | None:
        """Return the LP relaxation of a future alone, or of one alike, if it is known.

        Prices of another future are valid too, if less tight.
        """
        m = self.model.models[w].matrices
        for k in sorted(range(self.count), key=lambda k: k != w):
            relaxed, other = self.alone[k].relaxed, self.model.models[k].matrices
            is_known = relaxed is not None and relaxed.status is Status.OPTIMAL
            is_alike = other.cost.shape == m.cost.shape and np.array_equal(
                other.row_family, m.row_family
            )
            if is_known and is_alike:
                values = np.clip(relaxed.values, m.column_lower, m.column_upper)
                return replace(relaxed, values=values)
        return None

    def _try_first_periods(self) -> None:
        """Complete the first period of each future's own plan in all the others."""
        end = self.elapsed + POLICY_SHARE * self.left
        sources = [
            (k, self.model.stages[k].read(found.values))
            for k, found in enumerate(self.alone)
            if found.values is not None
        ]
        for n, (k, first) in enumerate(sources):
            if self.is_interrupted and any(p.is_plan for p in self.policies):
                return
            share = (end - self.elapsed) / (len(sources) - n)
            self.policies.append(self._policy(k, first, share))

    def _policy(self, k: int, first: Floats, seconds: float) -> Policy:
        """Return the first period of future *k* completed in every future."""
        end = self.elapsed + seconds
        costs, bounds = np.full(self.count, np.inf), np.full(self.count, np.inf)
        values: list[Floats | None] = [None] * self.count
        rest = [w for w in range(self.count) if w != k]
        for n, w in enumerate(rest):
            share = (end - self.elapsed) / (len(rest) - n)
            if self.is_interrupted:
                share = LAST_SECONDS
            found = self._complete(w, first, share)
            if found is not None and found.status is not Status.INFEASIBLE:
                bounds[w] = max(found.bound_mln, self.alone[w].bound_mln)
                if found.values is not None:
                    costs[w], values[w] = found.objective_mln, found.values
        if k < self.count:
            own = self.alone[k]
            costs[k], bounds[k], values[k] = (
                own.objective_mln, own.bound_mln, own.values
            )  # fmt: skip
        gap = relative_gap(self.alone[k].objective_mln, self.alone[k].bound_mln)
        bounds = np.minimum(bounds, costs)
        return Policy(self.names[k], first, costs, bounds, values, gap)

    # -- all futures ---------------------------------------------------------------

    @property
    def own_bounds(self) -> Floats:
        """(W,) What no plan of a future alone can cost less than, mln."""
        return np.array([found.bound_mln for found in self.alone[: self.count]])

    def _own(self) -> tuple[Floats, list[Floats | None]]:
        """Return the best known costs of each future (inf: none), and its values."""
        costs, values = np.full(self.count, np.inf), list[Floats | None]()
        for w in range(self.count):
            known = [
                (p.costs[w], p.values[w])
                for p in self.policies
                if p.values[w] is not None
            ]
            if self.alone[w].values is not None:
                known.insert(0, (self.alone[w].objective_mln, self.alone[w].values))
            cost, best = min(known, key=lambda pair: pair[0], default=(np.inf, None))
            costs[w] = cost
            values.append(best)
        return costs, values

    def _best_policy(self) -> Policy | None:
        """Return the best first period that has a completion in every future."""
        own, _ = self._own()
        plans = [policy for policy in self.policies if policy.is_plan]
        return min(
            plans, key=lambda policy: self.score.value(policy.costs, own), default=None
        )

    def _solve_together(self) -> Solution | None:
        """Solve the merged model from the best known first period."""
        own, _ = self._own()
        if self.score.objective == "regret" and not np.isfinite(own).all():
            return None
        best = self._best_policy()
        c, whole = self._merged(best, own)
        share = 1.0 if self.score.objective == "expected" else TOGETHER_SHARE
        found = self._solve(c, say("together"), self.left * share)
        if found.values is None:
            return found
        parts = [found.values[columns] for columns in whole.columns]
        costs = np.array([self.model.cost(w, part) for w, part in enumerate(parts)])
        first = found.values[: len(self.model.stages[0].keys)]
        self.policies.append(Policy("", first, costs, self.own_bounds, list(parts)))
        return found

    def _merged(self, best: Policy | None, own: Floats) -> tuple[Compiled, Merged]:
        """Return the merged model, to be started from the best first period so far."""
        whole = self.model.merged(self.score.probabilities)
        if self.score.objective == "expected":
            c = self.model.compiled(whole, best)
            known = [self._relaxed(w) for w in range(self.count)]
            parts = [part for part in known if part is not None]
            if len(parts) == self.count:
                weights = self.score.probabilities
                c = replace(c, relaxed=merged_relaxation(whole, parts, weights))
            return c, whole
        is_regret = self.score.objective == "regret"
        references = own if is_regret else np.zeros(self.count)
        low, value = self.score.simple_bound(self.own_bounds), np.inf
        if best is not None:
            value = self.score.value(best.costs, own)
        top = value + 1.0 + 0.01 * abs(value)  # finite: its price may be inexact
        whole = self.model.with_largest(whole, references, (low, top))
        return self.model.compiled(whole, best, value), whole

    def _chosen(self, together: Solution | None) -> Policy | None:
        """Return the best first period, completed as well as time allows."""
        best = self._best_policy()
        if best is None or self.score.objective == "expected":
            return best
        if self.is_interrupted or together is None:
            return best
        costs, values = best.costs.copy(), list(best.values)
        for w in range(self.count):
            share = max(self.left, 1.0) / (self.count - w)
            found = self._complete(w, best.first, share, values[w])
            if found is None or found.values is None:
                continue
            if found.objective_mln < costs[w]:
                costs[w], values[w] = found.objective_mln, found.values
        chosen = replace(best, costs=costs, values=values)
        self.policies = [chosen if p is best else p for p in self.policies]
        return chosen

    # -- the outcome ---------------------------------------------------------------

    def _failure(self, found: Solution, name: str) -> FuturesSolution:
        return replace(
            nothing_found(found, self.own_bounds, name), save_lp=self._save_lp()
        )

    def _save_lp(self) -> dict[str, Callable[[Path], None]]:
        models = zip(self.names, self.model.models[: self.count], strict=False)
        return {name: partial(save_lp, c.built) for name, c in models}

    def _finished(
        self, together: Solution | None, chosen: Policy | None
    ) -> FuturesSolution:
        """Say what is known; regret is claimed against bounds, not against plans."""
        first = next(
            (k for k in range(self.count) if self.alone[k].values is None), None
        )
        if chosen is None:
            is_infeasible = together and together.status is Status.INFEASIBLE
            if first is None or is_infeasible:
                found = together or self.alone[0]
                found = replace(found, status=self._stopped(found.status))
                return self._failure(found, "")
            return self._failure(self.alone[first], self.names[first])
        own, own_values = self._own()
        bound = self.score.simple_bound(self.own_bounds)
        if together is not None and np.isfinite(together.bound_mln):
            bound = max(bound, together.bound_mln)
        value = self.score.value(chosen.costs, self.own_bounds)
        self.seconds["total"] = self.elapsed
        is_loose = self.score.objective != "expected"
        return FuturesSolution(
            status=self._status(together, value, bound),
            objective_mln=value,
            bound_mln=bound_below(value, bound),
            costs=chosen.costs,
            found=self.model.read(chosen.values, is_loose=is_loose),
            own_costs=own,
            own_bounds=np.array(
                [bound_below(*pair) for pair in zip(own, self.own_bounds, strict=True)]
            ),
            own_found=self.model.read(own_values, is_loose=is_loose),
            policies=[p for p in self.policies if p.source],
            seconds=self.seconds,
            size={} if together is None else together.size,
            trace=[] if together is None else together.trace,
            save_lp=self._save_lp(),
        )

    def _stopped(self, status: Status) -> Status:
        return Status.INTERRUPTED if self.is_interrupted else status

    def _status(self, together: Solution | None, value: float, bound: float) -> Status:
        last = together or self.alone[0]
        stopped = self._stopped(
            Status.TIME_LIMIT if last.status in CLAIMS else last.status
        )
        size = abs(float(self._own()[0].max()))
        return proven(value, bound, self.options.gap, stopped, size)
