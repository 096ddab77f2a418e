r"""Price the rows that couple, and split what is left into independent blocks.

Rows of families that couple (budgets, referral, standards) are relaxed with prices
:math:`\lambda` (LP duals): for any :math:`\lambda`,

.. math:: \min_x (c - A^T\lambda) x + \sum_r (\lambda_r^+ lower_r + \lambda_r^- upper_r)

over the rows that stay is a lower bound (Geoffrion 1974). Without them the model falls
apart into blocks: groups of settlements that share no site within reach, service by
service. A coupling row that touches one block only stays in that block unpriced.

Columns that tie blocks (candidates of growth points) are copied into every block that
has a row with them, and copies may differ: docs/mathematics.md, "Candidates in blocks".
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array, diags_array

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.model.family import FAMILIES
from aumaq.solvers.futures.merged import EPIGRAPH
from aumaq.solvers.highs.matrices import NO_LIMIT, Matrices, best_end
from aumaq.solvers.structure import components

ALMOST = 1.0 - 1e-12
"""Prices are shrunk by this beside what they must be: sums are rounded."""
STUDY = "study"
"""What rows that a study adds are of: those that tie blocks are priced."""
ROUNDS = 20
"""How often prices are shrunk until no endless loose column gains."""


@dataclass(frozen=True)
class Block:
    """An independent part: its rows and columns in the whole model.

    Its columns hold copies of those that tie blocks; ``cuts`` are rows of another block
    that its copies must obey too.
    """

    rows: Ints
    columns: Ints
    cuts: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


@dataclass(frozen=True)
class Split:
    """Blocks, the rows that are priced, and columns that are in priced rows only.

    ``copied`` are the columns that blocks have copies of.
    """

    blocks: list[Block]
    priced: Ints
    loose: Ints
    copied: Ints


def split(m: Matrices, families: frozenset[str], copied: Ints | None = None) -> Split:
    """Split a model after taking out rows of *families* that tie blocks together.

    Columns that are *copied* tie nothing: each block has its own.
    """
    by_row: csr_array = m.by_row
    couples = np.isin(m.row_family, sorted(families))
    is_copied = np.zeros(len(m.cost), dtype=bool)
    is_copied[[] if copied is None else copied] = True
    priced = couples & ~_is_inside(by_row, couples, is_copied)
    rows, columns = components(by_row, ~priced, ~is_copied)
    in_rows = np.diff(by_row[np.flatnonzero(~priced)].tocsc().indptr) > 0
    order = np.argsort(columns, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(columns[order])) + 1)
    kept = np.flatnonzero(~priced)
    row_order = kept[np.argsort(rows[kept], kind="stable")]
    starts = np.searchsorted(rows[row_order], np.arange(rows.max(initial=0) + 2))
    blocks = []
    for part in parts:
        label = columns[part[0]] if len(part) else -1
        if len(part) and in_rows[part[0]] and not is_copied[part[0]]:
            mine = row_order[starts[label] : starts[label + 1]]
            blocks.append(Block(np.sort(mine), np.sort(part)))
    if is_copied.any():
        blocks = _with_copies(by_row, blocks, is_copied, ~priced)
    loose = np.flatnonzero(~in_rows)
    return Split(blocks, np.flatnonzero(priced), loose, np.flatnonzero(is_copied))


def _with_copies(
    by_row: csr_array, blocks: list[Block], is_copied: Flags, keep: Flags
) -> list[Block]:
    """Return the blocks with copies of the columns that their rows have.

    The first one is that of the kept rows which have no other columns.
    """
    entries = by_row.tocoo()
    alone = keep & (np.diff(by_row.indptr) > 0)
    alone[entries.row[~is_copied[entries.col]]] = False
    rules = np.flatnonzero(alone)
    found = []
    if len(rules):
        found.append(Block(rules, np.unique(by_row[rules].indices).astype(np.int64)))
    of_rules = by_row[rules].tocoo()
    for block in blocks:
        inside = np.zeros_like(is_copied)
        inside[by_row[block.rows].indices] = True
        inside &= is_copied
        columns = np.union1d(block.columns, np.flatnonzero(inside))
        obeyed = np.ones(len(rules), dtype=bool)
        obeyed[of_rules.row[~inside[of_rules.col]]] = False
        found.append(Block(block.rows, columns, rules[obeyed]))
    return found


def with_roads(m: Matrices, parts: Split, upgraded: Ints, duals: Floats) -> Split:
    """Return the split with each road in the block that would pay most for it.

    A road that is a block of its own is built whole or not at all, while whoever needs
    it pays for a part: both plan and bound are far better where they decide together.
    *upgraded* are the columns of roads, *duals*, in mln for a unit of each row, say
    what is paid.
    """
    if not len(upgraded):
        return parts
    block = np.full(len(m.cost), -1)
    for k, one in enumerate(parts.blocks):
        block[one.columns] = k
    of_road = np.bincount(block[upgraded] + 1, minlength=len(parts.blocks) + 1)[1:]
    is_road = of_road == [len(one.columns) for one in parts.blocks]
    entries = m.by_row[parts.priced].tocoo()
    at = block[entries.col]
    table = csr_array(
        (np.ones(entries.nnz), (entries.row, at + 1)),
        shape=(len(parts.priced), len(parts.blocks) + 1),
    )
    table.sum_duplicates()
    table.data[:] = 1.0
    has_two = (table.sum(axis=1) == 2) & (table[:, [0]].toarray()[:, 0] == 0)
    paid = table[:, 1:].T @ diags_array(np.abs(duals[parts.priced]) * has_two)
    shared = csr_array(paid @ table[:, 1:])
    owner = np.arange(len(parts.blocks))
    for k in np.flatnonzero(is_road).tolist():
        begin, end = shared.indptr[k : k + 2]
        others, mln = shared.indices[begin:end], shared.data[begin:end]
        mln = np.where(is_road[others], 0.0, mln)
        if mln.max(initial=0.0) > 0.0:
            owner[k] = others[np.argmax(mln)]
    return _merged(parts, owner, table)


def _merged(parts: Split, owner: Ints, table: csr_array) -> Split:
    """Return the split with each block in its owner; *table*: blocks of priced rows.

    The first column of *table* is for those that are loose.
    """
    members: list[list[Block]] = [[] for _ in owner]
    for k, one in zip(owner.tolist(), parts.blocks, strict=True):
        members[k].append(one)
    entries, now = table.tocoo(), np.append(-1, owner)
    low = np.full(len(parts.priced), len(owner))
    high = np.full(len(parts.priced), -1)
    np.minimum.at(low, entries.row, now[entries.col])
    np.maximum.at(high, entries.row, now[entries.col])
    is_inside = (low >= 0) & (low == high)
    is_inside &= np.diff(table.indptr) > 1  # else it was priced for a reason
    blocks = []
    for k, own in enumerate(members):
        if own:
            more = parts.priced[is_inside & (low == k)]
            rows = np.sort(np.concatenate([*(one.rows for one in own), more]))
            columns = np.sort(np.concatenate([one.columns for one in own]))
            blocks.append(Block(rows, columns, own[0].cuts))
    return Split(blocks, parts.priced[~is_inside], parts.loose, parts.copied)


def _is_inside(by_row: csr_array, couples: Flags, is_copied: Flags) -> Flags:
    """Return which coupling rows touch a single block of the uncoupled model.

    Columns that occur in coupling rows only (shortfall, overrun) do not count, nor do
    those that each block has its own copy of.
    """
    _, columns = components(by_row, ~couples, ~is_copied)
    is_core = np.diff(by_row[np.flatnonzero(~couples)].tocsc().indptr) > 0
    inside = np.zeros(len(couples), dtype=bool)
    uses = np.diff(by_row[np.flatnonzero(couples)].tocsc().indptr)
    for row in np.flatnonzero(couples):
        own = by_row.indices[by_row.indptr[row] : by_row.indptr[row + 1]]
        own = own[~is_copied[own]]
        core = own[is_core[own]]
        alone = bool((uses[own[~is_core[own]]] == 1).all())
        inside[row] = alone and len(core) > 0 and len(np.unique(columns[core])) == 1
    return inside


def prices(m: Matrices, parts: Split, duals: Floats) -> Floats:
    """Return valid prices of the priced rows, 0 elsewhere, from LP duals.

    A price has the sign of a side that exists, and leaves no loose column with a
    negative cost and no upper bound. No price is shrunk without need: by as much the
    duals of blocks would leave their endless columns a negative cost.
    """
    price = np.zeros(len(m.row_lower))
    price[parts.priced] = duals[parts.priced]
    price[(price > 0) & ~np.isfinite(_finite(m.row_lower))] = 0.0
    price[(price < 0) & ~np.isfinite(_finite(m.row_upper))] = 0.0
    is_endless = ~np.isfinite(_finite(m.column_upper[parts.loose]))
    columns = parts.loose[is_endless]
    by_column, cost = m.sparse[:, columns].T.tocsr(), m.cost[columns]
    for _ in range(ROUNDS):
        pays = by_column @ price
        bad = np.flatnonzero(pays > cost)
        if not len(bad):
            return price
        factor = np.ones(len(price))
        for k in bad.tolist():
            begin, end = by_column.indptr[k : k + 2]
            row = by_column.indices[begin:end]
            paid = by_column.data[begin:end] * price[row]
            most = int(np.argmax(paid))  # others may cancel it but for rounding
            left = max(0.0, 1.0 - (pays[k] - cost[k]) / paid[most]) * ALMOST
            factor[row[most]] = min(factor[row[most]], left)
        price = price * factor
    price[np.unique(by_column[bad].indices)] = 0.0
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


def block_costs(
    m: Matrices, parts: Split, price: Floats, duals: Floats
) -> list[Floats]:
    """Return what each block pays for its columns at the prices of what couples.

    *duals* are those of all rows: they say what copies cost.
    """
    cost, tying = m.cost - m.sparse.T @ price, m.sparse[:, parts.copied].tocsr()
    found = [cost[block.columns] for block in parts.blocks]
    is_copied, payer = np.zeros(len(cost), dtype=bool), np.full(len(cost), -1)
    is_copied[parts.copied] = True
    for k, block in enumerate(parts.blocks):
        copies = np.flatnonzero(is_copied[block.columns])
        columns = block.columns[copies]
        is_first = payer[columns] < 0
        payer[columns[is_first]] = k
        rest, copied = copies[~is_first], columns[~is_first]
        by_rows = tying[block.rows].T @ duals[block.rows]
        paid = by_rows[np.searchsorted(parts.copied, copied)]
        found[k][rest] = paid
        for column, mln in zip(copied.tolist(), paid.tolist(), strict=True):
            first = payer[column]
            at = np.searchsorted(parts.blocks[first].columns, column)
            found[first][at] -= mln
    return found


def block_matrices(
    m: Matrices, parts: Split, price: Floats, duals: Floats
) -> list[Matrices]:
    """Return the MIP of each block with priced costs (``block_costs``)."""
    costs = block_costs(m, parts, price, duals)
    by_row, place = m.by_row, np.zeros(len(m.cost), dtype=np.int32)
    found = []
    for block, cost in zip(parts.blocks, costs, strict=True):
        place[block.columns] = np.arange(len(block.columns))
        # Its rows have no columns but its own: what couples is priced.
        of = np.append(block.rows, block.cuts)
        rows, shape = by_row[of], (len(of), len(block.columns))
        part = csr_array((rows.data, place[rows.indices], rows.indptr), shape=shape)
        part = part.tocsc()
        part.sort_indices()
        found.append(
            Matrices.of(
                part,
                cost,
                (m.row_lower[of], m.row_upper[of]),
                (m.column_lower[block.columns], m.column_upper[block.columns]),
                m.is_integer[block.columns],
            )
        )
    return found


def coupling_families() -> frozenset[str]:
    """Return the names of the families whose rows may be priced."""
    found = {name for name, family in FAMILIES.items() if family.couples}
    return frozenset(found | {EPIGRAPH, STUDY})
