"""What the map of figures draws, as plain values with short numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from aumaq.instances.formats.geographic.outline_text import drawn
from aumaq.results.language import Language
from aumaq.results.report.networks import network_layers
from aumaq.results.report.services import unserved_shares
from aumaq.results.report.territory import site_names

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

MAIN_ACTIONS = ("open", "enlarge", "reduce", "close", "renew", "keep")
"""A site with several actions in a period is drawn with the first of these."""


def map_data(plan: Plan, words: Language) -> dict[str, Any]:
    """Return outlines, settlements, and facilities by service and period."""
    instance = plan.instance
    return {
        "periods": list(instance.period_names),
        "outlines": _outlines(instance.outlines),
        "settlements": _settlements(plan, words),
        "services": [_service(plan, name, words) for name in instance.service_names],
        "networks": network_layers(plan, words),
    }


def _outlines(outlines: dict[str, Any] | None) -> list[list[list[float]]]:
    """Return the rings of all polygons: [[lon, lat], ...]."""
    rings: list[Any] = []
    for properties, polygon in drawn(outlines):
        if not properties.get("district"):  # borders inside are for the analysis
            rings += polygon
    return [[[round(x, 3), round(y, 3)] for x, y, *_ in ring] for ring in rings]


def _settlements(plan: Plan, words: Language) -> dict[str, list[Any]]:
    """Return the settlements by column."""
    rows = plan.instance.table("settlements")
    names = words.names(rows, "settlement")
    return {
        "name": names,
        "region": rows["region"].tolist(),
        "lat": rows["lat"].round(4).tolist(),
        "lon": rows["lon"].round(4).tolist(),
        "population": rows["population"].round().astype(int).tolist(),
    }


def _service(plan: Plan, name: str, words: Language) -> dict[str, Any]:
    instance = plan.instance
    sites = instance.service_sites(name)
    row = instance.service(name)
    site_of = pd.Index(sites["site"])
    settlement_of = pd.Index(instance.settlement_ids)
    running = _of(plan.facilities, name)
    actions = _of(plan.actions, name)
    used = site_of[site_of.isin(pd.concat([running["site"], actions["site"]]))]
    place = pd.Index(used)
    shown = sites.iloc[site_of.get_indexer(used)]
    served, lost = _of(plan.allocation, name), _of(plan.unserved, name)
    return {
        "service": name,
        "title": row["title"] or name,
        "unit": row["unit"] or "unit",
        "sites": {
            "name": site_names(instance, shown, words),
            "lat": shown["lat"].round(4).tolist(),
            "lon": shown["lon"].round(4).tolist(),
        },
        "periods": [
            {
                "facilities": _facilities(running, actions, place, period),
                "links": _links(served, settlement_of, place, period),
                "unserved": unserved_shares(lost, settlement_of, period),
            }
            for period in instance.period_names
        ],
    }


def _of(rows: pd.DataFrame, service: str) -> pd.DataFrame:
    return rows[rows["service"] == service]


def _facilities(
    running: pd.DataFrame, actions: pd.DataFrame, place: pd.Index, period: str
) -> list[list[Any]]:
    """Return [site, action, what runs, capacity, used, what is done, cost_mln]."""
    running = running[running["period"] == period].copy()
    running["text"] = running["units"].astype(str) + " × " + running["title"]
    grouped = running.groupby("site")
    stands = grouped["text"].agg(", ".join)
    sums = grouped[["capacity", "used"]].sum()
    actions = actions[actions["period"] == period].copy()
    actions["rank"] = actions["action"].map(MAIN_ACTIONS.index)
    actions["text"] = actions["action"] + " " + actions["units"].astype(str)
    changed = actions[actions["action"] != "keep"]
    done = changed.groupby("site")["text"].agg(", ".join)
    rank = actions.groupby("site")["rank"].min()
    cost = actions.groupby("site")["cost_mln"].sum()
    found = []
    for site in rank.index.union(stands.index):
        found.append(
            [
                int(place.get_loc(site)),
                MAIN_ACTIONS[int(rank.get(site, len(MAIN_ACTIONS) - 1))],
                stands.get(site, ""),
                round(float(sums["capacity"].get(site, 0.0)), 1),
                round(float(sums["used"].get(site, 0.0)), 1),
                done.get(site, ""),
                round(float(cost.get(site, 0.0)), 1),
            ]
        )
    return found


def _links(
    served: pd.DataFrame, settlements: pd.Index, place: pd.Index, period: str
) -> list[list[Any]]:
    """Return [settlement, site, share, minutes]."""
    rows = served[served["period"] == period]
    i = settlements.get_indexer(rows["settlement"]).tolist()
    j = place.get_indexer(rows["site"]).tolist()
    share, minutes = rows["share"].round(4).tolist(), rows["minutes"].round(1).tolist()
    return [list(link) for link in zip(i, j, share, minutes, strict=True) if link[2]]
