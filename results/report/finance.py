"""Money by period: what it is spent on, and the budgets that pay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from aumaq.instances.language.texts import say
from aumaq.results.language import Language
from aumaq.results.pages.grid import Column, grid
from aumaq.results.plan.sectors import SECTOR_TITLES
from aumaq.results.plan.terms import SPENDING
from aumaq.results.plan.titles import item_title, titles_by_code, titles_of

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

RUNNING = ("operation", "supply", "transport")
"""Items that running what stands costs."""
PAID = ("building", "renewal", "closing", *RUNNING, "availability")
"""Items that somebody pays in a period; the others are valued, or owed at the end."""


def spending_chart(plan: Plan, lang: Language) -> dict[str, Any]:
    """Return what is paid by period and item, mln, undiscounted."""
    periods = list(plan.instance.period_names)
    sums = plan.money.groupby(["item", "period"])["amount_mln"].sum().unstack("period")
    sums = sums.reindex(columns=periods).fillna(0.0)
    shown = [item for item in PAID if item in sums.index and sums.loc[item].any()]
    return {
        "labels": periods,
        "sets": [
            {
                "label": item_title(item, lang),
                "values": sums.loc[item].round(1).tolist(),
            }
            for item in shown
        ],
    }


def paid_for(plan: Plan, lang: Language) -> pd.DataFrame:
    """Return who pays for what: the table ``financing``, and partners as rows of it.

    What partners pay is investment. The column ``payer`` has the title of who pays.
    """
    paid = plan.table("financing")
    paid = paid.assign(payer=paid["fund"].map(_titles(plan, lang, "fund")))
    partners = plan.table("partnerships").assign(spending="investment")
    titles = partners["partnership"].map(_titles(plan, lang, "partnership"))
    partners = partners.assign(payer=titles).rename(
        columns={"partnership": "fund", "money_mln": "amount_mln"}
    )
    return pd.concat([paid, partners[list(paid.columns)]], ignore_index=True)


def money_tables(plan: Plan, lang: Language) -> list[dict[str, Any]]:
    """Return money by sector, item, budget and who pays, and the objective."""
    return [
        _sectors(plan, lang),
        _spending(plan, lang),
        _budgets(plan, lang),
        _payers(plan, lang),
        _funds(plan, lang),
        _payments(plan, lang),
        _objective(plan, lang),
    ]


def _sectors(plan: Plan, lang: Language) -> dict[str, Any]:
    rows = plan.table("sectors")
    # Where nothing is done, 0 would read as an action that reaches nobody.
    reached = rows["persons"].where(rows["actions"] > 0)
    columns = [
        Column(say("Sector"), [lang.tell(SECTOR_TITLES[s]) for s in rows["sector"]]),
        Column(say("Period"), rows["period"].tolist()),
        Column(say("Investment, mln"), rows["investment_mln"].tolist(), "number", 1),
        Column(say("Operation, mln"), rows["operation_mln"].tolist(), "number", 1),
        Column(say("Actions"), rows["actions"].tolist(), "number"),
        Column(say("People reached"), reached.tolist(), "number"),
    ]
    if rows["jobs"].any():  # without anchors there are none to tell
        jobs = rows["jobs"].tolist()
        columns.append(Column(say("Jobs at anchors"), jobs, "number"))
    return grid("sectors", say("The plan by sector"), columns, lang)


def _spending(plan: Plan, lang: Language) -> dict[str, Any]:
    periods, titles = list(plan.instance.period_names), titles_of(plan.instance, lang)
    rows = plan.money[plan.money["item"].isin(PAID)]
    sums = rows.groupby(["service", "item", "period"])["amount_mln"].sum()
    wide = sums.unstack("period", fill_value=0.0).reindex(
        columns=periods, fill_value=0.0
    )
    wide = wide[(wide != 0).any(axis=1)].reset_index()
    columns = [
        Column(say("For"), [titles.get(code, code) for code in wide["service"]]),
        Column(say("Item"), [item_title(item, lang) for item in wide["item"]]),
        *(Column(period, wide[period].tolist(), "number", 1) for period in periods),
    ]
    return grid("spending", say("Spending by period, mln"), columns, lang)


def _budgets(plan: Plan, lang: Language) -> dict[str, Any]:
    rows, rules = plan.budgets, plan.instance.tables["budgets"]
    titles = dict(zip(rules["budget"], rules["title"], strict=True))
    columns = [
        Column(
            say("Budget"), [lang.title(titles.get(b, ""), b) for b in rows["budget"]]
        ),
        Column(say("Period"), rows["period"].tolist()),
        Column(say("Limit, mln"), rows["limit_mln"].tolist(), "number", 1),
        Column(say("Spent, mln"), rows["spent_mln"].tolist(), "number", 1),
        Column(
            say("Used"),
            (rows["spent_mln"] / rows["limit_mln"].where(rows["limit_mln"] > 0)),
            "share",
        ),
        Column(say("Overrun, mln"), rows["overrun_mln"].tolist(), "number", 1),
    ]
    return grid("budgets", say("Budgets by period"), columns, lang)


def _payers(plan: Plan, lang: Language) -> dict[str, Any]:
    """Return who pays for what: sources of money, and partners for investment."""
    periods, titles = list(plan.instance.period_names), titles_of(plan.instance, lang)
    keys = ["fund", "payer", "service", "spending", "period"]
    sums = paid_for(plan, lang).groupby(keys)["amount_mln"].sum()
    wide = sums.unstack("period", fill_value=0.0).reindex(
        columns=periods, fill_value=0.0
    )
    wide = wide.reset_index()
    columns = [
        Column(say("Who pays"), wide["payer"].tolist()),
        Column(say("For"), [titles.get(code, code) for code in wide["service"]]),
        Column(say("Kind"), [lang.tell(SPENDING[kind]) for kind in wide["spending"]]),
        *(Column(period, wide[period].tolist(), "number", 1) for period in periods),
    ]
    return grid("financing", say("Who pays for what, mln"), columns, lang)


def _titles(plan: Plan, lang: Language, key: str) -> dict[str, str]:
    """Return the titles of sources of money (``fund``) or of partnerships."""
    table = "funding_sources" if key == "fund" else "partnerships"
    return titles_by_code(plan.instance.tables[table], key, lang)


def _funds(plan: Plan, lang: Language) -> dict[str, Any]:
    """Return what each source of money has, pays and has left."""
    rows, titles = plan.table("funds"), _titles(plan, lang, "fund")
    columns = [
        Column(say("Source"), [titles.get(code, code) for code in rows["fund"]]),
        Column(say("Period"), rows["period"].tolist()),
        Column(say("Limit, mln"), rows["limit_mln"].tolist(), "number", 1),
        Column(
            say("Carried over, mln"), rows["carried_over_mln"].tolist(), "number", 1
        ),
        Column(say("Paid, mln"), rows["paid_mln"].tolist(), "number", 1),
        Column(say("Left, mln"), rows["left_mln"].tolist(), "number", 1),
    ]
    title = say("What sources of money have, pay and have left")
    return grid("funds", title, columns, lang)


def _payments(plan: Plan, lang: Language) -> dict[str, Any]:
    """Return what partners are paid back by year, beyond the last period as well."""
    rows, titles = plan.table("payments"), _titles(plan, lang, "partnership")
    past = lang.tell(say("owed at the end"))
    columns = [
        Column(
            say("Partner"), [titles.get(code, code) for code in rows["partnership"]]
        ),
        Column(say("Year"), [f"{year:.0f}" for year in rows["year"]]),
        Column(say("Period"), [period or past for period in rows["period"]]),
        Column(say("Paid, mln"), rows["amount_mln"].tolist(), "number", 1),
        Column(say("Discounted mln"), rows["discounted_mln"].tolist(), "number", 1),
    ]
    return grid("payments", say("Payments to partners by year"), columns, lang)


def _objective(plan: Plan, lang: Language) -> dict[str, Any]:
    rows = plan.objective.query("discounted_mln != 0")
    columns = [
        Column(say("Term"), [item_title(term, lang) for term in rows["term"]]),
        Column(say("Discounted mln"), rows["discounted_mln"].tolist(), "number", 1),
    ]
    return grid("objective", say("Cost by term, discounted"), columns, lang)
