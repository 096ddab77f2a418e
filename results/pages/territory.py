"""The land of the map: outlines by region, regions and settlements by name."""

from __future__ import annotations

from collections import Counter
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


def group_names(instance: Instance, lang: Language) -> dict[str, str]:
    """Return the names of groups of standards by code: settlements, districts, regions.

    A district has no name but its code; it is told with its region.
    """
    places, regions = instance.table("settlements"), region_names(instance, lang)
    districts = zip(places["region"], places["district"], strict=True)
    found = {
        f"{region}/{district}": f"{district}, {regions[region]}"
        for region, district in districts
        if district
    }
    names = zip(places["settlement"], lang.names(places, "settlement"), strict=True)
    return {"total": lang.tell(say("all"))} | found | regions | dict(names)


def node_names(instance: Instance, lang: Language) -> dict[tuple[str, str], str]:
    """Return what readers call a node: the settlement that it feeds, or its name."""
    places = instance.table("settlements")
    names = lang.names(places, "settlement")
    of_place = dict(zip(places["settlement"], names, strict=True))
    return {
        (row.network, row.node): of_place.get(row.settlement, row.name or row.node)
        for row in instance.tables["network_nodes"].itertuples(index=False)
    }


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
