"""Fields of a JSON document as numbers and series; all that is wrong is gathered."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from aumaq.instances.arrays import Floats
from aumaq.instances.errors import Problem as Wrong
from aumaq.instances.language.texts import Text, say

NEEDED = math.nan
"""The default of what has none."""


@dataclass(frozen=True)
class Fields:
    """An object of a document: where it stands, what it holds, what is wrong so far."""

    place: str
    content: dict[str, Any]
    years: int
    wrong: list[Wrong]

    def blame(self, key: str, told: Text, value: object = "") -> None:
        """Note what is wrong with a field."""
        place = f"{self.place}: {key}" if key else self.place
        shown = "" if isinstance(value, dict) else str(value)
        self.wrong.append(Wrong(place, told, value=shown))

    def part(self, key: str, *, is_needed: bool = True) -> Fields:
        """Return the object of a field; an empty one where there is none."""
        found = self.content.get(key)
        if not isinstance(found, dict):
            if found is not None or is_needed:
                told = say("is missing; expected an object in braces")
                told = told if found is None else say("is no object in braces")
                self.blame(key, told, "" if found is None else found)
            found = {}
        return Fields(f"{self.place}: {key}", found, self.years, self.wrong)

    def parts(self) -> Iterator[tuple[str, Fields]]:
        """Yield name and object of each field."""
        for key in self.content:
            yield key, self.part(key)

    def number(
        self, key: str, default: float = NEEDED, least: float = -math.inf
    ) -> float:
        """Return the number of a field, the default where there is none or null."""
        found = self.content.get(key)
        if found is None:
            if default != default:
                self.blame(key, say("is missing; expected a number"))
            return default
        return self._checked(key, found, least)

    def series(
        self, key: str, default: float = NEEDED, least: float = -math.inf
    ) -> Floats:
        """Return a number a year: a list, or one for all; null is the default."""
        found = self.content.get(key)
        if not isinstance(found, list):
            return np.full(self.years, self.number(key, default, least))
        if len(found) != self.years:
            told = say("has {n} value, not one for each of {years} years",
                       "has {n} values, not one for each of {years} years",
                       n=len(found), years=self.years)  # fmt: skip
            self.blame(key, told)
            return np.zeros(self.years)
        return self.values(key, default, least)

    def values(self, key: str, default: float, least: float = -math.inf) -> Floats:
        """Return the numbers of a list of any length, or one for all years."""
        found = self.content.get(key)
        if not isinstance(found, list):
            return self.series(key, default, least)
        known = [default if value is None else self._checked(key, value, least)
                 for value in found]  # fmt: skip
        if default != default and None in found:
            self.blame(key, say("is null; expected a number"))
        return np.array(known, float)

    def choice(self, key: str, known: set[str], *, is_needed: bool = True) -> str:
        """Return a name that must be known; empty where there is none."""
        found = self.content.get(key)
        if found is None and not is_needed:
            return ""
        if not isinstance(found, str) or found not in known:
            told = say("is missing; expected the name of a product")
            told = told if found is None else say("is the name of no product")
            self.blame(key, told, "" if found is None else found)
            return ""
        return found

    def only(self, known: set[str]) -> list[str]:
        """Return the names of fields; those that name no product are wrong."""
        for key in self.content:
            if key not in known:
                self.blame(key, say("is the name of no product"))
        return [key for key in self.content if key in known]

    def _checked(self, key: str, found: object, least: float) -> float:
        is_number = isinstance(found, (int, float)) and not isinstance(found, bool)
        value = _float(found) if is_number else math.nan
        if not math.isfinite(value):
            self.blame(key, say("is no number"), found)
            return 0.0
        if value < least:
            self.blame(key, say("must be at least {least}", least=least), found)
        return value


def _float(found: Any) -> float:
    try:
        return float(found)
    except OverflowError:  # a whole number of more than 308 digits
        return math.nan
