"""What a verification says, and the notebook that the checks write into."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from aumaq.instances.arrays import Floats
from aumaq.instances.errors import OptionError
from aumaq.instances.instance import Instance
from aumaq.instances.language.texts import (
    Text,
    chained,
    say,
    told_apart,
)
from aumaq.instances.rules import rules_of

TOLERANCE = 1e-6
"""Relative; by which a row may pass its limit and a sum differ: rounding of solvers."""
DUST = 1e-9
"""Relative; what is over, short or left by so little is nothing."""
MOST_SHOWN = 50
"""Findings kept of one check; the rest is counted."""


@dataclass(frozen=True)
class Finding:
    """One violated rule: its id, where, what, and by how much (units of the row)."""

    rule: str
    place: str
    message: Text
    amount: float

    @property
    def text(self) -> Text:
        """A line for readers."""
        return chained([self.rule, self.place, self.message], ": ")

    def __str__(self) -> str:
        """Return the line in English."""
        return str(self.text)


def explained(findings: Sequence[Finding], instance: Instance) -> list[Text]:
    """Return findings as lines for readers, with the titles of the broken rules."""
    rules = rules_of(instance) if findings else {}
    titled, told = say("{title} ({rule})"), []
    for finding in findings:
        rule: str = finding.rule
        if rule in rules:
            rule = titled.given(title=rules[rule].title, rule=rule)
        told.append(chained([rule, finding.place, finding.message], ": "))
    return told


@dataclass(frozen=True)
class Verification:
    """The verdict on a plan.

    ``objective_mln`` and ``terms`` (discounted mln) are recomputed, not copied.
    ``checks`` counts rows compared; ``max_violation`` is the largest excess of any of
    them relative to the size of its row, also where it is within the tolerance.
    """

    is_feasible: bool
    objective_mln: float
    problems: tuple[Finding, ...]
    checks: int
    terms: dict[str, float]
    max_violation: float
    derived: Mapping[str, list[Any]] = field(default_factory=dict)
    """Of columns that a table lacks (``table.column``): what stands in them."""


class Notebook:
    """Collects findings; every comparison goes through it."""

    def __init__(self, tolerance: float) -> None:
        if not 0.0 <= tolerance < 1.0:
            text = say("tolerance must be from 0 to below 1, not {given}",
                       given=tolerance)  # fmt: skip
            raise OptionError(text, ["tolerance"])
        self.tolerance = tolerance
        self.findings: list[Finding] = []
        self.checks = 0
        self.worst = 0.0

    def copy(self) -> Notebook:
        """Return a notebook that goes on from here."""
        other = Notebook(self.tolerance)
        other.findings, other.checks = [*self.findings], self.checks
        other.worst = self.worst
        return other

    def note(
        self, rule: str, place: str, message: Text, amount: float = float("nan")
    ) -> None:
        """Write down a violation that is not a matter of numbers."""
        self.findings.append(Finding(rule, place, message, amount))

    def see(self, relative: Floats) -> None:
        """Remember the largest excess relative to the size of its row."""
        if relative.size:
            self.worst = max(self.worst, float(np.nan_to_num(relative).max()))

    def at_most(
        self,
        rule: str,
        values: ArrayLike,
        limits: ArrayLike,
        place: Callable[..., str],
        message: Text,
        scale: ArrayLike = 0.0,
    ) -> None:
        """Check ``values <= limits`` up to tolerance x (1 + |limit| + scale).

        *place* gets the indices of a violated row; *message* may hold ``{value}``,
        ``{limit}``. NaN counts as a violation.
        """
        if alone := _alone(values, limits, scale):
            one, most, size = alone
            self._compare_one(rule, one - most, one, most, place, message, size)
            return
        value, limit = np.broadcast_arrays(
            np.asarray(values, dtype=float), np.asarray(limits, dtype=float)
        )
        self._compare(rule, value - limit, value, limit, place, message, scale)

    def equal(
        self,
        rule: str,
        values: ArrayLike,
        wanted: ArrayLike,
        place: Callable[..., str],
        message: Text,
        scale: ArrayLike = 0.0,
    ) -> None:
        """Check ``values == wanted`` up to tolerance x (1 + |wanted| + scale).

        *message* may hold ``{value}`` and ``{limit}`` (the value that is wanted).
        """
        if alone := _alone(values, wanted, scale):
            one, right, size = alone
            away = abs(one - right)
            self._compare_one(rule, away, one, right, place, message, size)
            return
        value, want = np.broadcast_arrays(
            np.asarray(values, dtype=float), np.asarray(wanted, dtype=float)
        )
        self._compare(rule, np.abs(value - want), value, want, place, message, scale)

    def _compare_one(
        self,
        rule: str,
        excess: float,
        value: float,
        limit: float,
        place: Callable[..., str],
        message: Text,
        scale: float,
    ) -> None:
        """Compare one number, as :meth:`_compare` does, without arrays of one."""
        self.checks += 1
        unit = 1.0 + abs(limit) + abs(scale)
        if not math.isnan(excess):
            self.worst = max(self.worst, excess / unit)
        if not excess <= self.tolerance * unit:
            told = told_apart(value, limit)
            text = message.given(value=told[0], limit=told[1])
            self.note(rule, place(), text, excess)

    def _compare(
        self,
        rule: str,
        excess: Floats,
        value: Floats,
        limit: Floats,
        place: Callable[..., str],
        message: Text,
        scale: ArrayLike,
    ) -> None:
        self.checks += value.size
        if not value.size:
            return
        unit = 1.0 + np.abs(limit) + np.abs(np.asarray(scale, dtype=float))
        bad = ~(excess <= self.tolerance * unit)
        self.see(np.where(np.isnan(excess), 0.0, excess / unit))
        rows = np.argwhere(bad)
        for row in rows[:MOST_SHOWN]:
            at = tuple(int(k) for k in row)
            told = told_apart(float(value[at]), float(limit[at]))
            text = message.given(value=told[0], limit=told[1])
            self.note(rule, place(*at), text, float(excess[at]))
        if len(rows) > MOST_SHOWN:
            rest = len(rows) - MOST_SHOWN
            self.note(
                rule, say("elsewhere"), say("the same at {rest} more places", rest=rest)
            )


def _alone(*values: ArrayLike) -> tuple[float, ...] | None:
    """Return the values as numbers if none of them is an array."""
    if not all(map(np.isscalar, values)):
        return None
    return tuple(float(value) for value in values)  # type: ignore[arg-type]


NAMED = {
    "link": say("link {code}"),
    "step": say("step {code}"),
    "service": say("service {code}"),
    "site": say("site {code}"),
    "settlement": say("settlement {code}"),
    "node": say("node {code}"),
    "option": say("option {code}"),
    "period": say("period {code}"),
    "level": say("level {code}"),
    "tier": say("tier {code}"),
    "network": say("network {code}"),
    "budget": say("budget {code}"),
    "standard": say("standard {code}"),
    "upgrade": say("upgrade {code}"),
    "connection": say("connection {code}"),
    "term": say("term {code}"),
}
"""What readers call the columns of a plan that say where something is."""


def named(row: Mapping[str, object], names: Iterable[str]) -> Text:
    """Return where a row is: the values of its columns *names*, each with its word."""
    own, told = say("{name} {code}"), []
    for name in names:
        if name in row:
            code = row[name]
            if isinstance(code, float) and code.is_integer():
                code = int(code)  # a level, however its column was read
            word = NAMED.get(name) or own.given(name=name)
            told.append(word.given(code=code))
    return chained(told, ", ")
