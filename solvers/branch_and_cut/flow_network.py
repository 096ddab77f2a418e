"""The network of flows with fixed charges in a programme, recognised by its rows.

A node is an equality in which what comes less what goes is what is needed; an arc is a
column that is +1 in one node and -1 in another. Where a further row says that an arc
carries nothing unless something is built, its flow has a fixed charge. Everything else
that stands in a node (sources, what may stay unserved) widens what the node may need.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.solvers.highs.matrices import Matrices

ROUNDING = 1e-9


@dataclass(frozen=True)
class FlowNetwork:
    """Arcs from node to node with the columns of their flow and of what opens them.

    ``opens[starts[k]:starts[k + 1]]`` are the columns without which arc k carries
    nothing, each letting through its part of ``capacity``; an arc without any is there.
    ``least`` and ``most`` are what must come into each node over arcs, net.
    """

    tail: Ints
    head: Ints
    flow: Ints
    starts: Ints
    opens: Ints
    capacity: Floats
    least: Floats
    most: Floats

    @property
    def num_charged(self) -> int:
        """How many arcs have a fixed charge."""
        return int((np.diff(self.starts) > 0).sum())


def flow_network(m: Matrices) -> FlowNetwork | None:
    """Return the network in a programme, None where it has none with fixed charges."""
    by_row = m.by_row
    is_arc = _arcs(m, by_row)
    if not is_arc.any():
        return None
    is_node = (m.row_lower == m.row_upper) & (np.abs(by_row) @ is_arc > 0)
    nodes, flow = np.flatnonzero(is_node), np.flatnonzero(is_arc)
    ends = by_row[nodes].tocsc()[:, flow].tocoo()
    tail, head = np.zeros(len(flow), np.int64), np.zeros(len(flow), np.int64)
    tail[ends.col[ends.data < 0]] = ends.row[ends.data < 0]
    head[ends.col[ends.data > 0]] = ends.row[ends.data > 0]
    starts, opens, capacity = _charges(m, by_row, flow, is_node)
    if len(opens) == 0:
        return None
    least, most = _needs(m, by_row, nodes, is_arc, (tail, head))
    return FlowNetwork(tail, head, flow, starts, opens, capacity, least, most)


def _arcs(m: Matrices, by_row: csr_array) -> Flags:
    """Return which columns leave one equality and enter another, and can do so."""
    equal = by_row[np.flatnonzero(m.row_lower == m.row_upper)].tocsc()
    is_unit = np.abs(np.abs(equal.data) - 1.0) < ROUNDING
    column = np.repeat(np.arange(len(m.cost)), np.diff(equal.indptr))
    units = np.bincount(column[is_unit], minlength=len(m.cost))
    total = np.bincount(column, equal.data, len(m.cost))
    is_pair = (np.diff(equal.indptr) == 2) & (units == 2) & (np.abs(total) < ROUNDING)
    return is_pair & ~m.is_integer & (m.column_lower == 0.0) & (m.column_upper > 0.0)


def _charges(
    m: Matrices, by_row: csr_array, flow: Ints, is_node: Flags
) -> tuple[Ints, Ints, Floats]:
    """Return what opens each arc and lets how much through, arc by arc."""
    arc_of = np.full(len(m.cost), -1)
    arc_of[flow] = np.arange(len(flow))
    found: list[tuple[Ints, Floats]] = [(flow[:0], np.zeros(0))] * len(flow)
    has_arc = np.diff(m.sparse[:, flow].tocsr().indptr) > 0
    rows = np.flatnonzero(has_arc & ~is_node & (m.row_upper <= ROUNDING))
    for row in rows.tolist():
        entries = slice(by_row.indptr[row], by_row.indptr[row + 1])
        columns, values = by_row.indices[entries], by_row.data[entries]
        arcs = np.flatnonzero((arc_of[columns] >= 0) & (values > 0))
        if not len(arcs) or (m.column_lower[columns] < 0.0).any():
            continue
        opens = values < 0
        if not m.is_integer[columns[opens]].all():
            continue
        for k in arcs.tolist():
            let_through = columns[opens], -values[opens] / values[k]
            known = found[arc_of[columns[k]]]
            if not len(known[0]) or len(let_through[0]) < len(known[0]):
                found[arc_of[columns[k]]] = let_through
    starts = np.concatenate([[0], np.cumsum([len(c) for c, _ in found])])
    opens = np.concatenate([c for c, _ in found]).astype(np.int64)
    return starts.astype(np.int64), opens, np.concatenate([v for _, v in found])


def _needs(
    m: Matrices, by_row: csr_array, nodes: Ints, is_arc: Flags, ends: tuple[Ints, Ints]
) -> tuple[Floats, Floats]:
    """Return the least and the most that must come into each node over arcs, net."""
    rest = by_row[nodes].tocoo()
    is_rest = ~is_arc[rest.col]
    node, column, value = rest.row[is_rest], rest.col[is_rest], rest.data[is_rest]
    used = np.unique(column)
    upper = m.column_upper.copy()
    upper[used] = _upper_limits(m, by_row, used)
    one, other = value * m.column_lower[column], value * upper[column]
    low, high = np.minimum(one, other), np.maximum(one, other)
    count = len(nodes)
    links = coo_array((np.ones(len(ends[0])), ends), shape=(count, count))
    part = connected_components(links, directed=False)[1]
    total = np.bincount(part, m.row_lower[nodes])
    of = part[node]  # what is needed in a part that is closed comes from within
    low, high = (
        np.maximum(low, total[of] - _others(of, high)),
        np.minimum(high, total[of] - _others(of, low)),
    )
    need = m.row_lower[nodes]
    return (
        need - np.bincount(node, high, count),
        need - np.bincount(node, low, count),
    )


def _others(part: Ints, value: Floats) -> Floats:
    """Return the sum of all other values of the same part, for each value.

    Infinite ones are all of one sign.
    """
    is_finite = np.isfinite(value)
    count = part.max(initial=-1) + 1
    finite = np.where(is_finite, value, 0.0)
    number = np.bincount(part, ~is_finite, count)[part] - ~is_finite
    endless = np.inf if (value == np.inf).any() else -np.inf
    others = np.bincount(part, finite, count)[part] - finite
    return np.where(number > 0, endless, others)


def _upper_limits(m: Matrices, by_row: csr_array, columns: Ints) -> Floats:
    """Return the upper limits of columns, also those that other rows set them."""
    found = m.column_upper[columns].copy()
    by_column = m.sparse
    for at, column in enumerate(columns.tolist()):
        entries = slice(by_column.indptr[column], by_column.indptr[column + 1])
        for row, value in zip(
            by_column.indices[entries].tolist(),
            by_column.data[entries].tolist(),
            strict=True,
        ):
            if value <= 0.0 or not np.isfinite(m.row_upper[row]):
                continue
            cells = slice(by_row.indptr[row], by_row.indptr[row + 1])
            is_other = by_row.indices[cells] != column
            others = by_row.indices[cells][is_other]
            price = by_row.data[cells][is_other]
            limit = np.where(price > 0, m.column_lower[others], m.column_upper[others])
            if np.isfinite(limit).all():
                room = m.row_upper[row] - float(price @ limit)
                found[at] = min(found[at], room / value)
    return found
