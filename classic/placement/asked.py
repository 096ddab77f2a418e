"""A classic problem of the people and sites that still matter for a goal."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from aumaq.classic.distances import Sparse
from aumaq.classic.methods.center import filled
from aumaq.classic.placement.problem import LocationProblem
from aumaq.classic.problems import Problem, clients_of, sites_of
from aumaq.instances.arrays import Flags, Ints


@dataclass(frozen=True)
class Asked:
    """A classic problem of some clients and sites of a whole one."""

    problem: Problem
    sites: Ints  # (A,) numbers of its sites in the whole

    @property
    def has_choice(self) -> bool:
        """Whether there is anything to choose."""
        required = int(self.problem.sites.required.sum())
        return bool(self.problem.shape[0]) and (self.problem.p or required) > required

    def with_sites(self, is_open: Flags, found: Ints) -> Flags:
        """Return open sites of the whole with some of the problem's."""
        is_open = is_open.copy()
        is_open[self.sites[found]] = True
        return is_open

    def of_whole(self, is_open: Flags) -> Ints:
        """Return open sites of the whole as those of the problem, filled up to p."""
        own = is_open[self.sites]
        return filled(self.problem, own, int(self.problem.p or 0))


def asked(
    p: LocationProblem, kind: str, who: Flags, required: Flags, count: int | None
) -> Asked:
    """Return the problem of clients *who*, (I,), and of sites that are required or may.

    *count* of those that may open do, beside the kept ones among the *required*.
    """
    is_used = p.may_open | required
    clients, sites = np.flatnonzero(who), np.flatnonzero(is_used)
    client, site = np.cumsum(who) - 1, np.cumsum(is_used) - 1
    rows = who[p.client] & is_used[p.site]
    shape = (len(clients), len(sites))
    pairs = Sparse(client[p.client[rows]], site[p.site[rows]], p.minutes[rows], shape)
    stands = replace(sites_of(len(sites)), required=required[sites])
    number = None
    if count is not None:
        kept = int((required & ~p.may_open).sum())
        number = kept + min(count, int(p.may_open.sum()))
    people = clients_of(len(clients), p.people[clients])
    return Asked(Problem(kind, people, stands, pairs, number, np.inf), sites)
