"""What is done at the start of a period, as steps: cost, gain, and what comes before.

A step is what grows at a site for a service, what is renewed there, or what shrinks;
an upgrade of a road; a step of a link; local supply of an option that is added at a
node; or a growth point that is chosen. Of several facilities at a site one may be
renewed at once while another closes last. Gain is in people: those whom a site serves
beyond the period before, those whom a renewed one goes on serving, those who travel on
a new road to what stands; who comes for a growth point is served thanks to it, and
counts there alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from aumaq.instances.access.limits import within
from aumaq.instances.schema.growth import GROWTH_POINTS
from aumaq.instances.schema.roads import ROADS
from aumaq.results.indicators.today import of_today
from aumaq.results.plan.deployment_points import Points

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

Key = tuple[str, str, str, str]
"""Kind, service (network, roads), code, and of a facility what is done there."""
FACILITY, ROAD, LINK = "facility", "road upgrade", "network step"
LOCAL, GROWTH = "local supply", "growth point"
GROW, RENEW, SHRINK, BUILD, CHOOSE = "grow", "renew", "shrink", "build", "choose"
DONE_BY = {
    "open": GROW, "enlarge": GROW, "renew": RENEW, "reduce": SHRINK, "close": SHRINK,
}  # fmt: skip
"""Action -> what it does at its site; of several in a step the first one names it."""
DUST = 1e-6
"""Units of local supply: what grows by less has not grown."""
STANDS = ("service", "site", "level", "units")
"""Columns of what stands: so many facilities of a level at a site."""


@dataclass
class Step:
    """One step: *after* are the steps that it relies on."""

    key: Key
    action: str
    region: str
    units: int
    cost_mln: float
    gain: float = 0.0
    after: set[Key] = field(default_factory=set)


def steps_of(plan: Plan, period: str, points: Points) -> dict[Key, Step]:
    """Return the steps of a period by key, with what each relies on."""
    steps = {
        **_facilities(plan, period),
        **_roads(plan, period),
        **_links(plan, period),
        **_local(plan, period),
        **_points(plan, period, points),
    }
    if not steps:
        return steps
    for name in plan.instance.service_names:
        if plan.instance.serves(name):
            _serve(plan, name, period, steps, points.newcomers(name))
    _refer(plan, period, steps)
    return steps


def _facilities(plan: Plan, period: str) -> dict[Key, Step]:
    rows = plan.actions[plan.actions["period"] == period]
    rows = rows[rows["action"].isin(list(DONE_BY))]
    rows, found = rows.assign(does=rows["action"].map(DONE_BY)), {}
    for (service, site, does), own in rows.groupby(
        ["service", "site", "does"], sort=False
    ):
        action = min(own["action"], key=list(DONE_BY).index)
        key = (FACILITY, str(service), str(site), str(does))
        found[key] = Step(
            key, action, str(own["region"].iloc[0]), int(own["units"].sum()),
            float(own["cost_mln"].sum()),
        )  # fmt: skip
    return found


def _roads(plan: Plan, period: str) -> dict[Key, Step]:
    rows = plan.table("road_upgrades")
    rows = rows[rows["period"] == period]
    return {
        (ROAD, ROADS, row.upgrade, BUILD): Step(
            (ROAD, ROADS, row.upgrade, BUILD), "build", row.region, 1, row.capex_mln
        )
        for row in rows.itertuples()
    }


def _links(plan: Plan, period: str) -> dict[Key, Step]:
    rows = plan.table("network_steps")
    rows = rows[rows["period"] == period]
    found: dict[Key, Step] = {}
    for row in rows.sort_values("step").itertuples():
        key = (LINK, row.network, f"{row.link} {row.step}", BUILD)
        found[key] = Step(key, "build", "", 1, row.capex_mln)
        before = (LINK, row.network, f"{row.link} {row.step - 1}", BUILD)
        found[key].after |= {before} & found.keys()
    return found


def _local(plan: Plan, period: str) -> dict[Key, Step]:
    factor = plan.instance.active_scenario.capex_factor
    region = plan.instance.tables["settlements"].set_index("settlement")["region"]
    found: dict[Key, Step] = {}
    for row, stood, added in local_growth(plan, period):
        key = (LOCAL, row.network, f"{row.node} {row.option}", BUILD)
        cost = added * _local_price(plan, row) * factor
        action = "enlarge" if stood > 0.0 else "build"
        found[key] = Step(key, action, str(region[row.settlement]), 1, cost)
    return found


def local_growth(plan: Plan, period: str) -> Iterator[tuple[Any, float, float]]:
    """Give rows of local supply that grow in a period: what stood, what is added."""
    rows, periods = plan.table("local_supply"), list(plan.instance.period_names)
    at, place = periods.index(period), ["network", "node", "option"]
    earlier = rows[rows["period"] == periods[at - 1]] if at else rows.iloc[:0]
    stood = earlier.set_index(place)["capacity"].to_dict()
    for row in rows[rows["period"] == period].itertuples():
        before = float(stood.get((row.network, row.node, row.option), 0.0))
        if row.capacity > before + DUST:
            yield row, before, float(row.capacity) - before


def _local_price(plan: Plan, place: Any) -> float:
    """Return mln a unit of local supply; a row of the settlement counts before all."""
    rows = plan.instance.tables["local_supplies"]
    rows = rows[(rows["network"] == place.network) & (rows["option"] == place.option)]
    prices = dict(zip(rows["settlement"], rows["capex_mln_per_unit"], strict=True))
    return float(prices[place.settlement if place.settlement in prices else ""])


def _points(plan: Plan, period: str, points: Points) -> dict[Key, Step]:
    rows = plan.table("growth_points")
    rows = rows[(rows["period"] == period) & rows["is_chosen"].astype(bool)]
    rows = rows[rows["settlement"].isin(points.settlement)]
    return {
        key: Step(key, "choose", row.region, 1, row.capex_mln)
        for row in rows.itertuples()
        for key in ((GROWTH, GROWTH_POINTS, row.settlement, CHOOSE),)
    }


def ways(plan: Plan, service: str, period: str) -> pd.DataFrame:
    """Return who goes where in a period; an empty one is today."""
    if not period:
        rows = of_today(plan.instance).tables["allocation"]
        return rows[rows["service"] == service]
    rows = plan.allocation
    return rows[(rows["service"] == service) & (rows["period"] == period)]


def _serve(
    plan: Plan,
    service: str,
    period: str,
    steps: dict[Key, Step],
    newcomers: dict[str, float],
) -> None:
    """Add gains, roads that people need to get there, and what closing relies on.

    *newcomers*: by settlement the part of the demand that comes for a growth point.
    """
    periods = list(plan.instance.period_names)
    at = periods.index(period)
    now = ways(plan, service, period)
    before = ways(plan, service, periods[at - 1] if at else "")
    per_person = float(plan.instance.service(service)["demand_per_person"]) or 1.0
    came = now["demand"] * now["settlement"].map(newcomers).astype(float).fillna(0.0)
    for home, demand in came.groupby(now["settlement"]).sum().items():
        if home in newcomers:
            key = (GROWTH, GROWTH_POINTS, str(home), CHOOSE)
            steps[key].gain += float(demand) / per_person
    now = now.assign(demand=now["demand"] - came)
    served = now.groupby("site")["demand"].sum() / per_person
    earlier = before.groupby("site")["demand"].sum() / per_person
    roads = new_roads(plan, service, now, steps)
    _use_roads(service, roads, per_person, steps)
    goes = now.groupby("settlement")["site"].agg(set)
    came_from = before.groupby("site")["settlement"].agg(set)
    renewed = _renewed_share(plan, service, period)
    moves = _moves(plan, service, period)
    for key, step in steps.items():
        if key[:2] != (FACILITY, service):
            continue
        site, people = key[2], float(served.get(key[2], 0.0))
        new = max(0.0, people - float(earlier.get(site, 0.0)))
        if key[3] == GROW:
            step.gain = new
        elif key[3] == RENEW:
            grows = (*key[:3], GROW) in steps
            step.gain = (people - new * grows) * renewed[site]
        else:
            homes = came_from.get(site, set[str]())
            takers = set().union(*(goes.get(home, set()) for home in homes))
            takers |= moves.get(site, set())
            after = {(FACILITY, service, other, GROW) for other in takers}
            step.after |= after & steps.keys()
            left = roads[roads["settlement"].isin(homes)]
            step.after |= set().union(*left["roads"])


def _renewed_share(plan: Plan, service: str, period: str) -> dict[str, float]:
    """Return by site the part of the capacity that stays as it is which is renewed."""
    levels = plan.instance.tables["levels"]
    levels = levels[levels["service"] == service]
    capacity = levels.set_index("level")["capacity"]
    rows = plan.actions[plan.actions["period"] == period]
    rows = rows[rows["service"] == service]
    held = rows["units"] * rows["to_level"].map(capacity).fillna(0.0)
    renewed, kept = (
        held[rows["action"] == action].groupby(rows["site"]).sum()
        for action in ("renew", "keep")
    )
    return {
        str(site): float(part / kept[site]) if kept.get(site, 0.0) > 0 else 1.0
        for site, part in renewed.items()
    }


def _moves(plan: Plan, service: str, period: str) -> dict[str, set[str]]:
    """Return by site the sites to which its facilities are relocated in a period."""
    rows = plan.table("relocations")
    rows = rows[(rows["service"] == service) & (rows["period"] == period)]
    return rows.groupby("site")["to_site"].agg(set).to_dict()


def new_roads(
    plan: Plan, service: str, now: pd.DataFrame, steps: dict[Key, Step]
) -> pd.DataFrame:
    """Return who goes where in a period on new roads, with the steps of these."""
    ways = plan.instance.access(service)
    ways = ways[ways["needs"] != ""]
    used = now.merge(ways, on=["settlement", "site"], suffixes=("", "_way"))
    used = used[np.abs(used["minutes"] - used["minutes_way"]) < 1e-6]
    roads = [
        {(ROAD, ROADS, u.strip(), BUILD) for u in needs.split(";")} & steps.keys()
        for needs in used["needs"].astype(str)
    ]
    found = used[["settlement", "site", "demand"]]
    return found.assign(roads=pd.Series(roads, found.index, dtype=object))


def _use_roads(
    service: str, used: pd.DataFrame, per_person: float, steps: dict[Key, Step]
) -> None:
    """Let what opens come after roads that lead to it; else roads have the gain."""
    for row in used.itertuples():
        there = {(FACILITY, service, row.site, does) for does in (GROW, RENEW)}
        if waits := there & steps.keys():
            for key in waits:
                steps[key].after |= row.roads
            continue
        for road in row.roads:
            steps[road].gain += float(row.demand) / per_person / len(row.roads)


def _refer(plan: Plan, period: str, steps: dict[Key, Step]) -> None:
    """Let a lower tier open after the higher one that opens near it, if none stood.

    A higher one that goes leaves what refers to it its successor first; what refers to
    no other goes before it.
    """
    was, now = stood_before(plan, period), _stands(plan, period)
    for rule in plan.instance.tables["referrals"].itertuples():
        stood, stands = (
            _at_level(rows, rule.to_service, rule.to_level) for rows in (was, now)
        )
        had, has = (
            _at_level(rows, rule.service, rule.from_level) for rows in (was, now)
        )
        near = _near(plan, rule)
        for site in had | has:
            close = near[site]
            if close & stood & stands:
                continue
            new = {(FACILITY, rule.to_service, s, GROW) for s in close} & steps.keys()
            for does in (GROW, RENEW):
                key = (FACILITY, rule.service, site, does)
                if site in has and key in steps:
                    steps[key].after |= new - {key}
            before = new if site in has else {(FACILITY, rule.service, site, SHRINK)}
            for gone in close & stood if site in had else ():
                key = (FACILITY, rule.to_service, gone, SHRINK)
                if key in steps:
                    steps[key].after |= (before & steps.keys()) - {key}


def _near(plan: Plan, rule: Any) -> dict[str, set[str]]:
    """Return by site of the lower tier the sites of the higher one in reach."""
    instance, found = plan.instance, defaultdict[str, set[str]](set)
    pairs = instance.site_minutes(rule.service, rule.to_service)
    pairs = pairs[within(pairs["minutes"], rule.minutes)]
    lower = instance.service_sites(rule.service)["site"].tolist()
    above = instance.service_sites(rule.to_service)["site"].tolist()
    for j, k in zip(pairs["j"], pairs["k"], strict=True):
        found[lower[j]].add(above[k])
    return found


def _stands(plan: Plan, period: str) -> pd.DataFrame:
    rows = plan.facilities
    return rows.loc[rows["period"] == period, list(STANDS)]


def stood_before(plan: Plan, period: str) -> pd.DataFrame:
    """Return what stood before the first step of a period: see ``STANDS``."""
    at = list(plan.instance.period_names).index(period)
    if at:
        return _stands(plan, plan.instance.period_names[at - 1])
    return plan.instance.tables["facilities"][list(STANDS)]


def _at_level(rows: pd.DataFrame, service: str, level: int) -> set[str]:
    """Return the sites at which a service stands at a level, or above it."""
    own = (rows["service"] == service) & (rows["level"] >= level)
    return set(rows.loc[own, "site"])


def places_of(plan: Plan) -> dict[tuple[str, ...], str]:
    """Return the settlements of steps that are at one; others have none."""
    local, points = plan.table("local_supply"), plan.table("growth_points")
    codes = local["node"] + " " + local["option"]
    return (
        {
            (FACILITY, service, site): home
            for service in plan.instance.service_names
            for site, home in zip(
                *(
                    plan.instance.service_sites(service)[c]
                    for c in ("site", "settlement")
                ),
                strict=True,
            )
        }
        | {
            (LOCAL, network, code): home
            for network, code, home in zip(
                local["network"], codes, local["settlement"], strict=True
            )
        }
        | {(GROWTH, GROWTH_POINTS, home): home for home in points["settlement"]}
    )
