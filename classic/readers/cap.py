"""OR-Library capacitated location: ``m n``, then sites, then clients with their costs.

The costs are for the whole demand of a client. In capa, capb and capc the word
``capacity`` stands for a number that the user chooses.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from aumaq.classic.distances import Dense
from aumaq.classic.problems import Problem, clients_of, sites_of
from aumaq.classic.readers.numbers import check_count, numbers_of, whole

WORD = "capacity"


def matches(path: Path, head: str) -> bool:
    """Whether the first lines are ``m n`` and pairs of capacity and fixed cost."""
    del path
    lines = [line.split() for line in head.splitlines()[:4] if line.strip()]
    if len(lines) < 3 or any(len(line) != 2 for line in lines[:2]):
        return False
    try:
        m, n = (int(word) for word in lines[0])
        float(lines[1][0].replace(WORD, "0")), float(lines[1][1])
    except ValueError:
        return False
    return m > 0 and n > 0


def read(path: Path) -> Problem:
    """Read capacities, fixed costs, demands and costs; clients may be shared out."""
    numbers = numbers_of(path, {WORD: np.inf})
    check_count(path, len(numbers), 2)
    m, n = whole(path, "sites", numbers[0]), whole(path, "clients", numbers[1])
    check_count(path, len(numbers), 2 + 2 * m + n * (m + 1))
    capacities, fixed = numbers[2 : 2 + 2 * m].reshape(m, 2).T
    rows = numbers[2 + 2 * m : 2 + 2 * m + n * (m + 1)].reshape(n, m + 1)
    clients = clients_of(n, None, rows[:, 0])
    sites = sites_of(m, fixed, capacities)
    kind = "uflp" if np.isinf(capacities).all() else "cflp"
    return Problem(kind, clients, sites, Dense(rows[:, 1:].copy()), name=path.stem)
