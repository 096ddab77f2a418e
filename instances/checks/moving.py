"""Checks of facilities that move."""

from __future__ import annotations

from aumaq.instances.checks.check import Found, Tables, check, problem
from aumaq.instances.language.texts import Text, say


@check(
    "relocations", "sites", "facilities", "services", "periods", about=("relocations",)
)
def relocations_can_be(tables: Tables) -> Found:
    """From one site of the service to another, where one may go and one may stand."""
    sites, stock = tables["sites"], tables["facilities"]
    keys = zip(sites["service"], sites["site"], strict=True)
    status = dict(zip(keys, sites["status"], strict=True))
    order = list(tables["periods"]["period"])
    free = stock[~stock["is_locked"]]
    stays = set(zip(stock["service"], stock["site"], strict=True))
    stays -= set(zip(free["service"], free["site"], strict=True))
    for k, rule in enumerate(tables["relocations"].itertuples()):
        ends = {
            name: (rule.service, getattr(rule, name)) for name in ("site", "to_site")
        }
        lost = [name for name, key in ends.items() if key not in status]
        for name in lost:
            text = say("no such site of {service} in sites{hint}",
                       service=rule.service, hint="")  # fmt: skip
            yield problem("relocations", text, k, name, getattr(rule, name))
        wrong: dict[str, Text] = {}
        if rule.site == rule.to_site:
            wrong["to_site"] = say("expected another site than the first one")
        elif not lost and status[ends["to_site"]] == "forbidden":
            wrong["to_site"] = say("nothing may stand there: the site is forbidden")
        elif not lost and ends["site"] in stays:
            wrong["site"] = say("what stands there must stay: it is locked")
        first, last = rule.first_period, rule.last_period
        if {first, last} <= {*order} and order.index(last) < order.index(first):
            wrong["last_period"] = say("expected {period} or later, its first_period",
                                       period=first)  # fmt: skip
        for name, text in wrong.items():
            yield problem("relocations", text, k, name, getattr(rule, name))
