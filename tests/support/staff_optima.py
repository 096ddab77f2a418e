"""Staff in the enumeration: posts of histories, the least cost of filling them."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any

import numpy as np
from linear_programme import Programme
from scipy.optimize import linprog
from tiny_case import Case


def posts_of(case: Case, service: str, units: np.ndarray) -> np.ndarray:
    """Return the posts of histories (p,t,j,l), for each row of supply, (p, R)."""
    home = {r["settlement"]: r["region"] for r in case.rows["settlements"]}
    found = np.zeros((len(units), len(case.rows["staff_supply"])))
    for k, row in enumerate(case.rows["staff_supply"]):
        t = case.period(row["period"])
        for need in case.rows["staff_needs"]:
            if (need["profession"], need["service"]) == (row["profession"], service):
                for j, site in enumerate(case.of("sites", service)):
                    if home[site["settlement"]] == row["region"]:
                        found[:, k] += units[:, t, j, need["level"] - 1] * need["posts"]
    return found


def add_staff(
    case: Case, p: Programme, posts: np.ndarray
) -> Iterator[tuple[dict[str, Any], int, float]]:
    """Add who is hired, and trained for later; yield row of supply, column, price."""
    rows = case.rows["staff_supply"]
    for k, row in enumerate(rows):
        p.right["staffed", k] = ("<", row["available"] - float(posts[k]))
    for row in rows:
        t = case.period(row["period"])
        for what, wait in (("hire", 0), ("train", 1)):
            most = row["most_hired" if what == "hire" else "most_trained"]
            price = row[f"{what}_mln"] * case.scenario["opex_factor"]
            key = row["profession"], row["region"], t
            column = p.add((what, *key), price * case.once[t], 0.0,
                           None if most != most else most)  # fmt: skip
            yield row, column, price
            for k, other in enumerate(rows):
                is_same = all(other[c] == row[c] for c in ("profession", "region"))
                if is_same and case.period(other["period"]) - t >= wait:
                    p.term(("staffed", k), column, -1.0)


class Staff:
    """The least cost of filling posts, discounted mln; each problem solved once."""

    def __init__(self, case: Case) -> None:
        """Write down who is there from when on."""
        self._case, self._known = case, dict[bytes, float]()
        rows = case.rows["staff_supply"]
        self._rows: list[dict[str, Any]] = rows
        self._there = np.zeros((len(rows), 2 * len(rows)))
        for k, row in enumerate(rows):
            for n, other in enumerate(rows):
                if all(row[c] == other[c] for c in ("profession", "region")):
                    since = case.period(row["period"]) - case.period(other["period"])
                    self._there[k, n] = since >= 0
                    self._there[k, len(rows) + n] = since > 0

    def cost(self, posts: np.ndarray) -> float:
        """Return the least cost for posts by row of supply, inf where nobody can."""
        key = np.round(posts, 9).tobytes()
        if key not in self._known:
            self._known[key] = self._solve(posts)
        return self._known[key]

    def _solve(self, posts: np.ndarray) -> float:
        factor = self._case.scenario["opex_factor"]
        once = [factor * self._case.once[self._case.period(r["period"])]
                for r in self._rows]  # fmt: skip
        price = [r["hire_mln"] * f for r, f in zip(self._rows, once, strict=True)]
        price += [r["train_mln"] * f for r, f in zip(self._rows, once, strict=True)]
        most = [r["most_hired"] for r in self._rows]
        most += [r["most_trained"] for r in self._rows]
        there = np.array([r["available"] for r in self._rows])
        found = linprog(
            price,
            A_ub=-self._there,
            b_ub=there - posts,
            bounds=[(0.0, None if m != m else m) for m in most],
        )
        return float(found.fun) if found.status == 0 else inf
