"""A small instance with a power network in which everything that may happen does."""

from __future__ import annotations

from tiny_instances import Row, Rows

PLANT: Row = {"service": "plant", "role": "supply", "network": "power",
              "cutoff_minutes": None, "group": ""}  # fmt: skip
"""A service that feeds the network."""


def grid_rows() -> dict[str, Rows]:
    """Return rows: a plant feeds *a*; *b* gets a line, some solar power, and sheds."""
    link = {"network": "power", "length_km": 10.0, "loss_per_km": 0.001}
    return {
        "services": [
            {"service": "s", "unserved_mln_per_unit_year": 1.0},
            dict(PLANT),
        ],
        "levels": [
            {"service": "s", "level": 1, "capacity": 200.0, "capex_mln": 10.0,
             "load_kw": 10.0},
            {"service": "plant", "level": 1, "capacity": 40.0, "capex_mln": 500.0,
             "supply_mln_per_unit_year": 0.01},
        ],
        "sites": [
            {"site": "a", "service": "s", "settlement": "a", "status": "candidate"},
            {"site": "p", "service": "plant", "settlement": "a", "status": "existing",
             "network_node": "hub"},
        ],
        "facilities": [{"service": "plant", "site": "p", "level": 1}],
        "travel": [{"settlement": "b", "site": "a", "minutes": 30.0}],
        "networks": [{"network": "power", "shed_mln_per_unit_year": 0.5}],
        "network_nodes": [
            {"network": "power", "node": node, "lat": 50.0, "lon": 70.0,
             "settlement": settlement}
            for node, settlement in (("hub", ""), ("na", "a"), ("nb", "b"))
        ],
        "network_links": [
            {**link, "link": "e0", "from_node": "hub", "to_node": "na",
             "capacity": 60.0},
            {**link, "link": "e1", "from_node": "na", "to_node": "nb"},
        ],
        "link_upgrades": [
            {"network": "power", "link": "e1", "step": 1, "capacity": 20.0,
             "capex_mln": 2.0}
        ],
        "load_rates": [{"network": "power", "units_per_person": 0.2}],
        "industrial_loads": [
            {"network": "power", "node": "nb", "title": "mill", "load": 15.0}
        ],
        "local_supplies": [
            {"network": "power", "option": "solar", "settlement": "b",
             "max_capacity": 5.0, "capex_mln_per_unit": 0.1}
        ],
    }  # fmt: skip
