"""Units of the territory, and sums and means of settlements over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Floats, Ints

Tables = Mapping[str, pd.DataFrame]

LEVELS = {"territory": [], "region": ["region"], "district": ["region", "district"]}
"""The columns of ``settlements`` that name the unit of each level."""


@dataclass(frozen=True)
class Units:
    """The units of one level: names (U rows), and the unit of each settlement (I,)."""

    level: str
    names: pd.DataFrame
    of: Ints

    def __len__(self) -> int:
        """Return the number of units."""
        return len(self.names)

    def total(self, values: Floats) -> Floats:
        """Return sums of *values* (I,) over units; what is NaN does not count."""
        weights = np.nan_to_num(values)
        return np.bincount(self.of, weights, minlength=len(self)).astype(np.float64)

    def mean(self, values: Floats, weights: Floats) -> Floats:
        """Return weighted means over units; NaN where nothing is known."""
        is_known = np.isfinite(values)
        weight = self.total(np.where(is_known, weights, 0.0))
        above = self.total(np.where(is_known, values, 0.0) * weights)
        return ratio(above, weight)


def units_of(tables: Tables, level: str) -> Units:
    """Return the units of a level that have settlements, in order of their codes.

    A district is known by region and name; settlements without one are together in a
    unit without a name, so that sums are complete.
    """
    settlements = tables["settlements"]
    if level == "territory":
        of = np.zeros(len(settlements), dtype=np.int64)
        return Units(level, pd.DataFrame(index=range(1)), of)
    columns = LEVELS[level]
    groups = settlements.groupby(columns, sort=True)
    names = groups.size().index.to_frame(index=False)
    titles = dict(
        zip(tables["regions"]["region"], tables["regions"]["name"], strict=True)
    )
    named = [titles.get(code, code) for code in names["region"]]
    name = pd.Series(named, dtype="str")
    if level == "district":
        place = names["district"].where(names["district"] != "", "no district")
        name = place + ", " + name
    return Units(
        level, names.assign(name=name), groups.ngroup().to_numpy(dtype=np.int64)
    )


def ratio(above: Floats, below: Floats) -> Floats:
    """Return quotients; NaN where the divisor is 0 or not known."""
    is_good = np.isfinite(below) & (below != 0)
    quotient: Floats = np.full(len(below), np.nan)
    np.divide(above, below, out=quotient, where=is_good)
    return quotient
