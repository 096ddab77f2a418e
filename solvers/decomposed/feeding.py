"""The search for plans where networks are far-reaching: what sites draw has a price.

A step around a few sites cannot free a network that reaches across the country. So the
search pays for what facilities draw at the prices of the relaxation, and leaves
networks as they are; now and then they are completed for what is drawn.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.solvers.blocks.networks import Completer, fed_columns
from aumaq.solvers.compiled import Compiled
from aumaq.solvers.decomposed.relaxation import Relaxation
from aumaq.solvers.search import Distances, Improver, Scope, Site


class Feeding:
    """The search at prices, and the completion of what it finds."""

    def __init__(self, c: Compiled, relaxation: Relaxation, gap: float) -> None:
        """Prepare; *gap* is that of each step of the search."""
        self._c, self._gap = c, gap
        pieces = relaxation.pieces
        order = np.argsort(pieces.of_column, kind="stable")
        ends = np.flatnonzero(np.diff(pieces.of_column[order])) + 1
        columns = [pieces.columns[part] for part in np.split(order, ends)]
        drawn = np.zeros(len(c.matrices.cost), dtype=bool)
        drawn[fed_columns(c)] = True
        networks = [part for part in columns if drawn[part].any()]
        self.is_network: Flags = np.zeros(len(drawn), dtype=bool)
        for part in networks:
            self.is_network[part] = True
        beside = np.flatnonzero((relaxation.owner < 0) & ~self.is_network)
        is_single = np.isin(beside, pieces.columns, invert=True)
        self.completer = Completer(c, networks, beside[is_single])
        self.search: Improver | None = None
        self.is_stopped = False

    def lead(
        self, price: Floats, away: Distances, own: list[Ints], scope: Scope
    ) -> None:
        """Search at these prices of the model's rows from now on."""
        m, known = self._c.matrices, self.search
        is_load = m.row_family == "loads"
        cost = m.cost - m.sparse.T @ np.where(is_load, price, 0.0)
        cost[self.is_network] = m.cost[self.is_network]
        priced = replace(
            m,
            cost=cost,
            row_lower=np.where(is_load, -np.inf, m.row_lower),
            row_upper=np.where(is_load, np.inf, m.row_upper),
        )
        left = [columns[~self.is_network[columns]] for columns in own]
        sites = [
            Site(columns, site.point)
            for columns, site in zip(left, self._c.sites, strict=True)
        ]
        search = Improver(priced, sites, self._c.options, gap=self._gap)
        places = np.array([k for k, columns in enumerate(left) if len(columns)])
        search.look_at([places], np.ones(1))
        follows = scope.own[1] & ~self.is_network if scope.own else ~self.is_network
        search.look_where_it_is_far(away, Scope(scope.is_dear, (left, follows)))
        if known is not None and known.values is not None:
            search.offer(search.cost(known.values), known.values)
        self.search = search
        if known is not None:
            known.stop()
        if self.is_stopped:
            search.stop()

    def begin(self, values: Floats) -> None:
        """Search from this plan, unless there is a better one at the prices."""
        assert self.search is not None
        self.search.offer(self.search.cost(values), values)

    def completed(self, values: Floats, seconds: float) -> Floats | None:
        """Return the plan found so far with its networks completed, None if none fit.

        Those of *values* are a plan to begin with; they are improved for so many
        *seconds*.
        """
        assert self.search is not None
        assert self.search.values is not None
        joined = np.where(self.is_network, values, self.search.values)
        found = self.completer.complete(joined)
        return None if found is None else self.completer.improve(found, seconds)

    def stop(self) -> None:
        """End soon; may be called from any thread."""
        self.is_stopped = True
        self.completer.stop()
        if self.search is not None:
            self.search.stop()
