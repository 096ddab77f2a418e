"""Checks of the land: shapes of zones, what they permit, and what that leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from aumaq.instances.checks.check import Found, Tables, Warn, check, problem
from aumaq.instances.land.forbidden import forbidden_levels, reasons
from aumaq.instances.land.shapes import parts
from aumaq.instances.language.texts import say
from aumaq.instances.rows import holds, rows_with

if TYPE_CHECKING:
    from aumaq.instances.instance import Instance

CIRCLE = ("lat", "lon", "radius_km")


@check("zones", "site_zones", about=("zones",))
def zones_have_a_place(tables: Tables) -> Found:
    """A zone is an outline, a whole circle, or what sites say."""
    named = set(tables["site_zones"]["zone"])
    for k, zone in tables["zones"].iterrows():
        missing = [name for name in CIRCLE if np.isnan(zone[name])]
        if zone["outline"]:
            try:
                parts(zone["outline"])
            except ValueError:
                text = say(
                    "expected POLYGON ((lon lat, lon lat, ...)) or MULTIPOLYGON, each"
                    " ring ending where it begins, in degrees"
                )
                yield problem("zones", text, k, "outline", zone["outline"][:40])
            if len(missing) < len(CIRCLE):
                text = say("expected an outline or a circle, not both")
                yield problem("zones", text, k, "radius_km", zone["radius_km"])
        elif 0 < len(missing) < len(CIRCLE):
            text = say("empty: a circle has lat, lon and radius_km")
            yield problem("zones", text, k, missing[0])
        elif missing and zone["zone"] not in named:
            text = say("has no outline, no circle and no site: nothing lies in it")
            yield Warn(problem("zones", text, k, "zone", zone["zone"]))


@check("site_zones", "sites", about=("site_zones",))
def zones_are_of_sites(tables: Tables) -> Found:
    """The site is one of the service."""
    rows, sites = tables["site_zones"], tables["sites"]
    known = pd.MultiIndex.from_frame(sites[["service", "site"]])
    pairs = pd.MultiIndex.from_frame(rows[["service", "site"]])
    for k in np.flatnonzero(~pairs.isin(known)):
        text = say("no such site of {service} in sites", service=rows["service"][k])
        yield problem("site_zones", text, k, "site", rows["site"][k])


@check("zone_permits", "buffers", "levels", about=("zone_permits", "buffers"))
def land_rules_name_levels(tables: Tables) -> Found:
    """Some service that the rule is on has the level."""
    top = tables["levels"].groupby("service")["level"].max()
    for table in ("zone_permits", "buffers"):
        for k, rule in tables[table].iterrows():
            limit = top.get(rule["service"], top.max() if not rule["service"] else None)
            if limit is not None and rule["from_level"] > limit:
                text = say("there are levels up to {limit:g}", limit=limit)
                yield problem(table, text, k, "from_level", rule["from_level"])


@check("zone_works", "zones", "local_supplies", about=("zone_works",))
def works_can_be_told_apart(tables: Tables) -> Found:
    """There are zones of the kind; only what has a network or an option names one."""
    kinds = set(tables["zones"]["kind"])
    known = tables["local_supplies"]
    for k, rule in tables["zone_works"].iterrows():
        if rule["kind"] not in kinds:
            text = say("there is no zone of this kind: the rule has no force")
            yield Warn(problem("zone_works", text, k, "kind", rule["kind"]))
        if rule["of"] == "roads" and rule["network"]:
            text = say("roads are in no network: expected nothing")
            yield problem("zone_works", text, k, "network", rule["network"])
        if rule["option"] and rule["of"] != "local_supply":
            text = say("only local supply has options: expected nothing")
            yield problem("zone_works", text, k, "option", rule["option"])
        elif rule["option"]:
            own = known[(known["network"] == rule["network"]) | (not rule["network"])]
            if rule["option"] not in set(own["option"]):
                text = say("there is no such option of local supply")
                yield problem("zone_works", text, k, "option", rule["option"])


@check("zone_permits", "buffers", "zones", about=("zone_permits", "buffers"))
def land_rules_are_on_zones(tables: Tables) -> Found:
    """A buffer is around a zone or a kind, and there are zones of the kind."""
    kinds = set(tables["zones"]["kind"])
    for table in ("zone_permits", "buffers"):
        rows = tables[table]
        for k in rows.index[~rows["kind"].isin([*kinds, ""])]:
            text = say("there is no zone of this kind: the rule has no force")
            yield Warn(problem(table, text, k, "kind", rows["kind"][k]))
    rows = tables["buffers"]
    both = (rows["zone"] == "") == (rows["kind"] == "")
    for k in rows.index[both]:
        text = say("expected a zone or a kind of zones: one of both")
        yield problem("buffers", text, k, "zone", rows["zone"][k])


def what_the_land_forbids(instance: Instance) -> Found:
    """Sites on which nothing may be built are told with the reason.

    That is an error where something must stand, and nothing does.
    """
    stock = instance.tables["facilities"]
    for service in instance.service_names:
        bans = instance.land_bans(service)
        if not bans:
            continue
        sites = instance.service_sites(service)
        stands = sites["site"].isin(rows_with(stock, "service", service)["site"])
        fits = instance.enterable_levels(service)
        is_shut = ~fits.any(axis=1) & forbidden_levels(bans, fits.shape).any(axis=1)
        here = np.flatnonzero(holds(instance.tables["sites"], "service", service))
        for j in np.flatnonzero(is_shut).tolist():
            status = str(sites["status"][j])
            text = say("no level of {service} may be built there: {why}",
                       service=service, why=reasons(bans, j))  # fmt: skip
            found = problem("sites", text, here[j], "site", sites["site"][j])
            if status == "required" and not stands[j]:
                yield found
            elif status != "forbidden":
                yield Warn(found)
