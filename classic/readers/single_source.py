"""Single-source location: the layouts of Holmberg, of Delmaire, and of TBED1.

All have about as many numbers as OR-Library's; they differ in the order of the blocks:

- Holmberg, Ronnqvist, Yuan (1999), also Yang, Chu, Chen (2012): ``m n``, lines of
  capacity and fixed cost, demands, costs of each site for whole demands;
- Delmaire et al. (1999): ``n m``, costs of each client for its whole demand, demands,
  fixed costs, capacities;
- TBED1 of Avella and Boccia (2009): ``m n``, demands, capacities, fixed costs, costs of
  each site for a UNIT of demand. It is read as a problem whose clients may be shared
  out; ``kind="sscflp"`` asks for a single source.

Numbers after the last that is needed are left alone; a note says so.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from aumaq.classic.distances import Dense
from aumaq.classic.problems import Problem, clients_of, sites_of
from aumaq.classic.readers.layouts import layout_of, layouts_of
from aumaq.classic.readers.numbers import check_count, numbers_of, text_of, whole

KINDS = {"by site": "sscflp", "costs first": "sscflp", "by unit": "cflp"}


def matches(path: Path, head: str) -> bool:
    """Whether there are two counts and, below, one of the three layouts."""
    return layout_of(path, head) in KINDS


def read(path: Path) -> Problem:
    """Read the file; which layout it is shows in its lines and numbers."""
    numbers = numbers_of(path, least=0.0)
    check_count(path, len(numbers), 2)
    a, b = whole(path, "sites", numbers[0]), whole(path, "clients", numbers[1])
    name = layout_of(path, text_of(path))
    layout = layouts_of(a, b)[name if name in KINDS else "by site"]
    check_count(path, len(numbers), 2 + layout.needed)
    assert layout.blocks is not None
    found = layout.blocks(numbers[2 : 2 + layout.needed])
    more = len(numbers) - 2 - layout.needed
    notes = (f"{more} numbers after the last that is needed are left alone",)
    return Problem(
        KINDS.get(name, "sscflp"),
        clients_of(len(found.demand), None, found.demand),
        sites_of(len(found.capacity), found.fixed, found.capacity),
        Dense(np.ascontiguousarray(found.cost)), name=path.stem,
        notes=notes if more else (),
    )  # fmt: skip
