"""What a plan, or a choice of sites, may be asked to be best at: the goals by name.

One definition for questions without money (``aumaq locate``), for plans that are
optimised for something else than their cost (``aumaq solve --goal``) and for curves of
one goal against another.

Of a plan, with shares ``X`` of the demand ``d`` of settlement i for service s in period
t that go a way of ``m`` minutes, and years ``y`` of a period:

- ``cover`` is ``sum_sit y d X(m <= minutes) / sum_t y``: units of demand within the
  minutes, the mean of all years;
- ``mean_minutes`` is ``sum_sit y d (m X + late_s U) / sum_sit y d``, where ``U`` is the
  share that is not served and ``late_s`` the longest way that is considered at all, so
  that no plan gains by serving fewer people;
- ``worst_minutes`` is the largest ``sum m X + late_s U`` of any service, settlement
  and period with demand: what its people travel on average.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from aumaq.instances.errors import OptionError, UnknownNameError
from aumaq.instances.language.texts import Text, say


@dataclass(frozen=True)
class Goal:
    """What is to be least or most.

    ``needs_minutes``: it counts who is within so many minutes, which must be given.
    """

    name: str
    title: Text
    unit: Literal["mln", "persons", "min", "sites"]
    sense: Literal["least", "most"]
    needs_minutes: bool = False

    @property
    def sign(self) -> float:
        """1 where less is better, -1 where more is: times this it is minimised."""
        return 1.0 if self.sense == "least" else -1.0


COST = Goal("cost", say("least cost"), "mln", "least")
COVER = Goal(
    "cover",
    say("most people within the minutes"),
    "persons",
    "most",
    needs_minutes=True,
)
COVER_ALL = Goal(
    "cover_all",
    say("fewest sites so that all are within the minutes"),
    "sites",
    "least",
    needs_minutes=True,
)
MEAN_MINUTES = Goal("mean_minutes", say("least mean minutes"), "min", "least")
WORST_MINUTES = Goal("worst_minutes", say("least worst minutes"), "min", "least")

PLAN_GOALS = {goal.name: goal for goal in (COST, COVER, MEAN_MINUTES, WORST_MINUTES)}
"""What plans are optimised for; cost, with its points, is the objective of old."""
LOCATION_GOALS = {
    goal.name: goal for goal in (COVER, COVER_ALL, MEAN_MINUTES, WORST_MINUTES)
}
"""What sites are chosen for where there is no money."""


def goal_named(name: str, among: dict[str, Goal], minutes: float | None = None) -> Goal:
    """Return a goal by name.

    *minutes* are those that it was given. Raises UnknownNameError if there is no such
    goal, OptionError if it needs minutes and has none.
    """
    if name not in among:
        raise UnknownNameError(say("goal"), name, among)
    goal = among[name]
    if goal.needs_minutes and minutes is None:
        text = say("the goal {goal} needs minutes", goal=name)
        raise OptionError(text, ["minutes"])
    if minutes is not None and not 0.0 <= minutes < float("inf"):
        text = say("minutes must be a number from 0 on, not {minutes}", minutes=minutes)
        raise OptionError(text, ["minutes"])
    return goal
