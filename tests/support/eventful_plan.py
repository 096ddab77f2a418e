"""An instance in whose plan everything happens."""

from __future__ import annotations

from grid_example import grid_rows
from tiny_instances import Rows, tiny

from aumaq.instances import Instance


def eventful(**more: Rows) -> Instance:
    """Return an instance in whose plan every table has rows, with *more* in some."""
    rows = grid_rows()
    rows["travel"] = []
    rows["local_supplies"][0] |= {"capex_mln_per_unit": 0.01}
    rows["levels"][0] |= {"capacity": 150.0}
    # A school that has to close: who went there is told.
    old = {"site": "old", "service": "s", "settlement": "b", "status": "forbidden"}
    rows["sites"] = [*rows["sites"], old]
    stock = {"service": "s", "site": "old", "level": 1}
    rows["facilities"] = [*rows.get("facilities", []), stock]
    for name, own in more.items():
        rows[name] = [*rows.get(name, []), *own]
    return tiny(
        **rows,
        road_nodes=[
            {"node": n, "lat": 50.0 + 0.1 * k, "lon": 70.0} for k, n in enumerate("ab")
        ],
        road_classes=[
            {"road_class": "earth", "speed_kmh": 20.0},
            {"road_class": "fast", "speed_kmh": 60.0},
        ],
        road_links=[
            {"from_node": "a", "to_node": "b", "length_km": 15.0, "road_class": "earth"}
        ],
        road_upgrades=[
            {"upgrade": "u", "title": "Highway", "region": "R", "capex_mln": 5.0}
        ],
        road_upgrade_links=[
            {
                "upgrade": "u",
                "from_node": "a",
                "to_node": "b",
                "length_km": 15.0,
                "road_class": "fast",
            }
        ],
        connections=[
            {
                "connection": "ab",
                "from_settlement": "a",
                "to_settlement": "b",
                "minutes": 20.0,
                "is_hard": True,
            }
        ],
        standards=[
            {
                "standard": "near",
                "service": "s",
                "minutes": 10.0,
                "share": 0.9,
                "is_hard": False,
                "scope": "settlement",
                "shortfall_mln_per_unit_year": 0.01,
            }
        ],
        budgets=[
            {
                "budget": "all",
                "period": "p1",
                "amount_mln": 5.0,
                "is_hard": False,
                "overrun_price": 0.5,
            }
        ],
        growth_tiers=[{"tier": "t", "min_count": 1}],
        growth_candidates=[
            {
                "settlement": "b",
                "tier": "t",
                "gain_share": 0.05,
                "donors": "total",
                "capex_mln": 1.0,
                "opex_mln_per_year": 0.1,
            }
        ],
        concentrations=[{"concentration": "k", "service": "s", "share": 0.0}],
    )
