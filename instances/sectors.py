"""Which sector of the plan services, networks, roads and anchors belong to."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from aumaq.instances.schema.growth import GROWTH_POINTS
from aumaq.instances.schema.roads import ROADS
from aumaq.instances.schema.running import STAFF
from aumaq.instances.schema.sectors import SECTORS

OF_NETWORK = {"power": "energy", "water": "water"}
OF_ANCHOR = {
    "industry": "industry",
    "agriculture": "agriculture",
    "tourism": "tourism",
    "port": "transport",
    "zone": "industry",
}
"""Kind of an anchor -> the sector in which its jobs are."""


def sector_of(tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Return the sector of all that money is spent on: services, networks, roads."""
    found = {ROADS: "transport", GROWTH_POINTS: "settlement", STAFF: "social"}
    networks, services = tables["networks"], tables["services"]
    for code, own in zip(networks["network"], networks["sector"], strict=True):
        found[code] = own or OF_NETWORK[code]
    for code, network, own in zip(
        services["service"], services["network"], services["sector"], strict=True
    ):
        found[code] = own or found.get(network, "social")
    return found


def sectors_in(tables: Mapping[str, pd.DataFrame]) -> tuple[str, ...]:
    """Return the sectors of which the instance has anything, in their order."""
    known, idle = sector_of(tables), set()
    if tables["road_upgrades"].empty:
        idle.add(ROADS)
    if tables["staff_supply"].empty:
        idle.add(STAFF)
    if tables["growth_candidates"].empty:
        idle.add(GROWTH_POINTS)
    there = {sector for code, sector in known.items() if code not in idle}
    there |= {OF_ANCHOR[kind] for kind in tables["anchors"]["kind"]}
    return tuple(sector for sector in SECTORS if sector in there)
