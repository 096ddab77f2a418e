"""Who goes on where, in the enumeration: both services of a pattern in one programme.

Written from docs/instance-format.md alone: every choice of follow-ons is tried, and for
each the best allocation of the two services together. Of any sites of the other service
together, no more may come than their feeders bring and who is free.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, combinations, product
from math import inf
from typing import Any

import numpy as np
import pandas as pd
from allocation_optima import _costs, _pairs, _rows, _solve, _upper
from hypothesis import assume
from hypothesis import strategies as st
from tiny_case import Case, TooManyError
from tiny_instances import some, tiny_instances

from aumaq.instances import Instance, InstanceError

Problem = dict[str, Any]
Given = tuple[np.ndarray, np.ndarray, np.ndarray]
ProblemOf = Callable[[Case, dict[str, Any], int, np.ndarray], tuple[Problem, Given]]
MOST_PAIRS = 170
"""Pairs of states of the two services that are solved side by side."""


@st.composite
def feeder_instances(draw: st.DrawFn, **options: Any) -> Instance:
    """Draw two services and who goes on from the one to the other."""
    instance = draw(tiny_instances(draw(some("free", "free", "nearest")), **options))
    assume(len(instance.service_names) == 2)
    own, other = draw(some(("s", "h"), ("h", "s")))
    sites = {x: instance.service_sites(x)["site"].tolist() for x in (own, other)}
    given = [
        {"feeder": "on", "site": site, "to_site": draw(some(*sites[other]))}
        for site in sites[own]
        if draw(some(False, False, True))
    ]
    rule = {
        "feeder": "on", "service": own, "to_service": other,
        "is_chosen": draw(some(True, True, False)) if given else True,
        "first_period": draw(some("", "", instance.period_names[-1])),
    }  # fmt: skip
    more = {"feeders": pd.DataFrame([rule])}
    if given:
        more["feeder_sites"] = pd.DataFrame(given)
    for name in ("together_rules", "mobile_services"):
        assume(instance.table(name).empty)
    try:
        return instance.replace(**more)
    except InstanceError:
        assume(False)
        raise


def ties(case: Case, service: str) -> bool:
    """Return whether who goes where in a service is decided with another one."""
    return any(service in (r["service"], r["to_service"]) for r in case.rows["feeders"])


def joint_costs(
    case: Case, names: list[str], units: list[np.ndarray], problem_of: ProblemOf
) -> np.ndarray:
    """Return the allocation cost of each pair of histories (p,t,j,l) of two services.

    There is one pattern at most. Raises TooManyError.
    """
    total = np.zeros((len(units[0]), len(units[1])))
    for rule in case.rows["feeders"]:
        ends = [names.index(rule[x]) for x in ("service", "to_service")]
        rows = [next(r for r in case.rows["services"] if r["service"] == names[k])
                for k in ends]  # fmt: skip
        for t in range(len(case.first)):
            known, at = [], []
            for k in ends:
                own = units[k][:, t]
                flat = own.reshape(len(own), -1)
                states, of = np.unique(flat, axis=0, return_inverse=True)
                known.append(states.reshape(-1, *own.shape[1:]))
                at.append(of.ravel())
            if len(known[0]) * len(known[1]) > MOST_PAIRS:
                raise TooManyError
            made = [problem_of(case, row, t, states)
                    for row, states in zip(rows, known, strict=True)]  # fmt: skip
            is_on = t >= case.period(rule["first_period"])
            best = _of_states(case, rule, rows, made, is_on=is_on)
            found = best[np.ix_(at[0], at[1])]
            total += found if ends == [0, 1] else found.T
    return total


def _of_states(
    case: Case,
    rule: dict[str, Any],
    rows: list[dict[str, Any]],
    made: list[tuple[Problem, Given]],
    *,
    is_on: bool,
) -> np.ndarray:
    """Return the best cost of each pair of states, over all choices of follow-ons."""
    programmes = []
    for row, (problem, (capacity, least, is_open)) in zip(rows, made, strict=True):
        pairs = _pairs(problem)
        costs = _costs(problem, pairs)
        matrix, equal, limit = _rows(problem, pairs, len(costs), capacity, least)
        near = row["allocation"] == "nearest"
        upper = [_upper(problem, pairs, own, near) for own in is_open]
        upper = np.hstack([np.array(upper), problem["second"][0]])
        programmes.append((problem, pairs, costs, matrix, equal, limit, upper))
    best = np.full((len(made[0][1][0]), len(made[1][1][0])), inf)
    for to in _choices(case, rule) if is_on else [None]:
        links = _links(programmes[0], programmes[1], to)
        best = np.minimum(best, _solved(programmes[0], programmes[1], links))
    return best


def _choices(case: Case, rule: dict[str, Any]) -> list[tuple[int | None, ...]]:
    """Return the follow-ons of all sites that are possible, None: who goes is free."""
    sites = [row["site"] for row in case.of("sites", rule["service"])]
    ends = [row["site"] for row in case.of("sites", rule["to_service"])]
    given = {row["site"]: ends.index(row["to_site"])
             for row in case.rows["feeder_sites"]}  # fmt: skip
    free = range(len(ends)) if rule["is_chosen"] else [None]
    return list(product(*([given[x]] if x in given else free for x in sites)))


def _links(one: Any, two: Any, to: tuple[int | None, ...] | None) -> np.ndarray:
    """Return rows, at most 0, of the columns of both programmes."""
    width = len(one[2]), len(two[2])
    if to is None:
        return np.zeros((0, sum(width)))
    need, other, count = one[0]["need"], two[0]["need"], len(to)
    ends = two[0]["second"][0].shape[1]
    rows = []
    for i in range(len(need)):
        if need[i] <= 0 or other[i] <= 0:
            continue
        subsets = (combinations(range(ends), n) for n in range(1, ends + 1))
        for some_ends in chain.from_iterable(subsets):
            row = np.zeros(sum(width))
            for column, (k, j) in enumerate(one[1]):
                end = to[j % count] if j >= 0 else None
                if k == i and (end is None or end in some_ends):
                    row[column] = -1.0 / need[i]
            for column, (k, j) in enumerate(two[1]):
                if k == i and j >= 0 and j % ends in some_ends:
                    row[width[0] + column] = 1.0 / other[i]
            rows.append(row)
    return np.array(rows).reshape(len(rows), sum(width))


def _solved(one: Any, two: Any, links: np.ndarray) -> np.ndarray:
    """Return the optimum of each pair of states, inf where there is no allocation."""
    width = len(one[2]), len(two[2])
    first = np.hstack([one[3], np.zeros((len(one[3]), width[1]))])
    second = np.hstack([np.zeros((len(two[3]), width[0])), two[3]])
    matrix = np.vstack([first, second, links])
    same = np.vstack([
        np.hstack([one[4][0], np.zeros((len(one[4][0]), width[1]))]),
        np.hstack([np.zeros((len(two[4][0]), width[0])), two[4][0]]),
    ])  # fmt: skip
    equal = same, np.concatenate([one[4][1], two[4][1]])
    states = len(one[5]), len(two[5])
    k, m = (x.ravel() for x in np.indices(states))
    limit = np.hstack([one[5][k], two[5][m], np.zeros((len(k), len(links)))])
    upper = np.hstack([one[6][k], two[6][m]])
    costs = np.concatenate([one[2], two[2]])
    sizes = (len(k), len(matrix), sum(width))
    out = np.full(len(k), inf)
    if not sizes[2]:
        bad = (limit < -1e-9).any(axis=1) | (np.abs(equal[1]) > 1e-9).any()
        return np.where(bad, inf, 0.0).reshape(states)
    short = _solve(sizes, np.zeros(sizes[2]), matrix, limit, equal, upper, slack=True)
    good = short < 1e-7
    if good.any():
        part = (int(good.sum()), *sizes[1:])
        out[good] = _solve(part, costs, matrix, limit[good], equal, upper[good])
    return out.reshape(states)
