"""Power and water of a region in detail: real plants, synthetic lines and works.

Known are the plants (pypsa-kz-data). No public source gives lines, substations, mains
or works of a region's villages, so they are synthesised by the rules below, sized for
the load of today, and flagged row by row. Prices: table of costs (press, assumptions).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree

OWN = "assumption"
RULE = "synthesised: tree of shortest lines, sized for today's load; not a fact"
DETOUR = 1.2
GROWTH = 1.02
"""Load of a person grows by this a year (assumption)."""
KW_PER_PERSON = {"city": 0.50, "town": 0.42, "village": 0.35}
M3_PER_PERSON = {"city": 0.23, "town": 0.23, "village": 0.10}
HEADROOM = 1.15
LINES = (
    (500, 11.5, 0.004),
    (1500, 11.5, 0.004),
    (3000, 11.5, 0.004),
    (6000, 20.0, 0.0015),
    (15000, 20.0, 0.0015),
    (36000, 35.0, 0.0004),
    (90000, 35.0, 0.0004),
    (180000, 49.0, 0.0002),
    (400000, 49.0, 0.0002),
)
"""Classes of line: capacity kW, mln/km, loss a km (10, 35, 110, 220 kV)."""
OFF_GRID = (50, 10.0)
"""Villages with fewer people, farther than so many km from the next, have no line."""
MAINS = ((300.0, 18.0), (1000.0, 14.0))
"""Steps of a main: m3/day added, mln/km."""
TOWN = 4
"""From this level of works on there may be as many again: towns grow."""
MAIN_KM = 25.0
WORKS = (60.0, 300.0, 1500.0, 8000.0, 60000.0)
SEED = 119

SERVICES = [
    {"service": "power_plant", "title": "Power plant", "role": "supply",
     "network": "power", "unit": "kW", "lifetime_years": 40.0, "source": OWN},
    {"service": "grid_import", "title": "Import of power", "role": "supply",
     "network": "power", "unit": "kW", "lifetime_years": 40.0, "source": OWN},
    {"service": "substation", "title": "Substation", "role": "carry",
     "network": "power", "unit": "kW", "lifetime_years": 40.0, "source": OWN},
    {"service": "water_works", "title": "Water works", "role": "supply",
     "network": "water", "unit": "m3/day", "lifetime_years": 40.0, "source": OWN},
]  # fmt: skip
NETWORKS = [
    {"network": "power", "title": "Power", "shed_mln_per_unit_year": 1.5,
     "lifetime_years": 40.0, "source": OWN},
    {"network": "water", "title": "Water", "shed_mln_per_unit_year": 2.0,
     "lifetime_years": 40.0, "source": OWN},
]  # fmt: skip
LEVEL_COLUMNS = (
    "service", "level", "title", "capacity", "capex_mln", "opex_mln_per_year",
    "closing_mln", "load_kw", "footprint_ha", "emissions_t_per_year", "source",
    "supply_mln_per_unit_year", "supply_emissions_t_per_unit_year",
)  # fmt: skip
GAS, IMPORT = (0.058, 2.4), (0.087, 4.0)
"""Fuel of a kW of peak for a year, mln, and its emissions, t (assumption)."""
LEVELS = [
    ("power_plant", 1, "gas turbines, 54 MW", 54000, 27000, 800, 500, 0, 3, 0,
     "size: Ural GTPS; prices: assumption", *GAS),
    ("power_plant", 2, "heat and power, 59 MW", 59000, 35000, 1100, 800, 0, 8, 0,
     "size: Ural CHP; prices: assumption", *GAS),
    ("power_plant", 3, "gas turbines, 144 MW", 144000, 65000, 2000, 900, 0, 6, 0,
     "size: Karachaganak; prices: assumption", *GAS),
    ("grid_import", 1, "200 MW", 200000, 60000, 300, 0, 0, 0, 0, OWN, *IMPORT),
    ("substation", 1, "6.3 MVA", 5500, 500, 12, 10, 0, 0.3, 0, "press range", 0, 0),
    ("substation", 2, "16 MVA", 14000, 900, 20, 15, 0, 0.5, 0, "press range", 0, 0),
    ("substation", 3, "40 MVA", 36000, 1500, 32, 20, 0, 0.8, 0, "press range", 0, 0),
    ("substation", 4, "100 MVA", 90000, 2600, 55, 30, 0, 1.2, 0, OWN, 0, 0),
    ("water_works", 1, "village well", 60, 400, 12, 5, 8, 0.2, 0, OWN, 0.02, 0),
    ("water_works", 2, "village works", 300, 830, 25, 8, 30, 0.5, 0,
     "press: mean of 53 villages", 0.02, 0),
    ("water_works", 3, "group works", 1500, 2200, 65, 15, 120, 1, 0, OWN, 0.02, 0),
    ("water_works", 4, "town works", 8000, 7000, 210, 30, 500, 3, 0, OWN, 0.02, 0),
    ("water_works", 5, "city works", 60000, 30000, 900, 80, 3000, 8, 0, OWN, 0.02, 0),
]  # fmt: skip


def distances_km(
    places: pd.DataFrame, others: pd.DataFrame | None = None
) -> np.ndarray:
    """Return lengths of straight lines with a detour, (places, others), km.

    Between the places themselves if no *others* are given.
    """
    others = places if others is None else others
    lat, lon = (np.radians(places[c].to_numpy())[:, None] for c in ("lat", "lon"))
    lat_2, lon_2 = (np.radians(others[c].to_numpy())[None, :] for c in ("lat", "lon"))
    half = np.sin((lat - lat_2) / 2) ** 2
    turn = np.sin((lon - lon_2) / 2) ** 2
    both = np.cos(lat) * np.cos(lat_2)
    return 2 * 6371.0088 * np.arcsin(np.sqrt(half + both * turn)) * DETOUR


def tree(km: np.ndarray, root: int) -> list[tuple[int, int]]:
    """Return (parent, child) of the shortest tree, parents first."""
    order, before = breadth_first_order(
        minimum_spanning_tree(csr_array(np.maximum(km, 1e-6))), root, directed=False
    )
    return [(int(before[k]), int(k)) for k in order[1:]]


def line_class(load_kw: float) -> tuple[int, float, float]:
    """Return the smallest class of line that carries a load, or lines side by side."""
    most, price, loss = LINES[-1]
    beside = max(1, int(np.ceil(load_kw / most)))
    return next(
        (c for c in LINES if c[0] >= load_kw), (beside * most, beside * price, loss)
    )


def networks(source: Path, places: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the network tables of a region."""
    nodes, links, steps, sites, today = [], [], [], [], []
    places = places.reset_index(drop=True)
    load = places["population"] * places["kind"].map(KW_PER_PERSON) * HEADROOM
    _power(source, places, load.to_numpy(), nodes, links, steps, sites, today)
    water(places, nodes, links, steps, sites, today, dry_south=49.5)
    facilities = pd.DataFrame(today, columns=["service", "site", "level", "units"])
    real = facilities["service"] == "power_plant"
    origin = np.where(real, "pypsa-kz-data", RULE)
    return {
        "network_nodes": pd.DataFrame(nodes),
        "network_links": pd.DataFrame(links),
        "link_upgrades": pd.DataFrame(steps),
        "sites": pd.DataFrame(sites),
        "facilities": facilities.assign(is_synthetic=~real, source=origin),
        "load_rates": load_rates(),
        "local_supplies": pd.DataFrame(LOCAL),
        "levels": pd.DataFrame(LEVELS, columns=list(LEVEL_COLUMNS)),
    }


LOCAL = [
    {"network": "power", "option": "solar", "title": "Solar with storage",
     "capex_mln_per_unit": 1.9, "opex_mln_per_unit_year": 0.03, "source": OWN},
    {"network": "power", "option": "diesel", "title": "Diesel",
     "capex_mln_per_unit": 0.35, "supply_mln_per_unit_year": 0.37,
     "emissions_t_per_unit_year": 2.5, "source": OWN},
    {"network": "water", "option": "well", "title": "Well with treatment",
     "max_capacity": 40.0, "capex_mln_per_unit": 6.0,
     "opex_mln_per_unit_year": 0.25, "source": OWN},
    {"network": "water", "option": "lorry", "title": "Delivery by lorry",
     "capex_mln_per_unit": 0.2, "supply_mln_per_unit_year": 0.9,
     "emissions_t_per_unit_year": 1.0, "source": OWN},
]  # fmt: skip


def load_rates() -> pd.DataFrame:
    """Return load by kind and period; power grows, water stays."""
    rows = []
    for kind, kw in KW_PER_PERSON.items():
        for period, years in (("2026-30", 2.5), ("2031-35", 7.5), ("2036-40", 12.5)):
            rate = round(kw * GROWTH**years, 4)
            rows.append(("power", kind, period, rate, "assumption, 2 % a year"))
    for kind, m3 in M3_PER_PERSON.items():
        rows.append(("water", kind, "", m3, "norms: design values (assumption)"))
    columns = ["network", "kind", "period", "units_per_person", "source"]
    return pd.DataFrame(rows, columns=columns)


def node(network: str, code: str, place: object, settlement: str) -> dict[str, object]:
    """Return a node that stands at a place and feeds a settlement, or none."""
    return {
        "network": network, "node": code, "name": place.name, "lat": place.lat,
        "lon": place.lon, "settlement": settlement, "is_synthetic": True,
        "source": RULE,
    }  # fmt: skip


def _power(source, places, load, nodes, links, steps, sites, today) -> None:  # type: ignore[no-untyped-def]
    centre_of = places.groupby("district")["population"].idxmax()
    centres = centre_of.to_numpy()
    for k, place in enumerate(places.itertuples(index=False)):
        nodes.append(node("power", place.settlement, place, place.settlement))
        if k in centres:
            nodes.append(node("power", f"hv-{place.settlement}", place, ""))
    km = distances_km(places)
    for district, centre in centre_of.items():
        members = np.flatnonzero(places["district"] == district)
        feeders(places, load, km, members, centre, links, steps)
    district_load = places.assign(load=load).groupby("district")["load"].sum()
    for district, centre in centre_of.items():
        code, need = places["settlement"][centre], float(district_load[district])
        size = [5500, 14000, 36000, 90000]
        level = next((k + 1 for k, s in enumerate(size) if s >= need), 4)
        units = max(1, int(np.ceil(need / size[level - 1])))
        sites.append({"site": f"ss-{code}", "service": "substation",
                      "settlement": code, "status": "existing",
                      "max_units": units + 1})  # fmt: skip
        today.append(("substation", f"ss-{code}", level, units))
        links.append({"network": "power", "link": f"tr-{code}",
                      "from_node": f"hv-{code}", "to_node": code, "length_km": 0.0,
                      "station": f"ss-{code}", "is_synthetic": True,
                      "source": RULE})  # fmt: skip
    root = int(np.argmax(places["population"].to_numpy()[centres]))
    parts = tree(km[np.ix_(centres, centres)], root)
    below = district_load.reindex(centre_of.index).to_numpy().copy()
    for parent, child in reversed(parts):
        below[parent] += below[child]
    for parent, child in parts:
        a, b = (places["settlement"][centres[x]] for x in (parent, child))
        line(links, steps, f"hv-{a}", f"hv-{b}", km[centres[parent], centres[child]],
              max(36000.0, float(below[child])))  # fmt: skip
    city = places["settlement"][centres[root]]
    level = {54.0: 1, 59.0: 2, 144.0: 3}
    plants = pd.read_csv(source / "power_plants.csv")
    box = places["lat"].agg(["min", "max"]), places["lon"].agg(["min", "max"])
    inside = plants["lat"].between(*box[0]) & plants["lon"].between(*box[1])
    for plant in plants[inside].itertuples():
        sites.append({"site": plant.id, "service": "power_plant", "settlement": city,
                      "status": "existing", "network_node": f"hv-{city}"})  # fmt: skip
        today.append(("power_plant", plant.id, level[plant.capacity], 1))
    for code in places["settlement"][centres[np.argsort(-below)[:3]]]:
        sites.append({"site": f"pp-{code}", "service": "power_plant",
                      "settlement": code, "status": "candidate",
                      "network_node": f"hv-{code}"})  # fmt: skip
    sites.append({"site": "import", "service": "grid_import", "settlement": city,
                  "status": "existing", "network_node": f"hv-{city}"})  # fmt: skip
    today.append(("grid_import", "import", 1, 1))


def feeders(  # type: ignore[no-untyped-def]
    places, load, km, members, centre, links, steps, long=(np.inf, 0.0)
) -> None:
    """Lines of a district: a tree from its centre, sized for what hangs below.

    *long*: lines of more km have at least the class for so many kW.
    """
    root = int(np.flatnonzero(members == centre)[0])
    parts = tree(km[np.ix_(members, members)], root)
    below = load[members].copy()
    has_child = {parent for parent, _ in parts}
    for parent, child in reversed(parts):
        below[parent] += below[child]
    for parent, child in parts:
        a, b = (places["settlement"][members[x]] for x in (parent, child))
        length = km[members[parent], members[child]]
        people = places["population"][members[child]]
        is_off = people < OFF_GRID[0] and length > OFF_GRID[1]
        is_off &= child not in has_child
        need = max(float(below[child]), long[1] if length > long[0] else 0.0)
        line(links, steps, a, b, length, need, is_off=is_off)


def line(links, steps, a, b, km, load_kw, *, is_off=False) -> None:  # type: ignore[no-untyped-def]
    """Add a line of today, and one more like it as a step."""
    capacity, mln_per_km, loss = line_class(load_kw)
    code = f"{a}-{b}"
    links.append({"network": "power", "link": code, "from_node": a, "to_node": b,
                  "length_km": round(km, 2), "capacity": 0.0 if is_off else capacity,
                  "loss_per_km": loss, "is_synthetic": True,
                  "source": RULE})  # fmt: skip
    steps.append({"network": "power", "link": code, "step": 1, "capacity": capacity,
                  "capex_mln": round(max(km, 0.5) * mln_per_km, 1),
                  "opex_mln_per_year": round(max(km, 0.5) * mln_per_km * 0.01, 3),
                  "source": "costs.csv: lines by voltage; 1 % a year"})  # fmt: skip


def water(places, nodes, links, steps, sites, today, *, dry_south) -> None:  # type: ignore[no-untyped-def]
    """Add water works and possible mains; villages south of a latitude yield little."""
    rng = np.random.default_rng(SEED)
    for place in places.itertuples(index=False):
        nodes.append(node("water", place.settlement, place, place.settlement))
        load = place.population * M3_PER_PERSON[place.kind] * HEADROOM
        has_luck = rng.random() < 0.6
        stands = place.population >= 1000 or (place.population >= 300 and has_luck)
        if place.population < 300:
            continue
        level = next((k + 1 for k, s in enumerate(WORKS) if s >= load), len(WORKS))
        units = max(1, int(np.ceil(load / WORKS[level - 1])))
        dry = place.lat < dry_south and place.kind == "village"
        sites.append({"site": f"ww-{place.settlement}", "service": "water_works",
                      "settlement": place.settlement,
                      "status": "existing" if stands else "candidate",
                      "max_units": 2 * units if level >= TOWN else units,
                      "max_level": min(level + 1, len(WORKS)),
                      "max_supply": 300.0 if dry else None})  # fmt: skip
        if stands:
            today.append(("water_works", f"ww-{place.settlement}", level, units))
    for _, members in places.groupby(["region", "district"]).groups.items():
        index = np.array(members)
        km = distances_km(places.loc[index])
        for parent, child in tree(km, 0):
            length = km[parent, child]
            if length > MAIN_KM:
                continue
            a, b = (places["settlement"][index[x]] for x in (parent, child))
            links.append({"network": "water", "link": f"{a}-{b}", "from_node": a,
                          "to_node": b, "length_km": round(length, 2),
                          "loss_per_km": 0.002, "is_synthetic": True,
                          "source": "possible main: shortest tree"})  # fmt: skip
            for number, (size, price) in enumerate(MAINS, 1):
                steps.append({"network": "water", "link": f"{a}-{b}", "step": number,
                              "capacity": size,
                              "capex_mln": round(max(length, 0.5) * price, 1),
                              "opex_mln_per_year": round(length * price * 0.01, 3),
                              "source": "costs.csv: long branch"})  # fmt: skip
