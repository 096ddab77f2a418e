"""A territory whose futures differ in where people go."""

from __future__ import annotations

from tiny_instances import Rows, tiny

from aumaq.instances import Instance


def growing(*, schools: Rows | None = None, **more: Rows) -> Instance:
    """Return one village whose people double in ``many`` and vanish in ``few``.

    A school for 100 costs 10 mln, one for 200 costs 14, to enlarge later 8; a pupil
    without a school costs 0.1 mln a period. Nothing is worth anything at the end.
    """
    names = ("few", "many")
    levels = [
        {"service": "s", "level": 1, "capacity": 100.0, "capex_mln": 10.0},
        {"service": "s", "level": 2, "capacity": 200.0, "capex_mln": 14.0},
    ]
    tables: dict[str, Rows] = {
        "policies": [{"discount_rate": 0.0, "count_residual_value": False}],
        "periods": [
            {"period": "p1", "first_year": 2026, "years": 1},
            {"period": "p2", "first_year": 2027, "years": 1},
        ],
        "scenarios": [{"scenario": name} for name in names],
        "growth": [
            {"scenario": name, "region": "", "period": period, "factor": factor}
            for name, later in zip(names, (0.0, 2.0), strict=True)
            for period, factor in (("p1", 1.0), ("p2", later))
        ],
        "services": [{"service": "s", "unserved_mln_per_unit_year": 0.12}],
        "settlements": [{"settlement": "a"}],
        "sites": [{"site": "a", "service": "s", "settlement": "a"}],
        "levels": schools or levels,
        "transitions": [
            {"service": "s", "from_level": 1, "to_level": 2, "cost_mln": 8.0}
        ],
        "travel": [],
        "road_classes": [{"road_class": "r", "speed_kmh": 60.0}],
        "road_nodes": [{"node": "n", "lat": 50.0, "lon": 70.0},
                       {"node": "m", "lat": 50.1, "lon": 70.0}],
        "road_links": [{"from_node": "n", "to_node": "m", "length_km": 9.0,
                        "road_class": "r"}],
        **more,
    }  # fmt: skip
    return tiny(**tables)
