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
from scipy.sparse.csgraph import dijkstra

from aumaq.model.algebra import pyo
from aumaq.model.context import Context, NetworkVariables, Numbers, Rows, add_variables
from aumaq.model.data.networks import NetworkData
from aumaq.model.family import family


@family(needs=("networks",))
def angles(c: Context) -> None:
    """Build angles and the flows that follow them, for networks that have them."""
    block = c.block("angles")
    for name, n in c.data.networks.items():
        if n.has_angles:
            index = [(node, period) for node in n.nodes for period in c.data.periods]
            variables = add_variables(block, f"angle_{name}", index)
            v = c.networks[name]
            v.angle = variables.reshape(-1, len(c.data.periods))
            _follows(c, block, n, v)


def susceptance(n: NetworkData, link: Numbers, step: Numbers) -> Numbers:
    """Return the susceptance of each circuit, units of flow a radian."""
    if not len(n.step_susceptance):
        return n.link_susceptance[link]
    return np.where(step < 0, n.link_susceptance[link], n.step_susceptance[step])


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


def _follows(c: Context, block: pyo.Block, n: NetworkData, v: NetworkVariables) -> None:
    link, step = v.circuit_link, v.circuit_step
    b, widest = susceptance(n, link, step), largest_angles(n, link, step, v.limits.link)
    tight = Rows(block, f"follows_{n.name}")
    up, down = (
        Rows(block, f"follows_up_{n.name}"),
        Rows(block, f"follows_down_{n.name}"),
    )
    up_limit: list[float] = []
    for k, (e, g) in enumerate(zip(link.tolist(), step.tolist(), strict=True)):
        number = 0 if g < 0 else int(n.step_number[g])
        for t, period in enumerate(c.data.periods):
            targets = (tight,) if g < 0 else (up, down)
            for rows in targets:
                here = np.array([len(rows.index)])
                # Divided by the susceptance: angles, whatever the units of flow.
                rows.add(here, 1.0 / b[k], v.flow[k, 0, t : t + 1])
                rows.add(here, -1.0 / b[k], v.flow[k, 1, t : t + 1])
                rows.add(here, -1.0, v.angle[n.link_from[e], t : t + 1])
                rows.add(here, 1.0, v.angle[n.link_to[e], t : t + 1])
                if g >= 0:
                    sign = 1.0 if rows is up else -1.0
                    rows.add(here, sign * widest[k], v.step[g, t : t + 1])
                rows.index.append((n.links[e], number, period))
                rows.ids.append(f"network:{n.name}:angles")
            if g >= 0:
                up_limit.append(float(widest[k]))
    tight.write(0.0, 0.0)
    up.write(None, up_limit)
    down.write([-x for x in up_limit], None)
