"""The question of an instance: its people, sites and roads; no money, no levels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from aumaq.instances import Instance, OptionError, UnknownNameError
from aumaq.instances.access.all_ways import ways_that_count
from aumaq.instances.arrays import Flags, Floats
from aumaq.instances.language.texts import Text, say
from aumaq.instances.rows import rows_with
from aumaq.results.language import ENGLISH, Language
from aumaq.results.location.question import (
    CHOSEN,
    CLOSES,
    KEPT,
    Asked,
    Question,
    check_count,
    marked,
    states,
)
from aumaq.results.pages.territory import site_names

MOST_PAIRS = 5_000_000
"""Pairs of places and sites that are looked at however far they are."""


def question_of_instance(
    instance: Instance,
    asked: Asked,
    *,
    service: str = "",
    period: str = "",
    people: Sequence[str] = (),
    words: Language = ENGLISH,
) -> Question:
    """Return the question; see :func:`aumaq.locate` for what the arguments mean."""
    service = _service(instance, service)
    period = period or instance.period_names[-1]
    if period not in instance.period_names:
        raise UnknownNameError(say("period"), period, instance.period_names)
    own = instance.service_sites(service)
    codes = own["site"].tolist()
    names = site_names(instance, own, words)
    required = marked(codes, names, asked.require)
    forbidden = marked(codes, names, asked.forbid)
    state = _states(instance, service, period, asked.is_free, required, forbidden)
    count = check_count(asked.goal, asked.new, state)
    groups = list(people) or [str(instance.service(service)["group"])]
    who = _people(instance, groups, period)
    sites = own[["site", "lat", "lon"]].assign(name=names, state=state)
    is_kept = np.array([one == KEPT for one in state], dtype=bool)
    others = np.isin(state, [*CHOSEN, CLOSES])  # the last for what was before
    ways, end = ways_that_count(instance, service, is_kept, others, MOST_PAIRS)
    of = {
        "instance": instance.name,
        "service": service,
        "service_title": str(instance.service(service)["title"] or service),
        "period": period,
        "people": ", ".join(groups),
        "existing": asked.existing,
    }
    return Question(
        asked.goal,
        _places(instance, words).assign(people=who),
        sites,
        ways[["i", "j", "minutes"]],
        asked.minutes,
        count,
        "min",
        of,
        (_counted(groups), *_notes(instance, end, period)),
    )


def _places(instance: Instance, words: Language) -> pd.DataFrame:
    """Return the settlements as places of a question, their people yet to come."""
    settlements = instance.table("settlements")
    places = settlements[["settlement", "name", "region", "lat", "lon"]]
    places = places.rename(columns={"settlement": "place"})
    places["name"] = words.names(settlements, "settlement")
    return places


def _service(instance: Instance, service: str) -> str:
    """Return a service that people come to; the only one if none is named."""
    served = [name for name in instance.service_names if instance.serves(name)]
    if service and service not in served:
        raise UnknownNameError(say("service that people come to"), service, served)
    if service or len(served) == 1:
        return service or served[0]
    text = say("say which service: --service, one of {known}", known=", ".join(served))
    raise OptionError(text, ["service"])


def _people(instance: Instance, groups: Sequence[str], period: str) -> Floats:
    """Return the people of groups in a period, (I,); one in two groups is two."""
    t = instance.period_names.index(period)
    return np.sum([instance.persons(group)[:, t] for group in groups], axis=0)


def _states(
    instance: Instance,
    service: str,
    period: str,
    is_free: bool,
    required: Flags,
    forbidden: Flags,
) -> list[str]:
    """Return the state of each site: statuses of the instance, and what is asked."""
    own = instance.service_sites(service)
    status = own["status"].to_numpy(dtype=object)
    stock = rows_with(instance.tables["facilities"], "service", service)
    stands = own["site"].isin(stock["site"]).to_numpy()
    locked = own["site"].isin(stock["site"][stock["is_locked"]]).to_numpy()
    order = {name: t for t, name in enumerate(instance.period_names)}
    opens = [order.get(first, 0) for first in own["first_period"]]
    is_in_time = np.array(opens, dtype=int) <= order[period]
    fits = instance.enterable_levels(service).any(axis=1)
    is_usable = stands | (fits & is_in_time)
    is_usable &= (status != "forbidden") & ~forbidden
    must = required | (status == "required")
    codes = own["site"].tolist()
    _check_required(codes, required, is_usable)
    return states(
        codes, stands, is_usable, must & is_usable, is_free=is_free, locked=locked
    )


def _check_required(codes: Sequence[str], required: Flags, is_usable: Flags) -> None:
    """Raise OptionError where a site that must open may not."""
    wrong = [codes[k] for k in np.flatnonzero(required & ~is_usable).tolist()]
    if wrong:
        text = say(
            "{sites}: required, and nothing may stand there (forbidden, too early, or"
            " no level fits)",
            sites=", ".join(wrong),
        )
        raise OptionError(text, ["require"])


def _counted(groups: Sequence[str]) -> Text:
    """Return who the people are: a service is for some, not for all inhabitants."""
    return say(
        "people are those of {n} group: {groups}",
        "people are those of {n} groups: {groups}",
        n=len(groups),
        groups=", ".join(groups),
    )


def _notes(instance: Instance, end: float, period: str) -> tuple[Text, ...]:
    """Return what a reader must know: what is not looked at, what is an estimate."""
    found = [say("money, levels and capacities are not looked at")]
    if len(instance.period_names) > 1:
        found.append(say("people and sites are those of {period}", period=period))
    if np.isfinite(end):
        found.append(
            say("ways longer than {minutes:,.0f} min are not looked at", minutes=end)
        )
    links = instance.table("road_links")
    if not instance.uses_travel_table and len(links) and "is_synthetic" in links:
        share = float(links["is_synthetic"].mean())
        if share > 0.0:
            found.append(
                say("{share:.0%} of the road links are estimates", share=share)
            )
    return tuple(found)
