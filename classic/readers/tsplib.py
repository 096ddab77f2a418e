"""TSPLIB coordinates, and the MCLP cities that are written in the same way.

Every node is a client and a site. Types: EUC_2D, EUC_3D, CEIL_2D, GEO, ATT; MAN and MAX
of two or three coordinates and EXPLICIT, which become matrices; FLOOR_2D is ours for
the rounding down of the p-median literature; COORD has latitude and longitude without
numbers of nodes, and great circles in metres. A node is at no distance from itself.

Demands are weights, and what clients take of a capacity. The ``CAPACITY`` of a file is
that of a vehicle, not of a site: it is left out, and so are sections of routes.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from aumaq.classic.distances import (
    TSPLIB_EARTH_KM,
    TSPLIB_PI,
    Dense,
    Distances,
    plane,
    sphere,
)
from aumaq.classic.problems import Problem, clients_of, sites_of
from aumaq.classic.readers.numbers import text_of
from aumaq.instances.arrays import Floats
from aumaq.instances.errors import UnreadableError
from aumaq.instances.language.texts import say

PLANE_RULES = {
    "EUC_2D": "nearest",
    "EUC_3D": "nearest",
    "CEIL_2D": "ceil",
    "FLOOR_2D": "floor",
    "ATT": "att",
}
STEPS = ("MAN_2D", "MAN_3D", "MAX_2D", "MAX_3D")
"""Sums, or the greatest, of differences of coordinates."""
TYPES = (*PLANE_RULES, *STEPS, "GEO", "COORD", "EXPLICIT")
MOST_NODES = 20_000
"""Of a matrix: of more nodes it would take over 3 GB."""
TRIANGLES = {
    "UPPER_ROW": (1, True), "LOWER_COL": (1, True),
    "UPPER_DIAG_ROW": (0, True), "LOWER_DIAG_COL": (0, True),
    "LOWER_ROW": (1, False), "UPPER_COL": (1, False),
    "LOWER_DIAG_ROW": (0, False), "UPPER_DIAG_COL": (0, False),
}  # fmt: skip
"""How far from the diagonal a row begins, or ends, and whether it is the upper half."""

READ = ("NODE_COORD_SECTION", "DEMAND_SECTION", "EDGE_WEIGHT_SECTION",
        "DISPLAY_DATA_SECTION")  # fmt: skip
"""Sections that are read, or are for pictures."""

Lines = list[tuple[int, list[str]]]
"""Row and words of each."""
Sections = dict[str, Lines]

FARTHEST = 1e100
"""Of a coordinate: squares of differences stay finite."""


def matches(path: Path, head: str) -> bool:
    """Whether there are the keys of TSPLIB."""
    del path
    keys = {line.partition(":")[0].strip().upper() for line in head.splitlines()}
    return {"DIMENSION", "EDGE_WEIGHT_TYPE"} <= keys


def read(path: Path) -> Problem:
    """Read points and the rule of their distances."""
    keys, rows = _parts(path)
    kind = keys.get("EDGE_WEIGHT_TYPE", "").upper()
    if kind not in TYPES:
        raise UnreadableError(
            say(
                "{file}: EDGE_WEIGHT_TYPE {kind!r} is not read; known: {known}",
                file=path.name,
                kind=kind,
                known=", ".join(TYPES),
            )
        )
    distances: Distances
    notes: tuple[str, ...] = ()
    if kind == "EXPLICIT":
        distances, notes = _explicit(path, keys, rows)
        n = distances.shape[0]
        nodes = [(0, [str(k)]) for k in range(1, n + 1)]
        weights = _weights(path, nodes, rows, numbered=True)
    else:
        points, weights = _points(path, keys, rows, kind)
        n = len(points)
        if kind in STEPS:
            _check_size(path, n)
        distances = distances_of(points, kind)
    return Problem(
        "mclp" if keys.get("TYPE", "").upper().startswith("MCLP") else "p-median",
        clients_of(n, weights, weights), sites_of(n), distances,
        name=keys.get("NAME") or path.stem, notes=(*notes, *_notes(keys, rows)),
    )  # fmt: skip


def _notes(keys: dict[str, str], sections: Sections) -> list[str]:
    """Return what demands were taken for, and what was left out."""
    notes = []
    if sections.get("DEMAND_SECTION"):
        notes.append("demands are weights, and what clients take of a capacity")
    out = [f"{key} (of a vehicle)" for key in ("CAPACITY",) if key in keys]
    out += [name for name in sections if name not in READ]
    if out:
        notes.append("left out: " + ", ".join(out))
    return notes


def distances_of(points: Floats, kind: str) -> Distances:
    """Return distances of points among themselves under a TSPLIB type."""
    if kind == "COORD":
        return sphere(points, points)
    if kind in STEPS:
        matrix = np.zeros((len(points), len(points)))
        for axis in points.T:
            away = np.abs(axis[:, None] - axis)
            matrix = np.maximum(matrix, away) if "MAX" in kind else matrix + away
        return Dense(np.floor(matrix + 0.5))
    if kind == "GEO":
        whole = np.trunc(points)
        degrees = whole + 5.0 * (points - whole) / 3.0
        degrees *= TSPLIB_PI / np.pi
        return sphere(degrees, degrees, TSPLIB_EARTH_KM, "geo")
    return plane(points, points, PLANE_RULES[kind])


def rounded(problem: Problem, rule: str) -> Problem:
    """Return a problem of points in a plane with its distances rounded otherwise."""
    distances = problem.distances
    return dataclasses.replace(
        problem,
        distances=dataclasses.replace(distances, rule=rule),  # type: ignore[type-var]
    )


def _parts(path: Path) -> tuple[dict[str, str], Sections]:
    """Return the keys, and the lines of each section."""
    keys: dict[str, str] = {}
    sections: Sections = {}
    section: Lines | None = None
    for row, line in enumerate(text_of(path).splitlines(), start=1):
        words = line.split()
        if not words or words[0].upper() == "EOF":
            continue
        if (name := words[0].rstrip(":").upper()).endswith("_SECTION"):
            section = sections.setdefault(name, [])
        elif section is not None:
            section.append((row, words))
        else:
            key, _, value = line.partition(":")
            keys[key.strip().upper()] = value.strip()
    return keys, sections


def _points(
    path: Path, keys: dict[str, str], sections: Sections, kind: str
) -> tuple[Floats, Floats | None]:
    """Return coordinates, and weights where a section of demands has them."""
    lines = sections.get("NODE_COORD_SECTION")
    if not lines:
        told = say("{file}: there is no NODE_COORD_SECTION", file=path.name)
        raise UnreadableError(told)
    numbered, width = kind != "COORD", 3 if kind.endswith("3D") else 2
    if numbered:
        _check_once(path, lines)
        lines.sort(key=_node)
    points = _table(path, [(row, words[numbered:]) for row, words in lines], width)
    _check_dimension(path, keys, len(points))
    return points, _weights(path, lines, sections, numbered=numbered)


def _node(line: tuple[int, list[str]]) -> float:
    """Return the number of a node: sites are numbered in its order, from 0 on."""
    word = line[1][0]
    return float(word) if word.isdecimal() else 0.0


def _check_dimension(path: Path, keys: dict[str, str], found: int) -> None:
    said = keys.get("DIMENSION", "")
    if said != str(found):
        raise UnreadableError(
            say(
                "{file}: DIMENSION is {said}, there are {found} points",
                file=path.name,
                said=said or "-",
                found=found,
            )
        )


def _check_size(path: Path, n: int) -> None:
    """Refuse matrices of more nodes than fit."""
    if n > MOST_NODES:
        told = say("{file}: at most {most:,} nodes are read, it has {n:,}",
                   file=path.name, most=MOST_NODES, n=n)  # fmt: skip
        raise UnreadableError(told)


def _check_once(path: Path, lines: Lines) -> None:
    """Refuse a node that comes twice."""
    first: dict[str, int] = {}
    for row, words in lines:
        if words[0] in first:
            told = say("{file}, row {row}: node {node} stands in row {first} already",
                       file=path.name, row=row, node=words[0],
                       first=first[words[0]])  # fmt: skip
            raise UnreadableError(told)
        first[words[0]] = row


def _explicit(
    path: Path, keys: dict[str, str], sections: Sections
) -> tuple[Dense, tuple[str, ...]]:
    """Return the matrix of a file that has one, or half of it, and what to note."""
    form = keys.get("EDGE_WEIGHT_FORMAT", "").upper()
    if form not in TRIANGLES and form != "FULL_MATRIX":
        known = ", ".join(("FULL_MATRIX", *TRIANGLES))
        told = say("{file}: EDGE_WEIGHT_FORMAT {form!r} is not read; known: {known}",
                   file=path.name, form=form, known=known)  # fmt: skip
        raise UnreadableError(told)
    said = keys.get("DIMENSION", "")
    n = int(said) if said.isdecimal() and len(said) < 10 else 0
    _check_size(path, n)
    lines = sections.get("EDGE_WEIGHT_SECTION", [])
    cells = [(row, [word]) for row, words in lines for word in words]
    values = _table(path, cells, 1, least=0.0)[:, 0]
    away, is_upper = TRIANGLES.get(form, (0, True))
    wanted = n * n if form == "FULL_MATRIX" else n * (n + 1) // 2 - away * n
    if n < 1 or len(values) != wanted:
        told = say("{file}: DIMENSION {said} asks for {wanted:,} distances, there are"
                   " {found:,}", file=path.name, said=said or "-", wanted=wanted,
                   found=len(values))  # fmt: skip
        raise UnreadableError(told)
    if form == "FULL_MATRIX":
        matrix = values.reshape(n, n).copy()
    else:
        matrix = np.zeros((n, n))
        half = np.triu_indices(n, away) if is_upper else np.tril_indices(n, -away)
        matrix[half] = values
        matrix = np.maximum(matrix, matrix.T)
    notes: tuple[str, ...] = ()
    if matrix.diagonal().any():
        notes = ("distances of nodes from themselves are taken for 0",)
    np.fill_diagonal(matrix, 0.0)
    return Dense(matrix), notes


def _weights(
    path: Path, points: Lines, sections: Sections, *, numbered: bool
) -> Floats | None:
    """Return demands in the order of the points, None where there is no section."""
    demands = sections.get("DEMAND_SECTION")
    if not demands:
        return None
    if numbered:
        demands = _in_order(path, points, demands)
    cells = [(row, words[-1:]) for row, words in demands]
    weights = _table(path, cells, 1, least=0.0)[:, 0]
    if len(weights) != len(points):
        raise UnreadableError(
            say(
                "{file}: {points} points have {demands} demands",
                file=path.name,
                points=len(points),
                demands=len(weights),
            )
        )
    return weights


def _in_order(path: Path, points: Lines, demands: Lines) -> Lines:
    """Return demands in the order of the points whose numbers they name."""
    if any(len(words) < 2 for _, words in demands):
        return demands  # without numbers of nodes
    _check_once(path, demands)
    place = {words[0]: k for k, (_, words) in enumerate(points)}
    for row, (node, *_) in demands:
        if node not in place:
            told = say("{file}, row {row}: there is no node {node}", file=path.name,
                       row=row, node=node)  # fmt: skip
            raise UnreadableError(told)
    if len(demands) != len(place):
        return demands  # told by their count
    return sorted(demands, key=lambda line: place[line[1][0]])


def _table(path: Path, lines: Lines, width: int, least: float = -FARTHEST) -> Floats:
    """Return rows of numbers; raise UnreadableError at the first that is none."""
    found = np.empty((len(lines), width))
    for k, (row, words) in enumerate(lines):
        try:
            found[k] = [float(word) for word in words]
            is_whole = (
                len(words) == width
                and ((found[k] >= least) & (found[k] <= FARTHEST)).all()
            )
        except ValueError:
            is_whole = False
        if not is_whole:
            raise UnreadableError(
                say(
                    "{file}, row {row}: {count} numbers are expected, not {words!r}",
                    file=path.name,
                    row=row,
                    count=width,
                    words=" ".join(words)[:40],
                )
            )
    return found
