"""Tiny instances: a builder for hand-made ones and a strategy for random ones."""

from __future__ import annotations

from itertools import pairwise
from math import comb, prod
from typing import Any

import pandas as pd
from anchor_case import draw_anchors
from examples import SCALE
from hypothesis import assume
from hypothesis import strategies as st
from impact_rules import draw_impacts
from land_instances import draw_land
from running_rows import draw_running

from aumaq.instances import Instance, InstanceError, from_tables

Row = dict[str, Any]
Rows = list[Row]
COUNTS = ("facilities", "openings", "closures", "enlargements", "reductions")
MOST_PATHS = 1500 if SCALE >= 1 else 300
"""Bound on unit paths of one service, so that enumeration is quick."""

DEFAULTS: dict[str, Row] = {
    "settlements": {"kind": "village", "region": "R", "population": 100.0},
    "levels": {"opex_mln_per_year": 0.0},
    "services": {"group": "all", "cutoff_minutes": 60.0},
    "sites": {"status": "candidate"},
}


def tiny(**tables: Rows) -> Instance:
    """Build an instance of two villages, one service "s", one period from *tables*.

    Each table is a list of rows; what is not given is filled in with defaults.
    """
    rows: dict[str, Rows] = {
        "instance": [{"name": "tiny", "title": "Tiny", "base_year": 2026}],
        "policies": [{"discount_rate": 0.0, "value_of_time_per_hour": 0.0}],
        "periods": [{"period": "p1", "first_year": 2026, "years": 1}],
        "scenarios": [{"scenario": "base"}],
        "groups": [{"group": "all", "share_urban": 1.0, "share_rural": 1.0}],
        "services": [{"service": "s", "unserved_mln_per_unit_year": 1.0}],
        "settlements": [{"settlement": "a"}, {"settlement": "b"}],
        "sites": [
            {"site": "a", "service": "s", "settlement": "a"},
            {"site": "b", "service": "s", "settlement": "b"},
        ],
        "levels": [{"service": "s", "level": 1, "capacity": 100.0, "capex_mln": 10.0}],
        "travel": [
            {"settlement": "a", "site": "b", "minutes": 30.0},
            {"settlement": "b", "site": "a", "minutes": 30.0},
        ],
        **tables,
    }
    for name, default in DEFAULTS.items():
        rows[name] = [{**default, **row} for row in rows[name]]
    for k, row in enumerate(rows["settlements"]):
        row.setdefault("name", row["settlement"].title())
        row.setdefault("lat", 50.0 + 0.1 * k)
        row.setdefault("lon", 70.0)
    regions = dict.fromkeys(row["region"] for row in rows["settlements"])
    rows.setdefault("regions", [{"region": r, "name": r} for r in regions])
    return from_tables({name: pd.DataFrame(part) for name, part in rows.items()})


def some(*values: Any) -> st.SearchStrategy[Any]:
    """Draw one of the values."""
    return st.sampled_from(values)


@st.composite
def tiny_instances(
    draw: st.DrawFn,
    allocation: str = "free",
    running: frozenset[str] | None = frozenset(),
    *,
    is_financed: bool = False,
) -> Instance:
    """Draw a random tiny instance with a kind of allocation.

    *running*: of second shift, staff, ... these (None: any now and then). Who pays is
    asked now and then, with *is_financed* wherever that is enumerated.
    """
    rows: dict[str, Rows] = {}
    count = draw(st.integers(1, 3))
    _draw_settings(draw, rows, count)
    _draw_settlements(draw, rows)
    services = ["s", "h"][: draw(some(1, 1, 2))]
    rows["services"], rows["levels"], rows["sites"] = [], [], []
    rows["facilities"], rows["transitions"] = [], []
    for service in services:
        _draw_service(draw, rows, service, allocation)
        _draw_sites(draw, rows, service, len(services))
    _draw_travel(draw, rows)
    rows["standards"] = [_standard(draw, rows, k) for k in range(draw(some(0, 1, 2)))]
    rows["budgets"] = _budgets(draw, rows)
    if draw(some(False, False, True)):
        rows["gaps"] = [draw_gap(draw, rows)]
    if len(services) == 2 and draw(st.booleans()):
        rows["referrals"] = [
            {
                "referral": "up",
                "service": "s",
                "from_level": draw(some(1, _top(rows, "s"))),
                "to_service": "h",
                "to_level": draw(some(1, _top(rows, "h"))),
                "minutes": draw(some(0.0, 20.0, 40.0)),
            }
        ]
    if draw(some(False, False, True)):
        service = draw(some(*services))
        least, most = draw(some((None, 0), (None, 1), (None, 2), (1, None), (1, 1)))
        rows["counts"] = [_count(draw, rows, service, (least, most))]
    if draw(some(False, False, True)):
        draw_land(draw, rows)
    if draw(some(False, False, True)):
        draw_impacts(draw, rows)
    if draw(some(False, False, True)):
        rows["closing_rules"] = [draw(closing_rule(some(*services)))]
    if draw(some(False, False, False, True)):
        rows["together_rules"] = [draw(together_rule(some(*services)))]
    if draw(some(False, False, False, True)):
        rows["mergers"] = [draw(merger(services[0], rows))]
    if draw(some(False, False, False, True)):
        rows["relocations"] = [draw(relocation(services[0], rows))]
    draw_running(draw, rows, running)
    rows["anchors"] = draw_anchors(draw, rows)
    # Who pays for what is spent on these is not enumerated.
    is_known = not any(map(rows.get, ("shifts", "staff_supply", "mobile_services")))
    if (draw(some(False, False, True)) or is_financed) and is_known:
        draw_money(draw, rows)
    try:
        return tiny(**rows)
    except InstanceError:
        assume(False)
        raise


@st.composite
def closing_rule(draw: st.DrawFn, service: st.SearchStrategy[str]) -> Row:
    """Draw a rule on closing."""
    extra = draw(some(None, None, 0.0, 10.0, 15.0))
    return {
        "closing": "stay",
        "service": draw(service),
        "settlement": draw(some("", "", "", "a")),
        "region": draw(some("", "", "R")),
        "applies_to": draw(some("all", "all", "all", "urban", "rural", "remote")),
        "population_least": draw(some(0.0, 0.0, 0.0, 30.0)),
        "population_most": draw(some(None, None, None, 60.0)),
        "keep_only": draw(st.booleans()) if extra is not None else True,
        "extra_minutes_most": extra,
    }


@st.composite
def together_rule(draw: st.DrawFn, service: st.SearchStrategy[str]) -> Row:
    """Draw a rule on who is not split; few are whole, for each is enumerated."""
    return {
        "together": "class",
        "service": draw(service),
        "settlement": draw(some("a", "b")),
        "applies_to": draw(some("all", "all", "rural")),
    }


@st.composite
def merger(draw: st.DrawFn, service: str, rows: dict[str, Rows]) -> Row:
    """Draw two sites of a service that become one."""
    sites = [row["site"] for row in rows["sites"] if row["service"] == service]
    return {
        "merger": "pair",
        "service": service,
        "site": sites[0],
        "other_site": draw(some(*sites[1:])),
        "first_period": draw(some("", *(row["period"] for row in rows["periods"]))),
    }


@st.composite
def possible_merger(draw: st.DrawFn, service: str, rows: dict[str, Rows]) -> Row:
    """Draw two sites of a service that may become one, at what cost and saving."""
    rule = draw(merger(service, rows))
    rule["possible_merger"] = rule.pop("merger")
    own = [row for row in rows["levels"] if row["service"] == service]
    least = draw(some(1, 1, max(row["level"] for row in own)))
    most = min(row["opex_mln_per_year"] for row in own if row["level"] >= least)
    return rule | {
        "cost_mln": draw(some(0.0, 0.2, 1.0)),
        "saving_mln_per_year": most * draw(some(0.0, 0.5, 1.0)),
        "least_level": least,
    }


@st.composite
def relocation(
    draw: st.DrawFn, service: str, rows: dict[str, Rows], code: str = "away"
) -> Row:
    """Draw a facility that may move, from where one stands if any does."""
    sites = [row["site"] for row in rows["sites"] if row["service"] == service]
    stock = [row["site"] for row in rows["facilities"] if row["service"] == service]
    periods = [row["period"] for row in rows["periods"]]
    site = draw(some(*stock, *sites[:1]))
    return {
        "relocation": code,
        "service": service,
        "site": site,
        "to_site": draw(some(*(x for x in sites if x != site), sites[0])),
        "cost_mln": draw(some(0.0, 1.0, 4.0, 30.0)),
        "first_period": draw(some("", "", *periods)),
        "last_period": draw(some("", "", periods[-1])),
        "is_forced": draw(some(False, False, True)),
    }


def draw_money(draw: st.DrawFn, rows: dict[str, Rows]) -> None:
    """Draw sources of money, partners, or both."""
    kind = draw(some("funds", "partners", "both"))
    services = ["", rows["services"][0]["service"]]
    services += [row["network"] for row in rows.get("networks", ())]
    regions = ["", rows["settlements"][0]["region"]]
    periods = rows["periods"]
    if kind != "partners":
        rows["funding_sources"] = [
            {"fund": code, "carry_over": draw(st.booleans()),
             "interest": draw(some(0.0, 0.05))}
            for code in "nd"
        ]  # fmt: skip
        rows["funding_limits"] = [
            {"fund": code, "period": period["period"] if is_whole else "",
             "year": 0 if is_whole else period["first_year"] + period["years"] - 1,
             "amount_mln": float(draw(some(1, 4, 10, 30)))}
            for code in draw(some("n", "nd"))
            for period in periods
            if draw(some(True, True, False))
            for is_whole in (draw(st.booleans()),)
        ]  # fmt: skip
        # What is paid for by who goes where is not enumerated where funds pay.
        for row in rows.get("shifts", ()):
            row["cost_mln_per_unit_year"] = 0.0
        for row in rows.get("mobile_services", ()):
            row["cost_mln_per_team_year"] = row["cost_mln_per_day"] = 0.0
        pairs = {(draw(some(*services)), draw(some(*regions))) for _ in range(2)}
        rows["funding_eligibility"] = [
            {"fund": "n", "share_least": draw(some(0.0, 0.0, 0.3)),
             "share_most": draw(some(1.0, 1.0, 0.6))},
            *({"fund": "d", "service": service, "region": region,
               "covers": draw(some("investment", "operation", "all")),
               "share_least": draw(some(0.0, 0.0, 0.2)),
               "share_most": draw(some(1.0, 0.5))}
              for service, region in sorted(pairs)),
        ]  # fmt: skip
    if kind != "funds":
        rows["partnerships"] = [
            {"partnership": f"ppp{k}", "service": draw(some(*services)),
             "region": draw(some(*regions)), "share_most": draw(some(0.5, 1.0)),
             "limit_mln": float(draw(some(2, 5, 20))),
             "premium": draw(some(0.0, 0.04, 0.12)),
             "term_years": draw(some(1, 3, 8)),
             "first_payment_years": draw(some(0, 1, 1, 4))}
            for k in range(draw(some(1, 1, 2)))
        ]  # fmt: skip
        if draw(st.booleans()):
            rows["burdens"] = [
                {"burden": "all", "service": draw(some(*services)),
                 "most_mln_per_year": draw(some(0.2, 1.0, 3.0))}
            ]  # fmt: skip


def _count(
    draw: st.DrawFn, rows: dict[str, Rows], service: str, limits: tuple[Any, Any]
) -> dict[str, Any]:
    what = draw(some(*COUNTS))
    is_total = what != "facilities" and draw(st.booleans())
    last = f"p{len(rows['periods'])}"
    return {
        "count": "few",
        "service": service,
        "what": what,
        "from_level": draw(some(1, _top(rows, service))),
        "to_level": draw(some(0, 0, _top(rows, service))),
        "region": draw(some("", "R")),
        "applies_to": draw(some("all", "all", "rural", "border")),
        "tag": draw(some("", "", "own")),
        "period": "" if is_total else draw(some("", "p1", last)),
        "least": limits[0],
        "most": limits[1],
        "is_total": is_total,
    }


def _draw_settings(draw: st.DrawFn, rows: dict[str, Rows], count: int) -> None:
    years = [draw(st.integers(1, 5)) for _ in range(count)]
    first = [2026 + sum(years[:t]) for t in range(count)]
    rows["periods"] = [
        {"period": f"p{t + 1}", "first_year": first[t], "years": years[t]}
        for t in range(count)
    ]
    rows["policies"] = [
        {
            "discount_rate": draw(some(0.0, 0.05, 0.1)),
            "value_of_time_per_hour": draw(some(0.0, 1000.0, 3000.0)),
            "count_residual_value": draw(st.booleans()),
            "allow_closing": draw(some(True, True, False)),
            "allow_reducing": draw(some(True, True, False)),
        }
    ]
    base: Row = {"scenario": "base"}
    if draw(st.booleans()):
        base |= {"capex_factor": 1.5, "opex_factor": 0.5, "budget_factor": 0.75}
    rows["scenarios"] = [base]
    if draw(st.booleans()):
        rows["growth"] = [
            {
                "scenario": "base",
                "region": "",
                "period": f"p{t + 1}",
                "factor": draw(some(0.0, 0.5, 1.0, 1.5, 2.0)),
            }
            for t in range(count)
        ]


def _draw_settlements(draw: st.DrawFn, rows: dict[str, Rows]) -> None:
    rows["settlements"] = [
        {
            "settlement": code,
            "kind": draw(some("village", "town")),
            "region": draw(some("R", "Q")),
            "district": draw(some("d", "e")),
            "population": float(draw(some(10, 20, 30, 40, 60, 80))),
            "internal_minutes": float(draw(some(0, 5))),
            "is_remote": draw(st.booleans()),
            "is_border": draw(st.booleans()),
            "is_growth_point": draw(st.booleans()),
        }
        for code in "abcd"[: draw(st.integers(2, 4))]
    ]
    rows["settlement_tags"] = [
        {"settlement": code["settlement"], "tag": "own"}
        for code in rows["settlements"][:: draw(some(1, 2))]
    ]
    rows["groups"] = [
        {"group": "all", "share_urban": 1.0, "share_rural": draw(some(0.5, 1.0))}
    ]
    if draw(some(False, False, True)):
        rows["population"] = [
            {
                "settlement": "a",
                "scenario": "base",
                "period": period["period"],
                "group": "all",
                "persons": float(draw(some(0, 20, 50))),
            }
            for period in rows["periods"]
        ]


def _draw_service(
    draw: st.DrawFn, rows: dict[str, Rows], service: str, allocation: str
) -> None:
    may_be_unserved = draw(some(True, True, True, False))
    rows["services"].append(
        {
            "service": service,
            "allocation": allocation,
            "demand_per_person": draw(some(0.5, 1.0)),
            "cutoff_minutes": float(draw(some(15, 30, 60))),
            "nearest_sites": draw(some(0, 1, 2)),
            "served_within_minutes": draw(some(None, None, 10.0, 25.0)),
            "max_use_share": draw(some(1.0, 1.0, 0.5, 0.9)),
            "trips_per_year": float(draw(some(0, 100, 300))),
            "companions_per_trip": draw(some(0.0, 0.0, 0.5)),
            "transport_cost_per_km": float(draw(some(0, 0, 5, 50))),
            "aversion_per_minute": draw(some(0.0, 0.0, 0.02, 0.1)),
            "may_be_unserved": may_be_unserved,
            "unserved_mln_per_unit_year": draw(some(0.02, 0.1, 0.5)),
            "lifetime_years": float(draw(some(4, 10, 50))),
            "enlarge_credit_share": draw(some(0.5, 1.0)),
            "renewal_share": draw(some(0.25, 0.5)),
        }
    )
    size = 1.0 if may_be_unserved else 2.0
    low = float(draw(some(20, 40, 60))) * size
    smallest = draw(some(0.0, 0.0, 0.0, 30.0))
    for level in range(1, draw(st.integers(1, 2)) + 1):
        capacity = low * (1 if level == 1 else draw(some(2, 3)))
        capex = float(draw(some(2, 5, 9)))
        rows["levels"].append(
            {
                "service": service,
                "level": level,
                "capacity": capacity,
                "capex_mln": capex + 4.0 * (level - 1),
                "opex_mln_per_year": float(draw(some(0.1, 0.5, 1.0))) * level,
                "closing_mln": float(draw(some(0, 1, 2))),
                "min_use": draw(some(0.0, 0.0, 0.0, 0.25, 0.5)) * capacity,
                "min_population": smallest if level == 1 else draw(some(0.0, 50.0)),
            }
        )
    top = _top(rows, service)
    for _ in range(draw(some(0, 0, 1))):
        a = draw(st.integers(0, top))
        b = draw(some(*(level for level in range(top + 1) if level != a)))
        row: Row = {"service": service, "from_level": a, "to_level": b}
        row["is_allowed"] = draw(st.booleans())
        row["cost_mln"] = draw(some(None, 1.0, 6.0))
        rows["transitions"].append(row)


def _top(rows: dict[str, Rows], service: str) -> int:
    return max(row["level"] for row in rows["levels"] if row["service"] == service)


def _draw_sites(
    draw: st.DrawFn, rows: dict[str, Rows], service: str, services: int
) -> None:
    periods, top = [row["period"] for row in rows["periods"]], _top(rows, service)
    places = [row["settlement"] for row in rows["settlements"]]
    count = min(draw(st.integers(2, 3)), len(places))
    fits = [draw(some(1, 1, 2)) for _ in range(count)]
    most = MOST_PATHS if services == 1 else MOST_PATHS // 10
    while prod(comb(m + top, top) ** len(periods) for m in fits) > most:
        if max(fits) > 1:
            fits[fits.index(max(fits))] = 1
        elif len(fits) > 2:
            fits.pop()
        else:
            break
    for place, max_units in zip(places, fits, strict=False):
        stands = draw(some(0, 0, 1, max_units))
        status = draw(some("existing", "existing", "existing", "required", "forbidden"))
        if not stands:
            status = draw(
                some("candidate", "candidate", "candidate", "required", "forbidden")
            )
        site = {
            "site": place,
            "service": service,
            "settlement": place,
            "status": status,
            "max_units": max_units,
            "max_level": draw(some(0, 0, 0, 1)),
            "first_period": draw(some("", "", "", *periods)),
        }
        rows["sites"].append(site)
        for _ in range(stands):
            _draw_facility(draw, rows, site, top)


def _draw_facility(draw: st.DrawFn, rows: dict[str, Rows], site: Row, top: int) -> None:
    row = {
        "service": site["service"],
        "site": site["site"],
        "level": draw(st.integers(1, top)),
        "is_locked": draw(some(False, False, False, True)),
        "renew_by_year": draw(some(0, 0, 0, 2025, 2027, 2029, 2035)),
    }
    row["is_locked"] &= site["status"] != "forbidden"
    keys = ("service", "site", "level", "renew_by_year")
    for other in rows["facilities"]:
        if all(other[key] == row[key] for key in keys):
            other["units"] = other.get("units", 1) + 1
            return
    rows["facilities"].append({"units": 1, **row})


def _draw_travel(draw: st.DrawFn, rows: dict[str, Rows]) -> None:
    """Draw a table of minutes, or a chain of roads with a short cut."""
    places = [row["settlement"] for row in rows["settlements"]]
    targets = list(dict.fromkeys(row["site"] for row in rows["sites"]))
    if draw(some(True, True, True, False)):
        rows["travel"] = [
            {
                "settlement": place,
                "site": target,
                "minutes": float(draw(some(10, 10, 20, 25, 40, 70))),
                "length_km": float(draw(some(0, 5, 30))),
            }
            for place in places
            for target in targets
            if place != target and draw(some(True, True, True, False))
        ]
        if rows["travel"]:
            return
    rows["travel"] = []
    shift = draw(some(0.0, 0.01))
    rows["road_classes"] = [{"road_class": "r", "speed_kmh": 60.0}]
    rows["road_nodes"] = [
        {"node": f"n{place}", "lat": 50.0 + 0.1 * k + shift, "lon": 70.0}
        for k, place in enumerate(places)
    ]
    pairs = list(pairwise(places))
    pairs += [(places[0], places[-1])][: len(places) - 2]
    rows["road_links"] = [
        {
            "from_node": f"n{a}",
            "to_node": f"n{b}",
            "length_km": float(draw(some(5, 11, 18, 31))),
            "road_class": "r",
        }
        for a, b in pairs
    ]


def _standard(draw: st.DrawFn, rows: dict[str, Rows], k: int) -> Row:
    return {
        "standard": f"rule{k}",
        "service": draw(some(*(row["service"] for row in rows["services"]))),
        "applies_to": draw(
            some("all", "all", "urban", "rural", "remote", "border", "growth_point")
        ),
        "scope": draw(some("settlement", "district", "region", "total")),
        "minutes": float(draw(some(5, 10, 20, 30))),
        "share": draw(some(0.25, 0.5, 0.9, 1.0)),
        "region": draw(some("", "", "R")),
        "tag": draw(some("", "", "own")),
        "first_period": draw(some("", rows["periods"][-1]["period"])),
        "is_hard": draw(some(False, False, True)),
        "shortfall_mln_per_unit_year": draw(some(0.05, 0.2)),
    }


def draw_gap(draw: st.DrawFn, rows: dict[str, Rows]) -> Row:
    """Draw a bound between groups of settlements."""
    is_share = draw(st.booleans())
    return {
        "gap": "apart",
        "service": draw(some(*(row["service"] for row in rows["services"]))),
        "measure": "share" if is_share else "minutes",
        "scope": draw(some("region", "region", "district", "kind", "tag")),
        "minutes": float(draw(some(10, 20, 40))),
        "most": draw(some(0.0, 0.2, 0.5)) if is_share else draw(some(0.0, 5.0, 15.0)),
        "applies_to": draw(some("all", "all", "rural", "border")),
        "first_period": draw(some("", rows["periods"][-1]["period"])),
        "is_hard": draw(some(False, False, True)),
        "excess_mln_per_year": draw(some(1.0, 9.0)) if is_share else 0.1,
    }


def _budgets(draw: st.DrawFn, rows: dict[str, Rows]) -> Rows:
    out: Rows = []
    for k in range(draw(some(0, 0, 1, 2))):
        covers = draw(some("investment", "operation", "all"))
        service = draw(some("", rows["services"][0]["service"]))
        region = draw(some("", "", rows["settlements"][0]["region"]))
        is_hard = draw(some(False, False, True))
        out += [
            {
                "budget": f"purse{k}",
                "period": period["period"],
                "amount_mln": float(draw(some(2, 5, 10, 20))),
                "covers": covers,
                "service": service,
                "region": region,
                "is_hard": is_hard,
                "overrun_price": draw(some(0.2, 2.0)),
            }
            for period in rows["periods"]
            if draw(some(True, True, False))
        ]
    return out
