"""Networks that cannot be, told before solving; plans of networks that are false."""

from __future__ import annotations

from typing import Any

import pytest
from corruptions import ON_NETWORKS
from grid_example import grid_rows
from tiny_instances import Rows, tiny

import aumaq
from aumaq.instances import Instance, InstanceError
from aumaq.results import Plan


@pytest.fixture(scope="module")
def instance() -> Instance:
    """The example."""
    return tiny(**grid_rows())


@pytest.fixture(scope="module")
def plan(instance: Instance) -> Plan:
    """Its optimal plan."""
    return aumaq.solve(instance, gap=0.0)


def test_the_plan_by_hand(plan: Plan) -> None:
    """A school (10), a line (2), solar (0.5): the plant's 40 kW go as far as they do.

    Of 40 kW 39.6 reach *a*, which needs 20 for people and 10 for its school; 9.6 are
    left, 9.504 reach *b*; it needs 35, has 5 of its own: 20.496 are shed.
    """
    terms = plan.objective.set_index("term")["discounted_mln"]
    shed = plan.table("loads")["shed"].sum()
    assert plan.is_verified
    assert shed == pytest.approx(20.496)
    assert terms["shedding"] == pytest.approx(0.5 * 20.496)
    assert terms["supply"] == pytest.approx(0.4)
    assert terms["building"] == pytest.approx(12.5)


@pytest.mark.few(7)
@pytest.mark.parametrize("name", ON_NETWORKS)
def test_corruption_is_found(instance: Instance, plan: Plan, name: str) -> None:
    """Each is found and blamed on its rule."""
    change, rule = ON_NETWORKS[name]
    tables = dict(plan.tables)
    change(tables)
    found = aumaq.verify(
        instance, tables, claimed_objective_mln=plan.objective_mln
    ).problems
    assert any(problem.rule == rule for problem in found), found


def row(table: str, k: int, **values: Any) -> Any:
    """Return a change of a row."""

    def change(rows: dict[str, Rows]) -> None:
        rows[table][k].update(values)

    return change


def extra(table: str, **values: Any) -> Any:
    """Return a change that adds a row."""

    def change(rows: dict[str, Rows]) -> None:
        rows[table].append(values)

    return change


BROKEN = {
    "service without a network": (row("services", 1, network=""), "the network that"),
    "service without a cut-off": (
        row("services", 0, cutoff_minutes=None),
        "expected the longest trip",
    ),
    "people at a plant": (row("levels", 1, min_use=5.0), "have a minimum use"),
    "line from nowhere": (row("network_links", 0, from_node="hab"), "mean 'hub'"),
    "line to itself": (row("network_links", 0, to_node="hub"), "two different ends"),
    "settlement fed twice": (row("network_nodes", 0, settlement="a"), "a node of"),
    "steps with a hole": (row("link_upgrades", 0, step=2), "without holes"),
    "step of no link": (row("link_upgrades", 0, link="e7"), "no such link"),
    "plant off the grid": (row("sites", 1, network_node="nc"), "no such node"),
    "station that is none": (row("network_links", 0, station="a"), "`carry` service"),
    "no angles": (row("networks", 0, flow_model="dc"), "computed with angles"),
    "a service called water": (row("services", 0, service="water"), "of its own"),
    "a flow model unheard of": (row("networks", 0, flow_model="ac"), "one of"),
}


@pytest.mark.few(5)
@pytest.mark.parametrize("kind", BROKEN)
def test_broken_network_is_told(kind: str) -> None:
    """Each kind has its message."""
    change, message = BROKEN[kind]
    rows = grid_rows()
    change(rows)
    with pytest.raises(InstanceError, match=message):
        tiny(**rows)


def test_islands_without_supply_are_told() -> None:
    """A load that no power can ever reach is warned of by name."""
    rows = grid_rows()
    extra("network_nodes", network="power", node="far", lat=51.0, lon=70.0)(rows)
    extra("industrial_loads", network="power", node="far", title="x", load=3.0)(rows)
    text = " ".join(str(problem) for problem in tiny(**rows).warnings)
    assert "no power can ever reach it" in text
    assert "far" in text
