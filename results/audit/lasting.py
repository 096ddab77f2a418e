"""Money of what is built once and stands from then on; mln."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from aumaq.results.audit.book import Rows, once, residual, yearly
from aumaq.results.audit.facts import Facts


def lasting_money(
    facts: Facts, name: str, built: Iterable[tuple[str, int, dict[str, Any]]]
) -> list[Rows]:
    """Return money of things by period, region and item.

    *built*: region that pays, first period, and the row of the instance.
    """
    things, times = list(built), facts.times
    if not things:
        return []
    start = np.array([first for _, first, _ in things])[:, None]
    capex, opex, life = (
        np.array([float(row[column]) for _, _, row in things])[:, None]
        for column in ("capex_mln", "opex_mln_per_year", "lifetime_years")
    )
    t = np.arange(len(times.names))
    paid = (t == start) * (capex * float(facts.scenario["capex_factor"]))
    running = (t >= start) * (opex * float(facts.scenario["opex_factor"]))
    regions = [region for region, _, _ in things]
    return [
        once(times, name, regions, "building", paid),
        residual(times, name, regions, paid, facts.residual(life)),
        yearly(times, name, regions, "operation", running),
    ]
