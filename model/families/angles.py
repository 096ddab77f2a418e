r"""Angles: the direct-current approximation of power flow.

Variables
    ``angle[n,t]``
        voltage angle, rad

Constraints
    ``follows[c,t]``
        :math:`flow_{out} - flow_{back} = b_c\, (angle_{n} - angle_{n'})`
        on what stands today, from *n* to *n'*
    ``follows_up[c,t]``
        :math:`flow_{out} - flow_{back} - b_c\, (angle_{n} - angle_{n'}) \le
        b_c\, D_c\, (1 - step_{ekt})`
        on a step, free until it is built
    ``follows_down[c,t]``
        :math:`flow_{out} - flow_{back} - b_c\, (angle_{n} - angle_{n'}) \ge
        -b_c\, D_c\, (1 - step_{ekt})`

For networks with ``flow_model = "dc"``. Where a path of today's circuits joins the two
ends, :math:`D_c` is the length of the shortest such path, each circuit as long as its
largest angle, :math:`K / b`; at most and otherwise the sum of the N - 1 largest of
these over all circuits that may stand: more than any path can differ by (Binato,
Pereira, Granville 2001). Rows are divided by :math:`b_c`.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from aumaq.instances.scipy_parts import dijkstra
from aumaq.model.algebra import Block, Rows, variable
from aumaq.model.context import Context, Network, Numbers
from aumaq.model.data.circuits import susceptance
from aumaq.model.data.networks import NetworkData
from aumaq.model.family import family

BY = ("link", "number", "period")


@family(needs=("networks",))
def angles(c: Context) -> None:
    """Build angles and the flows that follow them, for networks that have them."""
    block = c.block("angles")
    for name, n in c.data.networks.items():
        if n.has_angles:
            where, v = c.load[name].at, c.networks[name]
            at = ("node", "period")
            v.angle = variable(block, f"angle_{name}", where, at, lower=-np.inf)
            _follows(block, n, v)


def largest_angles(
    n: NetworkData, link: Numbers, step: Numbers, enough: Numbers
) -> Numbers:
    """Return a bound on the angle between the ends of each circuit, rad.

    *enough*: the most that can ever flow on a link, (E,).
    """
    b = susceptance(n, link, step)
    capacity = n.link_capacity[link]
    if len(n.step_capacity):
        capacity = np.where(step < 0, capacity, n.step_capacity[step])
    widest = np.minimum(capacity, enough[link]) / np.maximum(b, 1e-300)
    today = step < 0
    size = (len(n.nodes), len(n.nodes))
    a, z = n.link_from[link], n.link_to[link]
    # Of parallel circuits the one with the least angle counts.
    order = np.argsort(-widest[today], kind="stable")
    weight = {
        (int(u), int(w)): float(x)
        for u, w, x in zip(
            a[today][order], z[today][order], widest[today][order], strict=True
        )
    }
    for (u, w), x in list(weight.items()):
        least = min(x, weight.get((w, u), x))
        weight[u, w] = weight[w, u] = least
    rows = np.array([u for u, _ in weight], dtype=np.int64)
    columns = np.array([w for _, w in weight], dtype=np.int64)
    graph = csr_array(
        (np.array(list(weight.values()), dtype=float), (rows, columns)), size
    )
    far = dijkstra(graph, directed=True, indices=a) if len(a) else np.zeros((0, 0))
    between = far[np.arange(len(a)), z] if len(a) else np.zeros(0)
    longest = np.sort(widest)[::-1][: max(len(n.nodes) - 1, 0)].sum()
    return np.minimum(between, longest)


def _follows(block: Block, n: NetworkData, v: Network) -> None:
    out = v.flow.where(v.flow["way"] == 0)
    circuit = out.distinct(("circuit",))
    link, step = circuit["link"], circuit["step"]
    widest = largest_angles(n, link, step, v.limits.link)[out["circuit"]]
    out = out.plus(widest=widest)
    # Divided by the susceptance: angles, whatever the units of flow.
    flow, b = v.flow, susceptance(n, link, step)[v.flow["circuit"]]
    keys = out.only(*BY, "from", "to", "widest")
    tail, head = (
        keys.plus(node=keys[end]).join(
            v.angle.only("node", "period", "var"), ("node", "period")
        )
        for end in ("from", "to")
    )
    steps = keys.join(v.step.only(*BY, "var"), BY)
    today, built = out.where(out["step"] < 0), out.where(out["step"] >= 0)
    limit = built["widest"]
    for name, where, sign, low, high in (
        ("follows", today, 0.0, 0.0, 0.0),
        ("follows_up", built, 1.0, -np.inf, limit),
        ("follows_down", built, -1.0, -limit, np.inf),
    ):
        rows = Rows(block, f"{name}_{n.name}", where, BY, f"network:{n.name}:angles")
        rows.add(flow, np.where(flow["way"] == 0, 1.0, -1.0) / b)
        rows.add(tail, -1.0).add(head)
        rows.add(steps, sign * steps["widest"]).write(low, high)
