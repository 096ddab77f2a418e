"""A territory where people follow services."""

from __future__ import annotations

from functools import cache
from typing import Any

from projection_example import example

import aumaq
from aumaq.results.studies import closed_loop as closing_loop

LEVERS = [{"projection": "trend", "lever": "retention", "share": 0.1}]


TRENDS = [{"settlement": "a2", "growth_per_year": -0.03}]


def build(**tables: Any) -> aumaq.Instance:
    """Return two regions in which a2 declines unless its school is kept."""
    return example(levers=LEVERS, settlement_trends=TRENDS, **tables)


@cache
def short_loop() -> closing_loop.ClosedLoop:
    """Return the loop of two rounds of these regions."""
    return aumaq.close_loop(build(), max_rounds=2, gap=0.0)
