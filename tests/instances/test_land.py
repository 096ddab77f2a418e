"""Zones and buffers: what may not be built where, in both ways in which it is told."""

from __future__ import annotations

import json
import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pytest
from differences import differences
from examples import examples
from grid_example import grid_rows
from hypothesis import assume, given
from hypothesis import strategies as st
from land_instances import draw_land
from tiny_instances import Rows, tiny, tiny_instances
from two_schools import NO_TIME

import aumaq
from aumaq.instances import Instance
from aumaq.instances.formats.geographic.geopackage import write_layer
from aumaq.instances.formats.geographic.layers import lines_between
from aumaq.instances.land.meridian import pieces
from aumaq.instances.land.shapes import inside, km_to_circle, km_to_outline, parts
from aumaq.instances.land.works import crosses
from aumaq.instances.svg_map import Lines, svg_map
from aumaq.results.audit import audit
from aumaq.results.audit.account import decided_of
from aumaq.results.audit.works import _meets
from aumaq.results.audit.zones import kilometres
from aumaq.results.language import Language
from aumaq.results.report.land import land_tables
from aumaq.results.studies.facility import service_of

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


@pytest.mark.slow
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


@pytest.mark.few(4)
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
    ours = km_to_outline(parts(zone["outline"]), y, x)
    assert ours == pytest.approx(kilometres(zone, y, x), abs=1e-6)
    assert (ours == 0.0) == inside(parts(zone["outline"]), y, x)
    circle = {"outline": "", "lat": lat, "lon": 0.1, "radius_km": 9.0}
    ours = km_to_circle((lat, 0.1), 9.0, y, x)
    assert ours == pytest.approx(kilometres(circle, y, x), abs=1e-6)


def test_parts_that_overlap_and_a_hole_of_one_of_them() -> None:
    """A place lies in a zone if any part holds it; a part has holes of its own."""
    outline = ("MULTIPOLYGON (((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 2 1, 2 2, 1 2, 1 1)),"
               " ((1.5 1.5, 6 1.5, 6 6, 1.5 6, 1.5 1.5)))")  # fmt: skip
    both, covered_hole, hole, second, border = (3, 3), (1.8, 1.8), (1.2, 1.2), (5, 5), 0
    lat, lon = np.array([both, covered_hole, hole, second, (border, 2)], dtype=float).T
    lies = [True, True, False, True, True]
    zone = {"outline": outline, "radius_km": np.nan}
    assert (km_to_outline(parts(outline), lat, lon) == 0.0).tolist() == lies
    assert (kilometres(zone, lat, lon) == 0.0).tolist() == lies
    start, end = np.array([[1.1, 1.1], [2.5, 2.5]]), np.array([[1.2, 1.2], [3.5, 3.5]])
    shape = SimpleNamespace(outline=outline)
    assert crosses(shape, start, end).tolist() == [False, True]


def test_lines_go_the_shorter_way_over_the_180th_meridian() -> None:
    """Zones near it meet the lines that they meet where the same lies elsewhere."""
    draw = np.random.default_rng(18)
    start, end = draw.uniform(-3.0, 3.0, (2, 150, 2))
    square = ((0.2, 0.5), (1.5, 0.5), (1.5, 1.0), (0.2, 1.0), (0.2, 0.5))

    def zones(turn: float) -> list[dict[str, Any]]:
        ring = ", ".join(f"{(x + turn + 180) % 360 - 180} {y}" for x, y in square)
        circle = {"lat": 0.3, "lon": (turn + 180.2) % 360 - 180, "radius_km": 90.0}
        return [{"outline": f"POLYGON (({ring}))", "radius_km": np.nan},
                {"outline": "", **circle}]  # fmt: skip

    def met(turn: float) -> list[list[bool]]:
        a, b = (points + np.array([0.0, turn]) for points in (start, end))
        for points in (a, b):
            points[:, 1] = (points[:, 1] + 180) % 360 - 180
        found = []
        for zone in zones(turn):
            found.append(crosses(SimpleNamespace(**zone), a, b).tolist())
            audited = [_meets(zone, p, q) for p, q in zip(a, b, strict=True)]
            assert found[-1] == audited
        return found

    assert met(180.0) == met(0.0)
    assert all(0 < sum(row) < 150 for row in met(0.0))
    # From 179 to -178 the meridian lies after a third of the way.
    line, first, last = pieces(np.array([[50.0, 179.0]]), np.array([[53.0, -178.0]]))
    assert line.tolist() == [0, 0]
    assert first.tolist() == [[50.0, 179.0], [51.0, -180.0]]
    assert last.tolist() == [[51.0, 180.0], [53.0, -178.0]]


def test_lines_over_the_180th_meridian_are_cut(tmp_path: Path) -> None:
    """In a GeoPackage and a picture: two lines from 179.9 to -179.9, none round it."""
    nodes = pd.DataFrame({"node": ["a", "b", "c"], "lat": [60.0, 61.0, 62.0],
                          "lon": [179.9, -179.9, 179.8]})  # fmt: skip
    links = pd.DataFrame({"from_node": ["a", "a"], "to_node": ["b", "c"]})
    frame = geopandas.GeoDataFrame(
        links, geometry=lines_between(links, nodes), crs="EPSG:4326"
    )
    write_layer(tmp_path / "lines.gpkg", "links", frame, is_line=True)
    over, beside = geopandas.read_file(tmp_path / "lines.gpkg").geometry
    ends = [[list(point) for point in part.coords] for part in over.geoms]
    assert ends == [
        [[179.9, 60.0], [180.0, pytest.approx(60.5)]],
        [[-180.0, pytest.approx(60.5)], [-179.9, 61.0]],
    ]
    assert beside.length < 3.0
    shown = svg_map([Lines("", "#000", np.array([[60.0, 179.9, 61.0, -179.9]]))], "")
    assert shown.split('<path d="')[1].split('"')[0].count("L") == 2


def test_a_buffer_goes_on_beyond_the_180th_meridian() -> None:
    """A tenth of a degree from 179.95 to -179.95 is as far as from 0.05 to -0.05."""
    square = "MULTIPOLYGON (((-180 60, -179.95 60, -179.95 61, -180 61, -180 60)))"
    zone = {"outline": square, "radius_km": np.nan}
    lat = np.array([60.5, 60.5, 60.5, 60.5, 62.0, 60.5])
    lon = np.array([179.9, -179.85, 180.0, -179.97, 180.0, 0.0])
    degree = 6371.0088 * math.pi / 180.0
    tenth = 0.1 * degree * math.cos(math.radians(60.5))
    right = [tenth, tenth, 0.0, 0.0, degree]
    for found in (km_to_outline(parts(square), lat, lon), kilometres(zone, lat, lon)):
        assert found[:5] == pytest.approx(right, abs=1e-6)
        assert found[5] > 1000.0


@pytest.mark.parametrize(
    ("land", "told"),
    [
        ({"zones": [{**PARK, "outline": "POLYGON ((1 2, 3 4, 5 6))"}]}, "outline: exp"),
        ({"zones": [{**PARK, "outline": "MULTIPOLYGON ((1 2, 3 4, 5 6, 1 2))"}]},
         "outline: expected POLY"),
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


@pytest.mark.slow
def test_who_asks_for_a_forbidden_site_is_told_why() -> None:
    """Locks and explanations name the land; a site that is said to lie in a zone does,
    10 km from its outline, for a buffer too.
    """
    told_a = {"service": "s", "site": "a", "zone": "round"}
    near = {"buffer": "water", "zone": "round", "distance_km": 3.0}
    found = villages(zones=[AROUND_B], site_zones=[told_a], buffers=[near],
                     zone_permits=[NOTHING])  # fmt: skip
    plan = aumaq.solve(found, gap=0.0)
    rows = plan.table("forbidden_land").set_index(["site", "buffer"])["distance_km"]
    assert rows["a", ""] == rows["a", "water"] == 0.0
    assert rows["b", "water"] == pytest.approx(2.57, abs=0.01)
    in_it = "lies in Round, specially protected land"
    for lock, why in (
        ("site=b,service=s", "lies 2.6 km from Round"),
        ("site=b,service=s,level=2,period=p1", "lies 2.6 km from Round"),
        ("site=a,service=s,level=2", rf"{in_it}; {in_it} \(water\)"),
    ):
        with pytest.raises(aumaq.InstanceError, match=rf"land forbids it \({why}"):
            aumaq.what_if(plan, locks=aumaq.lock_rows([lock]))
    with pytest.raises(aumaq.OptionError, match=r"land forbids it \(lies 2.6 km"):
        service_of(plan, "b", "")
    kept = aumaq.what_if(plan, locks=aumaq.lock_rows(["site=a,service=s,level=1"]))
    assert kept.after.objective_mln == plan.objective_mln


def test_zones_are_read_from_geojson(tmp_path: Path) -> None:
    """Polygons of a layer, holes too, in any system, are the outlines of zones."""
    outer = [[69.9, 49.9], [70.1, 49.9], [70.1, 50.05], [69.9, 50.05], [69.9, 49.9]]
    hole = [[69.99, 49.99], [70.01, 49.99], [70.01, 50.01], [69.99, 50.01],
            [69.99, 49.99]]  # fmt: skip
    circle = {"zone": "round", "kind": "hazard", "lat": 50.1, "lon": 70.05,
              "radius_km": 1.0}  # fmt: skip
    for system, scale in ((None, 1.0), ("urn:ogc:def:crs:EPSG::3857", 0.0)):
        shapes = [_moved(ring) if not scale else ring for ring in (outer, hole)]
        features = [
            {"type": "Feature", "properties": {"zone": "park", "kind": "protected"},
             "geometry": {"type": "Polygon", "coordinates": shapes}},
            {"type": "Feature", "properties": {"zone": "none", "kind": "forest"},
             "geometry": None},
        ]  # fmt: skip
        document: dict[str, Any] = {"type": "FeatureCollection", "features": features}
        if system:
            document["crs"] = {"type": "name", "properties": {"name": system}}
        folder = tmp_path / f"v{scale}"
        aumaq.write(villages(zones=[circle]), folder)
        (folder / "zones.csv").unlink()
        (folder / "zones.geojson").write_text(json.dumps(document))
        zones = aumaq.read(folder).table("zones")
        assert zones["zone"].tolist() == ["park", "none"]
        assert zones["outline"][1] == ""
        lat, lon = np.array([50.0, 49.95, 50.5]), np.array([70.0, 70.0, 70.0])
        found = km_to_outline(parts(zones["outline"][0]), lat, lon)
        own = km_to_outline([[np.array(ring) for ring in (outer, hole)]], lat, lon)
        assert found == pytest.approx(own, rel=1e-4, abs=1e-3)
        assert found[0] > 0.0 == found[1]  # in the hole, in the zone


def _moved(ring: list[list[float]]) -> list[list[float]]:
    """Return degrees on the map of Mercator on a sphere, in metres (EPSG:3857)."""
    radius = 6378137.0
    return [
        [radius * math.radians(lon),
         radius * math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))]
        for lon, lat in ring
    ]  # fmt: skip


SQUARE = {**PARK, "outline": "POLYGON ((70.0 50.04, 70.1 50.04, 70.1 50.06,"
          " 70.0 50.06, 70.0 50.04))"}  # fmt: skip
"""Between the villages, on the line from one to the other."""
DISC = {**PARK, "zone": "disc", "lat": 50.05, "lon": 70.02, "radius_km": 2.0}
ROAD: dict[str, Rows] = {
    "travel": [],
    "road_classes": [{"road_class": "asphalt", "speed_kmh": 90.0},
                     {"road_class": "earth", "speed_kmh": 30.0}],
    "road_nodes": [{"node": f"n{x}", "lat": 50.0 + 0.1 * k, "lon": 70.0}
                   for k, x in enumerate("ab")],
    "road_links": [{"from_node": "na", "to_node": "nb", "road_class": "earth",
                    "length_km": 12.0}],
    "road_upgrades": [{"upgrade": "g", "region": "R", "capex_mln": 0.1}],
    "road_upgrade_links": [{"upgrade": "g", "from_node": "nb", "to_node": "na",
                            "road_class": "asphalt", "length_km": 12.0}],
    "connections": [{"connection": "c", "from_settlement": "a", "to_settlement": "b",
                     "minutes": 15.0, "is_hard": False,
                     "shortfall_mln_per_year": 9.0}],
}  # fmt: skip
NO_ROADS = {"zone_work": "w", "kind": "protected", "of": "roads"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("zones", "rule", "built"),
    [
        ([SQUARE], {}, False),
        ([SQUARE], {"is_only_new": True}, True),  # there is a road today
        ([SQUARE], {"kind": "hazard"}, True),
        ([DISC], {}, False),  # 1.4 km from the road
        ([{**DISC, "radius_km": 1.0}], {}, True),
        ([{**DISC, "lon": 70.0, "lat": 50.12, "radius_km": 2.0}], {}, True),  # beyond
    ],
)
def test_roads_in_zones(zones: Rows, rule: dict[str, Any], built: bool) -> None:
    """A cheap road is built unless it crosses a zone that forbids it; the audit too."""
    regions = [{"settlement": x, "region": "R"} for x in "ab"]
    rows = {**ROAD, "settlements": regions, "zones": zones,
            "zone_works": [{**NO_ROADS, **rule}]}  # fmt: skip
    plan = aumaq.solve(tiny(**rows), gap=0.0)
    assert plan.record["problems"] == []
    assert len(plan.table("road_upgrades")) == built
    assert len(plan.table("forbidden_works")) == (not built)
    free = aumaq.solve(tiny(**{**rows, "zone_works": []}), gap=0.0)
    found = audit(plan.instance, decided_of(free.tables)).findings
    assert {f.rule for f in found} == (set() if built else {"zone_work:w"})


WORD = {"links": "lines and mains", "local_supply": "local supply"}


@pytest.mark.slow
def test_lines_and_local_supply_in_zones() -> None:
    """The line and the panels of b are forbidden, one by one; then it sheds.

    The page tells what is forbidden, and where.
    """
    zones = [{**PARK, "lat": 50.0, "lon": 70.0, "radius_km": 1.0}]
    spent = {}
    for of in ((), ("links",), ("local_supply",), ("links", "local_supply")):
        works = [{"zone_work": x, "kind": "protected", "of": x} for x in of]
        plan = aumaq.solve(tiny(**grid_rows(), zones=zones, zone_works=works), gap=0.0)
        assert plan.record["problems"] == []
        assert len(plan.table("network_steps")) == ("links" not in of)
        assert len(plan.table("local_supply")) == ("local_supply" not in of)
        spent[of] = plan.objective_mln
        (told,) = (t for t in land_tables(plan, Language("en")) if t["name"] == "works")
        assert {row[1] for row in told["rows"]} == {WORD[sort] for sort in of}
        assert all("Park" in row[-1] for row in told["rows"])
    assert spent[()] < min(spent[("links",)], spent[("local_supply",)])
    assert spent[("links", "local_supply")] > max(
        spent[("links",)], spent[("local_supply",)]
    )


def test_a_conflict_names_the_land_of_a_road() -> None:
    """The connection must hold, and its only road is forbidden."""
    regions = [{"settlement": x, "region": "R"} for x in "ab"]
    must = [{**ROAD["connections"][0], "is_hard": True}]
    rows = {**ROAD, "connections": must, "settlements": regions, "zones": [SQUARE],
            "zone_works": [NO_ROADS]}  # fmt: skip
    (conflict,) = aumaq.conflicts(tiny(**rows), most=None).record()["conflicts"]
    assert {r["rule"] for r in conflict["rules"]} == {"connection:c", "zone_work:w"}


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"network": "power"}, "column network: roads are in no network"),
        ({"option": "solar"}, "column option: only local supply has options"),
        ({"of": "local_supply", "option": "wind"}, "option: there is no such option"),
        ({"of": "pipes"}, "column of: "),
    ],
)
def test_works_that_cannot_be(rule: dict[str, Any], told: str) -> None:
    """Each mistake is told by row and column."""
    rows = {**grid_rows(), "zones": [AT_A], "zone_works": [{**NO_ROADS, **rule}]}
    with pytest.raises(aumaq.InstanceError, match=told):
        tiny(**rows)
