"""Two villages that are planned by hand."""

from __future__ import annotations

from tiny_instances import Rows, tiny

from aumaq.instances import Instance


def two_villages(price: float, load_kw: float = 0.0, **more: Rows) -> Instance:
    """Return two villages an hour apart; a road for 3 mln makes it 20 minutes.

    A school for all costs 10 mln; *price* is paid if the villages stay more than half
    an hour apart. A school may need power, which only comes to *b* for 4 mln. *more*
    are tables that decide nothing.
    """
    return tiny(**village_rows(price, load_kw), **more)


def village_rows(price: float, load_kw: float = 0.0) -> dict[str, Rows]:
    """Return the tables of the two villages."""
    link = {"from_node": "na", "to_node": "nb", "length_km": 30.0}
    rows: dict[str, Rows] = {
        "policies": [{"discount_rate": 0.0, "count_residual_value": False}],
        "services": [
            {"service": "s", "unserved_mln_per_unit_year": 1.0, "cutoff_minutes": 40.0,
             "nearest_sites": 0}
        ],
        "levels": [
            {"service": "s", "level": 1, "capacity": 200.0, "capex_mln": 10.0,
             "load_kw": load_kw}
        ],
        "travel": [],
        "road_nodes": [
            {"node": "na", "lat": 50.0, "lon": 70.0},
            {"node": "nb", "lat": 50.1, "lon": 70.0},
        ],
        "road_links": [{**link, "road_class": "earth"}],
        "road_classes": [
            {"road_class": "earth", "speed_kmh": 30.0},
            {"road_class": "asphalt", "speed_kmh": 90.0},
        ],
        "road_upgrades": [{"upgrade": "g", "capex_mln": 3.0}],
        "road_upgrade_links": [{**link, "upgrade": "g", "road_class": "asphalt"}],
        "connections": [
            {"connection": "c", "from_settlement": "a", "to_settlement": "b",
             "minutes": 30.0, "shortfall_mln_per_year": price}
        ],
    }  # fmt: skip
    if load_kw:
        plant = {"role": "supply", "network": "power", "cutoff_minutes": None}
        rows["services"].append({"service": "plant", "group": "", **plant})
        rows["levels"].append(
            {"service": "plant", "level": 1, "capacity": 50.0, "capex_mln": 0.0}
        )
        rows["sites"] = [
            {"site": code, "service": "s", "settlement": code} for code in "ab"
        ] + [{"site": "p", "service": "plant", "settlement": "a"}]
        rows["networks"] = [{"network": "power"}]
        rows["network_nodes"] = [
            {"network": "power", "node": code, "lat": 50.0, "lon": 70.0,
             "settlement": code}
            for code in "ab"
        ]  # fmt: skip
        rows["network_links"] = [
            {"network": "power", "link": "ab", "from_node": "a", "to_node": "b",
             "length_km": 5.0}
        ]  # fmt: skip
        rows["link_upgrades"] = [
            {"network": "power", "link": "ab", "step": 1, "capacity": 50.0,
             "capex_mln": 4.0}
        ]  # fmt: skip
    return rows
