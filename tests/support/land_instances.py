"""Zones and buffers of tiny instances: how they are drawn."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Row = dict[str, Any]
KINDS = ("protected", "agricultural")


def draw_land(draw: st.DrawFn, rows: dict[str, list[Row]]) -> None:
    """Draw zones around some settlements, what they permit, and a buffer."""
    places = rows["settlements"]
    rows["zones"] = [
        _zone(draw, k, len(places)) for k in range(draw(st.integers(1, 2)))
    ]
    services = ("", *(row["service"] for row in rows["services"]))
    if draw(st.booleans()):
        site = draw(st.sampled_from(rows["sites"]))
        told = {"service": site["service"], "site": site["site"], "zone": "z0"}
        rows["site_zones"] = [told]
    pick = st.sampled_from
    rules = {
        (draw(pick(KINDS)), draw(pick(services)), 1): draw(pick([False, False, True]))
        for _ in range(draw(st.integers(1, 2)))
    }
    if max(row["level"] for row in rows["levels"]) > 1:
        rules[draw(pick(KINDS)), "", 2] = draw(st.booleans())
    rows["zone_permits"] = [
        {"kind": kind, "service": service, "from_level": level, "is_permitted": flag}
        for (kind, service, level), flag in rules.items()
    ]
    if draw(st.booleans()):
        around = draw(pick([{"kind": KINDS[0]}, {"zone": "z0"}]))
        rows["buffers"] = [
            {"buffer": "near", "distance_km": draw(pick([0.0, 3.0, 12.0])),
             "service": draw(pick(services)), **around}
        ]  # fmt: skip


def _zone(draw: st.DrawFn, k: int, places: int) -> Row:
    """Return a square with a hole beside its middle, a circle, or no shape."""
    lat = 50.0 + 0.1 * draw(st.integers(0, places - 1))
    zone = {"zone": f"z{k}", "kind": draw(st.sampled_from(KINDS))}
    shape = draw(st.sampled_from(["square", "circle", "none"]))
    if shape == "circle":
        return {**zone, "lat": lat + 0.02, "lon": 70.0, "radius_km": 4.0}
    if shape == "none":
        return zone
    outer, hole = _square(lat, 70.0, 0.05), _square(lat, 70.03, 0.01)
    return {**zone, "outline": f"MULTIPOLYGON ((({outer}), ({hole})))"}


def _square(lat: float, lon: float, half: float) -> str:
    corners = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
    return ", ".join(f"{lon + half * x:.6f} {lat + half * y:.6f}" for x, y in corners)


def draw_works(draw: st.DrawFn, rows: dict[str, list[Row]]) -> None:
    """Draw zones on lines, roads and local supply, and what they forbid of these."""
    pick = st.sampled_from
    nodes = [*rows["network_nodes"], *rows["road_nodes"]]
    rows["zones"] = []
    for k in range(draw(st.integers(1, 2))):
        node = draw(pick(nodes))
        lat, lon = node["lat"], node["lon"] + draw(pick([0.0, 0.05]))
        zone = {"zone": f"z{k}", "kind": draw(pick(KINDS))}
        half = draw(pick([0.02, 0.07]))
        shape = {"outline": f"POLYGON (({_square(lat, lon, half)}))"}
        if draw(st.booleans()):
            shape = {"lat": lat + 0.01, "lon": lon, "radius_km": 60.0 * half}
        rows["zones"].append({**zone, **shape})
    options = sorted({row["option"] for row in rows["local_supplies"]})
    sorts = ["roads"] * (len(rows["road_upgrades"]) > 0)
    sorts += ["links", "local_supply"] * (len(rows["network_nodes"]) > 0)
    rows["zone_works"] = [
        {"zone_work": f"w{k}", "kind": draw(pick(KINDS)), "of": of,
         "option": draw(pick(["", *options])) if of == "local_supply" else "",
         "is_only_new": draw(st.booleans())}
        for k, of in enumerate(draw(st.lists(pick(sorts), min_size=1, max_size=2)))
    ]  # fmt: skip
