"""Options of a command in groups: a dataclass for what belongs together.

Typer takes every option as a parameter of its own. A command that is :func:`grouped`
has dataclasses instead; their fields are the options, under the same names.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

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
from aumaq.several import progress_of

if TYPE_CHECKING:
    from aumaq.instances import Instance


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command as Typer reads it: with the fields of groups as parameters."""
    parameters: dict[str, inspect.Parameter] = {}
    groups: dict[str, type] = {}
    hints = get_type_hints(command, include_extras=True)
    for name, parameter in inspect.signature(command).parameters.items():
        if is_dataclass(hints[name]):
            groups[name] = hints[name]
            parameters |= _options(hints[name])
        else:
            parameters[name] = parameter.replace(
                annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY
            )

    @wraps(command)
    def run(**given: Any) -> None:
        for name, group in groups.items():
            own = {field.name: given.pop(field.name) for field in fields(group)}
            given[name] = group(**own)
        command(**given)

    run.__signature__ = inspect.Signature([*parameters.values()])  # type: ignore[attr-defined]
    run.__annotations__ = {name: p.annotation for name, p in parameters.items()}
    return run


def _options(group: type) -> dict[str, inspect.Parameter]:
    """Return the fields of a group as parameters of a command."""
    hints = get_type_hints(group, include_extras=True)
    return {
        field.name: inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty
            if field.default is MISSING
            else field.default,
            annotation=hints[field.name],
        )
        for field in fields(group)
    }


@dataclass(frozen=True)
class Source:
    """An instance, the scenario under which it is read, and changes to its cells."""

    name: Name
    scenario: ScenarioName = ""
    changes: Changes = None

    def read(self) -> Instance:
        """Return the instance, checked; tell what is odd about it."""
        return read_instance(self.name, self.scenario, self.changes)


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
class EachSolve:
    """How each solve of a study goes that makes many of them."""

    time_limit: TimeLimit = None
    gap: Gap = 0.01
    threads: Threads = None
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
class Telling:
    """How a command tells what it does and what it found."""

    lang: Lang = "en"
    as_json: AsJson = False
    quiet: Quiet = False

    @property
    def progress(self) -> show.Lines | None:
        """What tells the progress, None where nothing but the result is told."""
        return progress_of(is_quiet=self.quiet or self.as_json)
