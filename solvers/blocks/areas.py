"""A large network in parts: what is below each station, and the trunk above them.

What a station lets through is an LP's compromise: a third of a substation, lines in
tenths. Rounded one by one, towns end without theirs and make all power themselves. At
the LP's prices of what reaches the nodes that stations are fed from, each area is a
MIP of its own, of some hundred whole numbers, and its optimum is near its LP.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array, csr_array

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.solvers.compiled import Compiled
from aumaq.solvers.highs.by_parts import Part
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.structure import components

MOST_INTEGERS = 2_000
"""An area with more whole numbers is none: its MIP would be no quicker."""


@dataclass(frozen=True)
class Stations:
    """Where a model's networks have stations."""

    through: Flags
    """Columns of what flows through one."""
    above: Flags
    """Rows of the balances of nodes that stations are fed from."""


def stations(c: Compiled) -> Stations:
    """Return the stations of all networks of a compiled model."""
    m = c.matrices
    through = np.zeros(len(m.cost), dtype=bool)
    above = np.zeros(len(m.row_lower), dtype=bool)
    for built, place in c.models:
        for name, v in built.networks.items():
            links = built.data.networks[name].link_station
            own = [e for e, station in enumerate(links) if station is not None]
            flow = place[v.flow[own]]
            through[flow[flow >= 0]] = True
            out = flow[:, 0][flow[:, 0] >= 0]
            entries = m.sparse[:, out].tocoo()
            above[entries.row[entries.data < 0.0]] = True
    return Stations(through, above & (m.row_family == "balances"))


class Areas:
    """The areas of one network; rows that are *open* tie them to each other."""

    def __init__(self, m: Matrices, is_open: Flags, through: Flags) -> None:
        """Find them: each part of the network that holds what flows *through* a
        station.
        """
        self._open = is_open
        self._by_row: csr_array = m.by_row
        of_row, of_column = components(self._by_row, ~is_open)
        whole = np.bincount(of_column, m.is_integer)
        known = np.unique(of_column[through])
        known = known[(whole[known] > 0) & (whole[known] <= MOST_INTEGERS)]
        self.all = _parts(of_row, of_column, known)
        self.columns: Flags = np.isin(of_column, known)
        """Which columns are of an area."""

    def problems(
        self, m: Matrices, price: Floats, values: Floats
    ) -> Iterator[tuple[Matrices, Ints]]:
        """Return the MIP of each area and its columns; first what costs most now.

        *m* may have other limits than before; *price* is that of its rows, *values* are
        those of its columns now.
        """
        cost = m.cost - m.sparse.T @ np.where(self._open, price, 0.0)
        costs = [-float(cost[one.columns] @ values[one.columns]) for one in self.all]
        for i in np.argsort(costs, kind="stable"):
            area = self.all[i]
            k, own = area.rows, area.columns
            part = csc_array(self._by_row[k].tocsc()[:, own])
            part.sort_indices()
            yield (
                Matrices.of(
                    part,
                    cost[own],
                    (m.row_lower[k], m.row_upper[k]),
                    (m.column_lower[own], m.column_upper[own]),
                    m.is_integer[own],
                ),
                own,
            )


def _parts(of_row: Ints, of_column: Ints, known: Ints) -> list[Part]:
    """Return the rows and columns of each of the *known* labels."""
    rows, columns = _grouped(of_row, known), _grouped(of_column, known)
    return [Part(*own) for own in zip(rows, columns, strict=True)]


def _grouped(label: Ints, known: Ints) -> list[Ints]:
    """Return where each of the *known* labels is."""
    order = np.argsort(label, kind="stable")
    begin = np.searchsorted(label[order], known)
    end = np.searchsorted(label[order], known, side="right")
    return [order[i:j] for i, j in zip(begin, end, strict=True)]
