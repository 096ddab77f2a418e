"""Costs as CSV: long, a row for each pair, or wide, a row for each client.

Long: a column of clients, one of sites, one of distances, and perhaps weights of the
clients. Wide: names of clients in the first column, of sites in the first row; a column
of weights may be among them. Columns are known by usual names, with or without ``_id``
or a unit; where those do not tell clients from sites, there are more clients than
sites. A client takes as much of a capacity as its demand, or else its weight, says; a
demand weighs, too, if nothing else does. A table of numbers alone has no names: its
rows are clients. Lines that begin with ``#`` are remarks; between semicolons and tabs a
comma may be a decimal one. What was taken for what, and left out, is noted.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from aumaq.classic.distances import Dense, Distances, Sparse
from aumaq.classic.problems import Problem, clients_of, sites_of
from aumaq.classic.readers.columns import (
    CLIENTS,
    CORNERS,
    LENGTHS,
    SHORT,
    SITES,
    SUMMARIES,
    WEIGHTS,
    amounts_of,
    are_aside,
    clients_that_are_demands,
    is_known,
    is_summary,
    usual,
)
from aumaq.classic.readers.numbers import text_of
from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.errors import InstanceError, UnreadableError
from aumaq.instances.errors import Problem as Wrong
from aumaq.instances.formats import corridors
from aumaq.instances.formats.files import parsing
from aumaq.instances.language.texts import say

REMARK = "#"
Cells = list[tuple[int, list[str]]]
NO_WAY = ("", "-", "na", "nan", "inf", "infinity", "none")
DENSE_SHARE = 0.3
"""Share of the pairs from which a matrix is kept."""


@dataclass(frozen=True)
class Table:
    """The rows of a CSV file, with the numbers an editor gives them."""

    path: Path
    header: list[str]
    rows: list[tuple[int, list[str]]]
    has_commas: bool = False  # as decimal points

    def column(self, k: int) -> list[str]:
        """Return the cells of a column."""
        return [cells[k].strip() for _, cells in self.rows]

    def names(self, k: int) -> list[str]:
        """Return a column of names; InstanceError lists the rows without one."""
        found = self.column(k)
        told = say("empty; a name is expected")
        wrong = [
            Wrong(self.path.name, told, row, self.header[k] or str(k + 1))
            for (row, _), name in zip(self.rows, found, strict=True)
            if not name
        ]
        if wrong:
            raise InstanceError(wrong)
        return found

    def numbers(self, k: int, *, may_lack: bool = False) -> Floats:
        """Return a column of numbers; InstanceError lists all that are none.

        *may_lack*: a cell may say that there is no way; that is infinitely far.
        """
        found, wrong = np.empty(len(self.rows)), []
        for n, (row, cells) in enumerate(self.rows):
            if may_lack and cells[k].strip().lower() in NO_WAY:
                found[n] = np.inf
                continue
            found[n] = self._number(cells[k])
            if not (np.isfinite(found[n]) and found[n] >= 0):
                text = say("a number from 0 on is expected")
                name = self.header[k] or str(k + 1)
                wrong.append(Wrong(self.path.name, text, row, name, cells[k][:40]))
        if wrong:
            raise InstanceError(wrong)
        return found

    def _number(self, word: str) -> float:
        """Return the number of a cell, NaN if it is none."""
        try:
            return float(word.replace(",", ".") if self.has_commas else word)
        except ValueError:
            return np.nan


def matches(path: Path, head: str) -> bool:
    """Whether it is a CSV file with a long or a wide header and numbers below.

    Tables of a grid are none of costs.
    """
    if path.suffix.lower() not in (".csv", ".tsv", ".txt") or corridors.matches(path):
        return False
    lines = [line for line in head.splitlines() if not line.startswith(REMARK)][:4]
    if len(lines) < 2 or not any(mark in lines[0] for mark in ",;\t"):
        return False
    rows, mark = _cells(lines)
    if len(rows) < 2:
        return False
    names = usual(rows[0][1])
    if _is_long(names):
        return True
    values = [
        word.replace(",", ".") if mark != "," else word for word in rows[1][1][1:]
    ]
    is_one = len(values) == 1 and names[0] in (*CLIENTS, *SITES)
    is_one = is_one and not _is_number(names[1]) and not are_aside(names, [1])
    return (len(values) >= 2 or is_one) and all(
        _is_number(word) or word.strip().lower() in NO_WAY for word in values
    )


def read(path: Path) -> Problem:
    """Read a long or a wide table of costs."""
    with parsing(say("{file}: is no table of costs", file=path.name)):
        rows, mark = _cells(text_of(path, has_names=True).splitlines())
    if len(rows) < 2:
        raise UnreadableError(say("{file}: there are no rows", file=path.name))
    rows = _without_blank_end(rows)
    header = [word.strip() for word in rows[0][1]]
    uneven = [row for row, cells in rows[1:] if len(cells) != len(header)]
    if uneven:
        told = say("the header has {n} columns, the row has another number",
                   n=len(header))  # fmt: skip
        raise InstanceError([Wrong(path.name, told, row) for row in uneven])
    table = Table(path, header, rows[1:], has_commas=mark != ",")
    if all(map(_is_number, header)) and all(map(_is_number, rows[1][1])):
        table = Table(path, [""] * len(header), rows, mark != ",")
        _check_bare(table)
        return _bare(table, header)
    names = usual(header)
    if _is_long(names):
        return _long(table, names)
    _check_corner(table, names[0])
    return _wide(table, names)


def _without_blank_end(rows: Cells) -> Cells:
    """Return rows without last cells that are blank in all: lines end in a mark."""
    while len(rows[0][1]) > 1 and not any(cells[-1].strip() for _, cells in rows):
        rows = [(row, cells[:-1]) for row, cells in rows]
    return rows


def _check_bare(table: Table) -> None:
    """Refuse three columns of numbers that may be clients, sites and distances."""
    columns = [table.column(k) for k in range(len(table.header))]
    if len(columns) != 3 or not all(
        word.isdecimal() for words in columns[:2] for word in words
    ):
        return
    pairs = set(zip(*columns[:2], strict=True))
    if len(table.rows) > 3 and len(pairs) == len(table.rows) == (
        len(set(columns[0])) * len(set(columns[1]))
    ):  # fmt: skip
        told = say("pairs or a matrix? A header tells: client,site,distance or names of"
                   " sites")  # fmt: skip
        raise InstanceError([Wrong(table.path.name, told, 1)])


def _check_corner(table: Table, corner: str) -> None:
    """Refuse a wide table whose header, or column of names, seems to be none."""
    if corner in ("", *CORNERS, *CLIENTS, *SITES):
        return
    has_numbers = all(map(_is_number, table.header[1:]))
    first = table.column(0)
    counts = [str(k) for k in range(len(first) + 1)]
    is_counted = first in (counts[:-1], counts[1:]) and corner not in WEIGHTS
    if has_numbers or (all(map(_is_number, first)) and not is_counted):
        told = say("names are missing: of sites in the first row, of clients in the"
                   " first column, under client or nothing")  # fmt: skip
        raise InstanceError([Wrong(table.path.name, told, 1)])


def _is_long(names: list[str]) -> bool:
    return len(names) >= 3 and (any(n in LENGTHS for n in names) or set(names) >= SHORT)


def _cells(lines: list[str]) -> tuple[list[tuple[int, list[str]]], str]:
    """Return numbered rows of cells, and what they are split at: as the header is."""
    kept = ["" if line.startswith(REMARK) else line for line in lines]
    first = next((line for line in kept if line.strip()), "")
    mark = max(",;\t", key=first.count)
    found = csv.reader(kept, delimiter=mark)
    return [(found.line_num, cells) for cells in found if any(cells)], mark


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _bare(table: Table, first: list[str]) -> Problem:
    """Return the problem of numbers alone; they may be under numbers of columns.

    Those count 0, 1, 2, ... or 1, 2, 3, ..., and are distances if that makes the matrix
    one of as many rows as columns.
    """
    counts = [str(k) for k in range(len(first) + 1)]
    is_counted = first in (counts[:-1], counts[1:]) and len(table.rows) != len(first)
    if is_counted:
        table = replace(table, rows=table.rows[1:])
    matrix = np.column_stack(
        [table.numbers(k, may_lack=True) for k in range(len(first))]
    )
    return Problem(
        "p-median", clients_of(len(matrix)), sites_of(matrix.shape[1]),
        Dense(matrix), name=table.path.stem,
        notes=("there are no names: rows are clients, columns are sites",),
    )  # fmt: skip


def _long(table: Table, names: list[str]) -> Problem:
    known = (*LENGTHS, "d")
    length = next(k for k, name in enumerate(names) if name in known)
    for k in clients_that_are_demands(names, lambda k: _has_numbers(table, k)):
        names = [*names[:k], CLIENTS[0], *names[k + 1 :]]
    amounts = amounts_of(names, [k for k in range(len(names)) if k != length])
    client, site = _roles(table, names, {length, *amounts})
    client_names, client_of = np.unique(table.names(client), return_inverse=True)
    site_names, site_of = np.unique(table.names(site), return_inverse=True)
    n, m = len(client_names), len(site_names)
    lengths = table.numbers(length, may_lack=True)
    _check_once(table, client_of * m + site_of)
    if len(lengths) >= DENSE_SHARE * n * m:
        matrix = np.full((n, m), np.inf)
        matrix[client_of, site_of] = lengths
        distances: Distances = Dense(matrix)
    else:
        distances = Sparse(client_of, site_of, lengths, (n, m))
    weights, demands = (_of_clients(table, k, client_of, n) for k in amounts)
    header = table.header
    taken = [f"clients: {header[client]}", f"sites: {header[site]}",
             f"distances: {header[length]}", *amounts.told(header)]  # fmt: skip
    rest = set(range(len(names))) - {client, site, length, *amounts}
    return Problem(
        "p-median", clients_of(n, weights, demands, tuple(client_names.tolist())),
        sites_of(m, names=tuple(site_names.tolist())), distances, name=table.path.stem,
        notes=(", ".join(taken), *_left_out(table, sorted(rest))),
    )  # fmt: skip


def _has_numbers(table: Table, k: int) -> bool:
    return all(map(_is_number, table.column(k)))


def _left_out(table: Table, columns: list[int]) -> list[str]:
    """Return a note of columns that are not read, if there are any."""
    names = ", ".join(table.header[k] or str(k + 1) for k in columns)
    return [f"left out: {names}"] if names else []


def _of_clients(table: Table, k: int | None, client_of: Ints, n: int) -> Floats | None:
    """Return a number of each client that stands in all its rows, (I,)."""
    if k is None:
        return None
    found, given = np.zeros(n), table.numbers(k)
    found[client_of] = given
    _check_one_weight(table, k, found[client_of] != given)
    return found


def _roles(table: Table, names: list[str], taken: set[int | None]) -> tuple[int, int]:
    """Return the columns of clients and of sites."""
    rest = [k for k in range(len(names)) if k not in taken]
    likely = [k for k in rest if not is_known(names[k])]
    rest = likely if len(likely) > 1 else rest
    client = next((k for k in rest if names[k] in CLIENTS), None)
    site = next((k for k in rest if names[k] in SITES and k != client), None)
    if client is not None and site is not None:
        return client, site
    distinct = {k: len(set(table.column(k))) for k in rest}
    rest = sorted(rest, key=lambda k: -distinct[k])
    if client is not None:
        rest = [client, *(k for k in rest if k != client)]
    elif site is not None:
        rest = [*[k for k in rest if k != site][:1], site]
    if len(rest) < 2:
        told = say("a column of clients and one of sites are needed")
        raise InstanceError([Wrong(table.path.name, told, 1)])
    return rest[0], rest[1]


def _check_once(table: Table, pair: Ints) -> None:
    first: dict[int, int] = {}
    wrong = []
    for number, (row, _) in zip(pair.tolist(), table.rows, strict=True):
        if number in first:
            told = say("the pair stands in row {row} already", row=first[number])
            wrong.append(Wrong(table.path.name, told, row))
        first.setdefault(number, row)
    if wrong:
        raise InstanceError(wrong)


def _check_names(
    table: Table, clients: tuple[str, ...], sites: tuple[str, ...]
) -> None:
    """Refuse names of rows, or of columns, that come twice."""
    first: dict[str, int] = {}
    wrong = []
    for name, (row, _) in zip(clients, table.rows, strict=True):
        if name in first:
            told = say("{name!r} stands in row {row} already", name=name,
                       row=first[name])  # fmt: skip
            wrong.append(Wrong(table.path.name, told, row))
        first.setdefault(name, row)
    told = say("expected the name of each column once")
    wrong += [
        Wrong(table.path.name, told, 1, name)
        for name in dict.fromkeys(sites)
        if sites.count(name) > 1
    ]
    if wrong:
        raise InstanceError(wrong)


def _check_one_weight(table: Table, column: int, differs: Floats) -> None:
    wrong = [
        Wrong(
            table.path.name, say("the client has another weight in another row"),
            row, table.header[column], cells[column],
        )
        for (row, cells), is_other in zip(table.rows, differs, strict=True)
        if is_other
    ]  # fmt: skip
    if wrong:
        raise InstanceError(wrong)


def _are_sites(corner: str, rows: tuple[str, ...]) -> bool:
    """Whether the rows of a wide table are sites by the corner or by their names."""
    stem = rows[0].strip("0123456789_- ").lower()
    return corner in SITES or (not corner and stem in SITES)


def _wide(table: Table, names: list[str]) -> Problem:
    columns = list(range(1, len(names)))
    amounts = amounts_of(names, columns)
    aside = are_aside(names, columns)
    columns = [k for k in columns if k not in aside]
    numbers = {k: table.numbers(k, may_lack=True) for k in columns}
    made = _summaries(names, numbers)
    columns = [k for k in columns if k not in made]
    if not columns:
        told = say("a column of clients and one of sites are needed")
        raise InstanceError([Wrong(table.path.name, told, 1)])
    matrix = np.column_stack([numbers[k] for k in columns])
    clients, sites = tuple(table.names(0)), tuple(table.header[k] for k in columns)
    _check_names(table, clients, sites)
    weights, demands = (None if k is None else table.numbers(k) for k in amounts)
    if _are_sites(names[0], clients) and weights is None:
        matrix, clients, sites = np.ascontiguousarray(matrix.T), sites, clients
        note = "rows are sites, columns are clients"
    else:
        note = "rows are clients, columns are sites"
    if kept := [table.header[k] for k in columns if names[k] in SUMMARIES]:
        note += f" ({', '.join(kept)}, too)"
    note = ", ".join([note, *amounts.told(table.header)])
    rest = sorted({*aside, *made} - set(amounts))
    return Problem(
        "p-median", clients_of(len(clients), weights, demands, clients),
        sites_of(len(sites), names=sites), Dense(matrix), name=table.path.stem,
        notes=(note, *_left_out(table, rest)),
    )  # fmt: skip


def _summaries(names: list[str], numbers: dict[int, Floats]) -> list[int]:
    """Return the columns that are sums, means or extremes of all that are none."""
    named = [k for k in numbers if names[k] in SUMMARIES]
    others = [numbers[k] for k in numbers if k not in named]
    if not named or not others:
        return []
    matrix = np.column_stack(others)
    return [k for k in named if is_summary(names[k], numbers[k], matrix)]
