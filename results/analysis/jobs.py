"""Jobs of today: how many, and in which sectors a unit is specialised."""

from __future__ import annotations

import numpy as np
import pandas as pd

from aumaq.results.analysis.units import LEVELS, Tables, ratio

COLUMNS = [
    "level", "region", "district", "sector", "jobs", "share_of_jobs",
    "nation_share_of_jobs", "location_quotient",
]  # fmt: skip


def location_quotients(tables: Tables) -> pd.DataFrame:
    """Return the location quotient of each sector in each region and district.

    ``(jobs of the sector here / all jobs here) / (the same of all regions)``: above 1
    the sector weighs more here than elsewhere. Districts where jobs name them.
    """
    jobs = tables["jobs"]
    nation = jobs.groupby("sector")["jobs"].sum()
    parts = []
    for level in ("region", "district"):
        columns = LEVELS[level]
        here = _of(tables, level).groupby([*columns, "sector"])["jobs"].sum()
        here = here.reset_index()
        total = here.groupby(columns)["jobs"].transform("sum").to_numpy(dtype=float)
        share = ratio(here["jobs"].to_numpy(dtype=float), total)
        everywhere = here["sector"].map(nation).to_numpy(dtype=float)
        usual = ratio(everywhere, np.full(len(here), float(nation.sum())))
        found = here.assign(
            level=level,
            share_of_jobs=share,
            nation_share_of_jobs=usual,
            location_quotient=ratio(share, usual),
        )
        found["district"] = here["district"] if level == "district" else ""
        parts.append(found[COLUMNS])
    return pd.concat(parts, ignore_index=True)


def jobs_of(tables: Tables, level: str) -> pd.Series[float]:
    """Return all jobs of each unit that has any, by its codes."""
    return _of(tables, level).groupby(LEVELS[level])["jobs"].sum()


def _of(tables: Tables, level: str) -> pd.DataFrame:
    """Return the rows that count at a level: districts only where named."""
    rows = tables["jobs"]
    return rows[rows["district"] != ""] if level == "district" else rows
