"""What growth points that are chosen rely on, and what relies on them.

People come as soon as one is chosen. It comes after what grows to serve them, and the
new roads to it, but before what counts in it under a rule of concentration; what closes
where they come from goes after it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aumaq.instances.schema.growth import GROWTH_POINTS
from aumaq.results.plan.deployment_points import Points
from aumaq.results.plan.deployment_steps import (
    CHOOSE,
    FACILITY,
    GROW,
    GROWTH,
    SHRINK,
    Key,
    Step,
    new_roads,
    ways,
)

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan


def point_key(settlement: str) -> Key:
    """Return the key of the step in which a settlement becomes a growth point."""
    return GROWTH, GROWTH_POINTS, settlement, CHOOSE


def settle(plan: Plan, points: Points, period: str, steps: dict[Key, Step]) -> None:
    """Let growth points come after what they need, others after them."""
    if not points.settlement:
        return
    counted = _counted(plan, points, period, steps)
    for key, point in counted:
        steps[key].after.add(point)
    for name in plan.instance.service_names:
        if plan.instance.serves(name):
            _after_what_serves(plan, points, name, period, steps, counted)
            _before_what_goes(plan, points, name, steps)


def _counted(
    plan: Plan, points: Points, period: str, steps: dict[Key, Step]
) -> set[tuple[Key, Key]]:
    """Return what grows in a new point and counts there under a rule, and its point."""
    periods, found = list(plan.instance.period_names), set[tuple[Key, Key]]()
    rows = plan.actions[plan.actions["period"] == period]
    for rule in plan.instance.tables["concentrations"].itertuples():
        if rule.first_period and periods.index(rule.first_period) > points.at:
            continue
        own = rows[(rows["service"] == rule.service)
                   & (rows["to_level"] >= rule.min_level)
                   & ((rows["region"] == rule.region) | (not rule.region))]  # fmt: skip
        for home, tier in zip(points.settlement, points.tier, strict=True):
            if rule.tier in ("", tier):
                here = own[own["settlement"] == home]
                keys = {(FACILITY, rule.service, site, GROW) for site in here["site"]}
                found |= {(key, point_key(home)) for key in keys & steps.keys()}
    return found


def _after_what_serves(
    plan: Plan,
    points: Points,
    service: str,
    period: str,
    steps: dict[Key, Step],
    counted: set[tuple[Key, Key]],
) -> None:
    """Let a point come after what grows for those who come, and roads to it."""
    now = ways(plan, service, period)
    roads = new_roads(plan, service, now, steps)
    for home in points.newcomers(service):
        point = point_key(home)
        sites = now.loc[now["settlement"] == home, "site"]
        grown = {(FACILITY, service, site, GROW) for site in sites} & steps.keys()
        steps[point].after |= {key for key in grown if (key, point) not in counted}
        steps[point].after |= set().union(*roads["roads"][roads["settlement"] == home])


def _before_what_goes(
    plan: Plan, points: Points, service: str, steps: dict[Key, Step]
) -> None:
    """Let what closes where people come from wait until they have left."""
    periods, change = list(plan.instance.period_names), points.people()
    before = ways(plan, service, periods[points.at - 1] if points.at else "")
    came = before.groupby("site")["settlement"].agg(set)
    places = plan.instance.settlement_ids
    for home, row in zip(points.settlement, change, strict=True):
        donors = {places[i] for i in (row < 0.0).nonzero()[0].tolist()}
        for key, step in steps.items():
            is_shrunk = key[:2] == (FACILITY, service) and key[3] == SHRINK
            if is_shrunk and came.get(key[2], set[str]()) & donors:
                step.after.add(point_key(home))
