"""``aumaq conflicts``: why an instance has no plan, and what would have to give way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

import aumaq
from aumaq import documents, words
from aumaq.instances.language.texts import chained, say
from aumaq.option_groups import Source, Telling, grouped
from aumaq.options import Threads
from aumaq.streams import line

if TYPE_CHECKING:
    from aumaq.results.studies.conflicts import Conflicts

SHORT_SECONDS = 20.0
"""So long a solve that found no plan looks for the reason, at most."""


@grouped
def conflicts(
    *,
    source: Source,
    every: Annotated[
        bool, typer.Option("--all", help="all conflicts, not only three")
    ] = False,
    keep: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RULE",
            help="id of a rule that never gives way, again and again",
            show_default=False,
        ),
    ] = None,
    time_limit: Annotated[float, typer.Option(help="seconds", min=0.1)] = 120.0,
    threads: Threads = None,
    telling: Telling,
) -> None:
    """Find the rules that clash, and the smallest change that makes a plan possible.

    Exit code 1 if there is no plan.
    """
    found = aumaq.conflicts(
        source.read(),
        most=None if every else 3,
        keep=keep or (),
        time_limit=time_limit,
        threads=1 if threads is None else threads,
        progress=telling.progress,
    )
    if telling.as_json:
        documents.tell(found.record(words.spoken()))
    else:
        for text in found.sentences(words.spoken()):
            line(text)
    if found.is_possible is not True:
        raise typer.Exit(1)


@contextmanager
def reasons(
    instance: aumaq.Instance, source: Source, time_limit: float
) -> Iterator[None]:
    """Where a solve ends without a plan for want of one, say what clashes as well."""
    from aumaq.instances import NoPlanError
    from aumaq.instances.interruption import is_asked

    try:
        yield
    except NoPlanError as error:
        if error.status != "infeasible" or is_asked():
            raise
        found = _short(instance, min(SHORT_SECONDS, time_limit))
        if found is None or not found.found.conflicts:
            raise
        told = found.sentences(words.spoken(), is_short=True)
        more = say("for all conflicts: aumaq conflicts {name}", name=source.words())
        text = chained([error.text, *told, more], "\n")
        raise NoPlanError(text, error.status) from None


def _short(instance: aumaq.Instance, seconds: float) -> Conflicts | None:
    """Return the first conflict, None where it cannot be found."""
    try:
        return aumaq.conflicts(instance, time_limit=seconds)
    except aumaq.AumaqError:  # the reason is a courtesy: the solve's own error stays
        return None
