"""Impacts of tiny instances: drawn, and what enumeration must know of them.

Facilities, and what networks supply; travel is tried where the audit judges every
decision (``test_audit.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import strategies as st
from land_rules import _km

if TYPE_CHECKING:
    from brute_force import Histories, Purse
    from linear_programme import Programme
    from tiny_case import Case

Row = dict[str, Any]


def draw_impacts(draw: st.DrawFn, rows: dict[str, list[Row]]) -> None:
    """Draw land that facilities take and one more impact, with limits on them."""
    pick = st.sampled_from
    for row in rows["levels"]:
        row["footprint_ha"] = draw(pick([1.0, 2.0, 4.0]))
    rows["impacts"] = [
        {"impact": "land", "unit": "ha", "includes": "footprint"},
        {"impact": "smoke", "unit": "t/year"},
    ]
    names = [row["service"] for row in rows["services"]]
    rows["impact_rates"] = [
        {"impact": "smoke", "of": "facility", "service": name, "level": level,
         "rate": draw(pick([0.5, 3.0]))}
        for name in names
        for level in draw(pick([[0], [0, 1], [1]]))
    ]  # fmt: skip
    for row in rows["services"]:
        if row.get("role") == "supply":
            rate = {"impact": "smoke", "of": "supply", "service": row["service"]}
            rows["impact_rates"].append({**rate, "rate": draw(pick([0.1, 1.0]))})
    if rows.get("local_supplies"):
        network = rows["networks"][0]["network"]
        rows["impact_rates"] += [
            {"impact": "smoke", "of": of, "network": network, "rate": 0.2}
            for of in draw(pick([[], ["local_supply"], ["local_capacity"]]))
        ]
    zones = [row["zone"] for row in rows.get("zones", [])]
    rows["impact_limits"] = [
        _limit(draw, rows, k, zones) for k in range(draw(pick([1, 1, 2])))
    ]


def _limit(draw: st.DrawFn, rows: dict[str, list[Row]], k: int, zones: Any) -> Row:
    pick = st.sampled_from
    is_hard = draw(pick([False, False, True]))
    where: Row = draw(pick([{}, {"region": rows["settlements"][0].get("region", "R")},
                            *({"zone": zone} for zone in zones)]))  # fmt: skip
    return {
        "limit": f"cap{k}",
        "period": draw(pick([row["period"] for row in rows["periods"]])),
        "impact": draw(pick(["land", "smoke"])),
        "most": draw(pick([0.0, 1.0, 3.0, 5.0])) if not is_hard else
        draw(pick([2.0, 4.0, 8.0])),
        "is_hard": is_hard,
        "excess_mln_per_unit_year": draw(pick([0.1, 1.0])),
        **where,
    }  # fmt: skip


def rate(case: Case, impact: str, of: str, level: Row) -> float:
    """Return what one of a level, or a unit that it supplies, adds to an impact."""
    if impact == "land":
        return float(level["footprint_ha"]) if of == "facility" else 0.0
    own = {
        row["level"]: row["rate"]
        for row in case.of("impact_rates", level["service"])
        if (row["impact"], row["of"]) == (impact, of)
    }
    return float(own.get(level["level"], own.get(0, 0.0)))


def counts(case: Case, rule: Row, region: str, site: Row) -> bool:
    """Return whether a limit is on what stands at a site."""
    if rule["region"] not in ("", region):
        return False
    for zone in case.rows["zones"] if rule["zone"] else ():
        if zone["zone"] == rule["zone"]:
            told = [
                row["zone"]
                for row in case.of("site_zones", site["service"])
                if row["site"] == site["site"]
            ]
            return zone["zone"] in told if told else _km(case, site, zone) == 0.0
    return True


def of_facilities(case: Case, part: Histories, name: str, purse: Purse) -> np.ndarray:
    """Return the impact of the facilities of each history in the period of a limit."""
    rule = purse.rule
    assert rule is not None
    levels = sorted(case.of("levels", name), key=lambda row: row["level"])
    price = np.array([rate(case, rule["impact"], "facility", row) for row in levels])
    sites = case.of("sites", name)
    mine = [
        counts(case, rule, region, site)
        for region, site in zip(part.region, sites, strict=True)
    ]
    return part.units[:, purse.t] @ price @ np.array(mine, dtype=float)


def add_supplied(case: Case, p: Programme, rule: Row, row: Any) -> None:
    """Add what is supplied, or installed, to the row of a limit in a programme."""
    t = case.period(rule["period"])
    for key, column in list(p.columns.items()):
        if key[0] == "supply" and key[-1] == t:
            _, service, site, level, _ = key
            own = next(r for r in case.of("levels", service) if r["level"] == level)
            place = next(r for r in case.of("sites", service) if r["site"] == site)
            if _is_in(case, rule, place["settlement"]):
                p.term(row, column, rate(case, rule["impact"], "supply", own))
        is_used = key[0] == "local" and key[-1] == t
        if is_used or (key[0] == "added" and key[-1] <= t):
            of = "local_supply" if is_used else "local_capacity"
            home = next(
                node["settlement"]
                for node in case.rows["network_nodes"]
                if node["node"] == key[2]
            )
            for own in case.rows["impact_rates"]:
                is_of = (own["impact"], own["of"]) == (rule["impact"], of)
                if is_of and _is_in(case, rule, home):
                    p.term(row, column, own["rate"])


def add_facilities(case: Case, p: Programme, rule: Row, row: Any) -> None:
    """Add the facilities that run to the row of a limit in a programme."""
    regions = {r["settlement"]: r["region"] for r in case.rows["settlements"]}
    for key, column in list(p.columns.items()):
        if key[0] != "units" or key[3] == 0 or key[-1] != case.period(rule["period"]):
            continue
        _, service, code, level, _ = key
        site = next(r for r in case.of("sites", service) if r["site"] == code)
        own = next(r for r in case.of("levels", service) if r["level"] == level)
        if counts(case, rule, regions.get(site["settlement"], ""), site):
            p.term(row, column, rate(case, rule["impact"], "facility", own))


def _is_in(case: Case, rule: Row, settlement: str) -> bool:
    home = {r["settlement"]: r["region"] for r in case.rows["settlements"]}
    return rule["region"] in ("", home.get(settlement, ""))
