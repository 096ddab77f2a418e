"""OR-Library capacitated location: ``m n``, then sites, then clients with their costs.

The costs are for the whole demand of a client. In capa, capb and capc the word
``capacity`` stands for a number that the user chooses: it is NaN until then.
UflLib writes its problems without capacities so, too, with a 0 for each.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from aumaq.classic.distances import Dense
from aumaq.classic.problems import Problem, clients_of, sites_of
from aumaq.classic.readers.layouts import WORD, layout_of, layouts_of
from aumaq.classic.readers.numbers import check_count, numbers_of, whole


def matches(path: Path, head: str) -> bool:
    """Whether there are two counts, pairs of capacity and fixed cost, and clients."""
    return layout_of(path, head) == "by client"


def read(path: Path) -> Problem:
    """Read capacities, fixed costs, demands and costs; clients may be shared out."""
    numbers = numbers_of(path, {WORD: np.inf}, least=0.0)
    check_count(path, len(numbers), 2)
    m, n = whole(path, "sites", numbers[0]), whole(path, "clients", numbers[1])
    check_count(path, len(numbers), 2 + 2 * m + n * (m + 1), is_all=True)
    layout = layouts_of(m, n)["by client"]
    assert layout.blocks is not None
    found = layout.blocks(numbers[2:])
    is_free = not found.capacity.any()
    room = np.full(m, np.inf) if is_free else found.capacity
    notes = ("all capacities are 0: there are none",) if is_free else ()
    is_open = np.isinf(found.capacity)
    if is_open.any():
        room = np.where(is_open, np.nan, found.capacity)
        notes = ("the file leaves the capacity open (--capacity)",)
    return Problem(
        "uflp" if np.isinf(room).all() else "cflp",
        clients_of(n, None, found.demand), sites_of(m, found.fixed, room),
        Dense(found.cost.copy()), name=path.stem, notes=notes,
    )  # fmt: skip
