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
    rows["settlements"] = [{"settlement": "a", "agglomeration": "A"},
                           {"settlement": "b"}]  # fmt: skip
    rows["levels"][0] |= {"capacity": 150.0}
    # A school that has to close: who went there is told.
    old = {"site": "old", "service": "s", "settlement": "b", "status": "forbidden"}
    rows["sites"] = [*rows["sites"], old]
    stock = {"service": "s", "site": "old", "level": 1}
    rows["facilities"] = [*rows.get("facilities", []), stock]
    for name, own in more.items():
        rows[name] = [*rows.get(name, []), *own]
    services = [row["service"] for row in rows["services"]]
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
        relocations=[
            {"relocation": "m", "service": "s", "site": "old", "to_site": "a",
             "cost_mln": 9.0}
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
        agglomerations=[{"agglomeration": "A", "max_persons": 500.0}],
        contingencies=[
            {
                "contingency": "n1",
                "network": "power",
                "link": "e0",
                "shortfall_mln_per_unit_year": 0.01,
            }
        ],
        shifts=[{"service": "s", "extra_share": 0.2, "cost_mln_per_unit_year": 0.001}],
        buses=[{"service": "s", "within_minutes": 60.0,
                "cost_mln_per_unit_year": 0.001}],
        mobile_services=[
            {"mobile_service": "m", "service": "s", "days_per_year": 10.0,
             "units_per_day": 0.5, "within_minutes": 60.0,
             "cost_mln_per_day": 0.00001, "cost_mln_per_team_year": 0.00001}
        ],
        professions=[{"profession": "teacher", "title": "Teachers"}],
        staff_needs=[
            {"profession": "teacher", "service": "s", "level": 1, "posts": 3.0}
        ],
        staff_supply=[
            {"profession": "teacher", "region": "R", "period": "p1", "available": 2.0,
             "hire_mln": 0.1}
        ],
        building_capacity=[
            {"building_capacity": "all", "period": "p1", "most_mln": 999.0,
             "most_changes": 99.0}
        ],
        concentrations=[{"concentration": "k", "service": "s", "share": 0.0}],
        zones=[
            {"zone": "z", "title": "Park", "kind": "protected", "lat": 50.02,
             "lon": 70.0, "radius_km": 1.0}
        ],
        buffers=[{"buffer": "near", "zone": "z",
             "distance_km": 2.0, "service": "plant"}],
        impacts=[{"impact": "co2", "unit": "t/year"}],
        impact_rates=[
            {"impact": "co2", "of": "facility", "service": "s", "rate": 2.0}
        ],
        impact_limits=[
            {"limit": "cap", "period": "p1", "impact": "co2", "most": 1.0,
             "excess_mln_per_unit_year": 0.01}
        ],
        funding_sources=[{"fund": "state", "carry_over": True}],
        funding_limits=[{"fund": "state", "period": "p1", "amount_mln": 900.0}],
        # Of roads a partner pays all, and is paid back beyond the period.
        funding_eligibility=[
            {"fund": "state", "covers": "operation"},
            *(
                {"fund": "state", "service": name, "covers": "investment"}
                for name in (*services, "power", "growth_points")
            ),
        ],
        partnerships=[
            {
                "partnership": "road",
                "service": "roads",
                "limit_mln": 10.0,
                "premium": 0.1,
                "term_years": 3,
                "first_payment_years": 0,
            }
        ],
        burdens=[{"burden": "all", "most_mln_per_year": 2.0}],
    )  # fmt: skip
