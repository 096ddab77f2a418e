"""The cheapest plan of a tiny instance by enumeration: an oracle for the solvers.

All changes of facilities of each site are enumerated as whole numbers; for each state
of the sites the best allocation is found by enumeration (whole catchments) or by one
linear programme that holds all states side by side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from math import exp, inf, nan
from typing import Any

import numpy as np
from allocation_optima import together_costs, whole_costs
from closing_optima import (
    barred,
    kept,
    limits,
    merged,
    merging_choices,
    merging_money,
    together,
)
from coupled_optima import best_coupled
from feeder_optima import joint_costs, ties
from financing_optima import KINDS, Cells, financing_cost, is_financed, most_gain
from growth_optima import (
    concentrated,
    growth_choices,
    growth_cost,
    growth_spending,
    moved,
)
from impact_rules import of_facilities
from lasting_case import spending
from mobile_optima import costs_with_teams, mobile
from relocation_optima import relocated
from road_histories import (
    connection_cost,
    upgrade_cost,
    upgrade_histories,
    upgrade_spending,
)
from shift_staff_optima import ShiftStaff, are_tied
from site_histories import SiteHistories
from staff_optima import Staff, posts_of
from tiny_case import Case, demand, options, read_case, site_minutes, travel_km

from aumaq.instances import Instance

EPS = 1e-9


@dataclass
class Purse:
    """One limit on spending."""

    t: int
    limit: float
    covers: str
    service: str
    region: str
    is_hard: bool
    price: float
    rule: dict[str, Any] | None = None
    """A limit on an impact; None: it is on spending."""


@dataclass
class Histories:
    """Joint histories of the sites of a service, as arrays over histories.

    ``first`` is what each does in the first period, if the case keeps these apart.
    """

    cost: np.ndarray
    spent: np.ndarray
    running: np.ndarray
    units: np.ndarray
    region: list[str]
    first: list[tuple[Any, ...]] = field(default_factory=list)
    changes: np.ndarray | None = None
    allocated: np.ndarray | None = None
    """Of ``cost``, what who goes where takes."""


def histories(case: Case, service: dict[str, Any]) -> Histories | None:
    """Return joint histories with siting, operation and allocation cost.

    Where pairs may merge, those of each way in which they do, one after another.
    """
    found = []
    for choice in merging_choices(case, service["service"]):
        case.merging = choice
        if (part := _histories(case, service)) is not None:
            name = service["service"]
            part.cost = part.cost + merging_money(case, name, part.spent, part.running)
            part.running = part.running * np.array(case.years)[None, :, None]
            now = tuple(sorted(code for code, t in choice.items() if t == 0))
            part.first = [(*one, now) for one in part.first]
            found.append(part)
    case.merging = {}
    return _one_after_another(found) if found else None


def _one_after_another(parts: list[Histories]) -> Histories:
    if len(parts) == 1:
        return parts[0]
    arrays = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("cost", "spent", "running", "units", "changes", "allocated")
    }
    first = [one for part in parts for one in part.first]
    return Histories(**arrays, region=parts[0].region, first=first)


def _histories(case: Case, service: dict[str, Any]) -> Histories | None:
    """Return them for one way in which pairs merge; *running* is of a year."""
    sites = case.of("sites", service["service"])
    paths = [SiteHistories(case, service, site).all() for site in sites]
    if not all(paths):
        return None
    grid = np.meshgrid(*(np.arange(len(p)) for p in paths), indexing="ij")
    pick = np.stack([g.ravel() for g in grid])
    cost = sum(
        np.array([p.cost for p in ps])[k] for ps, k in zip(paths, pick, strict=True)
    )
    units = np.stack(
        [
            np.array([p.states for p in ps])[k]
            for ps, k in zip(paths, pick, strict=True)
        ],
        axis=2,
    )
    spent = np.stack(
        [np.array([p.spent for p in ps])[k] for ps, k in zip(paths, pick, strict=True)],
        axis=2,
    )
    levels = sorted(case.of("levels", service["service"]), key=lambda r: r["level"])
    price = np.array([row["opex_mln_per_year"] for row in levels])
    running = units @ price * case.scenario["opex_factor"]
    cost = cost + np.einsum("ptj,t->p", running, np.array(case.yearly))
    allocated = _allocated(case, service, units)
    cost = cost + allocated
    good = (cost < inf) & concentrated(case, service["service"], units)
    changes = [
        [own[k].changes for own, k in zip(paths, of_site, strict=True)]
        for of_site in (pick.T if case.of("counts", service["service"]) else ())
    ]
    good &= _few_enough(case, service["service"], units, changes)
    good &= kept(case, service["service"], units)
    good &= merged(case, service["service"], units)
    pick, cost, spent, running, units, allocated = (
        pick[:, good], cost[good], spent[good], running[good], units[good],
        allocated[good],
    )  # fmt: skip
    if case.of("relocations", service["service"]):
        of, cost, spent = relocated(case, service, paths, pick, cost, spent)
        pick, running, units = pick[:, of], running[of], units[of]
        allocated = allocated[of]
    home = {r["settlement"]: r["region"] for r in case.rows["settlements"]}
    return Histories(
        cost,
        spent,
        running,
        units,
        [home[site["settlement"]] for site in sites],
        [
            tuple(own[k].first for own, k in zip(paths, of_site, strict=True))
            for of_site in pick.T
        ]
        if case.by_first
        else [],
        _changes(case, paths, pick),
        allocated,
    )


def _allocated(case: Case, service: dict[str, Any], units: np.ndarray) -> np.ndarray:
    """Return what who goes where costs in each history (p,t,j,l), if it is alone."""
    found = np.zeros(len(units))
    for t in () if ties(case, service["service"]) else range(len(case.first)):
        flat = units[:, t].reshape(len(units), -1)
        states, of = np.unique(flat, axis=0, return_inverse=True)
        shape = (len(states), *units.shape[2:])
        values = allocation_costs(case, service, t, states.reshape(shape))
        found += values[of.ravel()]
    return found


def _changes(case: Case, paths: list[Any], pick: np.ndarray) -> np.ndarray:
    """Return how many facilities change, (p, t, j), where a rule limits it."""
    found = np.zeros((pick.shape[1], len(case.first), len(paths)))
    if case.rows["building_capacity"]:
        for j, (own, k) in enumerate(zip(paths, pick, strict=True)):
            found[:, :, j] = np.array([path.moved for path in own])[k]
    return found


def _few_enough(
    case: Case, service: str, units: np.ndarray, changes: list[Any]
) -> np.ndarray:
    """Return which histories (p,t,j,l), with changes of (p,j), keep all counts."""
    home = {r["settlement"]: r for r in case.rows["settlements"]}
    good = np.ones(len(units), dtype=bool)
    for rule in case.of("counts", service):
        here = [
            j
            for j, site in enumerate(case.of("sites", service))
            if counts_place(case, rule, home[site["settlement"]])
        ]
        top = rule["to_level"] or units.shape[3]
        levels = range(rule["from_level"], top + 1)
        numbers = []
        for t, period in enumerate(case.rows["periods"]):
            if rule["period"] not in ("", period["period"]):
                continue
            if rule["what"] == "facilities":
                number = units[:, t, here][..., levels[0] - 1 : top].sum(axis=(1, 2))
            else:
                number = np.array(
                    [
                        sum(
                            n
                            for j in here
                            for a, b, n in p[j][t]
                            if _kind(a, b) == rule["what"] and max(a, b) in levels
                        )
                        for p in changes
                    ]
                )
            numbers.append(number)
        for number in [sum(numbers)] if rule["is_total"] else numbers:
            if rule["most"] == rule["most"]:
                good &= number <= rule["most"]
            if rule["least"] == rule["least"]:
                good &= number >= rule["least"]
    return good


def _kind(before: int, after: int) -> str:
    """Return what a change of level is called."""
    if before == after:
        return "nothing"
    if not before or not after:
        return "closures" if before else "openings"
    return "enlargements" if before < after else "reductions"


def counts_place(case: Case, rule: dict[str, Any], place: dict[str, Any]) -> bool:
    """Return whether a rule counts a settlement: by kind, region, tag."""
    to, own = rule["applies_to"], (place["settlement"], rule["tag"])
    tags = {(r["settlement"], r["tag"]) for r in case.rows["settlement_tags"]}
    is_kind = {
        "all": True,
        "urban": place["kind"] != "village",
        "rural": place["kind"] == "village",
    }
    fits = is_kind[to] if to in is_kind else place[f"is_{to}"]
    in_region = rule["region"] in ("", place["region"])
    return bool(fits and in_region and (not rule["tag"] or own in tags))


def allocation_costs(
    case: Case, service: dict[str, Any], t: int, states: np.ndarray
) -> np.ndarray:
    """Return the best discounted allocation cost of each state, inf if there is none.

    *states* is (state, site, level).
    """
    if service["role"] != "serve":
        return np.zeros(len(states))
    problem, given = problem_of(case, service, t, states)
    members = together(case, service["service"])

    def costs(problem: dict[str, Any]) -> np.ndarray:
        if service["allocation"] == "whole":
            return whole_costs(problem, *given)
        is_nearest = service["allocation"] == "nearest"
        return together_costs(problem, members, *given, is_nearest)

    return costs_with_teams(problem, costs)


def problem_of(
    case: Case, service: dict[str, Any], t: int, states: np.ndarray
) -> tuple[dict[str, Any], tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Return the problem of an allocation; room, least use and what runs by state."""
    need = [line[t] for line in moved(case, demand(case, service))]
    levels = sorted(case.of("levels", service["service"]), key=lambda r: r["level"])
    capacity = states @ np.array([row["capacity"] for row in levels])
    capacity = capacity * service["max_use_share"]
    least = states @ np.array([row["min_use"] for row in levels])
    to = options(case, service, t)
    unserved = service["unserved_mln_per_unit_year"] * case.yearly[t]
    problem = {
        "need": need,
        "options": to,
        "price": _prices(case, service, t, to),
        "unserved": unserved if service["may_be_unserved"] else inf,
        "rules": _rules(case, service, t, need),
        "gaps": _gaps(case, service, t, to),
        "limits": limits(case, service),
        "barred": barred(case, service, t),
        "second": second_shift(case, service, t, states, need),
        "bus": _bus(case, service, t, to),
        "mobile": mobile(case, service, t, to, states, counts_place),
    }
    return problem, (capacity, least, states.sum(axis=2) > 0)


def _bus(
    case: Case, service: dict[str, Any], t: int, to: list[dict[int, float]]
) -> list[dict[int, float]]:
    """Return by settlement and site what a unit's bus costs where it may ride."""
    km, sites = travel_km(case, t), case.of("sites", service["service"])
    found: list[dict[int, float]] = [{} for _ in to]
    for bus in case.of("buses", service["service"]):
        for own, place, near in zip(found, case.rows["settlements"], to, strict=True):
            for j, minutes in near.items():
                if minutes <= bus["within_minutes"] + EPS:
                    length = km.get((place["settlement"], sites[j]["site"]), 0.0)
                    fare = service["trips_per_year"] * length * bus["cost_per_km"] / 1e6
                    price = bus["cost_mln_per_unit_year"] + fare
                    own[j] = price * case.scenario["opex_factor"] * case.yearly[t]
    return found


def second_shift(
    case: Case, service: dict[str, Any], t: int, states: np.ndarray, need: list[float]
) -> tuple[np.ndarray, float, list[tuple[list[int], float]]]:
    """Return places in second shift by state and site, price of one, and limits."""
    more, price, name = np.zeros(states.shape[:2]), 0.0, service["service"]
    for rule in case.of("shifts", name):
        levels = sorted(case.of("levels", name), key=lambda r: r["level"])
        share = rule["extra_share"] * service["max_use_share"]
        size = [row["capacity"] * share * (row["level"] >= rule["from_level"])
                for row in levels]  # fmt: skip
        more = more + states @ np.array(size)
        price = rule["cost_mln_per_unit_year"] * case.yearly[t]
        price *= case.scenario["opex_factor"]
    home = {r["settlement"]: r["region"] for r in case.rows["settlements"]}
    limits = []
    for rule in case.of("shift_limits", name):
        if case.period(rule["period"]) == t:
            sites = [j for j, site in enumerate(case.of("sites", name))
                     if rule["region"] in ("", home[site["settlement"]])]  # fmt: skip
            most = sum(units for place, units in zip(home, need, strict=True)
                       if rule["region"] in ("", home[place]))  # fmt: skip
            limits.append((sites, rule["most_share"] * most))
    return more, price, limits


def _prices(
    case: Case, service: dict[str, Any], t: int, to: list[dict[int, float]]
) -> list[dict[int, float]]:
    """Return discounted mln of a unit's way from each settlement to each site."""
    km, sites = travel_km(case, t), case.of("sites", service["service"])
    trips = service["trips_per_year"] * (1 + service["companions_per_trip"])
    hour = case.policy["value_of_time_per_hour"]
    fare = service["transport_cost_per_km"] * case.scenario["opex_factor"]
    out = []
    for place, near in zip(case.rows["settlements"], to, strict=True):
        out.append({})
        for j, minutes in near.items():
            length = km.get((place["settlement"], sites[j]["site"]), 0.0)
            k = service["aversion_per_minute"]
            felt = (exp(k * minutes) - 1) / k if k else minutes
            trip = felt / 60 * hour + length * fare
            out[-1][j] = trips * trip / 1e6 * case.yearly[t]
    return out


def _rules(
    case: Case, service: dict[str, Any], t: int, need: list[float]
) -> list[tuple[list[int], float, float, float]]:
    """Return standards in force: (settlements, minutes, required units, price)."""
    out = []
    places = case.rows["settlements"]
    for rule in case.of("standards", service["service"]):
        if t < case.period(rule["first_period"]):
            continue
        groups: dict[str, list[int]] = {}
        for i, place in enumerate(places):
            if counts_place(case, rule, place):
                name = "" if rule["scope"] == "total" else place[rule["scope"]]
                if rule["scope"] == "district":
                    name = place["region"] + "/" + name
                groups.setdefault(name, []).append(i)
        price = rule["shortfall_mln_per_unit_year"] * case.yearly[t]
        for members in groups.values():
            required = rule["share"] * sum(need[i] for i in members)
            out.append(
                (members, rule["minutes"], required, inf if rule["is_hard"] else price)
            )
    return out


def _gaps(
    case: Case, service: dict[str, Any], t: int, to: list[dict[int, float]]
) -> list[tuple[list[list[int]], list[dict[int, float]], float, float]]:
    """Return gaps in force: (groups, worth of a unit by site, most, price).

    Site -1: who is not served; -2, -3, ...: whom the first, second, ... mobile service
    visits at home (no number: worth what his way is).
    """
    out, teams = [], case.of("mobile_services", service["service"])
    for rule in case.of("gaps", service["service"]):
        if t < case.period(rule["first_period"]):
            continue
        groups: dict[str, list[int]] = {}
        for i, place in enumerate(case.rows["settlements"]):
            names = [place["kind"] if rule["scope"] == "kind" else place["region"]]
            if rule["scope"] == "district":
                names = [place["region"] + "/" + place["district"]]
            if rule["scope"] == "tag":
                tags = case.rows["settlement_tags"]
                own = place["settlement"]
                names = [r["tag"] for r in tags if r["settlement"] == own]
            for name in names if counts_place(case, rule, place) else ():
                groups.setdefault(name, []).append(i)
        limit, is_share = rule["minutes"], rule["measure"] == "share"
        worth = [
            {
                **{
                    j: float(m <= limit + EPS) if is_share else min(m, limit)
                    for j, m in near.items()
                },
                -1: 0.0 if is_share else limit,
                **{
                    -2 - k: (1.0 if own["counts_in_standards"] else nan)
                    if is_share
                    else 0.0
                    for k, own in enumerate(teams)
                },
            }
            for near in to
        ]
        price = rule["excess_mln_per_year"] * case.yearly[t]
        price = inf if rule["is_hard"] else price
        out.append((list(groups.values()), worth, rule["most"], price))
    return out


def purses(case: Case) -> list[Purse]:
    """Return all limits on spending, less what roads and growth points take.

    What may change at once is a limit like them, in mln or in facilities, but on
    facilities alone: nothing else counts in it.
    """
    at_once = [
        Purse(case.period(row["period"]), row[most], covers, row["service"],
              row["region"], True, inf)
        for row in case.rows["building_capacity"]
        for most, covers in (("most_mln", "facilities"), ("most_changes", "changes"))
        if row[most] == row[most]
    ]  # fmt: skip
    budgets = [
        Purse(
            case.period(row["period"]),
            row["amount_mln"] * case.scenario["budget_factor"]
            - upgrade_spending(case, row)
            - growth_spending(case, row),
            row["covers"],
            row["service"],
            row["region"],
            row["is_hard"],
            row["overrun_price"] * case.once[case.period(row["period"])],
        )
        for row in case.rows["budgets"]
        if not is_financed(case)  # who pays is found with what partners pay
    ]
    return at_once + budgets + [
        Purse(
            case.period(row["period"]), row["most"], "", "", "", row["is_hard"],
            row["excess_mln_per_unit_year"] * case.yearly[case.period(row["period"])],
            row,
        )
        for row in case.rows["impact_limits"]
    ]  # fmt: skip


def _spending(case: Case, part: Histories, name: str, purse: Purse) -> np.ndarray:
    """Return what each history of a service takes from a purse, mln."""
    if purse.rule is not None and name:
        return of_facilities(case, part, name, purse)
    if purse.service not in ("", name) or not name:
        return np.zeros(len(part.cost))
    mine = np.array([purse.region in ("", region) for region in part.region])
    if purse.covers == "changes":
        return part.changes[:, purse.t] @ mine
    total = np.zeros(len(part.cost))
    if purse.covers != "operation":
        total = total + part.spent[:, purse.t] @ mine
    if purse.covers in ("operation", "all"):
        total = total + part.running[:, purse.t] @ mine
    return total


def _referred(case: Case, rule: dict[str, Any], parts: dict[str, Histories]) -> Any:
    """Return (lower count (p,t,j), what is allowed (q,t,j)) of a referral."""
    lower = case.of("sites", rule["service"])
    upper = case.of("sites", rule["to_service"])
    near = np.array(
        [
            [
                site_minutes(case, a["site"], b["site"]) <= rule["minutes"] + EPS
                for b in upper
            ]
            for a in lower
        ]
    )
    have = parts[rule["service"]].units[..., rule["from_level"] - 1 :].sum(axis=3)
    there = parts[rule["to_service"]].units[..., rule["to_level"] - 1 :].sum(axis=3)
    places = np.array([site["max_units"] for site in lower])
    return have, (there @ near.T) * places


def best_plan_cost(instance: Instance) -> float | None:
    """Return the objective of the best plan, discounted mln; None if there is none.

    Raises TooManyError.
    """
    case, best = read_case(instance), inf
    for built in upgrade_histories(case):
        case.built = built
        fixed = upgrade_cost(case) + connection_cost(case)
        for chosen in growth_choices(case) if fixed < inf else ():
            case.chosen = chosen
            found = _best_on_roads(case)
            if found is not None:
                best = min(best, fixed + growth_cost(case) + found)
    return best if best < inf else None


def _best_on_roads(case: Case) -> float | None:
    """Return the best objective of facilities and networks, all else given."""
    parts: dict[str, Histories] = {}
    for service in case.rows["services"]:
        part = histories(case, service)
        if part is None or not len(part.cost):
            return None
        parts[service["service"]] = part
    limits = purses(case)
    if any(limit.is_hard and limit.limit < -EPS for limit in limits):
        return None
    if case.rows["networks"]:
        of_case = partial(_spending, case), partial(_cells, case)
        return best_coupled(case, parts, limits, *of_case)
    if is_financed(case):
        return _best_financed(case, parts, limits)
    apart = ("referrals", "staff_supply", "feeders")
    if not limits and not any(case.rows[name] for name in apart):
        return float(sum(part.cost.min() for part in parts.values()))
    names = list(parts)
    if len(names) == 1:
        names.append("")
        parts[""] = _nothing(case)
    return _best_pair(case, names, parts, limits)


def _best_financed(
    case: Case, parts: dict[str, Histories], limits: list[Purse]
) -> float | None:
    """Return the best objective where it matters who pays: a programme a history."""
    names = list(parts)
    if len(names) == 1:
        names.append("")
        parts[""] = _nothing(case)
    first, second = parts[names[0]], parts[names[1]]
    total = first.cost[:, None] + second.cost[None, :]
    total += _joint(case, names, parts)
    for rule in case.rows["referrals"]:
        have, allowed = _referred(case, rule, parts)
        if rule["service"] == names[0]:
            broken = (have[:, None] > allowed[None, :]).any(axis=(-1, -2))
        else:
            broken = (have[None, :] > allowed[:, None]).any(axis=(-1, -2))
        total[broken] = inf
    for purse in limits:
        own, other = (_spending(case, parts[n], n, purse) for n in names)
        over = np.maximum(0.0, own[:, None] + other[None, :] - purse.limit)
        if purse.is_hard:
            total[over > EPS] = inf
        else:
            total += purse.price * over
    posts = [posts_of(case, n, parts[n].units) for n in names]
    best, gain = inf, most_gain(case)
    for k in np.argsort(total, axis=None, kind="stable").tolist():
        pick = divmod(k, len(second.cost))
        if total[pick] - gain >= best:
            break
        cells = _cells(
            case, [(n, parts[n], p) for n, p in zip(names, pick, strict=True)]
        )
        filled = posts[0][pick[0]] + posts[1][pick[1]]
        best = min(best, float(total[pick]) + financing_cost(case, cells, filled))
    return best if best < inf else None


def _cells(case: Case, chosen: list[tuple[str, Histories, int]]) -> Cells:
    """Return what is spent by kind, service, region and period."""
    found: Cells = {}
    for name, part, p in chosen:
        for kind, mln in zip(KINDS, (part.spent[p], part.running[p]), strict=True):
            for (t, j), amount in np.ndenumerate(mln):
                key = kind, name, part.region[j], t
                found[key] = found.get(key, 0.0) + float(amount)
    for kind, (t, period) in product(KINDS, enumerate(case.rows["periods"])):
        all_of_it = {"period": period["period"], "covers": kind, "service": "",
                     "region": ""}  # fmt: skip
        for name, region, row, since in _lasting(case):
            key = kind, name, region, t
            more = spending(case, row, region, since, all_of_it)
            found[key] = found.get(key, 0.0) + more
    return {key: mln for key, mln in found.items() if mln}


def _lasting(case: Case) -> Iterator[tuple[str, str, dict[str, Any], float]]:
    """Yield road upgrades and growth points: kind, region, row, since when it is."""
    home = {r["settlement"]: r["region"] for r in case.rows["settlements"]}
    for row in case.rows["road_upgrades"]:
        yield "roads", row["region"], row, case.built.get(row["upgrade"], inf)
    for row in case.rows["growth_candidates"]:
        since = case.chosen.get((row["settlement"], row["tier"]), inf)
        yield "growth_points", home[row["settlement"]], row, since


def _joint(case: Case, names: list[str], parts: dict[str, Histories]) -> np.ndarray:
    """Return what who goes where costs that is decided for two services together."""
    units = [parts[name].units for name in names]
    return joint_costs(case, names, units, problem_of)


def _nothing(case: Case) -> Histories:
    empty = np.zeros((1, len(case.first), 0))
    nothing, none = np.zeros(1), empty[..., None]
    return Histories(nothing, empty, empty, none, [], changes=empty, allocated=nothing)


def _best_pair(
    case: Case, names: list[str], parts: dict[str, Histories], limits: list[Purse]
) -> float | None:
    """Return the best sum over pairs of histories of two services."""
    first, second = parts[names[0]], parts[names[1]]
    spending = [
        [_spending(case, parts[n], n, purse) for n in names] for purse in limits
    ]
    rules = [(r, *_referred(case, r, parts)) for r in case.rows["referrals"]]
    posts, staff = [posts_of(case, n, parts[n].units) for n in names], Staff(case)
    best, least = inf, second.cost.min()
    joint, tied = _joint(case, names, parts), are_tied(case)
    in_second = ShiftStaff(case, problem_of)
    for p in np.argsort(first.cost):
        if first.cost[p] + least >= best:
            break
        total = first.cost[p] + second.cost + joint[p]
        for purse, (own, other) in zip(limits, spending, strict=True):
            over = np.maximum(0.0, own[p] + other - purse.limit)
            if purse.is_hard:
                total = np.where(over > EPS, inf, total)
            else:
                total = total + purse.price * over
        for rule, have, allowed in rules:
            have = have[p] if rule["service"] == names[0] else have
            allowed = allowed[p] if rule["to_service"] == names[0] else allowed
            broken = (have > allowed).any(axis=(-1, -2))
            total = np.where(broken, inf, total)
        for q in np.argsort(total) if case.rows["staff_supply"] else ():
            if total[q] >= best:
                break
            filled = posts[0][p] + posts[1][q]
            found = float(total[q]) + staff.cost(filled)
            if tied and found < best:
                units = {names[0]: first.units[p], names[1]: second.units[q]}
                goes = first.allocated[p] + second.allocated[q]
                found = float(total[q] - goes) + in_second.cost(units, filled)
            best = min(best, found)
        if not case.rows["staff_supply"]:
            best = min(best, float(total.min()))
    return best if best < inf else None
