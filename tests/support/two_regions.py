"""Two villages in two regions; a school stands in one of them."""

from __future__ import annotations

from typing import Any

from tiny_instances import tiny

from aumaq.instances import Instance


def two_regions(allocation: str = "free", **gap: Any) -> Instance:
    """Return two villages of 100 in two regions; a school stands in the first one.

    The other one is 30 minutes away: all go to the school, none of b within 10 minutes.
    Another school costs 500, not to be served 1 a person.
    """
    rule = {"gap": "apart", "service": "s", "minutes": 10.0, "most": 0.25,
            "is_hard": True, **gap}  # fmt: skip
    return tiny(
        policies=[{"discount_rate": 0.0, "count_residual_value": False}],
        services=[{"service": "s", "unserved_mln_per_unit_year": 1.0,
                   "allocation": allocation}],
        settlements=[{"settlement": "a", "region": "R"},
                     {"settlement": "b", "region": "Q", "kind": "town"}],
        settlement_tags=[{"settlement": "a", "tag": "x"},
                         {"settlement": "b", "tag": "y"}],
        levels=[{"service": "s", "level": 1, "capacity": 250.0, "capex_mln": 500.0}],
        sites=[{"site": "a", "service": "s", "settlement": "a", "status": "existing"},
               {"site": "b", "service": "s", "settlement": "b"}],
        facilities=[{"service": "s", "site": "a", "level": 1}],
        gaps=[rule],
    )  # fmt: skip
