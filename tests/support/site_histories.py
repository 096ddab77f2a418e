"""All histories of one site: what runs there in each period, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import inf
from typing import Any

from financing_optima import is_financed
from tiny_case import EPS, Case, may_enter

State = tuple[int, ...]
"""Facilities of a site at levels 1, 2, ..."""


@dataclass
class Path:
    """One history of a site: its states, and once-paid money by period.

    ``first`` is what is done in the first period, the same under all price factors.
    """

    states: tuple[State, ...]
    cost: float
    spent: tuple[float, ...]
    first: tuple[Any, ...] = ()
    changes: tuple[tuple[tuple[int, int, int], ...], ...] = ()
    """By period, levels before and after, and how many facilities go so."""
    moved: tuple[int, ...] = ()
    """Facilities that leave their level (or an empty place) or are renewed."""

    @property
    def used(self) -> tuple[float, ...]:
        """What a period may have little of."""
        return (*self.spent, *self.moved)


def _spread(units: int, places: int) -> Iterator[tuple[int, ...]]:
    """Yield all ways to put equal units into places."""
    if places == 1:
        yield (units,)
        return
    for first in range(units + 1):
        for rest in _spread(units - first, places - 1):
            yield (first, *rest)


class SiteHistories:
    """Enumerates what a site can do over the periods."""

    def __init__(self, case: Case, service: dict[str, Any], site: dict[str, Any]):
        self.case, self.service, self.site = case, service, site
        self.levels = sorted(
            case.of("levels", service["service"]), key=lambda r: r["level"]
        )
        self.top = len(self.levels)
        stock = [0] * (self.top + 1)
        self.locked = [0] * (self.top + 1)
        self.due = [[0] * len(case.first) for _ in stock]
        for row in case.of("facilities", service["service"]):
            if row["site"] == site["site"]:
                level = row["level"]
                stock[level] += row["units"]
                self.locked[level] += row["units"] * row["is_locked"]
                self._owe(level, row["units"], row["renew_by_year"])
        stock[0] = site["max_units"] - sum(stock)
        self.stock = tuple(stock)
        self.prices = [
            [self._price(a, b) for b in range(self.top + 1)]
            for a in range(self.top + 1)
        ]

    def _owe(self, level: int, units: int, year: int) -> None:
        if 0 < year < self.case.end:
            start = max([0] + [t for t, y in enumerate(self.case.first) if y <= year])
            for t in range(start, len(self.case.first)):
                self.due[level][t] += units

    def _price(self, a: int, b: int) -> float:
        """Return the price of a move, inf if it may not happen."""
        if a == b:
            return 0.0
        low, high = self.levels[max(a, 1) - 1], self.levels[max(b, 1) - 1]
        policy, is_forbidden = self.case.policy, self.site["status"] == "forbidden"
        if a == 0:
            price, ok = high["capex_mln"], True
        elif b == 0:
            price, ok = low["closing_mln"], policy["allow_closing"]
        elif a < b:
            credit = self.service["enlarge_credit_share"] * low["capex_mln"]
            price, ok = max(0.0, high["capex_mln"] - credit), True
        else:
            price = max(0.0, low["closing_mln"] - high["closing_mln"])
            ok = policy["allow_reducing"]
        for row in self.case.of("transitions", self.service["service"]):
            if (row["from_level"], row["to_level"]) == (a, b):
                ok = ok and row["is_allowed"]
                if row["cost_mln"] == row["cost_mln"]:
                    price = row["cost_mln"]
        ok = ok or (is_forbidden and b == 0)
        too_high = b > 0 and not may_enter(self.case, self.site, self.levels[b - 1])
        if not ok or too_high or (is_forbidden and b > 0):
            return inf
        return float(price * self.case.scenario["capex_factor"])

    def all(self) -> list[Path]:
        """Return all histories, without those that another one beats.

        Where somebody is asked who pays, none is beaten by spending less: shares are of
        what is spent, and others may pay for more.
        """
        nothing = (0,) * (self.top + 1)
        found = self._follow(0, self.stock, nothing, nothing)
        best: dict[Any, list[Path]] = {}
        for path in sorted(found, key=lambda p: p.cost):
            first = path.first if self.case.by_first else ()
            counted = self.case.of("counts", self.service["service"])
            counted = counted or self.case.of("relocations", self.service["service"])
            changes = path.changes if counted else ()
            rivals = best.setdefault((first, path.states, changes), [])
            if not any(self._beats(rival, path) for rival in rivals):
                rivals.append(path)
        return [path for rivals in best.values() for path in rivals]

    def _beats(self, rival: Path, path: Path) -> bool:
        """Return whether no plan needs *path*, for it has the cheaper *rival*."""
        pairs = list(zip(rival.used, path.used, strict=True))
        if any(x > y + EPS for x, y in pairs):
            return False
        return not is_financed(self.case) or all(y <= x + EPS for x, y in pairs)

    def _follow(
        self, t: int, units: State, left: State, renewed: State
    ) -> Iterator[Path]:
        if t == len(self.case.first):
            yield Path((), 0.0, ())
            return
        for built, closed, now, gone, moves in self._changes(t, units):
            out = tuple(x + y for x, y in zip(left, gone, strict=True))
            for count in self._renewals(t, out, renewed):
                done = tuple(x + y for x, y in zip(renewed, count, strict=True))
                cost = sum(
                    n * row["capex_mln"]
                    for n, row in zip(count[1:], self.levels, strict=True)
                )
                cost *= self.service["renewal_share"]
                cost *= self.case.scenario["capex_factor"]
                paid = built + closed + cost
                worth = self._worth(t) * (built + cost)
                factor = self.case.scenario["capex_factor"]
                prices = round(built / factor, 6), round(closed / factor, 6)
                first = now, gone, count, prices
                for rest in self._follow(t + 1, now, out, done):
                    total = self.case.once[t] * paid - worth + rest.cost
                    moved = (sum(gone) + sum(count), *rest.moved)
                    if not self.case.rows["building_capacity"]:
                        moved = ()
                    yield Path(
                        (now[1:], *rest.states), total, (paid, *rest.spent), first,
                        (tuple(moves), *rest.changes), moved,
                    )  # fmt: skip

    def _worth(self, t: int) -> float:
        """Return what a mln of building in *t* is worth at the end, discounted."""
        if not self.case.policy["count_residual_value"]:
            return 0.0
        age = self.case.end - self.case.first[t]
        return self.case.at_end * max(0.0, 1 - age / self.service["lifetime_years"])

    def _changes(
        self, t: int, units: State
    ) -> Iterator[tuple[float, float, State, State, list[tuple[int, int, int]]]]:
        """Yield (building, closing, new units, units that left, moves) for period t."""
        places = range(self.top + 1)
        is_required = self.site["status"] == "required"
        start = self.case.period(self.site["first_period"])
        for rows in product(*(_spread(n, self.top + 1) for n in units)):
            moves = [(a, b, rows[a][b]) for a in places for b in places if rows[a][b]]
            if any(self.prices[a][b] == inf for a, b, _ in moves):
                continue
            if not is_required and t < start and sum(rows[0][1:]):
                continue
            if any(rows[level][level] < self.locked[level] for level in places):
                continue
            now = tuple(sum(rows[a][b] for a in places) for b in places)
            if is_required and t >= start and not sum(now[1:]):
                continue
            if self.site["status"] == "forbidden" and sum(now[1:]):
                continue
            built = sum(self.prices[a][b] * n for a, b, n in moves if a < b)
            closed = sum(self.prices[a][b] * n for a, b, n in moves if a > b)
            gone = tuple(units[a] - rows[a][a] for a in places)
            yield built, closed, now, gone, moves

    def _renewals(self, t: int, left: State, done: State) -> Iterator[State]:
        """Yield numbers of renewals by level: what is due, never more than ever is."""
        ranges = []
        for level in range(self.top + 1):
            open_now = self.due[level][t] - left[level] - done[level]
            at_most = self.due[level][-1] - done[level]
            ranges.append(range(max(0, open_now), at_most + 1))
        yield from product(*ranges)
