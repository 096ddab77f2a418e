"""Agglomerations: who is inside, how many people they may hold, what these ask for."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Flags, Floats

Tables = Mapping[str, pd.DataFrame]


def limited(tables: Tables) -> tuple[tuple[str, ...], Flags, Floats]:
    """Return agglomerations with a limit, who is inside, and the limits.

    ``(codes, (A, settlements), (A, periods))``; a limit is in persons, infinite where
    there is none.
    """
    rows, periods = tables["agglomerations"], tables["periods"]["period"].tolist()
    codes = tuple(dict.fromkeys(rows["agglomeration"]))
    member = tables["settlements"]["agglomeration"].to_numpy(dtype=object)
    inside = np.array([member == code for code in codes], dtype=bool)
    most = np.full((len(codes), len(periods)), np.inf)
    for row in rows.sort_values("period", kind="stable").itertuples():
        when = periods.index(row.period) if row.period else slice(None)
        most[codes.index(row.agglomeration), when] = row.max_persons
    return codes, inside.reshape(len(codes), len(member)), most


def within_limits(tables: Tables, people: Floats) -> Floats:
    """Return people, (settlements, periods), of which no agglomeration has too many.

    What is too much is taken from all its settlements in proportion, and goes to those
    of the same region that are in no limited agglomeration, or of the whole territory
    where the region has none; in proportion to their people.
    """
    _, inside, most = limited(tables)
    if not len(inside):
        return people
    found, free = people.copy(), np.asarray(~inside.any(axis=0))
    regions = tables["settlements"]["region"].to_numpy(dtype=object)
    for own, limit in zip(inside, most, strict=True):
        total = people[own].sum(axis=0)
        share = np.where(total > limit, limit / np.where(total > 0, total, 1.0), 1.0)
        left = people * np.where(own[:, None], 1.0 - share, 0.0)
        found -= left
        for region in dict.fromkeys(regions[own]):
            here = regions == region
            given = left[here].sum(axis=0)
            nearby = people * (free & here)[:, None]
            there = nearby if nearby.any() else people * free[:, None]
            weight = there.sum(axis=0)
            found += there * np.where(weight > 0, given / np.maximum(weight, 1e-300), 0)
    return found


def demand_factor(tables: Tables, service: str) -> Floats:
    """Return what people ask for relative to what is usual, (settlements,).

    *service* is a service or a network.
    """
    rows = tables["agglomeration_demand"]
    member = tables["settlements"]["agglomeration"]
    own = rows[rows["service"] == service]
    factors = dict(zip(own["agglomeration"], own["factor"], strict=True))
    return np.array([factors.get(code, 1.0) for code in member], dtype=float)
