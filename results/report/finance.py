"""Money by period: what it is spent on, and the budgets that pay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aumaq.instances.language.texts import say
from aumaq.results.language import Language
from aumaq.results.pages.grid import Column, grid
from aumaq.results.plan.sectors import SECTOR_TITLES
from aumaq.results.plan.titles import item_title, titles_of

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

PAID = ("building", "renewal", "closing", "operation", "supply", "transport")
"""Items that somebody pays; the others are valued, not paid."""


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


def money_tables(plan: Plan, lang: Language) -> list[dict[str, Any]]:
    """Return money by sector, by what it is for, by budget, and the objective."""
    return [
        _sectors(plan, lang),
        _spending(plan, lang),
        _budgets(plan, lang),
        _objective(plan, lang),
    ]


def _sectors(plan: Plan, lang: Language) -> dict[str, Any]:
    rows = plan.table("sectors")
    columns = [
        Column(say("Sector"), [lang.tell(SECTOR_TITLES[s]) for s in rows["sector"]]),
        Column(say("Period"), rows["period"].tolist()),
        Column(say("Investment, mln"), rows["investment_mln"].tolist(), "number", 1),
        Column(say("Operation, mln"), rows["operation_mln"].tolist(), "number", 1),
        Column(say("Actions"), rows["actions"].tolist(), "number"),
        Column(say("People reached"), rows["persons"].tolist(), "number"),
        Column(say("Jobs at anchors"), rows["jobs"].tolist(), "number"),
    ]
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
        Column(say("Source"), [lang.cell(titles.get(b) or b) for b in rows["budget"]]),
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
    return grid("budgets", say("Sources of money by period"), columns, lang)


def _objective(plan: Plan, lang: Language) -> dict[str, Any]:
    rows = plan.objective.query("discounted_mln != 0")
    columns = [
        Column(say("Term"), [item_title(term, lang) for term in rows["term"]]),
        Column(say("Discounted mln"), rows["discounted_mln"].tolist(), "number", 1),
    ]
    return grid("objective", say("Cost by term, discounted"), columns, lang)
