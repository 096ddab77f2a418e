"""From where to where the numbers of options go: by option, for all commands.

A number beyond is refused before anything is read, by the option's name. What further
limits an answer has (classes of so few settlements, sites of so few places) is told
where it is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any

from aumaq.instances.language.texts import Figure, Text, say

MOST_SECONDS = 1e9
"""Of a time limit, and units of a work limit."""
MOST_JOBS = 1_000
"""Processes at a time: more than any machine has cores."""


@dataclass(frozen=True)
class Range:
    """Finite numbers from the least to the most; where an end is ``above`` or ``below``
    it, the end itself is none.
    """

    least: float
    most: float = inf
    above: bool = False
    below: bool = False

    def __contains__(self, value: float) -> bool:
        """Whether a number lies in it."""
        is_low = value <= self.least if self.above else value < self.least
        is_high = value >= self.most if self.below else value > self.most
        return isfinite(value) and not is_low and not is_high

    @property
    def text(self) -> Text:
        """What is said of it."""
        least, most = f"{self.least:,g}", f"{self.most:,.0f}"
        if self.most == inf:
            text = say("above {least}") if self.above else say("from {least} on")
        elif self.above:
            text = say("above {least} and at most {most}")
        elif self.below:
            text = say("from {least} to below {most}")
        else:
            text = say("from {least} to {most}")
        return text.given(least=Figure(least), most=Figure(most))


SECONDS = Range(0.0, MOST_SECONDS, above=True)
RANGES = {
    "--best": Range(1),
    "--budget": Range(0),
    "--capacity": Range(0, above=True),
    "--churn": Range(0),
    "--class-count": Range(0),
    "--detour": Range(1, 10),
    "--gap": Range(0, 1, below=True),
    "--jobs": Range(1, MOST_JOBS),
    "--minutes": Range(0),
    "--most-different": Range(1),
    "--new": Range(0),
    "--p": Range(1),
    "--points": Range(2, 10_000),
    "--radius": Range(0, above=True),
    "--random": Range(2, 30_000),
    "--reach": Range(0, 1_000),
    "--rounds": Range(1),
    "--runs": Range(1, 100_000),
    "--seed": Range(0, 2**31 - 1),
    "--stages": Range(1),
    "--threads": Range(1, 256),
    "--time-limit": SECONDS,
    "--tolerance": Range(0, 1_000),
    "--until": Range(0, 9_999),
    "--width": Range(10, 2_000),
    "--work-limit": SECONDS,
    "--workers": Range(1, 256),
}
"""Option -> where its number must lie, whatever the command."""


def beyond(name: str, param: Any, word: Any) -> Iterator[Text]:
    """Yield what is said of the word given for an option if it is a number beyond its
    range; what is no number of its kind is not looked at: Typer tells of it. *param* is
    the option as Typer has it.
    """
    kind = param.type_descriptor.annotation
    if kind not in (int, float):
        return
    try:
        value = float(kind(word))
    except (TypeError, ValueError):
        return
    except OverflowError:  # a whole number that no float holds
        value = inf
    if name in RANGES and value not in RANGES[name]:
        yield say(
            "{name}: expected a number {range}, not {value}",
            name=name,
            range=RANGES[name].text,
            value=str(word)[:40],
        )
