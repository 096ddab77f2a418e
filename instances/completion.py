"""Tables that an instance asks to have made: periods, scenario, sites, roads.

A short list of places holds none of them. ``instance.fill_missing`` asks for them; an
instance without it lacks what it lacks. What is made is a table as any other: it is
written, hashed, changed by scenarios, and flagged as an estimate.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from aumaq.instances.made_sites import made_sites
from aumaq.instances.raw_cells import column, numbers
from aumaq.instances.straight_lines import STRAIGHT, straight_class, straight_links

TRUE = ("true", "1", "1.0", "yes")
PERIOD_YEARS, NUM_PERIODS = 5, 2
MADE_OF = {
    "sites": {"services", "levels", "groups", "settlements", "facilities"},
    "road_nodes": {"settlements"},
    "road_links": {"settlements"},
}
"""Table that may be made -> the tables that its rows come from."""


def completed(raw: Mapping[str, pd.DataFrame]) -> Mapping[str, pd.DataFrame]:
    """Return raw tables, and those that are missing if the instance asks for them.

    Cells that cannot be read are passed over here: they are told by the checks.
    """
    if not _asks(raw):
        return raw
    found = dict(raw)
    if _is_missing(found, "scenarios"):
        found["scenarios"] = pd.DataFrame([{"scenario": "base", "title": "Base"}])
    if _is_missing(found, "periods"):
        found["periods"] = _periods(found)
    if _is_missing(found, "sites"):
        found["sites"] = made_sites(found)
    if all(_is_missing(found, name) for name in ("road_nodes", "road_links", "travel")):
        _add_roads(found)
    return found


def not_made(raw: Mapping[str, pd.DataFrame], broken: Collection[str]) -> set[str]:
    """Return what is to be made of *broken* tables: that it is missing says nothing."""
    if not _asks(raw):
        return set()
    return {
        name
        for name, sources in MADE_OF.items()
        if _is_missing(raw, name) and not sources.isdisjoint(broken)
    }


def _asks(raw: Mapping[str, pd.DataFrame]) -> bool:
    head = raw.get("instance")
    if head is None or head.empty or "fill_missing" not in head:
        return False
    return column(raw, "instance", "fill_missing").iloc[0].lower() in TRUE


def _is_missing(raw: Mapping[str, pd.DataFrame], name: str) -> bool:
    return name not in raw or raw[name].empty


def _periods(raw: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return two periods of five years from the base year, if it can be read."""
    year = numbers(raw, "instance", "base_year")[0]
    if not (np.isfinite(year) and year == round(year)):
        return pd.DataFrame()
    starts = [int(year) + PERIOD_YEARS * k for k in range(NUM_PERIODS)]
    ends = [(first + PERIOD_YEARS - 1) % 100 for first in starts]
    return pd.DataFrame(
        {
            "period": [f"{a}-{b:02}" for a, b in zip(starts, ends, strict=True)],
            "first_year": starts,
            "years": PERIOD_YEARS,
        }
    )


def _add_roads(raw: dict[str, pd.DataFrame]) -> None:
    """Add straight roads between settlements whose coordinates can be read."""
    places = pd.DataFrame(
        {
            "node": column(raw, "settlements", "settlement"),
            **{name: numbers(raw, "settlements", name) for name in ("lat", "lon")},
        }
    )
    sound = (places["node"] != "") & (places["lat"].abs() <= 90.0)
    sound &= places["lon"].abs() <= 180.0
    nodes = places[sound].drop_duplicates("node", ignore_index=True)
    if nodes.empty:
        return
    raw["road_nodes"] = nodes
    lat, lon = (nodes[name].to_numpy(dtype=float) for name in ("lat", "lon"))
    raw["road_links"] = straight_links(nodes["node"], lat, lon)
    if STRAIGHT not in set(column(raw, "road_classes", "road_class")):
        known = [raw["road_classes"]] if "road_classes" in raw else []
        row = pd.DataFrame([straight_class()], dtype=object)
        raw["road_classes"] = pd.concat([*known, row], ignore_index=True)
