"""Levers of a projection as arrays, and announced sites as arrivals."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Floats
from aumaq.instances.people.projection.sharing import Policy

Tables = Mapping[str, pd.DataFrame]
KEEP_SERVICES = "retention"
NO_LIMIT = 1e6
"""Growth a year, share, where a lever has no limit."""
RECEIVERS = ("growth_points", "agglomerations")


def kept_today(tables: Tables) -> Floats:
    """Return 1 for settlements with an existing facility that people come to, else 0.

    Stands for "services are kept" until a plan tells; see closed loop.
    """
    services = tables["services"]
    serving = services.loc[services["role"] == "serve", "service"]
    today, sites = tables["facilities"], tables["sites"]
    here = today[today["service"].isin(serving)].merge(sites, on=["service", "site"])
    return tables["settlements"]["settlement"].isin(here["settlement"]).to_numpy(float)


def policy_of(
    tables: Tables,
    projection: str,
    regions: tuple[str, ...],
    year: int,
    step: int,
    kept: Floats,
) -> Policy:
    """Return the levers of the step that begins in *year*.

    *kept*: share of services kept near each settlement, (settlements,).
    """
    rows = tables["levers"]
    rows = rows[(rows["projection"] == projection) & (rows["first_year"] <= year)]
    places = tables["settlements"]
    index = pd.Index(regions).get_indexer(places["region"])
    border = _of(rows, "border", "share", regions)[index]
    keeps = _of(rows, KEEP_SERVICES, "share", regions)[index]
    lost = (1.0 - border * places["is_border"].to_numpy()) * (1.0 - keeps * kept)
    chosen = {
        "growth_points": places["is_growth_point"].to_numpy(),
        "agglomerations": (places["agglomeration"] != "").to_numpy(),
    }
    receives = []
    for lever in RECEIVERS:
        share = _of(rows, lever, "share", regions)
        if share.any():
            most = _of(rows, lever, "max_growth_per_year", regions, NO_LIMIT)[index]
            receives.append((chosen[lever], share, (1.0 + most) ** step))
    return Policy(1.0 - lost, tuple(receives))


def _of(
    rows: pd.DataFrame,
    lever: str,
    column: str,
    regions: tuple[str, ...],
    without: float = 0.0,
) -> Floats:
    """Return a column of a lever by region; later years and named regions count."""
    values = np.full(len(regions), without)
    rows = rows[rows["lever"] == lever]
    rows = rows.assign(named=rows["region"] != "")
    for row in rows.sort_values(["named", "first_year"], kind="stable").itertuples():
        here = np.array([row.region in ("", name) for name in regions])
        value = float(getattr(row, column))
        values[here] = without if np.isnan(value) else value
    return values


def arrivals_of(
    tables: Tables, projection: str, year: int, step: int
) -> dict[str, Floats]:
    """Return people whom sites bring in a step, (settlements,), by where they are from.

    A site that opens within (year, year + step] counts in this step.
    """
    rows = tables["announced_sites"]
    rows = rows[rows["projection"].isin(["", projection])]
    rows = rows[(rows["year"] > year) & (rows["year"] <= year + step)]
    codes = pd.Index(tables["settlements"]["settlement"])
    found = {}
    for origin in ("region", "nation", "abroad"):
        part = rows[rows["comes_from"] == origin]
        people = part["jobs"] * part["persons_per_job"]
        at = codes.get_indexer(part["settlement"])
        found[origin] = np.bincount(at, people, len(codes)).astype(float)
    return found
