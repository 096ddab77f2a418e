r"""Flows without circles: what goes round and round in a plan is taken out.

Where neither losses nor a price tie flows down, a solver may return any of them. Here
each network and period is left with as little flow as the same plan needs: nothing on
any circuit grows, no source gives more, and so no cost, balance or limit is worse. With
voltage angles no circle runs over several links; there, and elsewhere first, what goes
both ways on one circuit is taken out of both.

Circles without losses are taken out link by link. One with losses burns what sources
give for nothing: a small linear programme finds the least flow,

    min  sum flow   s.t. balance,  0 <= flow, supply, local supply <= those of the plan,
                         and with angles  flow out - flow back  as in the plan.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.model import ModelData
from aumaq.model.data.circuits import circuits
from aumaq.model.data.networks import NetworkData
from aumaq.solvers.highs.linear import least
from aumaq.solvers.solution.decisions import Decisions, NetworkDecisions


def without_circles(data: ModelData, decisions: Decisions) -> Decisions:
    """Return the same decisions with no flow that goes round in a circle."""
    return replace(
        decisions,
        networks={
            name: _without(data.networks[name], plan)
            for name, plan in decisions.networks.items()
        },
    )


def _without(n: NetworkData, plan: NetworkDecisions) -> NetworkDecisions:
    link, _ = circuits(n)
    plan = replace(plan, flow=plan.flow.copy())
    for t in range(plan.flow.shape[2]):
        flow, lossless = plan.flow[:, :, t], n.link_loss[link] == 0.0
        flow[lossless] -= flow[lossless].min(axis=1, initial=np.inf, keepdims=True)
        while not n.has_angles:
            arcs = _circle(n, link, flow, lossless)
            if arcs is None:
                break
            flow[arcs] -= flow[arcs].min()
        if _is_burning(n, link, flow):
            plan = _least(n, link, plan, t)
    return plan


def _circle(
    n: NetworkData, link: Ints, flow: Floats, may: Flags
) -> tuple[Ints, Ints] | None:
    """Return circuits and ways of a circle of flow over the circuits that *may*."""
    import networkx as nx  # slow to load, and most instances have no networks

    found = np.argwhere((flow > 0.0) & may[:, None])
    ends = (n.link_from, n.link_to)
    graph = nx.DiGraph()
    for k, way in found.tolist():
        start, end = int(ends[way][link[k]]), int(ends[1 - way][link[k]])
        graph.add_edge(start, end, arc=(k, way))  # parallel ones later
    try:
        circle = nx.find_cycle(graph)
    except nx.NetworkXNoCycle:
        return None
    arcs = np.array([graph.edges[edge]["arc"] for edge in circle], dtype=np.int64)
    return arcs[:, 0], arcs[:, 1]


def _is_burning(n: NetworkData, link: Ints, flow: Floats) -> bool:
    """Return whether a circle with losses is left."""
    if (flow.min(axis=1, initial=np.inf) > 0.0).any():
        return True
    every = np.ones(len(flow), dtype=bool)
    return not n.has_angles and _circle(n, link, flow, every) is not None


def _least(
    n: NetworkData, link: Ints, plan: NetworkDecisions, t: int
) -> NetworkDecisions:
    """Return the plan with the least flow that does in period *t* what it did."""
    flow, supply, local = (
        part[..., t].ravel() for part in (plan.flow, plan.supply, plan.local_supply)
    )
    levels = plan.supply.shape[1]
    out, back = n.link_from[link], n.link_to[link]
    arrives = 1.0 - n.link_loss[link]
    count, columns = len(link), np.arange(2 * len(link))
    start = np.column_stack([out, back]).ravel()
    end = np.column_stack([back, out]).ravel()
    shape = (len(n.nodes), 2 * count)
    moved = csr_array((np.repeat(arrives, 2), (end, columns)), shape) - csr_array(
        (np.ones(2 * count), (start, columns)), shape
    )
    given = hstack([moved, _at(n, np.repeat(n.source_node, levels)),
                    _at(n, n.local_node)]).tocsr()  # fmt: skip
    rows, right = given, given @ np.concatenate([flow, supply, local])
    if n.has_angles:
        net = csr_array(
            (np.tile([1.0, -1.0], count), (np.repeat(np.arange(count), 2), columns)),
            (count, given.shape[1]),
        )
        rows = vstack([given, net]).tocsr()
        right = np.append(right, flow[::2] - flow[1::2])
    most = np.concatenate([flow, supply, local])
    price = np.append(np.ones(2 * count), np.zeros(len(supply) + len(local)))
    best = least(price, 0.0 * most, most, (rows, right))
    if best.x is None:  # rounding: the plan as it is is right too
        return plan
    x = np.clip(best.x, 0.0, most)
    parts = np.split(x, [2 * count, 2 * count + len(supply)])
    found = replace(
        plan, supply=plan.supply.copy(), local_supply=plan.local_supply.copy()
    )
    for whole, part in zip(
        (found.flow, found.supply, found.local_supply), parts, strict=True
    ):
        whole[..., t] = part.reshape(whole[..., t].shape)
    return found


def _at(n: NetworkData, node: Ints) -> csr_array:
    """Return what each of some sources brings to each node, (N, sources)."""
    place = (node, np.arange(len(node)))
    return csr_array((np.ones(len(node)), place), (len(n.nodes), len(node)))
