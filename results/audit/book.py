"""Rows of the table of money: sums by period and region; mln."""

from __future__ import annotations

from typing import Any

import numpy as np

from aumaq.instances.arrays import Floats
from aumaq.results.audit.facts import Times

Rows = dict[str, Any]
"""Rows of a table of a plan: an array a column."""


def by_region(
    times: Times, service: str, item: str, regions: Any, paid: Any, discounted: Any
) -> Rows:
    """Return rows of the table of money: sums of (places, T) by region."""
    count = len(times.names)
    names, row = np.unique(np.asarray(regions, dtype=object), return_inverse=True)
    sums = {"amount_mln": paid, "discounted_mln": discounted}
    for column, amounts in sums.items():
        total = np.zeros((len(names), count))
        np.add.at(total, row, np.asarray(amounts, dtype=float).reshape(-1, count))
        sums[column] = total.T.ravel()
    texts = {
        "period": np.repeat(np.array(times.names, dtype=object), len(names)),
        "service": np.full(len(names) * count, service, dtype=object),
        "region": np.tile(names, count),
        "item": np.full(len(names) * count, item, dtype=object),
    }
    return texts | sums


def once(times: Times, service: str, regions: Any, item: str, paid: Any) -> Rows:
    """Return rows of what is paid at the start of periods."""
    return by_region(times, service, item, regions, paid, paid * times.once)


def yearly(times: Times, service: str, regions: Any, item: str, year: Any) -> Rows:
    """Return rows of what is paid in each year of periods."""
    paid, discounted = year * times.all_years, year * times.yearly
    return by_region(times, service, item, regions, paid, discounted)


def residual(
    times: Times, service: str, regions: Any, built: Any, factor: Floats
) -> Rows:
    """Return rows of what buildings are still worth at the end: a credit.

    *factor*: discounted credit for a mln built in a period.
    """
    left = factor * times.growth_to_end
    return by_region(
        times, service, "residual", regions, -built * left, -built * factor
    )
