"""Goals of a study by name: their titles and units, and what an instance allows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aumaq.instances import Instance, OptionError, UnknownNameError
from aumaq.instances.goals import PLAN_GOALS
from aumaq.instances.language.texts import Text, Title, Unit, say

IMPACT, EMISSIONS = "impact:", "emissions"
MINUTES = ("mean_minutes", "worst_minutes", "cover")
"""Goals that count how far people go."""


@dataclass(frozen=True)
class Aim:
    """A goal by name; ``sign`` is 1 where less is better, -1 where more is.

    ``measure`` names what it counts, as an axis does: cost, where the title is least
    cost.
    """

    name: str
    title: Text
    measure: Text
    unit: str
    sign: float = 1.0
    minutes: float = float("nan")

    def told(self, value: float) -> float:
        """Return the goal of a value that is minimised; none is -0."""
        return self.sign * value + 0.0


MEASURES = {
    "cost": say("Money and points"),
    "cover": say("People within the limit"),
    "mean_minutes": say("Mean way"),
    "worst_minutes": say("Longest way"),
}
"""What goals of plans count."""
OWN = {
    aim.name: aim
    for aim in (
        Aim("investment", say("least investment"), say("Investment"), "mln"),
        Aim(
            "unserved", say("fewest people unserved"), say("People unserved"), "persons"
        ),
        Aim("posts", say("fewest posts"), say("Posts"), "posts"),
    )
}
"""Goals of studies with several of them."""


def aims_of(
    instance: Instance, names: Sequence[str], minutes: float | None = None
) -> list[Aim]:
    """Return goals by name; *minutes* are for ``cover``.

    Raises UnknownNameError for a name that is none, OptionError for fewer than two,
    for the same one twice, and where the instance says nothing of one.
    """
    known = {
        **{name: Aim(name, goal.title, MEASURES[name], goal.unit, goal.sign)
           for name, goal in PLAN_GOALS.items()},
        **OWN,
        **_impacts(instance),
    }  # fmt: skip
    for name in names:
        if name not in known:
            raise UnknownNameError(say("goal"), name, known)
    if len(set(names)) != len(names) or not names:
        raise OptionError(say("name each goal once"))
    if "posts" in names and not len(instance.tables["staff_needs"]):
        raise OptionError(say("the instance says nothing of {name}", name="posts"))
    growing = len(instance.tables["growth_candidates"]) > 0
    if growing and set(MINUTES) & set(names):
        raise OptionError(
            say("minutes are no goal where growth points change where people live")
        )
    found = [known[name] for name in names]
    if "cover" not in names:
        if minutes is not None:
            goals = ", ".join(names)
            text = say("minutes are for the goal cover, not for {goal}", goal=goals)
            raise OptionError(text, ["minutes"])
        return found
    if minutes is None:
        text = say("the goal {goal} needs minutes", goal="cover")
        raise OptionError(text, ["minutes"])
    if not 0.0 <= minutes < math.inf:
        text = say("minutes must be a number from 0 on, not {minutes}", minutes=minutes)
        raise OptionError(text, ["minutes"])
    return [
        replace(aim, minutes=minutes) if aim.name == "cover" else aim for aim in found
    ]


def _impacts(instance: Instance) -> dict[str, Aim]:
    found = {}
    for row in instance.tables["impacts"].itertuples():
        name = f"{IMPACT}{row.impact}"
        measure = Title(row.title or row.impact)
        title = say("least {impact}", impact=measure)
        found[name] = Aim(name, title, measure, Unit(row.unit))
        if row.includes == EMISSIONS and EMISSIONS not in found:
            found[EMISSIONS] = replace(found[name], name=EMISSIONS)
    return found


def measure_of(instance: Instance, name: str) -> Text:
    """Return what a goal counts; its name where it is none of the instance."""
    own = {**OWN, **_impacts(instance)}
    return MEASURES.get(name) or (own[name].measure if name in own else Text(name))


def is_impact(name: str) -> bool:
    """Return whether a goal is about an impact."""
    return name == EMISSIONS or name.startswith(IMPACT)


def impact_of(instance: Instance, name: str) -> str:
    """Return the impact that a goal is about."""
    if name != EMISSIONS:
        return name.removeprefix(IMPACT)
    rows = instance.tables["impacts"]
    return str(rows.loc[rows["includes"] == EMISSIONS, "impact"].iloc[0])
