"""Frames that follow from the tables of an instance: sites, access options, ties."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from aumaq.instances.access import options as roads
from aumaq.instances.access.limits import within
from aumaq.instances.access.upgrades import upgraded_options
from aumaq.instances.arrays import Flags
from aumaq.instances.land.forbidden import Ban, bans, forbidden_levels
from aumaq.instances.rows import rows_with
from aumaq.instances.schema.dtypes import TEXT
from aumaq.instances.schema.land import LAND_TABLES

if TYPE_CHECKING:
    from aumaq.instances.instance import Instance

LAND = tuple(table.name for table in LAND_TABLES)

CARRIERS = ("buses", "mobile_services")
"""Tables of what brings people and a service together, each as far as it goes."""

DERIVED_FROM = (
    "policies", "services", "levels", "settlements", "sites", "facilities",
    "referrals", "road_nodes", "road_links", "road_classes", "road_upgrades",
    "road_upgrade_links", "connections", "travel", *CARRIERS, *LAND,
)  # fmt: skip
"""Tables from which access and places are derived."""


def levels(instance: Instance, service: str) -> pd.DataFrame:
    """Return the levels of a service by level; row 0 is level 1."""
    rows = rows_with(instance.tables["levels"], "service", service)
    return rows.sort_values("level", ignore_index=True)


def sites(instance: Instance, service: str) -> pd.DataFrame:
    """Return the sites of a service; name, lat, lon, region filled in."""
    rows = rows_with(instance.tables["sites"], "service", service)
    places = instance.tables["settlements"]
    home = pd.Index(instance.settlement_ids).get_indexer(rows["settlement"])
    for name in ("lat", "lon"):
        own, there = rows[name].to_numpy(), places[name].to_numpy()[home]
        rows[name] = np.where(np.isnan(own) & (home >= 0), there, own)
    for name in ("name", "region", "district"):
        there = np.where(home >= 0, places[name].to_numpy(object)[home], "")
        if name == "name":
            there = np.where(there != "", there, rows["site"].to_numpy(object))
        rows[name] = pd.array(there, dtype=TEXT)
    return rows


def site_places(instance: Instance, sites: pd.DataFrame) -> roads.Places:
    """Tie sites: own node, else the settlement's place, else the nearest node."""
    own = roads.tie(
        instance.road_graph,
        sites["node"],
        sites["lat"].to_numpy(),
        sites["lon"].to_numpy(),
    )
    home = pd.Index(instance.settlement_ids).get_indexer(sites["settlement"])
    use = (sites["node"] == "").to_numpy() & (home >= 0)
    base = instance.settlement_places
    return roads.Places(
        np.where(use, base.node[home], own.node),
        np.where(use, base.connector_minutes[home], own.connector_minutes),
        np.where(use, base.connector_km[home], own.connector_km),
        np.where(use, base.is_snapped[home], own.is_snapped),
    )


def enterable_levels(instance: Instance, service: str) -> Flags:
    """Return which levels may be built at each site, (J, L); level 1 is column 0.

    By ``sites.max_level``, ``levels.min_population`` and what the land permits; what
    stands may stay.
    """
    sites, levels = instance.service_sites(service), instance.levels(service)
    top = sites["max_level"].to_numpy()
    top = np.where(top == 0, len(levels), top)
    people = instance.tables["settlements"]["population"].to_numpy()
    home = pd.Index(instance.settlement_ids).get_indexer(sites["settlement"])
    # A site apart from any settlement serves no place of a size.
    people = np.where(home >= 0, people[home], np.inf)
    fits = levels["level"].to_numpy()[None, :] <= top[:, None]
    fits &= people[:, None] >= levels["min_population"].to_numpy()[None, :]
    return fits & ~forbidden_levels(instance.land_bans(service), fits.shape)


def land_bans(instance: Instance, service: str) -> list[Ban]:
    """Return what the land forbids at the sites of a service, and why."""
    count = len(instance.levels(service))
    return bans(instance.tables, service, instance.service_sites(service), count)


def _usable(instance: Instance, service: str) -> Flags:
    """Return at which sites anything may ever run, (J,)."""
    sites = instance.service_sites(service)
    stock = rows_with(instance.tables["facilities"], "service", service)
    stands = sites["site"].isin(stock["site"]).to_numpy()
    fits = enterable_levels(instance, service).any(axis=1)
    return (fits | stands) & (sites["status"].to_numpy(object) != "forbidden")


def options(instance: Instance, service: str) -> pd.DataFrame:
    """Return the access options of a service, see ``Instance.access``."""
    sites, row = instance.service_sites(service), instance.service(service)
    if row["role"] != "serve":
        return pd.DataFrame(
            {
                name: pd.Series([], dtype=kind)
                for name, kind in {
                    "settlement": TEXT, "site": TEXT, "minutes": "float64",
                    "length_km": "float64", "needs": TEXT, "i": "int64",
                    "j": "int64",
                }.items()
            }
        )  # fmt: skip
    internal = instance.tables["settlements"]["internal_minutes"].to_numpy()
    given, reach = instance.uses_travel_table, reach_of(instance, service)
    reach = replace(reach, cutoff_minutes=longest_trip(instance, service))
    if given:
        pairs = roads.given_options(given_ways(instance, sites), internal, reach)
    else:
        places = instance.settlement_places
        pairs = roads.road_options(instance.road_graph, places, internal, reach)
    pairs = pairs.assign(needs="")
    if instance.upgrade_names and not given:
        more, is_complete = upgraded_options(
            instance.roads, places, internal, reach, pairs
        )
        pairs = pd.concat([pairs, more], ignore_index=True)
        pairs = pairs.sort_values(["i", "minutes", "j", "needs"], ignore_index=True)
        if not is_complete:
            instance._derived[f"cut:{service}"] = pd.DataFrame()
    limit = float(row["served_within_minutes"])
    if not np.isnan(limit):
        pairs = pairs[within(pairs["minutes"], limit)].reset_index(drop=True)
    i, j = (pairs[name].to_numpy(dtype=np.int64) for name in ("i", "j"))
    ids = np.array(instance.settlement_ids, dtype=object)
    return pd.DataFrame(
        {
            "settlement": pd.array(ids[i], dtype=TEXT),
            "site": pd.array(sites["site"].to_numpy(dtype=object)[j], dtype=TEXT),
            "minutes": pairs["minutes"].to_numpy(dtype=float),
            "length_km": pairs["length_km"].to_numpy(dtype=float),
            "needs": pd.array(pairs["needs"].to_numpy(dtype=object), dtype=TEXT),
            "i": i,
            "j": j,
        }
    )


def longest_trip(instance: Instance, service: str) -> float:
    """Return the minutes of the longest trip that is considered for a service.

    That is its cut-off, or farther where its bus or a mobile service goes farther.
    """
    carried = [
        rows_with(instance.tables[name], "service", service)["within_minutes"]
        for name in CARRIERS
    ]
    limit = float(instance.service(service)["cutoff_minutes"])
    return max([limit, *pd.concat(carried).tolist()])


def reach_of(instance: Instance, service: str) -> roads.Reach:
    """Return the sites of a service as targets, and how far people go to them."""
    sites, row = instance.service_sites(service), instance.service(service)
    return roads.Reach(
        roads.Places(*(np.zeros(0, dtype=np.int64),) * 4)  # type: ignore[arg-type]
        if instance.uses_travel_table
        else site_places(instance, sites),
        pd.Index(instance.settlement_ids)
        .get_indexer(sites["settlement"])
        .astype(np.int64),
        _usable(instance, service),
        float(row["cutoff_minutes"]),
        int(row["nearest_sites"]),
    )


def given_ways(instance: Instance, sites: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of ``travel`` to these sites: minutes, length_km, i, j."""
    travel = instance.tables["travel"]
    i = pd.Index(instance.settlement_ids).get_indexer(travel["settlement"])
    j = pd.Index(sites["site"]).get_indexer(travel["site"])
    known = np.flatnonzero((i >= 0) & (j >= 0))
    return pd.DataFrame(
        {
            "minutes": travel["minutes"].to_numpy()[known],
            "length_km": travel["length_km"].to_numpy()[known],
            "i": i[known],
            "j": j[known],
        }
    )


def site_pairs(instance: Instance, from_service: str, to_service: str) -> pd.DataFrame:
    """Return pairs of sites (j, k, minutes) within the longest referral."""
    rules = instance.tables["referrals"]
    rules = rules[
        (rules["service"] == from_service) & (rules["to_service"] == to_service)
    ]
    limit = float(rules["minutes"].max()) if len(rules) else 0.0
    lower, upper = (
        instance.service_sites(from_service),
        instance.service_sites(to_service),
    )
    index = pd.Index(instance.settlement_ids)
    home = index.get_indexer(lower["settlement"]).astype(np.int64)
    target = index.get_indexer(upper["settlement"]).astype(np.int64)
    if instance.uses_travel_table:
        by_row = given_ways(instance, upper).rename(columns={"j": "k"})
        pairs = pd.DataFrame({"j": np.arange(len(lower)), "i": home}).merge(by_row)
    else:
        pairs = roads.site_pairs(
            instance.road_graph,
            site_places(instance, lower),
            site_places(instance, upper),
            limit,
        )
    # Within reach of itself: in the same settlement, or the same place (a code is one).
    is_same = (home[:, None] == target[None, :]) & (home[:, None] >= 0)
    codes = lower["site"].to_numpy(dtype=object), upper["site"].to_numpy(dtype=object)
    is_same |= codes[0][:, None] == codes[1][None, :]
    j, k = np.nonzero(is_same)
    same = pd.DataFrame({"j": j, "k": k, "minutes": 0.0})
    pairs = pd.concat([same, pairs[["j", "k", "minutes"]]]).drop_duplicates(["j", "k"])
    pairs = pairs[within(pairs["minutes"], limit)]
    return pairs.sort_values(["j", "minutes", "k"]).reset_index(drop=True)


def snapping(instance: Instance) -> pd.DataFrame:
    """Return how settlements are tied to roads, see ``Instance.snapping``."""
    if instance.uses_travel_table or not instance.road_graph.num_nodes:
        return pd.DataFrame({"settlement": [], "node": [], "distance_km": []})
    places = instance.settlement_places
    rows = np.flatnonzero(places.is_snapped)
    return pd.DataFrame(
        {
            "settlement": np.array(instance.settlement_ids, dtype=object)[rows],
            "node": instance.road_graph.codes.to_numpy(dtype=object)[places.node[rows]],
            "distance_km": places.connector_km[rows] / roads.DETOUR_FACTOR,
        }
    ).astype({"settlement": TEXT, "node": TEXT})
