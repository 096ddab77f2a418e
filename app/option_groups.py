"""Options of a command in groups: a dataclass for what belongs together.

Typer takes every option as a parameter of its own. A command that is :func:`grouped`
has dataclasses instead; their fields are the options, under the same names, or groups
again.
"""

from __future__ import annotations

import inspect
import shlex
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast, get_type_hints

import typer

from aumaq import show
from aumaq.options import (
    AsJson,
    Changes,
    Gap,
    Lang,
    Method,
    Name,
    Overwrite,
    Quiet,
    ScenarioName,
    Seed,
    StoreFile,
    Threads,
    TimeLimit,
    TotalTime,
    WorkLimit,
    read_instance,
)
from aumaq.refusals import CarefulCommand

if TYPE_CHECKING:
    from aumaq import Plan
    from aumaq.instances import Instance
    from aumaq.results.exports import Written


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command as Typer reads it: with the fields of groups as parameters."""
    hints = get_type_hints(command, include_extras=True)
    parameters: dict[str, inspect.Parameter] = {}
    for name, parameter in inspect.signature(command).parameters.items():
        parameters |= _options(name, hints[name], parameter.default)

    @wraps(command)
    def run(**given: Any) -> None:
        command(**{name: _taken(given, name, hints[name]) for name in asked})

    asked = [*inspect.signature(command).parameters]
    run.__signature__ = inspect.Signature([*parameters.values()])  # type: ignore[attr-defined]
    run.__annotations__ = {name: p.annotation for name, p in parameters.items()}
    return run


class Commands(typer.Typer):
    """Commands that all take --lang: the process has chosen its words by then.

    A command that asks for the language itself (for its files) gets it.
    """

    def command(self, *names: Any, **settings: Any) -> Callable[..., Any]:
        """Return what makes a function a command."""
        register = super().command(*names, cls=CarefulCommand, **settings)

        def take(command: Callable[..., None]) -> Callable[..., None]:
            register(_speaking(command))
            return command

        return take


def _speaking(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command as Typer reads it: with --lang, if it has none."""
    parameters = inspect.signature(command).parameters
    if "lang" in parameters:
        return command

    @wraps(command)
    def run(*, lang: str, **given: Any) -> None:
        del lang  # its callback has chosen the words
        command(**given)

    hints = get_type_hints(command, include_extras=True)
    own = [p.replace(annotation=hints[name]) for name, p in parameters.items()]
    keyword = inspect.Parameter.KEYWORD_ONLY
    lang = inspect.Parameter("lang", keyword, default="en", annotation=Lang)
    run.__signature__ = inspect.Signature([*own, lang])  # type: ignore[attr-defined]
    run.__annotations__ = {**hints, "lang": Lang}
    return run


def _options(name: str, kind: Any, default: Any) -> dict[str, inspect.Parameter]:
    """Return an option as a parameter of a command, a group as those of its fields."""
    if not is_dataclass(kind):
        keyword = inspect.Parameter.KEYWORD_ONLY
        own = inspect.Parameter(name, keyword, default=default, annotation=kind)
        return {name: own}
    hints = get_type_hints(kind, include_extras=True)
    found: dict[str, inspect.Parameter] = {}
    for field in fields(kind):
        usual = inspect.Parameter.empty if field.default is MISSING else field.default
        found |= _options(field.name, hints[field.name], usual)
    return found


def _taken(given: dict[str, Any], name: str, kind: Any) -> Any:
    """Return what is given for an option, or a group made of what is for its fields."""
    if not is_dataclass(kind):
        return given[name]
    hints = get_type_hints(kind)
    group = cast("Callable[..., Any]", kind)
    return group(**{f.name: _taken(given, f.name, hints[f.name]) for f in fields(kind)})


@dataclass(frozen=True)
class Source:
    """An instance, the scenario under which it is read, and changes to its cells."""

    name: Name
    scenario: ScenarioName = ""
    changes: Changes = None

    def read(self) -> Instance:
        """Return the instance, checked; tell what is odd about it."""
        return read_instance(self.name, self.scenario, self.changes)

    def words(self) -> str:
        """Return what a command is told to read the same, as a shell takes it."""
        scenario = ["--scenario", self.scenario] if self.scenario else []
        changes = [word for one in self.changes or () for word in ("--set", one)]
        return shlex.join([self.name, *scenario, *changes])


@dataclass(frozen=True)
class Purpose:
    """What a plan is to be good at."""

    goal: Annotated[
        str, typer.Option(help="cost, cover, mean_minutes or worst_minutes")
    ] = "cost"
    minutes: Annotated[
        float | None, typer.Option(help="within which the goal cover counts")
    ] = None


@dataclass(frozen=True)
class Search:
    """How a plan is searched, how long, and on what."""

    method: Method = "auto"
    formulation: Annotated[str, typer.Option(help="strong or weak")] = "strong"
    time_limit: TimeLimit = None
    work_limit: WorkLimit = None
    gap: Gap = 0.01
    threads: Threads = None
    workers: Annotated[
        int | None, typer.Option(help="processes for the tasks of a work limit")
    ] = None
    cluster: Annotated[
        str, typer.Option(help="Dask scheduler for them: tcp://host:port")
    ] = ""
    cluster_security: Annotated[
        Path | None, typer.Option(help="TOML file with what its TLS needs")
    ] = None
    seed: Seed = 0


@dataclass(frozen=True)
class Limits:
    """When a plan is good enough, and what it may cost to find."""

    time_limit: TimeLimit = None
    gap: Gap = 0.01
    threads: Threads = None


@dataclass(frozen=True)
class Effort:
    """How each plan of a study is found, and how long all of it takes."""

    method: Method = "auto"
    time_limit: TotalTime = 600.0
    gap: Gap = 0.01
    threads: Threads = None
    seed: Seed = 0


@dataclass(frozen=True)
class ExactEffort:
    """How exactly each plan of a study is found, and how long all of it takes."""

    time_limit: TotalTime = 600.0
    gap: Annotated[float, typer.Option(help="relative, of each solve; 0.01 is 1 %")] = (
        0.0
    )
    threads: Threads = None
    seed: Seed = 0


@dataclass(frozen=True)
class EachSolve(Limits):
    """How each solve of a study goes that makes many of them."""

    seed: Seed = 0


@dataclass(frozen=True)
class Loop:
    """Whether people are projected anew after each plan, and how often."""

    close_loop: Annotated[
        bool, typer.Option("--close-loop", help="plan and project people in turn")
    ] = False
    rounds: Annotated[int, typer.Option(help="of the loop, at most")] = 8


@dataclass(frozen=True)
class Kept:
    """What a solve begins with, and what it keeps meanwhile."""

    start: Annotated[str, typer.Option(help="plan to start from")] = ""
    save_lp: Annotated[Path | None, typer.Option(help="write the model")] = None
    checkpoint: Annotated[
        Path | None, typer.Option(help="keep what is known in this file meanwhile")
    ] = None
    resume: Annotated[
        Path | None,
        typer.Option(help="go on from a checkpoint, and keep it"),
    ] = None


@dataclass(frozen=True)
class Target:
    """Where a plan goes."""

    folder: Annotated[Path | None, typer.Option("--out", help="plan folder")] = None
    overwrite: Overwrite = False
    store: StoreFile = None


@dataclass(frozen=True)
class PlanFolder:
    """Where a plan goes that no store keeps."""

    folder: Annotated[Path | None, typer.Option("--out", help="plan folder")] = None
    overwrite: Overwrite = False

    def check(self, instance: Instance | None = None) -> None:
        """Try whether a plan (of an instance, once it is read) may be written there."""
        from aumaq.results.exports import check_target

        if self.folder is not None:
            check_target(self.folder, instance=instance, overwrite=self.overwrite)

    def write(self, plan: Plan, lang: str) -> Written | None:
        """Write a plan if a folder is named; Ctrl-C would only lose it."""
        from aumaq.instances.interruption import finishing
        from aumaq.results.exports import write_plan_folder

        if self.folder is None:
            return None
        with finishing():
            return write_plan_folder(plan, self.folder, lang, overwrite=self.overwrite)


@dataclass(frozen=True)
class Output:
    """What a command prints of what it does and of what it found."""

    as_json: AsJson = False
    quiet: Quiet = False

    @property
    def progress(self) -> show.Lines | None:
        """What tells the progress, None where nothing but the result is told."""
        return None if self.is_silent else show.Lines()

    @property
    def is_silent(self) -> bool:
        """Whether nothing but the result is told."""
        return self.quiet or self.as_json


@dataclass(frozen=True, kw_only=True)
class Telling:
    """The language in which a command tells, and what of it."""

    lang: Lang = "en"
    output: Output

    @property
    def as_json(self) -> bool:
        """Whether one document is all that is printed."""
        return self.output.as_json

    @property
    def progress(self) -> show.Lines | None:
        """What tells the progress, None where nothing but the result is told."""
        return self.output.progress
