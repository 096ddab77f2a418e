"""A territory of two regions and a plan written by hand, for indicators."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pandas as pd
from grid_example import PLANT
from tiny_instances import Row, Rows, tiny

from aumaq.instances import Instance
from aumaq.instances.schema.plan import PLAN_TABLES
from aumaq.results.plan.plan import Plan

DTYPES = {"text": "str", "number": "float64", "flag": "bool"}
LINK = {"network": "power", "length_km": 1.0, "capacity": 90.0}


def of(formula: str, **columns: Any) -> Row:
    """Return a row of ``indicators``."""
    return {"indicator": formula, "formula": formula, **columns}


def territory(**tables: Rows) -> Instance:
    """Return a town *a* and a village *b* in R, a town *c* in Q, on one road.

    a (100 people, growth point) - 10 km earth - b (50); a - 60 km asphalt - c (60 km/h
    both). An upgrade paves a - b at 120 km/h. People double in p2. The service's one
    facility of today, 120 places, is in a. A plant of 60 kW feeds a ring a - b; c hangs
    on one line; everybody needs 0.4 kW.
    """
    rows: dict[str, Rows] = {
        "periods": [
            {"period": "p1", "first_year": 2026, "years": 5},
            {"period": "p2", "first_year": 2031, "years": 5},
        ],
        "settlements": [
            {"settlement": "a", "kind": "town", "population": 100.0, "node": "a",
             "district": "d", "is_growth_point": True},
            {"settlement": "b", "population": 50.0, "node": "b", "district": "d"},
            {"settlement": "c", "kind": "town", "population": 60.0, "node": "c",
             "region": "Q"},
        ],
        "growth": [
            {"scenario": "base", "region": "", "period": p, "factor": f}
            for p, f in (("p1", 1.0), ("p2", 2.0))
        ],
        "services": [
            {"service": "s", "unserved_mln_per_unit_year": 1.0, "trips_per_year": 5.0,
             "companions_per_trip": 1.0, "transport_cost_per_km": 50.0,
             "cutoff_minutes": 90.0},
            dict(PLANT),
        ],
        "levels": [
            {"service": "s", "level": 1, "capacity": 120.0, "capex_mln": 10.0,
             "emissions_t_per_year": 7.0},
            {"service": "plant", "level": 1, "capacity": 60.0, "capex_mln": 1.0,
             "supply_emissions_t_per_unit_year": 2.0},
        ],
        "sites": [
            {"site": "a", "service": "s", "settlement": "a", "status": "existing"},
            {"site": "c", "service": "s", "settlement": "c", "status": "candidate"},
            {"site": "a", "service": "plant", "settlement": "a", "status": "existing"},
        ],
        "facilities": [
            {"service": "s", "site": "a", "level": 1},
            {"service": "plant", "site": "a", "level": 1},
        ],
        "budgets": [
            {"budget": "all", "period": "p1", "amount_mln": 40.0},
            {"budget": "q", "period": "p1", "amount_mln": 20.0, "region": "Q"},
        ],
        "travel": [],
        "road_nodes": [
            {"node": n, "lat": 50.0 + 0.1 * k, "lon": 70.0}
            for k, n in enumerate("abc")
        ],
        "road_classes": [
            {"road_class": "earth", "speed_kmh": 60.0, "surface": "earth"},
            {"road_class": "asphalt", "speed_kmh": 60.0, "surface": "paved"},
            {"road_class": "fast", "speed_kmh": 120.0, "surface": "paved"},
        ],
        "road_links": [
            {"from_node": "a", "to_node": "b", "length_km": 10.0,
             "road_class": "earth"},
            {"from_node": "a", "to_node": "c", "length_km": 60.0,
             "road_class": "asphalt"},
        ],
        "road_upgrades": [{"upgrade": "u", "region": "R", "capex_mln": 5.0}],
        "road_upgrade_links": [
            {"upgrade": "u", "from_node": "a", "to_node": "b", "length_km": 10.0,
             "road_class": "fast"}
        ],
        "connections": [
            {"connection": "cb", "from_settlement": "b", "to_settlement": "a",
             "minutes": 8.0},
            {"connection": "cc", "from_settlement": "c", "to_settlement": "a",
             "minutes": 60.0},
        ],
        "networks": [{"network": "power", "shed_mln_per_unit_year": 0.5}],
        "network_nodes": [
            {"network": "power", "node": f"n{s}", "lat": 50.0, "lon": 70.0,
             "settlement": s}
            for s in "abc"
        ],
        "network_links": [
            {**LINK, "link": "ab1", "from_node": "na", "to_node": "nb"},
            {**LINK, "link": "ab2", "from_node": "na", "to_node": "nb"},
            {**LINK, "link": "ac", "from_node": "na", "to_node": "nc"},
        ],
        "load_rates": [{"network": "power", "units_per_person": 0.4}],
        "local_supplies": [
            {"network": "power", "option": "sun", "capex_mln_per_unit": 1.0,
             "emissions_t_per_unit_year": 0.5}
        ],
        **tables,
    }  # fmt: skip
    return tiny(**rows)


def hand_rows() -> dict[str, Rows]:
    """Return rows of a plan: p1 much as today, in p2 a site in c and the upgrade."""
    p1, p2 = {"period": "p1", "service": "s"}, {"period": "p2", "service": "s"}
    power = {"network": "power"}
    return {
        "facilities": [
            {**p1, "site": "a", "settlement": "a", "region": "R", "level": 1,
             "units": 1, "capacity": 120.0},
            {**p2, "site": "a", "settlement": "a", "region": "R", "level": 1,
             "units": 2, "capacity": 240.0},
            {**p2, "site": "c", "settlement": "c", "region": "Q", "level": 1,
             "units": 1, "capacity": 120.0},
        ],
        "allocation": [
            {**p1, "settlement": "a", "site": "a", "demand": 100.0, "minutes": 0.0},
            {**p1, "settlement": "b", "site": "a", "demand": 20.0, "minutes": 10.0,
             "length_km": 10.0},
            {**p2, "settlement": "a", "site": "a", "demand": 200.0, "minutes": 0.0},
            {**p2, "settlement": "b", "site": "a", "demand": 40.0, "minutes": 5.0,
             "length_km": 10.0},
            {**p2, "settlement": "c", "site": "c", "demand": 120.0, "minutes": 0.0},
        ],
        "unserved": [
            {**p1, "settlement": "b", "demand": 30.0},
            {**p1, "settlement": "c", "demand": 60.0},
            {**p2, "settlement": "b", "demand": 60.0},
        ],
        "money": [
            {**p1, "region": "R", "item": "building", "amount_mln": 12.0},
            {**p1, "region": "", "item": "renewal", "amount_mln": 9.0},
            {**p1, "region": "R", "item": "operation", "amount_mln": 500.0},
        ],
        "budgets": [
            {"budget": "all", "period": "p1", "limit_mln": 40.0, "spent_mln": 21.0},
            {"budget": "q", "period": "p1", "limit_mln": 20.0, "spent_mln": 9.0},
        ],
        "road_upgrades": [
            {"upgrade": "u", "region": "R", "period": "p2", "capex_mln": 5.0}
        ],
        "connections": [
            {"connection": c, "from_settlement": c[1], "period": p, "is_met": met}
            for c, p, met in (
                ("cb", "p1", False), ("cc", "p1", True), ("cb", "p2", True),
                ("cc", "p2", True),
            )
        ],
        "flows": [
            {**power, "link": link, "from_node": a, "to_node": b, "period": p,
             "capacity": 90.0}
            for link, a, b in (("ab1", "na", "nb"), ("ab2", "na", "nb"),
                               ("ac", "na", "nc"))
            for p in ("p1", "p2")
        ],
        "sources": [
            {**power, "service": "plant", "site": "a", "node": "na", "period": p,
             "level": 1, "supply": 60.0, "capacity": 60.0}
            for p in ("p1", "p2")
        ],
        "local_supply": [
            {**power, "node": "nc", "settlement": "c", "option": "sun",
             "period": "p2", "capacity": 24.0, "supply": 20.0}
        ],
        "loads": [
            {**power, "node": f"n{s}", "settlement": s, "period": p, "base_load": load,
             "from_network": load - shed - local, "shed": shed, "local_supply": local}
            for s, p, load, shed, local in (
                ("a", "p1", 40.0, 0.0, 0.0), ("b", "p1", 20.0, 0.0, 0.0),
                ("c", "p1", 24.0, 24.0, 0.0), ("a", "p2", 80.0, 40.0, 0.0),
                ("b", "p2", 40.0, 0.0, 0.0), ("c", "p2", 48.0, 0.0, 36.0),
            )
        ],
    }  # fmt: skip


def hand_plan(instance: Instance) -> Plan:
    """Return the plan of :func:`hand_rows`; nothing about it was optimised."""
    rows, tables = hand_rows(), {}
    blank = {"text": "", "number": 0.0, "flag": False}
    for name, words in PLAN_TABLES.items():
        frame = pd.DataFrame(rows.get(name, []))
        assert set(frame) <= set(words), name
        frame = frame.reindex(columns=list(words))
        for column, kind in words.items():
            cells = frame[column].astype(object)
            frame[column] = cells.where(cells.notna(), blank[kind]).astype(DTYPES[kind])
        tables[name] = frame
    return Plan(instance, MappingProxyType(tables), MappingProxyType({}))
