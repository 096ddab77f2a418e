"""Networks: the model against enumeration, networkx, and flows solved by hand."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import networkx as nx
import numpy as np
import pytest
from coupled_instances import coupled_instances
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from test_brute_force import differences, differences_by_blocks
from tiny_instances import tiny

import aumaq
from aumaq.instances import Instance
from aumaq.results import Plan


@pytest.mark.parametrize(
    "kind", ["power", "angles", pytest.param("water", marks=pytest.mark.slow)]
)
@examples(40)
@given(data=st.data())
def test_coupled(kind: str, data: st.DataObject) -> None:
    """Sites, steps, sources, local supply together: the optimum of enumeration."""
    assert differences(data.draw(coupled_instances(kind)), "strong") == []


@pytest.mark.few(1)
@pytest.mark.parametrize("kind", ["power", "angles", "water"])
@examples(10)
@given(data=st.data())
def test_coupled_by_blocks(kind: str, data: st.DataObject) -> None:
    """Services and networks apart, and joined again: a valid bound, a valid plan."""
    instance = data.draw(coupled_instances(kind))
    assert differences_by_blocks(instance) == []


def one_period(
    name: str,
    model: str,
    links: list[tuple[str, str, float, float]],
    loads: dict[str, float],
    plants: dict[str, tuple[float, float]],
    shed: float,
) -> Instance:
    """Return a network of a year: links (from, to, capacity, susceptance), loads of
    industry, plants (capacity, mln a unit).
    """
    nodes = sorted({end for a, b, *_ in links for end in (a, b)})
    plant = {"role": "supply", "network": name, "cutoff_minutes": None, "group": ""}
    return tiny(
        networks=[
            {"network": name, "flow_model": model, "shed_mln_per_unit_year": shed}
        ],
        network_nodes=[
            {"network": name, "node": node, "lat": 50.0, "lon": 70.0} for node in nodes
        ],
        network_links=[
            {
                "network": name, "link": f"e{k}", "from_node": a, "to_node": b,
                "length_km": 1.0, "capacity": capacity, "susceptance": susceptance,
            }
            for k, (a, b, capacity, susceptance) in enumerate(links)
        ],
        industrial_loads=[
            {"network": name, "node": node, "title": "load", "load": load}
            for node, load in loads.items()
        ],
        services=[
            {"service": "s", "unserved_mln_per_unit_year": 0.1},
            *({"service": f"plant-{node}", **plant} for node in plants),
        ],
        levels=[
            {"service": "s", "level": 1, "capacity": 100.0, "capex_mln": 1000.0},
            *(
                {
                    "service": f"plant-{node}", "level": 1, "capacity": capacity,
                    "capex_mln": 0.0, "supply_mln_per_unit_year": price,
                }
                for node, (capacity, price) in plants.items()
            ),
        ],
        sites=[
            {"site": "a", "service": "s", "settlement": "a"},
            *(
                {
                    "site": node, "service": f"plant-{node}", "settlement": "a",
                    "network_node": node, "status": "existing",
                }
                for node in plants
            ),
        ],
        facilities=[
            {"service": f"plant-{node}", "site": node, "level": 1} for node in plants
        ],
        travel=[{"settlement": "b", "site": "a", "minutes": 20.0}],
    )  # fmt: skip


@st.composite
def flow_problems(draw: st.DrawFn, susceptance: float = 0.0) -> dict[str, Any]:
    """Draw a connected network with whole numbers, as networkx wants them."""
    nodes = [f"n{k}" for k in range(draw(st.integers(3, 6)))]
    pairs = [(nodes[k], nodes[draw(st.integers(0, k - 1))]) for k in range(1, 3)]
    pairs += [(nodes[k], nodes[draw(st.integers(0, k - 1))]) for k in range(3, 99)
              if k < len(nodes)]  # fmt: skip
    others = [(a, b) for a, b in combinations(nodes, 2) if (b, a) not in pairs]
    pairs += draw(st.lists(st.sampled_from(others), max_size=4)) if others else []
    room = st.integers(1, 30) if not susceptance else st.just(10_000)
    return {
        "links": [
            (a, b, float(draw(room)), susceptance * draw(st.integers(1, 5)))
            for a, b in pairs
        ],
        "loads": {node: float(draw(st.integers(0, 20))) for node in nodes[1:]},
        "plants": {
            node: (float(draw(st.integers(5, 60))), draw(st.integers(1, 9)) * 0.01)
            for node in nodes[: draw(st.integers(1, 2))]
        },
        "shed": draw(st.integers(5, 20)) * 0.01,
    }


@examples(20)
@given(problem=flow_problems())
def test_flows_are_min_cost_flows(problem: dict[str, Any]) -> None:
    """A single period without losses costs what networkx finds."""
    graph = nx.MultiDiGraph()
    for a, b, room, _ in problem["links"]:
        for u, v in ((a, b), (b, a)):
            graph.add_edge(u, v, capacity=int(room), weight=0)
    for node, (room, price) in problem["plants"].items():
        graph.add_edge("all", node, capacity=int(room), weight=round(price * 100))
    for node, load in problem["loads"].items():
        graph.nodes[node]["demand"] = int(load)
        graph.add_edge("all", node, weight=round(problem["shed"] * 100))
    graph.nodes["all"]["demand"] = -int(sum(problem["loads"].values()))
    cost = nx.network_simplex(graph)[0] / 100
    plan = aumaq.solve(one_period("water", "transport", **problem), gap=0.0)
    terms = plan.objective.set_index("term")["discounted_mln"]
    assert plan.is_verified
    assert terms["supply"] + terms["shedding"] == pytest.approx(cost, abs=1e-6)


def flows_of(plan: Plan) -> list[float]:
    """Return the net flow of each link, in order."""
    rows = plan.table("flows").set_index("link")
    return [
        rows["forward"].get(f"e{k}", 0.0) - rows["backward"].get(f"e{k}", 0.0)
        for k in range(rows.index.str[1:].astype(int).max() + 1)
    ]


def test_loop_of_three_by_hand() -> None:
    """Two thirds go the short way of an even loop, one third the long way."""
    links = [(a, b, 100.0, 50.0) for a, b in (("a", "b"), ("b", "c"), ("a", "c"))]
    plan = aumaq.solve(
        one_period("power", "dc", links, {"c": 30.0}, {"a": (99.0, 0.01)}, 1.0), gap=0.0
    )
    assert plan.is_verified
    assert flows_of(plan) == pytest.approx([10.0, 10.0, 20.0])


@pytest.mark.slow
@examples(10)
@given(problem=flow_problems(susceptance=100.0))
def test_flows_solve_the_linear_equations(problem: dict[str, Any]) -> None:
    """Flows are those of the equations of the angles, solved by numpy."""
    problem["plants"] = {"n0": (1000.0, 0.01)}
    plan = aumaq.solve(one_period("power", "dc", **problem), gap=0.0)
    assert plan.is_verified
    nodes = sorted({end for a, b, *_ in problem["links"] for end in (a, b)})
    at = {node: k for k, node in enumerate(nodes)}
    matrix, right = np.zeros((len(nodes), len(nodes))), np.zeros(len(nodes))
    for a, b, _, susceptance in problem["links"]:
        for u, v in ((at[a], at[b]), (at[b], at[a])):
            matrix[u, u] += susceptance
            matrix[u, v] -= susceptance
    for node, load in problem["loads"].items():
        right[at[node]] -= load
        right[at["n0"]] += load
    angle = np.linalg.lstsq(matrix, right, rcond=None)[0]
    wanted = [b * (angle[at[u]] - angle[at[v]]) for u, v, _, b in problem["links"]]
    assert flows_of(plan) == pytest.approx(wanted, abs=1e-5)


ENOUGH = (1e4, 1e6, 1e9, 1e12)
"""What people write for "no limit"; loads are below 1,000."""


@pytest.mark.parametrize(
    "kind",
    ["power", *(pytest.param(k, marks=pytest.mark.slow) for k in ("angles", "water"))],
)
@examples(20)
@given(data=st.data())
def test_no_limit_is_no_coefficient(kind: str, data: st.DataObject) -> None:
    """Lines, steps, plants and budgets without a limit: the optimum of enumeration."""
    instance = data.draw(coupled_instances(kind))
    changed = {}
    for name, column in (
        ("network_links", "capacity"), ("link_upgrades", "capacity"),
        ("levels", "capacity"), ("budgets", "amount_mln"), ("sites", "max_supply"),
    ):  # fmt: skip
        table = instance.table(name)
        endless = data.draw(st.sampled_from(ENOUGH))
        is_changed = np.array(
            [data.draw(st.booleans()) and value > 0 for value in table[column]],
            dtype=bool,
        )
        if name == "levels":  # the largest of each service: capacities grow
            is_changed = ~table.duplicated("service", keep="last") & is_changed
        table.loc[is_changed, column] = endless
        changed[name] = table
    assert differences(instance.replace(**changed), "strong") == []
