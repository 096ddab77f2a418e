"""Where to place so many sites, asked of an instance or of two tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from aumaq.classic.methods.clock import Clock
from aumaq.classic.placement.choice import choose
from aumaq.instances import Instance, OptionError
from aumaq.instances.arguments import checked
from aumaq.instances.goals import LOCATION_GOALS, goal_named
from aumaq.instances.interruption import listening
from aumaq.instances.language.texts import Text, say
from aumaq.results.language import Language
from aumaq.results.location.answer import Location
from aumaq.results.location.of_instance import question_of_instance
from aumaq.results.location.of_tables import TableFile, question_of_tables
from aumaq.results.location.question import Asked, Question
from aumaq.solvers.options import SolveOptions

Tell = Callable[[float, float, float], None]
"""(seconds, value, bound) as the work goes on."""
USUAL_SECONDS = 60.0


@checked
def locate(
    of: Instance | pd.DataFrame,
    goal: str = "cover",
    *,
    service: str = "",
    new: int | None = None,
    minutes: float | None = None,
    existing: str = "keep",
    period: str = "",
    people: Sequence[str] = (),
    require: Sequence[str] = (),
    forbid: Sequence[str] = (),
    distances: pd.DataFrame | None = None,
    sites: pd.DataFrame | None = None,
    columns: Mapping[str, str] | None = None,
    unit: str = "",
    time_limit: float = USUAL_SECONDS,
    gap: float = 0.0,
    threads: int | None = None,
    progress: Tell | None = None,
    lang: str = "en",
) -> Location:
    """Return where to place sites so that people's ways are best, without money.

    *goal*: ``cover`` (most people within *minutes*), ``cover_all`` (fewest sites so
    that all who can be are within), ``mean_minutes`` (least mean), ``worst_minutes``
    (least worst). At most *new* sites open. *existing* ones are kept, or ``free``: then
    as many as today and *new* ones are open, wherever that is best; what is locked
    stays.
    People of the service's group (or of several groups, added up) of a *period*
    (default: the last) go to the nearest open site by the roads of today. *require* and
    *forbid* name sites, beside those that the instance marks so.

    Of a data frame of clients, *distances* are rows (client, site, distance) in any
    *unit*, *sites* may say coordinates and a status, *columns* what columns hold.

    Raises UnknownNameError, OptionError, and InstanceError with all that is wrong with
    the tables. The answer is the best that is found in *time_limit* seconds, with a
    bound.
    """
    wanted = goal_named(goal, LOCATION_GOALS, minutes)
    asked = Asked(wanted, new, minutes, existing, require, forbid)
    if isinstance(of, Instance):
        _check_none(distances=distances, sites=sites, columns=columns, unit=unit)
        question = question_of_instance(
            of, asked, service=service, period=period, people=people,
            words=Language(lang),
        )  # fmt: skip
    else:
        _check_none(service=service, period=period, people=people)
        if distances is None:
            text = say("clients need distances: rows of client, site, distance")
            raise OptionError(text, ["distances"])
        question = question_of_tables(
            TableFile(of, "clients"),
            TableFile(distances, "distances"),
            asked,
            sites=None if sites is None else TableFile(sites, "sites"),
            columns=columns,
            unit=unit,
        )
    options = SolveOptions(time_limit=time_limit, gap=gap, threads=threads)
    return answered(question, options, progress)


def answered(
    question: Question, options: SolveOptions, progress: Tell | None = None
) -> Location:
    """Return the answer to a question; Ctrl-C ends with the best so far."""

    def tell(_: Text, seconds: float, bound: float, value: float) -> None:
        if progress is not None:
            known = (v if math.isfinite(v) else math.nan for v in (value, bound))
            progress(seconds, *(v * question.of_goal for v in known))

    clock = Clock(options.time_limit, tell, options.gap, options.num_threads)
    with listening():
        choice = choose(
            question.problem(), question.goal, question.limit, question.count, clock
        )
    return Location(question, choice)


def _check_none(**given: Any) -> None:
    """Raise OptionError for what does not belong to such a question."""
    wrong = [name for name, value in given.items() if value is not None and len(value)]
    if wrong:
        text = say("{names}: not for such a question", names=", ".join(wrong))
        raise OptionError(text, wrong)
