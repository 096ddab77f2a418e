"""``aumaq plot``: figures for papers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import aumaq
from aumaq.instances.language.texts import say
from aumaq.options import (
    Changes,
    Lang,
    Where,
    plan_names,
    read_plans,
    under_changes,
)
from aumaq.streams import line
from aumaq.words import t

STORES = (".duckdb", ".db")
Sources = Annotated[
    list[str],
    typer.Argument(metavar="PLAN...", help="folder, plan.json, STORE:RUN, or a STORE"),
]


def plot(
    plans: Sources,
    target: Annotated[Path, typer.Option("--out", help=".svg, .pdf or .png")],
    kind: Annotated[
        str,
        typer.Option(
            help="sheet, map, access, budget, convergence; of several plans: pareto,"
            " sensitivity"
        ),
    ] = "sheet",
    changes: Changes = None,
    service: Annotated[str, typer.Option(help="of the map")] = "",
    period: Annotated[str, typer.Option(help="of map and access")] = "",
    x: Annotated[
        str,
        typer.Option(help="such as investment_mln, term:travel or indicator:NAME"),
    ] = "",
    y: Annotated[str, typer.Option(help="the other axis, see --x")] = "",
    scenario: Annotated[str, typer.Option(help="of a store only this scenario")] = "",
    batch: Annotated[str, typer.Option(help="of a store only this batch")] = "",
    width: Annotated[
        float, typer.Option(help="mm: 85 is a column of a journal, 174 a page")
    ] = 0.0,
    lang: Lang = "en",
    instance: Where = "",
) -> None:
    """Draw a plan, or several against each other, as a vector figure.

    With --set it shows the plans, as they are, where values are changed.
    """
    from aumaq.instances import OptionError, UnknownNameError
    from aumaq.instances.formats.targets import probe_file
    from aumaq.results.language import Language
    from aumaq.results.plots import ENDINGS, KINDS, OF_SEVERAL

    words, usual = Language(lang), 174.0 if kind == "sheet" else 150.0
    if kind not in (*KINDS, *OF_SEVERAL):
        raise UnknownNameError(say("kind of figure"), kind, (*KINDS, *OF_SEVERAL))
    probe_file(target, ENDINGS)  # before the work, not after it
    names = [run for name in plans for run in _runs(name, scenario, batch)]
    if kind in KINDS and len(names) != 1:
        raise OptionError(
            say("{kind} is of one plan, not of {count}", kind=kind, count=len(names))
        )
    read = under_changes(read_plans(names, instance), changes)
    if kind in OF_SEVERAL:
        axes = {key: value for key, value in (("x", x), ("y", y)) if value}
        drawn = OF_SEVERAL[kind](
            read, names=plan_names(names, read), lang=words.code,
            width_mm=width or usual, **axes,
        )  # fmt: skip
    else:
        own = read[0].plot.sized(words.code, width or usual)
        if kind == "map":
            drawn = own.map(service, period)
        elif kind == "access":
            drawn = own.access_curve(period)
        else:
            drawn = KINDS[kind](own)
    drawn.save(target)
    line(t(say("written to {target}", target=target)))


def _runs(name: str, scenario: str, batch: str) -> list[str]:
    """Return a plan as it is given, or the runs of a store, oldest first."""
    if Path(name).suffix not in STORES:
        return [name]
    runs = aumaq.Store(name).runs(scenario=scenario, batch=batch)
    return [f"{name}:{run_id}" for run_id in runs["run_id"][::-1]]
