"""What no plan can avoid to pay: a lower bound from the data alone, without a model.

It is a bound before anything is built, and it tells apart what decisions can change.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array

from aumaq.instances.arrays import Floats
from aumaq.instances.scipy_parts import connected_components
from aumaq.model.data.financing import PartnerData
from aumaq.model.data.gathered import ModelData
from aumaq.model.data.growth import Effect
from aumaq.model.data.merging import most_saved_mln
from aumaq.model.data.networks import NetworkData
from aumaq.model.data.services import ServiceData, possible_moves
from aumaq.model.table import positions


def unavoidable_mln(data: ModelData) -> float:
    """Return the cost that every plan has, discounted mln; never more than that.

    Demand that no site within the cut-off can ever serve, load that nothing can ever
    feed, priced connections that no road can make, and the least that each of today's
    facilities costs: what is locked runs, the rest runs, moves or closes, whichever is
    cheapest, whatever it serves. Less what partners may be worth who ask for less than
    the rate of discount.
    """
    total = sum(_unserved(data, d) + _stock(data, d) for d in data.services.values())
    total += sum(_shed(data, n) for n in data.networks.values())
    return float(total + _connections(data) - _most_gain(data.partners))


def _most_gain(p: PartnerData) -> float:
    """Return what partners are worth at most: each gives all it has at its best."""
    return float(p.worth.max(axis=1, initial=0.0) @ p.limit_mln)


def _least(effect: Effect) -> Floats:
    """Return the least amount at each place under any choice, (places, T)."""
    least = effect.base + np.minimum(effect.change, 0.0).sum(axis=0)
    return np.asarray(np.maximum(least, 0.0))


def _unserved(data: ModelData, d: ServiceData) -> float:
    """Return the price of demand without any site to go to."""
    if not (d.serves and d.may_be_unserved):
        return 0.0
    runs = np.asarray(d.is_built[:, 1:].any(axis=1))
    can_serve = runs[d.option_site]
    is_reached = np.zeros(len(data.settlements), dtype=bool)
    is_reached[d.option_settlement[can_serve]] = True
    demand = _least(data.growth.demand[d.name])[~is_reached]
    return float((demand @ data.ann).sum() * d.unserved_mln_per_unit_year)


def _stock(data: ModelData, d: ServiceData) -> float:
    """Return the least cost of today's facilities: a shortest path for each."""
    count, size = len(data.periods), d.num_levels + 1
    moves = possible_moves(d, data.periods)
    price = np.repeat(d.transition_mln[None], len(d.sites), axis=0)
    _spare(data, d, price)
    left = np.where(d.is_built, 0.0, np.inf)  # (J, L+1) from a level on
    for t in reversed(range(count)):
        site, before, after, _ = moves[moves[:, 3] == t].T
        paid = np.full((len(d.sites), size, size), np.inf)
        worth = np.where(after > before, d.residual_factor[t], 0.0)
        cost = price[site, before, after] * (data.df[t] - worth)
        running = data.ann[t] * d.opex_mln_per_year[after]
        paid[site, before, after] = cost + running + left[site, after]
        left = paid.min(axis=2)
    stays = np.full(size, data.ann.sum()) * d.opex_mln_per_year
    free = d.stock - d.locked
    known = np.isfinite(left)
    moving = float((free * np.where(known, left, 0.0)).sum())
    renewed = np.maximum(0, d.due.sum(axis=2) - free)  # locked ones that must be
    renewal = d.renewal_mln * (data.df - d.residual_factor).min()
    known_cost = moving + float((d.locked * stays + renewed * renewal).sum())
    return known_cost - most_saved_mln(data, d.name)


def _spare(data: ModelData, d: ServiceData, price: Floats) -> None:
    """Take from the price of moves, (J, L+1, L+1), what relocations may pay back."""
    rows = data.instance.tables["relocations"]
    rows = rows[rows["service"] == d.name]
    price[positions(rows["site"], d.sites), :, 0] = 0.0
    price[positions(rows["to_site"], d.sites), 0, :] = 0.0


def _shed(data: ModelData, n: NetworkData) -> float:
    """Return the price of load in parts of a network that nothing can feed."""
    if not n.may_shed:
        return 0.0
    size = len(n.nodes)
    ends = (n.link_from, n.link_to)
    graph = coo_array((np.ones(len(ends[0])), ends), shape=(size, size))
    _, part = connected_components(graph, directed=False)
    fed = np.isin(part, part[np.concatenate([n.source_node, n.local_node])])
    load = _least(data.growth.load[n.name])[~fed]
    return float((load @ data.ann).sum() * n.shed_mln_per_unit_year)


def _connections(data: ModelData) -> float:
    """Return the price of connections that no way can make."""
    r = data.roads
    hopeless = ~np.isin(np.arange(len(r.connections)), r.way_connection)
    total = 0.0
    for k in np.flatnonzero(hopeless & ~r.connection_is_hard).tolist():
        years = data.ann[r.connection_first[k] :].sum()
        total += float(r.connection_mln_per_year[k] * years)
    return total
