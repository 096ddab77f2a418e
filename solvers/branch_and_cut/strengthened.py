"""The programme of a fixed-charge network with the cuts of its LP."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_array, vstack

from aumaq.instances.arrays import Floats
from aumaq.solvers.branch_and_cut.dicuts import Cuts, Dicuts
from aumaq.solvers.highs.matrices import Matrices, with_rows
from aumaq.solvers.highs.node_lp import NodeLP

ROUNDS, CUTS_A_ROUND = 100, 400
CUTS = "cuts"
"""The family of rows that cut."""
DROPPED_EACH = 5
"""After so many rounds what does not bind is dropped."""
STALLED_ROUNDS, STALLED = 5, 1e-3
"""Rounds that together raise the bound by less than this part are the last."""


def root_cuts(m: Matrices, dicuts: Dicuts, is_over: Callable[[], bool]) -> Cuts:
    """Return the cuts that bind at the optimum of the LP, as far as it came to that."""
    lp, cuts, bounds = NodeLP(m, is_over), list[Cuts](), list[float]()
    for _ in range(ROUNDS):
        found = lp.solve()
        if found is None or found.values is None:
            break
        bounds.append(found.bound)
        if _is_stalled(bounds) or is_over():
            break
        if len(bounds) % DROPPED_EACH == 0:
            cuts = [_binding(one, found.values) for one in cuts]
            lp.drop_slack()
        new = dicuts.separate(found.values).first(CUTS_A_ROUND)
        if not len(new):
            break
        lp.add(new.rows, new.least)
        cuts.append(new)
    if found is not None and found.values is not None:
        cuts = [_binding(one, found.values) for one in cuts]
    return _together(cuts, len(m.cost))


def _is_stalled(bounds: list[float]) -> bool:
    if len(bounds) <= STALLED_ROUNDS:
        return False
    rise = bounds[-1] - bounds[-1 - STALLED_ROUNDS]
    return rise < STALLED * abs(bounds[-1])


def _binding(cuts: Cuts, values: Floats) -> Cuts:
    """Return the cuts that hold with equality."""
    slack = cuts.rows @ values - cuts.least
    is_bound = slack <= 1e-6 * (1.0 + np.abs(cuts.least))
    return Cuts(cuts.rows[is_bound], cuts.least[is_bound], cuts.violation[is_bound])


def _together(cuts: list[Cuts], num_columns: int) -> Cuts:
    none = np.zeros(0)
    rows = [csr_array((0, num_columns)), *(one.rows for one in cuts)]
    least = np.concatenate([none, *(one.least for one in cuts)])
    violation = np.concatenate([none, *(one.violation for one in cuts)])
    return Cuts(csr_array(vstack(rows)), least, violation)


def strengthened(m: Matrices, cuts: Cuts) -> Matrices:
    """Return the programme with the cuts among its rows."""
    return with_rows(m, cuts.rows, cuts.least, CUTS)
