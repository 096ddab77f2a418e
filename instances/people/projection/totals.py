"""Official totals: what the people of a region must sum to in a year."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Floats

Tables = Mapping[str, pd.DataFrame]


class Totals:
    """Totals of a projection by region and year, NaN where nothing is given."""

    def __init__(
        self, tables: Tables, projection: str, regions: tuple[str, ...], start: Floats
    ) -> None:
        """Take *start*, (R,) persons in the start year; see :meth:`at`."""
        rows = tables["population_totals"]
        own = rows[rows["projection"] == projection]
        rows = own if len(own) else rows[rows["projection"] == ""]
        self._series = {
            str(region): part.sort_values("year")[["year", "persons"]].to_numpy()
            for region, part in rows.groupby("region")
        }
        self._regions = regions
        self._start = start

    def at(self, start_year: int, year: int, people: Floats) -> Floats:
        """Return what regions sum to, (R,), from *people*, (R,), before rescaling.

        A region with totals has them; the rest share what a total of all leaves, in
        proportion to *people*; a region with neither keeps its people.
        """
        own = [self._one(r, start_year, year, s)
               for r, s in zip(self._regions, self._start, strict=True)]  # fmt: skip
        targets = np.array(own)
        rest = np.isnan(targets)
        everyone = self._one("", start_year, year, float(self._start.sum()))
        targets[rest] = people[rest]
        if not np.isnan(everyone) and rest.any() and people[rest].sum() > 0:
            left = max(0.0, everyone - targets[~rest].sum())
            targets[rest] *= left / people[rest].sum()
        return targets

    def _one(self, region: str, start_year: int, year: int, start: float) -> float:
        series = self._series.get(region)
        if series is None or not series[0, 0] <= year <= series[-1, 0]:
            return float("nan")
        total = float(np.interp(year, series[:, 0], series[:, 1]))
        if not series[0, 0] <= start_year <= series[-1, 0]:
            return total
        at_start = float(np.interp(start_year, series[:, 0], series[:, 1]))
        return start * total / at_start if at_start > 0 else total
