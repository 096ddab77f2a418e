"""What a table and a column are: the vocabulary in which the schema is written.

The tables themselves are data, in :mod:`aumaq.instances.tables`. They serve
validation, the generated ``docs/instance-format.md``, ``aumaq new`` and every file
format, so that a column has one name, one unit and one meaning everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import EllipsisType
from typing import Literal

Kind = Literal["text", "int", "number", "flag"]
Value = str | int | float | bool | None


@dataclass(frozen=True)
class Column:
    """One column.

    A column without ``default`` must be given. ``default=None`` means "may be left
    empty": missing text is read as ``""`` and a missing number as NaN. ``low`` and
    ``high`` are inclusive; ``references`` is ``"table.column"``. In a part of an
    instance (:mod:`aumaq.instances.parts`) a row goes with what it names, unless the
    column ``may_lose`` it: then the cell is emptied.
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
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    in_toml: bool = False
    is_single: bool = False
    is_required: bool = False
    example: tuple[dict[str, Value], ...] = ()

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
