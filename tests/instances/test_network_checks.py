"""Networks that cannot be, told before solving; plans of networks that are false."""

from __future__ import annotations

from typing import Any

import pytest
from corruptions import cell, drop
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


CORRUPTIONS = {
    "a line that nobody built": (drop("network_steps", 0), "capacity"),
    "a line at half price": (cell("network_steps", 0, "capex_mln", 1.0), "steps"),
    "a step unheard of": (cell("network_steps", 0, "step", 7), "steps"),
    "more than a line carries": (cell("flows", 1, "forward", 99.0), "capacity"),
    "a flow forgotten": (drop("flows", 0), "balance"),
    "a flow made up": (cell("flows", 0, "backward", 5.0), "balance"),
    "a negative flow": (cell("flows", 1, "backward", -1.0), "capacity"),
    "a line unheard of": (cell("flows", 0, "link", "e9"), "capacity"),
    "more than the plant has": (cell("sources", 0, "supply", 50.0), "supply"),
    "a plant unheard of": (cell("sources", 0, "site", "q"), "supply"),
    "power from nowhere": (drop("local_supply", 0), "balance"),
    "more solar than there is": (cell("local_supply", 0, "supply", 9.0), "local"),
    "more solar than fits": (cell("local_supply", 0, "capacity", 9.0), "local"),
    "shed load hidden": (cell("loads", 2, "shed", 0.0), "balance"),
    "load made smaller": (cell("loads", 1, "base_load", 1.0), "balance"),
    "a school without load": (cell("loads", 1, "facility_load", 0.0), "balance"),
    "a node left out": (drop("loads", 1), "balance"),
    "shedding for nothing": (cell("objective", 8, "discounted_mln", 0.0), "objective"),
}


@pytest.mark.few(7)
@pytest.mark.parametrize("name", CORRUPTIONS)
def test_corruption_is_found(instance: Instance, plan: Plan, name: str) -> None:
    """Each is found and blamed on its rule."""
    change, kind = CORRUPTIONS[name]
    tables = dict(plan.tables)
    change(tables)
    found = aumaq.verify(
        instance, tables, claimed_objective_mln=plan.objective_mln
    ).problems
    rule = kind if kind == "objective" else f"network:power:{kind}"
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
