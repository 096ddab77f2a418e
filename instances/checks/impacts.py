"""Checks of impacts: rates are of what there is, limits of what can be measured."""

from __future__ import annotations

import numpy as np

from aumaq.instances.checks.check import Found, Tables, Warn, check, problem
from aumaq.instances.checks.rules import known_regions
from aumaq.instances.language.texts import say

OF_SERVICE = ("facility", "supply")
OF_NETWORK = ("local_supply", "local_capacity")


@check("impact_rates", "services", "levels", "local_supplies", about=("impact_rates",))
def rates_are_of_something(tables: Tables) -> Found:
    """Rates of facilities name a service, of local supply a network and option."""
    top = tables["levels"].groupby("service")["level"].max()
    role = tables["services"].drop_duplicates("service").set_index("service")["role"]
    wanted = {"supply": ("supply",), "travel": ("serve",)}
    local = tables["local_supplies"]
    known = set(zip(local["network"], local["option"], strict=True))
    for k, row in tables["impact_rates"].iterrows():
        service, of = row["service"], row["of"]
        if of in OF_SERVICE and not service:
            yield problem("impact_rates", say("empty: of which service?"), k, "service")
        if of in OF_NETWORK and service:
            text = say("expected nothing: local supply has a network")
            yield problem("impact_rates", text, k, "service", service)
        if of in OF_NETWORK and not row["network"]:
            yield problem("impact_rates", say("empty: of which network?"), k, "network")
        if of not in OF_NETWORK and (row["network"] or row["option"]):
            text = say("expected nothing: only local supply has a network")
            yield problem("impact_rates", text, k, "network", row["network"])
        if row["option"] and (row["network"], row["option"]) not in known:
            text = say("no such option in local_supplies")
            yield problem("impact_rates", text, k, "option", row["option"])
        if role.get(service, "") not in (*wanted.get(of, ()), "") and of in wanted:
            text = say("expected a service with the role {role}", role=wanted[of][0])
            yield problem("impact_rates", text, k, "service", service)
        most = top.get(service, np.inf) if of in OF_SERVICE else 0
        if row["level"] > most:
            text = say("expected a level, 0 to {top:g}", top=most)
            yield problem("impact_rates", text, k, "level", row["level"])


@check("impact_limits", "zones", "settlements", "periods", about=("impact_limits",))
def limits_are_sound(tables: Tables) -> Found:
    """Regions and kinds exist; a zone or a kind; a limit that is passed has a price."""
    rows = tables["impact_limits"]
    yield from known_regions(tables, "impact_limits")
    kinds = set(tables["zones"]["kind"])
    for k, row in rows.iterrows():
        if row["zone"] and row["kind"]:
            text = say("expected a zone or a kind of zones, not both")
            yield problem("impact_limits", text, k, "kind", row["kind"])
        elif row["kind"] and row["kind"] not in kinds:
            text = say("there is no zone of this kind: the rule has no force")
            yield Warn(problem("impact_limits", text, k, "kind", row["kind"]))
    for name, part in rows.groupby("limit", sort=False):
        known = set(part["period"])
        missing = [p for p in tables["periods"]["period"] if p not in known]
        if missing:
            text = say("no limit in {missing}", missing=", ".join(missing))
            yield Warn(problem("impact_limits", text, part.index[0], "limit", name))


@check("impacts", "impact_rates", about=("impacts",))
def impacts_are_of_something(tables: Tables) -> Found:
    """An impact of nothing is odd."""
    known = set(tables["impact_rates"]["impact"])
    for k, row in tables["impacts"].iterrows():
        if not row["includes"] and row["impact"] not in known:
            text = say("nothing adds to it: give rates, or what it includes")
            yield Warn(problem("impacts", text, k, "impact", row["impact"]))
