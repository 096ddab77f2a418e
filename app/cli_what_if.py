"""``aumaq what-if``: a plan again under locks and changes, or scored under others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

import aumaq
from aumaq import documents, show
from aumaq.instances.language.texts import Text, say
from aumaq.option_groups import Effort, Telling, grouped
from aumaq.options import Changes, Overwrite, PlanName, TotalTime, Where, read_plans
from aumaq.several import end
from aumaq.streams import line
from aumaq.words import bound, figure, lower, spoken, t, upper

if TYPE_CHECKING:
    import pandas as pd

    from aumaq.instances import Instance
    from aumaq.results.exports import Written
    from aumaq.results.studies.choosing.lock_rows import LockRow

MOST_SHOWN = 30
"""Rows of a table that the terminal shows; the files have all."""
LOCK_HELP = "again and again: site=s7,service=clinic,level=2,period=2031-35"
FILES = ("frozen", "inputs", "decisions")
HEADS = (
    say("objective"), say("bound"), say("difference"), say("verified"),
)  # fmt: skip


@dataclass(frozen=True)
class Question:
    """A plan, and under which conditions it is looked at."""

    plan: PlanName
    changes: Changes = None
    scenario: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="another scenario; with --score again and again",
            show_default=False,
        ),
    ] = None


@dataclass(frozen=True)
class Locks:
    """What must be decided so, what must not, and what stays."""

    lock: Annotated[
        list[str] | None,
        typer.Option("--lock", metavar="KEYS", help=f"must be; {LOCK_HELP}"),
    ] = None
    forbid: Annotated[
        list[str] | None,
        typer.Option(
            "--forbid", metavar="KEYS", help="must not be; keys as with --lock"
        ),
    ] = None
    freeze: Annotated[
        list[str] | None,
        typer.Option("--freeze", metavar="KEYS", help="stays as in the plan; all: all"),
    ] = None
    locks: Annotated[
        Path | None,
        typer.Option(
            "--locks", help="CSV file: action (lock, forbid, freeze) and keys"
        ),
    ] = None

    def rows(self) -> list[LockRow]:
        """Return all of them as rows of a table."""
        return aumaq.lock_rows(
            self.lock or (), self.forbid or (), self.freeze or (), self.locks
        )


@dataclass(frozen=True)
class ShortEffort(Effort):
    """How a plan that is near one in hand is found, and how long it takes."""

    time_limit: TotalTime = 120.0


@dataclass(frozen=True)
class Places:
    """Where the new plan goes, and where the instance is if it moved."""

    folder: Annotated[Path | None, typer.Option("--out", help="plan folder")] = None
    instance: Where = ""
    overwrite: Overwrite = False

    def check(self, instance: Instance | None = None) -> None:
        """Raise ExportError where no plan (of an instance) can be written."""
        from aumaq.results.exports import check_target

        if self.folder is not None:
            check_target(self.folder, instance=instance, overwrite=self.overwrite)


@grouped
def what_if(
    *,
    question: Question,
    locks: Locks,
    is_scored: Annotated[
        bool, typer.Option("--score", help="keep what is decided, serve people anew")
    ] = False,
    effort: ShortEffort,
    places: Places,
    telling: Telling,
) -> None:
    """Plan again from a plan with parts frozen and input changed, or score it so."""
    names, rows = question.scenario or [], locks.rows()
    _check(names, is_scored=is_scored, decides=bool(rows or places.folder))
    places.check()
    (found,) = read_plans([question.plan], places.instance)
    if not is_scored:
        own = found.instance
        places.check(own.with_scenario(names[0]) if names else own)
    options: dict[str, Any] = {
        "changes": question.changes or [],
        "progress": telling.progress,
        **vars(effort),
    }
    if is_scored:
        del options["method"], options["seed"]  # nothing is decided
        _tell_score(aumaq.score(found, scenarios=names, **options), telling)
        return
    again = aumaq.what_if(found, scenario="".join(names), locks=rows, **options)
    written = _written(again, places, telling.lang)
    _tell(again, written, telling)
    end([again.after])


def _check(names: list[str], *, is_scored: bool, decides: bool) -> None:
    """Raise OptionError where what is asked is neither one plan nor a score."""
    from aumaq.instances import OptionError

    if is_scored and decides:
        raise OptionError(
            say("--score decides nothing: it takes no locks and no --out")
        )
    if not is_scored and len(names) > 1:
        raise OptionError(say("give one scenario, or --score"))


def _written(found: aumaq.WhatIf, places: Places, lang: str) -> Written | None:
    """Write the new plan, and beside it what was frozen and what differs."""
    from aumaq.instances.interruption import finishing
    from aumaq.results.exports import write_plan_folder
    from aumaq.results.exports.side_files import SIDE

    if places.folder is None:
        return None

    def write(name: str, _plan: aumaq.Plan, path: Path, _lang: str) -> None:
        rows: pd.DataFrame = getattr(found, name)
        rows.to_csv(path, index=False, lineterminator="\n")

    own = {f"{name}.csv": partial(write, name) for name in FILES}
    with finishing():
        return write_plan_folder(
            found.after, places.folder, lang, overwrite=places.overwrite,
            side={**SIDE, **own},
        )  # fmt: skip


def _tell(found: aumaq.WhatIf, written: Written | None, telling: Telling) -> None:
    """Print what was found, as one JSON document or in words, and where it is."""
    if telling.as_json:
        out = {} if written is None else {"out": str(written.folder)}
        documents.tell({**found.record(), **out})
    else:
        _show(found)
        if written is not None:
            line(t(say("plan written to {target}", target=written.folder)))
    if written is not None:
        show.written(written)


def _show(found: aumaq.WhatIf) -> None:
    """Print what was frozen, what changed, what it costs, and how sure that is."""
    from aumaq.results.comparison.names import WORDS
    from aumaq.results.plan.titles import titles_of

    is_best = found.best is found.before
    cases = {
        t(say("the plan in hand")): found.before,
        t(say("the best plan today")): None if is_best else found.best,
        t(say("the same decisions under the changes")): found.scored,
        t(say("planned again")): found.after,
    }
    rows = [(name, plan) for name, plan in cases.items() if plan is not None]
    show.out.print(_cases(rows, found.before))
    if found.message:
        show.out.print(spoken().tell(found.message), markup=False, soft_wrap=True)
    costs = (
        say("the change costs {plan} mln {currency}; best plan against best plan from"
            " {least} to {most} mln, proven")
        if is_best
        else say("the new plan costs {plan} mln {currency} beside the one in hand; the"
                 " change costs, best plan against best plan, from {least} to {most}"
                 " mln, proven")
    )  # fmt: skip
    for text in (
        costs.given(
            plan=figure(found.difference_mln, ",.1f"),
            currency=found.after.instance.currency,
            least=lower(found.difference_at_least_mln, ",.1f"),
            most=upper(found.difference_at_most_mln, ",.1f"),
        ),
        say(
            "frozen decisions: {n}; decided otherwise: {m}",
            n=len(found.frozen),
            m=len(found.decisions),
        ),
    ):
        show.out.print(t(text), markup=False, soft_wrap=True)
    rows_of = found.decisions[["kind", "service", "name", "period", "before", "after"]]
    if len(rows_of):
        services = titles_of(found.after.instance, spoken())
        rows_of = rows_of.assign(
            kind=[t(WORDS[kind]) for kind in rows_of["kind"]],
            service=[services.get(code, code) for code in rows_of["service"]],
        )
        show.out.print(_differences(rows_of.head(MOST_SHOWN)))
    if len(rows_of) > MOST_SHOWN:
        text = say("and {count} more; all with --out, in decisions.csv",
                   count=len(rows_of) - MOST_SHOWN)  # fmt: skip
        show.out.print(t(text), markup=False)


def _cases(rows: list[tuple[str, aumaq.Plan]], first: aumaq.Plan) -> Table:
    table = Table(show_edge=False, pad_edge=False)
    table.add_column(t(say("mln {currency}", currency=first.instance.currency)))
    for head in HEADS:
        table.add_column(t(head), justify="right")
    for name, plan in rows:
        more = plan.objective_mln - first.objective_mln
        cost = figure(plan.objective_mln, ",.1f")
        least = bound(plan.bound_mln, plan.objective_mln, ",.1f")
        verdict = show.verdict(plan.is_verified)
        table.add_row(name, cost, least, figure(more, ",.1f"), verdict)
    return table


def _differences(rows: pd.DataFrame) -> Table:
    table = Table(show_edge=False, pad_edge=False)
    for head in (say("What"), say("Service"), say("Where"), say("Period"),
                 say("before"), say("now")):  # fmt: skip
        table.add_column(t(head))
    for cells in rows.itertuples(index=False):
        table.add_row(*map(_told, cells))
    return table


def _told(cell: Any) -> str:
    """Return a cell: a number, a text of the program, or a name as it is."""
    if isinstance(cell, float):
        return figure(cell, ",.4g")
    return t(cell) if isinstance(cell, Text) else str(cell)


def _tell_score(found: aumaq.Scored, telling: Telling) -> None:
    """Tell of a plan under other conditions; exit with 1 if it breaks a hard rule."""
    if telling.as_json:
        documents.tell(found.record())
    else:
        rows = [(t(say("as it was planned")), found.plan)]
        rows += [(case, plan) for case, plan in found.cases.items() if plan is not None]
        show.out.print(_cases(rows, found.plan))
        for row in found.rows.to_dict("records"):
            if row["message"]:
                told = f"{row['case']}: {spoken().tell(row['message'])}"
                show.out.print(told, markup=False, soft_wrap=True)
    if any(plan is None for plan in found.cases.values()):
        raise typer.Exit(1)
