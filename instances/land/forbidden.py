"""What the land forbids: levels that may not be built at a site, each with its reason.

A zone forbids where a site lies in it and its kind does not permit the level; a buffer
where a site is within its distance of a zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from aumaq.instances.access.limits import within
from aumaq.instances.arrays import Flags, Floats
from aumaq.instances.land.shapes import km_to_circle, km_to_outline, parts
from aumaq.instances.language.texts import Text, chained, say
from aumaq.instances.rows import rows_with

Tables = Mapping[str, pd.DataFrame]

KINDS = {
    "residential": say("residential land"),
    "agricultural": say("agricultural land"),
    "forest": say("forest land"),
    "industrial": say("industrial land"),
    "recreational": say("recreational land"),
    "protected": say("specially protected land"),
    "hazard": say("land under a hazard"),
}
"""Kind of zone -> what readers call it."""


@dataclass(frozen=True)
class Ban:
    """Levels that a zone, or a buffer around it, forbids at some sites of a service.

    ``banned`` is (J, L), ``km`` the distance of each site from the zone, (J,): 0 where
    ``site_zones`` says that it lies there, whatever the outline says.
    """

    zone: str
    title: str
    kind: str
    buffer: str
    within_km: float
    banned: Flags
    km: Floats


def has_rules(tables: Tables) -> bool:
    """Whether the land forbids anything at all."""
    return len(tables["zone_permits"]) + len(tables["buffers"]) > 0


def zone_distances(zones: pd.DataFrame, lat: Floats, lon: Floats) -> Floats:
    """Return km from each place to each zone, 0 within, (zones, places).

    Infinite where a zone has no shape, or a place no coordinates.
    """
    found = np.full((len(zones), len(lat)), np.inf)
    known = np.flatnonzero(np.isfinite(lat) & np.isfinite(lon))
    for k, zone in enumerate(zones.itertuples()):
        if zone.outline:
            found[k, known] = km_to_outline(parts(zone.outline), lat[known], lon[known])
        elif zone.radius_km == zone.radius_km:  # not NaN
            centre = (zone.lat, zone.lon)
            found[k, known] = km_to_circle(
                centre, zone.radius_km, lat[known], lon[known]
            )
    return found


def lies_in(tables: Tables, service: str, sites: pd.DataFrame, km: Floats) -> Flags:
    """Return in which zones each site of a service lies, (zones, J).

    By its rows in ``site_zones``, else by *km* from each zone.
    """
    found = within(km, 0.0)
    told = rows_with(tables["site_zones"], "service", service)
    if len(told):
        j = pd.Index(sites["site"]).get_indexer(told["site"])
        found[:, j] = False
        found[pd.Index(tables["zones"]["zone"]).get_indexer(told["zone"]), j] = True
    return found


def permitted(tables: Tables, kind: str, service: str, levels: int) -> Flags:
    """Return which levels of a service zones of a kind permit, (L,)."""
    found = np.ones(levels, dtype=bool)
    rules = rows_with(tables["zone_permits"], "kind", kind)
    for own in ("", service):  # what is said of the service counts last
        rows = rows_with(rules, "service", own).sort_values("from_level")
        for rule in rows.itertuples():
            found[rule.from_level - 1 :] = rule.is_permitted
    return found


def bans(tables: Tables, service: str, sites: pd.DataFrame, levels: int) -> list[Ban]:
    """Return what the land forbids at the sites of a service.

    *sites* have lat and lon filled in; *levels* is their number.
    """
    if not has_rules(tables):
        return []
    zones = tables["zones"]
    lat, lon = (sites[c].to_numpy(dtype=float) for c in ("lat", "lon"))
    km = zone_distances(zones, lat, lon)
    lies = lies_in(tables, service, sites, km)
    refused_in = {
        kind: ~permitted(tables, kind, service, levels)
        for kind in zones["kind"].unique()
    }
    found = []
    for k, zone in enumerate(zones.itertuples()):
        refused = refused_in[zone.kind]
        name = (zone.zone, zone.title or zone.zone, zone.kind)
        banned = lies[k][:, None] & refused[None, :]
        away = np.where(lies[k], 0.0, km[k])
        found.append(Ban(*name, "", 0.0, banned, away))
        for rule in tables["buffers"].itertuples():
            is_around = zone.zone == rule.zone or zone.kind == rule.kind
            if is_around and rule.service in ("", service):
                near = within(km[k], rule.distance_km) | lies[k]
                high = np.arange(1, levels + 1) >= rule.from_level
                banned = near[:, None] & high[None, :]
                title = (rule.buffer, rule.distance_km)
                found.append(Ban(*name, *title, banned, away))
    return [ban for ban in found if ban.banned.any()]


def forbidden_levels(found: list[Ban], shape: tuple[int, int]) -> Flags:
    """Return which levels may not be built at which sites, (J, L)."""
    banned = np.zeros(shape, dtype=bool)
    for ban in found:
        banned |= ban.banned
    return banned


def reasons(found: list[Ban], j: int, level: int = 0) -> Text | None:
    """Return why a level, or with 0 any level, may not be built at a site; or None."""
    own = slice(level - 1, level) if level else slice(None)
    why = [reason(ban, j) for ban in found if ban.banned[j, own].any()]
    return chained(why) if why else None


def reason(ban: Ban, j: int) -> Text:
    """Return why the land forbids something at a site, as a sentence without a dot."""
    land = KINDS[ban.kind]
    if not ban.buffer:
        return say("lies in {zone}, {land}", zone=ban.title, land=land)
    if ban.km[j] > 0.0:
        return say(
            "lies {km:.1f} km from {zone}, {land}; expected more than {limit:g} km"
            " ({buffer})",
            km=ban.km[j],
            zone=ban.title,
            land=land,
            limit=ban.within_km,
            buffer=ban.buffer,
        )
    return say(
        "lies in {zone}, {land} ({buffer})",
        zone=ban.title,
        land=land,
        buffer=ban.buffer,
    )
