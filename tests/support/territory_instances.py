"""Random territories of a handful of places: too many histories to enumerate."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import assume
from hypothesis import strategies as st
from tiny_instances import some

from aumaq.instances import Instance, InstanceError
from aumaq.instances.generators.clustered import clustered

KINDS = ("free", "whole", "nearest")


@st.composite
def territories(draw: st.DrawFn) -> Instance:
    """Draw villages by a small town, with roads, stock, levels, budgets and standards.

    Three periods, two services, four levels: too many histories to enumerate.
    """
    base = clustered(draw(st.integers(4, 5)), seed=draw(st.integers(0, 999)))
    places, sites, stock, services = (
        base.table(name) for name in ("settlements", "sites", "facilities", "services")
    )
    places["population"] = np.minimum(places["population"], 1500.0)
    sites["max_units"] = np.minimum(sites["max_units"], draw(some(1, 2)))
    stock = stock.drop_duplicates(["service", "site"]).assign(units=1)
    stock["renew_by_year"] = [draw(some(0, 0, 2027, 2033)) for _ in stock.index]
    services["allocation"] = [draw(some(*KINDS)) for _ in services.index]
    services["max_use_share"] = [draw(some(1.0, 0.9)) for _ in services.index]
    budgets = [
        {"budget": "all", "period": period, "title": "all", "covers": "investment",
         "amount_mln": draw(some(300.0, 1500.0)), "is_hard": draw(st.booleans()),
         "overrun_price": 1.5}
        for period in base.period_names
        if draw(some(True, False))
    ]  # fmt: skip
    try:
        return base.replace(
            settlements=places, sites=sites, facilities=stock, services=services,
            budgets=pd.DataFrame(budgets),
        )  # fmt: skip
    except InstanceError:
        assume(False)
        raise
