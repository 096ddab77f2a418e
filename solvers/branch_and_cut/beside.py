"""What a solve of a fixed-charge network has beside HiGHS: cuts, and a tree of its own.

HiGHS gets the cuts of the root. The tree proves in a thread: each uses the plans of the
other, and the better of the two bounds counts.
"""

from __future__ import annotations

import threading
import time

import numpy as np

from aumaq.instances.arrays import Floats
from aumaq.solvers.branch_and_cut.dicuts import Dicuts
from aumaq.solvers.branch_and_cut.flow_network import FlowNetwork
from aumaq.solvers.branch_and_cut.strengthened import strengthened
from aumaq.solvers.branch_and_cut.tree import Tree
from aumaq.solvers.highs.matrices import Matrices, with_whole_fixed
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

    def __init__(
        self, m: Matrices, network: FlowNetwork, options: SolveOptions, seconds: float
    ) -> None:
        """Cut the LP of *m*; all that is begun here ends within so many seconds."""
        self._is_stopped = threading.Event()
        now = time.monotonic()
        self._ends = now + CUTTING_SHARE * seconds
        dicuts = Dicuts(network, len(m.cost))
        self.matrices = strengthened(m, dicuts, self._is_over)
        self._ends = now + seconds
        self._m, self._solver = m, RestrictedSolver(m, options)
        is_free = m.is_integer & (m.column_lower < m.column_upper)
        is_charge = len(np.unique(network.opens)) >= TREE_SHARE * is_free.sum()
        has_tree = is_charge and options.num_threads > 1
        self._tree = (
            Tree(self.matrices, dicuts.separate, options.gap) if has_tree else None
        )
        self._thread: threading.Thread | None = None

    @property
    def bound(self) -> float:
        """What the tree has proven, mln."""
        return float("-inf") if self._tree is None else self._tree.bound

    def start(self, search: Improver) -> None:
        """Begin to branch; plans come from the search and go there."""
        if self._tree is None:
            return
        tree = self._tree

        def offer(values: Floats) -> None:
            fixed = with_whole_fixed(self._m, values)
            plan = self._solver.solve(fixed, Most(COMPLETION_SECONDS))
            if plan is not None:
                search.offer(search.cost(plan), plan)

        def branch() -> None:
            tree.run(self._is_over, lambda: search.objective, offer)

        self._thread = threading.Thread(target=branch, name="tree", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the tree; its bound stays."""
        self._is_stopped.set()
        self._solver.stop()
        if self._thread is not None:
            self._thread.join()

    def _is_over(self) -> bool:
        return self._is_stopped.is_set() or time.monotonic() > self._ends
