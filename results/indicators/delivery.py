"""What a network of today can deliver, and who goes short where it is not enough.

With the least load shed in all, the choice would fall on whoever is farthest away, for
the losses on the way. So a shortage is shared as evenly as the links allow (max-min
fairness): the largest share that any node loses is made as small as can be, those that
cannot lose less are left at it, and so on with the others. Under these limits the least
load is shed.

Nothing goes from one connected part of a network to another, so each part has a largest
share of its own and one programme lowers all of them. One after another, parts would
take as many programmes as they have bottlenecks together.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array, csc_array, csr_array, hstack, vstack

from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.scipy_parts import connected_components
from aumaq.model.data.networks import NetworkData
from aumaq.solvers.highs.linear import least
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.highs.repriced import RepricedLP

SHED_PRICE = 1e3
"""A unit of load that is shed weighs so many units of flow on a link."""
DUST = 1e-7
"""Shares of a load up to this are numerical dust."""
SLACK = 1e-7
"""Room left above a limit, share of the load, so that later rounds can keep it."""
MOST_ROUNDS = 40
"""Rounds of sharing out; about as many as the bottlenecks of the part with most."""


def deliver(
    n: NetworkData, load: Floats, room: Floats, most: Floats
) -> tuple[tuple[Floats, Floats], Floats, Floats]:
    """Return flows both ways (E,), supply of sources (S,) and load shed (N,).

    *load* (N,), *room* of links (E,), *most* of sources (S,), units of the network.
    Voltage angles are left out.
    """
    scale = max(float(load.mean()), DUST) if len(load) else 1.0
    task = _Task(n, load / scale, room / scale, most / scale)
    x = task.shared_out()
    shed = task.shed(x)
    parts = np.split(x * scale, np.cumsum([task.links, task.links, task.sources]))
    shed = np.where(shed > DUST * task.load, shed * scale, 0.0)
    return (parts[0], parts[1]), parts[2], shed


class _Task:
    """The linear programme; columns: flow out, flow back, supply, shed."""

    def __init__(
        self, n: NetworkData, load: Floats, room: Floats, most: Floats
    ) -> None:
        self.load = load
        self.links, self.sources, num = len(n.links), len(n.source), len(n.nodes)
        links, sources = self.links, self.sources
        e, s, at = np.arange(links), np.arange(sources), np.arange(num)
        arrives, one = 1.0 - n.link_loss, np.ones
        entries = [
            (n.link_to, e, arrives), (n.link_from, e, -one(links)),
            (n.link_from, links + e, arrives), (n.link_to, links + e, -one(links)),
            (n.source_node, 2 * links + s, one(sources)),
            (at, 2 * links + sources + at, one(num)),
        ]  # fmt: skip
        row, column, value = (np.concatenate(x) for x in zip(*entries, strict=True))
        self.width = 2 * links + sources + num
        self.balance = csr_array(
            coo_array((value, (row, column)), shape=(num, self.width))
        )
        back = np.where(n.link_is_one_way, 0.0, room)
        self.most = np.concatenate([room, back, most, load])
        self.flow_price = np.concatenate([one(2 * links), np.zeros(sources + num)])
        self.part = _parts(n, room)
        self.is_reached = np.isin(self.part, self.part[n.source_node[most > 0]])

    def shed(self, x: Floats) -> Floats:
        """Return what each node loses."""
        return x[2 * self.links + self.sources : self.width]

    def shared_out(self) -> Floats:
        """Return the solution that sheds least where nobody loses more than must be."""
        most = self.most.copy()
        nodes = np.flatnonzero((self.load > 0) & self.is_reached)
        at = 2 * self.links + self.sources + nodes
        parts, own = np.unique(self.part[nodes], return_inverse=True)
        lp, is_free = self._shares(nodes, own, len(parts)), np.ones(len(nodes), bool)
        limit = np.concatenate([np.zeros(len(nodes)), self.load])
        least_of = limit.copy()
        least_of[: len(nodes)] = -np.inf
        for _ in range(MOST_ROUNDS):
            if not is_free.any():
                break
            limit[: len(nodes)][~is_free] = np.inf
            lp.limit_rows(least_of, limit)
            found = lp.solve_again()
            if found is None:  # rounding left no room: the limits found so far stand
                break
            largest = found[0][self.width :] + SLACK
            limits = np.minimum(most[at], largest[own] * self.load[nodes])
            most[at] = np.where(is_free, limits, most[at])
            lp.confine(at, np.zeros(len(at)), most[at])
            is_stuck = is_free & (found[1][: len(nodes)] < -DUST)
            goes_on = np.bincount(own, is_stuck, minlength=len(parts)) > 0
            goes_on &= largest > DUST + SLACK
            is_free &= ~is_stuck & goes_on[own]
        return self._least_shed(most)

    def _least_shed(self, most: Floats) -> Floats:
        price = self.flow_price.copy()
        price[2 * self.links + self.sources :] = SHED_PRICE
        found = least(price, np.zeros(self.width), most, (self.balance, self.load))
        assert found.x is not None, found.message  # each limit was reached by a plan
        return np.asarray(found.x)

    def _shares(self, nodes: Ints, own: Ints, count: int) -> RepricedLP:
        """Return the programme that makes the largest share lost as small as can be.

        The shares, one for each of the *count* parts, *own* of each of the *nodes*, are
        the last columns; a row for each of these nodes comes before the balances.
        Limits that change from round to round leave little to do.
        """
        k, at = np.arange(len(nodes)), 2 * self.links + self.sources + nodes
        value = np.append(np.ones(len(nodes)), -self.load[nodes])
        column = np.append(at, self.width + own)
        shape = (len(nodes), self.width + count)
        rows = csr_array(coo_array((value, (np.append(k, k), column)), shape=shape))
        nothing = csr_array((len(self.load), count))
        balance = hstack([self.balance, nothing], format="csr")
        limit = np.concatenate([np.zeros(len(nodes)), self.load])
        matrices = Matrices.of(
            csc_array(vstack([rows, balance])),
            np.append(np.zeros(self.width), np.ones(count)),
            (np.append(np.full(len(nodes), -np.inf), self.load), limit),
            (np.zeros(shape[1]), np.append(self.most, np.ones(count))),
            np.zeros(shape[1], dtype=bool),
        )
        return RepricedLP(matrices, lambda: False)


def _parts(n: NetworkData, room: Floats) -> Ints:
    """Return the connected part that each node is in, (N,)."""
    num, stands = len(n.nodes), room > 0
    ends = (n.link_from[stands], n.link_to[stands])
    graph = coo_array((np.ones(len(ends[0])), ends), shape=(num, num))
    _, part = connected_components(graph, directed=False)
    return np.asarray(part)
