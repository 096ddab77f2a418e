"""Random tiny instances of services with a power or water network."""

from __future__ import annotations

from itertools import combinations

from anchor_case import draw_anchors
from hypothesis import assume
from hypothesis import strategies as st
from impact_rules import draw_impacts
from tiny_instances import Row, Rows, some, tiny

from aumaq.instances import Instance, InstanceError


@st.composite
def coupled_instances(draw: st.DrawFn, kind: str) -> Instance:
    """Draw two or three settlements, a service, a source, lines and local supply.

    *kind* is ``power``, ``water`` or ``angles`` (power with voltage angles).
    """
    count = draw(some(1, 1, 2))
    places = list("abc"[: draw(some(2, 2, 3))])
    name, has_angles = "water" if kind == "water" else "power", kind == "angles"
    rows: dict[str, Rows] = {
        "periods": _periods(draw, count),
        "policies": [
            {
                "discount_rate": draw(some(0.0, 0.1)),
                "value_of_time_per_hour": draw(some(0.0, 2000.0)),
                "count_residual_value": draw(st.booleans()),
                "allow_closing": draw(some(True, True, False)),
            }
        ],
        "scenarios": [
            {
                "scenario": "base",
                "capex_factor": draw(some(1.0, 1.5)),
                "opex_factor": draw(some(1.0, 0.5)),
            }
        ],
        "settlements": [
            {
                "settlement": code,
                "kind": draw(some("village", "town")),
                "population": float(draw(some(20, 40, 60))),
            }
            for code in places
        ],
        "networks": [
            {
                "network": name,
                "flow_model": "dc" if has_angles else "transport",
                "shed_mln_per_unit_year": draw(some(0.05, 0.3)),
                "may_shed": draw(some(True, True, True, False)),
                "lifetime_years": draw(some(4.0, 40.0)),
            }
        ],
    }
    if draw(st.booleans()):
        rows["growth"] = [
            {"scenario": "base", "region": "", "period": period["period"],
             "factor": draw(some(0.5, 1.0, 2.0))}
            for period in rows["periods"]
        ]  # fmt: skip
    _draw_nodes(draw, rows, name, places)
    _draw_links(draw, rows, name, has_angles)
    _draw_services(draw, rows, name, places)
    _draw_travel(draw, rows, places)
    _draw_loads(draw, rows, name)
    rows["local_supplies"] = _local(draw, rows, name, places)
    rows["budgets"] = _budgets(draw, rows)
    if draw(some(False, False, True)):
        draw_impacts(draw, rows)
    rows["anchors"] = draw_anchors(draw, rows)
    try:
        return tiny(**rows)
    except InstanceError:
        assume(False)
        raise


def _periods(draw: st.DrawFn, count: int) -> Rows:
    years = [draw(st.integers(1, 5)) for _ in range(count)]
    return [
        {
            "period": f"p{t + 1}",
            "first_year": 2026 + sum(years[:t]),
            "years": years[t],
        }
        for t in range(count)
    ]


def _first(draw: st.DrawFn, rows: dict[str, Rows]) -> str:
    return str(draw(some("", "", rows["periods"][-1]["period"])))


def _draw_nodes(
    draw: st.DrawFn, rows: dict[str, Rows], name: str, places: list[str]
) -> None:
    fed = [p for k, p in enumerate(places) if k == 0 or draw(some(True, True, False))]
    names = [*fed, "hub"]
    rows["network_nodes"] = [
        {
            "network": name,
            "node": f"n{code}",
            "lat": 50.0,
            "lon": 70.0 + 0.1 * k,
            "settlement": "" if code == "hub" else code,
        }
        for k, code in enumerate(names)
    ]


def _draw_links(
    draw: st.DrawFn, rows: dict[str, Rows], name: str, has_angles: bool
) -> None:
    rows["network_links"], rows["link_upgrades"] = [], []
    nodes = [row["node"] for row in rows["network_nodes"]]
    pairs = list(combinations(nodes, 2))
    pairs += [pairs[0]]
    for k, (a, b) in enumerate(pairs):
        if k and draw(some(True, True, False)) is False:
            continue
        capacity = float(draw(some(0, 10, 30)))
        # Enumeration tries every period of every step.
        most = 4 - len(rows["periods"])
        steps = draw(some(0, 1, 1, 2)) if len(rows["link_upgrades"]) < most else 0
        rows["network_links"].append(
            {
                "network": name,
                "link": f"e{k}",
                "from_node": a,
                "to_node": b,
                "length_km": float(draw(some(0, 10, 20))),
                "capacity": capacity,
                "loss_per_km": draw(some(0.0, 0.005)),
                "is_one_way": draw(some(False, False, True)),
                "flow_mln_per_unit_year": draw(some(0.0, 0.0, 0.02)),
                "susceptance": draw(some(20.0, 50.0)) if has_angles else 0.0,
            }
        )
        rows["link_upgrades"] += [
            {
                "network": name,
                "link": f"e{k}",
                "step": step,
                "capacity": float(draw(some(10, 25, 40))),
                "susceptance": draw(some(20.0, 50.0)) if has_angles else 0.0,
                "capex_mln": float(draw(some(0, 1, 4))),
                "opex_mln_per_year": draw(some(0.0, 0.2)),
                "first_period": _first(draw, rows),
            }
            for step in range(1, steps + 1)
        ]


def _service(draw: st.DrawFn, **columns: object) -> Row:
    return {
        "lifetime_years": float(draw(some(4, 50))),
        "nearest_sites": 1,
        "trips_per_year": 100.0,
        "unserved_mln_per_unit_year": draw(some(0.1, 0.5)),
        "cutoff_minutes": 60.0,
        "group": "all",
        **columns,
    }


def _draw_services(
    draw: st.DrawFn, rows: dict[str, Rows], name: str, places: list[str]
) -> None:
    load = {"power": "load_kw", "water": "load_m3_per_day"}[name]
    rows["services"] = [_service(draw, service="s")]
    others: Row = {"group": "", "cutoff_minutes": None, "network": name}
    rows["services"].append(_service(draw, service="plant", role="supply", **others))
    has_station = rows["networks"][0]["flow_model"] == "transport" and draw(
        st.booleans()
    )
    if has_station:
        row = _service(draw, service="station", role="carry", **others)
        rows["services"].append(row)
    fits_two = len(rows["periods"]) == 1 and draw(some(False, True))
    rows["levels"], rows["sites"], rows["facilities"] = [], [], []
    for service in [row["service"] for row in rows["services"]]:
        levels = 2 if service == "s" and draw(st.booleans()) else 1
        for level in range(1, levels + 1):
            rows["levels"].append(
                {
                    "service": service,
                    "level": level,
                    "capacity": float(draw(some(30, 60))) * level,
                    "capex_mln": float(draw(some(1, 4))) + 2.0 * level,
                    "opex_mln_per_year": draw(some(0.1, 0.5)) * level,
                    load: float(draw(some(0, 5, 12))) * level,
                    "supply_mln_per_unit_year": draw(some(0.0, 0.01, 0.03)),
                }
            )
        count = {"s": 2, "plant": draw(some(1, 1, 2)), "station": 1}[service]
        for k, place in enumerate(places[:count]):
            stands = draw(st.booleans())
            rows["sites"].append(
                {
                    "site": f"{service}-{place}" if service != "s" else place,
                    "service": service,
                    "settlement": place,
                    "status": "existing" if stands else "candidate",
                    "max_units": 2 if service == "plant" and not k and fits_two else 1,
                    "first_period": "" if stands else _first(draw, rows),
                    "network_node": "nhub" if service == "plant" and k == 0 else "",
                    "max_supply": draw(some(None, 25.0))
                    if service == "plant"
                    else None,
                }
            )
            if stands:
                site = rows["sites"][-1]["site"]
                row = {"service": service, "site": site, "level": 1, "units": 1}
                rows["facilities"].append(row)
    if has_station:
        rows["network_links"][-1]["station"] = f"station-{places[0]}"


def _draw_travel(draw: st.DrawFn, rows: dict[str, Rows], places: list[str]) -> None:
    targets = [row["site"] for row in rows["sites"] if row["service"] == "s"]
    rows["travel"] = [
        {"settlement": a, "site": b, "minutes": float(draw(some(10, 30, 70)))}
        for a in places
        for b in targets
        if a != b
    ]


def _draw_loads(draw: st.DrawFn, rows: dict[str, Rows], name: str) -> None:
    rows["load_rates"] = [
        {
            "network": name,
            "kind": draw(some("", "town")),
            "units_per_person": draw(some(0.1, 0.3)),
        }
    ]
    if draw(st.booleans()):
        rows["load_rates"].append(
            {
                "network": name,
                "kind": draw(some("", "village")),
                "period": "p1",
                "units_per_person": 0.5,
            }
        )
    if draw(st.booleans()):
        rows["industrial_loads"] = [
            {
                "network": name,
                "node": draw(some(*(r["node"] for r in rows["network_nodes"]))),
                "title": "mill",
                "period": draw(some("", "p1")),
                "load": float(draw(some(5, 20))),
            }
        ]


def _local(
    draw: st.DrawFn, rows: dict[str, Rows], name: str, places: list[str]
) -> Rows:
    names = [("solar", ""), ("solar", places[0]), ("diesel", places[-1])]
    return [
        {
            "network": name,
            "option": option,
            "settlement": settlement,
            "max_capacity": draw(some(None, 4.0, 15.0)),
            "capex_mln_per_unit": draw(some(0.05, 0.3)),
            "opex_mln_per_unit_year": draw(some(0.0, 0.01)),
            "supply_mln_per_unit_year": draw(some(0.0, 0.05)),
            "first_period": _first(draw, rows),
        }
        for option, settlement in names
        if draw(st.booleans())
    ]


def _budgets(draw: st.DrawFn, rows: dict[str, Rows]) -> Rows:
    if not draw(some(False, False, True)):
        return []
    return [
        {
            "budget": "purse",
            "period": rows["periods"][-1]["period"],
            "amount_mln": float(draw(some(3, 8))),
            "covers": draw(some("investment", "operation", "all")),
            "is_hard": draw(some(False, False, True)),
            "overrun_price": draw(some(0.3, 2.0)),
        }
    ]
