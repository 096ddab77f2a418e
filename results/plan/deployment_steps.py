"""What is done at the start of a period, as steps: cost, gain, and what comes before.

A step is all that is done at a site for a service, an upgrade of a road, or a step of a
link. Gain is in people: those whom a site serves beyond the period before, those whom a
renewed one goes on serving, those who travel on a new road to what stands.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from aumaq.instances.access.limits import within
from aumaq.instances.schema.roads import ROADS
from aumaq.model.data.gathered import gather
from aumaq.results.indicators.today import of_today

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

Key = tuple[str, str, str]
"""Kind, service (network, roads), code."""
FACILITY, ROAD, LINK = "facility", "road upgrade", "network step"
SHRINKING = ("close", "reduce")
ORDER = ("open", "enlarge", "renew", "reduce", "close")
"""Of several actions at a site the first one gives the step its name."""


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


def steps_of(plan: Plan, period: str) -> dict[Key, Step]:
    """Return the steps of a period by key, with what each relies on."""
    steps = {
        **_facilities(plan, period),
        **_roads(plan, period),
        **_links(plan, period),
    }
    if not steps:
        return steps
    for name in plan.instance.service_names:
        if plan.instance.serves(name):
            _serve(plan, name, period, steps)
    _refer(plan, period, steps)
    _feed(plan, period, steps)
    return steps


def _facilities(plan: Plan, period: str) -> dict[Key, Step]:
    rows = plan.actions[plan.actions["period"] == period]
    rows = rows[rows["action"].isin(ORDER)]
    found = {}
    for (service, site), own in rows.groupby(["service", "site"], sort=False):
        action = min(own["action"], key=ORDER.index)
        key = (FACILITY, str(service), str(site))
        found[key] = Step(
            key, action, str(own["region"].iloc[0]), int(own["units"].sum()),
            float(own["cost_mln"].sum()),
        )  # fmt: skip
    return found


def _roads(plan: Plan, period: str) -> dict[Key, Step]:
    rows = plan.table("road_upgrades")
    rows = rows[rows["period"] == period]
    return {
        (ROAD, ROADS, row.upgrade): Step(
            (ROAD, ROADS, row.upgrade), "build", row.region, 1, row.capex_mln
        )
        for row in rows.itertuples()
    }


def _links(plan: Plan, period: str) -> dict[Key, Step]:
    rows = plan.table("network_steps")
    rows = rows[rows["period"] == period]
    found: dict[Key, Step] = {}
    for row in rows.sort_values("step").itertuples():
        key = (LINK, row.network, f"{row.link} {row.step}")
        found[key] = Step(key, "build", "", 1, row.capex_mln)
        before = (LINK, row.network, f"{row.link} {row.step - 1}")
        found[key].after |= {before} & found.keys()
    return found


def _ways(plan: Plan, service: str, period: str) -> pd.DataFrame:
    """Return who goes where in a period; an empty one is today."""
    if not period:
        rows = of_today(plan.instance).tables["allocation"]
        return rows[rows["service"] == service]
    rows = plan.allocation
    return rows[(rows["service"] == service) & (rows["period"] == period)]


def _serve(plan: Plan, service: str, period: str, steps: dict[Key, Step]) -> None:
    """Add gains, roads that people need to get there, and what closing relies on."""
    periods = list(plan.instance.period_names)
    at = periods.index(period)
    now = _ways(plan, service, period)
    before = _ways(plan, service, periods[at - 1] if at else "")
    per_person = float(plan.instance.service(service)["demand_per_person"]) or 1.0
    served = now.groupby("site")["demand"].sum() / per_person
    earlier = before.groupby("site")["demand"].sum() / per_person
    _use_roads(plan, service, now, per_person, steps)
    goes = now.groupby("settlement")["site"].agg(set)
    came = before.groupby("site")["settlement"].agg(set)
    for key, step in steps.items():
        if key[:2] != (FACILITY, service):
            continue
        people = float(served.get(key[2], 0.0))
        if step.action == "renew":
            step.gain = people
        elif step.action not in SHRINKING:
            step.gain = max(0.0, people - float(earlier.get(key[2], 0.0)))
        else:
            homes = came.get(key[2], set())
            takers = set().union(*(goes.get(home, set()) for home in homes))
            others = {(FACILITY, service, site) for site in takers - {key[2]}}
            step.after |= {
                other
                for other in others & steps.keys()
                if steps[other].action in ("open", "enlarge")
            }


def _use_roads(
    plan: Plan, service: str, now: pd.DataFrame, per_person: float,
    steps: dict[Key, Step],
) -> None:  # fmt: skip
    """Let what opens come after roads that lead to it; else roads have the gain."""
    if not any(key[0] == ROAD for key in steps):
        return
    ways = plan.instance.access(service)
    ways = ways[ways["needs"] != ""]
    used = now.merge(ways, on=["settlement", "site"], suffixes=("", "_way"))
    used = used[np.abs(used["minutes"] - used["minutes_way"]) < 1e-6]
    for row in used.itertuples():
        needs = {(ROAD, ROADS, u.strip()) for u in str(row.needs).split(";")}
        new, site = needs & steps.keys(), (FACILITY, service, row.site)
        if site in steps and steps[site].action not in SHRINKING:
            steps[site].after |= new
            continue
        for road in new:
            steps[road].gain += float(row.demand) / per_person / len(new)


def _refer(plan: Plan, period: str, steps: dict[Key, Step]) -> None:
    """Let what opens come after the higher tier that opens near it, if none stands."""
    periods, instance = list(plan.instance.period_names), plan.instance
    at, running = periods.index(period), plan.facilities
    for rule in instance.tables["referrals"].itertuples():
        upper = running[(running["service"] == rule.to_service)
                        & (running["level"] >= rule.to_level)]  # fmt: skip
        stood = set(upper.loc[upper["period"] == periods[at - 1], "site"]) if at else {
            row.site
            for row in instance.tables["facilities"].itertuples()
            if row.service == rule.to_service and row.level >= rule.to_level
        }  # fmt: skip
        stands = set(upper.loc[upper["period"] == period, "site"])
        pairs = instance.site_minutes(rule.service, rule.to_service)
        pairs = pairs[within(pairs["minutes"], rule.minutes)]
        lower = instance.service_sites(rule.service)["site"].tolist()
        above = instance.service_sites(rule.to_service)["site"].tolist()
        near: dict[str, list[str]] = defaultdict(list)
        for j, k in zip(pairs["j"], pairs["k"], strict=True):
            near[lower[j]].append(above[k])
        for key, step in steps.items():
            if key[:2] != (FACILITY, rule.service) or step.action in SHRINKING:
                continue
            if not any(site in stood & stands for site in near[key[2]]):
                new = [(FACILITY, rule.to_service, s) for s in near[key[2]]]
                step.after |= {one for one in new if one in steps and one != key}


def _feed(plan: Plan, period: str, steps: dict[Key, Step]) -> None:
    """Let what opens come after the new links by which its node is fed."""
    if not any(key[0] == LINK for key in steps):
        return
    data = gather(plan.instance)
    for name, n in data.networks.items():
        into = _new_links_into(plan, name, period, steps)
        for service, nodes in n.fed_site_node.items():
            d = data.services[service]
            for j, node in enumerate(np.asarray(nodes).tolist()):
                key = (FACILITY, service, d.sites[j])
                is_new = key in steps and steps[key].action in ("open", "enlarge")
                if is_new and node >= 0 and d.load[name].any():
                    steps[key].after |= _upstream(str(n.nodes[node]), into)


def _new_links_into(
    plan: Plan, network: str, period: str, steps: dict[Key, Step]
) -> dict[str, list[tuple[str, set[Key]]]]:
    """Return by node from where new links bring something, and their steps."""
    new: dict[str, set[Key]] = defaultdict(set)
    for key in steps:
        if key[:2] == (LINK, network):
            new[key[2].rsplit(" ", 1)[0]].add(key)
    flows = plan.table("flows")
    flows = flows[(flows["network"] == network) & (flows["period"] == period)]
    into: dict[str, list[tuple[str, set[Key]]]] = defaultdict(list)
    for row in flows[flows["link"].isin(list(new))].itertuples():
        ends = row.from_node, row.to_node
        start, end = ends if row.forward >= row.backward else ends[::-1]
        into[end].append((start, new[row.link]))
    return into


def _upstream(node: str, into: dict[str, list[tuple[str, set[Key]]]]) -> set[Key]:
    """Return the new steps by which a node is fed, link after link."""
    found, seen, open_nodes = set[Key](), {node}, [node]
    while open_nodes:
        for start, keys in into.get(open_nodes.pop(), ()):
            found |= keys
            if start not in seen:
                seen.add(start)
                open_nodes.append(start)
    return found


def places_of(plan: Plan) -> dict[Key, str]:
    """Return the settlements of the steps at sites; others have none."""
    return {
        (FACILITY, service, site): home
        for service in plan.instance.service_names
        for site, home in zip(
            *(plan.instance.service_sites(service)[c] for c in ("site", "settlement")),
            strict=True,
        )
    }
