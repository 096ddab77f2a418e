"""``aumaq plot``: figures for papers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import aumaq
from aumaq.instances.language.texts import say
from aumaq.option_groups import grouped
from aumaq.options import (
    Changes,
    Lang,
    Where,
    opened,
    plan_names,
    read_plans,
    under_changes,
)
from aumaq.streams import line
from aumaq.words import t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aumaq.results.plots import Figure

STORES = (".duckdb", ".db")
PAGE_MM, USUAL_MM = 174.0, 150.0
"""Widths of a sheet of figures, and of a figure by itself."""
MOST_MM = 2_000.0
"""No page is wider, and a figure in pixels would take all memory."""
ASPECTS = ("service", "period", "x", "y")
USES = {
    "map": ("service", "period"), "access": ("period",),
    "pareto": ("x", "y"), "sensitivity": ("x", "y"),
}  # fmt: skip
"""Options that a kind of figure has a meaning for."""
Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="PLAN",
        help="folder of a plan or of several, plan.json, STORE:RUN or STORE",
    ),
]


@dataclass(frozen=True)
class Drawing:
    """What is drawn, of which part of a plan or along which axes."""

    kind: Annotated[
        str,
        typer.Option(
            help="sheet, map, access, budget, convergence; of several plans: pareto,"
            " sensitivity"
        ),
    ] = "sheet"
    service: Annotated[str, typer.Option(help="of the map")] = ""
    period: Annotated[str, typer.Option(help="of map and access")] = ""
    x: Annotated[
        str,
        typer.Option(help="such as investment_mln, term:travel or indicator:NAME"),
    ] = ""
    y: Annotated[str, typer.Option(help="the other axis, see --x")] = ""

    def check(self) -> None:
        """Raise UnknownNameError for no kind, OptionError for options of others."""
        from aumaq.instances import OptionError, UnknownNameError
        from aumaq.results.plots import KINDS, OF_SEVERAL

        if self.kind not in (*KINDS, *OF_SEVERAL):
            known = (*KINDS, *OF_SEVERAL)
            raise UnknownNameError(say("kind of figure"), self.kind, known)
        uses = USES.get(self.kind, ())
        wrong = [key for key in ASPECTS if getattr(self, key) and key not in uses]
        if wrong:
            names = ", ".join(f"--{key}" for key in wrong)
            text = say("{names}: not of the figure {kind}", names=names, kind=self.kind)
            raise OptionError(text, wrong)

    def check_count(self, count: int) -> None:
        """Raise OptionError where a figure of one plan is to be of others, too."""
        from aumaq.instances import OptionError
        from aumaq.results.plots import KINDS

        if self.kind in KINDS and count != 1:
            raise OptionError(
                say(
                    "{kind} is of one plan, not of {count}", kind=self.kind, count=count
                )
            )

    def of(self, plans: Sequence[aumaq.Plan], names: list[str], look: Look) -> Figure:
        """Return the figure of plans that are called by *names*."""
        from aumaq.results.plots import KINDS, OF_SEVERAL

        usual_mm = PAGE_MM if self.kind == "sheet" else USUAL_MM
        lang, width_mm = look.code, look.width or usual_mm
        if self.kind in OF_SEVERAL:
            axes = {key: axis for key, axis in (("x", self.x), ("y", self.y)) if axis}
            names = plan_names(names, plans)
            draw = OF_SEVERAL[self.kind]
            return draw(plans, names=names, lang=lang, width_mm=width_mm, **axes)
        own = plans[0].plot.sized(lang, width_mm)
        if self.kind == "map":
            return own.map(self.service, self.period)
        if self.kind == "access":
            return own.access_curve(self.period)
        return KINDS[self.kind](own)


@dataclass(frozen=True)
class Chosen:
    """The plans that are drawn; of a store those of a scenario or a batch."""

    plans: Sources
    changes: Changes = None
    scenario: Annotated[str, typer.Option(help="of a store only this scenario")] = ""
    batch: Annotated[str, typer.Option(help="of a store only this batch")] = ""

    @property
    def names(self) -> list[str]:
        """Plans as they are given, and the runs of stores, oldest first."""
        if not any(Path(name).suffix in STORES for name in self.plans):
            self._refuse()
        found = list[str]()
        for name in self.plans:
            if Path(name).suffix not in STORES:
                found += opened([name])
                continue
            runs = aumaq.Store(name).runs(scenario=self.scenario, batch=self.batch)
            found += [f"{name}:{run_id}" for run_id in runs["run_id"][::-1]]
        return found

    def _refuse(self) -> None:
        """Raise OptionError for a choice among runs where there is no store."""
        from aumaq.instances import OptionError

        wrong = [key for key in ("scenario", "batch") if getattr(self, key)]
        if wrong:
            names = ", ".join(f"--{key}" for key in wrong)
            raise OptionError(say("{names}: only of a store", names=names), wrong)


@dataclass(frozen=True)
class Look:
    """How wide a figure is, and its language."""

    width: Annotated[
        float | None, typer.Option(help="mm: 85 is a column of a journal, 174 a page")
    ] = None
    lang: Lang = "en"

    def check(self) -> None:
        """Raise OptionError for a width that no figure has."""
        from aumaq.instances import OptionError

        if self.width is not None and not 10.0 <= self.width <= MOST_MM:
            text = say(
                "width must be from 10 to {most:,.0f} mm, not {width}",
                most=MOST_MM,
                width=self.width,
            )
            raise OptionError(text, ["width"])

    @property
    def code(self) -> str:
        """The language, if there is such a one (else UnknownNameError)."""
        from aumaq.results.language import Language

        return Language(self.lang).code


@grouped
def plot(
    *,
    target: Annotated[Path, typer.Option("--out", help=".svg, .pdf or .png")],
    drawing: Drawing,
    chosen: Chosen,
    look: Look,
    instance: Where = "",
) -> None:
    """Draw a plan, or several against each other, as a vector figure.

    With --set it shows the plans, as they are, where values are changed.
    """
    from aumaq.instances.formats.targets import probe_file
    from aumaq.results.plots import ENDINGS

    drawing.check()
    look.check()
    probe_file(target, ENDINGS)  # before the work, not after it
    names = chosen.names
    drawing.check_count(len(names))
    read = under_changes(read_plans(names, instance), chosen.changes)
    drawing.of(read, names, look).save(target)
    line(t(say("written to {target}", target=target)))
