"""Staff of a second shift in the enumeration: who goes where decides what posts are.

Written from docs/instance-format.md: the allocation of all periods and those who are
hired and trained are one programme for each pair of histories.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from allocation_optima import _costs, _pairs, _rows, _upper
from closing_optima import together
from linear_programme import Programme
from staff_optima import add_staff
from tiny_case import Case, TooManyError

ProblemOf = Callable[..., tuple[dict[str, Any], tuple[np.ndarray, ...]]]


def each_in_second(case: Case, service: str) -> dict[tuple[str, int], float]:
    """Return posts for a unit of demand in second shift, by profession and level."""
    row = next(r for r in case.rows["services"] if r["service"] == service)
    levels = {r["level"]: r["capacity"] for r in case.of("levels", service)}
    found: dict[tuple[str, int], float] = {}
    for rule in case.of("shifts", service):
        for need in case.of("staff_needs", service):
            size = levels[need["level"]] * row["max_use_share"]
            if need["level"] >= rule["from_level"] and size > 0:
                each = rule["staff_share"] * need["posts"] / size
                found[need["profession"], need["level"]] = each
    return {key: each for key, each in found.items() if each > 0}


def are_tied(case: Case) -> bool:
    """Return whether posts hang on who is in second shift. Raises TooManyError."""
    if not case.rows["staff_supply"]:
        return False
    own = [r["service"] for r in case.rows["shifts"]]
    if not any(each_in_second(case, name) for name in own):
        return False
    others = ("mobile_services", "feeders", "possible_mergers", "networks",
              "funding_sources", "partnerships")  # fmt: skip
    if any(case.rows[name] for name in others):
        raise TooManyError
    return True


class ShiftStaff:
    """The least cost of allocation and staff for given facilities, discounted mln."""

    def __init__(self, case: Case, problem_of: ProblemOf) -> None:
        """Keep what is known: each choice of facilities is solved once."""
        self._case, self._problem_of = case, problem_of
        self._known = dict[bytes, float]()

    def cost(self, units: dict[str, np.ndarray], posts: np.ndarray) -> float:
        """Return it for *units* by service (t,j,l) and the *posts* of these."""
        key = b"|".join(own.tobytes() for own in units.values()) + posts.tobytes()
        if key not in self._known:
            self._known[key] = self._solve(units, posts)
        return self._known[key]

    def _solve(self, units: dict[str, np.ndarray], posts: np.ndarray) -> float:
        case, p = self._case, Programme()
        second: dict[tuple[str, int], list[dict[int, int]]] = {}
        for service in case.rows["services"]:
            name = service["service"]
            if service["role"] == "serve":
                for t in range(len(case.first)):
                    state = units[name][t][None]
                    columns = self._allocate(p, service, t, state)
                    second[name, t] = self._by_level(p, service, t, state[0], columns)
        list(add_staff(case, p, posts))
        home = {r["settlement"]: r["region"] for r in case.rows["settlements"]}
        for (name, t), columns in second.items():
            each = each_in_second(case, name)
            for k, row in enumerate(case.rows["staff_supply"]):
                for site, column in zip(case.of("sites", name), columns, strict=True):
                    if (home[site["settlement"]], t) == (
                        row["region"], case.period(row["period"])
                    ):  # fmt: skip
                        for level, taken in column.items():
                            more = each.get((row["profession"], level), 0.0)
                            p.term(("staffed", k), taken, more)
        return p.solve()

    def _by_level(
        self, p: Programme, service: dict[str, Any], t: int, state: np.ndarray,
        columns: list[int],
    ) -> list[dict[int, int]]:  # fmt: skip
        """Add how many are in second shift in each level at a site: in all as many."""
        name, found = service["service"], list[dict[int, int]]()
        levels = {r["level"]: r["capacity"] for r in self._case.of("levels", name)}
        for j, column in enumerate(columns):
            row = ("in levels", name, t, j)
            p.right[row] = ("=", 0.0)
            p.term(row, column, -1.0)
            found.append({})
            for rule in self._case.of("shifts", name):
                share = rule["extra_share"] * service["max_use_share"]
                for level, size in levels.items():
                    if level >= rule["from_level"]:
                        most = share * size * float(state[j, level - 1])
                        found[j][level] = p.add((*row, level), 0.0, 0.0, most)
                        p.term(row, found[j][level], 1.0)
        return found

    def _allocate(
        self, p: Programme, service: dict[str, Any], t: int, state: np.ndarray
    ) -> list[int]:
        """Add who goes where in a period; return the columns of second shift."""
        name = service["service"]
        problem, (capacity, least, is_open) = self._problem_of(
            self._case, service, t, state
        )
        pairs = _pairs(problem)
        costs = _costs(problem, pairs)
        given = problem, pairs, len(costs), capacity, least
        matrix, (same, wanted), limit = _rows(*given)
        is_nearest = service["allocation"] == "nearest"
        upper = [*_upper(problem, pairs, is_open[0], is_nearest),
                 *problem["second"][0][0]]  # fmt: skip
        columns = [
            p.add((name, t, k), cost, 0.0, None if most == np.inf else most)
            for k, (cost, most) in enumerate(zip(costs, upper, strict=True))
        ]
        for sense, rows, right in (("<", matrix, limit[0]), ("=", same, wanted)):
            for number, (row, value) in enumerate(zip(rows, right, strict=True)):
                at = ("row", name, t, sense, number)
                p.right[at] = (sense, float(value))
                for k in np.flatnonzero(row):
                    p.term(at, columns[k], float(row[k]))
        whole = together(self._case, name)
        if service["allocation"] == "whole":
            whole = list(range(len(problem["need"])))
        sites = state.shape[1]
        for k, (i, j) in enumerate(pairs):
            to = j % sites if j >= 0 else -1
            if i in whole:  # all of them, or nobody
                at = ("whole", name, t, i, to)
                if at not in p.right:
                    p.right[at] = ("=", 0.0)
                    one = p.add(at, 0.0, 0.0, 1.0)
                    p.whole.add(one)
                    p.term(at, one, -problem["need"][i])
                p.term(at, columns[k], 1.0)
        return columns[len(columns) - sites :]
