r"""Referral: a lower tier stands only where a higher tier is open near it.

Constraints
    ``referral[rule,j,t]``
        :math:`\sum_{l \ge from\_level} units_{sjlt} \le M_{sj} \sum_{j'\ near\ j}
        \sum_{l \ge to\_level} units_{s'j'lt}`

*s'* is the service referred to; a site is near itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from aumaq.instances.access.limits import within
from aumaq.model.algebra import Rows
from aumaq.model.context import Context
from aumaq.model.family import family
from aumaq.model.table import Table, stacked

LOWER = ("referral", "site", "period")


@family(needs=("siting",), couples=True)
def referral(c: Context) -> None:
    """Build one row for each rule, lower site and period."""
    block, (rules, given) = c.block("referral"), c.rules("referrals")
    lower, upper = [], []
    for number, rule in enumerate(rules):
        here = c.running(rule.service, rule.from_level).plus(referral=number)
        lower.append(here)
        there = c.running(rule.to_service, rule.to_level).plus(referral=number)
        near = there.only("referral", "site", "period", "var").join(
            _near(c, rule), ("site",)
        )
        upper.append(near.plus(site=near["below"]))
    names = {**c.tables.names, "referral": tuple(given["referral"])}
    mine = stacked(lower, names, (*LOWER, "var"))
    theirs = stacked(upper, names, (*LOWER, "places", "var"))
    rows = Rows(block, "referral", mine.total(LOWER), LOWER, "referral:{referral}")
    rows.add(mine).add(theirs, -theirs["places"]).write(-np.inf, 0.0)


def _near(c: Context, rule: Any) -> Table:
    """Return the sites of the upper service near each site ``below`` it."""
    pairs = c.data.instance.site_minutes(rule.service, rule.to_service)
    pairs = pairs[within(pairs["minutes"], rule.minutes)]
    below, first = pairs["j"].to_numpy(), c.tables.first_site
    columns = {
        "site": pairs["k"].to_numpy() + first[rule.to_service],
        "below": below + first[rule.service],
        "places": c.data.services[rule.service].places[below],
    }
    return Table(columns, c.tables.names)
