"""``aumaq pareto``: the front of two or three goals, or one plan by several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

import aumaq
from aumaq import show
from aumaq.instances.language.texts import say
from aumaq.option_groups import grouped
from aumaq.options import listed
from aumaq.several import DrawnStudy, share_of
from aumaq.words import bound, figure, spoken, t, upper

if TYPE_CHECKING:
    import pandas as pd

    from aumaq.results.plan.aims import Aim

HEADS = {
    "best": say("best at"), "point": say("point"), "bound": say("proven bound"),
    "sum": say("sum"), "gap": say("gap"),
}  # fmt: skip
GOALS_HELP = (
    "cost, investment, unserved, mean_minutes, worst_minutes, cover, posts, emissions,"
    " impact:NAME; commas between"
)


@dataclass(frozen=True)
class Goals:
    """The goals, and whether they make a front or, weighed or in order, one plan."""

    goals: Annotated[str, typer.Option(help=GOALS_HELP)]
    points: Annotated[
        int, typer.Option(help="limits of each goal after the first; 0: all points")
    ] = 12
    minutes: Annotated[
        float | None, typer.Option(help="within which the goal cover counts")
    ] = None
    weights: Annotated[
        str, typer.Option(help="one plan instead: a weight for each goal")
    ] = ""
    tolerances: Annotated[
        str, typer.Option(help="one plan instead, goal after goal: 1%,0")
    ] = ""


@grouped
def pareto(
    *,
    goals: Goals,
    jobs: Annotated[int, typer.Option(help="processes side by side", min=1)] = 1,
    study: DrawnStudy,
) -> None:
    """Find plans that no other beats in all goals, each with a bound."""
    instance, names = study.read(), listed(goals.goals)
    if goals.weights or goals.tolerances:
        found = aumaq.best_by(
            instance,
            names,
            weights=[share_of(part) for part in listed(goals.weights)],
            tolerances=[share_of(part) for part in listed(goals.tolerances)],
            minutes=goals.minutes,
            **study.options,
        )
    else:
        found = aumaq.pareto(
            instance,
            names,
            goals.points,
            minutes=goals.minutes,
            jobs=jobs,
            **study.options,
        )
    study.finish(
        found,
        found.plans,
        partial(_show, found),
        partial(_draw, found, study.telling.lang),
    )


def _draw(found: aumaq.Front, lang: str, folder: Path) -> None:
    """Draw a front, if it has several points."""
    from aumaq.results.plots.front import plot_front
    from aumaq.results.studies.choosing.folders import FRONT_PICTURE

    if len(found.rows) < 2:
        return
    axes = [(aim.name, f"{t(aim.title)}, {aim.unit}") for aim in found.aims]
    plot_front(found.rows, axes, lang).save(folder / FRONT_PICTURE)


def _show(found: aumaq.Front) -> None:
    """Print the payoff table and the points."""
    aims = {aim.name: aim for aim in found.aims}
    if len(found.payoff):
        columns = ["best", *aims, "bound"]
        show.out.print(_table(found.payoff, columns, aims))
    more = [c for c in found.rows if c.startswith("bound") or c in ("sum", "gap")]
    show.out.print(_table(found.rows, ["point", *aims, *more], aims))
    if found.message:
        show.out.print(spoken().tell(found.message), markup=False, soft_wrap=True)


def _table(
    rows: pd.DataFrame, columns: Sequence[str], aims: Mapping[str, Aim]
) -> Table:
    table = Table(show_edge=False, pad_edge=False)
    for k, key in enumerate(columns):
        table.add_column(_head(key, aims), justify="right" if k else "left")
    for row in rows[[*columns]].to_dict("records"):
        table.add_row(*(_cell(key, row, aims) for key in columns))
    return table


def _head(key: str, aims: Mapping[str, Aim]) -> str:
    """Return the head of a column: what a goal counts, with its unit."""
    if key in HEADS:
        return t(HEADS[key])
    aim = aims[key.removeprefix("bound_")]
    text = say("{goal}, {unit}", goal=aim.measure, unit=t(aim.unit))
    return t(say("proven bound: {goal}", goal=text) if key != aim.name else text)


def _cell(key: str, row: dict[str, Any], aims: Mapping[str, Aim]) -> str:
    """Return a cell; a bound is that of the goal that the row or the column names."""
    if key == "best":
        return t(aims[row[key]].measure)
    if key == "point":
        return str(row[key])
    if key == "gap":
        return upper(row[key], ".2%")
    if not key.startswith("bound"):
        return figure(row[key], ",.2f")
    if "sum" in row:
        return bound(row[key], row["sum"], ",.2f")
    named = row.get("best") or key.removeprefix("bound").removeprefix("_")
    aim = aims[named or next(iter(aims))]
    return bound(row[key], row[aim.name], ",.2f", is_above=aim.sign < 0.0)
