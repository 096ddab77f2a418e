"""Minutes and km that meet a limit exactly: model, tables and verifier agree."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest

import aumaq
from aumaq.instances import Instance, from_tables
from aumaq.instances.access.limits import beyond, within

Rows = list[dict[str, Any]]
LIMIT = 30
NEW_ROADS = ("", "middle", "all")


def late_splits(limit: int, step: int) -> list[list[str]]:
    """Return splits of whole km into three decimals whose binary sum is larger."""
    found = []
    for a in range(1, 10 * limit, step):
        for b in range(1, 10 * limit - a):
            parts = [a / 10, b / 10, (10 * limit - a - b) / 10]
            exact = sum(Fraction(str(part)) for part in parts)
            if exact == limit and sum(parts) > limit:
                found.append([str(part) for part in parts])
    return found


def road_case(lengths: list[str], *, is_hard: bool, new: str) -> Instance:
    """Return village v, and its road of *lengths* to a centre c that has the school.

    *new*: which links must be built first, at 7 mln. A link of no length comes last.
    """
    nodes = [f"n{k}" for k in range(len(lengths) + 2)]
    links: Rows = [
        {"from_node": a, "to_node": b, "length_km": float(km), "road_class": "r"}
        for (a, b), km in zip(pairwise(nodes), [*lengths, "0"], strict=True)
    ]
    built = links[1:2] if new == "middle" else links if new == "all" else []
    soft = {"is_hard": is_hard}
    tables: dict[str, Rows] = {
        "instance": [{"name": "exact", "title": "exact", "base_year": 2026}],
        "policies": [{"count_residual_value": False}],
        "periods": [{"period": "p", "first_year": 2026, "years": 1}],
        "scenarios": [{"scenario": "b"}],
        "groups": [{"group": "g", "share_urban": 1.0, "share_rural": 1.0}],
        "services": [
            {"service": name, "group": "g", "cutoff_minutes": float(LIMIT),
             "nearest_sites": 0, "unserved_mln_per_unit_year": 100.0}
            for name in ("school", "post")
        ],
        "levels": [
            {"service": name, "level": 1, "capacity": 100, "capex_mln": 0.0,
             "opex_mln_per_year": 1.0}
            for name in ("school", "post")
        ],
        "settlements": [
            {"settlement": "v", "name": "v", "kind": "village", "region": "R",
             "lat": 50.0, "lon": 70.0, "population": 10, "internal_minutes": 0.0,
             "node": nodes[0]},
            {"settlement": "c", "name": "c", "kind": "village", "region": "R",
             "lat": 50.3, "lon": 70.0, "population": 0, "internal_minutes": 0.0,
             "node": nodes[-1]},
        ],
        "sites": [
            {"service": "school", "site": "s", "settlement": "c",
             "status": "candidate"},
            {"service": "post", "site": "o", "settlement": "v",
             "status": "candidate"},
        ],
        "road_classes": [{"road_class": "r", "speed_kmh": 60.0}],
        "road_nodes": [
            {"node": node, "lat": 50.0 + 0.01 * k, "lon": 70.0}
            for k, node in enumerate(nodes)
        ],
        "road_links": [link for link in links if link not in built],
        "road_upgrades": [{"upgrade": "u", "capex_mln": 7.0}] if built else [],
        "road_upgrade_links": [{"upgrade": "u", **link} for link in built],
        "standards": [
            {"standard": "near", "service": "school", "minutes": float(LIMIT),
             "share": 1.0, "shortfall_mln_per_unit_year": 50.0, **soft}
        ],
        "connections": [
            {"connection": "way", "from_settlement": "v", "to_settlement": "c",
             "minutes": float(LIMIT), "shortfall_mln_per_year": 500.0, **soft}
        ],
        "referrals": []
        if built  # referrals count the roads of today
        else [{"referral": "r", "service": "post", "to_service": "school",
               "minutes": float(LIMIT)}],
    }  # fmt: skip
    return from_tables({name: pd.DataFrame(rows) for name, rows in tables.items()})


@pytest.mark.few(1)
@pytest.mark.parametrize("new", NEW_ROADS)
@pytest.mark.parametrize("is_hard", [False, True])
def test_a_way_of_exactly_the_limit_is_in_time(new: str, *, is_hard: bool) -> None:
    """Cut-off, standard, connection and referral of 30 minutes hold at 30.0 km.

    A school and a post office, 1 mln each, and 7 mln for the road that is missing.
    """
    splits = late_splits(LIMIT, 37)
    cheapest = 2.0 + (7.0 if new else 0.0)
    lengths = splits[3 * NEW_ROADS.index(new) + int(is_hard)]
    plan = aumaq.solve(road_case(lengths, is_hard=is_hard, new=new), gap=0.0)
    assert plan.objective_mln == pytest.approx(cheapest)
    assert plan.bound_mln == pytest.approx(cheapest)
    assert plan.record["problems"] == []
    assert plan.tables["connections"]["is_met"].all()
    assert (plan.tables["shortfalls"]["shortfall"] == 0).all()


def test_a_tenth_of_a_kilometre_more_is_late() -> None:
    """The tolerance excuses rounding and nothing else: 30.1 km are not 30 minutes."""
    plan = aumaq.solve(road_case(["10", "20.1"], is_hard=False, new=""), gap=0.0)
    assert plan.record["problems"] == []
    assert plan.objective_mln > 1000.0
    assert not plan.tables["connections"]["is_met"].any()


def test_one_tolerance_both_ways() -> None:
    """What is within a limit is not beyond it; no time at all keeps no limit."""
    values = [29.999, 30.0, 30.000000000000004, 30.0001, float("nan")]
    assert within(values, 30.0).tolist() == [True, True, True, False, False]
    assert beyond(values, 30.0).tolist() == [False, False, False, True, True]
