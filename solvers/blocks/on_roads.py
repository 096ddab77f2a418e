"""Blocks on the roads of the best plan: what they can do without ways that it lacks.

A part of a road is cheap at its price. So the plan of a block goes ways that no plan of
all builds, and sent other ways its people need other facilities. Such a block has a
twin: the same block without the ways that the best plan has not built, planned from its
part of that plan. Twins say nothing about the bound.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from aumaq.instances.arrays import Flags, Floats
from aumaq.solvers.blocks.part import Part
from aumaq.solvers.blocks.split import Split
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.structure import TOLERANCE

PASSABLE = "passable"
"""The family of the rows that open ways by upgrades of roads."""
HALF = 0.5


class OnRoads:
    """The twins of blocks whose plans go ways that the best plan has not built."""

    def __init__(self, m: Matrices, split: Split) -> None:
        """Prepare for a model that was split into blocks."""
        is_way = m.row_family[split.priced] == PASSABLE
        rows = csr_array(m.by_row[split.priced[is_way]])
        self._ways, self._roads = rows.maximum(0.0), rows.minimum(0.0)
        self._closed: Flags = np.zeros(len(m.cost), dtype=bool)
        self._twins: dict[int, Part] = {}

    def look(self, parts: list[Part], best: Floats) -> None:
        """Learn the best plan: its roads, and what blocks do on them."""
        built = -(self._roads @ best)
        closed = np.zeros(len(self._closed), dtype=bool)
        closed[self._ways[np.flatnonzero(built < HALF)].indices] = True
        if not np.array_equal(closed, self._closed):
            self._closed, self._twins = closed, {}
        for k, part in enumerate(parts):
            own = closed[part.columns]
            if (twin := self._twins.get(k)) is not None:
                twin.offer(best[part.columns])
            elif part.values is not None and (part.values[own] > TOLERANCE).any():
                self._twins[k] = _twin(part, own, best[part.columns])

    def of(self, parts: list[Part]) -> list[Part]:
        """Return the twin of each block, the block itself where it has none."""
        for k, twin in self._twins.items():
            twin.bound = parts[k].bound
        return [self._twins.get(k, part) for k, part in enumerate(parts)]

    def offer(self, parts: list[Part], twin: Part) -> None:
        """Give a block the plan of its twin: it may be better than its own."""
        for k, one in self._twins.items():
            if one is twin and twin.values is not None:
                parts[k].offer(twin.values)


def _twin(part: Part, closed: Flags, values: Floats) -> Part:
    """Return a block without *closed* columns, with a plan to begin from."""
    m = part.matrices
    is_open = replace(m, column_upper=np.where(closed, 0.0, m.column_upper))
    twin = replace(
        part, matrices=is_open, relaxed=np.where(closed, 0.0, part.relaxed),
        objective=float(m.cost @ values), values=values, search=None,
        is_twin=True, is_begun=True, is_proving=False, is_planning=False,
        filtered=float("inf"), found=float("inf"),
    )  # fmt: skip
    twin.filter_seconds = part.filter_seconds
    return twin
