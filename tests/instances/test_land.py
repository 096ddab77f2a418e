"""Zones and buffers: what may not be built where, in both ways in which it is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from differences import differences
from examples import examples
from hypothesis import assume, given
from hypothesis import strategies as st
from land_instances import draw_land
from tiny_instances import Rows, tiny, tiny_instances
from two_schools import NO_TIME

import aumaq
from aumaq.instances import Instance
from aumaq.instances.land.shapes import inside, km_to_circle, km_to_outline, rings
from aumaq.results.audit.zones import kilometres

SITES = [
    {"site": "a", "service": "s", "settlement": "a", "status": "existing"},
    {"site": "b", "service": "s", "settlement": "b"},
]
LEVELS = [
    {"service": "s", "level": 1, "capacity": 100.0, "capex_mln": 5.0},
    {"service": "s", "level": 2, "capacity": 200.0, "capex_mln": 9.0},
]
PARK = {"zone": "park", "title": "Park", "kind": "protected"}
AT_A = {**PARK, "outline": "POLYGON ((69.9 49.9, 70.1 49.9, 70.1 50.05, 69.9 50.05,"
        " 69.9 49.9))"}  # fmt: skip
AROUND_B = {
    **PARK,
    "zone": "round",
    "title": "Round",
    "lat": 50.1,
    "lon": 70.05,
    "radius_km": 1.0,
}
TOLD_B = {"service": "s", "site": "b", "zone": "park"}
NOTHING = {"kind": "protected", "is_permitted": False}


def villages(**tables: Rows) -> Instance:
    """Return two villages with a school of 100 places in the first, and land."""
    stands = [{"service": "s", "site": "a", "level": 1, "renew_by_year": 2026}]
    return tiny(**{"sites": SITES, "levels": LEVELS, "facilities": stands, **tables})


@examples(60)
@given(data=st.data())
def test_the_land_against_enumeration(data: st.DataObject) -> None:
    """Land and all other rules of services: model, audit and enumeration agree."""
    instance = data.draw(tiny_instances())
    rows: dict[str, Any] = {
        name: instance.table(name).to_dict("records")
        for name in ("settlements", "services", "sites", "levels")
    }
    draw_land(data.draw, rows)
    try:
        land = {name: rows.get(name, []) for name in LAND}
        instance = tiny(**{
            **{name: frame.to_dict("records") for name, frame in instance.base.items()
               if len(frame)}, **land,
        })  # fmt: skip
    except aumaq.InstanceError:
        assume(False)
    assert differences(instance, "strong") == []


LAND = ("zones", "site_zones", "zone_permits", "buffers")


@pytest.mark.parametrize(
    ("land", "built", "forbidden"),
    [
        ({}, {"a": 2}, set()),
        ({"zones": [AT_A]}, {"a": 2}, set()),  # a zone alone forbids nothing
        ({"zones": [AT_A], "zone_permits": [NOTHING]}, {"a": 1, "b": 1}, {"a"}),
        ({"zones": [AT_A, AROUND_B], "zone_permits": [NOTHING],
          "buffers": [{"buffer": "near", "zone": "round", "distance_km": 3.0}]},
         {"a": 1}, {"a", "b"}),
        ({"zones": [AT_A, AROUND_B], "zone_permits": [NOTHING],
          "buffers": [{"buffer": "near", "zone": "round", "distance_km": 2.0}]},
         {"a": 1, "b": 1}, {"a"}),
        ({"zones": [AT_A], "site_zones": [TOLD_B],
          "zone_permits": [{**NOTHING, "from_level": 2}]},
         {"a": 1, "b": 1}, {"a", "b"}),
        ({"zones": [AT_A], "zone_permits": [NOTHING, {**NOTHING, "service": "s",
                                                      "is_permitted": True}]},
         {"a": 2}, set()),
    ],
)  # fmt: skip
def test_what_is_built(
    land: dict[str, Rows], built: dict[str, int], forbidden: set[str]
) -> None:
    """What stands stays and is renewed, but does not grow on forbidden land."""
    plan = aumaq.solve(villages(**land), gap=0.0)
    assert plan.is_verified
    rows = plan.facilities
    assert dict(zip(rows["site"], rows["level"], strict=True)) == built
    assert set(plan.table("forbidden_land")["site"]) == forbidden
    first = aumaq.solve(villages(**land), time_limit=NO_TIME)
    assert first.is_verified


@given(
    place=st.tuples(st.floats(-0.4, 0.4), st.floats(-0.4, 0.4)),
    lat=st.sampled_from([0.0, 43.0, -67.0]),
    corners=st.lists(
        st.tuples(st.floats(0.05, 0.3), st.floats(0.0, 0.9)), min_size=3, max_size=8
    ),
)
@examples(200)
def test_two_ways_to_measure(
    place: tuple[float, float], lat: float, corners: list[tuple[float, float]]
) -> None:
    """Rays and angles, chords and haversines agree on stars with a hole."""
    turn = 2 * np.pi / len(corners)
    angle = [turn * (k + share) for k, (_, share) in enumerate(corners)]
    outer = [(r * np.cos(a), lat + r * np.sin(a)) for a, (r, _) in
             zip(angle, corners, strict=True)]  # fmt: skip
    hole = [(0.1 * x, lat + 0.1 * (y - lat)) for x, y in outer]
    text = ", ".join(
        "(" + ", ".join(f"{x!r} {y!r}" for x, y in [*ring, ring[0]]) + ")"
        for ring in ([(float(x), float(y)) for x, y in r] for r in (outer, hole))
    )
    zone = {"outline": f"POLYGON ({text})", "radius_km": np.nan}
    y, x = np.array([lat + place[0]]), np.array([place[1]])
    ours = km_to_outline(rings(zone["outline"]), y, x)
    assert ours == pytest.approx(kilometres(zone, y, x), abs=1e-6)
    assert (ours == 0.0) == inside(rings(zone["outline"]), y, x)
    circle = {"outline": "", "lat": lat, "lon": 0.1, "radius_km": 9.0}
    ours = km_to_circle((lat, 0.1), 9.0, y, x)
    assert ours == pytest.approx(kilometres(circle, y, x), abs=1e-6)


@pytest.mark.parametrize(
    ("land", "told"),
    [
        ({"zones": [{**PARK, "outline": "POLYGON ((1 2, 3 4, 5 6))"}]}, "outline: exp"),
        ({"zones": [{**PARK, "outline": "somewhere"}]}, "outline: expected POLY"),
        ({"zones": [{**AT_A, "radius_km": 2.0}]}, "radius_km: expected an outl"),
        ({"zones": [{**PARK, "lat": 50.0, "lon": 70.0}]}, "radius_km: empty: a circle"),
        ({"zones": [{**PARK, "kind": "lake"}]}, "kind: expected one of residential"),
        ({"zones": [PARK], "site_zones": [{**TOLD_B, "site": "c"}]},
         "site: no such site"),
        ({"zones": [AT_A], "zone_permits": [{**NOTHING, "from_level": 3}]},
         "from_level: there are levels up to 2"),
        ({"zones": [AT_A], "buffers": [{"buffer": "b", "distance_km": 1.0}]},
         "zone: expected a zone or a kind"),
        ({"zones": [AT_A], "zone_permits": [NOTHING], "facilities": [],
          "sites": [{**SITES[0], "status": "required"}, SITES[1]]},
         "row 2, column site: no level of s may be built there: lies in Park"),
    ],
)  # fmt: skip
def test_what_cannot_be(land: dict[str, Rows], told: str) -> None:
    """Each mistake is told by row and column."""
    with pytest.raises(aumaq.InstanceError, match=told):
        villages(**land)


def test_forbidden_sites_are_told_with_their_reason() -> None:
    """A warning for each site on which nothing may be built."""
    near = {"buffer": "water", "kind": "protected", "distance_km": 3.0}
    found = villages(zones=[AT_A, AROUND_B], buffers=[near]).warnings
    told = [w.message for w in found if "may be built there" in w.message]
    assert len(told) == 2
    assert "lies in Park, specially protected land (water)" in told[0]
    assert "lies 2.6 km from Round" in told[1]
