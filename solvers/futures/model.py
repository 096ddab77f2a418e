"""The models of several futures: each by itself, and merged."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from aumaq.instances import Instance
from aumaq.instances.arrays import Floats, Ints
from aumaq.model.data.gathered import ModelData
from aumaq.model.program import NONE
from aumaq.solvers.compiled import Compiled, compiled, read
from aumaq.solvers.futures.first_stage import first_stages, with_first_columns
from aumaq.solvers.futures.merged import Merged, merged, with_largest
from aumaq.solvers.futures.state import Policy
from aumaq.solvers.highs.matrices import with_fixed
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.places import Site
from aumaq.solvers.progress import Labelled, Progress
from aumaq.solvers.solution.decisions import Decisions, Given, Weighed
from aumaq.solvers.start.financing import has_financing


class FuturesModel:
    """Compiled models of all futures; the first *count* (W) are planned for."""

    def __init__(
        self,
        instances: Sequence[Instance],
        data: Sequence[ModelData],
        count: int,
        options: SolveOptions,
        progress: Progress,
    ) -> None:
        """Build and compile the model of each future.

        *data* are their numbers, gathered alike. Raises OutOfTimeError.
        """
        self.count = count
        started, models = time.monotonic(), []
        for instance, own in zip(instances, data, strict=True):
            since = time.monotonic() - started
            told = Labelled(progress, instance.scenario, since)
            left = replace(options, time_limit=max(options.time_limit - since, 1e-6))
            c = compiled(instance, left, told, Given(), own)
            matrices, place = with_first_columns(c.built, c.matrices, c.place)
            models.append(replace(c, matrices=matrices, place=place))
        self.models = models
        self.stages = first_stages([(c.built, c.matrices, c.place) for c in models])

    def cost(self, w: int, values: Floats) -> float:
        """Return the cost of a solution of future *w*, mln."""
        m = self.models[w].matrices
        return float(m.cost @ values) + m.offset

    def read(
        self, values: Sequence[Floats | None], *, is_loose: bool
    ) -> list[tuple[Decisions, Weighed]]:
        """Return the decisions of a solution of each future, and what it weighs.

        Futures that do not set the maximum are *loose*: they may weigh more than their
        decisions cost. Where it matters who pays, what goes round stays: for a share it
        may be needed in one future, and the first period is that of all.
        """
        found = []
        for c, own in zip(self.models, values, strict=False):
            assert own is not None
            pays = has_financing(c.built.data)
            decisions, weighed = read(c, own, keeps_rounds=pays)
            if is_loose:
                weighed = Weighed(weighed.terms, {}, frozenset(weighed.terms))
            found.append((decisions, weighed))
        return found

    def with_first(self, w: int, first: Floats) -> Compiled | None:
        """Return the model of future *w* with a given first period.

        None if something of it cannot be done in that future.
        """
        c, stage = self.models[w], self.stages[w]
        if not stage.allows(first):
            return None
        known = stage.column >= 0
        fixed = with_fixed(c.matrices, stage.column[known], first[known])
        return replace(c, matrices=fixed)

    def merged(self, weights: Floats) -> Merged:
        """Return the model of all futures, for the weighted sum of their costs."""
        parts = [c.matrices for c in self.models[: self.count]]
        return merged(parts, self.stages[: self.count], weights)

    def with_largest(
        self, whole: Merged, references: Floats, limits: tuple[float, float]
    ) -> Merged:
        """Return the merged model for the largest of cost - reference."""
        parts = [c.matrices for c in self.models[: self.count]]
        return with_largest(whole, parts, references, limits)

    def compiled(
        self, whole: Merged, best: Policy | None, largest: float | None = None
    ) -> Compiled:
        """Return the merged model in the form that methods solve.

        It starts from the first period *best*, or from today's stock carried on;
        *largest* is the value of *best* where a column holds it.
        """
        models = self.models[: self.count]
        placed = [
            (c.built, np.append(columns, NONE)[c.place])
            for c, columns in zip(models, whole.columns, strict=True)
        ]
        return replace(
            models[0],
            matrices=whole.matrices,
            place=placed[0][1],
            sites=self._sites(whole),
            start=self._start(whole)
            if best is None
            else _whole_start(whole, best, largest),
            seconds={"pass": sum(c.seconds["pass"] for c in models)},
            beside=tuple(placed[1:]),
        )

    def _sites(self, whole: Merged) -> list[Site]:
        """Return the places with their columns in all futures."""
        found: dict[bytes, list[Site]] = {}
        for c, columns in zip(self.models, whole.columns, strict=False):
            for site in c.sites:
                moved = Site(columns[site.columns], site.point)
                found.setdefault(site.point.tobytes(), []).append(moved)
        return [
            Site(np.unique(np.concatenate([s.columns for s in here])), here[0].point)
            for here in found.values()
        ]

    def _start(self, whole: Merged) -> tuple[Ints, Floats]:
        """Return columns and values of the starts of all futures."""
        columns, values = [], []
        for c, into in zip(self.models, whole.columns, strict=False):
            columns.append(into[c.start[0]])
            values.append(c.start[1])
        known, index = np.unique(np.concatenate(columns), return_index=True)
        return known, np.concatenate(values)[index]


def _whole_start(
    whole: Merged, best: Policy, largest: float | None
) -> tuple[Ints, Floats]:
    parts = [values for values in best.values if values is not None]
    values = whole.values(best.first, parts)
    if largest is not None:
        values[-1] = largest
    return np.arange(len(values)), values
