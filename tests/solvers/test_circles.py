"""Flows without circles: the same balance with no more flow, and none in a circle."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest
from examples import examples
from flow_cases import flow_problems, one_period
from hypothesis import given
from hypothesis import strategies as st

from aumaq.instances import Instance
from aumaq.model import build, gather
from aumaq.model.data.networks import NetworkData
from aumaq.solvers.highs.matrices import compile_matrices
from aumaq.solvers.polish.circles import without_circles
from aumaq.solvers.solution.decisions import Decisions, NetworkDecisions
from aumaq.solvers.solution.terms import weighed


def lossy(instance: Instance, losses: list[float]) -> Instance:
    """Return the instance with losses on its links, by turns."""
    links = instance.table("network_links")
    links["loss_per_km"] = [losses[k % len(losses)] for k in range(len(links))]
    return instance.replace(network_links=links)


def balance(n: NetworkData, plan: NetworkDecisions) -> Any:
    """Return what each node gets from circuits and sources, (N,)."""
    found = np.zeros(len(n.nodes))
    for way, (start, end) in enumerate(
        ((n.link_from, n.link_to), (n.link_to, n.link_from))
    ):
        np.add.at(found, start, -plan.flow[:, way, 0])
        np.add.at(found, end, plan.flow[:, way, 0] * (1.0 - n.link_loss))
    np.add.at(found, n.source_node, plan.supply[:, :, 0].sum(axis=1))
    return found


def has_circle(n: NetworkData, plan: NetworkDecisions) -> bool:
    """Return whether flow goes round anywhere."""
    graph = nx.DiGraph()
    for way, (start, end) in enumerate(
        ((n.link_from, n.link_to), (n.link_to, n.link_from))
    ):
        goes = plan.flow[:, way, 0] > 1e-9
        graph.add_edges_from(zip(start[goes], end[goes], strict=True))
    return not nx.is_directed_acyclic_graph(graph)


@pytest.mark.slow
@examples(40)
@given(problem=flow_problems(), data=st.data())
def test_circles_are_taken_out(problem: dict[str, Any], data: st.DataObject) -> None:
    """Random flows both ways on every link, fed by as much as that takes."""
    losses = data.draw(st.sampled_from([[0.0], [0.0, 0.1], [0.05, 0.2]]))
    whole = {**problem, "plants": {f"n{k}": (1e4, 0.0) for k in range(3)}}
    found = gather(lossy(one_period("water", "transport", **whole), losses))
    n = found.networks["water"]
    amounts = st.integers(0, 9).map(float)
    flow = np.array(
        [[[data.draw(amounts)], [data.draw(amounts)]] for _ in n.links]
    ).reshape(len(n.links), 2, 1)
    plan = NetworkDecisions(
        steps=np.zeros((0, 1), dtype=np.int64),
        flow=flow,
        local_capacity=np.zeros((0, 1)),
        local_supply=np.zeros((0, 1)),
        supply=np.array([[[0.0], [data.draw(st.floats(0, 50))]] for _ in n.source]),
        shed=np.zeros((len(n.nodes), 1)),
        angle=np.zeros((len(n.nodes), 1)),
    )
    after = without_circles(found, Decisions({}, {"water": plan})).networks["water"]
    assert (after.flow <= flow).all()
    assert (after.flow >= 0).all()
    assert (after.supply <= plan.supply).all()
    assert np.allclose(balance(n, after), balance(n, plan), atol=1e-6)
    if not n.link_loss.any():
        assert not has_circle(n, after)
        assert (after.supply == plan.supply).all()


def test_free_power_is_not_burnt() -> None:
    """10 come for a load of 9 behind 10 % of loss; 10 more go round and burn."""
    links = [("a", "b", 99.0, 0.0), ("b", "c", 99.0, 0.0), ("c", "a", 99.0, 0.0)]
    instance = lossy(
        one_period("water", "transport", links, {"b": 9.0}, {"a": (99.0, 0.0)}, 1.0),
        [0.1],
    )
    data = gather(instance)
    burnt = 10.0 * (1.0 - 0.9**3)
    flow = np.array([[[10.0 + 10.0], [0.0]], [[9.0], [0.0]], [[8.1], [0.0]]])
    supply = np.array([[[0.0], [10.0 + burnt]]])
    nothing = np.zeros((0, 1))
    plan = NetworkDecisions(nothing.astype(np.int64), flow, nothing, nothing, supply,
                            np.zeros((3, 1)), np.zeros((3, 1)))  # fmt: skip
    after = without_circles(data, Decisions({}, {"water": plan})).networks["water"]
    assert np.allclose(after.flow[:, :, 0], [[10.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
    assert np.isclose(after.supply.sum(), 10.0)
    built = build(instance)
    matrices = compile_matrices(built.program)
    place, nothing = (
        matrices.places(built.program.count),
        np.zeros(matrices.size["columns"]),
    )
    both = Decisions({}, {"water": plan}), Decisions({}, {"water": after})
    assert weighed(built, nothing, place, *both).saved_slacks == {"excess"}
    assert not weighed(built, nothing, place, both[0], both[0]).saved_slacks
