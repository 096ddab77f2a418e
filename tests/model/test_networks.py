"""Networks: the model against enumeration, networkx, and flows solved by hand."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest
from coupled_instances import coupled_instances
from differences import differences, differences_by_blocks
from examples import examples
from flow_cases import flow_problems, one_period
from hypothesis import given
from hypothesis import strategies as st

import aumaq
from aumaq.model.data.enough import flow_limits
from aumaq.model.data.gathered import gather
from aumaq.results import Plan


@pytest.mark.parametrize(
    "kind", ["power", "angles", pytest.param("water", marks=pytest.mark.slow)]
)
@examples(40)
@given(data=st.data())
def test_coupled(kind: str, data: st.DataObject) -> None:
    """Sites, steps, sources, local supply together: the optimum of enumeration."""
    assert differences(data.draw(coupled_instances(kind)), "strong") == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["power", "angles", "water"])
@examples(10)
@given(data=st.data())
def test_coupled_by_blocks(kind: str, data: st.DataObject) -> None:
    """Services and networks apart, and joined again: a valid bound, a valid plan."""
    instance = data.draw(coupled_instances(kind))
    assert differences_by_blocks(instance) == []


@pytest.mark.slow
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


@pytest.mark.parametrize("load", [0.05, 2.0, 3e3, 4e6])
def test_limits_leave_more_room_than_the_tolerance_of_highs(load: float) -> None:
    """Where a row leaves some 1e-7 of room, presolve of HiGHS cuts off plans."""
    links = [("a", "b", 1e9, 1.0), ("b", "c", 1e9, 1.0)]
    data = gather(
        one_period("water", "transport", links=links, plants={"a": (1e9, 1.0)},
                   loads={"b": load, "c": load}, shed=1e3)
    )  # fmt: skip
    limits = flow_limits(data, data.networks["water"])
    expected = [2 * load, load]
    for limit, flow in zip(limits.link[:2], expected, strict=True):
        assert 1e-6 <= limit - flow <= 2e-6 * max(flow, 1.0)


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
