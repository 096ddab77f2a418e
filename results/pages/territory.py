"""The land of the map: outlines by region, regions and settlements by name."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from math import hypot
from typing import TYPE_CHECKING, Any

import pandas as pd

from aumaq.instances.formats.geographic.outline_text import drawn
from aumaq.instances.language.texts import say
from aumaq.results.language import Language

if TYPE_CHECKING:
    from aumaq.instances import Instance


def territory(instance: Instance, lang: Language) -> dict[str, Any]:
    """Return outlines, region names by code, and the settlements by column."""
    rows = instance.table("settlements")
    return {
        "outlines": _outlines(instance.outlines),
        "regions": region_names(instance, lang),
        "settlements": {
            "code": rows["settlement"].tolist(),
            "name": lang.names(rows, "settlement"),
            "region": rows["region"].tolist(),
            "lat": rows["lat"].round(4).tolist(),
            "lon": rows["lon"].round(4).tolist(),
            "population": rows["population"].round().astype(int).tolist(),
        },
    }


def region_names(instance: Instance, lang: Language) -> dict[str, str]:
    """Return the name of every region by its code."""
    rows = instance.table("regions")
    known = dict(zip(rows["region"], lang.names(rows, "region"), strict=True))
    codes = sorted(set(instance.table("settlements")["region"]))
    return {code: known.get(code, code) for code in codes}


def group_names(instance: Instance, lang: Language) -> dict[tuple[str, str], str]:
    """Return scope and code -> the name of a group of a standard, or of a rule on gaps.

    A district has no name but its code; it is told with its region. Groups of a scope
    that is not here, as kinds and tags, are called by their codes.
    """
    places, regions = instance.table("settlements"), region_names(instance, lang)
    districts = zip(places["region"], places["district"], strict=True)
    found = {
        ("district", f"{region}/{district}"): f"{district}, {regions[region]}"
        for region, district in districts
        if district
    }
    names = lang.names(places, "settlement")
    found |= {("region", code): name for code, name in regions.items()}
    found |= {
        ("settlement", code): name
        for code, name in zip(places["settlement"], names, strict=True)
    }
    return {("total", "total"): lang.tell(say("all"))} | found


def node_names(instance: Instance, lang: Language) -> dict[tuple[str, str], str]:
    """Return what readers call a node: the settlement that it feeds, or its name.

    One that feeds none but is called like a settlement has that one's name in the
    language: of several, the nearest.
    """
    places = instance.table("settlements")
    names = lang.names(places, "settlement")
    of_place = dict(zip(places["settlement"], names, strict=True))
    called = defaultdict[str, list[tuple[float, float, str]]](list)
    for row, name in zip(places.itertuples(index=False), names, strict=True):
        called[row.name].append((row.lat, row.lon, name))

    def title(row: Any) -> str:
        if not (alike := called.get(row.name, [])):
            return lang.title(row.name, row.node)
        return min(alike, key=lambda at: hypot(at[0] - row.lat, at[1] - row.lon))[2]

    return {
        (row.network, row.node): of_place.get(row.settlement) or title(row)
        for row in instance.tables["network_nodes"].itertuples(index=False)
    }


MADE_TITLE = re.compile(r"(new: )?(.+?) - (.+), (\d+) km")
"""The title of a road that a tool has made, of its ends and its length."""
NO_PLACE = say("main road")
"""An end of a road that is no settlement."""


def upgrade_titles(instance: Instance, lang: Language) -> dict[str, str]:
    """Return what readers call a road upgrade: its title, or its code.

    A title made of its ends and its length is told in the language.
    """
    rows, places = instance.tables["road_upgrades"], instance.table("settlements")
    at = dict(
        zip(places["node"], zip(places["name"], lang.names(places, "settlement"),
                                strict=True), strict=True)
    )  # fmt: skip
    ends = defaultdict[str, dict[str, str]](dict)
    for row in instance.tables["road_upgrade_links"].itertuples(index=False):
        known = (at[n] for n in (row.from_node, row.to_node) if n in at)
        ends[row.upgrade].update(known)
    return {
        code: _upgrade_title(title or code, ends[code], lang)
        for code, title in zip(rows["upgrade"], rows["title"], strict=True)
    }


def _upgrade_title(title: str, places: dict[str, str], lang: Language) -> str:
    """Return a title in the language; *places*: names as given -> of the language."""
    places = {**places, NO_PLACE: lang.tell(NO_PLACE)}
    made = MADE_TITLE.fullmatch(title)
    if made is None or made[2] not in places or made[3] not in places:
        return lang.title(title)
    text = say("new: {ends}, {km} km") if made[1] else say("{ends}, {km} km")
    ends = f"{places[made[2]]} – {places[made[3]]}"
    return lang.tell(text, ends=ends, km=made[4])


def link_names(instance: Instance, lang: Language) -> dict[tuple[str, str], str]:
    """Return what readers call a link of a network: its ends.

    Links between the same ends are told apart by their codes.
    """
    nodes, rows = node_names(instance, lang), instance.tables["network_links"]
    ends = [
        f"{nodes[row.network, row.from_node]} – {nodes[row.network, row.to_node]}"
        for row in rows.itertuples(index=False)
    ]
    keys = list(zip(rows["network"], rows["link"], strict=True))
    often = Counter(zip(rows["network"], ends, strict=True))
    return {
        (network, link): f"{name} ({link})" if often[network, name] > 1 else name
        for (network, link), name in zip(keys, ends, strict=True)
    }


def site_names(instance: Instance, sites: pd.DataFrame, lang: Language) -> list[str]:
    """Return the names of sites: of a settlement's own site, the settlement's name."""
    places = instance.table("settlements")
    names = lang.site_names(places, sites["settlement"], sites["name"])
    return [name or site for name, site in zip(names, sites["site"], strict=True)]


def _outlines(outlines: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Return region and rings of every polygon; a ring is [[lon, lat], ...]."""
    found = []
    for properties, polygon in drawn(outlines):
        if properties.get("district"):
            continue  # borders inside a region are for the analysis
        rings = [[[round(x, 3), round(y, 3)] for x, y, *_ in r] for r in polygon]
        found.append({"region": properties.get("region") or "", "rings": rings})
    return found
