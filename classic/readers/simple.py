"""UflLib's simple layout of location without capacities: a line a site.

Perhaps ``FILE: name``, then ``m n 0``, then for each site its number from 1 on, its
fixed cost, and what each client costs there.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from aumaq.classic.distances import Dense
from aumaq.classic.problems import Problem, clients_of, sites_of
from aumaq.classic.readers.numbers import check_count, numbers_of, text_of, whole
from aumaq.instances.errors import UnreadableError
from aumaq.instances.language.texts import say

TITLE = "FILE:"


def matches(path: Path, head: str) -> bool:
    """Whether there are two counts and a 0, and the line of site 1 below."""
    del path
    lines = [line.split() for line in head.splitlines() if line.strip()][:3]
    if lines and lines[0][0].upper().startswith(TITLE):
        lines = lines[1:]
    if len(lines) < 2 or len(lines[0]) != 3 or lines[0][2] != "0":
        return False
    is_counted = all(word.isdecimal() and int(word) > 0 for word in lines[0][:2])
    return is_counted and lines[1][0] == "1"


def read(path: Path) -> Problem:
    """Read fixed costs and costs of whole clients."""
    first = text_of(path).lstrip().splitlines()[0]
    title = first if first.upper().startswith(TITLE) else ""
    numbers = numbers_of(path, least=0.0, title=title)
    check_count(path, len(numbers), 3)
    m, n = whole(path, "sites", numbers[0]), whole(path, "clients", numbers[1])
    check_count(path, len(numbers), 3 + m * (n + 2), is_all=True)
    rows = numbers[3:].reshape(m, n + 2)
    wrong = np.flatnonzero(rows[:, 0] != np.arange(1, m + 1))
    if len(wrong):
        k = int(wrong[0])
        told = say("{file}: the line of site {number} is expected, not of {found:g}",
                   file=path.name, number=k + 1, found=rows[k, 0])  # fmt: skip
        raise UnreadableError(told)
    return Problem(
        "uflp", clients_of(n), sites_of(m, rows[:, 1]),
        Dense(np.ascontiguousarray(rows[:, 2:].T)), name=path.stem,
    )  # fmt: skip
