"""What upgrades of roads bring: access options, and connections of settlements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from aumaq.instances.access.limits import loosened, within
from aumaq.instances.access.options import (
    KM_MINUTES,
    SAME_WEIGHT,
    WEIGHT_ROOM,
    Places,
    Reach,
    all_pairs,
)
from aumaq.instances.access.paths import Needs, Roads, fastest_between, upgraded_paths
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.schema.dtypes import TEXT

if TYPE_CHECKING:
    from aumaq.instances.instance import Instance

BETWEEN = "; "
"""Stands between the codes of upgrades in the column ``needs``."""


def upgraded_options(
    roads: Roads,
    settlements: Places,
    internal_minutes: Floats,
    reach: Reach,
    today: pd.DataFrame,
) -> tuple[pd.DataFrame, bool]:
    """Return options (i, j, minutes, length_km, needs) beside those of *today*.

    Pairs that are options today may become faster; pairs within the cut-off with all
    upgrades become options. The second value says whether all were found.
    """
    built = np.ones(len(roads.upgrades), dtype=bool)
    everyone = np.arange(len(internal_minutes))
    best = all_pairs(
        roads.graph(built), settlements, internal_minutes, reach, everyone,
        loosened(reach.cutoff_minutes),
    )  # fmt: skip
    best = best[within(best["minutes"], reach.cutoff_minutes)]
    pairs = pd.concat([best[["i", "j"]], today[["i", "j"]]]).drop_duplicates()
    pairs = pairs.merge(today, how="left", on=["i", "j"])
    i, j = (pairs[name].to_numpy(dtype=np.int64) for name in ("i", "j"))
    away = reach.settlement[j] != i
    pairs, i, j = pairs[away], i[away], j[away]
    ways = settlements.connector_minutes[i] + reach.places.connector_minutes[j]
    fixed = internal_minutes[i] + ways
    ways_km = settlements.connector_km[i] + reach.places.connector_km[j]
    # What is an option today may stay beyond the cut-off, only faster.
    old = pairs["minutes"] + KM_MINUTES * (pairs["length_km"] - ways_km)
    limit = (old - SAME_WEIGHT).fillna(loosened(reach.cutoff_minutes) + WEIGHT_ROOM)
    paths = upgraded_paths(
        roads, settlements.node[i], reach.places.node[j], limit.to_numpy() - fixed
    )
    k = paths.pair
    frame = pd.DataFrame(
        {
            "i": i[k],
            "j": j[k],
            "minutes": internal_minutes[i[k]] + (paths.minutes + ways[k]),
            "length_km": ways_km[k] + paths.km,
            "needs": named(roads, paths.needs),
        }
    )
    is_soon = within(frame["minutes"], reach.cutoff_minutes)
    return frame[is_soon | pairs["minutes"].notna().to_numpy()[k]], paths.is_complete


def named(roads: Roads, needs: list[Needs]) -> list[str]:
    """Return the codes of upgrades as one text for each option."""
    return [BETWEEN.join(roads.upgrades[g] for g in one) for one in needs]


def connection_options(instance: Instance) -> pd.DataFrame:
    """Return ways to keep connections in time: connection, minutes, needs.

    Minutes count from node to node with the ways to the nodes.
    """
    rules = instance.tables["connections"]
    ids, places = pd.Index(instance.settlement_ids), instance.settlement_places
    a, b = (
        ids.get_indexer(rules[name]).astype(np.int64)
        for name in ("from_settlement", "to_settlement")
    )
    fixed = places.connector_minutes[a] + places.connector_minutes[b]
    start, end, limit = places.node[a], places.node[b], rules["minutes"].to_numpy()
    nothing = np.zeros(len(instance.roads.upgrades), dtype=bool)
    today = connection_minutes(instance, nothing)
    holds = within(today, limit)
    at_most = np.where(holds, -1.0, loosened(limit) - fixed + WEIGHT_ROOM)
    paths = upgraded_paths(instance.roads, start, end, at_most)
    minutes = paths.minutes + fixed[paths.pair]
    is_soon = within(minutes, limit[paths.pair])
    pair = paths.pair[is_soon]
    needs = np.array(named(instance.roads, paths.needs), dtype=object)
    names = rules["connection"].to_numpy(dtype=object)
    return pd.DataFrame(
        {
            "connection": np.concatenate([names[holds], names[pair]]),
            "minutes": np.concatenate([today[holds], minutes[is_soon]]),
            "needs": np.concatenate(
                [np.full(int(holds.sum()), "", dtype=object), needs[is_soon]]
            ),
        }
    ).astype({"connection": TEXT, "minutes": "float64", "needs": TEXT})


def connection_minutes(instance: Instance, built: Flags) -> Floats:
    """Return minutes of each connection once *built* (G,) stands, inf without a path.

    From node to node with the ways to the nodes.
    """
    rules, places = instance.tables["connections"], instance.settlement_places
    ids = pd.Index(instance.settlement_ids)
    a, b = (
        ids.get_indexer(rules[name]).astype(np.int64)
        for name in ("from_settlement", "to_settlement")
    )
    fixed = places.connector_minutes[a] + places.connector_minutes[b]
    graph = instance.roads.graph(built)
    minutes, _ = fastest_between(graph, places.node[a], places.node[b])
    return minutes + fixed


def option_minutes(
    instance: Instance, service: str, i: Ints, j: Ints, built: Flags
) -> tuple[Floats, Floats]:
    """Return minutes and km of pairs (i, j) of a service once *built* (G,) stands."""
    options = instance.access(service)
    now = options[options["needs"] == ""].set_index(["i", "j"])
    own = now.reindex(pd.MultiIndex.from_arrays([i, j]))
    if instance.uses_travel_table or not built.any():
        return own["minutes"].to_numpy(), own["length_km"].to_numpy()
    from_places, to_places = instance.settlement_places, instance.site_places(service)
    internal = instance.tables["settlements"]["internal_minutes"].to_numpy()[i]
    graph = instance.roads.graph(built)
    path, km = fastest_between(graph, from_places.node[i], to_places.node[j])
    ways = from_places.connector_minutes[i] + to_places.connector_minutes[j]
    path = path + ways
    km = km + from_places.connector_km[i] + to_places.connector_km[j]
    homes = pd.Index(instance.settlement_ids).get_indexer(
        instance.service_sites(service)["settlement"]
    )
    is_home = homes[j] == i
    return internal + np.where(is_home, 0.0, path), np.where(is_home, 0.0, km)
