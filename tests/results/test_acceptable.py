"""What keeps a plan acceptable: a reserve, limits, transport, sizes; by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from brute_force import best_plan_cost
from service_case import SERVICE, tiny

import aumaq
from aumaq.instances import Instance, InstanceError
from aumaq.results import Plan

STANDS = {
    "sites": [
        {"site": "a", "service": "s", "settlement": "a", "status": "existing"},
        {"site": "b", "service": "s", "settlement": "b"},
    ],
    "facilities": [{"service": "s", "site": "a", "level": 1}],
}


def with_service(*, stands: bool = True, **columns: Any) -> Instance:
    """Return two villages of 100 people; a place for 100 stands in one of them."""
    kept = {key: columns.pop(key) for key in ("levels", "travel", "policies", "sites")
            if key in columns}  # fmt: skip
    tables = {**(STANDS if stands else {}), **kept}
    return tiny(services=[{**SERVICE, **columns}], **tables)


def solved(instance: Instance) -> Plan:
    """Return the optimal plan, which is verified and as cheap as by enumeration."""
    plan = aumaq.solve(instance, gap=0.0)
    assert plan.record["problems"] == []
    assert plan.objective_mln == pytest.approx(best_plan_cost(instance))
    return plan


def test_a_reserve_of_places() -> None:
    """Of 100 places 90 may be used: 10 of 100 people stay out, and all of b (110)."""
    plan = solved(with_service(max_use_share=0.9, cutoff_minutes=20.0, nearest_sites=0,
                               levels=[{"service": "s", "level": 1, "capacity": 100.0,
                                        "capex_mln": 500.0}]))  # fmt: skip
    assert plan.facilities["capacity_use_share"].tolist() == pytest.approx([0.9])
    assert plan.facilities["used"].tolist() == pytest.approx([90.0])
    assert plan.objective_mln == pytest.approx(110.0)


def test_a_reserve_that_is_not_there_is_told() -> None:
    """Who must be served where no place is left to use is no riddle of the solver."""
    with pytest.raises(InstanceError, match="hold 90 at most"):
        with_service(max_use_share=0.9, may_be_unserved=False, nearest_sites=0,
                     cutoff_minutes=20.0)  # fmt: skip


@pytest.mark.slow
def test_nobody_counts_as_served_beyond_the_limit() -> None:
    """Of its two nearest sites one runs, 30 minutes away: within 29 b stays out."""
    levels = [{"service": "s", "level": 1, "capacity": 200.0, "capex_mln": 500.0}]
    free, bound = (
        with_service(cutoff_minutes=10.0, nearest_sites=2, levels=levels,
                     served_within_minutes=limit)
        for limit in (30.0, 29.0)
    )  # fmt: skip
    assert solved(free).unserved.empty
    assert solved(bound).unserved["settlement"].tolist() == ["b"]
    # Building there is the only way to serve b, and then it is what is done.
    cheap = [{**levels[0], "capex_mln": 50.0}]
    near = with_service(cutoff_minutes=10.0, served_within_minutes=29.0, levels=cheap)
    assert solved(near).objective_mln == pytest.approx(50.0)


def test_companions_and_kilometres_by_hand() -> None:
    """100 units x 10 trips x 1.5 persons x (30 min at 2,000 an hour; 40 km at 50)."""
    plan = solved(
        with_service(
            trips_per_year=10.0,
            companions_per_trip=0.5,
            transport_cost_per_km=50.0,
            policies=[{"value_of_time_per_hour": 2000.0}],
            travel=[{"settlement": "b", "site": "a", "minutes": 30.0,
                     "length_km": 40.0}],
            levels=[{"service": "s", "level": 1, "capacity": 200.0,
                     "capex_mln": 500.0}],
        )
    )  # fmt: skip
    terms = plan.objective.set_index("term")["discounted_mln"]
    assert terms["travel"] == pytest.approx(1.5)
    assert terms["transport"] == pytest.approx(3.0)
    money = plan.money.set_index("item")["amount_mln"]
    assert money["transport"] == pytest.approx(3.0)


def test_kilometres_decide_where_minutes_do_not() -> None:
    """Two sites equally far in minutes: people go where the way is shorter."""
    plan = solved(
        tiny(
            settlements=[{"settlement": c, "population": 0.0 if c != "c" else 100.0}
                         for c in "abc"],
            services=[{**SERVICE, "trips_per_year": 1.0, "transport_cost_per_km": 9.0}],
            sites=[{"site": c, "service": "s", "settlement": c, "status": "existing"}
                   for c in "ab"],
            facilities=[{"service": "s", "site": c, "level": 1} for c in "ab"],
            travel=[{"settlement": "c", "site": site, "minutes": 30.0, "length_km": km}
                    for site, km in (("a", 9.0), ("b", 8.0))],
        )
    )  # fmt: skip
    assert plan.allocation["site"].tolist() == ["b"]


LEVELS = [
    {"service": "s", "level": 1, "capacity": 60.0, "capex_mln": 10.0},
    {"service": "s", "level": 2, "capacity": 200.0, "capex_mln": 16.0,
     "min_population": 101.0},
]  # fmt: skip


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("credit", "price"), [(1.0, 6.0), (0.5, 11.0), (0.2, 14.0), (0.0, 16.0)]
)
def test_enlarging_costs_what_the_old_building_does_not_spare(
    credit: float, price: float
) -> None:
    """From 10 to 16 mln: 16 - credit x 10, whatever opening anew would cost."""
    levels = [LEVELS[0], {**LEVELS[1], "min_population": 0.0}]
    instance = with_service(
        enlarge_credit_share=credit, levels=levels, sites=STANDS["sites"][:1],
        travel=[{"settlement": "b", "site": "a", "minutes": 30.0}],
    )  # fmt: skip
    plan = solved(instance)
    action = plan.actions[plan.actions["action"] == "enlarge"]
    assert action["cost_mln"].tolist() == pytest.approx([price])


@pytest.mark.slow
def test_large_levels_need_large_places() -> None:
    """100 people are too few for level 2: what stands may stay, none is built."""
    plan = solved(with_service(levels=LEVELS))
    assert set(plan.facilities["level"]) == {1}
    grown = STANDS | {"facilities": [{"service": "s", "site": "a", "level": 2}]}
    kept = solved(tiny(services=[SERVICE], levels=LEVELS, **grown))
    assert kept.facilities["level"].tolist() == [2]
    assert set(kept.actions["action"]) <= {"keep"}


@pytest.mark.slow
def test_only_the_level_that_fits_stands_in_for_a_larger_one() -> None:
    """Level 1 holds all that comes, but only level 2 may be built: it is known."""
    levels = [{**LEVELS[0], "capacity": 400.0, "min_population": 1e6},
              {**LEVELS[1], "capacity": 500.0, "min_population": 0.0}]  # fmt: skip
    grown = STANDS | {"facilities": [{"service": "s", "site": "a", "level": 1}]}
    settlements = [{"settlement": "a", "population": 10.0},
                   {"settlement": "b", "population": 100.0}]  # fmt: skip
    plan = solved(
        tiny(services=[{**SERVICE, "cutoff_minutes": 10.0, "nearest_sites": 0}],
             levels=levels, settlements=settlements, **grown)
    )  # fmt: skip
    assert plan.unserved.empty
    assert plan.facilities.set_index("site")["level"].to_dict() == {"a": 1, "b": 2}


def test_sites_where_nothing_fits_are_no_options() -> None:
    """The nearest site of c could never hold anything: the next one is its option."""
    instance = tiny(
        settlements=[{"settlement": "a", "population": 50.0},
                     {"settlement": "b", "population": 500.0},
                     {"settlement": "c", "population": 50.0}],
        services=[{**SERVICE, "cutoff_minutes": 1.0}],
        levels=[{"service": "s", "level": 1, "capacity": 600.0, "capex_mln": 1.0,
                 "min_population": 100.0}],
        travel=[{"settlement": "c", "site": "a", "minutes": 30.0},
                {"settlement": "c", "site": "b", "minutes": 40.0}],
    )  # fmt: skip
    options = instance.access("s")
    assert options[["settlement", "site"]].to_numpy().tolist() == [
        ["b", "b"],
        ["c", "b"],
    ]


def detour(**columns: Any) -> Instance:
    """Return b, 30 km of earth road from a, and a motorway round of 60 km to build."""
    nodes = {"na": (50.0, 70.0), "nb": (50.1, 70.0), "nc": (50.05, 70.2)}
    return tiny(
        settlements=[{"settlement": "a", "node": "na"},
                     {"settlement": "b", "node": "nb"}],
        services=[{**SERVICE, "trips_per_year": 100.0, **columns}],
        policies=[{"value_of_time_per_hour": 600.0}],
        levels=[{"service": "s", "level": 1, "capacity": 200.0, "capex_mln": 500.0}],
        travel=[],
        road_classes=[{"road_class": "earth", "speed_kmh": 30.0},
                      {"road_class": "motorway", "speed_kmh": 120.0}],
        road_nodes=[{"node": n, "lat": lat, "lon": lon}
                    for n, (lat, lon) in nodes.items()],
        road_links=[{"from_node": "na", "to_node": "nb", "length_km": 30.0,
                     "road_class": "earth"}],
        road_upgrades=[{"upgrade": "round", "capex_mln": 1.0}],
        road_upgrade_links=[
            {"upgrade": "round", "from_node": "na", "to_node": "nc",
             "length_km": 30.0, "road_class": "motorway"},
            {"upgrade": "round", "from_node": "nc", "to_node": "nb",
             "length_km": 30.0, "road_class": "motorway"},
        ],
        connections=[{"connection": "ab", "from_settlement": "a",
                      "to_settlement": "b", "minutes": 40.0, "is_hard": True}],
        **STANDS,
    )  # fmt: skip


@pytest.mark.few(2)
@pytest.mark.parametrize("formulation", ["strong", "weak"])
@pytest.mark.parametrize("method", ["direct", "blocks"])
def test_people_take_the_fastest_way_that_stands(method: str, formulation: str) -> None:
    """The round must be built; then b goes it, though the old way is cheaper.

    Time: 60 min at 600 an hour are 600, 30 min are 300. At 50 a km the old way costs
    600 + 1,500, the round 300 + 3,000.
    """
    instance = detour(transport_cost_per_km=50.0)
    plan = aumaq.solve(instance, gap=0.0, method=method, formulation=formulation)
    assert plan.record["problems"] == []
    assert plan.objective_mln == pytest.approx(best_plan_cost(instance))
    if method == "direct":
        assert plan.bound_mln == pytest.approx(plan.objective_mln)
    way = plan.allocation.query("settlement == 'b'")
    assert way[["minutes", "length_km"]].to_numpy().tolist() == [
        pytest.approx([30.0, 60.0])
    ]
    terms = plan.objective.set_index("term")["discounted_mln"]
    assert terms["transport"] == pytest.approx(100 * 100 * 60 * 50 / 1e6)


def test_of_equally_fast_ways_the_shortest_counts() -> None:
    """20 km at 40 km/h and 15 km at 30 km/h take 30 minutes: it is 15 km."""
    instance = tiny(
        settlements=[{"settlement": "a", "node": "na"},
                     {"settlement": "b", "node": "nb"}],
        services=[{**SERVICE, "trips_per_year": 1.0, "transport_cost_per_km": 1.0}],
        levels=[{"service": "s", "level": 1, "capacity": 200.0, "capex_mln": 500.0}],
        travel=[],
        road_classes=[{"road_class": "slow", "speed_kmh": 30.0},
                      {"road_class": "fast", "speed_kmh": 40.0}],
        road_nodes=[{"node": n, "lat": 50.0 + k / 10, "lon": 70.0}
                    for k, n in enumerate(("na", "nm", "nb"))],
        road_links=[
            {"from_node": "na", "to_node": "nb", "length_km": 20.0,
             "road_class": "fast"},
            {"from_node": "na", "to_node": "nm", "length_km": 7.0,
             "road_class": "slow"},
            {"from_node": "nm", "to_node": "nb", "length_km": 8.0,
             "road_class": "slow"},
        ],
        **STANDS,
    )  # fmt: skip
    plan = solved(instance)
    way = plan.allocation.query("settlement == 'b'")
    assert way[["minutes", "length_km"]].to_numpy().tolist() == [
        pytest.approx([30.0, 15.0])
    ]


def corrupted(plan: Plan, table: str, column: str, value: object) -> list[str]:
    """Return the rules that the verifier says are broken after a change of a row."""
    frame = plan.table(table).copy()
    frame.loc[frame.index[0], column] = value
    tables: dict[str, pd.DataFrame] = {**plan.tables, table: frame}
    found = aumaq.verify(plan.instance, tables, claimed_objective_mln=None)
    return [problem.rule for problem in found.problems]


@pytest.mark.slow
def test_the_verifier_knows_the_rules() -> None:
    """A plan of an instance without a rule breaks the rule where it holds."""
    levels = [{"service": "s", "level": 1, "capacity": 200.0, "capex_mln": 500.0}]
    usual = {"cutoff_minutes": 10.0, "nearest_sites": 2, "levels": levels,
             "trips_per_year": 10.0}  # fmt: skip
    plan = solved(with_service(**usual))
    for columns, rule in (
        ({"max_use_share": 0.9}, "capacity:s"),
        ({"served_within_minutes": 29.0}, "access:s"),
        ({"transport_cost_per_km": 9.0,
          "travel": [{"settlement": "b", "site": "a", "minutes": 30.0,
                      "length_km": 5.0}]}, "objective"),
    ):  # fmt: skip
        other = with_service(**{**usual, **columns})
        found = aumaq.verify(other, plan.tables, claimed_objective_mln=None)
        assert rule in [problem.rule for problem in found.problems]
    assert "access:s" in corrupted(plan, "allocation", "length_km", 1.0)


@pytest.mark.slow
def test_the_verifier_knows_sizes_and_companions() -> None:
    """A level for large places, and trips that were counted alone."""
    free = [LEVELS[0], {**LEVELS[1], "min_population": 0.0}]
    plan = solved(with_service(levels=free))
    assert 2 in set(plan.facilities["level"])
    other = with_service(levels=LEVELS)
    found = aumaq.verify(other, plan.tables, claimed_objective_mln=None)
    assert "siting:s" in [problem.rule for problem in found.problems]
    travels = {
        "trips_per_year": 10.0,
        "levels": [{**LEVELS[0], "capacity": 200.0, "capex_mln": 500.0}],
        "policies": [{"value_of_time_per_hour": 2000.0}],
    }
    alone = solved(with_service(**travels))
    other = with_service(companions_per_trip=1.0, **travels)
    found = aumaq.verify(other, alone.tables, claimed_objective_mln=None)
    assert {problem.rule for problem in found.problems} == {"objective"}


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("max_use_share", 0.9, "expected 1: nobody comes"),
        ("served_within_minutes", 30.0, "expected nothing: nobody comes"),
        ("companions_per_trip", 1.0, "expected 0: nobody comes"),
        ("transport_cost_per_km", 1.0, "expected 0: nobody comes"),
    ],
)
def test_what_is_said_of_visitors_needs_visitors(
    column: str, value: float, text: str
) -> None:
    """A plant has no visitors, and no reserve of places."""
    plant = {"service": "plant", "role": "supply", "network": "power", "group": "",
             "cutoff_minutes": None, column: value}  # fmt: skip
    with pytest.raises(InstanceError, match=text):
        tiny(services=[SERVICE, plant], networks=[{"network": "power"}])


def test_a_minimum_use_within_the_reserve() -> None:
    """95 of 100 must come, 90 may: no plan could hold both."""
    with pytest.raises(InstanceError, match="expected at most 90"):
        with_service(max_use_share=0.9, levels=[{**LEVELS[0], "capacity": 100.0,
                                                 "min_use": 95.0}])  # fmt: skip


def test_something_must_stand_where_nothing_fits() -> None:
    """A required site in a village too small for every level is told."""
    sites = [{"site": "a", "service": "s", "settlement": "a", "status": "required"},
             STANDS["sites"][1]]  # fmt: skip
    levels = [{**LEVELS[0], "min_population": 101.0}]
    with pytest.raises(InstanceError, match="so few people"):
        tiny(services=[SERVICE], sites=sites, levels=levels)
