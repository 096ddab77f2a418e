"""Nobody goes a slower way than the fastest that stands, whatever a rule would gain."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from differences import differences
from examples import examples
from hypothesis import assume, given
from hypothesis import strategies as st
from road_instances import road_instances
from tiny_instances import some, tiny

import aumaq
from aumaq.instances import Instance


@st.composite
def gains_by_detours(draw: st.DrawFn) -> Instance:
    """Draw roads that are built for a connection, and a gap between mean minutes."""
    instance = draw(road_instances(draw(some("free", "free", "whole"))))
    service = draw(some(*instance.service_names))
    gap: dict[str, Any] = {
        "gap": "apart",
        "service": service,
        "measure": "minutes",
        "minutes": draw(some(40.0, 60.0)),
        "scope": draw(some("region", "district", "kind")),
        "most": draw(some(0.0, 2.0, 5.0)),
        "is_hard": draw(some(True, True, False)),
        "excess_mln_per_year": 0.5,
    }
    upgrades = instance.table("road_upgrades").assign(capex_mln=0.1)
    services = instance.table("services").assign(
        may_be_unserved=True, unserved_mln_per_unit_year=0.5
    )
    more = {"road_upgrades": upgrades, "services": services}
    try:
        return instance.replace(gaps=pd.DataFrame([gap]), **more)
    except aumaq.InstanceError:
        assume(False)
        raise


@pytest.mark.slow
@examples(60)
@given(instance=gains_by_detours(), form=st.sampled_from(["strong", "weak"]))
def test_no_detour_for_a_gap(instance: Instance, form: str) -> None:
    """Who lives near goes no longer way so that all are alike: as enumeration says."""
    assert differences(instance, form) == []


def test_a_detour_does_not_make_even() -> None:
    """The road to c must come: 20 minutes from there, 60 from b, 30 may be between.

    A quarter of c stays away, for all the slow road that still lies beside the new one.
    """
    roads = [{"from_node": "na", "to_node": f"n{x}", "road_class": "earth",
              "length_km": 30.0} for x in "bc"]  # fmt: skip
    instance = tiny(
        policies=[{"discount_rate": 0.0, "count_residual_value": False}],
        services=[{"service": "s", "unserved_mln_per_unit_year": 1.0}],
        settlements=[{"settlement": x} for x in "abc"],
        settlement_tags=[{"settlement": x, "tag": x} for x in "bc"],
        sites=[{"site": "a", "service": "s", "settlement": "a"}],
        levels=[{"service": "s", "level": 1, "capacity": 400.0, "capex_mln": 10.0}],
        travel=[],
        road_nodes=[{"node": f"n{x}", "lat": 50.0 + 0.1 * k, "lon": 70.0}
                    for k, x in enumerate("abc")],
        road_links=roads,
        road_classes=[{"road_class": "earth", "speed_kmh": 30.0},
                      {"road_class": "asphalt", "speed_kmh": 90.0}],
        road_upgrades=[{"upgrade": "g", "capex_mln": 3.0}],
        road_upgrade_links=[{**roads[1], "upgrade": "g", "road_class": "asphalt"}],
        connections=[{"connection": "c", "from_settlement": "a", "to_settlement": "c",
                      "minutes": 30.0, "is_hard": True}],
        gaps=[{"gap": "apart", "service": "s", "measure": "minutes", "minutes": 60.0,
               "scope": "tag", "most": 30.0, "is_hard": True}],
    )  # fmt: skip
    plan = aumaq.solve(instance, gap=0.0)
    assert plan.is_verified
    assert plan.objective_mln == pytest.approx(10.0 + 3.0 + 25.0, abs=1e-4)
