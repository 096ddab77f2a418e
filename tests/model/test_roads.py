"""Roads: ways and what they need, against networkx; false plans; broken tables."""

from __future__ import annotations

from itertools import chain, combinations
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from corruptions import ON_ROADS
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from road_instances import road_instances
from tiny_case import may_run, read_case
from two_villages import two_villages

import aumaq
from aumaq.instances import Instance, InstanceError, NoPlanError
from aumaq.results import Plan


def road_graph(instance: Instance, built: set[str]) -> nx.Graph:
    """Return the roads once *built* stands, by minutes (parallel links: fastest)."""
    season = instance.table("policies")["season"][0]
    classes = instance.table("road_classes").set_index("road_class")
    later = instance.table("road_upgrade_links")
    links = pd.concat(
        [instance.table("road_links"), later[later["upgrade"].isin(built)]]
    )
    graph = nx.Graph()
    graph.add_nodes_from(instance.table("road_nodes")["node"])
    for row in links.itertuples():
        wet = classes["wet_speed_kmh"][row.road_class]
        dry = classes["speed_kmh"][row.road_class]
        minutes = row.length_km / (wet if season == "wet" and wet == wet else dry) * 60
        known = graph.get_edge_data(row.from_node, row.to_node, {"minutes": minutes})
        graph.add_edge(
            row.from_node, row.to_node, minutes=min(minutes, known["minutes"])
        )
    return graph


def ways_of(instance: Instance) -> dict[str, tuple[str, float]]:
    """Return the road node of each settlement and the minutes to it."""
    tied = instance.snapping.set_index("settlement")
    rows = instance.table("settlements").set_index("settlement")
    return {
        place: (rows["node"][place], 0.0)
        if rows["node"][place]
        else (tied["node"][place], float(tied["distance_km"][place]) * 1.3 * 2.0)
        for place in instance.settlement_ids
    }


@pytest.mark.slow
@examples(20)
@given(instance=road_instances("free"))
def test_ways_are_all_that_matter(instance: Instance) -> None:
    """Whatever is built, the fastest option whose needs stand is the fastest path."""
    upgrades, tie = instance.upgrade_names, ways_of(instance)
    inner = instance.table("settlements").set_index("settlement")["internal_minutes"]
    subsets = chain.from_iterable(
        combinations(upgrades, k) for k in range(len(upgrades) + 1)
    )
    for built in map(set, subsets):
        graph = road_graph(instance, built)
        minutes = dict(nx.all_pairs_dijkstra_path_length(graph, weight="minutes"))
        for service in instance.service_names:
            options, row = instance.access(service), instance.service(service)
            limits = row[["cutoff_minutes", "served_within_minutes"]]
            options = options[options["settlement"] != options["site"]]
            stands = [
                set(text.split("; ") if text else []) <= built
                for text in options["needs"]
            ]
            usable = options[np.array(stands, dtype=bool)]
            best = usable.groupby(["settlement", "site"])["minutes"].min()
            for (place, site), found in best.items():
                (a, first), (b, last) = tie[place], tie[site]
                real = minutes[a][b] + first + last + inner[place]
                assert found == pytest.approx(real, abs=1e-6)
            for place, site in set(product_of(instance, service)) - set(best.index):
                (a, first), (b, last) = tie[place], tie[site]
                real = minutes[a].get(b, float("inf")) + first + last + inner[place]
                assert real > limits.min() - 1e-6


def product_of(instance: Instance, service: str) -> list[tuple[str, str]]:
    """Return pairs of a settlement and a site elsewhere where something may run."""
    case = read_case(instance)
    usable = [
        site["site"]
        for site in case.of("sites", service)
        if site["status"] != "forbidden" and may_run(case, site)
    ]
    return [(a, b) for a in instance.settlement_ids for b in usable if a != b]


@pytest.mark.slow
@examples(12)
@given(instance=road_instances("free"), weak=st.booleans())
def test_minutes_of_plans_are_those_of_networkx(instance: Instance, weak: bool) -> None:
    """Every allocation of a plan takes as long as the fastest path on its roads."""
    try:
        plan = aumaq.solve(instance, gap=0.0, formulation="weak" if weak else "strong")
    except NoPlanError:
        return
    tie, built = ways_of(instance), plan.table("road_upgrades")
    inner = instance.table("settlements").set_index("settlement")["internal_minutes"]
    periods = instance.period_names
    for t in range(len(periods)):
        by_now = built["period"].isin(periods[: t + 1])
        graph = road_graph(instance, set(built.loc[by_now, "upgrade"]))
        rows = plan.allocation
        for row in rows[rows["period"] == periods[t]].itertuples():
            (a, first), (b, last) = tie[row.settlement], tie[row.site]
            path = nx.dijkstra_path_length(graph, a, b, weight="minutes")
            path = 0.0 if row.settlement == row.site else path + first + last
            assert row.minutes == pytest.approx(path + inner[row.settlement], abs=1e-6)


@pytest.fixture(scope="module")
def plan() -> Plan:
    """The joint plan of two villages: one school and the road."""
    return aumaq.solve(two_villages(price=5.0), gap=0.0)


@pytest.mark.parametrize("name", ON_ROADS)
def test_false_plans_are_found(plan: Plan, name: str) -> None:
    """Each corruption is found under the rule that it breaks."""
    change, rule = ON_ROADS[name]
    tables = dict(plan.tables)
    change(tables)
    found = aumaq.verify(
        plan.instance, tables, claimed_objective_mln=plan.objective_mln
    )
    assert plan.is_verified
    assert rule in {problem.rule for problem in found.problems}


def row_of(instance: Instance, table: str, **values: Any) -> dict[str, pd.DataFrame]:
    """Return a table with values in its first row."""
    return {table: instance.table(table).assign(**values)}


@pytest.mark.slow
def test_broken_roads_are_told() -> None:
    """Upgrades and connections that cannot be, each with its message."""
    good = two_villages(price=5.0)
    links = good.table("road_upgrade_links")
    travel = pd.DataFrame([{"settlement": "a", "site": "b", "minutes": 3.0}])
    for tables, text in (
        ({"road_upgrade_links": links.iloc[:0]}, "no row in road_upgrade_links"),
        (row_of(good, "road_upgrade_links", to_node="na"), "two different ends"),
        (row_of(good, "road_upgrade_links", road_class="mud"), "no such road_class"),
        (row_of(good, "road_upgrade_links", upgrade="h"), "no such upgrade"),
        (row_of(good, "connections", to_settlement="a"), "two different settlements"),
        (row_of(good, "connections", minutes=2.0, is_hard=True), "is never within"),
        ({"travel": travel}, "travel times are given outright"),
        (
            row_of(good, "road_upgrades", upgrade="a; b")
            | row_of(good, "road_upgrade_links", upgrade="a; b"),
            "a code without",
        ),
    ):
        with pytest.raises(InstanceError, match=text):
            good.replace(**tables)


def test_odd_roads_are_warned_of() -> None:
    """An upgrade that makes nothing faster, a priced rule that can never hold."""
    good = two_villages(price=5.0)
    slow = good.replace(**row_of(good, "road_upgrade_links", road_class="earth"))
    assert any("is no faster" in str(problem) for problem in slow.warnings)
    far = good.replace(**row_of(good, "connections", minutes=2.0))
    assert any("is never within" in str(problem) for problem in far.warnings)
