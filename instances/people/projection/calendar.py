"""Years of a projection: its steps, and periods as means over them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Floats

Tables = Mapping[str, pd.DataFrame]


def start_year(tables: Tables, row: pd.Series[object]) -> int:
    """Return the year of the populations of ``settlements``."""
    given = int(row["start_year"])
    return given or int(tables["instance"]["base_year"].iloc[0])


def step_years(tables: Tables, row: pd.Series[object], until: int = 0) -> list[int]:
    """Return the years in which the population is known: start, start + step, ...

    They reach the end of the last period, and the year *until*.
    """
    first, step = start_year(tables, row), int(row["step_years"])
    last = tables["periods"].iloc[-1]
    end = max(until, int(last["first_year"]) + int(last["years"]))
    count = max(1, -(-(end - first) // step))
    return [first + step * k for k in range(count + 1)]


def period_means(tables: Tables, years: list[int], values: Floats) -> Floats:
    """Return means over periods, (..., periods), of values, (..., years).

    Values are taken in a straight line between years; the mean over a period is then
    the value in its middle, or close to it where a step ends inside.
    """
    periods = tables["periods"]
    middle = periods["first_year"].to_numpy() + periods["years"].to_numpy() / 2.0
    at = np.clip(np.searchsorted(years, middle, side="right") - 1, 0, len(years) - 2)
    before, after = np.asarray(years)[at], np.asarray(years)[at + 1]
    share = np.clip((middle - before) / (after - before), 0.0, 1.0)
    means: Floats = values[..., at] * (1 - share) + values[..., at + 1] * share
    return means
