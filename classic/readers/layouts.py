"""Which blocks of numbers follow a head of two counts; what tells is where lines begin.

Five layouts begin so, and some need as many numbers as others. Each has blocks that
begin a line: a site, a client, a row of costs. A layout fits if all of them do, better
if the file has exactly the numbers it needs. Where several fit alike (every number in a
line of its own, all in one line) the numbers tell: sites hold several clients, and all
of them hold all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

import numpy as np

from aumaq.classic.readers.numbers import numbers_of, text_of
from aumaq.instances.arrays import Flags, Floats
from aumaq.instances.errors import UnreadableError

WORD = "capacity"
"""Stands for a number that the user chooses, in capa, capb and capc of OR-Library."""
FEW = 4
"""Words in a line of points; a graph has no more."""


@dataclass(frozen=True)
class Blocks:
    """Demands, capacities, fixed costs, and costs of whole demands. I clients."""

    demand: Floats  # (I,)
    capacity: Floats  # (J,)
    fixed: Floats  # (J,)
    cost: Floats  # (I, J)


@dataclass(frozen=True)
class Layout:
    """How many numbers are needed, which of them begin blocks, and what they are."""

    needed: int
    starts: list[int]
    blocks: Callable[[Floats], Blocks] | None


def layouts_of(a: int, b: int) -> dict[str, Layout]:
    """Return all layouts with two counts, by name; numbers are those after the head."""
    ab = a * b
    sites = list(range(0, 2 * a, 2))
    by_client = Layout(
        2 * a + b + ab,
        [*sites, *(2 * a + k * (a + 1) for k in range(b))],
        lambda v: _with_costs(v, a, b),
    )
    by_site = Layout(
        2 * a + b + ab,
        [*sites, *(2 * a + b + k * b for k in range(-1, a))],
        lambda v: Blocks(
            v[2 * a : 2 * a + b], v[: 2 * a : 2], v[1 : 2 * a : 2],
            v[2 * a + b :].reshape(a, b).T,
        ),
    )  # fmt: skip
    by_unit = Layout(
        2 * a + b + ab,
        [0, b, b + a, *(b + 2 * a + k * b for k in range(a))],
        lambda v: Blocks(
            v[:b], v[b : b + a], v[b + a : b + 2 * a],
            (v[b + 2 * a :].reshape(a, b) * v[:b]).T,
        ),
    )  # fmt: skip
    costs_first = Layout(
        ab + a + 2 * b,
        [*range(0, ab, b), ab, ab + a, ab + a + b],
        lambda v: Blocks(
            v[ab : ab + a], v[ab + a + b :], v[ab + a : ab + a + b],
            v[:ab].reshape(a, b),
        ),
    )  # fmt: skip
    points = Layout(4 * a, list(range(0, 4 * a, 4)), None)
    return {"by client": by_client, "by site": by_site, "by unit": by_unit,
            "costs first": costs_first, "points": points}  # fmt: skip


def layout_of(path: Path, head: str) -> str:
    """Return the name of the layout of a file, empty where it is none of them."""
    lines = [line.split() for line in head.splitlines() if line.strip()][:2]
    if len(lines) < 2 or len(lines[0]) != 2 or not all(map(_is_number, lines[1])):
        return ""
    if not all(word.isdecimal() and int(word) > 0 for word in lines[0]):
        return ""
    try:
        state = path.stat()
        return _layout_of(path, state.st_size, state.st_mtime_ns)
    except UnreadableError:  # too large, say: reading tells it again
        return "by client"


@lru_cache(maxsize=4)
def _layout_of(path: Path, size: int, changed: int) -> str:
    """Return the layout of a file of a size, changed at a time."""
    del size, changed
    text = text_of(path)
    widths = [count for line in text.splitlines() if (count := len(line.split()))]
    a, b = (int(word) for word in text.split(maxsplit=2)[:2])
    total = sum(widths) - 2
    known = layouts_of(a, b) if a * b <= 10 * total + 100 else {}
    if WORD in text.lower():
        known = {name: known[name] for name in known if name == "by client"}
    elif widths[1] != FEW:
        known.pop("points", None)
    begins = np.zeros(total + 1, bool)
    begins[[at for at in accumulate(widths[1:], initial=0) if at <= total]] = True
    likely = {name: _fit(layout, begins, total) for name, layout in known.items()}
    best = max(likely.values(), default=())
    is_short = all(layout.needed > total for layout in known.values())
    if not known or (is_short and _is_table(widths)):
        return ""
    first = [name for name, fit in likely.items() if fit == best]
    if len(first) == 1:
        return first[0]
    try:
        numbers = numbers_of(path)[2:]
    except UnreadableError:
        return first[0]
    return max(first, key=lambda name: _likeness(known[name], numbers))


def _fit(layout: Layout, begins: Flags, total: int) -> tuple[bool, ...]:
    """Return how well lines and their count fit, the greatest is the best."""
    there = [at for at in layout.starts if at < total]
    in_lines, is_whole = bool(begins[there].all()), layout.needed <= total
    return in_lines and is_whole, in_lines, is_whole, layout.needed == total


def _likeness(layout: Layout, numbers: Floats) -> tuple[float, float]:
    """Return how much blocks look like what they are taken for.

    Demands are whole where any number is, sites hold several clients, and all of them
    hold all. Then: demands are another sort of number than costs.
    """
    if layout.blocks is None or len(numbers) < layout.needed:
        return -1.0, 0.0
    found = layout.blocks(numbers[: layout.needed])
    demand, capacity = found.demand, found.capacity
    holds = capacity.sum() >= demand.sum()
    is_roomy = (capacity >= 0.8 * demand.max()).mean()
    is_whole = np.array_equal(demand, np.round(demand)) and (demand > 0).all()
    sizes = [np.median(np.log1p(np.abs(part))) for part in (demand, found.cost)]
    apart = abs(float(sizes[0] - sizes[1]))
    return float(holds) + float(is_roomy) + float(is_whole), apart


def _with_costs(v: Floats, m: int, n: int) -> Blocks:
    rows = v[2 * m :].reshape(n, m + 1)
    return Blocks(rows[:, 0], v[: 2 * m : 2], v[1 : 2 * m : 2], rows[:, 1:])


def _is_table(widths: list[int]) -> bool:
    """Whether the lines are a graph or points with a few numbers each."""
    return len(widths) > 2 and 2 < widths[1] == widths[2] <= FEW


def _is_number(word: str) -> bool:
    try:
        float(word.lower().replace(WORD, "0"))
    except ValueError:
        return False
    return True
