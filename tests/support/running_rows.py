"""Random rows of how facilities are run: second shift, staff, building capacity."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Row = dict[str, Any]
Rows = dict[str, list[Row]]


def some(*values: Any) -> st.SearchStrategy[Any]:
    """Draw one of the values."""
    return st.sampled_from(values)


def draw_running(
    draw: st.DrawFn, rows: Rows, wanted: frozenset[str] | None = None
) -> None:
    """Draw rows of the families *wanted*, or of any now and then."""
    for name, make in DRAWN.items():
        if name in wanted if wanted is not None else draw(some(False, False, True)):
            make(draw, rows)


def _shifts(draw: st.DrawFn, rows: Rows) -> None:
    service = draw(some(*(row["service"] for row in rows["services"])))
    top = max(r["level"] for r in rows["levels"] if r["service"] == service)
    rows["shifts"] = [
        {
            "service": service,
            "from_level": draw(some(1, top)),
            "extra_share": draw(some(0.3, 0.5, 1.0)),
            "cost_mln_per_unit_year": draw(some(0.0, 0.01, 0.05)),
            "staff_share": draw(some(1.0, 1.0, 0.5, 0.0)),
        }
    ]
    rows["shift_limits"] = [
        {
            "shift_limit": f"few{k}",
            "service": service,
            "period": row["period"],
            "region": draw(some("", "R", "Q")),
            "most_share": draw(some(0.0, 0.1, 0.3, 0.6)),
        }
        for k in range(draw(some(0, 1, 1, 2)))
        for row in rows["periods"]
        if draw(some(True, True, False))
    ]
    regions = {row["region"] for row in rows["settlements"]}
    for row in rows["shift_limits"]:
        row["region"] = row["region"] if row["region"] in regions else ""
    # What is paid for running by who goes where is not enumerated under budgets.
    for row in rows["budgets"]:
        row["covers"] = "investment"


def _staff(draw: st.DrawFn, rows: Rows) -> None:
    professions = ["teacher", "doctor"][: draw(some(1, 1, 2))]
    rows["professions"] = [{"profession": name} for name in professions]
    rows["staff_needs"] = [
        {
            "profession": name,
            "service": level["service"],
            "level": level["level"],
            "posts": draw(some(1.0, 2.0, 3.5)),
        }
        for name in professions
        for level in rows["levels"]
        if draw(some(True, True, False))
    ]
    regions = sorted({row["region"] for row in rows["settlements"]})
    rows["staff_supply"] = [
        {
            "profession": name,
            "region": region,
            "period": period["period"],
            "available": draw(some(0.0, 1.0, 2.5, 5.0)),
            "most_hired": draw(some(0.0, 0.5, 2.0, None)),
            "hire_mln": draw(some(0.0, 0.5, 2.0)),
            "most_trained": draw(some(0.0, 1.0, 4.0)),
            "train_mln": draw(some(0.0, 0.3, 1.0)),
        }
        for name in professions
        for region in regions
        if draw(some(True, True, False))
        for period in rows["periods"]
        if draw(some(True, True, True, False))
    ]
    # Hiring is not enumerated under budgets.
    for row in rows["budgets"]:
        row["covers"] = "investment"


def _building_capacity(draw: st.DrawFn, rows: Rows) -> None:
    regions = sorted({row["region"] for row in rows["settlements"]})
    rows["building_capacity"] = [
        {
            "building_capacity": f"builders{k}",
            "period": period["period"],
            "region": draw(some("", *regions)),
            "service": draw(some("", rows["services"][0]["service"])),
            "most_mln": draw(some(None, 3.0, 6.0, 12.0)),
            "most_changes": draw(some(None, None, 0.0, 1.0, 2.0)),
        }
        for k in range(draw(some(1, 1, 2)))
        for period in rows["periods"]
        if draw(some(True, True, False))
    ]


def _buses(draw: st.DrawFn, rows: Rows) -> None:
    service = draw(some(*(row["service"] for row in rows["services"])))
    rows["buses"] = [
        {
            "service": service,
            "within_minutes": draw(some(10.0, 25.0, 40.0, 70.0)),
            "cost_mln_per_unit_year": draw(some(0.0, 0.01, 0.05)),
            "cost_per_km": draw(some(0.0, 0.0, 20.0)),
        }
    ]
    _near(draw, rows, service)


def _near(draw: st.DrawFn, rows: Rows, service: str) -> None:
    """Draw a standard that a bus or a visit may keep, where there is none."""
    rows["standards"] = rows["standards"] or [
        {
            "standard": "near",
            "service": service,
            "scope": draw(some("settlement", "total")),
            "minutes": draw(some(0.0, 10.0)),
            "share": draw(some(0.5, 1.0)),
            "is_hard": False,
            "shortfall_mln_per_unit_year": draw(some(0.05, 0.2)),
        }
    ]


def _visits(draw: st.DrawFn, rows: Rows) -> None:
    service = draw(some(*(row["service"] for row in rows["services"])))
    top = max(r["level"] for r in rows["levels"] if r["service"] == service)
    regions = {row["region"] for row in rows["settlements"]}
    region = draw(some("", "", "Q"))
    rows["mobile_services"] = [
        {
            "mobile_service": f"m{k}",
            "service": service,
            "from_level": draw(some(1, 1, top)),
            "days_per_year": draw(some(10.0, 40.0)),
            "units_per_day": draw(some(0.5, 1.0, 4.0)),
            "cost_mln_per_team_year": draw(some(0.0, 0.05, 0.2)),
            "cost_mln_per_day": draw(some(0.0, 0.001, 0.01)),
            "cost_per_km": draw(some(0.0, 30.0, 300.0)),
            "within_minutes": draw(some(0.0, 25.0, 40.0, 70.0)),
            "applies_to": draw(some("all", "all", "rural", "remote")),
            "region": region if region in regions else "",
            "tag": draw(some("", "", "own")),
            "population_most": draw(some(None, None, 40.0)),
            "most_share": draw(some(1.0, 0.5, 0.9)),
            "counts_in_standards": draw(some(True, True, False)),
        }
        for k in range(draw(some(1, 1, 1, 2)))
    ]
    # What is paid for running by who goes where is not enumerated under budgets.
    for row in rows["budgets"]:
        row["covers"] = "investment"
    _near(draw, rows, service)


DRAWN = {
    "visits": _visits,
    "buses": _buses,
    "shifts": _shifts,
    "staff": _staff,
    "building_capacity": _building_capacity,
}
"""Family -> what draws rows of its tables."""
