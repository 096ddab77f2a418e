"""What a network must bring before it is drawn on: steps that come before others.

Whatever draws on a network comes after the nearest new things that bring it there:
plants that grow, local supply that is added, lines and mains that are built or
enlarged, and stations that let them carry more. These come after what brings it to
them. Where it comes from tell the flows of the period. What goes, goes after all that
is built in its place.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from aumaq.model.data.networks import NetworkData
from aumaq.results.plan.deployment_growth import point_key
from aumaq.results.plan.deployment_points import Points
from aumaq.results.plan.deployment_steps import (
    BUILD,
    FACILITY,
    GROW,
    LINK,
    LOCAL,
    ROAD,
    SHRINK,
    Key,
    Step,
)

if TYPE_CHECKING:
    from aumaq.model.data.gathered import ModelData
    from aumaq.results.plan.plan import Plan

DUST = 1e-6
"""Units of a network: what flows less brings nothing."""


def feed(
    plan: Plan, data: ModelData, period: str, steps: dict[Key, Step], points: Points
) -> None:
    """Let steps come after what brings them power and water."""
    _replace(plan, steps)
    for n in data.networks.values():
        brings = _Brings(plan, n, period, steps)
        if brings.is_any:
            drawn = *_drawing(data, n, steps), *_where_people_come(data, n, points)
            for key, node in (*drawn, *brings.carried()):
                steps[key].after |= brings.to(node) - {key}


def _replace(plan: Plan, steps: dict[Key, Step]) -> None:
    """Let what feeds a network, or carries it, go after all that is built for it."""
    services = plan.instance.tables["services"]
    network = dict(zip(services["service"], services["network"], strict=True))
    built = defaultdict[str, set[Key]](set)
    for key in steps:
        if key[3] in (GROW, BUILD) and key[0] != ROAD:
            built[network[key[1]] if key[0] == FACILITY else key[1]].add(key)
    for key, step in steps.items():
        if key[0] == FACILITY and key[3] == SHRINK and network[key[1]]:
            step.after |= built[network[key[1]]]


def _drawing(
    data: ModelData, n: NetworkData, steps: dict[Key, Step]
) -> list[tuple[Key, str]]:
    """Return what grows and draws on a network, and the node where it does."""
    found = []
    for service, nodes in n.fed_site_node.items():
        d = data.services[service]
        if not d.load[n.name].any():
            continue
        for site, node in zip(d.sites, np.asarray(nodes).tolist(), strict=True):
            key = (FACILITY, service, site, GROW)
            if key in steps and node >= 0:
                found.append((key, str(n.nodes[node])))
    return found


def _where_people_come(
    data: ModelData, n: NetworkData, points: Points
) -> list[tuple[Key, str]]:
    """Return growth points and the nodes at which more is drawn for them."""
    change = data.growth.load[n.name].change[points.number, :, points.at]
    return [
        (point_key(points.settlement[p]), str(n.nodes[node]))
        for p, node in np.argwhere(change > DUST).tolist()
    ]


class _Brings:
    """The new things that bring something to the nodes of a network in a period."""

    def __init__(
        self, plan: Plan, n: NetworkData, period: str, steps: dict[Key, Step]
    ) -> None:
        """Read plants and local supply, and which way links flow."""
        self._at = defaultdict[str, set[Key]](set)
        rows = plan.table("sources")
        rows = rows[(rows["network"] == n.name) & (rows["period"] == period)]
        for row in rows[rows["supply"] > DUST].itertuples():
            key = (FACILITY, row.service, row.site, GROW)
            self._at[row.node] |= {key} & steps.keys()
        rows = plan.table("local_supply")
        rows = rows[(rows["network"] == n.name) & (rows["period"] == period)]
        for row in rows[rows["supply"] > DUST].itertuples():
            key = (LOCAL, n.name, f"{row.node} {row.option}", BUILD)
            self._at[row.node] |= {key} & steps.keys()
        self._on = _new_on(plan, n, steps)
        self._into = defaultdict[str, list[tuple[str, set[Key]]]](list)
        self._starts = defaultdict[Key, set[str]](set)
        self._add_flows(plan, n, period)
        self._found: dict[str, set[Key]] = {}

    def _add_flows(self, plan: Plan, n: NetworkData, period: str) -> None:
        flows = plan.table("flows")
        flows = flows[(flows["network"] == n.name) & (flows["period"] == period)]
        ends = ["link", "from_node", "to_node"]
        sums = flows.groupby(ends, sort=False)[["forward", "backward"]].sum()
        for (link, *pair), forward, backward in zip(
            sums.index, sums["forward"], sums["backward"], strict=True
        ):
            new, net = self._on[link], float(forward - backward)
            if abs(net) <= DUST and not new:
                continue
            start, end = pair if net >= 0.0 else pair[::-1]
            self._into[end].append((start, new))
            for key in new:
                self._starts[key].add(start)

    @property
    def is_any(self) -> bool:
        """Whether anything new brings something."""
        return any(self._at.values()) or any(self._on.values())

    def carried(self) -> list[tuple[Key, str]]:
        """Return what is new on links, and the nodes from where it brings something."""
        return [(key, node) for key, nodes in self._starts.items() for node in nodes]

    def to(self, node: str) -> set[Key]:
        """Return the nearest new things that bring something to a node."""
        if node not in self._found:
            near, seen, open_nodes = set[Key](), {node}, [node]
            while open_nodes:
                here = open_nodes.pop()
                near |= self._at.get(here, set())
                for start, new in self._into.get(here, ()):
                    near |= new
                    if not new and start not in seen:
                        seen.add(start)
                        open_nodes.append(start)
            self._found[node] = near
        return self._found[node]


def _new_on(plan: Plan, n: NetworkData, steps: dict[Key, Step]) -> dict[str, set[Key]]:
    """Return by link its new steps and the station that grows for it."""
    found = defaultdict[str, set[Key]](set)
    for key in steps:
        if key[:2] == (LINK, n.name):
            found[key[2].rsplit(" ", 1)[0]].add(key)
    for link, station in zip(n.links, n.link_station, strict=True):
        if station is not None:
            service, j = station
            site = plan.instance.service_sites(service)["site"].iloc[j]
            found[link] |= {(FACILITY, service, str(site), GROW)} & steps.keys()
    return found
