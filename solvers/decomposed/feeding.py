"""The search for plans where networks are far-reaching: what sites draw has a price.

A step around a few sites cannot free a network that reaches across the country. So the
search pays for what facilities draw at the prices of the relaxation, and leaves large
networks as they are, while blocks of sites and small networks are planned anew
(replanning.py); now and then networks are completed for what is drawn, and large ones
planned area by area, and searched, while facilities stay.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.solvers.blocks.areas import MOST_INTEGERS
from aumaq.solvers.blocks.networks import Completer, fed_columns
from aumaq.solvers.compiled import Compiled
from aumaq.solvers.decomposed.blocks import PricedBlocks
from aumaq.solvers.decomposed.distance import Distance
from aumaq.solvers.decomposed.relaxation import Relaxation
from aumaq.solvers.decomposed.replanning import Replanning
from aumaq.solvers.decomposed.scarcity import scarce_prices
from aumaq.solvers.first_values import runs_of
from aumaq.solvers.places import Site
from aumaq.solvers.search import Improver, Scope
from aumaq.solvers.solution.columns import values_of
from aumaq.solvers.work import Budget, Most

AREAS_FROM = 0.003
"""Areas are planned anew where large networks cost so much of all beyond the bound."""


class Feeding:
    """The search at prices, and the completion of what it finds."""

    def __init__(
        self, c: Compiled, relaxation: Relaxation, blocks: PricedBlocks, gap: float
    ) -> None:
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
        """Which columns are of large networks."""
        self.is_fed: Flags = np.zeros(len(drawn), dtype=bool)
        """Which columns are of any network."""
        for part in networks:
            self.is_fed[part] = True
            is_large = c.matrices.is_integer[part].sum() > MOST_INTEGERS
            self.is_network[part] = is_large
        beside = np.flatnonzero((relaxation.owner < 0) & ~self.is_fed)
        is_single = np.isin(beside, pieces.columns, invert=True)
        by_work = c.options.work_limit is not None
        patience = max(c.seconds_left, 0.1) if by_work else 0.0
        self.completer = Completer(
            c, networks, beside[is_single], patience, by_work=by_work
        )
        self.completer.keep_large()
        self.replanning = Replanning(blocks, drawn)
        self._is_large = self.replanning.of(self.is_network)
        self._is_planned = False
        self._price = np.zeros(len(c.matrices.row_lower))
        self.search: Improver | None = None
        self._led: tuple[Floats, Distance, list[Ints], Scope] | None = None
        self._of_networks = self._searching_networks()
        self.is_stopped = False

    def _searching_networks(self) -> Improver:
        """Return the search of networks, in which facilities stay."""
        c = self._c
        search = Improver(c.matrices, c.sites, c.options, gap=self._gap)
        own = [k for k, s in enumerate(c.sites) if self.is_network[s.columns].any()]
        search.places.look_at([np.array(own, dtype=np.int64)], np.ones(1))
        search.scope = Scope(~self.is_network)
        return search

    def first(self, most: Most, price: Floats | None) -> Floats | None:
        """Return the start plan, None if it is none of the model's.

        It builds no link itself: each place makes what it needs. Networks are planned
        once people are sent at prices: who draws what is another question then. Where
        they do not run as they are, they are planned now, at the *price* of each row if
        that is known already.
        """
        c = self._c
        if c.start_plan is None:
            return None
        values = values_of(c.matrices, c.built, c.place, c.start_plan)
        if values is None:
            return None
        effort = most.seconds if most.work is None else most.work
        own = values, runs_of(c), effort, price
        found = self.completer.begun(*own, plans=False)
        if found is None:
            self._is_planned = True
            found = self.completer.begun(*own)
        return found

    def lead(
        self,
        price: Floats,
        away: Distance,
        own: list[Ints],
        scope: Scope,
        dear_mln: float,
    ) -> None:
        """Search at these prices of the model's rows from now on.

        What costs more than *dear_mln* beyond the bound is dear.
        """
        known = self.search
        self.replanning.look(away.reduced, dear_mln, scope.is_dear)
        self._led = (price, away, own, scope)
        self._prepare(None if known is None else known.values)
        if known is not None:
            known.stop()

    def _prepare(self, plan: Floats | None) -> None:
        """Prepare the search as it is led; what a *plan* uses up has a price, too."""
        assert self._led is not None
        price, away, own, scope = self._led
        m = self._c.matrices
        is_load = m.row_family == "loads"
        scarce = np.zeros_like(price) if plan is None else scarce_prices(m, plan)
        self._price = np.where(is_load, price, np.minimum(price, scarce))
        priced = replace(
            m,
            cost=m.cost - m.sparse.T @ np.where(is_load, price, scarce),
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
        search.places.look_at([places], np.ones(1))
        follows = scope.own[1] & ~self.is_network if scope.own else ~self.is_network
        search.look_where_it_is_far(away, Scope(scope.is_dear, (left, follows)))
        if plan is not None:
            search.offer(search.cost(plan), plan)
        self.search = search
        if self.is_stopped:
            search.stop()

    def begun(self, values: Floats) -> Improver | None:
        """Return the search at prices, None as long as there are none.

        It begins with this plan, unless it has a better one at the prices.
        """
        if self.search is None:
            return None
        if self.search.values is None:
            self._prepare(values)
        self.search.offer(self.search.cost(values), values)
        return self.search

    def completed(self, values: Floats, seconds: float, areas: float) -> Floats | None:
        """Return the plan found so far with its networks completed, None if none fit.

        Those of *values* are a plan to begin with. Large networks are planned anew by
        *areas*, an effort, where they cost much beyond the bound, and searched for so
        many *seconds*.
        """
        assert self.search is not None
        assert self.search.values is not None
        joined = np.where(self.is_network, values, self.search.values)
        found = None
        if not self._is_planned:
            self._is_planned = True
            runs = runs_of(self._c)
            found = self.completer.begun(joined, runs, areas, self._price)
        if found is None:
            found = self._fed(joined, areas)
        if found is None:
            return None
        search = self._of_networks
        search.objective, search.values = search.cost(found), found
        if seconds > 0.0:
            search.search(seconds)
        return search.values

    def _fed(self, joined: Floats, areas: float) -> Floats | None:
        """Return a plan with its networks completed, and planned where that is far."""
        found = self.completer.complete(joined)
        if found is None:
            return None
        excess = self.replanning.excess(found)[self._is_large].sum()
        if excess > AREAS_FROM * abs(self.completer.cost(found)):
            return self.completer.by_areas(found, areas, self._price)
        return found

    def search_on(self, search: Improver, budget: Budget) -> None:
        """Plan a block anew at prices, or search around a few sites."""
        self.replanning.search(search, budget, ~self._is_large)

    def plan_blocks(self, search: Improver, budget: Budget) -> None:
        """Plan blocks anew at prices as long as that is promising."""
        self.replanning.blocks(search, budget, ~self._is_large)

    def stop(self) -> None:
        """End soon; may be called from any thread."""
        self.is_stopped = True
        self.completer.stop()
        self._of_networks.stop()
        if self.search is not None:
            self.search.stop()
