"""Agglomerations of tiny instances: drawn, and what they ask and allow."""

from __future__ import annotations

from typing import Any

import pandas as pd
from hypothesis import strategies as st

from aumaq.instances import Instance

Row = dict[str, Any]


def draw_agglomerations(draw: st.DrawFn, base: Instance) -> dict[str, pd.DataFrame]:
    """Draw the tables of a usual instance with an agglomeration "A"; or as they are."""
    pick = st.sampled_from
    places = base.table("settlements")
    if not draw(pick([False, True])):
        return {}
    places["agglomeration"] = [draw(pick(["A", ""])) for _ in places.index]
    if not (places["agglomeration"] == "A").any():
        return {}
    inside = (places["agglomeration"] == "A").to_numpy()
    usual = float(base.persons("all")[inside].sum(axis=0).max())
    rows = [
        {"agglomeration": "A", "period": period,
         "max_persons": round(usual * draw(pick([1.0, 1.05, 1.3, 3.0])) + 1.0)}
        for period in ("", base.period_names[-1])
        if draw(pick([True, False]))
    ]  # fmt: skip
    asked = [base.service_names[0], *base.network_names]
    more = [
        {"agglomeration": "A", "service": name, "factor": draw(pick([0.5, 1.2, 1.5]))}
        for name in asked
        if draw(pick([True, False]))
    ]
    found = {"settlements": places, "agglomerations": rows,
             "agglomeration_demand": more}  # fmt: skip
    return {name: pd.DataFrame(part) for name, part in found.items()}


def urban(case: Any, place: Row, service: str) -> float:
    """Return what a person of a place asks for relative to what is usual."""
    found = 1.0
    for row in case.rows["agglomeration_demand"]:
        if (row["agglomeration"], row["service"]) == (place["agglomeration"], service):
            found = row["factor"]
    return found


def within_limits(case: Any, people: list[list[float]]) -> bool:
    """Return whether people[i][t] fit into all agglomerations."""
    for t, period in enumerate(case.rows["periods"]):
        own: dict[str, tuple[bool, float]] = {}
        for row in case.rows["agglomerations"]:
            if row["period"] in ("", period["period"]):
                said = (row["period"] != "", row["max_persons"])
                own[row["agglomeration"]] = max(
                    own.get(row["agglomeration"], said), said, key=lambda x: x[0]
                )
        for code, (_, most) in own.items():
            total = sum(
                line[t]
                for line, place in zip(people, case.rows["settlements"], strict=True)
                if place["agglomeration"] == code
            )
            if total > most * (1 + 1e-9):
                return False
    return True
