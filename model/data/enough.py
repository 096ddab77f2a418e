"""What is enough: no number of a network is larger than what can ever flow.

See docs/mathematics.md, section "What is enough". A link outside of every circle of
links parts the network: those are the bridges of its graph.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from aumaq.instances.arrays import Floats
from aumaq.model.data.gathered import ModelData
from aumaq.model.data.networks import NetworkData

if TYPE_CHECKING:
    import networkx as nx  # slow to load, and most instances have no networks


ROUNDING = 1e-6
"""Room above what can flow, for the rounding of sums: relative, and at least so much.
Of what is small it would else be 8.7 to 10 times the tolerance of HiGHS, whose presolve
cuts off plans then (``solvers/highs/known_answers.py``)."""
BURNT = 10.0
"""With angles and losses, power may be burnt in circles to turn the angles of others;
this times all load with losses is taken to be more than any plan has use for."""


@dataclass(frozen=True)
class FlowLimits:
    """The most that can ever enter a link or be fed in by a source or local supply."""

    link: Floats  # (E,)
    source: Floats  # (S,)
    local: Floats  # (O,)


def flow_limits(data: ModelData, n: NetworkData) -> FlowLimits:
    """Return what can ever flow in a network under any plan, units of the network."""
    load = data.growth.load[n.name].most.max(axis=1, initial=0.0)
    load = np.maximum(load, 0.0) + facility_load(data, n)
    graph = _graph(n)
    burnt = BURNT if n.has_angles and n.link_loss.any() else 1.0
    factor = largest_loss_factor(n) * burnt
    most = _by_component(graph, load) * factor
    source = most[n.source_node]
    local = np.minimum(n.local_max, most[n.local_node])
    feed = np.zeros(len(load))
    np.add.at(feed, n.source_node, np.minimum(_held(data, n), source))
    np.add.at(feed, n.local_node, local)
    link = np.minimum(most, _by_component(graph, feed))[n.link_from]
    parted: dict[frozenset[int], float] = {}
    for pair, (one, other) in _bridges(graph, np.column_stack([load, feed])):
        there = min(factor * other[0], one[1])
        parted[pair] = max(there, min(factor * one[0], other[1]))
    behind = [parted.get(frozenset(pair), np.inf) for pair in _pairs(n)]
    link = np.minimum(link, np.array(behind, dtype=float))
    return FlowLimits(_with_room(link), _with_room(source), _with_room(local))


def _with_room(most: Floats) -> Floats:
    return np.where(most > 0.0, most + ROUNDING * np.maximum(most, 1.0), most)


def facility_load(data: ModelData, n: NetworkData) -> Floats:
    """Return the most that the facilities at each node may draw, (N,)."""
    most = np.zeros(len(n.nodes))
    for service, d in data.services.items():
        node = n.fed_site_node[service]
        load = np.where(d.is_built, d.load[n.name], 0.0).max(axis=1) * d.places
        np.add.at(most, node[node >= 0], load[node >= 0])
    return most


def largest_loss_factor(n: NetworkData) -> float:
    """Return how many units may be fed in, at most, for one that arrives."""
    worst: dict[frozenset[int], float] = {}
    for pair, loss in zip(_pairs(n), n.link_loss.tolist(), strict=True):
        if loss < 1.0:  # nothing arrives otherwise
            key = frozenset(pair)
            worst[key] = max(worst.get(key, 0.0), loss)
    longest = sorted(worst.values(), reverse=True)[: max(len(n.nodes) - 1, 0)]
    return float(np.prod(1.0 / (1.0 - np.array(longest)))) if longest else 1.0


def _pairs(n: NetworkData) -> list[tuple[int, int]]:
    return list(zip(n.link_from.tolist(), n.link_to.tolist(), strict=True))


def _graph(n: NetworkData) -> nx.Graph:
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(range(len(n.nodes)))
    graph.add_edges_from(_pairs(n))
    return graph


def _held(data: ModelData, n: NetworkData) -> Floats:
    """Return what the facilities of each source can supply at most, (S,)."""
    held = []
    for service, j in n.source:
        d = data.services[service]
        most = float(np.where(d.is_built[j], d.capacity, 0.0).max())
        held.append(most * float(d.places[j]))
    return np.minimum(np.array(held, dtype=float), n.source_max)


def _by_component(graph: nx.Graph, amount: Floats) -> Floats:
    """Return for each node the sum of an amount over all that it is joined to."""
    import networkx as nx

    found = np.zeros(len(amount))
    for members in nx.connected_components(graph):
        rows = list(members)
        found[rows] = amount[rows].sum()
    return found


def _bridges(
    graph: nx.Graph, amount: Floats
) -> Iterator[tuple[frozenset[int], tuple[Floats, Floats]]]:
    """Yield pairs of nodes whose links part the network, with the sums of both sides.

    The sums belong to the sides of either node, in no order that matters.
    """
    import networkx as nx

    bridges = list(nx.bridges(graph))
    whole = graph.copy()
    whole.remove_edges_from(bridges)
    part = {
        node: number
        for number, members in enumerate(nx.connected_components(whole))
        for node in members
    }
    tree = nx.Graph()
    tree.add_nodes_from(part.values())
    for a, b in bridges:
        tree.add_edge(part[a], part[b], ends=frozenset((a, b)))
    sums = np.zeros((tree.number_of_nodes(), amount.shape[1]))
    np.add.at(sums, [part[node] for node in range(len(amount))], amount)
    for members in nx.connected_components(tree):
        root = min(members)
        total = sums[list(members)].sum(axis=0)
        order = list(nx.bfs_edges(tree, root))
        for parent, child in reversed(order):
            yield tree.edges[parent, child]["ends"], (total - sums[child], sums[child])
            sums[parent] = sums[parent] + sums[child]
