"""``aumaq plot``: figures for papers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import aumaq
from aumaq.options import PlanNames, Where, read_plans

PARETO = "pareto"


def plot(
    plans: PlanNames,
    kind: Annotated[
        str, typer.Option(help="map, access, budget, convergence; pareto: of all PLANs")
    ],
    target: Annotated[Path, typer.Option("--out", help=".svg, .pdf or .png")],
    service: Annotated[str, typer.Option(help="of the map")] = "",
    period: Annotated[str, typer.Option(help="of map and access")] = "",
    x: Annotated[str, typer.Option(help="of pareto")] = "investment_mln",
    y: Annotated[str, typer.Option(help="of pareto")] = "unserved_share",
    instance: Where = "",
) -> None:
    """Draw a plan, or several against each other, as a vector figure."""
    from aumaq.instances import OptionError, UnknownNameError
    from aumaq.results.plots import KINDS

    if kind not in (*KINDS, PARETO):
        raise UnknownNameError("kind of figure", kind, (*KINDS, PARETO))
    if kind != PARETO and len(plans) != 1:
        raise OptionError(f"{kind} is of one plan, not of {len(plans)}")
    read = read_plans(plans, instance)
    if kind == PARETO:
        drawn = aumaq.plot_pareto(read, x, y)
    elif kind == "map":
        drawn = read[0].plot.map(service, period)
    elif kind == "access":
        drawn = read[0].plot.access_curve(period)
    else:
        drawn = KINDS[kind](read[0].plot)
    drawn.save(target)
    typer.echo(f"written to {target}")
