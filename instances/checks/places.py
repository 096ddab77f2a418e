"""Checks of places: what lies where nothing else does, and lengths that cannot be.

A point is held against those of other tables, a length against the straight line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.access.options import chord_to_km, to_unit_sphere
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.checks.check import Found, Tables, Warn, check, problem
from aumaq.instances.language.texts import figure, say
from aumaq.instances.scipy_parts import nearest

ALONE_KM = 100.0
"""A point that is as far from all others lies nowhere."""
ELSEWHERE_KM = 500.0
"""So far from most others a point is in no part of their country."""
NEARER = 10.0
"""A point is taken for swapped if it is so many times nearer the other way round."""
MOST_DETOURS = 20.0
"""No road is so many times longer than the straight line (of a kilometre at least)."""
METRES = 200.0
"""Lengths that are in the middle so many times the straight line are in metres."""
LEAST_DETOUR = 0.7
"""Nothing is shorter than this part of the straight line, coordinates being rough."""
COUNTRIES = {"KZT": (40.0, 56.0, 46.0, 88.0)}
"""Currency -> the country's least and most latitude, and longitude."""
MOST_NAMED = 5
"""Places that a warning names."""
_CORNER = re.compile(r"(-?\d+(?:\.\d+)?)\s+(-?\d+(?:\.\d+)?)")
ROUGH_KM = 2.0
"""By so much coordinates may be off."""

PLACED = ("settlements", "sites", "road_nodes", "network_nodes")
"""Tables with places."""
LENGTHS = {"road_links": "road_nodes", "road_upgrade_links": "road_nodes",
           "network_links": "network_nodes"}  # fmt: skip
"""Tables with lengths -> the tables of their ends."""


@dataclass(frozen=True)
class _Cloud:
    """The points of a table: rows, degrees."""

    rows: Ints
    lat: Floats
    lon: Floats

    @property
    def points(self) -> Floats:
        return to_unit_sphere(self.lat, self.lon)

    @property
    def swapped(self) -> Floats:
        return to_unit_sphere(self.lon, self.lat)


def _cloud(frame: pd.DataFrame) -> _Cloud:
    lat, lon = frame["lat"].to_numpy(float), frame["lon"].to_numpy(float)
    rows = np.flatnonzero(np.isfinite(lat) & np.isfinite(lon))
    return _Cloud(rows, lat[rows], lon[rows])


def _km(a: Floats, b: Floats) -> Floats:
    """Return km between points of the unit sphere, pair by pair."""
    return chord_to_km(np.linalg.norm(a - b, axis=1))


@check(
    *PLACED, "instance", "zones", "road_links", about=(*PLACED, "zones", "road_links")
)
def coordinates_are_not_swapped(tables: Tables) -> Found:
    """No table, and no row, lies near the others only with lat and lon swapped."""
    clouds = {name: _cloud(tables[name]) for name in PLACED}
    clouds = {name: cloud for name, cloud in clouds.items() if len(cloud.rows)}
    flags = {name: _swapped(clouds, name) for name in clouds}
    whole = [name for name in clouds if flags[name].mean() > 0.5]
    if len(whole) > 1:  # each looks wrong from the other: the roads' lengths decide
        nodes_fit = "road_nodes" in whole and not _roads_fit_swapped(tables)
        whole = [n for n in whole if (n != "road_nodes") == nodes_fit] or whole[:1]
    elif not whole and "road_nodes" in clouds and _roads_fit_swapped(tables):
        whole = ["road_nodes"]
    text = say(
        "latitude and longitude look swapped: only the other way round do the rows fit"
        " the other places and the lengths of roads"
    )
    for name in whole:
        yield problem(name, text, None, "lat")
    text = say(
        "latitude and longitude look swapped: only the other way round is it near the"
        " other places"
    )
    for name, cloud in clouds.items():
        for k in () if whole else np.flatnonzero(flags[name]):
            place = f"{cloud.lat[k]:g}, {cloud.lon[k]:g}"
            yield problem(name, text, cloud.rows[k], "lat", place)
    if clouds and not whole and not any(flag.any() for flag in flags.values()):
        yield from _swapped_together(tables, clouds)


def _swapped_together(tables: Tables, clouds: dict[str, _Cloud]) -> Found:
    """Warn of places that are swapped in all tables that have them.

    A list without roads has nodes and sites made where its places are: each is near
    its own. What tells of them are most other places, and of all places the zones.
    """
    whole = _Cloud(*(np.concatenate([getattr(cloud, part) for cloud in clouds.values()])
                     for part in ("rows", "lat", "lon")))  # fmt: skip
    zones = _zones(tables["zones"])
    if len(zones.rows) and _nearer_swapped(whole, zones.points).mean() > 0.5:
        text = say(
            "latitude and longitude look swapped: only the other way round are the"
            " places near the zones"
        )
        yield Warn(problem(next(iter(clouds)), text, None, "lat"))
        return
    if _only_swapped_in_country(tables["instance"], whole):
        text = say(
            "latitude and longitude look swapped: only the other way round are the"
            " places in the country of the currency"
        )
        yield Warn(problem(next(iter(clouds)), text, None, "lat"))
        return
    flags, first = _apart_from_most(whole), 0
    for name, cloud in clouds.items():
        own = cloud.rows[flags[first : first + len(cloud.rows)]]
        first += len(cloud.rows)
        if len(own):
            rows = tables[name].iloc[own]
            called = rows["name" if "name" in rows else rows.columns[0]]
            text = say(
                "latitude and longitude look swapped, of {places}: only the other way"
                " round are these near most other places",
                places=", ".join(map(str, called[:MOST_NAMED]))
                + (", ..." if len(own) > MOST_NAMED else ""),
            )
            yield Warn(problem(name, text, own[0], "lat"))
            return  # those of other tables are made of them


def _only_swapped_in_country(instance: pd.DataFrame, places: _Cloud) -> bool:
    """Whether no place lies in the country of the currency, and swapped all do."""
    bounds = COUNTRIES.get(str(instance["currency"].iloc[0]) if len(instance) else "")
    if bounds is None or not len(places.rows):
        return False
    south, north, west, east = bounds

    def lie_inside(lat: Floats, lon: Floats) -> Flags:
        return (lat >= south) & (lat <= north) & (lon >= west) & (lon <= east)

    now = lie_inside(places.lat, places.lon)
    return bool(not now.any() and lie_inside(places.lon, places.lat).all())


def _zones(rows: pd.DataFrame) -> _Cloud:
    """Return the centres of circles and a corner of each other zone."""
    corners = rows["outline"].str.extract(_CORNER).astype(float)
    lat, lon = rows["lat"].fillna(corners[1]), rows["lon"].fillna(corners[0])
    return _cloud(pd.DataFrame({"lat": lat, "lon": lon}))


def _swapped(clouds: dict[str, _Cloud], name: str) -> Flags:
    """Return which points of a table are near others only the other way round.

    The others are those of other tables and, unless most points of the table are
    swapped, those of its own that are not.
    """
    own = clouds[name]
    others = [cloud.points for other, cloud in clouds.items() if other != name]
    if others:
        flags = _nearer_swapped(own, np.concatenate(others))
        if flags.mean() > 0.5:
            return flags
        others.append(own.points[~flags])
        flags[flags] = _nearer_swapped(own, np.concatenate(others))[flags]
        return flags
    return _apart_from_most(own)


def _apart_from_most(own: _Cloud) -> Flags:
    """Return which points are near those around the middle only the other way round.

    A region at the edge of a country may be nearer to the middle swapped, where degrees
    of latitude and longitude are much the same; it is not elsewhere.
    """
    middle = to_unit_sphere(np.median(own.lat, keepdims=True),
                            np.median(own.lon, keepdims=True))  # fmt: skip
    near = _km(own.points, middle) <= _km(own.swapped, middle)
    is_elsewhere = chord_to_km(nearest(own.points, own.points[near])[0]) > ELSEWHERE_KM
    return ~near & is_elsewhere & _nearer_swapped(own, own.points[near])


def _nearer_swapped(cloud: _Cloud, others: Floats) -> Flags:
    """Return which points are far from all others, and near one the other way round."""
    now, then = (
        chord_to_km(nearest(points, others)[0])
        for points in (cloud.points, cloud.swapped)
    )
    flags: Flags = (now > ALONE_KM) & (then * NEARER < now)
    return flags


def _roads_fit_swapped(tables: Tables) -> bool:
    """Whether road links are shorter than straight lines, and not so if swapped."""
    links, nodes = tables["road_links"], tables["road_nodes"]
    length = links["length_km"].to_numpy(float)
    now = _straight(links, nodes)
    then = _straight(links, nodes.rename(columns={"lat": "lon", "lon": "lat"}))
    if not len(links):
        return False
    too_short, other = (
        (length + 0.1 < 0.98 * straight).mean() for straight in (now, then)
    )
    is_sound = np.median(length) < 2.0 * np.median(then)
    return bool(too_short > 0.5 and other < 0.05 and is_sound)


def _straight(links: pd.DataFrame, nodes: pd.DataFrame) -> Floats:
    """Return km of the straight line between the ends of links."""
    if not len(links) or not len(nodes):
        return np.full(len(links), np.nan)
    keys = ["network", "node"] if "network" in links else ["node"]
    index = _named(nodes, keys)
    points = to_unit_sphere(nodes["lat"].to_numpy(float), nodes["lon"].to_numpy(float))
    ends = []
    for side in ("from_node", "to_node"):
        at = index.get_indexer(_named(links, [*keys[:-1], side]))
        ends.append(np.where((at >= 0)[:, None], points[at], np.nan))
    return _km(*ends)


def _named(rows: pd.DataFrame, keys: list[str]) -> pd.Index[Any]:
    return (
        pd.Index(rows[keys[0]])
        if len(keys) == 1
        else pd.MultiIndex.from_frame(rows[keys])
    )


@check(*LENGTHS, *set(LENGTHS.values()))
def lengths_fit_coordinates(tables: Tables) -> Found:
    """No link is many times longer than the straight line, or much shorter."""
    for table, nodes in LENGTHS.items():
        links = tables[table]
        straight = _straight(links, tables[nodes])
        length = links["length_km"].to_numpy(float)
        apart = straight > 1.0
        share = (length / np.where(apart, straight, np.inf))[apart]
        ratio = np.quantile(share, 0.5, method="lower") if len(share) else 1.0
        if ratio > METRES:
            text = say(
                "{ratio:,.0f} times the straight line between the ends of links (in the"
                " middle): metres in place of km?",
                ratio=ratio,
            )
            yield problem(table, text, None, "length_km")
            continue
        is_short = apart & (length < LEAST_DETOUR * straight)
        is_short &= straight - length > ROUGH_KM
        if is_short.sum() > max(1, 0.5 * len(links)) and (length > 0).any():
            text = say(
                "{ratio:.2g} of the straight line between the ends of links (in the"
                " middle): another unit, or other coordinates?",
                ratio=ratio,
            )
            yield Warn(problem(table, text, None, "length_km"))
            is_short[:] = False
        is_short &= (length > 0).any()
        is_long = length > MOST_DETOURS * np.maximum(straight, 1.0)
        too_long = say(
            "over {times:g} times the straight line between its ends: metres in place"
            " of km?",
            times=MOST_DETOURS,
        )
        too_short = say("much shorter than the straight line between its ends")
        for flags, text in ((is_long, too_long), (is_short, too_short)):
            for k in np.flatnonzero(flags):
                yield Warn(problem(table, text, k, "length_km", figure(length[k])))


TIES = (
    ("settlements", "node", "road_nodes", "node", 50.0),
    ("sites", "node", "road_nodes", "node", 50.0),
    ("sites", "settlement", "settlements", "settlement", 200.0),
    ("network_nodes", "settlement", "settlements", "settlement", 50.0),
)
"""Table and column of what is tied -> table and key of what it is tied to, and the km
beyond which it does not belong there (a dam may be far from the town that runs it)."""


@check(*PLACED)
def ties_are_near(tables: Tables) -> Found:
    """Nothing is far from the node or settlement that it names."""
    for table, column, target, key, most_km in TIES:
        if tables[table].empty or tables[target].empty:
            continue
        rows, cloud = tables[table], _cloud(tables[table])
        ends = tables[target].set_index(key)[["lat", "lon"]]
        named = rows[column].to_numpy(dtype=object)[cloud.rows]
        at = ends.index.get_indexer(named)
        tied = np.flatnonzero(at >= 0)
        end = ends.to_numpy(float)[at[tied]]
        away = _km(cloud.points[tied], to_unit_sphere(end[:, 0], end[:, 1]))
        for k in np.flatnonzero(away > most_km):
            text = say("is {km:,.0f} km away", km=away[k])
            row = cloud.rows[tied[k]]
            yield Warn(problem(table, text, row, column, named[tied[k]]))


@check("settlements", "sites")
def names_tell_places_apart(tables: Tables) -> Found:
    """No two settlements of a district, and no two free sites, are taken for one."""
    rows = tables["settlements"]
    same = rows.duplicated(["region", "district", "name"], keep=False)
    text = say("another settlement of this region and district has the name, too")
    for k in np.flatnonzero(same):
        yield Warn(problem("settlements", text, k, "name", rows["name"][k]))
    rows = tables["sites"]
    free = rows[(rows["settlement"] == "") & rows["lat"].notna()]
    text = say("another site of the service is at the same place")
    for k in free.index[free.duplicated(["service", "lat", "lon"], keep=False)]:
        yield Warn(problem("sites", text, k, "site", rows["site"][k]))
