"""Random tiny instances whose roads may be upgraded."""

from __future__ import annotations

from itertools import combinations

import pandas as pd
from hypothesis import assume
from hypothesis import strategies as st
from tiny_instances import Rows, some, tiny_instances

from aumaq.instances import Instance, InstanceError, from_tables


@st.composite
def road_instances(
    draw: st.DrawFn, allocation: str, *, is_financed: bool = False
) -> Instance:
    """Draw services as usual, on slow roads with one or two upgrades or new links."""
    base = draw(tiny_instances(allocation=allocation, is_financed=is_financed))
    places, periods = base.settlement_ids, base.period_names
    pairs = list(combinations(places, 2))
    rows: dict[str, Rows] = {
        "travel": [],
        "road_classes": [
            {"road_class": "earth", "speed_kmh": 30.0,
             "wet_speed_kmh": draw(some(None, 20.0))},
            {"road_class": "asphalt", "speed_kmh": 90.0},
        ],
        "road_nodes": [
            {"node": f"n{place}", "lat": 50.0 + 0.1 * k + draw(some(0.0, 0.01)),
             "lon": 70.0}
            for k, place in enumerate(places)
        ],
        "road_links": [
            {"from_node": f"n{a}", "to_node": f"n{b}", "road_class": "earth",
             "length_km": float(draw(some(5, 11, 18, 31)))}
            for a, b in pairs
            if draw(some(True, True, False))
        ],
    }  # fmt: skip
    count = draw(st.integers(1, 3 if len(periods) == 1 else 2))
    rows["road_upgrades"] = [
        {
            "upgrade": f"g{k}",
            "region": draw(some("", "R"))
            if (base.table("regions")["region"] == "R").any()
            else "",
            "capex_mln": float(draw(some(0, 1, 3))),
            "opex_mln_per_year": draw(some(0.0, 0.1)),
            "first_period": draw(some("", "", periods[-1])),
            "lifetime_years": draw(some(3.0, 25.0)),
        }
        for k in range(count)
    ]
    rows["road_upgrade_links"] = [
        {"upgrade": f"g{k}", "from_node": f"n{a}", "to_node": f"n{b}",
         "road_class": "asphalt", "length_km": float(draw(some(4, 9, 15, 25)))}
        for k in range(count)
        for a, b in draw(st.lists(some(*pairs), min_size=1, max_size=2, unique=True))
    ]  # fmt: skip
    rows["connections"] = [
        {
            "connection": f"c{k}",
            "from_settlement": a,
            "to_settlement": b,
            "minutes": draw(some(10.0, 20.0, 40.0)),
            "first_period": draw(some("", periods[-1])),
            "is_hard": draw(some(False, False, True)),
            "shortfall_mln_per_year": draw(some(0.5, 2.0)),
        }
        for k, (a, b) in enumerate(pairs[: draw(some(0, 1, 2))])
    ]
    policies = base.table("policies").assign(season=draw(some("dry", "wet")))
    tables = {name: pd.DataFrame(part) for name, part in rows.items()}
    try:
        return from_tables({**base.tables, **tables, "policies": policies})
    except InstanceError:
        assume(False)
        raise
