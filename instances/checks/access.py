"""Checks that need travel times: who reaches nothing, what can never hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from aumaq.instances.access.limits import within
from aumaq.instances.access.pieces import cut_off
from aumaq.instances.arrays import Flags, Floats
from aumaq.instances.checks.agglomerations import agglomerations_can_hold
from aumaq.instances.checks.check import Found, Warn, problem
from aumaq.instances.checks.growth import ROUNDING, donors_can_give
from aumaq.instances.checks.land import what_the_land_forbids
from aumaq.instances.checks.likelihood import LIKELIHOOD_CHECKS
from aumaq.instances.checks.places import ALONE_KM
from aumaq.instances.checks.scale import capacities_are_of_use, values_are_of_one_scale
from aumaq.instances.checks.totals import totals_are_possible
from aumaq.instances.land.forbidden import forbidden_levels
from aumaq.instances.language.texts import Text, chained, figure, say, told_apart
from aumaq.instances.people.growth import moves
from aumaq.instances.rows import holds, rows_with
from aumaq.instances.selection import selected, visited_places

if TYPE_CHECKING:
    from aumaq.instances.instance import Instance


def _peak_demand(instance: Instance, service: str) -> Floats:
    """Return demand at its highest over scenarios, (settlements, periods).

    Where people may move to growth points, what stays under any choice.
    """
    peak = sure_demand(instance, service)
    for future in instance.futures:
        peak = np.maximum(peak, sure_demand(future, service))
    return peak


def sure_demand(instance: Instance, service: str) -> Floats:
    demand = instance.demand(service)
    if instance.tables["growth_candidates"].empty:
        return demand
    found = moves(instance.tables, instance.active_scenario.projection)
    return demand * np.maximum(0.0, 1.0 - found.largest_loss_share())


def site_capacity(instance: Instance, service: str) -> Floats:
    """Return the most that each site can hold, units of demand."""
    levels, sites = instance.levels(service), instance.service_sites(service)
    share = instance.service(service)["max_use_share"]
    fits = instance.enterable_levels(service) | _stands(instance, service)
    usable = levels["capacity"].to_numpy() * float(share)
    for shift in rows_with(instance.tables["shifts"], "service", service).itertuples():
        has_one = levels["level"].to_numpy() >= shift.from_level
        usable = usable * (1.0 + shift.extra_share * has_one)
    largest = np.where(fits, usable, 0.0).max(axis=1, initial=0.0)
    largest *= sites["max_units"].to_numpy()
    return np.where(sites["status"] == "forbidden", 0.0, largest)


def _stands(instance: Instance, service: str) -> Flags:
    """Return which levels stand today at each site, (J, L)."""
    sites = instance.service_sites(service)
    rows = rows_with(instance.tables["facilities"], "service", service)
    stands = np.zeros((len(sites), len(instance.levels(service))), dtype=bool)
    stands[pd.Index(sites["site"]).get_indexer(rows["site"]), rows["level"] - 1] = True
    return stands


def required_sites_can_run(instance: Instance) -> Found:
    """Where something must run, some level fits."""
    rows = instance.tables["sites"]
    for service in instance.service_names:
        must = holds(instance.service_sites(service), "status", "required")
        if not must.any():
            continue
        own = instance.enterable_levels(service) | _stands(instance, service)
        own |= forbidden_levels(instance.land_bans(service), own.shape)  # told there
        here = np.flatnonzero(holds(rows, "service", service))
        for k in here[must & ~own.any(axis=1)]:
            text = say(
                "something must stand there, but no level of {service} fits a"
                " settlement of so few people (levels, min_population)",
                service=service,
            )
            yield problem("sites", text, k, "status", "required")


def settlements_reach_a_site(instance: Instance) -> Found:
    """Who has demand reaches a site; who does not, or is cut off, is named."""
    settlements = instance.tables["settlements"]
    cut = _cut_off(instance)
    for service in instance.service_names:
        row = instance.service(service)
        peak = _peak_demand(instance, service).max(axis=1)
        has_option = np.zeros(len(settlements), dtype=bool)
        has_option[instance.access(service)["i"].to_numpy()] = True
        for i in np.flatnonzero((peak > 0) & ~has_option).tolist():
            message = say(
                "reaches no site of {service}: its demand stays unserved",
                service=service,
            )
            if i in cut:
                message = chained([message, cut.pop(i)])
            found = problem("settlements", message, i, "settlement",
                            settlements["settlement"][i])  # fmt: skip
            yield found if not row["may_be_unserved"] else Warn(found)
    for i, why in cut.items():
        code = settlements["settlement"][i]
        yield Warn(problem("settlements", why, i, "settlement", code))


def _cut_off(instance: Instance) -> dict[int, Text]:
    """Return settlements that are tied to a scrap of road -> what to say."""
    if instance.uses_travel_table:
        return {}
    rows = instance.tables["settlements"]
    lat, lon = rows["lat"].to_numpy(), rows["lon"].to_numpy()
    texts = cut_off(instance, instance.settlement_places, lat, lon)
    return {i: text for i, text in enumerate(texts) if text}


def sites_are_on_the_road(instance: Instance) -> Found:
    """A site with a place of its own is not tied to a scrap of road."""
    if instance.uses_travel_table:
        return
    rows = instance.tables["sites"]
    told: set[str] = set()
    for service in filter(instance.serves, instance.service_names):
        sites = instance.service_sites(service)
        at = np.flatnonzero(rows["service"] == service)
        is_own = (sites["settlement"] == "") | (sites["node"] != "")
        lat, lon = sites["lat"].to_numpy(), sites["lon"].to_numpy()
        texts = cut_off(instance, instance.site_places(service), lat, lon)
        for j in np.flatnonzero(is_own & (sites["status"] != "forbidden")):
            code = sites["site"][j]
            if texts[j] and code not in told:
                told.add(code)
                yield Warn(problem("sites", texts[j], at[j], "site", code))


def roads_are_near(instance: Instance) -> Found:
    """No settlement without a node of its own is far from every road."""
    tied = instance.snapping
    far = tied[tied["distance_km"] > ALONE_KM]
    rows = pd.Index(instance.settlement_ids).get_indexer(far["settlement"])
    for i, row in zip(rows, far.itertuples(), strict=True):
        text = say(
            "the nearest road node, {node}, is {km:,.0f} km away",
            node=row.node,
            km=row.distance_km,
        )
        yield Warn(problem("settlements", text, i, "settlement", row.settlement))


def capacity_meets_demand(instance: Instance) -> Found:
    """All sites at their largest, less the reserve, hold the demand of all and each."""
    settlements = instance.tables["settlements"]
    for k, service in enumerate(instance.service_names):
        row, pairs = instance.service(service), instance.access(service)
        must = not row["may_be_unserved"]
        capacity, peak = (
            site_capacity(instance, service),
            _peak_demand(instance, service),
        )
        most = peak.sum(axis=0).max()
        if capacity.sum() < most * (1 - ROUNDING):
            held, asked = told_apart(capacity.sum(), most)
            found = problem(
                "services",
                say(
                    "sites at their largest hold {capacity}, demand is up to {peak}",
                    capacity=held,
                    peak=asked,
                ),
                k,
                "service",
                service,
            )
            yield found if must else Warn(found)
        pairs = pairs.drop_duplicates(["i", "j"])
        how = "max" if row["allocation"] == "whole" else "sum"
        near = pd.Series(capacity[pairs["j"]]).groupby(pairs["i"].to_numpy()).agg(how)
        reach = near.reindex(range(len(settlements)), fill_value=np.inf).to_numpy()
        for i in np.flatnonzero(reach < peak.max(axis=1) * (1 - ROUNDING)):
            held, asked = told_apart(reach[i], peak[i].max())
            found = problem(
                "settlements",
                say(
                    "its sites of {service} hold {reach} at most, it demands up to"
                    " {peak}",
                    service=service,
                    reach=held,
                    peak=asked,
                ),
                i,
                "settlement",
                settlements["settlement"][i],
            )
            yield found if must else Warn(found)


def hard_standards_can_hold(instance: Instance) -> Found:
    """A hard standard has a site within its time wherever it must hold."""
    settlements = instance.tables["settlements"]
    for k, rule in instance.tables["standards"].iterrows():
        if not rule["is_hard"] or rule["share"] == 0:
            continue
        pairs = instance.access(rule["service"])
        bus = rows_with(instance.tables["buses"], "service", rule["service"])
        minutes = max([rule["minutes"], *bus["within_minutes"]])
        is_near = within(pairs["minutes"], minutes) | _may_be_visited(
            instance, rule["service"], pairs
        )
        near = pairs.loc[is_near, "i"]
        first = instance.period_names.index(
            rule["first_period"] or instance.period_names[0]
        )
        peak = _peak_demand(instance, rule["service"])[:, first:].max(axis=1)
        lost = selected(instance.tables, rule) & (peak > 0)
        lost[near.to_numpy()] = False
        if rule["scope"] == "settlement":
            for i in np.flatnonzero(lost):
                yield problem(
                    "standards",
                    say(
                        "is hard, but settlement {settlement} has no site within"
                        " {minutes:g} minutes",
                        settlement=_named(settlements, int(i)),
                        minutes=minutes,
                    ),
                    k,
                    "minutes",
                    figure(rule["minutes"]),
                )


def _named(settlements: pd.DataFrame, i: int) -> str:
    """Return a settlement's code, with its name where that says more."""
    code, name = (str(settlements[key][i]) for key in ("settlement", "name"))
    return f"{code!r} ({name})" if name not in ("", code) else repr(code)


def _may_be_visited(instance: Instance, service: str, pairs: pd.DataFrame) -> Flags:
    """Return which pairs are near by visits of a mobile service."""
    found, i = np.zeros(len(pairs), dtype=bool), pairs["i"].to_numpy()
    rows = rows_with(instance.tables["mobile_services"], "service", service)
    for mobile in rows.itertuples():
        if mobile.counts_in_standards:
            is_for = visited_places(instance.tables, mobile)
            found |= within(pairs["minutes"], mobile.within_minutes) & is_for[i]
    return found


def referrals_can_hold(instance: Instance) -> Found:
    """A facility that must stand has a higher tier within its time."""
    for k, rule in instance.tables["referrals"].iterrows():
        lower = instance.service_sites(rule["service"])
        upper = instance.service_sites(rule["to_service"])
        pairs = instance.site_minutes(rule["service"], rule["to_service"])
        pairs = pairs[within(pairs["minutes"], rule["minutes"])]
        usable = (upper["status"] != "forbidden").to_numpy()
        reached = set(pairs.loc[usable[pairs["k"]], "j"])
        for j in range(len(lower)):
            if j in reached or lower["status"][j] == "forbidden":
                continue
            must = lower["status"][j] == "required" and rule["from_level"] == 1
            found = problem(
                "referrals",
                say(
                    "site {site!r} of {service} has no site of {to_service}"
                    " within {minutes:g} minutes: level {from_level} and above"
                    " can never stand there",
                    site=lower["site"][j],
                    service=rule["service"],
                    to_service=rule["to_service"],
                    minutes=rule["minutes"],
                    from_level=rule["from_level"],
                ),
                k,
                "minutes",
                figure(rule["minutes"]),
            )
            yield found if must else Warn(found)


def connections_can_hold(instance: Instance) -> Found:
    """A connection holds today, or once some upgrades are built."""
    rules = instance.tables["connections"]
    possible = set(instance.connection_options()["connection"]) if len(rules) else set()
    for k, rule in rules.iterrows():
        if rule["connection"] in possible:
            continue
        found = problem(
            "connections",
            say(
                "{to_settlement!r} is never within {minutes:g} minutes of"
                " {from_settlement!r}, whatever is upgraded",
                to_settlement=rule["to_settlement"],
                minutes=rule["minutes"],
                from_settlement=rule["from_settlement"],
            ),
            k,
            "minutes",
            figure(rule["minutes"]),
        )
        yield found if rule["is_hard"] else Warn(found)


def options_are_all_there(instance: Instance) -> Found:
    """Upgrades that combine in too many ways are not all told apart."""
    for k, service in enumerate(instance.service_names):
        if not instance.has_all_options(service):
            text = say(
                "road upgrades combine in so many ways that only the fastest"
                " and simplest are options; fewer, larger corridors would be"
                " exact"
            )
            yield Warn(problem("services", text, k, "cutoff_minutes", service))


ACCESS_CHECKS: tuple[Callable[[Instance], Found], ...] = (
    totals_are_possible,
    settlements_reach_a_site,
    sites_are_on_the_road,
    roads_are_near,
    capacity_meets_demand,
    required_sites_can_run,
    what_the_land_forbids,
    hard_standards_can_hold,
    referrals_can_hold,
    connections_can_hold,
    options_are_all_there,
    donors_can_give,
    agglomerations_can_hold,
    capacities_are_of_use,
    values_are_of_one_scale,
    *LIKELIHOOD_CHECKS,
)
