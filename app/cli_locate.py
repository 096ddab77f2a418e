"""``aumaq locate``: where to place so many sites, when money is not the question."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aumaq import documents, show
from aumaq.instances.language.texts import say
from aumaq.option_groups import Telling, grouped
from aumaq.options import Changes, ScenarioName, Threads, listed, read_instance
from aumaq.streams import line
from aumaq.words import figure, spoken, t

if TYPE_CHECKING:
    from aumaq.instances import Instance
    from aumaq.instances.goals import Goal
    from aumaq.results.location.answer import Location
    from aumaq.results.location.question import Asked, Question


@dataclass(frozen=True)
class Wanted:
    """What is asked: the goal, how many sites, for whom, and which are settled."""

    service: Annotated[str, typer.Option(help="default: the only one")] = ""
    new: Annotated[int | None, typer.Option(help="so many sites open at most")] = None
    minutes: Annotated[
        float | None,
        typer.Option(
            "--minutes",
            "--within",
            help="who is within counts; in the unit of --distances",
            show_default=False,
        ),
    ] = None
    cover_all: Annotated[
        bool, typer.Option("--cover-all", help="fewest sites so that all are within")
    ] = False
    mean_minutes: Annotated[
        bool, typer.Option("--mean-minutes", help="least mean way")
    ] = False
    worst_minutes: Annotated[
        bool, typer.Option("--worst-minutes", help="least worst way")
    ] = False
    existing: Annotated[
        str, typer.Option(help="keep; or free: they may move, their number stays")
    ] = "keep"
    period: Annotated[str, typer.Option(help="default: the last")] = ""
    people: Annotated[
        str, typer.Option(help="groups a,b (default: that of the service)")
    ] = ""
    require: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SITE", help="is opened; again and again", show_default=False
        ),
    ] = None
    forbid: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SITE", help="is not opened; again and again", show_default=False
        ),
    ] = None


@dataclass(frozen=True)
class Tables:
    """Tables that stand for an instance."""

    distances: Annotated[
        Path | None, typer.Option(help="table of client, site, distance")
    ] = None
    sites: Annotated[
        Path | None, typer.Option(help="table of sites beside --distances")
    ] = None
    columns: Annotated[
        str, typer.Option("--map", help="columns: people=POP2000,site=shop")
    ] = ""
    unit: Annotated[str, typer.Option(help="of --distances: m, km, min")] = ""


@dataclass(frozen=True)
class Where:
    """The instance or table of clients; of an instance, the scenario and changes."""

    name: Annotated[
        str,
        typer.Argument(
            metavar="INSTANCE",
            help="name, folder or file; with --distances a table of clients",
        ),
    ]
    scenario: ScenarioName = ""
    changes: Changes = None


@dataclass(frozen=True)
class Limits:
    """When an answer is good enough."""

    time_limit: Annotated[float, typer.Option(help="seconds")] = 60.0
    gap: Annotated[float, typer.Option(help="relative, 0.01 is 1 %")] = 0.0
    threads: Threads = None


@dataclass(frozen=True)
class Target:
    """Where an answer goes."""

    folder: Annotated[Path | None, typer.Option("--out", help="folder")] = None
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="replace an earlier answer")
    ] = False


@grouped
def locate(
    *,
    wanted: Wanted,
    given: Tables,
    where: Where,
    limits: Limits,
    target: Target,
    telling: Telling,
) -> None:
    """Choose sites for what people travel: most within, fewest, least mean or worst."""
    from aumaq.instances.goals import LOCATION_GOALS, goal_named
    from aumaq.instances.interruption import finishing
    from aumaq.results.location.folder import check_answer_folder
    from aumaq.results.location.locate import answered
    from aumaq.solvers.options import SolveOptions

    goal = goal_named(_only(wanted), LOCATION_GOALS, wanted.minutes)
    options = SolveOptions(**vars(limits))
    if target.folder is not None:
        check_answer_folder(target.folder, overwrite=target.overwrite)  # before work
    if given.distances is None:
        _refuse_table_options(given)
        instance = read_instance(where.name, where.scenario, where.changes)
        question = _of_instance(instance, goal, wanted)
    else:
        question = _of_tables(where.name, given, goal, wanted)
    tell = None if telling.output.is_silent else _Lines(goal).update
    found = answered(question, options, tell)
    with finishing():
        if target.folder is not None:
            found.write(target.folder, telling.lang, overwrite=target.overwrite)
    _tell(found, target.folder, telling.as_json)


def _tell(found: Location, folder: Path | None, as_json: bool) -> None:
    """Print the answer; exit 3 if what it is worth is not what it was told to be."""
    if as_json:
        out = {} if folder is None else {"out": str(folder)}
        documents.tell({**found.record(), **out})
    else:
        for text in found.texts(spoken()):
            line(text)
        if folder is not None:
            line(t(say("written to {target}", target=folder)))
    if not found.is_verified:
        show.err.print(show.verdict(False))
        raise typer.Exit(3)


def _only(wanted: Wanted) -> str:
    """Return the one goal that is asked for; most people within if none is."""
    from aumaq.instances import OptionError

    goals = ("cover_all", "mean_minutes", "worst_minutes")
    named = [name for name in goals if getattr(wanted, name)]
    if len(named) > 1:
        words = ", ".join(f"--{name.replace('_', '-')}" for name in named)
        raise OptionError(say("{options}: only one of them", options=words), named)
    return named[0] if named else "cover"


def _refuse_table_options(given: Tables) -> None:
    from aumaq.instances import OptionError

    wrong = [name for name, value in vars(given).items() if value]
    if wrong:
        words = {"columns": "--map"}
        names = ", ".join(words.get(name, f"--{name}") for name in wrong)
        text = say("{options}: only with --distances", options=names)
        raise OptionError(text, wrong)


def _asked(goal: Goal, wanted: Wanted) -> Asked:
    """Return what is asked of instances and tables alike."""
    from aumaq.results.location.question import Asked

    settled = wanted.require or (), wanted.forbid or ()
    return Asked(goal, wanted.new, wanted.minutes, wanted.existing, *settled)


def _of_instance(instance: Instance, goal: Goal, wanted: Wanted) -> Question:
    from aumaq.results.location.of_instance import question_of_instance

    return question_of_instance(
        instance, _asked(goal, wanted), words=spoken(), service=wanted.service,
        period=wanted.period, people=listed(wanted.people),
    )  # fmt: skip


def _of_tables(name: str, given: Tables, goal: Goal, wanted: Wanted) -> Question:
    """Return the question of a table of clients and one of distances."""
    from aumaq.instances import OptionError
    from aumaq.results.location.of_tables import question_of_tables
    from aumaq.results.location.reading import read_tables

    pairs = [word.partition("=") for word in listed(given.columns)]
    if wrong := [key for key, _, value in pairs if not value]:
        text = say("--map is ROLE=COLUMN,...; without =: {words}", words=wrong[0])
        raise OptionError(text, ["columns"])
    assert given.distances is not None
    clients, distances, sites = read_tables(Path(name), given.distances, given.sites)
    assert clients is not None
    assert distances is not None
    named = {key.strip(): value.strip() for key, _, value in pairs}
    asked = _asked(goal, wanted)
    return question_of_tables(
        clients, distances, asked, sites=sites, columns=named, unit=given.unit
    )


class _Lines:
    """Progress as lines on standard error, at most one a second."""

    def __init__(self, goal: Goal) -> None:
        self._goal, self._last = goal, 0.0

    def update(self, seconds: float, value: float, bound: float) -> None:
        """Print where the work stands."""
        if seconds - self._last < 1.0:
            return
        self._last = seconds
        is_above = self._goal.name == "cover"
        form = ",.2f" if self._goal.unit == "min" else ",.0f"
        text = say(
            "{seconds} s  best {value}  bound {bound}",
            seconds=figure(seconds, "7.1f"),
            value="-" if value != value else figure(value, form),
            bound="-"
            if bound != bound
            else spoken().bound(bound, value, form, is_above=is_above),
        )
        show.err.print(t(text), markup=False, soft_wrap=True)
