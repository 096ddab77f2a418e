"""The programme of a chain of plants, as sparse arrays; its rows: docs/classic.md."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import coo_array

from aumaq.classic.chains.problem import Chain
from aumaq.instances.arrays import Floats, Ints
from aumaq.solvers.highs.matrices import Matrices


@dataclass(frozen=True)
class Columns:
    """Numbers of the columns, of each kind a table with a column a year (T)."""

    is_open: Ints  # (P, T)
    extra: Ints  # (P, T) capacity above the least size
    processed: Ints  # (P, T)
    stored: Ints  # (S, T) of each inlet
    sent: Ints  # (A, T)
    disposed: Ints  # (O, T) of each outlet

    @property
    def count(self) -> int:
        """Number of all columns."""
        return sum(table.size for table in vars(self).values())


class _Rows:
    """Coefficients and limits of rows, gathered block by block."""

    def __init__(self) -> None:
        self.parts: list[tuple[Ints, Ints, Floats]] = []
        self.lower: list[Floats] = []
        self.upper: list[Floats] = []
        self._count = 0

    def block(self, shape: tuple[int, int], lower: ArrayLike, upper: ArrayLike) -> Ints:
        """Return the numbers of new rows with limits."""
        size = shape[0] * shape[1]
        self.lower.append(np.broadcast_to(lower, shape).astype(float).ravel())
        self.upper.append(np.broadcast_to(upper, shape).astype(float).ravel())
        rows = self._count + np.arange(size).reshape(shape)
        self._count += size
        return rows

    def put(self, rows: Ints, columns: Ints, values: ArrayLike) -> None:
        """Add coefficients; those of one row and column are added up."""
        spread = np.broadcast_to(np.asarray(values, float), rows.shape)
        self.parts.append((rows.ravel(), columns.ravel(), spread.ravel()))

    def matrices(self, columns: Columns, chain: Chain) -> Matrices:
        """Return the programme of all rows, with costs and bounds of the columns."""
        row, column, value = (
            np.concatenate(part) for part in zip(*self.parts, strict=True)
        )
        shape = (self._count, columns.count)
        matrix = coo_array((value, (row, column)), shape=shape).tocsc()
        matrix.sum_duplicates()
        cost, offset = _costs(chain, columns)
        is_whole = np.zeros(columns.count, bool)
        is_whole[columns.is_open] = True
        limits = np.concatenate(self.lower), np.concatenate(self.upper)
        return Matrices.of(matrix, cost, limits, _bounds(chain, columns), is_whole,
                           offset=offset)  # fmt: skip


def program_of(chain: Chain) -> tuple[Matrices, Columns]:
    """Return the programme of a chain, and where its columns are."""
    sizes = [len(chain.plants)] * 3
    sizes += [len(chain.inlets), len(chain.arcs.source), len(chain.outlets)]
    ends = np.cumsum([0, *sizes]) * chain.years
    tables = (np.arange(a, b).reshape(-1, chain.years)
              for a, b in pairwise(ends))  # fmt: skip
    columns, rows = Columns(*tables), _Rows()
    for family in (_mixes, _outlets, _capacities, _growth, _disposals, _gases):
        family(chain, columns, rows)
    return rows.matrices(columns, chain), columns


def _mixes(chain: Chain, at: Columns, rows: _Rows) -> None:
    """``mix``: what arrives or was stored is stored or processed."""
    block = rows.block((len(chain.inlets), chain.years), 0.0, 0.0)
    first = len(chain.centres)
    inlet = {(first + p, m): k for k, (p, m) in enumerate(chain.inlets)}
    arcs = chain.arcs
    for a, key in enumerate(zip(arcs.target, arcs.product, strict=True)):
        if key in inlet:
            rows.put(block[inlet[key]], at.sent[a], 1.0)
    rows.put(block, at.stored, -1.0)
    rows.put(block[:, 1:], at.stored[:, :-1], 1.0)
    for k, (p, m) in enumerate(chain.inlets):
        share = chain.plants[p].stores[chain.products[m].name].share
        rows.put(block[k], at.processed[p], -share)


def _outlets(chain: Chain, at: Columns, rows: _Rows) -> None:
    """``outlet``: what is made or collected is sent or disposed of."""
    first, arcs = len(chain.centres), chain.arcs
    arises = np.zeros((len(chain.outlets), chain.years))
    for k, (u, m) in enumerate(chain.outlets):
        if u < first:
            arises[k] = chain.centres[u].fixed_output[chain.products[m].name]
    block = rows.block(arises.shape, -arises, -arises)
    rows.put(block, at.disposed, -1.0)
    outlet = {key: k for k, key in enumerate(chain.outlets)}
    for a, key in enumerate(zip(arcs.source, arcs.product, strict=True)):
        rows.put(block[outlet[key]], at.sent[a], -1.0)
    for k, (u, m) in enumerate(chain.outlets):
        name = chain.products[m].name
        if u >= first:
            plant = chain.plants[u - first]
            rows.put(block[k], at.processed[u - first], plant.output[name])
            continue
        later = chain.centres[u].later_output[name][: chain.years]
        for arc in np.flatnonzero(arcs.target == u):
            for wait, share in enumerate(later):
                taken = at.sent[arc, : chain.years - wait]
                rows.put(block[k, wait:], taken, share)


def _capacities(chain: Chain, at: Columns, rows: _Rows) -> None:
    """``capacity``: a plant processes what its size allows, a closed one nothing."""
    least, most = (
        np.array([getattr(plant, name) for plant in chain.plants])[:, None]
        for name in ("least_size", "most_size")
    )
    block = rows.block(at.is_open.shape, -np.inf, 0.0)
    rows.put(block, at.processed, 1.0)
    rows.put(block, at.is_open, -least)
    rows.put(block, at.extra, -1.0)
    block = rows.block(at.is_open.shape, -np.inf, 0.0)
    rows.put(block, at.extra, 1.0)
    rows.put(block, at.is_open, least - most)


def _growth(chain: Chain, at: Columns, rows: _Rows) -> None:
    """``growth``: what is open or built stays; some years allow no opening."""
    shape = (len(chain.plants), chain.years - 1)
    most = np.where(chain.may_build[1:], np.inf, 0.0)
    for table, upper in ((at.is_open, most), (at.extra, np.inf)):
        block = rows.block(shape, 0.0, upper)
        rows.put(block, table[:, 1:], 1.0)
        rows.put(block, table[:, :-1], -1.0)


def _disposals(chain: Chain, at: Columns, rows: _Rows) -> None:
    """``disposal``: limits of all places together."""
    block = rows.block(
        (len(chain.products), chain.years), -np.inf,
        [product.disposal_limit for product in chain.products],
    )  # fmt: skip
    for k, (u, m) in enumerate(chain.outlets):
        if chain.limits_plants or u < len(chain.centres):
            rows.put(block[m], at.disposed[k], 1.0)


def _gases(chain: Chain, at: Columns, rows: _Rows) -> None:
    """``gas``: what plants and transport emit."""
    arcs = chain.arcs
    for gas in chain.gases:
        block = rows.block((1, chain.years), -np.inf, gas.limit)[0]
        for p, plant in enumerate(chain.plants):
            if gas.name in plant.emissions:
                rows.put(block, at.processed[p], plant.emissions[gas.name])
        for a, m in enumerate(arcs.product):
            emitted = chain.products[m].emissions.get(gas.name)
            if emitted is not None:
                rows.put(block, at.sent[a], arcs.length_km[a] * emitted)


def _costs(chain: Chain, at: Columns) -> tuple[Floats, float]:
    """Return the cost of each column, and what is paid in any case."""
    cost, offset = np.zeros(at.count), 0.0
    penalty = {gas.name: gas.penalty for gas in chain.gases}
    for centre in chain.centres:
        offset += float(centre.operating_cost.sum())
    for p, plant in enumerate(chain.plants):
        opening, growing = plant.opening_cost, plant.expansion_cost
        # What is there next year need not be paid for then.
        cost[at.is_open[p]] = plant.fixed_cost + opening - np.append(opening[1:], 0.0)
        cost[at.extra[p]] = (
            plant.fixed_cost_above + growing - np.append(growing[1:], 0.0)
        )
        offset -= float(opening[0]) * plant.is_there
        offset -= float(growing[0]) * plant.initial_extra
        cost[at.processed[p]] = plant.variable_cost + _fined(plant.emissions, penalty)
    for k, (p, m) in enumerate(chain.inlets):
        cost[at.stored[k]] = chain.plants[p].stores[chain.products[m].name].cost
    for k, (u, m) in enumerate(chain.outlets):
        cost[at.disposed[k]] = chain.places[u].disposal[chain.products[m].name].cost
    arcs = chain.arcs
    for a, (u, v, m) in enumerate(
        zip(arcs.source, arcs.target, arcs.product, strict=True)
    ):
        product = chain.products[m]
        a_km = product.transport_cost + _fined(product.emissions, penalty)
        cost[at.sent[a]] = arcs.length_km[a] * a_km
        if u < len(chain.centres):
            cost[at.sent[a]] += chain.centres[u].collection_cost[product.name]
        if v < len(chain.centres):
            cost[at.sent[a]] -= chain.centres[v].revenue
    return cost, offset


def _fined(emissions: dict[str, Floats], penalty: dict[str, Floats]) -> Floats | float:
    """Return what gases cost that a tonne emits."""
    return sum((emitted * penalty[gas] for gas, emitted in emissions.items()
                if gas in penalty), 0.0)  # fmt: skip


def _bounds(chain: Chain, at: Columns) -> tuple[Floats, Floats]:
    """Return least and greatest values of the columns."""
    low, high = np.zeros(at.count), np.full(at.count, np.inf)
    high[at.is_open] = 1.0
    for p, plant in enumerate(chain.plants):
        low[at.is_open[p]] = plant.is_there
        low[at.extra[p]] = plant.initial_extra
        if not chain.may_build[0]:
            high[at.is_open[p, 0]] = plant.is_there
    for k, (p, m) in enumerate(chain.inlets):
        high[at.stored[k]] = chain.plants[p].stores[chain.products[m].name].limit
    high[at.stored[:, -1]] = 0.0
    for k, (u, m) in enumerate(chain.outlets):
        high[at.disposed[k]] = chain.places[u].disposal[chain.products[m].name].limit
    return low, high
