"""A first choice: the site that helps most, again and again."""

from __future__ import annotations

import numpy as np

from aumaq.instances.arrays import Flags, Floats
from aumaq.solvers.location.problem import LocationProblem


def greedy(problem: LocationProblem, count: int, lost: Floats) -> Flags:
    """Return open sites, (J,): each next one saves most of people times minutes.

    *lost* are the minutes that count for a client without an open site. Of equally good
    sites the first is taken; sites that save nothing are not opened.
    """
    p = problem
    is_open = p.is_kept | p.must_open
    minutes = np.minimum(p.nearest(is_open)[1], lost)
    weight, total = p.people[p.client], len(is_open)
    for _ in range(count - int(p.must_open.sum())):
        saved = weight * np.maximum(minutes[p.client] - p.minutes, 0.0)
        by_site = np.bincount(p.site, saved, total)
        by_site[~p.may_open | is_open] = 0.0
        best = int(by_site.argmax())
        if by_site[best] <= 0.0:
            break
        is_open[best] = True
        rows = p.site == best
        np.minimum.at(minutes, p.client[rows], p.minutes[rows])
    return is_open
