"""Single-source location: the layouts of Holmberg, of Delmaire, and of TBED1.

All have as many numbers as OR-Library's; they differ in the order of the blocks:

- Holmberg, Ronnqvist, Yuan (1999), also Yang, Chu, Chen (2012): ``m n``, lines of
  capacity and fixed cost, demands, costs of each site for whole demands;
- Delmaire et al. (1999): ``n m``, costs of each client for its whole demand, demands,
  fixed costs, capacities;
- TBED1 of Avella and Boccia (2009): ``m n``, demands, capacities, fixed costs, costs of
  each site for a UNIT of demand. It is read as a problem whose clients may be shared
  out; ``kind="sscflp"`` asks for a single source.

Numbers after the last that is needed are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from aumaq.classic.distances import Dense
from aumaq.classic.problems import Problem, clients_of, sites_of
from aumaq.classic.readers.numbers import check_count, numbers_of, whole
from aumaq.instances.arrays import Floats


def matches(path: Path, head: str) -> bool:
    """Whether there are two counts and, below, one of the three layouts."""
    lines = [line.split() for line in head.splitlines() if line.strip()][:3]
    if len(lines) < 2 or len(lines[0]) != 2 or not all(map(_is_number, lines[1])):
        return False
    if not all(word.isdecimal() and int(word) > 0 for word in lines[0]):
        return False
    if len(lines[1]) != 2:
        return not _is_table(lines)
    m, n = (int(word) for word in lines[0])
    return _is_by_site(path, m, n)


def read(path: Path) -> Problem:
    """Read the file; which layout it is shows in its lines and numbers."""
    numbers = numbers_of(path)
    check_count(path, len(numbers), 2)
    a, b = whole(path, "sites", numbers[0]), whole(path, "clients", numbers[1])
    check_count(path, len(numbers), 2 + a * b + min(a + 2 * b, b + 2 * a))
    if len(next(islice(_lines(path), 1, 2))) == 2:
        check_count(path, len(numbers), 2 + 2 * a + b + a * b)
        return _by_site(path, numbers[2:], a, b)
    found = []
    if len(numbers) >= 2 + a * b + 2 * a + b:
        found.append(_by_unit(path, numbers[2:], a, b))
    if len(numbers) >= 2 + a * b + a + 2 * b:
        found.append(_by_client(path, numbers[2:], b, a))
    return max(found, key=_likeness)


def _by_site(path: Path, v: Floats, m: int, n: int) -> Problem:
    capacity, fixed = v[: 2 * m].reshape(m, 2).T
    demand = v[2 * m : 2 * m + n]
    cost = v[2 * m + n : 2 * m + n + m * n].reshape(m, n)
    return _problem(path, "sscflp", demand, capacity, fixed, cost.T)


def _by_client(path: Path, v: Floats, m: int, n: int) -> Problem:
    cost, rest = v[: m * n].reshape(n, m), v[m * n :]
    demand, fixed, capacity = rest[:n], rest[n : n + m], rest[n + m : n + 2 * m]
    return _problem(path, "sscflp", demand, capacity, fixed, cost)


def _by_unit(path: Path, v: Floats, m: int, n: int) -> Problem:
    demand, capacity, fixed = v[:n], v[n : n + m], v[n + m : n + 2 * m]
    cost = v[n + 2 * m : n + 2 * m + m * n].reshape(m, n)
    return _problem(path, "cflp", demand, capacity, fixed, (cost * demand).T)


def _problem(
    path: Path, kind: str, demand: Floats, capacity: Floats, fixed: Floats, cost: Floats
) -> Problem:
    return Problem(
        kind,
        clients_of(len(demand), None, demand),
        sites_of(len(capacity), fixed, capacity),
        Dense(np.ascontiguousarray(cost)),
        name=path.stem,
    )


def _likeness(problem: Problem) -> float:
    """Return how much blocks look like what they are taken for.

    Demands are whole where any number is, sites hold several clients, and all of them
    hold all.
    """
    demand, capacity = problem.clients.demands, problem.sites.capacities
    holds = capacity.sum() >= demand.sum()
    is_roomy = (capacity >= 0.8 * demand.max()).mean()
    is_whole = np.array_equal(demand, np.round(demand)) and (demand > 0).all()
    return float(holds) + float(is_roomy) + float(is_whole)


def _is_by_site(path: Path, m: int, n: int) -> bool:
    """Whether what follows the sites is all demands, not a client with its costs."""
    found = list(islice(_lines(path), 1, m + 2))
    if len(found) < m + 1 or any(len(line) != 2 for line in found[:m]):
        return False
    if not all(_is_number(word) for line in found[:m] for word in line):
        return False  # the word ``capacity`` is OR-Library's
    first = len(found[m])
    return first not in (1, m + 1) or (n == m + 1 and first == n and m + 1 != n)


def _is_table(lines: list[list[str]]) -> bool:
    """Whether the lines are a graph or points with a few numbers each."""
    return len(lines) > 2 and len(lines[1]) == len(lines[2]) <= 4


def _lines(path: Path) -> Iterator[list[str]]:
    """Return the words of lines that have any."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for line in file:
            if words := line.split():
                yield words


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
