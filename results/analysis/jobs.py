"""Jobs of today: how many, and in which sectors a unit is specialised."""

from __future__ import annotations

import pandas as pd

from aumaq.results.analysis.units import Tables, ratio

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
    parts = [pd.DataFrame({name: [] for name in COLUMNS})]
    for level, columns in (
        ("region", ["region"]),
        ("district", ["region", "district"]),
    ):
        rows = jobs[jobs["district"] != ""] if level == "district" else jobs
        here = rows.groupby([*columns, "sector"])["jobs"].sum().reset_index()
        total = here.groupby(columns)["jobs"].transform("sum")
        here["share_of_jobs"] = ratio(here["jobs"].to_numpy(), total.to_numpy())
        usual = ratio(nation.to_numpy(), nation.to_numpy() * 0.0 + nation.sum())
        here["nation_share_of_jobs"] = here["sector"].map(
            pd.Series(usual, nation.index)
        )
        here["location_quotient"] = ratio(
            here["share_of_jobs"].to_numpy(dtype=float),
            here["nation_share_of_jobs"].to_numpy(dtype=float),
        )
        if len(here):
            here = here.assign(level=level)
            if level == "region":
                here["district"] = ""
            parts.append(here[COLUMNS])
    return pd.concat(parts[1:] or parts, ignore_index=True)


def jobs_of(tables: Tables, columns: list[str]) -> pd.Series[float]:
    """Return all jobs of each unit that has any, by its codes."""
    rows = tables["jobs"]
    if "district" in columns:
        rows = rows[rows["district"] != ""]
    return rows.groupby(columns)["jobs"].sum()
