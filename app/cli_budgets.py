"""``aumaq budgets``: what more money brings, and what it costs to build on and on."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

import aumaq
from aumaq import show
from aumaq.instances.language.texts import say
from aumaq.option_groups import grouped
from aumaq.several import DrawnStudy
from aumaq.words import bound, figure, lower, spoken, t, upper

COLUMNS = {
    "amount_mln": say("amount"),
    "investment_mln": say("invested"),
    "objective_mln": say("cost"),
    "bound_mln": say("bound"),
    "nested_mln": say("nested"),
    "price_mln": say("price of nesting"),
    "price_at_least_mln": say("at least"),
    "price_at_most_mln": say("at most"),
}


@grouped
def budgets(
    *,
    amounts: Annotated[
        str, typer.Option(help="of investment, mln, commas between: 1000,2000")
    ],
    is_nested: Annotated[
        bool, typer.Option("--nested", help="each plan has all of the one before, too")
    ] = False,
    is_down: Annotated[
        bool, typer.Option("--down", help="with --nested: from the largest amount")
    ] = False,
    study: DrawnStudy,
) -> None:
    """Plan for several amounts of money, each alone and nested in each other."""
    instance = study.read()
    found = aumaq.budget_curve(
        instance,
        _amounts(amounts),
        nested="" if not is_nested else "down" if is_down else "up",
        **study.options,
    )
    plans = {f"{a:g}": plan for a, plan in found.plans.items()}
    plans |= {f"{a:g}-nested": plan for a, plan in found.nested.items()}
    study.finish(
        found, plans, partial(_show, found), partial(_draw, found, study.telling.lang)
    )
    if len(found.plans) < len(found.rows):
        raise typer.Exit(1)


def _draw(found: aumaq.BudgetCurve, lang: str, folder: Path) -> None:
    """Draw the curve; without any plan there is none."""
    from aumaq.results.plots.budget_curve import plot_budgets
    from aumaq.results.studies.choosing.folders import BUDGETS_PICTURE

    if found.plans:
        curve = plot_budgets(found.rows, found.instance.currency, lang)
        curve.save(folder / BUDGETS_PICTURE)


def _amounts(text: str) -> list[float]:
    """Return the amounts (OptionError where one is no number)."""
    from aumaq.instances import OptionError

    try:
        return [float(part) for part in text.split(",") if part.strip()]
    except ValueError:
        told = say("expected numbers with commas between, not {text!r}", text=text)
        raise OptionError(told) from None


def _cell(key: str, row: dict[str, Any]) -> str:
    value, told = row[key], {"price_at_least_mln": lower, "price_at_most_mln": upper}
    if value != value:
        return "-"
    if key == "bound_mln":
        return bound(value, row["objective_mln"], ",.1f")
    return told.get(key, figure)(value, ",.1f")


def _show(found: aumaq.BudgetCurve) -> None:
    table = Table(show_edge=False, pad_edge=False)
    columns = {key: head for key, head in COLUMNS.items() if key in found.rows}
    for head in columns.values():
        table.add_column(t(head), justify="right")
    rows: list[dict[str, Any]] = found.rows.to_dict("records")
    for row in rows:
        table.add_row(*(_cell(key, row) for key in columns))
    show.out.print(table)
    show.out.print(t(say("mln {currency}", currency=found.instance.currency)))
    for row in rows:
        if row["message"]:
            amount = figure(row["amount_mln"], ",.6g")
            text = f"{amount}: {spoken().tell(row['message'])}"
            show.out.print(text, markup=False, soft_wrap=True)
