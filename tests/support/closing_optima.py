"""Rules on closing in the enumeration: written from docs/instance-format.md alone."""

from __future__ import annotations

from itertools import product
from math import inf, isnan
from typing import Any

import numpy as np
from tiny_case import EPS, Case, travel_minutes


def is_about(rule: dict[str, Any], place: dict[str, Any]) -> bool:
    """Return whether a rule is about a settlement."""
    kind = "rural" if place["kind"] == "village" else "urban"
    to, most = rule["applies_to"], rule["population_most"]
    return (
        (to in ("all", kind) or bool(place.get(f"is_{to}", False)))
        and rule["settlement"] in ("", place["settlement"])
        and rule["region"] in ("", place["region"])
        and place["population"] >= rule["population_least"]
        and (isnan(most) or place["population"] <= most)
    )


def kept(case: Case, service: str, units: np.ndarray) -> np.ndarray:
    """Return which histories (p,t,j,l) keep the only facilities that rules keep."""
    good = np.ones(len(units), dtype=bool)
    stock = {row["site"] for row in case.of("facilities", service)}
    for rule in case.of("closing_rules", service):
        for place in case.rows["settlements"]:
            here = [
                j
                for j, site in enumerate(case.of("sites", service))
                if site["settlement"] == place["settlement"]
            ]
            if not rule["keep_only"] or not here or not is_about(rule, place):
                continue
            sites = case.of("sites", service)
            has = np.full(len(units), any(sites[j]["site"] in stock for j in here))
            for t in range(units.shape[1]):
                runs = units[:, t, here].sum(axis=(1, 2)) > 0
                good &= runs | ~has
                has = has | runs
    return good


def todays_sites(case: Case, service: dict[str, Any]) -> list[tuple[set[int], float]]:
    """Return of each settlement its sites of today, and minutes to them."""
    sites = case.of("sites", service["service"])
    stock = {row["site"] for row in case.of("facilities", service["service"])}
    today = travel_minutes(case, -1)
    out = []
    for place in case.rows["settlements"]:
        away = {
            j: today.get((place["settlement"], site["site"]), inf)
            for j, site in enumerate(sites)
            if site["site"] in stock
        }
        least = min(away.values(), default=inf)
        is_far = not service["nearest_sites"]
        is_far &= least > service["cutoff_minutes"] + EPS
        if is_far or least > service["served_within_minutes"] + EPS or least == inf:
            out.append((set(), inf))
        else:
            own = {j for j, minutes in away.items() if minutes <= least + EPS}
            out.append((own, least))
    return out


def limits(case: Case, service: dict[str, Any]) -> list[tuple[set[int], float]]:
    """Return of each settlement today's sites, and minutes if none of them runs."""
    out = []
    known = zip(case.rows["settlements"], todays_sites(case, service), strict=True)
    for place, (own, least) in known:
        extra = [
            rule["extra_minutes_most"]
            for rule in case.of("closing_rules", service["service"])
            if is_about(rule, place) and not isnan(rule["extra_minutes_most"])
        ]
        out.append((own, least + min(extra, default=inf)))
    return out


def is_bound(problem: dict[str, Any], i: int, is_open: np.ndarray) -> bool:
    """Return whether a settlement has lost its facility of today, under a rule."""
    own, limit = problem["limits"][i]
    return limit < inf and not any(is_open[j] for j in own)


def is_too_far(problem: dict[str, Any], i: int, j: int) -> bool:
    """Return whether that site (-1: none) is too far for who has lost one."""
    _, limit = problem["limits"][i]
    return bool(j < 0 or problem["options"][i][j] > limit + EPS)


def together(case: Case, service: str) -> list[int]:
    """Return the settlements whose people all go to one site, or nowhere."""
    rules = case.of("together_rules", service)
    places = enumerate(case.rows["settlements"])
    return [i for i, place in places if any(is_about(r, place) for r in rules)]


def merged(case: Case, service: str, units: np.ndarray) -> np.ndarray:
    """Return which histories (p,t,j,l) have one of each pair that merges."""
    good = np.ones(len(units), dtype=bool)
    for rule, first in _in_force(case, service):
        own = units[:, first:, _pair(case, rule)]
        good &= (own.sum(axis=(2, 3)) == 1).all(axis=1)
        least = rule.get("least_level", 1)
        good &= (own[..., least - 1 :].sum(axis=(2, 3)) == 1).all(axis=1)
    return good


def _in_force(case: Case, service: str) -> list[tuple[dict[str, Any], int]]:
    """Return pairs that merge, by rule or by choice, and from when."""
    forced = [(r, case.period(r["first_period"])) for r in case.of("mergers", service)]
    return forced + [
        (rule, case.merging[rule["possible_merger"]])
        for rule in case.of("possible_mergers", service)
        if rule["possible_merger"] in case.merging
    ]


def merging_choices(case: Case, service: str) -> list[dict[str, int]]:
    """Return when pairs that may merge do so, in all ways."""
    rules, periods = case.of("possible_mergers", service), range(len(case.first))
    when = [
        [None, *(t for t in periods if t >= case.period(rule["first_period"]))]
        for rule in rules
    ]
    return [
        {
            r["possible_merger"]: t
            for r, t in zip(rules, pick, strict=True)
            if t is not None
        }
        for pick in product(*when)
    ]


def merging_money(
    case: Case, service: str, spent: np.ndarray, running: np.ndarray
) -> float:
    """Book what merging costs (p,t,j) and saves a year; return the discounted sum."""
    total = 0.0
    sites = [row["site"] for row in case.of("sites", service)]
    for rule in case.of("possible_mergers", service):
        if rule["possible_merger"] in case.merging:
            t, j = case.merging[rule["possible_merger"]], sites.index(rule["site"])
            cost = rule["cost_mln"] * case.scenario["capex_factor"]
            saved = rule["saving_mln_per_year"] * case.scenario["opex_factor"]
            spent[:, t, j] += cost
            running[:, t:, j] -= saved
            total += cost * case.once[t] - saved * sum(case.yearly[t:])
    return total


def _pair(case: Case, rule: dict[str, Any]) -> list[int]:
    sites = enumerate(case.of("sites", rule["service"]))
    return [j for j, row in sites if row["site"] in (rule["site"], rule["other_site"])]


def barred(case: Case, service: dict[str, Any], t: int) -> set[tuple[int, int]]:
    """Return (settlement, site) that mergers bar in a period."""
    out = set()
    for rule, first in _in_force(case, service["service"]):
        pair = set(_pair(case, rule))
        for i, (own, _) in enumerate(todays_sites(case, service)):
            if t >= first and own and own <= pair:
                count = len(case.of("sites", service["service"]))
                out |= {(i, j) for j in range(count) if j not in pair}
    return out
