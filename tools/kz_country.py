"""Power and water of the whole country, village by village.

Plants, grid and industry are those of ``kz_grid``. Below the grid each district is as
in ``kz_networks``: one substation at its largest place and a tree of lines from there.
The substations nearest to a node of the grid hang on it by a tree of 110 and 220 kV.
"""

from __future__ import annotations

from pathlib import Path

import kz_grid as grid_rules
import kz_networks as region
import numpy as np
import pandas as pd
from pandas.core.groupby import DataFrameGroupBy

NETWORKS = grid_rules.NETWORKS
SERVICES = grid_rules.SERVICES
SHORT = {region.RULE: "synthesised by rule, README.md"}
"""A text on twenty thousand rows is a short one."""
LARGE_STATIONS = 2
"""Of the stations of the grid, so many of the largest serve cities."""
LEAST_KW = 36_000.0
"""Lines between districts have at least this class, as in ``kz_networks``."""


def levels() -> pd.DataFrame:
    """Return sizes and prices; stations from a district's to those of a large city."""
    small = [row for row in region.LEVELS if row[0] == "substation"]
    large = grid_rules.station_levels()[-LARGE_STATIONS:]
    stations = [
        (row[0], level, *row[2:]) for level, row in enumerate([*small, *large], 1)
    ]
    return grid_rules.levels(stations)


def networks(source: Path, places: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the network tables of the country with all its places."""
    made = grid_rules.tables(source, places, _districts, levels(), "industry")
    centres = places.loc[by_district(places)["population"].idxmax()]
    more = [
        region.node("power", f"hv-{place.settlement}", place, "")
        for place in centres.itertuples(index=False)
    ]
    made["network_nodes"] = pd.concat([made["network_nodes"], pd.DataFrame(more)])
    for name in ("network_nodes", "network_links", "facilities"):
        made[name]["source"] = made[name]["source"].replace(SHORT)
    return made


def by_district(places: pd.DataFrame) -> DataFrameGroupBy:
    """Return places by region and district."""
    return places.groupby(["region", "district"])


def _districts(places, grid, links, steps, sites, today) -> None:  # type: ignore[no-untyped-def]
    """Hang districts on the grid: lines to their substations, trees below these."""
    load = (grid_rules.own_kw(places) * region.HEADROOM).to_numpy()
    centres, needs = [], []
    for _, members in by_district(places).groups.items():
        index = np.array(members)
        own = places.loc[index].reset_index(drop=True)
        centre = int(own["population"].idxmax())
        region.feeders(own, load[index], region.distances_km(own), np.arange(len(own)),
                       centre, links, steps, grid_rules.LONG)  # fmt: skip
        centres.append(int(index[centre]))
        needs.append(float(load[index].sum()))
    heads = places.loc[centres].reset_index(drop=True)
    for place, need in zip(heads.itertuples(index=False), needs, strict=True):
        _station(place.settlement, need, links, sites, today)
    _to_grid(heads, np.array(needs), grid, links, steps)


def _station(code: str, need_kw: float, links, sites, today) -> None:  # type: ignore[no-untyped-def]
    """Add the substation of a district: units of the smallest size that is enough."""
    sizes = levels().query("service == 'substation'")["capacity"].tolist()
    fits = [level for level, kw in enumerate(sizes, 1) if kw >= need_kw]
    level = fits[0] if fits else len(sizes)
    units = int(np.ceil(need_kw / sizes[level - 1]))
    sites.append({"site": f"ss-{code}", "service": "substation", "settlement": code,
                  "status": "existing", "max_units": units + 1})  # fmt: skip
    today.append(("substation", f"ss-{code}", level, units))
    links.append({"network": "power", "link": f"tr-{code}", "from_node": f"hv-{code}",
                  "to_node": code, "length_km": 0.0, "station": f"ss-{code}",
                  "is_synthetic": True, "source": region.RULE})  # fmt: skip


def _to_grid(  # type: ignore[no-untyped-def]
    heads: pd.DataFrame, need_kw: np.ndarray, grid: pd.DataFrame, links, steps
) -> None:
    """Join substations to the nearest node of the grid by a tree of shortest lines."""
    away = grid_rules.crow_km(heads, grid) * grid_rules.BEND
    away[:, grid["settlement_id"].isna()] = np.inf
    nearest = away.argmin(axis=1)
    for k, hv in enumerate(grid["node"]):
        members = np.flatnonzero(nearest == k)
        if not len(members):
            continue
        km = region.distances_km(heads.loc[members])
        root = int(away[members, k].argmin())
        parts = region.tree(km, root)
        below = need_kw[members].copy()
        for parent, child in reversed(parts):
            below[parent] += below[child]
        code = [f"hv-{c}" for c in heads["settlement"].to_numpy()[members]]
        region.line(links, steps, f"hv-{hv}", code[root], float(away[members[root], k]),
                    max(LEAST_KW, float(below[root])))  # fmt: skip
        for parent, child in parts:
            region.line(links, steps, code[parent], code[child], km[parent, child],
                        max(LEAST_KW, float(below[child])))  # fmt: skip
