"""What must hold after each step of an order: how many run, and who works there.

Rules on facilities that run (the fewest and the most of ``counts``, the only one of a
settlement, one of two that merge), staff, people of agglomerations, capacity in growth
points, and what networks can supply beyond what is drawn from them, as numbers that
steps raise and lower.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from aumaq.instances.checks.closing import about
from aumaq.instances.people.agglomerations import limited
from aumaq.instances.people.growth import after_moves, chosen_of
from aumaq.instances.people.loads import everyone
from aumaq.instances.selection import is_of_all, selected
from aumaq.model.data.gathered import ModelData
from aumaq.model.data.networks import NetworkData
from aumaq.results.plan.deployment_growth import point_key
from aumaq.results.plan.deployment_points import Points
from aumaq.results.plan.deployment_steps import (
    BUILD,
    DONE_BY,
    FACILITY,
    LOCAL,
    Key,
    local_growth,
    stood_before,
)

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

DUST = 1e-6
"""Facilities or posts; a limit that is passed by less holds."""


@dataclass(frozen=True)
class Limit:
    """A number from *least* to *most*: before the first step, and what steps add."""

    now: float
    least: float
    most: float
    effect: dict[Key, float]

    @property
    def may_break(self) -> bool:
        """Whether some order of the steps breaks it on the way."""
        down, up = (
            sum(pick(0.0, x) for x in self.effect.values()) for pick in (min, max)
        )
        return self.breaks(self.now + down, down) or self.breaks(self.now + up, up)

    def breaks(self, value: float, change: float) -> bool:
        """Whether a change that leads to *value* breaks it, or makes worse what is."""
        is_low = change < 0.0 and value < self.least - DUST
        return is_low or (change > 0.0 and value > self.most + DUST)

    def back(self, value: float) -> float:
        """Return how far it is from a value that breaks it to where it holds."""
        return (self.least if value < self.least else self.most) - value


def limits_of(
    plan: Plan, data: ModelData | None, period: str, points: Points
) -> list[Limit]:
    """Return the limits of a period that an order of its steps may break.

    *data* are the numbers of an instance with networks.
    """
    before, changes = stood_before(plan, period), _changes(plan, period)
    found = [*_running(plan, period, before, changes),
             *_staff(plan, period, before, changes),
             *_people(plan, points),
             *_concentrated(plan, period, points, before, changes)]  # fmt: skip
    if data is not None:
        found.extend(_to_spare(plan, data, period, points, before, changes))
    return [limit for limit in found if limit.may_break]


def _changes(plan: Plan, period: str) -> pd.DataFrame:
    """Return service, site, level, units of what steps add and take away, and keys."""
    rows = plan.actions[plan.actions["period"] == period]
    rows = rows[rows["action"].isin(list(DONE_BY)) & (rows["action"] != "renew")]
    does = rows["action"].map(DONE_BY)
    keys = [
        (FACILITY, *key)
        for key in zip(rows["service"], rows["site"], does, strict=True)
    ]
    own = rows[["service", "site"]].assign(
        key=pd.Series(keys, rows.index, dtype=object)
    )
    parts = [
        own.assign(level=rows[column], units=sign * rows["units"])
        for column, sign in (("to_level", 1), ("from_level", -1))
    ]
    both = pd.concat(parts, ignore_index=True)
    return both[both["level"] > 0].astype({"level": "int64", "units": "int64"})


def _running(
    plan: Plan, period: str, before: pd.DataFrame, changes: pd.DataFrame
) -> Iterator[Limit]:
    for service, sites, levels, least, most in (
        *_counted(plan, period),
        *_only_ones(plan),
        *_merged(plan, period),
    ):
        there, change = (
            rows[(rows["service"] == service) & rows["site"].isin(sites)
                 & rows["level"].between(*levels)]
            for rows in (before, changes)
        )  # fmt: skip
        effect = change.groupby("key")["units"].sum()
        yield Limit(
            float(there["units"].sum()), least, most, effect.astype(float).to_dict()
        )


Scope = tuple[str, set[str], tuple[float, float], float, float]
"""Service, sites, levels from and to, the fewest and the most that may run there."""
ANY_LEVEL = (1.0, np.inf)


def _counted(plan: Plan, period: str) -> Iterator[Scope]:
    """Give the sites of rules on facilities that run."""
    tables = plan.instance.tables
    for rule in tables["counts"].itertuples():
        if rule.what == "facilities" and rule.period in ("", period):
            sites = plan.instance.service_sites(rule.service)
            if not is_of_all(rule):
                homes = tables["settlements"]["settlement"][selected(tables, rule)]
                sites = sites[sites["settlement"].isin(homes)]
            least, most = (
                limit if np.isnan(x) else float(x)
                for x, limit in ((rule.least, -np.inf), (rule.most, np.inf))
            )
            levels = float(rule.from_level), float(rule.to_level or np.inf)
            yield rule.service, set(sites["site"]), levels, least, most


def _only_ones(plan: Plan) -> Iterator[Scope]:
    """Give the sites of each settlement that keeps one facility."""
    tables = plan.instance.tables
    for rule in tables["closing_rules"].itertuples():
        if rule.keep_only:
            settlements = tables["settlements"]
            homes = settlements["settlement"][about(settlements, rule)]
            sites = plan.instance.service_sites(rule.service)
            sites = sites[sites["settlement"].isin(homes)]
            for _, own in sites.groupby("settlement")["site"]:
                yield rule.service, set(own), ANY_LEVEL, 1.0, np.inf


def _merged(plan: Plan, period: str) -> Iterator[Scope]:
    """Give pairs of sites at which one facility is left."""
    tables, periods = plan.instance.tables, list(plan.instance.period_names)
    at = periods.index(period)
    for rule in tables["mergers"].itertuples():
        if not rule.first_period or periods.index(rule.first_period) <= at:
            yield rule.service, {rule.site, rule.other_site}, ANY_LEVEL, 1.0, np.inf
    for row in plan.table("merged").itertuples():
        if periods.index(row.period) <= at:
            yield row.service, {row.site, row.other_site}, ANY_LEVEL, 1.0, np.inf


def _staff(
    plan: Plan, period: str, before: pd.DataFrame, changes: pd.DataFrame
) -> Iterator[Limit]:
    """Give the posts of each profession and region that has so many people.

    Those of a second shift are left out: who is in it is known at the end alone.
    """
    tables, periods = plan.instance.tables, list(plan.instance.period_names)
    at, people = periods.index(period), plan.table("staff")
    for row in people[people["period"] == period].itertuples():
        needs = tables["staff_needs"]
        needs = needs[needs["profession"] == row.profession]
        own = people[(people["profession"] == row.profession)
                     & (people["region"] == row.region)]  # fmt: skip
        since = own["period"].map(periods.index)
        most = row.available + own["hired"][since <= at].sum()
        most += own["trained"][since < at].sum()
        there, change = (
            _in_region(plan, rows, row.region).merge(needs, on=["service", "level"])
            for rows in (before, changes)
        )
        now = float((there["units"] * there["posts"]).sum())
        effect = (change["units"] * change["posts"]).groupby(change["key"]).sum()
        yield Limit(now, -np.inf, float(most), effect.astype(float).to_dict())


def _people(plan: Plan, points: Points) -> Iterator[Limit]:
    """Give the people of each agglomeration that may hold so many."""
    tables, projection = plan.instance.tables, plan.instance.active_scenario.projection
    codes, inside, most = limited(tables)
    if not codes or not points.settlement:
        return
    chosen = chosen_of(tables, plan.table("growth_points"))
    people = after_moves(tables, projection, everyone(tables, projection), chosen)
    then, change = inside @ people[:, points.at], points.people() @ inside.T
    keys = list(map(point_key, points.settlement))
    for a, limit in enumerate(most[:, points.at].tolist()):
        effect = dict(zip(keys, change[:, a].tolist(), strict=True))
        yield Limit(float(then[a] - change[:, a].sum()), -np.inf, limit, effect)


def _concentrated(
    plan: Plan,
    period: str,
    points: Points,
    before: pd.DataFrame,
    changes: pd.DataFrame,
) -> Iterator[Limit]:
    """Give the capacity in growth points beyond the share that must be there.

    What stands in a new point counts there from its own step on.
    """
    tables, periods = plan.instance.tables, list(plan.instance.period_names)
    for rule in tables["concentrations"].itertuples():
        if rule.first_period and periods.index(rule.first_period) > points.at:
            continue
        home = _homes(plan, rule.service, rule.region)
        levels = plan.instance.levels(rule.service)
        levels = levels[levels["level"] >= rule.min_level]
        size = levels.set_index("level")["capacity"]
        new = {
            place
            for place, tier in zip(points.settlement, points.tier, strict=True)
            if rule.tier in ("", tier)
        }
        flagged = _flagged(plan) if not rule.tier else set[str]()
        then = _chosen_then(plan, period, rule.tier) | flagged
        new -= flagged
        (there, at), (change, changed_at) = (
            (own["units"] * own["level"].map(size).fillna(0.0), own["site"].map(home))
            for rows in (before, changes)
            for own in (rows[(rows["service"] == rule.service)
                             & rows["site"].isin(home)],)
        )  # fmt: skip
        counts = change * (changed_at.isin(then) - rule.share)
        effect = counts.groupby(changes["key"]).sum().astype(float).to_dict()
        effect |= {point_key(p): float(there[at == p].sum()) for p in new}
        now = there[at.isin(then - new)].sum() - rule.share * there.sum()
        yield Limit(float(now), 0.0, np.inf, effect)


def _chosen_then(plan: Plan, period: str, tier: str) -> set[str]:
    """Return the growth points that are chosen by a period, of a tier or all."""
    rows = plan.table("growth_points")
    rows = rows[(rows["period"] == period) & rows["is_chosen"].astype(bool)]
    return set(rows.loc[(rows["tier"] == tier) | (not tier), "settlement"])


def _flagged(plan: Plan) -> set[str]:
    """Return the settlements that are growth points without any choice."""
    places = plan.instance.tables["settlements"]
    return set(places.loc[places["is_growth_point"].astype(bool), "settlement"])


def _homes(plan: Plan, service: str, region: str) -> dict[str, str]:
    """Return the settlements of the sites of a service, of a region or all."""
    places = plan.instance.tables["settlements"]
    of = dict(zip(places["settlement"], places["region"], strict=True))
    sites = plan.instance.service_sites(service)
    return {
        site: home
        for site, home in zip(sites["site"], sites["settlement"], strict=True)
        if region in ("", of.get(home, ""))
    }


def _to_spare(
    plan: Plan,
    data: ModelData,
    period: str,
    points: Points,
    before: pd.DataFrame,
    changes: pd.DataFrame,
) -> Iterator[Limit]:
    """Give what plants and local supply of each network can make beyond its loads.

    Losses and links are left out: what is there may still not get where it is drawn.
    """
    loads, local = plan.table("loads"), plan.table("local_supply")
    for name, n in data.networks.items():
        adds = _units_of_network(data, n)
        there, change = (
            rows["units"] * pd.Series(
                [adds.get(key, 0.0) for key in zip(
                    rows["service"], rows["site"], rows["level"], strict=True)],
                rows.index, dtype=float)
            for rows in (before, changes)
        )  # fmt: skip
        of_people, made = (
            rows[(rows["network"] == name) & (rows["period"] == period)]
            for rows in (loads, local)
        )
        effect = change.groupby(changes["key"]).sum().astype(float).to_dict()
        effect |= {
            (LOCAL, name, f"{row.node} {row.option}", BUILD): added
            for row, _, added in local_growth(plan, period)
            if row.network == name
        }
        more = data.growth.load[name].change[points.number, :, points.at].sum(axis=1)
        keys = map(point_key, points.settlement)
        effect |= dict(zip(keys, (-more).tolist(), strict=True))
        now = there.sum() + more.sum()
        now += made["capacity"].sum() - sum(
            added for key, added in effect.items() if key[0] == LOCAL
        )
        now -= (of_people["base_load"] - of_people["shed"]).sum()
        yield Limit(float(now), 0.0, np.inf, effect)


def _units_of_network(
    data: ModelData, n: NetworkData
) -> dict[tuple[str, str, int], float]:
    """Return by service, site and level what one can supply, less what it draws.

    One supplies no more than the yield of its site.
    """
    found: dict[tuple[str, str, int], float] = {}
    yields = dict(zip(n.source, n.source_max.tolist(), strict=True))
    for service, nodes in n.fed_site_node.items():
        d = data.services[service]
        draws = d.load[n.name]
        for j, site in enumerate(d.sites):
            for level in range(1, len(d.capacity)):
                units = -float(draws[level]) if nodes[j] >= 0 else 0.0
                if (service, j) in yields:
                    units += min(float(d.usable[level]), yields[service, j])
                if units:
                    found[service, site, level] = units
    return found


def _in_region(plan: Plan, rows: pd.DataFrame, region: str) -> pd.DataFrame:
    """Return the rows of sites in a region."""
    settlements = plan.instance.tables["settlements"]
    homes = set(settlements["settlement"][settlements["region"] == region])
    sites = plan.instance.tables["sites"]
    sites = sites[sites["settlement"].isin(homes)]
    known = pd.MultiIndex.from_frame(sites[["service", "site"]])
    here = pd.MultiIndex.from_frame(rows[["service", "site"]]).isin(known)
    return rows[here]
