r"""Price the rows that couple, and split what is left into independent blocks.

Rows of families that couple (budgets, referral, standards) are relaxed with prices
:math:`\lambda` (LP duals): for any :math:`\lambda`,

.. math:: \min_x (c - A^T\lambda) x + \sum_r (\lambda_r^+ lower_r + \lambda_r^- upper_r)

over the rows that stay is a lower bound (Geoffrion 1974). Without them the model falls
apart into blocks: groups of settlements that share no site within reach, service by
service. A coupling row that touches one block only stays in that block unpriced.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.scipy_parts import connected_components
from aumaq.model.family import FAMILIES
from aumaq.solvers.futures.merged import EPIGRAPH
from aumaq.solvers.highs.matrices import NO_LIMIT, Matrices, best_end

ALMOST = 1.0 - 1e-7
"""Prices are shrunk by this: duals are exact to a tolerance, a bound must be one."""


@dataclass(frozen=True)
class Block:
    """An independent part: its rows and columns in the whole model."""

    rows: Ints
    columns: Ints


@dataclass(frozen=True)
class Split:
    """Blocks, the rows that are priced, and columns that are in priced rows only."""

    blocks: list[Block]
    priced: Ints
    loose: Ints


def split(m: Matrices, families: frozenset[str]) -> Split:
    """Split a model after taking out rows of *families* that tie blocks together."""
    by_row: csr_array = m.sparse.tocsr()
    couples = np.isin(m.row_family, sorted(families))
    priced = couples & ~_is_inside(by_row, couples)
    rows, columns = _labels(by_row, ~priced)
    in_rows = np.diff(by_row[np.flatnonzero(~priced)].tocsc().indptr) > 0
    order = np.argsort(columns, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(columns[order])) + 1)
    kept = np.flatnonzero(~priced)
    row_order = kept[np.argsort(rows[kept], kind="stable")]
    starts = np.searchsorted(rows[row_order], np.arange(rows.max(initial=0) + 2))
    blocks = []
    for part in parts:
        label = columns[part[0]] if len(part) else -1
        if len(part) and in_rows[part[0]]:
            mine = row_order[starts[label] : starts[label + 1]]
            blocks.append(Block(np.sort(mine), np.sort(part)))
    return Split(blocks, np.flatnonzero(priced), np.flatnonzero(~in_rows))


def _labels(by_row: csr_array, keep: Flags) -> tuple[Ints, Ints]:
    """Return component labels of rows and columns; rows not kept touch nothing."""
    num_rows, num_columns = by_row.shape
    entries = by_row.tocoo()
    used = keep[entries.row]
    ends = (entries.row[used], num_rows + entries.col[used])
    size = num_rows + num_columns
    graph = coo_array((np.ones(int(used.sum())), ends), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    return label[:num_rows].astype(np.int64), label[num_rows:].astype(np.int64)


def _is_inside(by_row: csr_array, couples: Flags) -> Flags:
    """Return which coupling rows touch a single block of the uncoupled model.

    Columns that occur in coupling rows only (shortfall, overrun) do not count.
    """
    _, columns = _labels(by_row, ~couples)
    is_core = np.diff(by_row[np.flatnonzero(~couples)].tocsc().indptr) > 0
    inside = np.zeros(len(couples), dtype=bool)
    uses = np.diff(by_row[np.flatnonzero(couples)].tocsc().indptr)
    for row in np.flatnonzero(couples):
        own = by_row.indices[by_row.indptr[row] : by_row.indptr[row + 1]]
        core = own[is_core[own]]
        alone = bool((uses[own[~is_core[own]]] == 1).all())
        inside[row] = alone and len(core) > 0 and len(np.unique(columns[core])) == 1
    return inside


def prices(m: Matrices, parts: Split, duals: Floats) -> Floats:
    """Return valid prices of the priced rows, 0 elsewhere, from LP duals.

    A price has the sign of a side that exists, and leaves no loose column with a
    negative cost and no upper bound.
    """
    price = np.zeros(len(m.row_lower))
    price[parts.priced] = duals[parts.priced] * ALMOST
    price[(price > 0) & ~np.isfinite(_finite(m.row_lower))] = 0.0
    price[(price < 0) & ~np.isfinite(_finite(m.row_upper))] = 0.0
    by_column = m.sparse[:, parts.loose]
    cost = m.cost[parts.loose] - by_column.T @ price
    endless = (cost < 0) & ~np.isfinite(_finite(m.column_upper[parts.loose]))
    bad = np.unique(by_column[:, np.flatnonzero(endless)].indices)
    price[bad] = 0.0
    return price


def _finite(values: Floats) -> Floats:
    """Return values with the solver's large numbers as infinity."""
    return np.where(np.abs(values) >= NO_LIMIT, np.inf, values)


def constant(m: Matrices, parts: Split, price: Floats) -> float:
    """Return what the bound holds beside the blocks: priced sides, loose columns."""
    sides = best_end(price, m.row_lower, m.row_upper)
    cost = (m.cost - m.sparse.T @ price)[parts.loose]
    at = best_end(cost, m.column_lower[parts.loose], m.column_upper[parts.loose])
    return m.offset + float(price @ sides) + float(cost @ at)


def lagrangian_bound(m: Matrices, duals: Floats) -> float:
    """Return a lower bound of a block from any duals: exact, whatever their source.

    -inf if a column without upper bound has a clearly negative reduced cost.
    """
    sides = best_end(duals, m.row_lower, m.row_upper)
    used = np.where(np.abs(sides) < NO_LIMIT, duals, 0.0)
    cost = m.cost - m.sparse.T @ used
    is_endless = ~np.isfinite(_finite(m.column_upper))
    dust = is_endless & (cost < 0) & (cost > -1e-9 * (1.0 + np.abs(m.cost)))
    cost[dust] = 0.0
    at = np.where(cost < 0, _finite(m.column_upper), m.column_lower)
    return float(used @ np.where(used != 0, sides, 0.0)) + float(
        (cost * np.where(cost != 0, at, 0.0)).sum()
    )


def block_matrices(m: Matrices, parts: Split, price: Floats) -> list[Matrices]:
    """Return the MIP of each block with priced costs."""
    cost = m.cost - m.sparse.T @ price
    by_row, place = m.sparse.tocsr(), np.zeros(len(m.cost), dtype=np.int32)
    found = []
    for block in parts.blocks:
        place[block.columns] = np.arange(len(block.columns))
        # Its rows have no columns but its own: what couples is priced.
        rows, shape = by_row[block.rows], (len(block.rows), len(block.columns))
        part = csr_array((rows.data, place[rows.indices], rows.indptr), shape=shape)
        part = part.tocsc()
        part.sort_indices()
        found.append(
            Matrices.of(
                part,
                cost[block.columns],
                (m.row_lower[block.rows], m.row_upper[block.rows]),
                (m.column_lower[block.columns], m.column_upper[block.columns]),
                m.is_integer[block.columns],
            )
        )
    return found


def coupling_families() -> frozenset[str]:
    """Return the names of the families whose rows may be priced."""
    found = {name for name, family in FAMILIES.items() if family.couples}
    return frozenset(found | {EPIGRAPH})
