"""Best allocation for given facilities: the inner part of the enumeration.

A problem is a dictionary: ``need`` (units by settlement), ``options`` (for each
settlement {site: minutes}), ``price`` (likewise: discounted mln of a unit's way),
``unserved`` (discounted mln of a unit; inf if it may not be), ``rules`` (settlements,
minutes, units required, discounted mln of a unit short; inf if it must hold), ``gaps``
(groups of settlements, what a unit adds to the measure by settlement and site, -1 for
unserved, the most between two groups, discounted mln of 1 more; inf if it must hold).
``limits`` (of each settlement: today's sites, and minutes if none of them runs),
``second`` (second shift: places by state and site, discounted mln of one, and limits:
sites, most units in it together), ``bus`` (by settlement {site: discounted mln of a
unit's bus}), ``mobile`` and ``teams`` (see mobile_optima). In programmes site j + J
stands for going to j by bus, j + (2 + m) J for a visit of mobile service m from j, of J
sites.
"""

from __future__ import annotations

from itertools import product
from math import inf, isfinite
from typing import Any

import numpy as np
from closing_optima import is_bound, is_too_far
from mobile_optima import visit_rows, visits
from scipy.optimize import linprog
from scipy.sparse import block_diag, coo_array

EPS = 1e-9
Problem = dict[str, Any]


def whole_costs(
    problem: Problem, capacity: np.ndarray, least: np.ndarray, is_open: np.ndarray
) -> np.ndarray:
    """Return the best cost of each state when catchments may not be split."""
    need, options = problem["need"], problem["options"]
    free = [-1] if problem["unserved"] < inf else []
    choices = [
        [j for j in (*options[i], *free) if (i, j) not in problem["barred"]]
        if need[i] > 0
        else [-1]
        for i in range(len(need))
    ]
    plans, costs, uses = [], [], []
    for plan in product(*choices):
        cost = _cost_of(problem, plan)
        if cost < inf:
            used = np.zeros(capacity.shape[1])
            for i, j in enumerate(plan):
                if j >= 0:
                    used[j] += need[i]
            plans.append(plan)
            costs.append(cost)
            uses.append(used)
    if not plans:
        return np.full(len(capacity), inf)
    use, cost = np.array(uses), np.array(costs)
    out = np.full(len(capacity), inf)
    for k in range(len(capacity)):
        over = np.maximum(use - capacity[k], 0.0)
        more, price, limits = problem["second"]
        fits = (over <= more[k] + EPS) & (use >= least[k] - EPS)
        good = (fits & (is_open[k] | (use == 0))).all(axis=1)
        for i in range(len(need)):
            if need[i] > 0 and is_bound(problem, i, is_open[k]):
                good &= [not is_too_far(problem, i, plan[i]) for plan in plans]
        for sites, most in limits:
            good &= over[:, sites].sum(axis=1) <= most + EPS
        out[k] = (cost + price * over.sum(axis=1))[good].min(initial=inf)
    return out


def _cost_of(problem: Problem, plan: tuple[int, ...]) -> float:
    """Return travel, unserved, bus, visit and shortfall cost of whole catchments.

    Who goes to one site may ride, or be visited, in part: as many as that is worth.
    """
    need, options = problem["need"], problem["options"]
    cost = sum(
        need[i] * _unit(problem, i, j, j + 1) for i, j in enumerate(plan) if need[i] > 0
    )
    rules = problem["rules"]
    rides = [i for i, j in enumerate(plan) if j in problem["bus"][i]]
    price = [problem["bus"][i][plan[i]] for i in rides]
    seen = [one for one in visits(problem) if plan[one[1]] == one[2]]
    price += [problem["mobile"][m]["price"][i][j] - problem["price"][i][j]
              for m, i, j in seen]  # fmt: skip
    price += [0.0 if rule[3] == inf else rule[3] for rule in rules]
    most = [need[i] for i in rides] + [need[i] for _, i, _ in seen]
    most += [0.0 if rule[3] == inf else None for rule in rules]
    reach, missing = np.zeros((len(rules), len(price))), np.zeros(len(rules))
    for k, (members, minutes, required, _) in enumerate(rules):
        is_near = [j >= 0 and options[i][j] <= minutes + EPS
                   for i, j in enumerate(plan)]  # fmt: skip
        missing[k] = required - sum(need[i] for i in members if is_near[i])
        reach[k, len(rides) + len(seen) + k] = 1.0
        for column, i in enumerate(rides):
            reach[k, column] = float(i in members and not is_near[i])
        for column, (m, i, _) in enumerate(seen, len(rides)):
            counts = problem["mobile"][m]["counts"] and not is_near[i]
            reach[k, column] = float(i in members and counts)
    if not rides and not seen:
        cost += _gap_cost(problem, plan)
        short = np.maximum(missing, 0.0)
        is_lost = any(
            x > EPS and r[3] == inf for x, r in zip(short, rules, strict=True)
        )
        return inf if is_lost else float(cost + short @ np.array(price))
    once = np.array([[r == i for r in rides] + [own[1] == i for own in seen]
                     for i in range(len(need))], float)  # fmt: skip
    rows, limits = visit_rows(problem, seen)
    own = np.vstack([once, np.hstack([np.zeros((len(rows), len(rides))), rows])])
    own = np.hstack([own, np.zeros((len(own), len(rules)))])
    apart, at_most, excess = _apart(problem, plan, seen)
    own = np.vstack([-reach, own])
    before = np.zeros((len(apart), len(rides))), np.zeros((len(apart), len(rules)))
    count = len(seen)
    rows = [
        np.hstack([own, np.zeros((len(own), len(excess)))]),
        np.hstack([before[0], apart[:, :count], before[1], apart[:, count:]]),
    ]
    found = linprog(
        price + excess,
        A_ub=np.vstack(rows),
        b_ub=np.concatenate([EPS - missing, need, limits, at_most + EPS]),
        bounds=[(0.0, m) for m in [*most, *(None for _ in excess)]],
    )
    return float(cost + found.fun) if found.status == 0 else inf


def _unit(problem: Problem, i: int, j: int, sites: int) -> float:
    """Return what a unit of a settlement costs that goes to a site, or nowhere."""
    if j < 0:
        return float(problem["unserved"])
    if j >= 2 * sites:
        return float(problem["mobile"][j // sites - 2]["price"][i][j % sites])
    own = float(problem["price"][i][j % sites])
    return own + (problem["bus"][i][j % sites] if j >= sites else 0.0)


def _gap_cost(problem: Problem, plan: tuple[int, ...]) -> float:
    """Return what groups too far apart cost; a bus makes no way shorter."""
    need, cost = problem["need"], 0.0
    for groups, worth, most, price in problem["gaps"]:
        values = [
            sum(need[i] * worth[i][plan[i]] for i in own if need[i] > 0)
            / sum(need[i] for i in own)
            for own in groups
            if sum(need[i] for i in own) > 0
        ]
        over = max(values, default=0.0) - min(values, default=0.0) - most
        if over > EPS:
            cost += price * over
    return cost


def _apart(
    problem: Problem, plan: tuple[int, ...], seen: list[tuple[int, int, int]]
) -> tuple[np.ndarray, np.ndarray, list[float]]:
    """Return rows over who is visited at home and what is too much, limits and prices.

    Of any two groups the one is little above the other; a visit is worth its own.
    """
    need, priced = problem["need"], _priced_gaps(problem)
    rows, limits = [], []
    for gap in problem["gaps"]:
        groups, worth, most, price = gap
        values = []
        for own in groups:
            total = sum(need[i] for i in own)
            if total > 0:
                fixed = sum(need[i] * worth[i][plan[i]] for i in own if need[i] > 0)
                more = [worth[i][-2 - m] - worth[i][plan[i]]
                        if i in own and isfinite(worth[i][-2 - m]) else 0.0
                        for m, i, _ in seen]  # fmt: skip
                values.append((fixed / total, np.array(more) / total))
        for one, by_one in values:
            for other, by_other in values:
                over = [-float(price < inf and g is gap) for g in priced]
                rows.append(np.concatenate([by_one - by_other, over]))
                limits.append(most - one + other)
    table = np.array(rows).reshape(len(rows), len(seen) + len(priced))
    return table, np.array(limits), [gap[3] for gap in priced]


def together_costs(problem: Problem, members: list[int], *given: Any) -> np.ndarray:
    """Return ``free_costs`` where all of each member go to one site, or nowhere."""
    free = [-1] if problem["unserved"] < inf else []
    members = [i for i in members if problem["need"][i] > 0]
    best = np.full(len(given[0]), inf)
    for pick in product(*([*problem["options"][i], *free] for i in members)):
        fixed = dict(zip(members, pick, strict=True))
        best = np.minimum(best, free_costs({**problem, "fixed": fixed}, *given))
    return best


def free_costs(
    problem: Problem,
    capacity: np.ndarray,
    least: np.ndarray,
    is_open: np.ndarray,
    is_nearest: bool,
) -> np.ndarray:
    """Return the best cost of each state when catchments may be split.

    Two linear programmes hold all states side by side: the first finds the states
    for which any allocation exists, the second the best one for each of these.
    """
    pairs = _pairs(problem)
    columns = _costs(problem, pairs)
    matrix, equal, limit = _rows(problem, pairs, len(columns), capacity, least)
    upper = np.array([_upper(problem, pairs, row, is_nearest) for row in is_open])
    upper = np.hstack([upper, problem["second"][0]])
    sizes = (len(capacity), matrix.shape[0], len(columns))
    if sizes[2] == 0:
        bad = (limit < -EPS).any(axis=1) | (np.abs(equal[1]) > EPS).any()
        return np.where(bad, inf, 0.0)
    short = _solve(sizes, np.zeros(sizes[2]), matrix, limit, equal, upper, slack=True)
    good = short < 1e-7
    out = np.full(sizes[0], inf)
    if good.any():
        part = (int(good.sum()), *sizes[1:])
        out[good] = _solve(part, columns, matrix, limit[good], equal, upper[good])
    return out


def _pairs(problem: Problem) -> list[tuple[int, int]]:
    """Return variables: (settlement, site), with site -1 for unserved."""
    sites, seen = problem["second"][0].shape[1], visits(problem)
    return [
        (i, j)
        for i, need in enumerate(problem["need"])
        if need > 0
        for j in (
            *problem["options"][i],
            *(j + sites for j in problem["bus"][i]),
            *(j + (2 + m) * sites for m, who, j in seen if who == i),
            *([-1] if problem["unserved"] < inf else []),
        )
    ]


def _priced(problem: Problem) -> list[int]:
    return [k for k, rule in enumerate(problem["rules"]) if rule[3] < inf]


def _costs(problem: Problem, pairs: list[tuple[int, int]]) -> np.ndarray:
    """Return the cost of units served (or not), short of a rule, of groups too far
    apart, in second shift.
    """
    sites = problem["second"][0].shape[1]
    units = [_unit(problem, i, j, sites) for i, j in pairs]
    more, price, _ = problem["second"]
    short = [problem["rules"][k][3] for k in _priced(problem)]
    apart = [gap[3] for gap in _priced_gaps(problem)]
    return np.array(units + short + apart + [price] * more.shape[1])


def _priced_gaps(problem: Problem) -> list[Any]:
    return [gap for gap in problem["gaps"] if gap[3] < inf]


def _gap_rows(
    problem: Problem, pairs: list[tuple[int, int]], width: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and limits: of any two groups the one is little above the other."""
    rows, limits, need = [], [], problem["need"]
    priced, sites = _priced_gaps(problem), problem["second"][0].shape[1]
    for gap in problem["gaps"]:
        groups, worth, most, price = gap
        values = []
        for own in groups:
            total = sum(need[i] for i in own)
            if total > 0:
                value = np.zeros(width)
                for column, (i, j) in enumerate(pairs):
                    to = j % sites if j >= 0 else j
                    is_home = j >= 2 * sites and isfinite(worth[i][-(j // sites)])
                    to = -(j // sites) if is_home else to
                    value[column] = worth[i][to] / total if i in own else 0.0
                values.append(value)
        for one in range(len(values)):
            for other in range(len(values)):
                if one != other:
                    row = values[one] - values[other]
                    if price < inf:
                        at = [g is gap for g in priced].index(True)
                        row[len(pairs) + len(_priced(problem)) + at] = -1.0
                    rows.append(row)
                    limits.append(most)
    return np.array(rows).reshape(len(rows), width), np.array(limits)


def _rows(
    problem: Problem,
    pairs: list[tuple[int, int]],
    width: int,
    capacity: np.ndarray,
    least: np.ndarray,
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray], np.ndarray]:
    """Return rows ``matrix x <= limit[state]`` and ``equal x = wanted``."""
    sites, rules = capacity.shape[1], problem["rules"]
    carried = np.zeros((sites, width))
    reached = np.zeros((len(rules), width))
    for column, (i, j) in enumerate(pairs):
        if j >= 0:
            carried[j % sites, column] = 1.0
            for k, (members, minutes, _, _) in enumerate(rules):
                is_near = problem["options"][i][j % sites] <= minutes + EPS
                is_near |= sites <= j < 2 * sites
                is_near |= (
                    j >= 2 * sites and problem["mobile"][j // sites - 2]["counts"]
                )
                if i in members and is_near:
                    reached[k, column] = 1.0
    for column, k in enumerate(_priced(problem)):
        reached[k, len(pairs) + column] = 1.0
    second = np.zeros((sites, width))
    second[:, width - sites :] = np.eye(sites)
    limits = problem["second"][2]
    both = np.zeros((len(limits), width))
    for k, (members, _) in enumerate(limits):
        both[k] = second[members].sum(axis=0)
    apart, most_apart = _gap_rows(problem, pairs, width)
    at = [k for k, (_, j) in enumerate(pairs) if j >= 2 * sites]
    seen = [(pairs[k][1] // sites - 2, pairs[k][0], pairs[k][1] % sites) for k in at]
    own, most_seen = visit_rows(problem, seen)
    visited = np.zeros((len(own), width))
    visited[:, at] = own
    matrix = np.vstack([carried - second, -carried, -reached, both, apart, visited])
    required = [-rule[2] for rule in rules] + [most for _, most in limits]
    given = np.tile(np.array([*required, *most_apart, *most_seen]), (len(capacity), 1))
    limit = np.hstack([capacity, -least, given])
    who = [i for i, need in enumerate(problem["need"]) if need > 0]
    equal = np.zeros((len(who), width))
    for column, (i, _) in enumerate(pairs):
        equal[who.index(i), column] = 1.0
    return matrix, (equal, np.array([problem["need"][i] for i in who])), limit


def _upper(
    problem: Problem, pairs: list[tuple[int, int]], is_open: np.ndarray, nearest: bool
) -> list[float]:
    """Return the most units of each variable for one state of the sites."""
    out = []
    for i, j in pairs:
        options = problem["options"][i]
        near = min((options[k] for k in options if is_open[k]), default=inf)
        to = j % len(is_open) if j >= 0 else j
        ok = j < 0 or (is_open[to] and not (nearest and options[to] > near + EPS))
        ok &= not (is_bound(problem, i, is_open) and is_too_far(problem, i, to))
        ok &= problem.get("fixed", {}).get(i, to) == to
        ok &= (i, to) not in problem["barred"]
        out.append(problem["need"][i] if ok else 0.0)
    return out + [inf] * (len(_priced(problem)) + len(_priced_gaps(problem)))


def _solve(
    sizes: tuple[int, int, int],
    cost: np.ndarray,
    matrix: np.ndarray,
    limit: np.ndarray,
    equal: tuple[np.ndarray, np.ndarray],
    upper: np.ndarray,
    *,
    slack: bool = False,
) -> np.ndarray:
    """Return the optimum of each state; with *slack* the least violation."""
    states, rows, width = sizes
    same = equal[0]
    if slack:  # rows may be exceeded, demand may vanish, at a price of 1
        spare = rows + len(same)
        matrix = np.hstack([matrix, -np.eye(rows), np.zeros((rows, len(same)))])
        same = np.hstack([same, np.zeros((len(same), rows)), np.eye(len(same))])
        cost = np.concatenate([cost, np.ones(spare)])
        upper = np.hstack([upper, np.full((states, spare), inf)])
        width += spare
    bounds = np.stack([np.zeros(states * width), upper.ravel()], axis=1)
    result = linprog(
        np.tile(cost, states),
        A_ub=_side_by_side(matrix, states),
        b_ub=limit.ravel(),
        A_eq=_side_by_side(same, states),
        b_eq=np.tile(equal[1], states),
        bounds=bounds,
        method="highs-ds",
    )
    assert result.status == 0, result.message
    return np.asarray(result.x.reshape(states, width) @ cost)


def _side_by_side(matrix: np.ndarray, states: int) -> Any:
    if not matrix.shape[0]:
        return None
    return block_diag([coo_array(matrix)] * states, format="csc")
