"""What a service costs for each of those whom it serves: per pupil, per patient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from aumaq.instances.language.texts import say
from aumaq.instances.terms import INVESTMENT
from aumaq.results.language import Language
from aumaq.results.pages.grid import Column, grid
from aumaq.results.plan.titles import titles_of

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

YEARLY = ("operation", "transport")
"""Items of a service that are paid every year."""


def unit_costs(plan: Plan) -> pd.DataFrame:
    """Return the money of services that people come to, and of it for each served.

    Columns service, unit, served (in the last period), investment_mln (all periods),
    investment (for each served, in units of currency), yearly_mln (in a year of the
    last period), yearly (for each served). NaN where nobody is served.
    """
    instance, last = plan.instance, plan.instance.period_names[-1]
    years = instance.table("periods").set_index("period")["years"][last]
    services = list(filter(instance.serves, instance.service_names))
    goes = plan.allocation[plan.allocation["period"] == last]
    served = goes.groupby("service")["demand"].sum().reindex(services, fill_value=0.0)
    money = plan.money
    built = money[money["item"].isin(INVESTMENT)].groupby("service")["amount_mln"].sum()
    now = money[money["item"].isin(YEARLY) & (money["period"] == last)]
    yearly = now.groupby("service")["amount_mln"].sum() / years
    found = pd.DataFrame(
        {
            "service": services,
            "unit": [str(instance.service(s)["unit"] or "unit") for s in services],
            "served": served.to_numpy(),
            "investment_mln": built.reindex(services, fill_value=0.0).to_numpy(),
            "yearly_mln": yearly.reindex(services, fill_value=0.0).to_numpy(),
        }
    )
    each = found["served"].where(found["served"] > 0, np.nan)
    found["investment"] = 1e6 * found["investment_mln"] / each
    found["yearly"] = 1e6 * found["yearly_mln"] / each
    return found


def unit_cost_table(plan: Plan, lang: Language) -> dict[str, Any]:
    """Return what services cost for each of those whom they serve."""
    rows, titles = unit_costs(plan), titles_of(plan.instance, lang)
    last, currency = plan.instance.period_names[-1], plan.instance.currency
    columns = [
        Column(say("Service"), [titles[s] for s in rows["service"]]),
        Column(say("Measured in"), lang.units(rows["unit"])),
        Column(
            lang.tell(say("Served in {period}", period=last)),
            rows["served"].tolist(), "number",
        ),
        Column(say("Investment, mln"), rows["investment_mln"].tolist(), "number", 1),
        Column(
            lang.tell(say("Investment for each, {currency}", currency=currency)),
            rows["investment"].tolist(), "number",
        ),
        Column(
            say("Running it, mln a year"), rows["yearly_mln"].tolist(), "number", 1
        ),
        Column(
            lang.tell(say("A year for each, {currency}", currency=currency)),
            rows["yearly"].tolist(), "number",
        ),
    ]  # fmt: skip
    return grid("unit_costs", say("What each costs"), columns, lang)
