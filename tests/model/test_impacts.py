"""Limits on impacts against enumeration, alone and beside all other rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from coupled_instances import coupled_instances
from differences import differences, differences_by_blocks
from examples import examples
from hypothesis import assume, given
from hypothesis import strategies as st
from impact_rules import draw_impacts
from land_instances import draw_land
from tiny_instances import Rows, tiny, tiny_instances
from two_schools import NO_TIME, two_schools

import aumaq
from aumaq.instances import Instance
from aumaq.results.indicators.today import of_today
from aumaq.results.report.access_bars import access_bars

LATER = ("zones", "site_zones", "zone_permits", "buffers", "impacts", "impact_rates",
         "impact_limits")  # fmt: skip


def with_impacts(data: st.DataObject, instance: Instance, *more: Any) -> Instance:
    """Return the instance with impacts and limits, and what else is drawn first."""
    rows: dict[str, Any] = {
        name: frame.to_dict("records")
        for name, frame in instance.base.items()
        if len(frame) and name not in LATER
    }
    for draw in (*more, draw_impacts):
        draw(data.draw, rows)
    try:
        return tiny(**rows)
    except aumaq.InstanceError:
        assume(False)
        raise


@pytest.mark.parametrize(
    "judge",
    [lambda i: differences(i, "strong"), lambda i: differences(i, "weak"),
     differences_by_blocks],
)  # fmt: skip
@pytest.mark.slow
@examples(40)
@given(data=st.data())
def test_services(judge: Callable[[Instance], list[str]], data: st.DataObject) -> None:
    """Facilities take land and smoke, in regions and zones."""
    kind = data.draw(st.sampled_from(["free", "whole", "nearest"]))
    instance = data.draw(tiny_instances(kind))
    land = [draw_land] if data.draw(st.booleans()) else []
    assert judge(with_impacts(data, instance, *land)) == []


@pytest.mark.parametrize("kind", ["power", "water"])
@pytest.mark.slow
@examples(40)
@given(data=st.data())
def test_networks(kind: str, data: st.DataObject) -> None:
    """What plants and local supply give counts as well."""
    instance = with_impacts(data, data.draw(coupled_instances(kind)))
    assert differences(instance, "strong") == []


@pytest.mark.slow
@examples(25)
@given(data=st.data())
def test_decomposed_has_a_valid_bound(data: st.DataObject) -> None:
    """Limits are rows like others to it: the bound is never above the optimum."""
    instance = with_impacts(data, data.draw(tiny_instances()))
    try:
        best = aumaq.solve(instance, gap=0.0)
    except aumaq.NoPlanError:
        assume(False)
        raise
    plan = aumaq.solve(instance, method="decomposed", gap=0.0, time_limit=5.0)
    size = max(1.0, abs(best.objective_mln))
    assert plan.bound_mln <= best.objective_mln + 2e-6 * size
    assert plan.objective_mln >= best.objective_mln - 2e-6 * size


RATES: Rows = [{"impact": "co2", "of": "travel", "rate": 0.001}]
LIMIT = {"limit": "cap", "period": "p1", "impact": "co2", "most": 4.0}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"impact_rates": [{**RATES[0], "of": "facility"}]}, "service: empty: of"),
        ({"impact_rates": [{**RATES[0], "service": "s", "of": "supply"}]},
         "service: expected a service with the role supply"),
        ({"impact_rates": [{**RATES[0], "of": "local_supply"}]}, "network: empty: of"),
        ({"impact_rates": [{**RATES[0], "of": "facility", "service": "s", "level": 2}]},
         "level: expected a level, 0 to 1"),
        ({"impact_limits": [{**LIMIT, "region": "Q"}]}, "region: no settlement has"),
        ({"impact_limits": [{**LIMIT, "impact": "co"}]}, "impact: no such impact"),
        ({"impact_limits": [{**LIMIT, "most": -1.0}]}, "column most: "),
    ],
)  # fmt: skip
def test_what_cannot_be(change: dict[str, Rows], told: str) -> None:
    """Each mistake is told by row and column."""
    rows = {"impacts": [{"impact": "co2", "unit": "t/year"}], "impact_rates": RATES,
            "impact_limits": [LIMIT | {"is_hard": True}]}  # fmt: skip
    tiny(**rows)
    with pytest.raises(aumaq.InstanceError, match=told):
        tiny(**{**rows, **change})


@pytest.mark.slow
def test_a_region_pays_for_each_tonne() -> None:
    """A cap of 0 with a price: once travel is dearer, there are two schools."""
    services = [{"service": "s", "trips_per_year": 100.0, "may_be_unserved": False}]
    travel = [
        {"settlement": a, "site": b, "minutes": 30.0, "length_km": 10.0}
        for a, b in (("a", "b"), ("b", "a"))
    ]
    levels = [{"service": "s", "level": 1, "capacity": 200.0, "capex_mln": 10.0}]
    price = {**LIMIT, "most": 0.0, "excess_mln_per_unit_year": 0.09}
    impacts = [{"impact": "co2", "unit": "t/year"}]
    policies = [{"count_residual_value": False, "discount_rate": 0.0}]
    instance = tiny(
        policies=policies, services=services, travel=travel, levels=levels,
        impacts=impacts, impact_rates=RATES, impact_limits=[price],
    )  # fmt: skip
    plan = aumaq.solve(instance, gap=0.0)  # 100 people x 100 trips x 10 km x 0.001 t
    assert plan.table("impacts")["amount"].tolist() == pytest.approx([100.0])
    assert plan.table("impact_limits")["excess"].tolist() == pytest.approx([100.0])
    assert plan.objective_mln == pytest.approx(10.0 + 9.0)
    dear = instance.replace(
        impact_limits=pd.DataFrame([{**price, "excess_mln_per_unit_year": 0.11}])
    )
    assert aumaq.solve(dear, gap=0.0).objective_mln == pytest.approx(20.0)


@pytest.mark.slow
@pytest.mark.parametrize("most", [0.0, 3.0, 5.0])
def test_hard_limits_have_a_first_plan(most: float) -> None:
    """Without any time: schools close for the land, and solar keeps within it."""
    land = {"impact": "land", "unit": "ha", "includes": "footprint"}
    solar = {"impact": "land", "of": "local_capacity", "network": "power", "rate": 1.0}
    limit = {**LIMIT, "impact": "land", "most": most, "is_hard": True}
    instance = two_schools()
    levels = instance.table("levels").assign(footprint_ha=2.0)
    nodes = [
        {"network": "power", "node": f"n{home}", "lat": 50.0, "lon": 70.0,
         "settlement": home}
        for home in instance.settlement_ids
    ]  # fmt: skip
    grid = {
        "networks": [{"network": "power", "shed_mln_per_unit_year": 9.0}],
        "network_nodes": nodes,
        "load_rates": [{"network": "power", "units_per_person": 0.01}],
        "local_supplies": [{"network": "power", "option": "solar",
                            "capex_mln_per_unit": 0.1}],
        "impacts": [land], "impact_rates": [solar], "impact_limits": [limit],
    }  # fmt: skip
    instance = instance.replace(
        levels=levels, **{name: pd.DataFrame(rows) for name, rows in grid.items()}
    )
    for options in ({"time_limit": NO_TIME}, {"gap": 0.0}):
        plan = aumaq.solve(instance, **options)
        assert plan.record["problems"] == []
        assert plan.table("impact_limits")["amount"].iloc[0] <= most + 1e-6


def test_who_is_visited_does_not_travel() -> None:
    """A team may visit half of b: the other half goes 30 km, 10 times a year.

    That is 50 x 30 x 10 = 15,000 km, as much as the cap lets in; nobody need stay
    unserved. The way takes 40 minutes: of 200 people 50 go, 10 minutes on average.
    """
    km = {"impact": "km", "title": "Km", "unit": "km/year"}
    cap = {"limit": "cap", "period": "p1", "impact": "km", "most": 15_000.0,
           "is_hard": True}  # fmt: skip
    told = {"mean_minutes": 10.0, "travel_km_per_person": 75.0,
            "access_poverty": 0.25, "share_within_minutes": 0.75}  # fmt: skip
    plan = aumaq.solve(
        tiny(
            settlements=[{"settlement": "a"}, {"settlement": "b"}],
            services=[{"service": "s", "trips_per_year": 10.0,
                       "cutoff_minutes": 60.0, "unserved_mln_per_unit_year": 9.0}],
            levels=[{"service": "s", "level": 1, "capacity": 200.0,
                     "capex_mln": 1.0}],
            sites=[{"service": "s", "site": "a", "settlement": "a",
                    "status": "required"}],
            travel=[{"settlement": "b", "site": "a", "minutes": 40.0,
                     "length_km": 30.0}],
            mobile_services=[{"mobile_service": "m", "service": "s",
                              "days_per_year": 100.0, "units_per_day": 1.0,
                              "within_minutes": 60.0, "most_share": 0.5,
                              "cost_mln_per_day": 0.01}],
            impacts=[km], impact_limits=[cap],
            impact_rates=[{"impact": "km", "of": "travel", "rate": 1.0}],
            indicators=[{"indicator": name, "formula": name, "minutes": 30.0,
                         "service": "s"} for name in told],
        ),
        gap=0.0,
    )  # fmt: skip
    terms = plan.table("objective").set_index("term")["discounted_mln"]
    assert terms["unserved"] == pytest.approx(0.0, abs=1e-6)
    assert plan.table("impact_limits")["amount"].tolist() == pytest.approx([15_000.0])
    values = plan.indicators[plan.indicators["region"] == ""]
    found = dict(zip(values["indicator"], values["plan"], strict=True))
    assert found == pytest.approx(told)
    ways = plan.ways.groupby("minutes")["demand"].sum()
    assert ways.to_dict() == pytest.approx({0.0: 150.0, 40.0: 50.0})
    bars = access_bars(plan, of_today(plan.instance), "s")
    near = dict(zip(bars["minutes"], bars["shares"][-1], strict=False))
    assert (near[15], near[60]) == (pytest.approx(0.75), pytest.approx(1.0))
