"""Which rows of a model are rules that somebody made, and could relax.

The rows of a model are of two sorts. Some say how the world works: a facility holds
one level, flows add up, nobody is served at a closed site. Others are rules of the
instance: a budget, a standard, a lock. Only these can clash in a planner's words.

A *limit* is one such rule as the planner wrote it: one row of a table of the instance
(the budget of a period, a standard, the lock of a facility), with all rows of the model
that enforce it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

import numpy as np

from aumaq.instances.arrays import Floats, Ints
from aumaq.model.program import Program, RowSet

DROPPED, SCALED, COUNTED = "dropped", "scaled", "counted"
"""How a limit is relaxed: it is given up, its number is changed in proportion, or by
whole pieces."""


@dataclass(frozen=True)
class Kind:
    """A sort of limit: what tells one limit from another, and how it is relaxed.

    ``keys`` are columns of the rows; what agrees in them is one limit, the other
    columns say where it holds.
    """

    keys: tuple[str, ...]
    relaxed: str = DROPPED


KINDS: dict[tuple[str, str], Kind] = {
    ("budgets", "limit"): Kind(("budget", "period"), SCALED),
    ("standards", "reach"): Kind(("standard",), SCALED),
    ("counts", "counted"): Kind(("count",), COUNTED),
    ("counts", "changed"): Kind(("count",), COUNTED),
    ("counts", "total"): Kind(("count",), COUNTED),
    ("staff", "staffed"): Kind(("profession", "region", "period"), SCALED),
    ("impacts", "within"): Kind(("limit",), SCALED),
    ("funding", "limit"): Kind(("fund", "period"), SCALED),
    ("partnerships", "limit"): Kind(("partnership",), SCALED),
    ("partnerships", "burden"): Kind(("burden",), SCALED),
    ("building_capacity", "spent"): Kind(("building_capacity", "period"), SCALED),
    ("building_capacity", "changed"): Kind(("building_capacity", "period"), COUNTED),
    ("shifts", "most"): Kind(("shift_limit", "period")),
    ("agglomerations", "holds"): Kind(("agglomeration",)),
    ("locks", "locked"): Kind(("service", "site", "level")),
    ("locks", "required"): Kind(("service", "site")),
    ("renewal", "due"): Kind(("service", "site", "level")),
    ("allocation", "minimum_use"): Kind(("service", "level")),
    ("allocation", "whole"): Kind(("service",)),
    ("allocation", "undivided"): Kind(("service",)),
    ("nearest", "nearest"): Kind(("service",)),
    ("lifted", "capacity"): Kind(("service", "level"), SCALED),
    ("lifted", "unserved"): Kind(("service",), SCALED),
    ("lifted", "forbidden"): Kind(("service", "site")),
    ("lifted", "land"): Kind(("service", "site")),
    ("lifted", "works"): Kind(("zone_work",)),
    ("lifted", "sized"): Kind(("service", "site")),
    ("lifted", "early"): Kind(("service", "site")),
    ("lifted", "transitions"): Kind(("service",)),
}
"""Block and rows -> the sort of limit that they are. Rows of networks, whose names end
with that of the network, stand in NETWORK_KINDS; what stands in neither is a limit if
its rule is a row of a table of rules, and is given up as a whole."""

NETWORK_KINDS: dict[tuple[str, str], Kind] = {
    ("networks", "carries"): Kind(("link",), SCALED),
    ("networks", "yields"): Kind(("service", "site"), SCALED),
    ("lifted", "shed"): Kind(("network",), SCALED),
}

OF_TABLES = (
    "agglomeration", "budget", "building_capacity", "burden", "closing",
    "concentration", "connection", "contingency", "count", "feeder", "fund", "gap",
    "growth:tier", "limit", "merger", "mobile_service", "partnership", "referral",
    "relocation", "shift_limit", "staff", "standard", "together",
)  # fmt: skip
"""What ids of rules begin with that are rows of a table and can be given up."""

OF_THE_WORLD = {
    ("contingencies", "emergency_"), ("contingencies", "asked"),
    ("concentration", "stands"), ("concentration", "in_point"),
    ("connections", "relies"), ("feeders", "single"), ("feeders", "follow"),
    ("feeders", "leave"), ("feeders", "others"), ("gaps", "high"), ("gaps", "low"),
    ("partnerships", "share"), ("relocations", "leave"), ("relocations", "arrive"),
}  # fmt: skip
"""Rows of such rules that only say what their variables mean; of names, beginnings."""


@dataclass(frozen=True)
class Limit:
    """One rule as the planner wrote it, with the rows of the model that enforce it.

    ``rows`` count through all rows of the programme in their order, ``size`` says by
    how much each gives way when the limit is relaxed by one: by its own number
    (``scaled``: one is all of it), or by a piece (``counted``). ``key`` are names.
    """

    rule: str
    family: str
    name: str
    key: tuple[tuple[str, Any], ...]
    relaxed: str
    rows: Ints
    size: Floats

    @property
    def of(self) -> dict[str, Any]:
        """The names of what the limit is about."""
        return dict(self.key)


@dataclass(frozen=True)
class Place:
    """Where a row of the programme stands: its rows, its number among them."""

    block: str
    rows: RowSet
    number: int

    @property
    def names(self) -> dict[str, Any]:
        """The index of the row, by column."""
        at = self.rows.where.where(np.array([self.number]))
        return dict(zip(self.rows.by, at.labels(self.rows.by)[0], strict=True))

    def value(self, column: str) -> Any:
        """Return what a column of the rows' table holds here (KeyError if none)."""
        return self.rows.where[column][self.number]


class Limits:
    """All limits of a programme, and where each of its rows stands."""

    def __init__(self, program: Program) -> None:
        """Find the limits."""
        self.sets = [
            (block.name, rows)
            for block in program.blocks.values()
            for rows in block.rows.values()
        ]
        self.first = np.cumsum([0, *(len(rows) for _, rows in self.sets)])
        self.all: list[Limit] = []
        for start, (block, rows) in zip(self.first, self.sets, strict=False):
            kind = kind_of(block, rows)
            if kind is not None and len(rows):
                self.all += _limits(int(start), block, rows, kind)
        self.all = _merged(self.all)

    def place(self, row: int) -> Place:
        """Return where a row stands."""
        k = int(np.searchsorted(self.first, row, side="right")) - 1
        block, rows = self.sets[k]
        return Place(block, rows, row - int(self.first[k]))


def kind_of(block: str, rows: RowSet) -> Kind | None:
    """Return what sort of limit rows are, None if they say how the world works."""
    name = _name_of(block, rows)
    found = KINDS.get((block, name)) or NETWORK_KINDS.get((block, name))
    if found is not None:
        return found
    world = any(
        block == family and rows.name.startswith(name) for family, name in OF_THE_WORLD
    )
    begins = rows.rule.partition(":{")[0]
    if world or begins not in OF_TABLES:
        return None
    return Kind(_columns_of(rows.rule))


def _name_of(block: str, rows: RowSet) -> str:
    """Return the name of rows, without that of their network."""
    for family, name in NETWORK_KINDS:
        if block == family and rows.name.startswith(f"{name}_"):
            return name
    return rows.name


def _columns_of(rule: str) -> tuple[str, ...]:
    """Return the columns whose names stand in the id of a rule."""
    return tuple(name for _, name, _, _ in Formatter().parse(rule) if name)


def _limits(start: int, block: str, rows: RowSet, kind: Kind) -> list[Limit]:
    code, found = _codes(rows, kind.keys), []
    order = np.argsort(code, kind="stable")
    ends = np.flatnonzero(np.diff(code[order], append=-1)) + 1
    begins = 0
    for end in ends.tolist():
        own = np.sort(order[begins:end])
        begins = end
        at = rows.where.where(own[:1])
        names = at.labels(kind.keys)[0]
        shown = dict(zip(rows.by, at.labels(rows.by)[0], strict=True))
        found.append(
            Limit(
                rows.rule.format(**shown),
                block,
                _name_of(block, rows),
                tuple(zip(kind.keys, names, strict=True)),
                kind.relaxed,
                start + own,
                _sizes(rows, own, kind.relaxed),
            )
        )
    return found


def _codes(rows: RowSet, keys: Sequence[str]) -> Ints:
    """Return a number for each row, the same where rows agree in the keys."""
    code = np.zeros(len(rows), dtype=np.int64)
    for key in keys:
        _, at = np.unique(rows.where[key], return_inverse=True)
        code = code * (int(at.max(initial=0)) + 1) + at.ravel()
    return code


def _sizes(rows: RowSet, own: Ints, relaxed: str) -> Floats:
    """Return by how much each row gives way for a relaxation by one."""
    if relaxed != SCALED:
        divided = rows.where["scale"][own] if "scale" in rows.where.columns else 1.0
        return np.ones(len(own)) / divided
    low, high = rows.lower[own], rows.upper[own]
    number = np.where(np.isfinite(high), np.abs(high), np.abs(low))
    return np.where(number > 0.0, number, 1.0)


def _merged(limits: list[Limit]) -> list[Limit]:
    """Return limits with all rows of a rule and key together, from several row sets."""
    by_key: dict[tuple[Any, ...], list[Limit]] = {}
    for limit in limits:
        by_key.setdefault((limit.rule, limit.key), []).append(limit)
    found = []
    for same in by_key.values():
        first = same[0]
        if len(same) > 1:
            relaxed = {limit.relaxed for limit in same}
            first = Limit(
                first.rule,
                first.family,
                first.name,
                first.key,
                first.relaxed if len(relaxed) == 1 else DROPPED,
                np.concatenate([limit.rows for limit in same]),
                np.concatenate([limit.size for limit in same]),
            )
        found.append(first)
    return found
