"""Goals of a study by name: their titles and units, and what an instance allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aumaq.instances import Instance, OptionError, UnknownNameError
from aumaq.instances.goals import PLAN_GOALS
from aumaq.instances.language.texts import Text, say

IMPACT, EMISSIONS = "impact:", "emissions"
MINUTES = ("mean_minutes", "worst_minutes", "cover")
"""Goals that count how far people go."""


@dataclass(frozen=True)
class Aim:
    """A goal by name; ``sign`` is 1 where less is better, -1 where more is."""

    name: str
    title: Text
    unit: str
    sign: float = 1.0
    minutes: float = float("nan")


def aims_of(
    instance: Instance, names: Sequence[str], minutes: float | None = None
) -> list[Aim]:
    """Return goals by name; *minutes* are for ``cover``.

    Raises UnknownNameError for a name that is none, OptionError for fewer than two,
    for the same one twice, and where the instance says nothing of one.
    """
    known = {
        **{name: Aim(name, goal.title, goal.unit, goal.sign)
           for name, goal in PLAN_GOALS.items()},
        "investment": Aim("investment", say("least investment"), "mln"),
        "unserved": Aim("unserved", say("fewest people unserved"), "persons"),
        "posts": Aim("posts", say("fewest posts"), "posts"),
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
        return found
    if minutes is None or not minutes >= 0.0:
        raise OptionError(say("the goal {goal} needs minutes", goal="cover"))
    return [
        Aim(a.name, a.title, a.unit, a.sign, minutes) if a.name == "cover" else a
        for a in found
    ]


def _impacts(instance: Instance) -> dict[str, Aim]:
    found = {}
    for row in instance.tables["impacts"].itertuples():
        name = f"{IMPACT}{row.impact}"
        title = say("least {impact}", impact=row.title or row.impact)
        found[name] = Aim(name, title, str(row.unit))
        if row.includes == EMISSIONS and EMISSIONS not in found:
            found[EMISSIONS] = Aim(EMISSIONS, title, str(row.unit))
    return found


def impact_of(instance: Instance, name: str) -> str:
    """Return the impact that a goal is about."""
    if name != EMISSIONS:
        return name.removeprefix(IMPACT)
    rows = instance.tables["impacts"]
    return str(rows.loc[rows["includes"] == EMISSIONS, "impact"].iloc[0])
