"""Anchors of tiny instances: drawn, and what they bring, in plain loops."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Row = dict[str, Any]
LOAD = {"power": "power_kw", "water": "water_m3_per_day"}


def draw_anchors(draw: st.DrawFn, rows: dict[str, list[Row]]) -> list[Row]:
    """Draw anchors for the settlements and periods of an instance; mostly none."""
    places = [row["settlement"] for row in rows["settlements"]]
    periods = [row["period"] for row in rows["periods"]]
    pick = st.sampled_from
    return [
        {
            "anchor": f"anchor{k}",
            "kind": draw(pick(["industry", "agriculture", "tourism", "port", "zone"])),
            "settlement": draw(pick(places)),
            "first_period": draw(pick(["", periods[-1]])),
            "jobs": 10.0,
            "persons_per_job": draw(pick([0.0, 0.5, 2.0])),
            "power_kw": draw(pick([0.0, 7.0])),
            "water_m3_per_day": draw(pick([0.0, 4.0])),
        }
        for k in range(draw(pick([0, 0, 0, 1, 2])))
    ]


def brought(case: Any, settlement: str, t: int) -> float:
    """Return the people whom anchors have brought to a settlement by a period."""
    return float(
        sum(
            row["jobs"] * row["persons_per_job"]
            for row in case.rows["anchors"]
            if row["settlement"] == settlement and case.period(row["first_period"]) <= t
        )
    )


def anchored_load(case: Any, network: str, settlement: str, t: int) -> float:
    """Return the load of open anchors in a settlement, units of the network."""
    return float(
        sum(
            row[LOAD[network]]
            for row in case.rows["anchors"]
            if row["settlement"] == settlement and case.period(row["first_period"]) <= t
        )
    )
