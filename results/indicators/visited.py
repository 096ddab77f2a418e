"""Who goes where, and who stays: those whom a mobile service visits go nowhere."""

from __future__ import annotations

import pandas as pd

KEY = ["service", "settlement", "site", "period"]
DUST = 1e-9
"""Units of demand: who is fewer than this is nobody."""


def ways(allocation: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    """Return an allocation in which those who are visited have no minutes and km.

    They are rows apart from the others whom the same site serves; ``is_visited`` tells.
    """
    home = visits.groupby(KEY)["demand"].sum().rename("home").reset_index()
    rows = allocation.merge(home, how="left", on=KEY).assign(is_visited=False)
    part = rows.pop("home").fillna(0.0) / rows["demand"].where(rows["demand"] > 0.0)
    part = part.fillna(0.0).clip(0.0, 1.0)
    stays = rows.assign(minutes=0.0, length_km=0.0, is_visited=True)
    for name in {"demand", "share"} & set(rows):
        stays[name] *= part
        rows[name] *= 1.0 - part
    found = pd.concat([rows[part < 1.0], stays[part > 0.0]], ignore_index=True)
    return found[found["demand"] > DUST].reset_index(drop=True)
