"""Titles of sectors, and the plan by sector over all periods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aumaq.instances.language.texts import say

if TYPE_CHECKING:
    import pandas as pd

    from aumaq.results.plan.plan import Plan

SECTOR_TITLES = {
    "social": say("Social services"),
    "industry": say("Industry"),
    "agriculture": say("Agriculture"),
    "tourism": say("Tourism"),
    "transport": say("Transport"),
    "energy": say("Energy"),
    "water": say("Water"),
    "settlement": say("Growth points"),
}
"""Sector -> its title."""

SUMS = ["investment_mln", "operation_mln", "actions"]


def by_sector(plan: Plan) -> pd.DataFrame:
    """Return a row for each sector: money and actions of all periods, jobs at the end.

    Columns: sector, investment_mln, operation_mln, actions, jobs.
    """
    rows = plan.table("sectors")
    found = rows.groupby("sector", sort=False)[SUMS].sum()
    jobs = rows.groupby("sector", sort=False)["jobs"].last()
    return found.join(jobs).reset_index()
