"""Who pays for what is spent, at least cost: written from docs/mathematics.md.

One linear programme for what a history spends, in plain loops; nothing is shared with
the package.
"""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
from linear_programme import Programme
from staff_optima import add_staff
from tiny_case import Case

Cell = tuple[str, str, str, int]
"""(kind of spending, service ..., region, period)."""
Cells = dict[Cell, float]
Terms = dict[Cell, dict[int, float]]
"""What columns of a programme spend: mln by cell and column."""
KINDS = ("investment", "operation")


def is_financed(case: Case) -> bool:
    """Return whether anybody is asked who pays."""
    return bool(case.rows["funding_sources"] or case.rows["partnerships"])


def paid_back(rule: dict[str, Any], start: int) -> dict[int, float]:
    """Return what is paid back in each year for a mln of a year *start*."""
    rate, first = rule["premium"], start + rule["first_payment_years"]
    years = range(first, first + rule["term_years"])
    worth = sum((1 + rate) ** (start - year) for year in years)
    return dict.fromkeys(years, 1 / worth)


def net_price(case: Case, rule: dict[str, Any], t: int) -> float:
    """Return what a mln of a partner costs the public beside what it saves."""
    rate, base = case.policy["discount_rate"], case.rows["instance"][0]["base_year"]
    back = paid_back(rule, case.first[t])
    return sum(a * (1 + rate) ** (base - y) for y, a in back.items()) - case.once[t]


def most_gain(case: Case) -> float:
    """Return the most that partners can be worth, mln."""
    return sum(
        max(0.0, *(-net_price(case, rule, t) for t in range(len(case.first))))
        * rule["limit_mln"]
        for rule in case.rows["partnerships"]
    )


def financing_cost(case: Case, cells: Cells, posts: np.ndarray) -> float:
    """Return the least cost of partners, staff and overruns for what is spent.

    *posts* are those to fill by row of supply; inf if there is no way.
    """
    p = Programme()
    add_financing(case, p, cells, posts, {})
    return p.solve() if p.cost else (0.0 if _holds(p) else inf)


def add_financing(
    case: Case, p: Programme, cells: Cells, posts: np.ndarray, more: Terms
) -> None:
    """Add who pays for *cells*, and for what columns of the programme spend *more*."""
    cells = {**dict.fromkeys(more, 0.0), **cells}
    spent = {cell: dict(more.get(cell, {})) for cell in _all(case, cells)}
    _staff(case, p, posts, spent)
    for rule in case.rows["partnerships"]:
        _partner(case, p, rule, cells, spent, more)
    _no_more_than_all(p, cells, more)
    for burden in case.rows["burdens"]:
        _burden(case, p, burden)
    for row in case.rows["budgets"]:
        _budget(case, p, row, cells, spent)
    if case.rows["funding_sources"]:
        _funds(case, p, cells, spent)


def _holds(p: Programme) -> bool:
    return all(
        abs(value) < 1e-9 if sense == "=" else value > -1e-9
        for sense, value in p.right.values()
    )


def _all(case: Case, cells: Cells) -> set[tuple[str, str, str, int]]:
    """Return the cells, and those in which partners may be paid back."""
    found = set(cells)
    for _, sector, region, _ in cells:
        found |= {("operation", sector, region, t) for t in range(len(case.first))}
    return found


def _is_of(rule: dict[str, Any], sector: str, region: str) -> bool:
    return rule["service"] in ("", sector) and rule["region"] in ("", region)


def _partner(
    case: Case, p: Programme, rule: dict[str, Any], cells: Cells, spent: Any,
    more: Terms,
) -> None:  # fmt: skip
    code = rule["partnership"]
    p.right["most", code] = ("<", rule["limit_mln"])
    for (kind, sector, region, t), mln in cells.items():
        if kind != "investment" or not _is_of(rule, sector, region):
            continue
        share = rule["share_most"]
        key = ("money", code, sector, region, t)
        column = p.add(key, net_price(case, rule, t))
        p.right["at most", *key] = ("<", share * mln)
        p.term(("at most", *key), column, 1.0)
        for built, value in more.get((kind, sector, region, t), {}).items():
            p.term(("at most", *key), built, -share * value)
        p.term(("most", code), column, 1.0)
        spent[kind, sector, region, t][column] = -1.0
        for year, a in paid_back(rule, case.first[t]).items():
            if year < case.end:
                later = max(k for k, first in enumerate(case.first) if first <= year)
                own = spent["operation", sector, region, later]
                own[column] = own.get(column, 0.0) + a


def _no_more_than_all(p: Programme, cells: Cells, more: Terms) -> None:
    """Let partners together pay no more than is invested."""
    for (name, *rest), column in list(p.columns.items()):
        if name == "money":
            _, sector, region, t = rest
            cell = ("investment", sector, region, t)
            row = ("all", *cell)
            p.term(row, column, 1.0)
            if row not in p.right:
                p.right[row] = ("<", cells[cell])
                for built, value in more.get(cell, {}).items():
                    p.term(row, built, -value)


def _staff(case: Case, p: Programme, posts: np.ndarray, spent: Any) -> None:
    """Add who is hired, and trained for later; what that costs is spent, too."""
    for row, column, price in add_staff(case, p, posts):
        at = "operation", "staff", row["region"], case.period(row["period"])
        spent.setdefault(at, {})[column] = price


def _burden(case: Case, p: Programme, burden: dict[str, Any]) -> None:
    rules = {rule["partnership"]: rule for rule in case.rows["partnerships"]}
    for (name, *rest), column in list(p.columns.items()):
        if name != "money" or not _is_of(burden, rest[1], rest[2]):
            continue
        for year, a in paid_back(rules[rest[0]], case.first[rest[3]]).items():
            row = ("burden", burden["burden"], year)
            p.right[row] = ("<", burden["most_mln_per_year"])
            p.term(row, column, a)


def _covered(row: dict[str, Any], cell: tuple[str, str, str, int]) -> bool:
    return row["covers"] in ("all", cell[0]) and _is_of(row, cell[1], cell[2])


def _budget(
    case: Case, p: Programme, row: dict[str, Any], cells: Cells, spent: Any
) -> None:
    t, key = case.period(row["period"]), ("budget", row["budget"], row["period"])
    limit = row["amount_mln"] * case.scenario["budget_factor"]
    for cell, terms in spent.items():
        if cell[3] == t and _covered(row, cell):
            limit -= cells.get(cell, 0.0)
            for column, value in terms.items():
                p.term(key, column, value)
    p.right[key] = ("<", limit)
    if not row["is_hard"]:
        over = p.add(("over", *key), row["overrun_price"] * case.once[t])
        p.term(key, over, -1.0)


def _funds(case: Case, p: Programme, cells: Cells, spent: Any) -> None:
    rules = case.rows["funding_eligibility"]
    pays = {}
    for cell, terms in spent.items():
        row = ("covered", *cell)
        p.right[row] = ("=", cells.get(cell, 0.0))
        for column, value in terms.items():
            p.term(row, column, -value)
        for fund in case.rows["funding_sources"]:
            own = [r for r in rules if r["fund"] == fund["fund"]]
            if any(_covered(rule, cell) for rule in own):
                column = p.add(("pays", fund["fund"], *cell), 0.0)
                pays[fund["fund"], cell] = column
                p.term(row, column, 1.0)
    for fund in case.rows["funding_sources"]:
        _limits(case, p, fund, pays)
    for k, rule in enumerate(rules):
        for t in range(len(case.first)):
            for name, sign in (("share_most", 1.0), ("share_least", -1.0)):
                _share(p, (name, k, t), rule, sign, cells, spent, pays)


def _limits(case: Case, p: Programme, fund: dict[str, Any], pays: Any) -> None:
    rows = [r for r in case.rows["funding_limits"] if r["fund"] == fund["fund"]]
    if not rows:
        return
    has = [0.0] * len(case.first)
    for row in rows:
        t = case.period(row["period"])
        if not row["period"]:
            t = max(k for k, first in enumerate(case.first) if first <= row["year"])
        has[t] += row["amount_mln"] * case.scenario["budget_factor"]
    before = None
    for t, mln in enumerate(has):
        # What is left at the end of the period, and may be spent later.
        left = p.add(("left", fund["fund"], t), 0.0)
        row = ("has", fund["fund"], t)
        p.right[row] = ("=", mln)
        p.term(row, left, 1.0)
        for (code, cell), column in pays.items():
            if code == fund["fund"] and cell[3] == t:
                p.term(row, column, 1.0)
        if before is not None and fund["carry_over"]:
            years = case.first[t] - case.first[t - 1]
            p.term(row, before, -((1 + fund["interest"]) ** years))
        before = left


def _share(
    p: Programme, row: Any, rule: dict[str, Any], sign: float, cells: Cells,
    spent: Any, pays: Any,
) -> None:  # fmt: skip
    name, _, t = row
    share, right = rule[name], 0.0
    for cell, terms in spent.items():
        if cell[3] != t or not _covered(rule, cell):
            continue
        right += sign * share * cells.get(cell, 0.0)
        for column, value in terms.items():
            p.term(row, column, -sign * share * value)
        if (rule["fund"], cell) in pays:
            p.term(row, pays[rule["fund"], cell], sign)
    p.right[row] = ("<", right)
