"""A plan in plain sentences: what is built, for whom, at what cost, how sure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from aumaq.results.growth_tables import demand_of

if TYPE_CHECKING:
    from aumaq.results.plan import Plan

VERBS = {
    "open": "opens",
    "enlarge": "enlarges",
    "reduce": "reduces",
    "close": "closes",
    "renew": "renews",
}
"""Actions in the order in which they are told; keeping is not told."""


def sentences(plan: Plan) -> list[str]:
    """Return the summary of a plan, a sentence an item."""
    told = [_building(plan, service) for service in plan.instance.service_names]
    told += [_network(plan, network) for network in plan.instance.network_names]
    told += _roads(plan)
    told += [*_growth(plan), _money(plan), *_standards(plan), *_indicators(plan)]
    return [*told, *_loop(plan), *_proof(plan), *_estimates(plan)]


def served_share(plan: Plan) -> pd.DataFrame:
    """Return the share of demand that is served: a row a service, a column a period."""
    instance = plan.instance
    rows = {}
    for service in filter(instance.serves, instance.service_names):
        total = pd.Series(
            demand_of(plan, service).sum(axis=0), index=instance.period_names
        )
        lost = plan.unserved[plan.unserved["service"] == service]
        missing = lost.groupby("period")["demand"].sum()
        rows[service] = 1.0 - missing.reindex(total.index, fill_value=0.0) / total
    return pd.DataFrame.from_dict(rows, orient="index").fillna(1.0)


def mean_minutes(plan: Plan) -> pd.DataFrame:
    """Return mean minutes of those served: a row a service, a column a period."""
    rows = plan.allocation.assign(
        load=plan.allocation["demand"] * plan.allocation["minutes"]
    )
    sums = rows.groupby(["service", "period"])[["load", "demand"]].sum()
    minutes = (sums["load"] / sums["demand"]).unstack("period")
    instance = plan.instance
    services = list(filter(instance.serves, instance.service_names))
    periods = instance.period_names
    return minutes.reindex(index=services, columns=periods)


def _building(plan: Plan, service: str) -> str:
    rows = plan.actions[plan.actions["service"] == service]
    counts = rows.groupby("action")["units"].sum()
    done = [f"{verb} {counts[a]:,}" for a, verb in VERBS.items() if a in counts]
    last = plan.instance.period_names[-1]
    running = plan.facilities
    running = running[(running["service"] == service) & (running["period"] == last)]
    title = plan.instance.service(service)["title"] or service
    noun = _many(sum(counts.get(a, 0) for a in VERBS), "facility", "facilities")
    did = f"{', '.join(done)} {noun}" if done else "changes nothing"
    units, sites = running["units"].sum(), running["site"].nunique()
    text = (
        f"{title}: the plan {did}; in {last} {units:,} {_many(units, 'runs', 'run')}"
        f" at {sites:,} {_many(sites, 'site', 'sites')}"
    )
    if not plan.instance.serves(service):
        return f"{text}."
    served = served_share(plan).loc[service, last]
    return f"{text} and {served:.1%} of demand is served."


def _many(number: int, one: str, more: str) -> str:
    return one if number == 1 else more


def _network(plan: Plan, network: str) -> str:
    """Say what is built, and how load is met in the last period."""
    rows = plan.instance.table("networks").set_index("network")
    title, last = rows["title"][network] or network, plan.instance.period_names[-1]
    steps, loads = plan.table("network_steps"), plan.table("loads")
    built = steps[steps["network"] == network]
    now = loads[(loads["network"] == network) & (loads["period"] == last)]
    load = now["base_load"].sum() + now["facility_load"].sum()
    if load <= 0:
        return f"{title}: there is no load."
    far, own, shed = (
        now[column].sum() / load for column in ("from_network", "local_supply", "shed")
    )
    return (
        f"{title}: {len(built):,} {_many(len(built), 'step', 'steps')} of links"
        f" {_many(len(built), 'is', 'are')} built for"
        f" {built['capex_mln'].sum():,.0f} mln; in {last} {far:.1%} of the load comes"
        f" by the network, {own:.1%} from local supply, {shed:.1%} is not met."
    )


def _roads(plan: Plan) -> list[str]:
    """Say what is built on roads, and which connections hold."""
    told = []
    if plan.instance.upgrade_names:
        built = plan.table("road_upgrades")
        told.append(
            f"Roads: {len(built):,} of {len(plan.instance.upgrade_names):,} upgrades"
            f" are built, {built['length_km'].sum():,.0f} km for"
            f" {built['capex_mln'].sum():,.0f} mln."
        )
    rows = plan.table("connections")
    now = rows[rows["period"] == plan.instance.period_names[-1]]
    if len(now):
        told.append(
            f"Connections: {now['is_met'].sum():,} of {len(now):,} are in time in"
            f" {plan.instance.period_names[-1]}."
        )
    return told


def _growth(plan: Plan) -> list[str]:
    """Say which candidates become growth points, and how many people move there."""
    last = plan.instance.period_names[-1]
    rows = plan.table("growth_points")
    rows = rows[rows["period"] == last]
    if rows.empty:
        return []
    now = rows[rows["is_chosen"]]
    names = ", ".join(now["name"].where(now["name"] != "", now["settlement"]))
    return [
        f"Growth points: {len(now):,} of {rows['settlement'].nunique():,} candidates"
        f" are chosen{': ' if len(now) else ''}{names}; in {last} they gain"
        f" {now['persons_gained'].sum():,.0f} people."
    ]


def _money(plan: Plan) -> str:
    terms = plan.objective.set_index("term")["discounted_mln"]
    built = terms.get("building", 0.0) + terms.get("renewal", 0.0)
    return (
        f"Discounted to {plan.instance.base_year}, building and renewal cost"
        f" {built:,.0f} mln {plan.instance.currency} and running costs"
        f" {terms.get('operation', 0.0):,.0f} mln."
    )


def _standards(plan: Plan) -> list[str]:
    rows = plan.shortfalls
    if rows.empty:
        return []
    missed = rows["shortfall"] > 0
    if not missed.any():
        return [f"All {len(rows):,} demands of the standards are met."]
    return [
        f"Standards: {len(rows) - missed.sum():,} of {len(rows):,} demands (a group in"
        f" a period) are met; {missed.sum():,} are missed and priced."
    ]


LOOP_ENDS = {
    "demand_settled": "people and plan agree",
    "plan_settled": "the plan no longer changes",
    "cycles": "the loop goes round in a cycle; the best round stands here",
    "round_limit": "the number of rounds is used up; the best round stands here",
    "time_limit": "time is up; the best round stands here",
    "interrupted": "it was stopped",
}


def _loop(plan: Plan) -> list[str]:
    """Say how the loop of planning and projecting ended."""
    loop = plan.record.get("loop")
    if not loop:
        return []
    best, count = loop["rounds"][loop["round"] - 1], len(loop["rounds"])
    return [
        f"People follow services: after {count} {_many(count, 'round', 'rounds')}"
        f" {LOOP_ENDS[loop['status']]}; {best['change_share']:.2%} of people would live"
        " elsewhere if they followed this plan to the letter."
    ]


def _indicators(plan: Plan) -> list[str]:
    """Say how many targets of indicators are met in the last period."""
    last = plan.instance.period_names[-1]
    rows = plan.indicators[plan.indicators["period"] == last]
    met = rows["is_met"].dropna()
    if met.empty:
        return []
    return [
        f"Indicators: {met.sum():,} of {len(met):,} targets (a region each) are met in"
        f" {last}."
    ]


def _proof(plan: Plan) -> list[str]:
    currency = plan.instance.currency
    word = "passed" if plan.is_verified else "FAILED"
    return [
        f"No plan can cost less than {plan.bound_mln:,.0f} mln {currency}; this one"
        f" costs {plan.objective_mln:,.0f} mln, so it is within {plan.gap:.2%} of the"
        " best possible.",
        f"An independent check of every rule {word}.",
    ]


def _estimates(plan: Plan) -> list[str]:
    share = plan.instance.synthetic_share
    if not share:
        return []
    named = ", ".join(f"{part:.0%} of {table}" for table, part in share.items())
    return [
        f"Estimates, not facts: {named} of this instance are synthetic; rows that rest"
        " on them are marked."
    ]
