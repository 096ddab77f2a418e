"""Contingencies: the model against enumeration, losses worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from contingency_case import contingent
from coupled_instances import coupled_instances
from differences import differences, differences_by_blocks
from examples import examples
from growth_instances import growth_instances
from hypothesis import given
from hypothesis import strategies as st
from tiny_instances import tiny

import aumaq
from aumaq.instances import Instance, InstanceError

KINDS = ("power", "angles", "water")


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@examples(15)
@given(data=st.data())
def test_enumeration(kind: str, data: st.DataObject) -> None:
    """Facilities, steps and the loss of links together: the optimum of enumeration."""
    assert differences(data.draw(contingent(coupled_instances(kind))), "strong") == []


@pytest.mark.slow
@examples(8)
@given(data=st.data())
def test_with_growth_points(data: st.DataObject) -> None:
    """Load that moves with people is asked for after a loss, too."""
    usual = contingent(coupled_instances(data.draw(st.sampled_from(KINDS))))
    assert differences(data.draw(growth_instances(usual)), "strong") == []


@pytest.mark.slow
@examples(10)
@given(instance=contingent(coupled_instances("power")))
def test_by_blocks(instance: Instance) -> None:
    """The emergency is part of its network: a valid bound and plan by blocks."""
    assert differences_by_blocks(instance) == []


def ring(**rule: Any) -> Instance:
    """Return a plant at *a*, 10 kW at *b* and at *c*, and lines between all of them.

    *a-b* carries 20 kW, *b-c* 10 kW; 15 kW more on *a-c* cost 3 mln.
    """
    link = {"network": "power", "length_km": 1.0}
    plant = {"service": "plant", "role": "supply", "network": "power", "group": "",
             "cutoff_minutes": None}  # fmt: skip
    return tiny(
        policies=[{"discount_rate": 0.0, "count_residual_value": False}],
        settlements=[{"settlement": code, "population": 10.0 * (code != "a")}
                     for code in "abc"],
        services=[plant],
        levels=[{"service": "plant", "level": 1, "capacity": 40.0, "capex_mln": 9.0}],
        sites=[{"site": "p", "service": "plant", "settlement": "a",
                "status": "existing"}],
        facilities=[{"service": "plant", "site": "p", "level": 1}],
        travel=[],
        networks=[{"network": "power", "shed_mln_per_unit_year": 100.0}],
        network_nodes=[{"network": "power", "node": f"n{code}", "lat": 50.0,
                        "lon": 70.0, "settlement": code} for code in "abc"],
        network_links=[
            {**link, "link": "ab", "from_node": "na", "to_node": "nb",
             "capacity": 20.0, "voltage_kv": 110.0},
            {**link, "link": "bc", "from_node": "nb", "to_node": "nc",
             "capacity": 10.0, "voltage_kv": 35.0},
            {**link, "link": "ac", "from_node": "na", "to_node": "nc"},
        ],
        link_upgrades=[{"network": "power", "link": "ac", "step": 1,
                        "capacity": 15.0, "capex_mln": 3.0}],
        load_rates=[{"network": "power", "units_per_person": 1.0}],
        contingencies=[{"contingency": "n1", "network": "power", **rule}],
    )  # fmt: skip


def built(instance: Instance) -> tuple[list[str], pd.DataFrame]:
    """Return the links that the best plan builds, and its table of losses."""
    plan = aumaq.solve(instance, gap=0.0)
    assert plan.record["problems"] == []
    return plan.table("network_steps")["link"].tolist(), plan.table("contingencies")


@pytest.mark.slow
def test_a_ring_is_closed_for_the_loss_of_a_line() -> None:
    """Without *ab* nothing arrives until *ac* stands: then 15 of 20 kW do."""
    links, losses = built(ring(link="ab", served_share=0.75, is_hard=True))
    assert links == ["ac"]
    assert losses[["load_met", "required", "met"]].to_numpy().tolist() == [[20, 15, 15]]
    links, losses = built(ring(link="ab", served_share=0.75,
                               shortfall_mln_per_unit_year=0.1))  # fmt: skip
    assert links == []  # 15 kW missing for a year cost 1.5 mln, the line 3
    assert losses["cost_mln"].tolist() == pytest.approx([1.5])


@pytest.mark.slow
def test_all_lines_of_a_voltage_are_lost_one_by_one() -> None:
    """Only lines of the voltage and more count, each loss by itself."""
    rule = {"served_share": 1.0, "shortfall_mln_per_unit_year": 0.01}
    assert built(ring(min_voltage_kv=35.0, **rule))[1]["link"].tolist() == ["ab", "bc"]
    assert built(ring(min_voltage_kv=110.0, **rule))[1]["met"].tolist() == [0.0]


def test_a_plan_that_hides_a_loss_is_found() -> None:
    """What is met after a loss is recomputed as a maximum flow."""
    plan = aumaq.solve(ring(link="ab", shortfall_mln_per_unit_year=0.1), gap=0.0)
    rows = plan.table("contingencies").assign(met=20.0, shortfall=0.0)
    found = replace(plan, tables={**plan.tables, "contingencies": rows}).verify()
    assert "contingency:n1" in {problem.rule for problem in found.problems}


@pytest.mark.parametrize(
    "rule",
    [
        {"link": "ab", "min_voltage_kv": 110.0, "is_hard": True},
        {"is_hard": True},
        {"min_voltage_kv": 500.0, "is_hard": True},
    ],
)
def test_rules_that_name_no_link_are_told(rule: dict[str, Any]) -> None:
    """A link or a voltage, one of both, and one that there is."""
    with pytest.raises(InstanceError) as caught:
        ring(**rule)
    assert [p.file for p in caught.value.problems] == ["contingencies.csv"]
