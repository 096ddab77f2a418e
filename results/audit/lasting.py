"""Money of what is built once and stands from then on, recomputed; mln."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from aumaq.results.audit.facts import Facts
from aumaq.results.audit.findings import Floats

ITEMS = ("building", "residual", "operation")


def lasting_money(
    facts: Facts, built: Iterable[tuple[str, int, dict[str, Any]]], item: str
) -> tuple[list[str], Floats, Floats]:
    """Return regions, money paid and money discounted of an item, (regions, T).

    *built*: region that pays, first period, and the row of the instance.
    """
    times, scenario, things = facts.times, facts.scenario, list(built)
    regions = sorted({region for region, _, _ in things})
    paid = np.zeros((len(regions), len(times.names)))
    discounted = np.zeros_like(paid)
    for region, start, row in things if item in ITEMS else ():
        at = regions.index(region)
        capex = float(row["capex_mln"]) * float(scenario["capex_factor"])
        opex = float(row["opex_mln_per_year"]) * float(scenario["opex_factor"])
        age = times.end - times.first[start]
        left = max(0.0, 1.0 - age / float(row["lifetime_years"]))
        left *= float(bool(facts.policy["count_residual_value"]))
        if item == "building":
            paid[at, start] += capex
            discounted[at, start] += capex * times.once[start]
        elif item == "residual":
            paid[at, start] -= capex * left
            discounted[at, start] -= capex * left * times.at_end
        else:
            years = np.array(times.years[start:], dtype=float)
            paid[at, start:] += opex * years
            discounted[at, start:] += opex * times.yearly[start:]
    return regions, paid, discounted
