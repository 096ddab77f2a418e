"""Power and water of the whole country: real plants, a schematic grid, assumed lines.

The 220 to 500 kV grid is a scheme from the press and general knowledge, not a map. Each
plant and each settlement hangs on the nearest node of it. The capacity of a plant is
what it has at the peak of a winter evening, as planning is for the peak.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import kz_networks as region
import numpy as np
import pandas as pd
from kz_networks import OWN, RULE

NETWORKS = region.NETWORKS
FUELS = {"Hard Coal": "coal_plant", "CCGT": "gas_plant", "OCGT": "gas_plant",
         "Hydro": "hydro_plant", "Solar": "wind_solar_plant",
         "Wind": "wind_solar_plant"}  # fmt: skip
FIRM = {"coal_plant": 0.75, "gas_plant": 0.85, "hydro_plant": 0.55,
        "wind_solar_plant": 0.1}  # fmt: skip
"""Share of a plant's MW that is there at the peak (assumption)."""
UNITS_MW = {"coal_plant": (15, 60, 180, 500), "gas_plant": (15, 50, 120, 300),
            "hydro_plant": (3, 15, 120, 350),
            "wind_solar_plant": (2, 10, 50, 100)}  # fmt: skip
"""Sizes of unit; a plant is so many units of the size that comes nearest to its MW."""
MOST_UNITS = 8
PRICES = {
    "coal_plant": (0.9, 0.02, 0.026, 6.5, "assumption; coal at 4 KZT a kWh"),
    "gas_plant": (0.55, 0.015, *region.GAS, OWN),
    "hydro_plant": (1.1, 0.01, 0.0, 0.0, OWN),
    "wind_solar_plant": (0.55, 0.008, 0.0, 0.0, OWN),
}
"""Capex and opex of a kW of nameplate; fuel and t a year of one supplied; source."""
TITLES = {"coal_plant": "Coal plant", "gas_plant": "Gas plant",
          "hydro_plant": "Hydro plant", "wind_solar_plant": "Wind or solar plant",
          "grid_import": "Import of power", "substation": "Substation"}  # fmt: skip
LOCKED = ("hydro_plant", "wind_solar_plant")
"""What stands is kept: nobody closes a dam or a wind park to save on running it."""
CANDIDATES = (
    ("gas_plant", ("Alma_Almaty", "Shymkent", "Kyzylorda", "Aktobe_Ulke", "Uralsk")),
    ("coal_plant", ("Ekibastuz", "Semey", "Kokshetau")),
)
"""Where a new plant may stand: on gas where a trunk pipe is near, else on coal."""
IMPORT_AT, IMPORT_KW = "Kostanay", 500_000
HV = {220: (300_000, 49.0, 0.0002), 500: (900_000, 53.0, 0.00006),
      1150: (900_000, 53.0, 0.00006)}  # fmt: skip
"""By kV: kW of a circuit, mln/km, loss a km; 1150 kV lines run at 500 kV."""
POSSIBLE = (("Aktobe_Ulke", "Uralsk", 500),)
"""Lines that are not there: the west is not joined to the national grid."""
BEND = 1.1
"""Length of a line over its chord (assumption)."""
SUBSTATIONS = ((110_000, 8200), (225_000, 13_000), (450_000, 22_000))
"""kW and mln; the first is the mean of 220 kV substation Bozaryk, costs.csv."""
PEAK_HOURS = 6800.0
"""Electricity of a year over load at the peak: 107 TWh, about 16 GW (assumption)."""
SERVED_KW_PER_PERSON = 0.09
"""Load of schools, clinics and water works a person, from the table of levels."""
LONG = (30.0, 36_000.0)
"""Lines longer than so many km have at least the class of so many kW (110 kV)."""
COUNTED_WITH = {"ABA": "VKO", "ZHE": "ALM", "ULY": "KAR", "AST": "AKM", "ALA": "ALM",
                "SHY": "TUR"}  # fmt: skip
"""Regions whose electricity is counted with that of another."""

SERVICES = [
    {"service": service, "title": title, "network": "power", "unit": "kW",
     "role": "carry" if service == "substation" else "supply",
     "lifetime_years": 40.0, "source": OWN}
    for service, title in TITLES.items()
] + [row for row in region.SERVICES if row["network"] == "water"]  # fmt: skip


def station_levels() -> list[tuple[object, ...]]:
    """Return sizes and prices of stations at the nodes of the grid."""
    rows: list[tuple[object, ...]] = []
    for level, (kw, mln) in enumerate(SUBSTATIONS, 1):
        rows.append(("substation", level, f"220 kV, {kw // 1000} MW", kw, mln,
                     mln * 0.015, mln * 0.01, 0, 3 * level, 0,
                     "costs.csv: Bozaryk" if level == 1 else OWN, 0, 0))  # fmt: skip
    return rows


def levels(stations: list[tuple[object, ...]]) -> pd.DataFrame:
    """Return sizes and prices of units, *stations* and works."""
    rows: list[tuple[object, ...]] = []
    for service, sizes in UNITS_MW.items():
        capex, opex, fuel, tonnes, source = PRICES[service]
        for level, mw in enumerate(sizes, 1):
            kw, firm = mw * 1000, mw * 1000 * FIRM[service]
            title = f"unit of {mw} MW, {FIRM[service]:.0%} of it at the peak"
            rows.append((service, level, title, firm, kw * capex, kw * opex,
                         kw * 0.01, 0, mw / 20, 0, source, fuel, tonnes))  # fmt: skip
    title = f"{IMPORT_KW // 1000} MW"
    rows.append(("grid_import", 1, title, IMPORT_KW, 60_000, 300, 0, 0, 0, 0, OWN,
                 *region.IMPORT))  # fmt: skip
    rows += stations
    rows += [row for row in region.LEVELS if row[0] == "water_works"]
    return pd.DataFrame(rows, columns=list(region.LEVEL_COLUMNS)).round(3)


def crow_km(a: pd.DataFrame, b: pd.DataFrame) -> np.ndarray:
    """Return lengths of straight lines, (rows of a, rows of b), km."""
    return region.distances_km(a, b) / region.DETOUR


def networks(source: Path, places: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the network tables of the country."""
    title = "industry and places not in the instance"
    return tables(source, places, _districts, levels(station_levels()), title)


Below = Callable[..., None]
"""Adds what hangs on the grid: places, grid, links, steps, sites, today."""


def tables(
    source: Path, places: pd.DataFrame, below: Below, sizes: pd.DataFrame, rest: str
) -> dict[str, pd.DataFrame]:
    """Return network tables: the grid, and *below* it what brings power to places.

    *rest*: what else takes a region's power, a title.
    """
    nodes, links, steps, sites, today = [], [], [], [], []
    places = places.reset_index(drop=True)
    grid = pd.read_csv(source / "grid_schematic_nodes.csv")
    for place in places.itertuples(index=False):
        nodes.append(region.node("power", place.settlement, place, place.settlement))
    for hv in grid.itertuples(index=False):
        nodes.append({"network": "power", "node": f"hv-{hv.node}",
                      "name": hv.node.replace("_", " "), "lat": hv.lat,
                      "lon": hv.lon, "settlement": "", "is_synthetic": True,
                      "source": "schematic grid, at a settlement"})  # fmt: skip
    _backbone(source, grid, links, steps)
    below(places, grid, links, steps, sites, today)
    told = _plants(source, places, grid, sites, today)
    _candidates(places, grid, sites, today)
    region.water(places, nodes, links, steps, sites, today, dry_south=-90.0)
    facilities = pd.DataFrame(today, columns=["service", "site", "level", "units"])
    facilities["is_locked"] = facilities["service"].isin(LOCKED)
    facilities["is_synthetic"] = ~facilities["site"].isin(list(told))
    facilities["source"] = facilities["site"].map(told).fillna(RULE)
    return {
        "network_nodes": pd.DataFrame(nodes),
        "network_links": pd.DataFrame(links),
        "link_upgrades": pd.DataFrame(steps),
        "sites": pd.DataFrame(sites),
        "facilities": facilities,
        "industrial_loads": industry(source, places, grid, rest),
        "load_rates": region.load_rates(),
        "local_supplies": pd.DataFrame(region.LOCAL),
        "levels": sizes,
    }


def _backbone(source, grid, links, steps) -> None:  # type: ignore[no-untyped-def]
    """Add the lines of the schematic grid, each with a second circuit as a step."""
    known = pd.read_csv(source / "grid_schematic_lines.csv")
    more = pd.DataFrame(POSSIBLE, columns=["from", "to", "kv"])
    lines = pd.concat([known, more.assign(evidence="possible")], ignore_index=True)
    order = pd.Index(grid["node"])
    km = crow_km(grid, grid) * BEND
    for a, b, kv, evidence in lines[["from", "to", "kv", "evidence"]].itertuples(
        index=False
    ):
        kw, price, loss = HV[kv]
        length, code = km[order.get_loc(a), order.get_loc(b)], f"{a}-{b}"
        links.append({"network": "power", "link": code, "from_node": f"hv-{a}",
                      "to_node": f"hv-{b}", "length_km": round(length, 2),
                      "capacity": 0 if evidence == "possible" else kw,
                      "loss_per_km": loss, "voltage_kv": kv,
                      "is_synthetic": evidence != "press",
                      "source": f"schematic, evidence: {evidence};"
                      " capacity by voltage: assumption"})  # fmt: skip
        steps.append({"network": "power", "link": code, "step": 1, "capacity": kw,
                      "capex_mln": round(length * price, 1),
                      "opex_mln_per_year": round(length * price * 0.01, 3),
                      "source": "costs.csv: lines by voltage; 1 % a year"})  # fmt: skip


def _districts(places, grid, links, steps, sites, today) -> None:  # type: ignore[no-untyped-def]
    """Hang settlements on the nearest node of the grid: a substation and a tree."""
    load = (own_kw(places) * region.HEADROOM).to_numpy()
    away, km = crow_km(places, grid), region.distances_km(places)
    away[:, grid["settlement_id"].isna()] = np.inf
    nearest = away.argmin(axis=1)
    for k, hv in enumerate(grid["node"]):
        members = np.flatnonzero(nearest == k)
        if not len(members):
            continue
        centre = members[away[members, k].argmin()]
        region.feeders(places, load, km, members, centre, links, steps, LONG)
        need, site = float(load[members].sum()), f"ss-{hv}"
        level = next(
            (n for n, (kw, _) in enumerate(SUBSTATIONS, 1) if kw >= need),
            len(SUBSTATIONS),
        )
        units = int(np.ceil(need / SUBSTATIONS[level - 1][0]))
        code = places["settlement"][centre]
        sites.append({"site": site, "service": "substation", "settlement": code,
                      "status": "existing", "max_units": units + 2})  # fmt: skip
        today.append(("substation", site, level, units))
        length = round(float(away[centre, k]) * BEND, 2)
        links.append({"network": "power", "link": f"tr-{hv}", "from_node": f"hv-{hv}",
                      "to_node": code, "length_km": length, "loss_per_km": 0.0002,
                      "station": site, "is_synthetic": True,
                      "source": RULE})  # fmt: skip


def units_of(service: str, mw: float) -> tuple[int, int]:
    """Return level and number of units: fewest within a tenth of MW, else nearest."""
    options = [
        (abs(units * size - mw), units, level)
        for level, size in enumerate(UNITS_MW[service], 1)
        for units in range(1, MOST_UNITS + 1)
    ]
    near = [(units, away, level) for away, units, level in options if away <= 0.1 * mw]
    if near:
        units, _, level = min(near)
    else:
        _, units, level = min(options)
    return level, units


def _plants(source, places, grid, sites, today) -> dict[str, str]:  # type: ignore[no-untyped-def]
    """Add the plants of today; return what is known of each."""
    plants = pd.read_csv(source / "power_plants.csv")
    hv = grid["node"].to_numpy()[crow_km(plants, grid).argmin(axis=1)]
    home = places["settlement"].to_numpy()[crow_km(plants, places).argmin(axis=1)]
    told = {}
    for plant, node, settlement in zip(plants.itertuples(), hv, home, strict=True):
        service = FUELS[plant.fueltype]
        level, units = units_of(service, plant.capacity)
        sites.append({"site": plant.id, "service": service, "settlement": settlement,
                      "lat": plant.lat, "lon": plant.lon, "status": "existing",
                      "max_units": units, "max_level": level,
                      "network_node": f"hv-{node}"})  # fmt: skip
        today.append((service, plant.id, level, units))
        told[plant.id] = f"pypsa-kz-data: {plant.name.strip()}, {plant.capacity:g} MW;"
        told[plant.id] += " units and share at the peak: derived"
    return told


def _candidates(places, grid, sites, today) -> None:  # type: ignore[no-untyped-def]
    """Add where a plant may be built, and the import of power."""
    home = places["settlement"].to_numpy()[crow_km(grid, places).argmin(axis=1)]
    at = dict(zip(grid["node"], home, strict=True))
    for service, nodes in CANDIDATES:
        for node in nodes:
            sites.append({"site": f"{service}-{node}", "service": service,
                          "settlement": at[node], "status": "candidate",
                          "max_units": 4, "network_node": f"hv-{node}"})  # fmt: skip
    sites.append({"site": "import", "service": "grid_import",
                  "settlement": at[IMPORT_AT], "status": "existing", "max_units": 3,
                  "network_node": f"hv-{IMPORT_AT}"})  # fmt: skip
    today.append(("grid_import", "import", 1, 2))


def own_kw(places: pd.DataFrame) -> pd.Series:
    """Return the load of today of people and of what serves them."""
    rate = places["kind"].map(region.KW_PER_PERSON) + SERVED_KW_PER_PERSON
    return places["population"] * rate


def industry(
    source: Path, places: pd.DataFrame, grid: pd.DataFrame, rest: str
) -> pd.DataFrame:
    """Return what a region's electricity leaves beside its people, at the grid."""
    codes = pd.read_csv(source / "region_codes.csv").set_index("kato")["code"]
    used = pd.read_csv(source / "regions.csv").set_index("KATO")
    gwh = used["electricity_GWh_14region_basis"].rename(codes).dropna()
    counted = places["region"].replace(COUNTED_WITH)
    people = own_kw(places).groupby(counted).sum()
    centre = places.loc[places.groupby("region")["population"].idxmax()]
    centre = centre.set_index("region").loc[gwh.index]
    node = grid["node"].to_numpy()[crow_km(centre, grid).argmin(axis=1)]
    load = (gwh * 1e6 / PEAK_HOURS - people).clip(lower=0.0).reindex(gwh.index)
    rows = pd.DataFrame(
        {
            "network": "power",
            "node": [f"hv-{name}" for name in node],
            "title": f"{rest}, " + gwh.index,
            "load": load.round(-2).to_numpy(),
            "is_synthetic": True,
            "source": "regions.csv: GWh of the region over 6800 h, less its people",
        }
    )
    return rows[rows["load"] > 0].reset_index(drop=True)
