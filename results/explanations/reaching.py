"""Who reaches what under a plan: ways on the roads that the plan has built."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from aumaq.instances.access.upgrades import BETWEEN
from aumaq.results.plan.plan import Plan


@dataclass(frozen=True)
class Reach:
    """The ways to the sites of a service under a plan, in one period."""

    plan: Plan
    service: str
    period: str

    @cached_property
    def open_sites(self) -> set[str]:
        """Sites where something of the service runs."""
        rows = self.plan.table("facilities")
        own = (rows["service"] == self.service) & (rows["period"] == self.period)
        return set(rows.loc[own & (rows["units"] > 0), "site"])

    @cached_property
    def ways(self) -> pd.DataFrame:
        """settlement, site, minutes: the fastest way that stands, to open sites."""
        rows = self.plan.instance.access(self.service)
        rows = rows[rows["site"].isin(self.open_sites)]
        built = self._built()
        stands = [
            not needs or set(needs.split(BETWEEN)) <= built for needs in rows["needs"]
        ]
        rows = rows[np.asarray(stands, dtype=bool)]
        return rows.sort_values("minutes").drop_duplicates(["settlement", "site"])

    def _built(self) -> set[str]:
        rows, periods = (
            self.plan.table("road_upgrades"),
            self.plan.instance.period_names,
        )
        if not len(rows):
            return set()
        now = periods.index(self.period)
        at = [periods.index(p) for p in rows["period"]]
        return set(rows.loc[[k <= now for k in at], "upgrade"])

    def nearest(self, but: str = "") -> pd.DataFrame:
        """Return site and minutes of the nearest open site of each settlement.

        *but* is a site that does not count. Settlements without any are left out.
        """
        rows = self.ways[self.ways["site"] != but]
        return rows.drop_duplicates("settlement").set_index("settlement")[
            ["site", "minutes"]
        ]
