"""What cannot work, found by counting before any solving: demand, capacity, money.

Each of these is a proof: whatever is planned, the figures do not fit. They take longer
than the checks of every reading (a flow for each service and period), and so are asked
for: ``aumaq validate --deep``. What passes may still have no plan, for reasons that
only a solve finds (``aumaq conflicts``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from aumaq.instances.access.limits import share_at_least, within
from aumaq.instances.arguments import checked
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.checks.access import site_capacity, sure_demand
from aumaq.instances.checks.check import problem
from aumaq.instances.errors import InstanceError, Problem
from aumaq.instances.instance import Instance
from aumaq.instances.language.texts import Text, chained, say, told_apart
from aumaq.instances.rows import rows_with
from aumaq.instances.selection import is_of_all, selected
from aumaq.instances.terms import COVERED

LARGEST_SUM = 2.0e9
"""Flows are whole numbers of 32 bits: amounts are scaled so that none passes this."""
FINEST = 1000.0
"""Parts of a unit that are told apart, where there is room for them."""
SLACK = 1e-6
"""Relative; by so much demand may pass capacity: rounding."""
MOST_NAMED = 5


@checked
def check_deeply(instance: Instance) -> None:
    """Raise InstanceError with all that cannot work, counted before any solving."""
    if found := deep_problems(instance):
        raise InstanceError(found)


def deep_problems(instance: Instance) -> list[Problem]:
    """Return what cannot work in the active scenario, whatever is planned."""
    checks = (_crowded, _standards, _counts, _opposed, _money)
    return [found for check in checks for found in check(instance)]


def _names(codes: pd.Series[str], places: Ints) -> Text:
    """Return some codes, and how many there are besides."""
    shown = chained([codes.iloc[k] for k in places[:MOST_NAMED]], ", ")
    rest = len(places) - MOST_NAMED
    return say("{rows} and {rest:,} more", rows=shown, rest=rest) if rest > 0 else shown


def _flow(demand: Floats, capacity: Floats, i: Ints, j: Ints) -> tuple[float, Flags]:
    """Return the most that can be served, and who asks for more than is in reach.

    Settlement ``i[k]`` may go to site ``j[k]``. The flags are of settlements on the
    source's side of a least cut (Hall: together they ask for more than what they
    reach holds); none where all can be served.
    """
    unit = min(FINEST, LARGEST_SUM / max(1.0, demand.sum()))
    asked = np.floor(demand * unit * (1.0 - SLACK)).astype(np.int64)
    # What nobody can fill needs no number above the whole demand.
    held = np.minimum(np.ceil(capacity * unit), asked.sum()).astype(np.int64)
    n, m = len(demand), len(capacity)
    source, sink = n + m, n + m + 1
    rows = np.concatenate([np.full(n, source), i, n + np.arange(m)])
    columns = np.concatenate([np.arange(n), n + j, np.full(m, sink)])
    limits = np.concatenate([asked, asked[i], held]).astype(np.int32)
    graph = csr_array((limits, (rows, columns)), shape=(n + m + 2, n + m + 2))
    found = maximum_flow(graph, source, sink)
    short = np.zeros(n, dtype=bool)
    if found.flow_value < asked.sum():
        left = csr_array(graph - found.flow)
        left.data = np.where(left.data > 0, left.data, 0)
        left.eliminate_zeros()
        seen = breadth_first_order(left, source, return_predecessors=False)
        short[seen[seen < n]] = True
        short &= asked > 0
    return found.flow_value / unit, short


def _pairs(instance: Instance, service: str, minutes: float = np.inf) -> pd.DataFrame:
    pairs = instance.access(service)
    return pairs[within(pairs["minutes"], minutes)].drop_duplicates(["i", "j"])


def _crowded(instance: Instance) -> Iterator[Problem]:
    """Places around some settlements hold less than these must have together."""
    codes = instance.tables["settlements"]["settlement"]
    for k, service in enumerate(instance.service_names):
        row = instance.service(service)
        if row["may_be_unserved"] or not instance.serves(service):
            continue
        pairs, demand = _pairs(instance, service), sure_demand(instance, service)
        capacity = site_capacity(instance, service)
        i, j = pairs["i"].to_numpy(), pairs["j"].to_numpy()
        for t, period in enumerate(instance.period_names):
            _, short = _flow(demand[:, t], capacity, i, j)
            if not short.any():
                continue
            reached = np.unique(j[short[i]])
            asked, held = told_apart(demand[short, t].sum(), capacity[reached].sum())
            yield problem(
                "services",
                say(
                    "all demand is to be served, but in {period} settlements {places}"
                    " together ask for {demand}, and all sites that they reach hold"
                    " {capacity} at their largest",
                    period=period,
                    places=_names(codes, np.flatnonzero(short)),
                    demand=asked,
                    capacity=held,
                ),
                k,
                "may_be_unserved",
                service,
            )
            break


def _standards(instance: Instance) -> Iterator[Problem]:
    """Sites within the minutes of a hard standard hold less than its share."""
    for k, rule in enumerate(instance.tables["standards"].itertuples()):
        others = (instance.tables[t] for t in ("buses", "mobile_services"))
        if not rule.is_hard or any(
            len(rows_with(rows, "service", rule.service)) for rows in others
        ):
            continue
        yield from _standard(instance, k, rule)


def _standard(instance: Instance, k: int, rule: Any) -> Iterator[Problem]:
    pairs = _pairs(instance, rule.service, rule.minutes)
    demand = sure_demand(instance, rule.service)
    capacity = site_capacity(instance, rule.service)
    first = rule.first_period or instance.period_names[0]
    i, j = pairs["i"].to_numpy(), pairs["j"].to_numpy()
    for group, inside in _groups(instance, rule):
        own = inside[i]
        for t in range(instance.period_names.index(first), len(instance.period_names)):
            asked = np.where(inside, demand[:, t], 0.0)
            wanted = share_at_least(rule.share) * asked.sum()
            if wanted <= 0.0:
                continue
            most, _ = _flow(asked, capacity, i[own], j[own])
            if most < wanted * (1.0 - SLACK) - 1.0 / FINEST:
                reach, needed = told_apart(most, wanted)
                yield problem(
                    "standards",
                    say(
                        "is hard, but of {group} in {period} at most {most} can be"
                        " served within {minutes:g} minutes, and {wanted} are asked"
                        " for",
                        group=group,
                        period=instance.period_names[t],
                        most=reach,
                        minutes=rule.minutes,
                        wanted=needed,
                    ),
                    k,
                    "share",
                    rule.share,
                )
                break


def _groups(instance: Instance, rule: Any) -> Iterator[tuple[Any, Flags]]:
    """Yield the groups of settlements in which a standard is to hold."""
    settlements = instance.tables["settlements"]
    chosen = selected(instance.tables, rule)
    if rule.scope == "total":
        yield say("all settlements"), chosen
        return
    keys = settlements[rule.scope]
    if rule.scope == "district":
        keys = settlements["region"] + "/" + keys
    for code in keys[chosen].unique():
        yield code, chosen & (keys == code).to_numpy()


def _counts(instance: Instance) -> Iterator[Problem]:
    """At most so many facilities of the largest level hold less than must be served."""
    for k, rule in enumerate(instance.tables["counts"].itertuples()):
        service = instance.service(rule.service)
        counts_all = rule.from_level <= 1 and not rule.to_level and is_of_all(rule)
        if (
            not counts_all
            or rule.what != "facilities"
            or np.isnan(rule.most)
            or service["may_be_unserved"]
            or not instance.serves(rule.service)
        ):
            continue
        sites = instance.service_sites(rule.service)
        units = np.maximum(sites["max_units"].to_numpy(), 1)
        each = np.repeat(site_capacity(instance, rule.service) / units, units)
        held = float(np.sort(each)[::-1][: int(rule.most)].sum())
        demand = sure_demand(instance, rule.service).sum(axis=0)
        wrong = demand > held * (1.0 + SLACK)
        if rule.period:
            wrong &= np.array(instance.period_names) == rule.period
        if wrong.any():
            t = int(np.argmax(np.where(wrong, demand, -1.0)))
            most, asked = told_apart(held, float(demand[t]))
            yield problem(
                "counts",
                say(
                    "so many hold {capacity} at their largest, but {demand} are to be"
                    " served in {period}",
                    capacity=most,
                    demand=asked,
                    period=instance.period_names[t],
                ),
                k,
                "most",
                rule.most,
            )


def _opposed(instance: Instance) -> Iterator[Problem]:
    """At least so many are asked for of what there may not be so many."""
    rows = instance.tables["counts"].rename(columns={"count": "count_named"})
    for k, rule in enumerate(rows.itertuples()):
        if np.isnan(rule.least):
            continue
        over = [other for other in rows.itertuples()
                if other.most < rule.least and _holds_all(other, rule)]  # fmt: skip
        if over:
            limit = min(over, key=lambda other: other.most)
            text = say(
                "so many are asked for, but {count} allows {most:g} at most",
                count=limit.count_named, most=limit.most,
            )  # fmt: skip
            yield problem("counts", text, k, "least", rule.least)


def _holds_all(wide: Any, narrow: Any) -> bool:
    """Whether all that one count is about is in what another is about."""
    alike = ("service", "what", "is_total")
    if any(getattr(wide, key) != getattr(narrow, key) for key in alike):
        return False
    top = wide.to_level or np.inf
    is_level = (
        wide.from_level <= narrow.from_level and (narrow.to_level or np.inf) <= top
    )
    scopes = (("region", ""), ("period", ""), ("tag", ""), ("applies_to", "all"))
    return is_level and all(
        getattr(wide, key) in (every, getattr(narrow, key)) for key, every in scopes
    )


def _money(instance: Instance) -> Iterator[Problem]:
    """A hard budget has less, from the first period on, than what must be built."""
    rows = instance.tables["budgets"]
    if len(instance.tables["partnerships"]) or len(instance.tables["relocations"]):
        return  # others pay, or what is built came from elsewhere
    factor = instance.active_scenario.budget_factor
    for code in rows["budget"].unique():
        own = rows[rows["budget"] == code]
        first = own.iloc[0]
        if not own["is_hard"].all() or "building" not in COVERED[first["covers"]]:
            continue
        amount = own.set_index("period")["amount_mln"] * factor
        if first["region"]:
            continue
        # Where a period has no limit, no sum from then on has one either.
        has = amount.reindex(list(instance.period_names)).to_numpy().cumsum()
        services = [first["service"]] if first["service"] else instance.service_names
        costs = {s: _forced(instance, s) for s in services if instance.serves(s)}
        whole = sum(costs.values(), start=np.zeros(len(has)))
        for t in np.flatnonzero(whole > has * (1.0 + SLACK))[:1]:
            largest = sorted(costs, key=lambda s: -costs[s][t])
            parts = [
                say("{service} {cost:,.6g}", service=s, cost=float(costs[s][t]))
                for s in largest
                if costs[s][t] > 0.0
            ]
            yield problem(
                "budgets",
                say(
                    "until {period} there are {amount:,.6g} mln in all, but what must"
                    " be built costs {cost:,.6g} mln at least ({parts})",
                    period=instance.period_names[t],
                    amount=float(has[t]),
                    cost=float(whole[t]),
                    parts=chained(parts, ", "),
                ),
                int(own.index[0]),
                "amount_mln",
                first["amount_mln"],
            )


def _forced(instance: Instance, service: str) -> Floats:
    """Return what must be spent on building by each period at least, mln, (T,).

    The larger of two: required sites where nothing stands, each at its cheapest level;
    and demand that must be served beyond what stands, at the cheapest price of a unit.
    """
    levels, sites = instance.levels(service), instance.service_sites(service)
    capex = levels["capex_mln"].to_numpy() * instance.active_scenario.capex_factor
    count = len(instance.period_names)
    if len(rows_with(instance.tables["transitions"], "service", service)):
        return np.zeros(count)
    stock = rows_with(instance.tables["facilities"], "service", service)
    must = (sites["status"] == "required") & ~sites["site"].isin(stock["site"])
    fits = instance.enterable_levels(service)
    cheapest = np.where(fits, capex, np.inf).min(axis=1)
    required = np.zeros(count)
    for j in np.flatnonzero(must & np.isfinite(cheapest)):
        since = sites["first_period"].iloc[j] or instance.period_names[0]
        required[instance.period_names.index(since) :] += cheapest[j]
    row = instance.service(service)
    if row["may_be_unserved"] or len(rows_with(instance.tables["shifts"], "service",
                                               service)):  # fmt: skip
        return required
    usable = levels["capacity"].to_numpy() * float(row["max_use_share"])
    stands = float((usable[stock["level"] - 1] * stock["units"]).sum())
    more = np.maximum(sure_demand(instance, service).sum(axis=0) - stands, 0.0)
    price = _unit_price(capex, usable, float(row["enlarge_credit_share"]))
    grown = np.maximum.accumulate(more) * price
    return np.maximum(required, grown)


def _unit_price(capex: Floats, usable: Floats, credit: float) -> float:
    """Return the least that one more unit of capacity costs, mln."""
    cost, held = np.insert(capex, 0, 0.0), np.insert(usable, 0, 0.0)
    prices = [
        max(0.0, cost[b] - credit * cost[a]) / (held[b] - held[a])
        for a in range(len(cost))
        for b in range(a + 1, len(cost))
        if held[b] > held[a]
    ]
    return min(prices, default=0.0)
