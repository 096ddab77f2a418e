"""p-dispersion: p sites as far apart as can be, by halving over the distances.

That all are at least D apart is a plan without two sites that are nearer: a stable set
of a graph (Erkut 1990; Sayah and Irnich 2017).
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from aumaq.classic.methods.clock import Clock
from aumaq.classic.methods.covers import site_limits
from aumaq.classic.methods.program import Program, solved
from aumaq.classic.problems import Problem
from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.errors import NoPlanError
from aumaq.instances.language.texts import say


def solve_dispersion(problem: Problem, clock: Clock) -> tuple[Ints, float]:
    """Return p sites whose least distance is greatest, and a bound on that."""
    p = int(problem.p or 0)
    m = problem.shape[1]
    if p < 2:
        raise NoPlanError(
            say("two sites at least are needed to be apart"), "infeasible"
        )
    apart = problem.distances.block(slice(0, m), np.arange(m)).copy()
    apart = np.minimum(apart, apart.T)
    np.fill_diagonal(apart, np.inf)
    usable = np.flatnonzero(~problem.sites.forbidden)
    pairs = np.triu_indices(len(usable), 1)
    values = np.unique(apart[np.ix_(usable, usable)][pairs])
    sites = _spread(apart, problem, p)
    low = int(np.searchsorted(values, _least(apart, sites), side="right"))
    high = len(values) - 1  # values[low ... high] are not decided
    bounded = len(values) - 1
    while low <= high and not clock.is_over:
        middle = (low + high) // 2
        found, is_possible = _stable(apart, problem, float(values[middle]), clock)
        if is_possible is None:
            break
        if found is None:
            high = bounded = middle - 1
        else:
            sites = found
            low = int(np.searchsorted(values, _least(apart, sites), side="right"))
        clock.note(say("stable sets"), float(values[bounded]), _least(apart, sites))
    least = _least(apart, sites)
    return sites, max(least, float(values[high if low > high else bounded]))


def _least(apart: Floats, sites: Ints) -> float:
    return float(apart[np.ix_(sites, sites)].min())


def _spread(apart: Floats, problem: Problem, p: int) -> Ints:
    """Return p sites: always the one farthest from those that are there."""
    sites = [int(j) for j in np.flatnonzero(problem.sites.stays)]
    free = ~problem.sites.forbidden
    if not sites:
        inside = np.where(np.isfinite(apart), apart, -1.0)
        inside[~free], inside[:, ~free] = -1.0, -1.0
        sites = [int(np.argmax(inside.max(axis=1)))]
    while len(sites) < p:
        far = apart[:, sites].min(axis=1)
        far[~free] = -1.0
        far[sites] = -1.0
        sites.append(int(np.argmax(far)))
    return np.array(sorted(sites), int)


def _stable(
    apart: Floats, problem: Problem, least: float, clock: Clock
) -> tuple[Ints | None, bool | None]:
    """Return p sites no two of which are nearer than *least*, if there are such."""
    m, p = problem.shape[1], int(problem.p or 0)
    a, b = np.nonzero(np.triu(apart < least, 1))
    rows = np.repeat(np.arange(len(a)), 2)
    pairs = csr_array(
        (np.ones(2 * len(a)), (rows, np.column_stack([a, b]).ravel())), (len(a), m)
    )
    low, high = site_limits(problem)
    program = Program(
        -np.ones(m), np.ones(m, bool), low, high, pairs, np.full(len(a), -np.inf),
        np.ones(len(a)),
    )  # fmt: skip
    answer = solved(program, clock)
    if answer.values is not None and answer.values.sum() > p - 0.5:
        chosen = np.flatnonzero(answer.values > 0.5)
        required = problem.sites.stays[chosen]
        order = np.concatenate([chosen[required], chosen[~required]])
        return np.sort(order[:p]), True
    if answer.is_infeasible or -answer.bound < p - 1e-6:
        return None, False
    return None, None
