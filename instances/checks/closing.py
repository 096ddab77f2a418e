"""Checks of rules on closing: which settlements they are about, and what cannot be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Flags
from aumaq.instances.checks.check import Found, Tables, Warn, applies_to, check, problem
from aumaq.instances.checks.rules import known_regions
from aumaq.instances.language.texts import figure, say


def about(settlements: pd.DataFrame, rule: Any) -> Flags:
    """Return which settlements a rule is about (columns ``OF_WHOM``), (I,)."""
    people = settlements["population"].to_numpy(dtype=float)
    most = np.inf if np.isnan(rule.population_most) else rule.population_most
    found = (people >= rule.population_least) & (people <= most)
    found &= applies_to(settlements, rule.applies_to)
    for column in ("settlement", "region"):
        if wanted := getattr(rule, column):
            found &= settlements[column].to_numpy(dtype=object) == wanted
    return found


def rules_are_about_something(tables: Tables, name: str) -> Found:
    """Regions exist, limits of population are in order, some settlement counts."""
    rows, settlements = tables[name], tables["settlements"]
    yield from known_regions(tables, name)
    for k, rule in enumerate(rows.itertuples()):
        if rule.population_most < rule.population_least:
            text = say("expected at least {least}, the population_least of the row",
                       least=figure(rule.population_least))  # fmt: skip
            most = figure(rule.population_most)
            yield problem(name, text, k, "population_most", most)
        elif (
            rule.region in ("", *settlements["region"])
            and not about(settlements, rule).any()
        ):
            text = say("is about no settlement: see its class and its population")
            yield Warn(problem(name, text, k, "applies_to", rule.applies_to))


@check("closing_rules", "services", "settlements", about=("closing_rules",))
def closing_rules_are_sound(tables: Tables) -> Found:
    """A rule asks for something, of somebody, that its service can do."""
    rows = tables["closing_rules"]
    yield from rules_are_about_something(tables, "closing_rules")
    role = dict(zip(tables["services"]["service"], tables["services"]["role"],
                    strict=True))  # fmt: skip
    for k, rule in enumerate(rows.itertuples()):
        has_minutes = not np.isnan(rule.extra_minutes_most)
        if not rule.keep_only and not has_minutes:
            text = say("asks for nothing: expected keep_only or extra_minutes_most")
            yield problem("closing_rules", text, k, "keep_only", "false")
        if has_minutes and role.get(rule.service, "serve") != "serve":
            text = say("nobody goes to {service}: expected an empty cell",
                       service=rule.service)  # fmt: skip
            minutes = figure(rule.extra_minutes_most)
            yield problem("closing_rules", text, k, "extra_minutes_most", minutes)


@check("together_rules", "services", "settlements", about=("together_rules",))
def together_rules_are_sound(tables: Tables) -> Found:
    """A rule is about a service that people go to, and that may split them."""
    yield from rules_are_about_something(tables, "together_rules")
    services = tables["services"].drop_duplicates("service").set_index("service")
    for k, rule in enumerate(tables["together_rules"].itertuples()):
        if rule.service not in services.index:
            continue
        if services["role"][rule.service] != "serve":
            text = say("nobody goes to {service}: expected a service with role serve",
                       service=rule.service)  # fmt: skip
            yield problem("together_rules", text, k, "service", rule.service)
        elif services["allocation"][rule.service] == "whole":
            text = say("says nothing new: no settlement of {service} is split",
                       service=rule.service)  # fmt: skip
            yield Warn(problem("together_rules", text, k, "service", rule.service))


@check("closing_rules", "sites", "facilities", "settlements", about=("closing_rules",))
def what_is_kept_may_stand(tables: Tables) -> Found:
    """Where the only facility must stay, some site of the settlement may hold one."""
    sites, stock = tables["sites"], tables["facilities"]
    pairs = pd.MultiIndex.from_frame(stock[["service", "site"]])
    stands = pd.MultiIndex.from_frame(sites[["service", "site"]]).isin(pairs)
    may = (sites["status"] != "forbidden").to_numpy()
    for k, rule in enumerate(tables["closing_rules"].itertuples()):
        if not rule.keep_only:
            continue
        own = (sites["service"] == rule.service).to_numpy()
        wanted = tables["settlements"]["settlement"][about(tables["settlements"], rule)]
        mine = own & sites["settlement"].isin(wanted).to_numpy()
        left = set(sites["settlement"][mine & may])
        lost = [x for x in dict.fromkeys(sites["settlement"][mine & stands])
                if x not in left]  # fmt: skip
        if lost:
            text = say("expected a site that is not forbidden in {places}: what stands"
                       " there is the only facility",
                       places=", ".join(lost[:5]))  # fmt: skip
            yield problem("closing_rules", text, k, "closing", rule.closing)


@check("mergers", "sites", "facilities", "services", about=("mergers",))
def mergers_can_be(tables: Tables) -> Found:
    """Two sites of the service, of which one may go and one may stay."""
    sites, stock = tables["sites"], tables["facilities"]
    keys = zip(sites["service"], sites["site"], strict=True)
    status = dict(zip(keys, sites["status"], strict=True))
    locked = stock[stock["is_locked"]]
    stays = set(zip(locked["service"], locked["site"], strict=True))
    stays |= {pair for pair, word in status.items() if word == "required"}
    for k, rule in enumerate(tables["mergers"].itertuples()):
        pair = [(rule.service, rule.site), (rule.service, rule.other_site)]
        lost = [column for column, key in zip(("site", "other_site"), pair, strict=True)
                if key not in status]  # fmt: skip
        for column in lost:
            text = say("no such site of {service} in sites{hint}",
                       service=rule.service, hint="")  # fmt: skip
            yield problem("mergers", text, k, column, getattr(rule, column))
        if pair[0] == pair[1]:
            wrong = say("expected another site than the first one")
        elif not lost and set(pair) <= stays:
            wrong = say("both must stay: they are locked, or required")
        elif not lost and {status[key] for key in pair} == {"forbidden"}:
            wrong = say("neither may stay: both sites are forbidden")
        else:
            continue
        yield problem("mergers", wrong, k, "other_site", rule.other_site)
