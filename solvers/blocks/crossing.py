r"""Plans of blocks chosen together: which block is as in which plan.

Plans that blocks have of their own rarely fit side by side: what they use of a budget,
of teachers, of second shifts is priced, not limited. Instead of repairing what breaks,
each block :math:`b` takes its part of the best plan :math:`\hat x` or of one of the
offers :math:`x^o`, so that the rows which couple hold:

.. math::
   \min \sum_{o,b} c_b (x^o_b - \hat x_b) z_{ob} + c_l x_l \quad
   \text{s.t. } \sum_o z_{ob} \le 1, \quad
   lower \le A \hat x + \sum_{o,b} A_b (x^o_b - \hat x_b) z_{ob} + A_l x_l \le upper

with :math:`z` of 0 or 1 and :math:`x_l` the columns that stand in these rows only (the
master problem of Dantzig and Wolfe 1960, restricted to known plans and in whole
numbers). It is small, and :math:`z = 0` is a plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csc_array, csr_array, hstack, vstack

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.solvers.highs.matrices import NO_LIMIT, Matrices
from aumaq.solvers.restricted import RestrictedSolver
from aumaq.solvers.solution.decisions import Status
from aumaq.solvers.structure import Structure
from aumaq.solvers.work import Most

SAME = 1e-9
"""Values that differ by less are the same."""


@dataclass(frozen=True)
class _Changes:
    """What may be different from the known plan: a column each, and of which block."""

    columns: csc_array
    block: Ints


@dataclass(frozen=True)
class Crossing:
    """What a model falls apart into, to choose block by block."""

    blocks: list[Ints]
    """The columns of each block."""
    coupling: Ints
    """The rows that tie blocks."""
    loose: Ints
    """The columns that stand in these alone."""
    shared: Ints
    """The columns that several blocks have."""
    cost: Floats
    """What a unit of each column costs, with what open rows are priced at, mln."""

    def crossed(
        self,
        solver: RestrictedSolver,
        offers: Sequence[Floats],
        known: Floats,
        most: Most,
    ) -> list[Floats]:
        """Return the best plan with each block as in *known* or in one of the offers.

        An empty list where nothing is better than *known*.
        """
        m, loose = solver.structure.matrices, self.loose
        changes = self._changes(solver.structure, offers, known)
        count = len(changes.block)
        if not count:
            return []
        master = self._master(solver.structure, changes, known)
        start = np.append(np.zeros(count), known[loose])
        found = solver.solve(master, most, (np.arange(len(start)), start))
        if found is None or master.cost @ found >= master.cost @ start:
            return []
        values = known + changes.columns @ np.round(found[:count])
        values[loose] = found[count:]
        values[m.is_integer] = np.round(values[m.is_integer])
        return [values]

    def prices(
        self,
        solver: RestrictedSolver,
        offers: Sequence[Floats],
        known: Floats,
        most: Most,
    ) -> Floats | None:
        """Return what a unit of each row saves in the LP over *known* and the offers.

        NaN for rows that tie nothing, or are open. None without an optimum.
        """
        m, changes = (
            solver.structure.matrices,
            self._changes(solver.structure, offers, known),
        )
        if not len(changes.block):
            return None
        master = self._master(solver.structure, changes, known)
        is_whole = np.zeros_like(master.is_integer)
        found = solver.run(replace(master, is_integer=is_whole), most)
        if found.status is not Status.OPTIMAL or found.duals is None:
            return None
        price = np.full(len(m.row_lower), np.nan)
        price[self.coupling] = found.duals[: len(self.coupling)]
        price[(m.row_lower <= -NO_LIMIT) & (m.row_upper >= NO_LIMIT)] = np.nan
        return price

    def _master(
        self, structure: Structure, changes: _Changes, known: Floats
    ) -> Matrices:
        """Return the MIP of which change is made, beside the loose columns."""
        m, loose = structure.matrices, self.loose
        coupling, kept = structure.rows(self.coupling), known.copy()
        kept[loose] = 0.0
        used, once = coupling @ kept, _once(changes.block, len(loose))
        tied = hstack([coupling @ changes.columns, coupling[:, loose]])
        whole, zeros = csc_array(vstack([tied, once])), np.zeros(len(changes.block))
        whole.sort_indices()
        ones = np.ones(once.shape[0])
        return Matrices.of(
            whole,
            np.append(changes.columns.T @ self.cost, self.cost[loose]),
            (
                np.append(m.row_lower[self.coupling] - used, -np.inf * ones),
                np.append(m.row_upper[self.coupling] - used, ones),
            ),
            (
                np.append(zeros, m.column_lower[loose]),
                np.append(zeros + 1.0, m.column_upper[loose]),
            ),
            np.append(zeros == 0.0, m.is_integer[loose]),
        )

    def _changes(
        self, structure: Structure, offers: Sequence[Floats], known: Floats
    ) -> _Changes:
        """Return what differs from *known*, by block, and keeps the block's rows."""
        size, is_shared = len(known), np.zeros(len(known), dtype=bool)
        is_shared[self.shared] = True
        block = np.full(size, len(self.blocks))
        for k, columns in enumerate(self.blocks):
            block[columns] = k
        found, of = [], []
        for offer in offers:
            change, is_bad = offer - known, self._breaks_own(structure, offer, block)
            moved = is_shared & (change != 0.0)  # what several have stays
            for k, columns in enumerate(self.blocks):
                is_bad[k] |= bool(moved[columns].any())
            at = np.flatnonzero((np.abs(change) > SAME) & ~is_bad[block])
            different, column = np.unique(block[at], return_inverse=True)
            shape = size, len(different)
            found.append(csc_array((change[at], (at, column)), shape=shape))
            of.append(different)
        return _Changes(csc_array(hstack(found)), np.concatenate(of).astype(np.int64))

    def _breaks_own(self, structure: Structure, offer: Floats, block: Ints) -> Flags:
        """Return of each block, and of what is in none, whether its rows are broken."""
        broken = structure.broken(offer)
        broken[self.coupling] = False
        is_bad = np.zeros(len(self.blocks) + 1, dtype=bool)
        is_bad[block[structure.columns_of(np.flatnonzero(broken))]] = True
        is_bad[-1] = True
        return is_bad


def _once(block: Ints, rest: int) -> csr_array:
    """Return the rows by which a block takes one offer at most."""
    different, row = np.unique(block, return_inverse=True)
    shape = len(different), len(block) + rest
    return csr_array((np.ones(len(block)), (row, np.arange(len(block)))), shape=shape)
