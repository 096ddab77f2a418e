"""Checks of who goes on where: two services that people go to, and sites of them."""

from __future__ import annotations

from aumaq.instances.checks.check import Found, Tables, check, problem
from aumaq.instances.language.texts import say


@check("feeders", "feeder_sites", "services", "growth_candidates", about=("feeders",))
def feeders_can_be(tables: Tables) -> Found:
    """A pattern leads from one service to another, and asks for something."""
    role = dict(zip(tables["services"]["service"], tables["services"]["role"],
                    strict=True))  # fmt: skip
    given = set(tables["feeder_sites"]["feeder"])
    for k, rule in enumerate(tables["feeders"].itertuples()):
        for column in ("service", "to_service"):
            name = getattr(rule, column)
            if role.get(name, "serve") != "serve":
                text = say("nobody goes to {service}: expected a service with role"
                           " serve", service=name)  # fmt: skip
                yield problem("feeders", text, k, column, name)
        if rule.service == rule.to_service:
            text = say("expected another service than the first one")
            yield problem("feeders", text, k, "to_service", rule.to_service)
        if not rule.is_chosen and rule.feeder not in given:
            text = say("asks for nothing: expected true, or rows in feeder_sites")
            yield problem("feeders", text, k, "is_chosen", "false")
        if len(tables["growth_candidates"]):
            text = say("does not go together with growth_candidates: how many go on"
                       " would depend on which are chosen")  # fmt: skip
            yield problem("feeders", text, k, "feeder", rule.feeder)


@check("feeder_sites", "feeders", "sites", about=("feeder_sites",))
def follow_ons_are_sites(tables: Tables) -> Found:
    """A site is one of the service, its follow-on one of the other, where some may."""
    sites = tables["sites"]
    keys = zip(sites["service"], sites["site"], strict=True)
    status = dict(zip(keys, sites["status"], strict=True))
    known = {r.feeder: r for r in tables["feeders"].itertuples()}
    for k, row in enumerate(tables["feeder_sites"].itertuples()):
        if row.feeder not in known:
            continue
        rule = known[row.feeder]
        for column, service in (("site", rule.service), ("to_site", rule.to_service)):
            site = getattr(row, column)
            if (service, site) not in status:
                text = say("no such site of {service} in sites{hint}",
                           service=service, hint="")  # fmt: skip
                yield problem("feeder_sites", text, k, column, site)
            elif column == "to_site" and status[service, site] == "forbidden":
                text = say("nothing may stand there: the site is forbidden")
                yield problem("feeder_sites", text, k, column, site)
