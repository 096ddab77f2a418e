"""What a solve of a fixed-charge network has beside HiGHS: cuts, and a tree of its own.

HiGHS gets the cuts of the root. The tree proves in a thread: each uses the plans of the
other, and the better of the two bounds counts.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from aumaq.instances.arrays import Floats
from aumaq.solvers.branch_and_cut.dicuts import Cuts, Dicuts
from aumaq.solvers.branch_and_cut.flow_network import flow_network
from aumaq.solvers.branch_and_cut.strengthened import root_cuts, strengthened
from aumaq.solvers.branch_and_cut.tree import Tree
from aumaq.solvers.highs.matrices import (
    Matrices,
    restricted,
    with_whole_fixed,
)
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.restricted import RestrictedSolver
from aumaq.solvers.search import Improver
from aumaq.solvers.work import Most

TREE_SHARE = 0.6
"""Part of the integers that open arcs from which the tree is worth its time: it knows
no other cuts."""
CUTTING_SHARE = 0.2
COMPLETION_SECONDS = 5.0
"""For flows once all that opens arcs is decided."""


class Beside:
    """The cuts of a programme, and the thread of its tree."""

    def __init__(self, m: Matrices, options: SolveOptions, seconds: float) -> None:
        """Cut the LP of *m*; all that is begun here ends within so many seconds."""
        self._m, self._solver = m, RestrictedSolver(m, options)
        self._is_stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._free = np.flatnonzero(m.column_lower < m.column_upper)
        now = time.monotonic()
        self._ends = now + CUTTING_SHARE * seconds
        self._tree, cuts = self._prepared(options.gap)
        self._ends = now + seconds
        self.matrices = strengthened(m, cuts)

    def _prepared(self, gap: float) -> tuple[Tree | None, Cuts]:
        """Return the tree of what is free in the programme, and cuts for all of it."""
        m, free = self._m, self._free
        fixed = np.where(m.column_lower < m.column_upper, 0.0, m.column_lower)
        part, _ = restricted(m, csr_array(m.sparse), free, fixed)
        part = replace(part, offset=m.offset + float(m.cost @ fixed))
        count, network = len(m.cost), flow_network(part)
        if network is None:
            return None, Cuts(csr_array((0, count)), np.zeros(0), np.zeros(0))
        dicuts = Dicuts(network, len(free))
        cuts = root_cuts(part, dicuts, self._is_over)
        rows = cuts.rows
        columns = rows.data, free[rows.indices], rows.indptr
        whole = replace(cuts, rows=csr_array(columns, shape=(len(cuts), count)))
        num_charges = len(np.unique(network.opens))
        if num_charges < TREE_SHARE * part.is_integer.sum():
            return None, whole
        return Tree(part, dicuts.separate, gap, cuts), whole

    @property
    def bound(self) -> float:
        """What the tree has proven, mln; that there is no plan is left to HiGHS."""
        known = float("-inf") if self._tree is None else self._tree.bound
        return known if np.isfinite(known) else float("-inf")

    @property
    def is_done(self) -> bool:
        """Whether the tree has proven the best plan."""
        return self._tree is not None and self._tree.is_done and self.bound > -np.inf

    def start(self, search: Improver, end: Callable[[], None]) -> bool:
        """Begin to branch if that is worth it, and say so.

        Plans come from the search and go there; *end* is called once all is proven.
        """
        if self._tree is None:
            return False
        tree = self._tree

        def offer(values: Floats) -> None:
            whole = self._m.column_lower.copy()
            whole[self._free] = values
            fixed = with_whole_fixed(self._m, whole)
            plan = self._solver.solve(fixed, Most(COMPLETION_SECONDS))
            if plan is not None:
                search.offer(search.cost(plan), plan)

        def branch() -> None:
            tree.run(self._is_over, lambda: search.objective, offer)
            if self.is_done:
                end()

        self._thread = threading.Thread(target=branch, name="tree", daemon=True)
        self._thread.start()
        return True

    def stop(self) -> None:
        """End the tree; its bound stays."""
        self._is_stopped.set()
        self._solver.stop()
        if self._thread is not None:
            self._thread.join()

    def _is_over(self) -> bool:
        return self._is_stopped.is_set() or time.monotonic() > self._ends
