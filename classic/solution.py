"""A solution of a classic problem, and its independent recomputation."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from aumaq.classic.distances import CHUNK
from aumaq.classic.problems import BY_BUDGET, CAPACITATED, COUNTED, Problem
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.language.texts import Text, say

GREATEST = ("mclp", "lscp-b", "p-dispersion")
"""Problems that want more: their bound lies above the objective."""
TOLERANCE = 1e-6
"""Relative, of recomputed values."""


@dataclass(frozen=True)
class Proof:
    """A value, and what no plan can be better than."""

    objective: float
    bound: float

    @property
    def gap(self) -> float:
        """Distance of bound and objective relative to the objective."""
        if self.objective == self.bound:
            return 0.0  # infinite, too: sites that no way joins
        distance = abs(self.objective - self.bound)
        return distance / abs(self.objective) if self.objective else distance

    @property
    def proven(self) -> bool:
        """Whether nothing can be better, but for rounding."""
        return self.gap <= TOLERANCE


@dataclass(frozen=True)
class Solution(Proof):
    """Open sites and who goes where. I clients.

    ``allocation`` has the site of each client, -1 where there is none; ``shares`` are
    rows (client, site, share) of clients that are shared out, empty otherwise.
    """

    sites: Ints  # open ones, ascending
    allocation: Ints  # (I,)
    seconds: float
    method: str = ""
    shares: Floats = field(default_factory=lambda: np.empty((0, 3)))
    trace: tuple[tuple[float, float, float], ...] = ()  # seconds, bound, objective


@dataclass(frozen=True)
class Check:
    """What was recomputed: the value, and what is wrong with the solution."""

    value: float
    problems: tuple[Text, ...]


def check(problem: Problem, solution: Solution) -> Check:
    """Recompute a solution from the data alone; nothing of a method is used."""
    wrong = [*_wrong_sites(problem, solution), *_wrong_clients(problem, solution)]
    value = _VALUES[problem.kind](problem, solution)
    scale = max(1.0, abs(value))
    is_same = value == solution.objective  # both may be infinite
    if not (is_same or abs(value - solution.objective) <= TOLERANCE * scale):
        told = say("the objective is {value}, not {said}", value=value,
                   said=solution.objective)  # fmt: skip
        wrong.append(told)
    over = solution.objective - solution.bound
    over = over if problem.kind in GREATEST else -over
    if over > TOLERANCE * scale:
        wrong.append(say("{bound} is no bound of it", bound=solution.bound))
    return Check(value, tuple(wrong))


def distances_to(problem: Problem, sites: Ints) -> tuple[Floats, Ints]:
    """Return how far each client has to the nearest of some sites, and to which."""
    n = problem.shape[0]
    least, nearest = np.full(n, np.inf), np.full(n, -1)
    if not len(sites):
        return least, nearest
    step = max(1, CHUNK // len(sites))
    for start in range(0, n, step):
        rows = slice(start, min(n, start + step))
        block = problem.distances.block(rows, sites)
        best = block.argmin(axis=1)
        least[rows] = block[np.arange(len(best)), best]
        nearest[rows] = np.where(np.isfinite(least[rows]), sites[best], -1)
    return least, nearest


def times_covered(problem: Problem, sites: Ints) -> Ints:
    """Return how many of some sites each client has within the radius."""
    n, radius = problem.shape[0], problem.radius or 0.0
    found = np.zeros(n, dtype=np.int64)
    step = max(1, CHUNK // max(1, len(sites)))
    for start in range(0, n, step):
        rows = slice(start, min(n, start + step))
        block = problem.distances.block(rows, sites)
        found[rows] = (block <= radius).sum(axis=1)
    return found


def loads(problem: Problem, solution: Solution) -> Floats:
    """Return the demand that comes to each site, (J,)."""
    client, site, share = shares_of(solution).T
    amount = problem.clients.demands[client.astype(int)] * share
    found = np.bincount(site.astype(int), amount, minlength=problem.shape[1])
    return np.asarray(found, float)


def shares_of(solution: Solution) -> Floats:
    """Return rows (client, site, share) of all clients that have a site."""
    if len(solution.shares):
        return solution.shares
    served = np.flatnonzero(solution.allocation >= 0)
    one = np.ones(len(served))
    return np.column_stack([served, solution.allocation[served], one])


def _wrong_sites(problem: Problem, solution: Solution) -> list[Text]:
    """Return what is wrong with the open sites."""
    wrong = []
    is_open = np.zeros(problem.shape[1], bool)
    is_open[solution.sites] = True
    if int(is_open.sum()) != len(solution.sites):
        wrong.append(say("a site is named twice"))
    if (problem.stays & ~is_open).any():
        wrong.append(say("a required site is closed"))
    if (problem.sites.forbidden & is_open).any():
        wrong.append(say("a forbidden site is open"))
    is_counted = problem.p is not None and problem.kind in COUNTED
    if is_counted and is_open.sum() != problem.p:
        told = say("{n} sites are open, not {p}", n=int(is_open.sum()), p=problem.p)
        wrong.append(told)
    if problem.kind in BY_BUDGET and not _is_paid(problem, is_open):
        wrong.append(say("opening and closing cost more than the budget"))
    used = np.unique(shares_of(solution)[:, 1].astype(int))
    if not is_open[used].all():
        wrong.append(say("a client goes to a closed site"))
    return wrong


def _is_paid(problem: Problem, is_open: Flags) -> bool:
    """Recompute what changes cost."""
    sites, budget = problem.sites, float(problem.budget or 0.0)
    spent = float(sites.fixed_costs[is_open & ~sites.existing].sum())
    if sites.closing_costs is not None:
        spent += float(sites.closing_costs[sites.existing & ~is_open].sum())
    return spent <= budget + TOLERANCE * max(1e-9, budget)


def _wrong_clients(problem: Problem, solution: Solution) -> list[Text]:
    """Return what is wrong with who goes where."""
    kind, wrong = problem.kind, []
    if kind == "p-dispersion":
        return []
    if kind in ("lscp", "lscp-b"):
        count = times_covered(problem, solution.sites)
        if (count < 1).any():
            wrong.append(say("{n} clients are not covered", n=int((count < 1).sum())))
        return wrong
    client, _, share = shares_of(solution).T
    total = np.bincount(client.astype(int), share, minlength=problem.shape[0])
    if kind != "mclp" and not np.allclose(total, 1.0, atol=TOLERANCE):
        wrong.append(say("a client is not served in full"))
    if kind in ("sscflp", "cpmp") and len(solution.shares):
        wrong.append(say("a client has more than one site"))
    if kind in CAPACITATED:
        room = problem.sites.capacities
        spare = TOLERANCE * min(1.0, float(problem.clients.demands.sum()))
        if (loads(problem, solution) > room * (1 + TOLERANCE) + spare).any():
            wrong.append(say("a site has more than its capacity"))
    return wrong


def _service_cost(problem: Problem, solution: Solution) -> float:
    total = 0.0
    rows = shares_of(solution)
    client, site = rows[:, 0].astype(int), rows[:, 1].astype(int)
    for j in np.unique(site):
        there = np.flatnonzero(site == j)
        who = client[there]
        span = slice(int(who.min()), int(who.max()) + 1)
        column = problem.distances.block(span, [int(j)])[who - who.min(), 0]
        total += float((problem.clients.weights[who] * column * rows[there, 2]).sum())
    return total


def _total_cost(problem: Problem, solution: Solution) -> float:
    fixed = float(problem.sites.fixed_costs[solution.sites].sum())
    return fixed + _service_cost(problem, solution)


def _count(problem: Problem, solution: Solution) -> float:
    del problem
    return float(len(solution.sites))


def _backed_up(problem: Problem, solution: Solution) -> float:
    return float((times_covered(problem, solution.sites) >= 2).sum())


def _covered(problem: Problem, solution: Solution) -> float:
    count = times_covered(problem, solution.sites)
    return float(problem.clients.weights[count > 0].sum())


def _greatest(problem: Problem, solution: Solution) -> float:
    return float(distances_to(problem, solution.sites)[0].max())


def _least_apart(problem: Problem, solution: Solution) -> float:
    """Sites are the clients of their own problem here: distances of sites to sites."""
    sites = solution.sites
    apart = np.vstack(
        [problem.distances.block(slice(int(j), int(j) + 1), sites) for j in sites]
    )
    apart[np.diag_indices(len(sites))] = np.inf
    return float(apart.min())


_VALUES = {
    "lscp": _count,
    "lscp-b": _backed_up,
    "mclp": _covered,
    "p-median": _service_cost,
    "p-center": _greatest,
    "p-dispersion": _least_apart,
    "uflp": _total_cost,
    "cflp": _total_cost,
    "sscflp": _total_cost,
    "cpmp": _service_cost,
    "relocation": _service_cost,
}
