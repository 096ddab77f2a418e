"""Tables that an instance asks to have made: periods, scenario, sites, roads.

A short list of places holds none of them. ``instance.fill_missing`` asks for them; an
instance without it lacks what it lacks. What is made is a table as any other: it is
written, hashed, changed by scenarios, and flagged as an estimate.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from aumaq.instances.straight_lines import STRAIGHT, straight_class, straight_links

TRUE = ("true", "1", "1.0", "yes")
SERVES = ("", "serve", "nan", "none")
"""How a blank or given role of a service may stand in raw cells."""
PERIOD_YEARS, NUM_PERIODS = 5, 2
MADE_OF = {
    "sites": {"services", "settlements", "facilities"},
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
        found["sites"] = _sites(found)
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
    return _text(head["fill_missing"]).iloc[0].lower() in TRUE


def _is_missing(raw: Mapping[str, pd.DataFrame], name: str) -> bool:
    return name not in raw or raw[name].empty


def _text(cells: pd.Series[object]) -> pd.Series[str]:
    return cells.astype(object).where(cells.notna(), "").astype(str).str.strip()


def _column(raw: Mapping[str, pd.DataFrame], table: str, name: str) -> pd.Series[str]:
    """Return raw cells as text, blank where the column or the table is not there."""
    frame = raw.get(table, pd.DataFrame())
    if name in frame:
        return _text(frame[name])
    return pd.Series("", index=frame.index, dtype=object)


def _periods(raw: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return two periods of five years from the base year, if it can be read."""
    year = pd.to_numeric(_column(raw, "instance", "base_year"), errors="coerce").iloc[0]
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


def _sites(raw: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return a site of each service in each settlement, called as the settlement."""
    roles = _column(raw, "services", "role").str.lower()
    services = _column(raw, "services", "service")[roles.isin(SERVES)]
    places = _column(raw, "settlements", "settlement")
    rows = pd.MultiIndex.from_product(
        [services[services != ""].unique(), places[places != ""].unique()],
        names=["service", "site"],
    ).to_frame(index=False)
    stands = pd.MultiIndex.from_arrays(
        [_column(raw, "facilities", name) for name in ("service", "site")]
    )
    units = pd.to_numeric(_column(raw, "facilities", "units"), errors="coerce")
    count = pd.Series(units.fillna(1.0).to_numpy(), stands).groupby(level=[0, 1]).sum()
    held = count.reindex(pd.MultiIndex.from_frame(rows)).fillna(0.0).to_numpy()
    return pd.DataFrame(
        {
            "site": rows["site"],
            "service": rows["service"],
            "settlement": rows["site"],
            "status": np.where(held > 0.0, "existing", "candidate"),
            "max_units": np.maximum(held, 1.0),
        }
    )


def _add_roads(raw: dict[str, pd.DataFrame]) -> None:
    """Add straight roads between settlements whose coordinates can be read."""
    places = pd.DataFrame(
        {
            "node": _column(raw, "settlements", "settlement"),
            **{
                name: pd.to_numeric(_column(raw, "settlements", name), errors="coerce")
                for name in ("lat", "lon")
            },
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
    if STRAIGHT not in set(_column(raw, "road_classes", "road_class")):
        known = [raw["road_classes"]] if "road_classes" in raw else []
        row = pd.DataFrame([straight_class()], dtype=object)
        raw["road_classes"] = pd.concat([*known, row], ignore_index=True)
