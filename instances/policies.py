"""Switches and rates of the whole territory; see table ``policies``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Policies:
    """Switches and rates of the whole territory; see table ``policies``."""

    discount_rate: float
    value_of_time_per_hour: float
    count_residual_value: bool
    allow_closing: bool
    allow_reducing: bool


def policies_of(tables: Mapping[str, pd.DataFrame]) -> Policies:
    """Return the row of ``policies``."""
    row = tables["policies"].iloc[0]
    return Policies(
        discount_rate=float(row["discount_rate"]),
        value_of_time_per_hour=float(row["value_of_time_per_hour"]),
        count_residual_value=bool(row["count_residual_value"]),
        allow_closing=bool(row["allow_closing"]),
        allow_reducing=bool(row["allow_reducing"]),
    )
