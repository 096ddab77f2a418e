"""Public cases of RELOG: plants in chains over years, every figure published."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import numpy as np

from aumaq.classic.chains.problem import Chain
from aumaq.classic.chains.reading import read
from aumaq.classic.chains.solution import Solution, costs, emissions, gases_of, total
from aumaq.classic.chains.solving import solve
from aumaq.instances.arrays import Floats
from aumaq.results.studies.bench.published import Found, Question

Solved = tuple[Chain, Solution]
Figure = Callable[[Chain, Solution], float]
TOTAL = "total"
S1 = {
    TOTAL: ("939,896.86883131", "931,282.09283131"),
    "opening": ("4,500", "0"),
    "expansion": ("4,114.776", "0"),
    "transport": ("714,499.27483131", "714,499.27483131"),
    "variable operating": ("216,672.818", "216,672.818"),
    "fixed operating": ("130", "130"),
    "disposal": ("-20", "-20"),
}
STORAGE = {
    TOTAL: ("600", "75", "100"),
    "storage": ("100", "75", "0"),
    "variable operating": ("500", "0", "100"),
}
"""$, in the years one after another."""
BOAT = {
    "opening": "600,000",
    "fixed operating": "1,875,000",
    "variable operating": "2,146.869",
    "transport": "4,074.99",
    "centre operating": "6,250,000",
    "revenue": "4,376,243.32",
    "collection": "99,187.39",
}
"""$, of all years."""
BOAT_EMISSIONS = "2,470.30", "50,258.27"
"""Tonnes of all gases, by plants and by transport."""
BOAT_PLANTS = "BoatFactory (Dallas)", "RecyclingPlant (Dallas)"
BOAT_CAPACITY = "500"


def relog(folder: Path, seconds: float) -> Iterator[Question]:
    """Yield the figures of RELOG's tests: two years, storage, boats of five years."""
    file = folder / "v072_s1.json"
    if file.is_file():
        found = _solver(file, seconds, as_solved)
        yield _question(found, "s1: total, $", "1,871,178.9616626", _all_years(TOTAL))
        yield from _by_year(found, "s1", S1)
    file = folder / "v072_storage.json"
    if file.is_file():
        yield from _by_year(_solver(file, seconds), "storage", STORAGE)
    file = folder / "boat_example.json"
    if file.is_file():
        yield from _boats(_solver(file, seconds))


def as_solved(chain: Chain) -> Chain:
    """Return s1 as it was when its solution was published.

    That solution, which is older than the file, builds all plants anew, disposes of
    nothing at centres and pays nothing there.
    """
    products = tuple(
        replace(one, disposal_limit=np.zeros(chain.years)) for one in chain.products
    )
    centres = tuple(
        replace(one, collection_cost={m: np.zeros(chain.years) for m in one.disposal})
        for one in chain.centres
    )
    plants = tuple(replace(one, initial_capacity=0.0) for one in chain.plants)
    return replace(chain, products=products, centres=centres, plants=plants)


def _solver(
    file: Path, seconds: float, change: Callable[[Chain], Chain] = lambda chain: chain
) -> Callable[[], Solved]:
    """Return what solves a file once, whoever asks first."""

    @cache
    def solved() -> Solved:
        chain = change(read(file))
        return chain, solve(chain, time_limit=seconds)

    return solved


def _question(
    solved: Callable[[], Solved], case: str, published: str, figure: Figure
) -> Question:
    """Return a question; half a unit of the last digit published is its tolerance."""

    def find() -> Found:
        chain, solution = solved()
        is_total = case.endswith("total, $")
        return figure(chain, solution), solution.bound if is_total else None

    digits = published.replace(",", "")
    decimals = len(digits.partition(".")[2])
    return Question(f"RELOG {case}", float(digits), 0.5 * 10.0**-decimals, find)


def _paid(term: str, chain: Chain, solution: Solution) -> Floats:
    found = costs(chain, solution.plan)
    return total(found) if term == TOTAL else found[term]


def _in_year(term: str, year: int, chain: Chain, solution: Solution) -> float:
    return float(_paid(term, chain, solution)[year])


def _all_years(term: str) -> Figure:
    return lambda chain, solution: float(_paid(term, chain, solution).sum())


def _by_year(
    solved: Callable[[], Solved], name: str, published: Mapping[str, tuple[str, ...]]
) -> Iterator[Question]:
    """Yield each figure of each year."""
    for term, figures in published.items():
        for year, figure in enumerate(figures):
            case = f"{name}: {term} in year {year + 1}, $"
            yield _question(solved, case, figure, partial(_in_year, term, year))


def _boats(solved: Callable[[], Solved]) -> Iterator[Question]:
    """Yield sums of all years, and what is built."""
    for term, figure in BOAT.items():
        yield _question(solved, f"boats: {term}, $", figure, _all_years(term))
    for k, who in enumerate(("plants", "transport")):
        case = f"boats: emissions of {who}, t"
        yield _question(solved, case, BOAT_EMISSIONS[k], partial(_emitted, k))
    for name in BOAT_PLANTS:
        case = f"boats: capacity of {name}, t a year"
        yield _question(solved, case, BOAT_CAPACITY, partial(_capacity, name))
    number = str(len(BOAT_PLANTS))
    yield _question(solved, "boats: plants built", number, _count)


def _emitted(by: int, chain: Chain, solution: Solution) -> float:
    """Return what plants (0) or transport (1) emit of all gases."""
    gases = gases_of(chain)
    return sum(float(emissions(chain, solution.plan, gas)[by].sum()) for gas in gases)


def _capacity(name: str, chain: Chain, solution: Solution) -> float:
    """Return the capacity of a plant in the last year."""
    p = [plant.name for plant in chain.plants].index(name)
    size = chain.plants[p].least_size * solution.plan.is_open[p, -1]
    return float(size + solution.plan.extra[p, -1])


def _count(chain: Chain, solution: Solution) -> float:
    del chain
    return float(solution.plan.is_open[:, -1].sum())
