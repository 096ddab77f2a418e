"""What a table and a column are: the vocabulary in which the schema is written.

The tables themselves are data, in :mod:`aumaq.instances.schema.tables`. They serve
validation, the generated ``docs/instance-format.md``, ``aumaq new`` and every file
format, so that a column has one name, one unit and one meaning everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import EllipsisType
from typing import Any, Literal

from aumaq.instances.language.texts import Text, Title

Kind = Literal["text", "int", "number", "flag"]
Value = str | int | float | bool | None

LARGEST = {
    "": 1e15,
    "1/min": 1.0,
    "1/year": 10.0,
    "births/woman/year": 1.0,
    "currency/h": 1e9,
    "currency/km": 1e9,
    "currency/trip/km": 1e9,
    "days/year": 366.0,
    "degrees": 360.0,
    "facilities": 1e9,
    "factor": 1e6,
    "ha": 1e9,
    "jobs": 1e10,
    "kV": 1e4,
    "kW": 1e9,
    "km": 1e6,
    "km/h": 1e3,
    "km2": 1e9,
    "level": 1e3,
    "m3/day": 1e9,
    "min": 1e9,
    "mln": 1e12,
    "mln/day": 1e12,
    "mln/mln": 1e6,
    "mln/team/year": 1e12,
    "mln/unit": 1e9,
    "mln/unit/year": 1e9,
    "mln/year": 1e12,
    "persons": 1e10,
    "persons/job": 1e3,
    "persons/trip": 1e3,
    "persons/year": 1e10,
    "share": 1e6,
    "share/km": 1.0,
    "share/year": 10.0,
    "sites": 1e6,
    "t/unit/year": 1e9,
    "t/year": 1e12,
    "trips/unit/year": 1e5,
    "units": 1e12,
    "units/1000 members of the group": 1e9,
    "units/person": 1e6,
    "units/rad": 1e12,
    "year": 3e3,
    "years": 1e3,
}
"""Unit -> the largest value, up or down, that any column of it takes.

Far above what a territory of this world asks for, in any currency: more people than
the Earth has, more money than all countries together. Whatever passes fits into 64 bits
and leaves sums finite; a mistyped exponent does not. A column may say less.
"""

LARGEST_COUNT = 1e6
"""The largest whole number without a unit: a level, a step, a count."""

FIRST_YEAR = 1800.0
"""The earliest year that a column of years takes (its default, 0 say, is always fine).
"""


@dataclass(frozen=True)
class Column:
    """One column.

    A column without ``default`` must be given. ``default=None`` means "may be left
    empty": missing text is read as ``""`` and a missing number as NaN. ``low`` and
    ``high`` are inclusive, and the default is always allowed; a number without them has
    those of its unit. ``references`` is ``"table.column"``. In a part of an instance
    (:mod:`aumaq.instances.parts`) a row goes with what it names, unless the column
    ``may_lose`` it: then the cell is emptied. A ``number`` that ``is_whole`` takes
    whole numbers alone: a count that may be left empty. A column that ``is_later``
    than its table counts in the hash of an instance only where a cell is not the
    default.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    default: Value | EllipsisType = ...
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    references: str = ""
    may_lose: bool = False
    is_later: bool = False
    is_whole: bool = False

    def __post_init__(self) -> None:
        """Give a number the limits of its unit where it has none of its own."""
        if self.kind not in ("int", "number"):
            return
        object.__setattr__(self, "is_whole", self.is_whole or self.kind == "int")
        is_count = self.kind == "int" and not self.unit
        most = LARGEST_COUNT if is_count else LARGEST[self.unit]
        least = FIRST_YEAR if self.unit == "year" else -most
        for name, limit in (("low", least), ("high", most)):
            if getattr(self, name) is None:
                object.__setattr__(self, name, limit)

    @property
    def is_required(self) -> bool:
        """Whether the column must be there and filled."""
        return self.default is ...


SOURCE = Column("source", "text", "where the row comes from", default=None)
"""The column that many tables share: provenance."""

HOLDS_FROM = Column(
    "first_period",
    "text",
    "holds from this period (empty: the first)",
    default=None,
    references="periods.period",
)
"""When a rule begins to hold."""

IS_HARD = Column(
    "is_hard", "flag", "whether it must hold; otherwise it is priced", default=False
)
"""Whether a rule may be broken for a price."""


@dataclass(frozen=True)
class Table:
    """One table: a CSV file, or an (array of) table(s) in ``instance.toml``.

    ``key`` names the columns whose values together occur once. ``is_single`` marks
    a table of exactly one row. ``example`` holds rows for ``aumaq new`` and docs.
    Rows of a table with ``rule`` are rules of the model, called so where they have no
    title: columns in braces, or what a function says of a row. A table that
    ``is_later`` than the first version counts in the hash of an instance only if it
    has rows, so that older plans keep theirs.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    in_toml: bool = False
    is_single: bool = False
    is_required: bool = False
    example: tuple[dict[str, Value], ...] = ()
    rule: Text | Callable[[Mapping[str, Any]], Text] | None = None
    is_later: bool = False

    def rule_title(self, row: Mapping[str, Any]) -> Text:
        """Return what a rule in a row is called: its title, or what it asks for."""
        if row["title"] or self.rule is None:
            return Title(row["title"])
        if isinstance(self.rule, Text):
            return self.rule.given(**{"n": row.get("minutes", 1), **row})
        return self.rule(row)

    @property
    def file(self) -> str:
        """The file that holds the table in a folder instance."""
        return "instance.toml" if self.in_toml else f"{self.name}.csv"

    def column(self, name: str) -> Column:
        """Return the column called *name* (KeyError if there is none)."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)
