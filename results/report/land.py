"""Land and environment: forbidden sites with their reasons, impacts, limits, zones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from aumaq.instances.land.forbidden import KINDS
from aumaq.instances.land.shapes import KM_A_DEGREE, parts
from aumaq.instances.language.texts import Text, Title, say
from aumaq.instances.schema.land import WORKS
from aumaq.instances.schema.roads import ROADS
from aumaq.results.indicators.impacts import against_today
from aumaq.results.language import Language
from aumaq.results.pages.grid import Column, grid
from aumaq.results.pages.territory import (
    link_names,
    node_names,
    region_names,
    upgrade_titles,
)
from aumaq.results.plan.titles import ANCHOR_KINDS, titles_by_code, titles_of

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

FILLS = {"residential": "#d9b38c", "agricultural": "#e3d690", "forest": "#7fae7a",
         "industrial": "#b5a6c4", "recreational": "#b9dba8", "protected": "#5e9f76",
         "hazard": "#d98f7f"}  # fmt: skip
CORNERS = 36
"""Of a circle on the map."""
PARTS = 2
"""Decimals of an impact: half a hectare is some."""


def land_tables(plan: Plan, lang: Language) -> list[dict[str, Any]]:
    """Return what is forbidden, impacts against today, and how far limits are used."""
    tables = _forbidden, _works, _impacts, _limits
    return [table(plan, lang) for table in tables]


def why(row: Any) -> Text:
    """Return why a row of ``forbidden_land`` forbids what it does, as a sentence."""
    title, land = Title(row.zone_title or row.zone), KINDS[row.kind]
    if row.distance_km > 0.0:
        return say(
            "{km:.1f} km from {title}, {land}: nothing within {limit:g} km",
            km=row.distance_km,
            title=title,
            land=land,
            limit=row.within_km,
        )
    if row.buffer:  # beside what is permitted in the zone itself, a rule of its own
        buffer = Title(row.buffer)
        return say(
            "lies in {zone}, {land} ({buffer})", zone=title, land=land, buffer=buffer
        )
    return say("lies in {zone}, {land}", zone=title, land=land)


def _forbidden(plan: Plan, lang: Language) -> dict[str, Any]:
    rows = plan.table("forbidden_land").sort_values(["service", "name"], kind="stable")
    buffers = titles_by_code(plan.instance.tables["buffers"], "buffer", lang)
    rows = rows.assign(buffer=[buffers.get(code, code) for code in rows["buffer"]])
    titles, regions = titles_of(plan.instance, lang), region_names(plan.instance, lang)
    stays = {True: lang.tell(say("it stays")), False: lang.tell(say("nothing"))}
    places = plan.instance.table("settlements")
    columns = [
        Column(say("Service"), [titles[s] for s in rows["service"]]),
        Column(say("Where"), lang.site_names(places, rows["settlement"], rows["name"])),
        Column(say("Region"), [regions.get(r, r) for r in rows["region"]]),
        Column(say("Levels"), rows["levels"].tolist()),
        Column(say("Why"), [lang.tell(why(row)) for row in rows.itertuples()]),
        Column(say("Stands today"), [stays[flag] for flag in rows["stands"]]),
    ]
    return grid("forbidden", say("Where the land forbids to build"), columns, lang)


def _works(plan: Plan, lang: Language) -> dict[str, Any]:
    """Return the roads, lines, mains and local supply that zones forbid."""
    rows, instance = plan.table("forbidden_works"), plan.instance
    titles, nodes = titles_of(instance, lang), node_names(instance, lang)
    roads, links = upgrade_titles(instance, lang), link_names(instance, lang)
    options = {
        (row.network, row.option): lang.title(row.title, row.option)
        for row in instance.tables["local_supplies"].itertuples()
    }
    named = {
        "roads": lambda row: roads[row.what],
        "links": lambda row: links[row.network, row.what],
        "local_supply": lambda row: options[row.network, row.what],
    }
    zones = [Title(row.zone_title or row.zone) for row in rows.itertuples()]
    why = [
        lang.tell(say("lies in {zone}, {land}", zone=zone, land=KINDS[kind]))
        for zone, kind in zip(zones, rows["kind"], strict=True)
    ]
    columns = [
        Column(say("Network"), [titles[n or ROADS] for n in rows["network"]]),
        Column(say("Works"), [lang.tell(WORKS[of]) for of in rows["of"]]),
        Column(say("What"), [named[row.of](row) for row in rows.itertuples()]),
        Column(say("Where"), [nodes.get((row.network, row.node), "")
                              for row in rows.itertuples()]),
        Column(say("Why"), why),
    ]  # fmt: skip
    return grid("works", say("Works that the land forbids"), columns, lang)


def _impacts(plan: Plan, lang: Language) -> dict[str, Any]:
    rows = against_today(plan)
    share = rows["saved"] / rows["continued"].where(rows["continued"] > 0, np.nan)
    names = titles_by_code(plan.instance.tables["impacts"], "impact", lang)
    columns = [
        Column(say("Impact"), [names.get(i, i) for i in rows["impact"]]),
        Column(say("Measured in"), lang.units(rows["unit"])),
        Column(say("Period"), rows["period"].tolist()),
        Column(say("Under the plan"), rows["amount"].tolist(), "number", PARTS),
        Column(say("Today continued"), rows["continued"].tolist(), "number", PARTS),
        Column(say("Saved"), rows["saved"].tolist(), "number", PARTS),
        Column(say("Share saved"), share.tolist(), "share"),
    ]
    return grid("impacts", say("Impacts against today continued"), columns, lang)


def _limits(plan: Plan, lang: Language) -> dict[str, Any]:
    rows, instance = plan.table("impact_limits"), plan.instance
    titles = titles_by_code(instance.tables["impact_limits"], "limit", lang)
    regions = region_names(instance, lang)
    names = titles_by_code(instance.tables["impacts"], "impact", lang)
    use = rows["amount"] / rows["most"].where(rows["most"] > 0, np.nan)
    columns = [
        Column(say("Limit"), [titles.get(code, code) for code in rows["limit"]]),
        Column(say("Impact"), [names.get(i, i) for i in rows["impact"]]),
        Column(say("Region"), [regions.get(r, r) for r in rows["region"]]),
        Column(say("Period"), rows["period"].tolist()),
        Column(say("At most"), rows["most"].tolist(), "number", PARTS),
        Column(say("Under the plan"), rows["amount"].tolist(), "number", PARTS),
        Column(say("Used"), use.tolist(), "share"),
        Column(say("Above a limit"), rows["excess"].tolist(), "number", PARTS),
    ]
    return grid("limits", say("Limits on impacts"), columns, lang)


def zone_shapes(plan: Plan, lang: Language) -> list[dict[str, Any]]:
    """Return the polygons of zones: title, what is said of the zone, rings, fill."""
    found, forbidden = [], plan.table("forbidden_land")
    count = forbidden.groupby("zone")["site"].nunique()
    for zone in plan.instance.tables["zones"].itertuples():
        if zone.outline:
            shapes = [[ring.round(3).tolist() for ring in part]
                      for part in parts(zone.outline)]  # fmt: skip
        elif zone.radius_km == zone.radius_km:  # not NaN
            turn = np.linspace(0.0, 2.0 * np.pi, CORNERS + 1)
            y = zone.lat + np.sin(turn) * zone.radius_km / KM_A_DEGREE
            east = KM_A_DEGREE * np.cos(np.radians(zone.lat))
            x = zone.lon + np.cos(turn) * zone.radius_km / east
            shapes = [[np.column_stack([x, y]).round(3).tolist()]]
        else:
            continue
        text = say("{n} site on which it forbids to build",
                   "{n} sites on which it forbids to build",
                   n=int(count.get(zone.zone, 0)))  # fmt: skip
        of_zone = {
            "title": lang.title(zone.title, zone.zone),
            "kind": lang.tell(KINDS[zone.kind]),
            "words": [lang.tell(KINDS[zone.kind]), lang.tell(text)],
            "fill": FILLS[zone.kind],
        }
        found += [{**of_zone, "rings": shape} for shape in shapes]
    return found


def anchor_places(plan: Plan, lang: Language) -> list[dict[str, Any]]:
    """Return the anchors: title, what is said of each, place, position of its period.

    One without a place of its own is at its settlement.
    """
    instance = plan.instance
    rows, places = instance.tables["anchors"], instance.tables["settlements"]
    at = places.set_index("settlement")[["lat", "lon"]]
    synthetic, found = lang.tell(say("an estimate, no fact")), []
    for row in rows.itertuples():
        home = at.loc[row.settlement]
        lat = float(home["lat"] if np.isnan(row.lat) else row.lat)
        if np.isnan(lat):
            continue
        first = row.first_period
        start = instance.period_names.index(first) if first else 0
        words = [
            lang.tell(ANCHOR_KINDS[row.kind]),
            lang.tell(say("{jobs} jobs from {period} on", jobs=lang.number(row.jobs, 0),
                          period=instance.period_names[start])),
        ]  # fmt: skip
        found.append(
            {
                "title": lang.title(row.title, row.anchor),
                "words": words + [synthetic] * bool(row.is_synthetic),
                "lat": lat,
                "lon": float(home["lon"] if np.isnan(row.lon) else row.lon),
                "first": start,
            }
        )
    return found
