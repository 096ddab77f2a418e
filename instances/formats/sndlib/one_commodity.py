"""A network of SNDlib whose demands share an end, as a water network of one year.

Links have no direction, and so demands have none: the node that all of them share is
the source. A link has steps along the least cost of the capacity that its modules can
add, in any number and mixture: the setup cost is on the first of them, and where
capacity stands already, using it is a step of its own. What that costs in every plan is
the running cost of the source.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Sequence

import pandas as pd

from aumaq.instances.formats.fcnet import network_frame
from aumaq.instances.formats.sndlib.network import Demand, Link, Network
from aumaq.instances.instance import Instance, from_tables
from aumaq.instances.language.texts import Text, say

MOST_STEPS = 1_000
"""Steps of a link."""
CLOSE = 1e-12
"""Share of a capacity from which it counts as more than another."""

Steps = list[tuple[float, float]]
"""Capacity and cost that each step adds."""


def carried(network: Network) -> list[Demand]:
    """Return the demands that need links: above 0, between two nodes."""
    return [d for d in network.demands if d.amount > 0 and d.ends[0] != d.ends[1]]


def hub(network: Network) -> str:
    """Return the node that is an end of every demand, "" if there is none."""
    demands = carried(network)
    if not demands:
        return ""
    return next(
        (end for end in demands[0].ends if all(end in d.ends for d in demands)), ""
    )


def limited(network: Network) -> int:
    """Return how many demands may not take every path that visits no node twice."""
    longest = len(network.nodes) - 1
    return sum(demand.most_links < longest for demand in carried(network))


def why_not(network: Network) -> Text | None:
    """Return why a network has no instance, None if it has one."""
    demands = carried(network)
    if not demands:
        return say("has no demand above 0 between two nodes: there is nothing to plan")
    if not hub(network):
        return say(
            "its {count} demands have no node in common: many commodities share the"
            " links, and a network here carries one; it can be described only",
            count=len(demands),
        )
    if count := limited(network):
        return say(
            "max_path_length limits the links of a path for {count} demands, and flows"
            " here take any path; without limits it is {word}",
            count=count,
            word="UNLIMITED",
        )
    if network.admissible_paths:
        return say(
            "lists {count} admissible paths, and flows here take any path; without the"
            " list every path is admissible",
            count=network.admissible_paths,
        )
    total = sum(demand.amount for demand in demands)
    for link in network.links:
        if steps_of(link, total) is None:
            return say(
                "modules of the link {link} are so small beside the demand, {total:g},"
                " that it would take more than {most} steps",
                link=link.name,
                total=total,
                most=MOST_STEPS,
            )
    return None


def steps_of(link: Link, total: float) -> Steps | None:
    """Return the steps of a link up to the total demand, None: too many."""
    steps = staircase(link.modules, total - link.capacity)
    if steps is None or not link.setup_cost:
        return steps
    if link.capacity:
        return [(link.capacity, link.setup_cost), *steps]
    return [
        (size, cost + (link.setup_cost if k == 0 else 0.0))
        for k, (size, cost) in enumerate(steps)
    ]


def staircase(modules: Sequence[tuple[float, float]], needed: float) -> Steps | None:
    """Return the least cost of capacity up to what is needed, as steps one by one.

    Any number of each module may be taken. Of the sums that result, cheapest first,
    those with more capacity than all before are the corners; None: too many.
    """
    corners = [(0.0, 0.0)]
    heap = [(cost, -size) for size, cost in modules]
    heapq.heapify(heap)
    while heap and corners[-1][0] < needed * (1.0 - CLOSE):
        cost, size = heapq.heappop(heap)
        if -size <= corners[-1][0] * (1.0 + CLOSE):
            continue
        corners.append((-size, cost))
        if len(corners) > MOST_STEPS + 1:
            return None
        for more, price in modules:
            heapq.heappush(heap, (cost + price, size - more))
    return [
        (size - before, cost - paid)
        for (before, paid), (size, cost) in itertools.pairwise(corners)
    ]


def to_instance(network: Network) -> Instance:
    """Return the water network of a network that has one (see :func:`why_not`)."""
    source, demands = hub(network), carried(network)
    total = sum(demand.amount for demand in demands)
    load = dict.fromkeys(network.nodes, 0.0)
    for demand in demands:
        other = demand.ends[demand.ends[0] == source]
        load[other] += demand.amount
    load[source] = -total
    tables = network_frame(network.name, load, total)
    tables["levels"][0]["opex_mln_per_year"] = sum(
        link.capacity_cost for link in network.links
    )
    for node in tables["network_nodes"]:
        node["lon"], node["lat"] = _place(network, node["node"])
    steps = {link.name: steps_of(link, total) or [] for link in network.links}
    tables["network_links"] = [
        {
            "network": "water", "link": link.name,
            "from_node": link.ends[0], "to_node": link.ends[1], "length_km": 0.0,
            "capacity": 0.0 if link.setup_cost else link.capacity,
            "flow_mln_per_unit_year": link.routing_cost,
        }
        for link in network.links
    ]  # fmt: skip
    tables["link_upgrades"] = [
        {"network": "water", "link": name, "step": step, "capacity": size,
         "capex_mln": cost}
        for name, own in steps.items()
        for step, (size, cost) in enumerate(own, start=1)
    ]  # fmt: skip
    return from_tables({name: pd.DataFrame(rows) for name, rows in tables.items()})


def _place(network: Network, name: str) -> tuple[float, float]:
    """Return longitude and latitude, 0 where the places of a file are on no globe."""
    places = [place for place in network.nodes.values() if place is not None]
    place = network.nodes[name]
    if place is None or any(abs(x) > 180 or abs(y) > 90 for x, y in places):
        return 0.0, 0.0
    return place
