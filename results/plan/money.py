"""The table of money: by period, service, region and item."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from aumaq.model.data.gathered import ModelData
from aumaq.model.lasting import Lasting
from aumaq.results.plan.frames import typed
from aumaq.solvers import Decisions

Rows = dict[str, Any]
"""Rows of the table of money: an array a column."""
ONCE = ("building", "closing", "renewal")
ITEMS = (*ONCE, "residual", "operation", "travel", "transport", "unserved")


def site_spending(data: ModelData, decisions: Decisions) -> dict[str, dict[str, Any]]:
    """Return undiscounted mln by service and item, (J, T); operation is a year's."""
    book = {}
    for name, d in data.services.items():
        plan, size = decisions.services[name], d.num_levels + 1
        is_building = np.arange(size)[None, :] > np.arange(size)[:, None]
        price = d.transition_mln
        book[name] = {
            "building": np.einsum("jabt,ab->jt", plan.moves, price * is_building),
            "closing": np.einsum("jabt,ab->jt", plan.moves, price * ~is_building),
            "renewal": np.einsum("jlt,l->jt", plan.renewed, d.renewal_mln),
            "operation": np.einsum("jlt,l->jt", plan.units, d.opex_mln_per_year),
        }
    return book


def money_table(rows: list[Rows]) -> pd.DataFrame:
    """Return period, service, region, item, amount_mln, discounted_mln; no empty rows.

    ``amount_mln`` is undiscounted, of all years of the period; of ``residual`` it is
    what the buildings are still worth at the end.
    """
    table = pd.DataFrame(
        {name: np.concatenate([part[name] for part in rows]) for name in rows[0]}
    )
    keep = (table["amount_mln"] != 0) | (table["discounted_mln"] != 0)
    texts = ("period", "service", "region", "item")
    return typed(table[keep].reset_index(drop=True), dict.fromkeys(texts, "str"))


def money_rows(
    data: ModelData,
    spending: dict[str, dict[str, Any]],
    allocation: pd.DataFrame,
    unserved: pd.DataFrame,
) -> list[Rows]:
    """Return money of the services: at their sites, and of those who come or do not."""
    parts = []
    for name, d in data.services.items():
        regions = np.array(d.site_region, dtype=object)
        book = spending[name]
        left = residual_share(data, d.residual_factor)
        worth = -(book["building"] + book["renewal"])
        yearly = book["operation"]
        for item, paid, discounted in (
            *((item, book[item], book[item] * data.df) for item in ONCE),
            ("residual", worth * left, worth * d.residual_factor),
            ("operation", yearly * data.years, yearly * data.ann),
        ):
            parts.append(by_region(data, name, item, regions, paid, discounted))
        regions = data.instance.tables["settlements"]["region"].to_numpy(dtype=object)
        for item, rows, price, by in (
            ("travel", allocation, d.travel_mln_per_unit_minute, "minutes"),
            ("transport", allocation, d.transport_mln_per_unit_km, "length_km"),
            ("unserved", unserved, d.unserved_mln_per_unit_year, ""),
        ):
            year = _yearly(data, name, rows, price, by)
            paid, discounted = year * data.years, year * data.ann
            parts.append(by_region(data, name, item, regions, paid, discounted))
    return parts


def residual_share(data: ModelData, residual_factor: Any) -> Any:
    """Return the undiscounted share of a price that is left at the end, (..., T)."""
    instance = data.instance
    end = instance.first_years[-1] + instance.period_years[-1] - instance.base_year
    return residual_factor * (1.0 + instance.policies.discount_rate) ** end


def _yearly(
    data: ModelData, service: str, rows: pd.DataFrame, price: float, by: str
) -> Any:
    """Return mln a year by settlement and period, (I, T): price x demand x column *by*.

    Without *by* the price is of the demand itself.
    """
    rows = rows[rows["service"] == service]
    i = pd.Index(data.settlements).get_indexer(rows["settlement"])
    t = pd.Index(data.periods).get_indexer(rows["period"])
    amount = rows["demand"].to_numpy() * price
    if by:
        amount = amount * rows[by].to_numpy()
    total = np.zeros((len(data.settlements), len(data.periods)))
    np.add.at(total, (i, t), amount)
    return total


def by_region(
    data: ModelData, service: str, item: str, regions: Any, paid: Any, discounted: Any
) -> Rows:
    """Return rows of the table of money: sums of (places, T) by region."""
    count = len(data.periods)
    names, row = np.unique(np.asarray(regions, dtype=object), return_inverse=True)
    sums = {"amount_mln": paid, "discounted_mln": discounted}
    for column, amounts in sums.items():
        total = np.zeros((len(names), count))
        np.add.at(total, row, np.asarray(amounts, dtype=float).reshape(-1, count))
        sums[column] = total.T.ravel()
    texts = {
        "period": np.repeat(np.array(data.periods, dtype=object), len(names)),
        "service": np.full(len(names) * count, service, dtype=object),
        "region": np.tile(names, count),
        "item": np.full(len(names) * count, item, dtype=object),
    }
    return texts | sums


def of_lasting(
    data: ModelData, service: str, lasting: Lasting, stands: Any
) -> list[Rows]:
    """Return money of what is built once: *stands* is 1 from its period on, (G, T)."""
    if not len(lasting.region):
        return []
    paid = np.diff(stands, axis=1, prepend=0) * lasting.capex_mln[:, None]
    running = stands * lasting.opex_mln_per_year[:, None]
    worth = lasting.residual_factor
    left = residual_share(data, worth)
    return [
        by_region(data, service, item, lasting.region, amount, discounted)
        for item, amount, discounted in (
            ("building", paid, paid * data.df),
            ("residual", -paid * left, -paid * worth),
            ("operation", running * data.years, running * data.ann),
        )
    ]
