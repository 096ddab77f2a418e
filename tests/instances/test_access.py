"""Places that are reached without a road: the own site, and a site from itself."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tiny_instances import Row, Rows, tiny

import aumaq
from aumaq.instances.access import options as by_road

NODES: dict[str, Rows] = {
    "travel": [],
    "road_classes": [{"road_class": "r", "speed_kmh": 60.0}],
    "road_nodes": [
        {"node": "n0", "lat": 50.0, "lon": 70.0},
        {"node": "n1", "lat": 50.3, "lon": 70.0},
    ],
    "road_links": [],
}


def test_a_site_at_home_needs_no_road_to_its_own_node() -> None:
    """Nothing joins the two nodes; inside the settlement it takes internal_minutes."""
    own = [{"site": "a", "service": "s", "settlement": "a", "node": "n1"}]
    instance = tiny(**NODES, sites=own)
    home = instance.access("s").set_index("settlement").loc["a"]
    inside = instance.tables["settlements"]["internal_minutes"][0]
    assert (home["site"], home["minutes"], home["length_km"]) == ("a", inside, 0.0)
    plan = aumaq.solve(instance, gap=0.0)
    assert plan.record["problems"] == []
    assert plan.allocation["minutes"].eq(inside).any()


def test_a_site_at_home_is_the_nearest_whatever_its_node() -> None:
    """By the road to its own node it would be the second, and no option at all."""
    sites = [
        {"site": "far", "service": "s", "settlement": "b"},
        {"site": "own", "service": "s", "settlement": "a", "node": "n1"},
    ]
    road = [{"from_node": "n0", "to_node": "n1", "length_km": 500.0, "road_class": "r"}]
    instance = tiny(**{**NODES, "road_links": road}, sites=sites)
    options = instance.access("s")
    assert options.loc[options["settlement"] == "a", "site"].tolist()[0] == "own"


def test_a_free_site_is_within_reach_of_itself() -> None:
    """It stands 1 km from its node; to itself it has no way to go."""
    free = [{"site": "f", "service": "s", "lat": 50.01, "lon": 70.0}]
    rule = [{"referral": "r", "service": "s", "to_service": "s", "minutes": 0.0}]
    instance = tiny(**NODES, sites=free, referrals=rule)
    pairs = instance.site_minutes("s", "s")
    assert pairs.to_numpy().tolist() == [[0.0, 0.0, 0.0]]


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("fare", "more", "rows"),
    [
        (50.0, {}, [1, 2]),
        (50.0, {"length_km": 12.0}, []),
        (50.0, {"minutes": 0.0}, []),  # it is there
        (0.0, {}, []),
    ],
)
def test_transport_that_would_be_free_is_told(
    fare: float, more: dict[str, float], rows: list[int]
) -> None:
    """Given times without a length, where kilometres are paid for."""
    service: Row = {"service": "s", "trips_per_year": 1.0}
    ways = [("a", "b"), ("b", "a"), ("a", "a")]
    instance = tiny(
        services=[{**service, "transport_cost_per_km": fare}],
        travel=[{"settlement": a, "site": b, "minutes": 30.0, **more} for a, b in ways],
    )
    told = [p for p in instance.warnings if p.column == "length_km"]
    assert [problem.row - 1 for problem in told] == rows
    assert all("nothing is paid for transport to s" in p.message for p in told)


def test_the_nearest_sites_are_found_however_far(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By limits that double as by all ways at once; connectors count."""
    rng = np.random.default_rng(3)
    at = np.column_stack([48.0 + 4.0 * rng.random(40), 66.0 + 8.0 * rng.random(40)])
    spots = [{"lat": float(a), "lon": float(b)} for a, b in at]
    ends = [(int(rng.integers(0, k)), k) for k in range(1, 40)]
    rows: dict[str, Rows] = {
        "settlements": [
            {"settlement": f"a{k}", "node": f"n{k}", **spots[k]}
            for k in range(0, 40, 2)
        ],
        "sites": [  # off their nodes by up to 30 km
            {"site": f"f{k}", "service": "s", "lat": spots[k]["lat"] + 0.01 * k,
             "lon": spots[k]["lon"]}
            for k in range(1, 40, 4)
        ],
        "road_nodes": [{"node": f"n{k}", **spots[k]} for k in range(40)],
        "road_links": [
            {"from_node": f"n{a}", "to_node": f"n{b}", "road_class": "r",
             "length_km": float(rng.integers(20, 200))}
            for a, b in ends
        ],
    }  # fmt: skip
    service: Row = {"cutoff_minutes": 20.0, "nearest_sites": 3}
    found = []
    for doublings in (0, 3):
        monkeypatch.setattr(by_road, "DOUBLINGS", doublings)
        instance = tiny(**{**NODES, **rows}, services=[{"service": "s", **service}])
        found.append(instance.access("s"))
    assert found[0].groupby("settlement")["minutes"].max().max() > 160.0
    pd.testing.assert_frame_equal(*found)
