"""TSPLIB coordinates, and the MCLP cities that are written in the same way.

Every node is a client and a site. Types: EUC_2D, CEIL_2D, GEO, ATT; FLOOR_2D is ours
for the rounding down of the p-median literature; COORD has latitude and longitude
without numbers of nodes, and great circles in metres.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from aumaq.classic.distances import (
    TSPLIB_EARTH_KM,
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
    "CEIL_2D": "ceil",
    "FLOOR_2D": "floor",
    "ATT": "att",
}
TYPES = (*PLANE_RULES, "GEO", "COORD")

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
    kind = keys.get("EDGE_WEIGHT_TYPE", "")
    if kind not in TYPES:
        raise UnreadableError(
            say(
                "{file}: EDGE_WEIGHT_TYPE {kind!r} is not read; known: {known}",
                file=path.name,
                kind=kind,
                known=", ".join(TYPES),
            )
        )
    points, weights = _points(path, keys, rows, numbered=kind != "COORD")
    n = len(points)
    return Problem(
        "mclp" if keys.get("TYPE", "").startswith("MCLP") else "p-median",
        clients_of(n, weights),
        sites_of(n),
        distances_of(points, kind),
        name=keys.get("NAME", path.stem),
    )


def distances_of(points: Floats, kind: str) -> Distances:
    """Return distances of points among themselves under a TSPLIB type."""
    if kind == "COORD":
        return sphere(points, points)
    if kind == "GEO":
        whole = np.trunc(points)
        degrees = whole + 5.0 * (points - whole) / 3.0
        return sphere(degrees, degrees, TSPLIB_EARTH_KM, "geo")
    return plane(points, points, PLANE_RULES[kind])


def rounded(problem: Problem, rule: str) -> Problem:
    """Return a problem of points in a plane with its distances rounded otherwise."""
    distances = problem.distances
    return dataclasses.replace(
        problem,
        distances=dataclasses.replace(distances, rule=rule),  # type: ignore[type-var]
    )


def _parts(path: Path) -> tuple[dict[str, str], dict[str, list[tuple[int, list[str]]]]]:
    """Return the keys, and the lines (row, words) of each section."""
    keys: dict[str, str] = {}
    sections: dict[str, list[tuple[int, list[str]]]] = {}
    section: list[tuple[int, list[str]]] | None = None
    for row, line in enumerate(text_of(path).splitlines(), start=1):
        words = line.split()
        if not words or words[0] == "EOF":
            continue
        if words[0].rstrip(":").isupper() and words[0].rstrip(":").endswith("_SECTION"):
            section = sections.setdefault(words[0].rstrip(":"), [])
        elif section is not None:
            section.append((row, words))
        else:
            key, _, value = line.partition(":")
            keys[key.strip().upper()] = value.strip()
    return keys, sections


def _points(
    path: Path,
    keys: dict[str, str],
    sections: dict[str, list[tuple[int, list[str]]]],
    *,
    numbered: bool,
) -> tuple[Floats, Floats | None]:
    """Return coordinates, and weights where a section of demands has them."""
    named = {name for name, found in sections.items() if found}
    if not named & {"NODE_COORD_SECTION"}:
        told = say("{file}: there is no NODE_COORD_SECTION", file=path.name)
        raise UnreadableError(told)
    lines = sections["NODE_COORD_SECTION"]
    points = _table(path, [(row, words[numbered:]) for row, words in lines], 2)
    said = keys.get("DIMENSION", "")
    if said != str(len(points)):
        raise UnreadableError(
            say(
                "{file}: DIMENSION is {said}, there are {found} points",
                file=path.name,
                said=said or "-",
                found=len(points),
            )
        )
    demands = sections.get("DEMAND_SECTION")
    if not demands:
        return points, None
    if numbered:
        demands = _in_order(lines, demands)
    weights = _table(path, [(row, words[-1:]) for row, words in demands], 1)[:, 0]
    if len(weights) != len(points):
        raise UnreadableError(
            say(
                "{file}: {points} points have {demands} demands",
                file=path.name,
                points=len(points),
                demands=len(weights),
            )
        )
    return points, weights


def _in_order(
    points: list[tuple[int, list[str]]], demands: list[tuple[int, list[str]]]
) -> list[tuple[int, list[str]]]:
    """Return demands in the order of the points whose numbers they name."""
    place = {words[0]: k for k, (_, words) in enumerate(points)}
    if {words[0] for _, words in demands if len(words) > 1} != set(place):
        return demands  # without numbers of nodes, or told by their count
    return sorted(demands, key=lambda line: place[line[1][0]])


def _table(path: Path, lines: list[tuple[int, list[str]]], width: int) -> Floats:
    """Return rows of numbers; raise UnreadableError at the first that is none."""
    found = np.empty((len(lines), width))
    for k, (row, words) in enumerate(lines):
        try:
            found[k] = [float(word) for word in words]
            is_whole = len(words) == width and (np.abs(found[k]) <= FARTHEST).all()
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
