"""Staff of a first plan: facilities that nobody can run, who is hired and trained."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np
from scipy.sparse import csc_array

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.model.data.gathered import ModelData
from aumaq.model.data.staff import StaffData, staff_data
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.highs.solver import Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Status
from aumaq.solvers.start.site_units import lowered
from aumaq.solvers.work import Most

ENOUGH = 1e-9
"""Relative to the people there, posts that are more by this are rounding."""


def staffed(
    data: ModelData,
    units: Mapping[str, Ints],
    allowed: Mapping[str, Flags],
    used: Mapping[str, Floats],
) -> dict[str, Ints]:
    """Return units that can all be staffed, by service, (J, L+1, T).

    *used* is what each site serves, (J, T): where more posts are than people can be
    had, the sites that serve least go first, from that period on. What may not change
    stays: the audit is the judge.
    """
    found = dict(units)
    if data.instance.tables["staff_supply"].empty:
        return found
    s = staff_data(data)
    there = _most_people(s) * (1.0 + ENOUGH) + ENOUGH
    for k in np.argsort(s.period, kind="stable").tolist():
        for name, j in _least_first(data, s, k, used):
            if s.needed_in(data, found, k) <= there[k]:
                break
            posts = s.posts[name][s.profession[k]]
            alone = np.zeros(used[name].shape, dtype=bool)
            alone[j, s.period[k]] = True
            level = int(np.flatnonzero(posts > 0.0)[0])
            found[name] = lowered(
                data.services[name], found[name], allowed[name], alone, level
            )
    return found


def _least_first(
    data: ModelData, s: StaffData, k: int, used: Mapping[str, Floats]
) -> list[tuple[str, int]]:
    """Return the sites that need people of a row of supply: service and number."""
    sites = [
        (float(used[name][j, s.period[k]]), name, j)
        for name, posts in s.posts.items()
        if (posts[s.profession[k]] > 0.0).any()
        for j, region in enumerate(data.services[name].site_region)
        if region == s.region[k]
    ]
    return [(name, j) for _, name, j in sorted(sites)]


def _most_people(s: StaffData) -> Floats:
    """Return how many people there can be at most, for each row of supply."""
    hired, trained = (
        np.minimum(s.most_hired, s.most),
        np.minimum(s.most_trained, s.most),
    )
    more = s.before(trained=False) @ hired + s.before(trained=True) @ trained
    return np.asarray(s.available + more)


def hires(
    data: ModelData, units: Mapping[str, Ints], most: Most
) -> tuple[Floats, Floats] | None:
    """Return who is hired and trained, (R,) each, at least cost; None without a way."""
    count = len(data.instance.tables["staff_supply"])
    if not count:
        return np.zeros(0), np.zeros(0)
    s = staff_data(data)
    missing = s.needed(data, units) - s.available
    both = np.hstack([s.before(trained=False), s.before(trained=True)])
    is_last = s.period == len(data.periods) - 1
    upper = np.concatenate([
        np.minimum(s.most_hired, s.most),
        np.where(is_last, 0.0, np.minimum(s.most_trained, s.most)),
    ])  # fmt: skip
    df = data.df[s.period]
    m = Matrices.of(
        csc_array(both),
        np.concatenate([df * s.hire_mln, df * s.train_mln]),
        (missing, np.full(count, np.inf)),
        (np.zeros(2 * count), upper),
        np.zeros(2 * count, dtype=bool),
    )
    solver = Solver(m, SolveOptions(gap=0.0, threads=1))
    solver.limit(most)
    found = solver.run(most.seconds, Silent(), time.monotonic())
    if found.status is not Status.OPTIMAL or found.values is None:
        return None
    return found.values[:count], found.values[count:]
