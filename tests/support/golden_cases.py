"""Small instances by hand that need every rule family between them.

Numbers are odd on purpose: a coefficient that lands in another row shows.
"""

from __future__ import annotations

from collections.abc import Callable

from tiny_instances import Rows, tiny

import aumaq
from aumaq.instances import Instance

PERIODS: Rows = [
    {"period": "p1", "first_year": 2026, "years": 2},
    {"period": "p2", "first_year": 2028, "years": 3},
    {"period": "p3", "first_year": 2031, "years": 4},
]
POLICIES: Rows = [{"discount_rate": 0.07, "value_of_time_per_hour": 1300.0}]
PLACES: Rows = [
    {"settlement": "a", "kind": "town", "population": 90.0, "region": "R",
     "district": "d"},
    {"settlement": "b", "population": 40.0, "region": "R", "district": "e"},
    {"settlement": "c", "population": 30.0, "region": "Q", "district": "f",
     "is_growth_point": True},
]  # fmt: skip
TRAVEL: Rows = [
    {"settlement": x, "site": y, "minutes": minutes, "length_km": minutes * 0.7}
    for x, y, minutes in (
        ("a", "b", 12.0), ("b", "a", 13.0), ("a", "c", 31.0), ("c", "a", 29.0),
        ("b", "c", 17.0), ("c", "b", 19.0),
    )
]  # fmt: skip
SERVICE = {
    "service": "s", "trips_per_year": 170.0, "transport_cost_per_km": 3.0,
    "unserved_mln_per_unit_year": 0.3, "lifetime_years": 31.0, "nearest_sites": 0,
    "cutoff_minutes": 60.0, "renewal_share": 0.4,
}  # fmt: skip
LEVELS: Rows = [
    {"service": "s", "level": 1, "capacity": 37.0, "capex_mln": 5.0, "min_use": 11.0,
     "opex_mln_per_year": 0.3, "closing_mln": 0.7},
    {"service": "s", "level": 2, "capacity": 83.0, "capex_mln": 9.0, "min_use": 23.0,
     "opex_mln_per_year": 0.5, "closing_mln": 1.1},
]  # fmt: skip


def sites(service: str = "s", **columns: object) -> Rows:
    """Return a candidate site of a service in each place."""
    return [
        {"site": code, "service": service, "settlement": code, **columns}
        for code in "abc"
    ]


def services() -> Instance:
    """Referral, standards, budgets, renewal, locks, a minimum use, several places."""
    hospital = {**SERVICE, "service": "h", "may_be_unserved": False,
                "max_use_share": 0.9}  # fmt: skip
    s, h = sites(max_units=2), sites("h")
    s[0] |= {"status": "existing", "max_units": 3}
    s[2] |= {"status": "forbidden", "max_units": 1}
    h[0] |= {"status": "existing"}
    h[1] |= {"status": "required", "first_period": "p2"}
    return tiny(
        periods=PERIODS,
        policies=POLICIES,
        settlements=PLACES,
        travel=TRAVEL,
        services=[SERVICE, hospital],
        levels=[
            *LEVELS,
            {"service": "h", "level": 1, "capacity": 120.0, "capex_mln": 13.0},
            {"service": "h", "level": 2, "capacity": 170.0, "capex_mln": 17.0,
             "min_use": 40.0},
        ],
        sites=[*s, *h],
        facilities=[
            {"service": "s", "site": "a", "level": 1, "units": 1, "is_locked": True},
            {"service": "s", "site": "a", "level": 2, "renew_by_year": 2029},
            {"service": "s", "site": "c", "level": 1},
            {"service": "h", "site": "a", "level": 1, "renew_by_year": 2027},
        ],
        transitions=[
            {"service": "s", "from_level": 2, "to_level": 1, "is_allowed": False},
            {"service": "h", "from_level": 1, "to_level": 2, "cost_mln": 3.0},
        ],
        referrals=[
            {"referral": "up", "service": "s", "from_level": 1, "to_service": "h",
             "to_level": 1, "minutes": 15.0},
        ],
        standards=[
            {"standard": "soft", "service": "s", "scope": "district", "minutes": 20.0,
             "share": 0.85, "is_hard": False, "shortfall_mln_per_unit_year": 0.07},
            {"standard": "firm", "service": "h", "scope": "region", "minutes": 25.0,
             "share": 0.4, "is_hard": True, "first_period": "p2"},
            {"standard": "town", "service": "s", "applies_to": "urban",
             "scope": "total", "minutes": 5.0, "share": 0.5,
             "is_hard": False, "shortfall_mln_per_unit_year": 0.03},
        ],
        counts=[
            {"count": "few", "service": "s", "from_level": 2, "region": "R", "most": 3},
            {"count": "late", "service": "h", "period": "p3", "most": 1},
            {"count": "more", "service": "s", "what": "openings", "to_level": 1,
             "period": "p2", "least": 1, "most": 2, "applies_to": "rural"},
            {"count": "ever", "service": "s", "what": "openings", "most": 4,
             "is_total": True},
        ],
        gaps=[
            {"gap": "near", "service": "s", "minutes": 18.0, "most": 0.3,
             "first_period": "p2", "is_hard": True},
            {"gap": "far", "service": "s", "measure": "minutes", "scope": "kind",
             "minutes": 30.0, "most": 7.0, "first_period": "p3",
             "excess_mln_per_year": 0.9},
        ],
        mergers=[
            {"merger": "one", "service": "h", "site": "a", "other_site": "c",
             "first_period": "p2"},
        ],
        possible_mergers=[
            {"possible_merger": "may", "service": "s", "site": "b", "other_site": "c",
             "cost_mln": 1.3, "saving_mln_per_year": 0.2, "least_level": 2,
             "first_period": "p2"},
        ],
        feeders=[{"feeder": "on", "service": "s", "to_service": "h",
                  "first_period": "p2"}],
        feeder_sites=[{"feeder": "on", "site": "c", "to_site": "a"}],
        relocations=[
            {"relocation": "away", "service": "s", "site": "a", "to_site": "b",
             "cost_mln": 3.7, "first_period": "p2"},
        ],
        together_rules=[{"together": "few", "service": "s", "population_most": 30.0}],
        closing_rules=[
            {"closing": "stay", "service": "s", "region": "R"},
            {"closing": "near", "service": "h", "keep_only": False,
             "extra_minutes_most": 9.0},
        ],
        budgets=[
            {"budget": "purse", "period": "p1", "amount_mln": 21.0, "is_hard": True,
             "covers": "investment", "service": "s"},
            {"budget": "till", "period": "p2", "amount_mln": 9.0, "covers": "all",
             "region": "R", "is_hard": False, "overrun_price": 1.7},
        ],
    )  # fmt: skip


def growth() -> Instance:
    """Growth points of two tiers, whole catchments, water that people take along."""
    plant = {**SERVICE, "service": "plant", "role": "supply", "network": "water",
             "group": "", "cutoff_minutes": None, "lifetime_years": 23.0,
             "transport_cost_per_km": 0.0}  # fmt: skip
    pumps = {**plant, "service": "pump", "role": "carry"}
    return tiny(
        periods=PERIODS[:2],
        policies=POLICIES,
        settlements=PLACES,
        travel=TRAVEL,
        services=[{**SERVICE, "allocation": "whole"}, plant, pumps,
                  {**SERVICE, "service": "k"}],
        together_rules=[{"together": "class", "service": "k", "settlement": "b"}],
        levels=[
            *({**row, "load_m3_per_day": 3.0 * row["level"]} for row in LEVELS),
            {"service": "k", "level": 1, "capacity": 71.0, "capex_mln": 1.3},
            {"service": "plant", "level": 1, "capacity": 70.0, "capex_mln": 6.0,
             "supply_mln_per_unit_year": 0.013},
            {"service": "pump", "level": 1, "capacity": 19.0, "capex_mln": 1.9},
        ],
        sites=[
            *sites(),
            *sites("k")[:2],
            {"site": "river", "service": "plant", "settlement": "a",
             "network_node": "hub", "max_supply": 47.0},
            {"site": "well", "service": "plant", "settlement": "b", "max_units": 2},
            {"site": "station", "service": "pump", "settlement": "a"},
        ],
        growth_tiers=[
            {"tier": "top", "min_count": 1, "by_period": "p2", "max_count": 1},
            {"tier": "mid", "region": "R", "max_count": 1},
        ],
        growth_candidates=[
            {"settlement": "a", "tier": "top", "gain_share": 0.5, "capex_mln": 2.3,
             "donors": "total", "opex_mln_per_year": 0.11},
            {"settlement": "a", "tier": "mid", "gain_share": 0.3, "capex_mln": 1.9,
             "donors": "region"},
            {"settlement": "b", "tier": "mid", "gain_share": 0.2, "capex_mln": 1.3,
             "donors": "total", "first_period": "p2"},
        ],
        gaps=[
            {"gap": "near", "service": "s", "minutes": 18.0, "most": 0.6,
             "scope": "kind", "excess_mln_per_year": 0.7},
        ],
        concentrations=[
            {"concentration": "any", "service": "s", "min_level": 2, "share": 0.6},
            {"concentration": "top", "service": "s", "min_level": 1, "share": 0.3,
             "tier": "top", "region": "R", "first_period": "p2"},
        ],
        standards=[
            {"standard": "near", "service": "s", "scope": "settlement",
             "minutes": 15.0, "share": 0.7, "is_hard": False,
             "shortfall_mln_per_unit_year": 0.09},
        ],
        budgets=[
            {"budget": "all", "period": "p1", "amount_mln": 30.0, "covers": "all",
             "is_hard": True},
        ],
        networks=[
            {"network": "water", "shed_mln_per_unit_year": 0.17,
             "lifetime_years": 41.0},
        ],
        network_nodes=[
            {"network": "water", "node": f"n{code}", "settlement": code, "lat": 50.0,
             "lon": 70.0 + 0.1 * k}
            for k, code in enumerate("abc")
        ] + [{"network": "water", "node": "hub", "lat": 50.1, "lon": 70.3}],
        network_links=[
            {"network": "water", "link": "e0", "from_node": "hub", "to_node": "na",
             "length_km": 9.0, "capacity": 5.0, "loss_per_km": 0.004,
             "is_one_way": True, "station": "station"},
            {"network": "water", "link": "e1", "from_node": "na", "to_node": "nb",
             "length_km": 11.0, "capacity": 7.0, "flow_mln_per_unit_year": 0.003},
            {"network": "water", "link": "e2", "from_node": "nb", "to_node": "nc",
             "length_km": 6.0, "capacity": 0.0},
            {"network": "water", "link": "e3", "from_node": "na", "to_node": "nc",
             "length_km": 13.0, "capacity": 4.0},
        ],
        link_upgrades=[
            {"network": "water", "link": link, "step": step, "capacity": 13.0 + step,
             "capex_mln": 0.9 * step, "opex_mln_per_year": 0.07, "first_period": first}
            for link, step, first in (("e1", 1, ""), ("e1", 2, "p2"), ("e2", 1, ""))
        ],
        local_supplies=[
            {"network": "water", "option": "tank", "settlement": settlement,
             "max_capacity": most, "capex_mln_per_unit": 0.21,
             "opex_mln_per_unit_year": 0.01, "supply_mln_per_unit_year": 0.05,
             "first_period": first}
            for settlement, most, first in (("b", 6.0, ""), ("c", None, "p2"))
        ],
        load_rates=[{"network": "water", "kind": "", "units_per_person": 0.19}],
        industrial_loads=[
            {"network": "water", "node": "nc", "title": "mill", "load": 5.0},
        ],
    )  # fmt: skip


def power() -> Instance:
    """Power with angles: parallel circuits, steps, a plant, facilities that draw."""
    plant = {**SERVICE, "service": "plant", "role": "supply", "network": "power",
             "group": "", "cutoff_minutes": None,
             "transport_cost_per_km": 0.0}  # fmt: skip
    return tiny(
        periods=PERIODS[:2],
        policies=POLICIES,
        settlements=PLACES,
        travel=TRAVEL,
        services=[SERVICE, plant],
        levels=[
            *({**row, "load_kw": 4.0 * row["level"]} for row in LEVELS),
            {"service": "plant", "level": 1, "capacity": 60.0, "capex_mln": 7.0,
             "supply_mln_per_unit_year": 0.02},
        ],
        sites=[
            *sites(),
            {"site": "works", "service": "plant", "settlement": "a",
             "status": "existing"},
        ],
        facilities=[{"service": "plant", "site": "works", "level": 1}],
        networks=[
            {"network": "power", "flow_model": "dc", "shed_mln_per_unit_year": 0.2,
             "lifetime_years": 37.0},
        ],
        network_nodes=[
            {"network": "power", "node": f"n{code}", "settlement": code, "lat": 50.0,
             "lon": 70.0 + 0.1 * k}
            for k, code in enumerate("abc")
        ],
        network_links=[
            {"network": "power", "link": f"e{k}", "from_node": a, "to_node": b,
             "length_km": 10.0 + k, "capacity": capacity, "susceptance": 20.0 + k}
            for k, (a, b, capacity) in enumerate(
                (("na", "nb", 15.0), ("nb", "nc", 11.0), ("na", "nc", 0.0))
            )
        ],
        link_upgrades=[
            {"network": "power", "link": link, "step": step, "capacity": 17.0,
             "susceptance": 31.0, "capex_mln": 1.1 * step}
            for link, step in (("e0", 1), ("e2", 1), ("e2", 2))
        ],
        load_rates=[{"network": "power", "kind": "", "units_per_person": 0.13}],
    )  # fmt: skip


def roads() -> Instance:
    """Upgrades of roads, connections, the nearest open site, the fastest way."""
    by_road = {**SERVICE, "transport_cost_per_km": 900.0}
    nodes = [
        {"node": f"n{code}", "lat": 50.0 + 0.1 * k, "lon": 70.0}
        for k, code in enumerate("abc")
    ]
    return tiny(
        periods=PERIODS[:2],
        policies=POLICIES,
        settlements=PLACES,
        travel=[],
        services=[{**by_road, "allocation": "nearest"}, {**by_road, "service": "f"}],
        levels=[*LEVELS, {"service": "f", "level": 1, "capacity": 90.0,
                          "capex_mln": 3.0}],
        sites=[*sites(max_units=2), *sites("f")],
        road_classes=[
            {"road_class": "earth", "speed_kmh": 30.0},
            {"road_class": "asphalt", "speed_kmh": 90.0},
        ],
        road_nodes=nodes,
        road_links=[
            {"from_node": a, "to_node": b, "road_class": "earth", "length_km": km}
            for a, b, km in (("na", "nb", 11.0), ("nb", "nc", 9.0))
        ],
        road_upgrades=[
            {"upgrade": code, "region": region, "capex_mln": capex,
             "opex_mln_per_year": 0.13, "first_period": first, "lifetime_years": 19.0}
            for code, region, capex, first in (("g0", "R", 2.7, ""),
                                               ("g1", "", 3.1, "p2"))
        ],
        road_upgrade_links=[
            {"upgrade": code, "from_node": a, "to_node": b, "road_class": "asphalt",
             "length_km": km}
            for code, a, b, km in (("g0", "na", "nb", 17.0), ("g1", "nb", "nc", 14.0),
                                   ("g1", "na", "nc", 22.0))
        ],
        connections=[
            {"connection": "k0", "from_settlement": "a", "to_settlement": "b",
             "minutes": 13.0, "is_hard": False,
             "shortfall_mln_per_year": 0.7},
            {"connection": "k1", "from_settlement": "a", "to_settlement": "c",
             "minutes": 25.0, "first_period": "p2", "is_hard": True},
        ],
        budgets=[
            {"budget": "roads", "period": "p2", "amount_mln": 3.0, "region": "R",
             "is_hard": False, "overrun_price": 1.3},
        ],
    )  # fmt: skip


def land() -> Instance:
    """Land, emissions of schools, plants and travel, with limits of every kind."""
    plant = {
        **SERVICE, "service": "plant", "role": "supply", "network": "power",
        "group": "", "cutoff_minutes": None, "transport_cost_per_km": 0.0,
    }  # fmt: skip
    s = sites()
    s[0] |= {"status": "existing"}
    return tiny(
        periods=PERIODS[:2],
        policies=POLICIES,
        settlements=PLACES,
        travel=TRAVEL,
        services=[{**SERVICE, "trips_per_year": 90.0}, plant],
        levels=[
            *({**row, "footprint_ha": 1.5 * row["level"]} for row in LEVELS),
            {"service": "plant", "level": 1, "capacity": 70.0, "capex_mln": 6.0,
             "footprint_ha": 3.0, "emissions_t_per_year": 2.0,
             "supply_emissions_t_per_unit_year": 0.5},
        ],
        sites=[*s, {"site": "x", "service": "plant", "settlement": "a"}],
        facilities=[{"service": "s", "site": "a", "level": 1}],
        networks=[{"network": "power", "shed_mln_per_unit_year": 0.7}],
        network_nodes=[{"network": "power", "node": "na", "lat": 50.0, "lon": 70.0,
                        "settlement": "a"}],
        load_rates=[{"network": "power", "units_per_person": 0.3}],
        local_supplies=[{"network": "power", "option": "diesel",
                         "capex_mln_per_unit": 0.2, "emissions_t_per_unit_year": 2.5}],
        zones=[
            {"zone": "park", "kind": "protected", "lat": 50.2, "lon": 70.0,
             "radius_km": 4.0},
            {"zone": "fields", "kind": "agricultural",
             "outline": "POLYGON ((69.9 49.9, 70.1 49.9, 70.1 50.15, 69.9 50.15,"
             " 69.9 49.9))"},
        ],
        zone_permits=[{"kind": "protected", "is_permitted": False}],
        impacts=[
            {"impact": "land", "unit": "ha", "includes": "footprint"},
            {"impact": "co2", "unit": "t/year", "includes": "emissions"},
        ],
        impact_rates=[
            {"impact": "co2", "of": "travel", "rate": 0.002},
            {"impact": "land", "of": "local_capacity", "network": "power",
             "rate": 0.1},
        ],
        impact_limits=[
            {"limit": "fields", "period": "p2", "impact": "land", "most": 7.0,
             "kind": "agricultural", "is_hard": True},
            {"limit": "cap", "period": "p1", "impact": "co2", "most": 40.0,
             "region": "R", "excess_mln_per_unit_year": 0.05},
            {"limit": "tax", "period": "p2", "impact": "co2", "most": 0.0,
             "excess_mln_per_unit_year": 0.01},
            {"limit": "told", "period": "p2", "impact": "land", "most": 1.0},
        ],
    )  # fmt: skip


def running() -> Instance:
    """Second shift, a bus, staff and building capacity of two regions."""
    s = sites(max_units=2)
    s[0] |= {"status": "existing"}
    return tiny(
        periods=PERIODS,
        policies=POLICIES,
        settlements=PLACES,
        travel=TRAVEL,
        services=[{**SERVICE, "max_use_share": 0.9}],
        levels=LEVELS,
        sites=s,
        facilities=[
            {"service": "s", "site": "a", "level": 1, "renew_by_year": 2029},
        ],
        shifts=[{"service": "s", "from_level": 1, "extra_share": 0.35,
                 "cost_mln_per_unit_year": 0.023}],
        shift_limits=[
            {"shift_limit": "few", "service": "s", "period": "p1", "most_share": 0.21},
            {"shift_limit": "few", "service": "s", "period": "p3", "most_share": 0.13},
            {"shift_limit": "own", "service": "s", "period": "p2", "region": "Q",
             "most_share": 0.17},
        ],
        standards=[
            {"standard": "near", "service": "s", "scope": "region", "minutes": 16.0,
             "share": 0.8, "is_hard": False, "shortfall_mln_per_unit_year": 0.07},
        ],
        buses=[{"service": "s", "within_minutes": 30.0,
                "cost_mln_per_unit_year": 0.011, "cost_per_km": 7.0}],
        mobile_services=[
            {"mobile_service": "m", "service": "s", "days_per_year": 30.0,
             "units_per_day": 1.7, "within_minutes": 30.0, "most_share": 0.6,
             "cost_mln_per_team_year": 0.19, "cost_mln_per_day": 0.013,
             "cost_per_km": 370.0}
        ],
        professions=[{"profession": "teacher"}, {"profession": "nurse"}],
        staff_needs=[
            {"profession": "teacher", "service": "s", "level": 1, "posts": 2.9},
            {"profession": "teacher", "service": "s", "level": 2, "posts": 5.3},
            {"profession": "nurse", "service": "s", "level": 2, "posts": 1.7},
        ],
        staff_supply=[
            {"profession": "teacher", "region": "R", "period": f"p{t}",
             "available": 3.1 + t, "most_hired": 1.9, "hire_mln": 0.7,
             "most_trained": 4.3, "train_mln": 0.37}
            for t in (1, 2, 3)
        ] + [{"profession": "nurse", "region": "Q", "period": "p2", "available": 0.0,
              "hire_mln": 0.41}],
        building_capacity=[
            {"building_capacity": "mln", "period": "p1", "most_mln": 13.0},
            {"building_capacity": "both", "period": "p2", "region": "R",
             "service": "s", "most_mln": 7.0, "most_changes": 2.0},
        ],
        budgets=[
            {"budget": "till", "period": "p2", "amount_mln": 9.0, "covers": "operation",
             "is_hard": False, "overrun_price": 1.7},
        ],
    )  # fmt: skip


def scheme() -> Instance:
    """Anchors, an agglomeration with a limit, urban demand, the loss of links."""
    return tiny(
        periods=PERIODS[:2],
        policies=POLICIES,
        settlements=[{**place, "agglomeration": "A" if k else ""}
                     for k, place in enumerate(PLACES)],
        services=[SERVICE, {"service": "plant", "role": "supply", "network": "power",
                            "group": "", "cutoff_minutes": None}],
        levels=[*LEVELS, {"service": "plant", "level": 1, "capacity": 70.0,
                          "capex_mln": 6.0}],
        sites=[*sites(max_units=2),
               {"site": "plant", "service": "plant", "settlement": "a",
                "network_node": "na", "max_supply": 65.0}],
        travel=TRAVEL,
        networks=[{"network": "power", "shed_mln_per_unit_year": 0.31}],
        network_nodes=[
            {"network": "power", "node": f"n{code}", "settlement": code, "lat": 50.0,
             "lon": 70.0 + 0.1 * k}
            for k, code in enumerate("abc")
        ],
        network_links=[
            {"network": "power", "link": link, "from_node": a, "to_node": b,
             "length_km": 10.0, "capacity": 15.0, "voltage_kv": 110.0}
            for link, a, b in (("e0", "na", "nb"), ("e1", "nb", "nc"))
        ],
        link_upgrades=[{"network": "power", "link": "e1", "step": 1, "capacity": 17.0,
                        "capex_mln": 1.1}],
        local_supplies=[{"network": "power", "option": "solar",
                         "capex_mln_per_unit": 0.2}],
        load_rates=[{"network": "power", "units_per_person": 0.13}],
        growth_tiers=[{"tier": "t"}],
        growth_candidates=[{"settlement": "c", "tier": "t", "gain_share": 0.2,
                            "donors": "total"}],
        anchors=[{"anchor": "mill", "kind": "industry", "settlement": "b",
                  "first_period": "p2", "jobs": 9.0, "persons_per_job": 2.0,
                  "power_kw": 3.0}],
        agglomerations=[{"agglomeration": "A", "max_persons": 92.0}],
        agglomeration_demand=[
            {"agglomeration": "A", "service": service, "factor": 1.25}
            for service in (str(SERVICE["service"]), "power")
        ],
        contingencies=[
            {"contingency": "k0", "network": "power", "min_voltage_kv": 100.0,
             "served_share": 0.8, "shortfall_mln_per_unit_year": 0.07},
            {"contingency": "k1", "network": "power", "link": "e0",
             "served_share": 0.4, "is_hard": True, "first_period": "p2"},
        ],
    )  # fmt: skip


def money() -> Instance:
    """Sources with limits by period and year, carry-over and shares; partners."""
    return tiny(
        periods=PERIODS,
        policies=POLICIES,
        levels=[{"service": "s", "level": 1, "capacity": 100.0, "capex_mln": 11.0,
                 "opex_mln_per_year": 1.5}],
        funding_sources=[
            {"fund": "state", "carry_over": True, "interest": 0.03},
            {"fund": "town"},
        ],
        funding_limits=[
            {"fund": "state", "period": "p1", "amount_mln": 8.0},
            {"fund": "state", "year": 2026, "amount_mln": 0.5},
            {"fund": "state", "period": "p2", "amount_mln": 3.0},
        ],
        funding_eligibility=[
            {"fund": "state", "share_most": 0.9},
            {"fund": "town", "service": "s", "covers": "operation",
             "share_least": 0.2},
        ],
        partnerships=[
            {"partnership": "ppp", "region": "R", "share_most": 0.6, "limit_mln": 7.0,
             "premium": 0.09, "term_years": 6, "first_payment_years": 2},
            {"partnership": "other", "service": "s", "share_most": 0.7,
             "limit_mln": 3.0, "premium": 0.11, "term_years": 3},
        ],
        burdens=[{"burden": "all", "most_mln_per_year": 1.3}],
    )  # fmt: skip


CASES: dict[str, Callable[[], Instance]] = {
    "tiny": lambda: aumaq.read("tiny"),
    "services": services,
    "growth": growth,
    "power": power,
    "roads": roads,
    "land": land,
    "running": running,
    "scheme": scheme,
    "money": money,
}
