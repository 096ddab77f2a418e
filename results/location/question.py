"""A question: who lives where, what may open, how far it is, and what is asked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from aumaq.classic.placement.problem import LocationProblem
from aumaq.instances import OptionError, UnknownNameError
from aumaq.instances.arrays import Flags
from aumaq.instances.goals import COVER_ALL, Goal
from aumaq.instances.language.texts import Text, say

PLACES = ("place", "name", "region", "lat", "lon", "people")
SITES = ("site", "name", "lat", "lon", "state")
KEPT, MAY, MUST, NEVER = "kept", "may open", "must open", "never"
MOVABLE, CLOSES = "may close", "closes"
"""Of what stands today: it may be left, or must be."""
CHOSEN = (MAY, MUST, MOVABLE)
"""States of sites that a choice opens or not."""
EXISTING = ("keep", "free")
"""What may be done with sites that stand."""


@dataclass(frozen=True)
class Asked:
    """What is asked, of an instance or of tables: see :func:`aumaq.locate`."""

    goal: Goal
    new: int | None = None
    minutes: float | None = None
    existing: str = "keep"
    require: Sequence[str] = ()
    forbid: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.existing not in EXISTING:
            what = say("way with what exists")
            raise UnknownNameError(what, self.existing, EXISTING)

    @property
    def is_free(self) -> bool:
        """Whether what stands may be left."""
        return self.existing == "free"


@dataclass(frozen=True)
class Question:
    """What is asked. I places, J sites, K ways.

    ``places`` and ``sites`` have the columns PLACES and SITES; a place without
    coordinates has NaN there. ``ways`` are i, j, minutes. ``count``: at most so many
    sites are opened, beside those that are kept. ``unit`` is that of the ways ("":
    whatever their table has).
    """

    goal: Goal
    places: pd.DataFrame
    sites: pd.DataFrame
    ways: pd.DataFrame
    minutes: float | None
    count: int
    unit: str
    of: dict[str, str] = field(default_factory=dict)
    """What it is about: instance, service, period, people, existing."""
    notes: tuple[Text, ...] = ()

    @property
    def today(self) -> Flags:
        """Which sites are open today, (J,)."""
        return self.sites["state"].isin([KEPT, MOVABLE, CLOSES]).to_numpy()

    @cached_property
    def scale(self) -> float:
        """What a unit of the answer's numbers is: minutes, less of very short ways.

        Tolerances are for minutes. A power of two, so that no length is rounded.
        """
        lengths = self.ways["minutes"].to_numpy(dtype=float)
        longest = float(lengths[np.isfinite(lengths)].max(initial=0.0))
        if self.unit == "min" or not 0.0 < longest < 1.0:
            return 1.0
        return 2.0 ** math.floor(math.log2(longest))

    @property
    def of_goal(self) -> float:
        """What a unit of the goal is: ``scale`` of ways, 1 of people and sites."""
        return self.scale if self.goal.unit == "min" else 1.0

    @property
    def limit(self) -> float | None:
        """The minutes of the question in units of ``scale``."""
        return None if self.minutes is None else self.minutes / self.scale

    def problem(self) -> LocationProblem:
        """Return it as arrays, ways in units of ``scale``."""
        state = self.sites["state"].to_numpy(dtype=object)
        pairs = (self.ways[name].to_numpy() for name in ("i", "j", "minutes"))
        i, j, minutes = pairs
        ways = minutes.astype(float) / self.scale
        return LocationProblem.of(
            self.places["people"].to_numpy(dtype=float),
            (i.astype(np.int64), j.astype(np.int64), ways),
            state == KEPT,
            np.isin(state, CHOSEN),
            state == MUST,
        )


def states(
    codes: Sequence[str],
    is_today: Flags,
    is_usable: Flags,
    must: Flags,
    *,
    is_free: bool,
    locked: Flags | None = None,
) -> list[str]:
    """Return the state of each site, (J,); *locked* ones never may close."""
    found = []
    stays = np.zeros(len(codes), bool) if locked is None else locked
    for k in range(len(codes)):
        if not is_usable[k]:
            found.append(CLOSES if is_today[k] else NEVER)
        elif is_today[k]:
            is_kept = not is_free or must[k] or stays[k]
            found.append(KEPT if is_kept else MOVABLE)
        else:
            found.append(MUST if must[k] else MAY)
    return found


def check_count(goal: Goal, new: int | None, states: Sequence[str]) -> int:
    """Return how many sites are opened at most; OptionError where that cannot be.

    Sites that may close count, so that as many as today and *new* ones are open.
    """
    must, movable = states.count(MUST), states.count(MOVABLE)
    if goal is COVER_ALL:
        if new is not None:
            text = say("the fewest sites are looked for: leave their number out")
            raise OptionError(text, ["new"])
        return len(states)
    if new is None:
        text = say("say how many sites may open: new=3, or --new 3")
        raise OptionError(text, ["new"])
    if new < 0:
        text = say("new sites are a number from 0 on, not {new}", new=new)
        raise OptionError(text, ["new"])
    if must > new + movable:
        text = say(
            "{n} site must open, and only {new} may; allow more",
            "{n} sites must open, and only {new} may; allow more",
            n=must,
            new=new,
        )
        raise OptionError(text, ["new"])
    return new + movable


def marked(codes: Sequence[str], names: Sequence[str], asked: Sequence[str]) -> Flags:
    """Return which sites are asked for by code, or by a name that only one has, (J,).

    UnknownNameError if one is not there.
    """
    found = np.zeros(len(codes), dtype=bool)
    for one in asked:
        at = [k for k, code in enumerate(codes) if code == one]
        named = [k for k, name in enumerate(names) if name == one]
        if not at and len(named) == 1:
            at = named
        if not at:
            raise UnknownNameError(say("site"), one, codes)
        found[at] = True
    return found
