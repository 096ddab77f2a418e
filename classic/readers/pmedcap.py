"""Capacitated p-median: points with demands, as OR-Library and Lorena write them.

- OR-Library (Osman, Christofides 1994): ``number best``, ``n p capacity``, then lines
  of number, x, y, demand; distances are rounded down. Of a file of several problems,
  which begins with their count, the first is read; a note says so.
- Lorena, Senne (SJC): ``n p``, then lines of x, y, capacity, demand; plain Euclid.

Each point is a client and a site; all of a client goes to one site.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from aumaq.classic.distances import plane
from aumaq.classic.problems import Problem, clients_of, sites_of
from aumaq.classic.readers.layouts import layout_of
from aumaq.classic.readers.numbers import check_count, numbers_of, whole

COLUMNS = 4


def matches(path: Path, head: str) -> bool:
    """Whether a head of one, two or three numbers stands above lines of four."""
    lines = [line.split() for line in head.splitlines() if line.strip()]
    is_lorena = len(lines) > 1 and (len(lines[0]), len(lines[1])) == (2, COLUMNS)
    lines = lines[1:] if lines and len(lines[0]) == 1 else lines
    if len(lines) < 3:
        return False
    lines = lines[1:] if len(lines[0]) == 2 and len(lines[1]) == 3 else lines
    if len(lines[0]) not in (2, 3) or not all(w.isdecimal() for w in lines[0][:2]):
        return False
    first = lines[1:-1][: min(5, int(lines[0][0]))]  # another problem may follow
    if len(lines) < 3 or any(len(line) != COLUMNS for line in first):
        return False
    return not is_lorena or layout_of(path, head) in ("", "points")


def read(path: Path) -> Problem:
    """Read points, p and capacities."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        widths = [len(words) for line in file if (words := line.split())][:3]
    numbers = numbers_of(path)
    count = int(numbers[0]) if widths[0] == 1 else 1
    if widths[0] == 1:
        numbers, widths = numbers[1:], widths[1:]
    if widths[0] == 2 and widths[1] == 3:
        numbers, widths = numbers[2:], widths[1:]
    has_capacity = widths[0] == 3
    skip = 3 if has_capacity else 2
    check_count(path, len(numbers), skip)
    n, p = whole(path, "clients", numbers[0]), whole(path, "p", numbers[1])
    check_count(path, len(numbers), skip + COLUMNS * n)
    rows = numbers[skip : skip + COLUMNS * n].reshape(n, COLUMNS)
    points = rows[:, 1:3] if has_capacity else rows[:, :2]
    capacity = np.full(n, numbers[2]) if has_capacity else rows[:, 2]
    more = len(numbers) - skip - COLUMNS * n
    notes = (f"{more} numbers after the last that is needed are left alone",)
    if count > 1:
        notes = (f"the first of {count} problems is read, the others are left alone",)
    away = plane(points, points, "floor" if has_capacity else "euclid")
    return Problem(
        "cpmp", clients_of(n, None, rows[:, 3]), sites_of(n, None, capacity), away, p,
        name=path.stem, notes=notes if more else (),
    )  # fmt: skip
