"""Checks of rules: transitions, referrals, budgets, standards, and a way to travel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.checks.check import Found, Tables, Warn, applies_to, check, problem
from aumaq.instances.errors import Hints
from aumaq.instances.language.texts import Text, figure, say
from aumaq.instances.selection import is_of_all, selected


@check("transitions", "levels", about=("transitions",))
def transitions_exist(tables: Tables) -> Found:
    """Both levels exist and differ."""
    rows = tables["transitions"]
    top = rows["service"].map(tables["levels"].groupby("service")["level"].max())
    top = top.astype("float64")  # without rows it would be text
    for name in ("from_level", "to_level"):
        for i in rows.index[rows[name] > top]:
            yield problem(
                "transitions",
                say("expected a level, 0 to {top:g}", top=top[i]),
                i,
                name,
                rows[name][i],
            )
    for i in rows.index[rows["from_level"] == rows["to_level"]]:
        yield problem(
            "transitions",
            say("keeping a level is always allowed and free"),
            i,
            "to_level",
            rows["to_level"][i],
        )


@check("referrals", "levels", about=("referrals",))
def referrals_name_levels(tables: Tables) -> Found:
    """The levels of both tiers exist."""
    rows = tables["referrals"]
    top = tables["levels"].groupby("service")["level"].max()
    for name, level in (("service", "from_level"), ("to_service", "to_level")):
        limit = rows[name].map(top).astype("float64")
        for i in rows.index[rows[level] > limit]:
            yield problem(
                "referrals",
                say(
                    "{service} has levels up to {limit:g}",
                    service=rows[name][i],
                    limit=limit[i],
                ),
                i,
                level,
                rows[level][i],
            )


def known_regions(tables: Tables, name: str) -> Found:
    """Regions that rules name are those of settlements."""
    rows, regions = tables[name], sorted(set(tables["settlements"]["region"]))
    hints = Hints(regions)
    for i in np.flatnonzero(~rows["region"].isin([*regions, ""])):
        hint = hints.near(str(rows["region"][i]))
        text = say("no settlement has this region{hint}", hint=hint)
        yield problem(name, text, i, "region", rows["region"][i])


def known_tags(tables: Tables, name: str) -> Found:
    """Tags that rules name are those of some settlement."""
    rows, tags = tables[name], sorted(set(tables["settlement_tags"]["tag"]))
    hints = Hints(tags)
    for i in np.flatnonzero(~rows["tag"].isin([*tags, ""])):
        hint = hints.near(str(rows["tag"][i]))
        text = say("no settlement has this tag{hint}", hint=hint)
        yield problem(name, text, i, "tag", rows["tag"][i])


def levels_exist(tables: Tables, name: str, column: str) -> Found:
    """Levels that the rows of a table name are levels of their services."""
    rows = tables[name]
    top = rows["service"].map(tables["levels"].groupby("service")["level"].max())
    top = top.astype("float64")
    for i in rows.index[rows[column] > top]:
        text = say("{service} has levels up to {limit:g}", service=rows["service"][i],
                   limit=top[i])  # fmt: skip
        yield problem(name, text, i, column, rows[column][i])


@check(
    "counts", "levels", "sites", "settlements", "facilities", "settlement_tags",
    "periods",
    about=("counts",),
)  # fmt: skip
def counts_can_hold(tables: Tables) -> Found:
    """Regions, tags and levels exist; limits go together with what must run, or can."""
    yield from known_regions(tables, "counts")
    yield from known_tags(tables, "counts")
    top = tables["levels"].groupby("service")["level"].max()
    for k, rule in tables["counts"].iterrows():
        faults = [
            *_limits_of_count(rule),
            *_levels_of_count(rule, top),
            *_total_of_count(rule),
        ]
        faults = faults or [*_what_must_run(tables, rule), *_what_can_run(tables, rule)]
        for text, column in faults:
            value = rule[column]
            if not isinstance(value, str):
                value = figure(value) if value == value else ""
            yield problem("counts", text, k, column, value)
        if not faults and _sites_counted(tables, rule).empty:
            text = say("counts nothing: {service} has no site in such a settlement",
                       service=rule["service"])  # fmt: skip
            yield Warn(problem("counts", text, k, "applies_to", rule["applies_to"]))


def _limits_of_count(rule: pd.Series[Any]) -> Iterator[tuple[Text, str]]:
    """Tell what is wrong with the two limits themselves."""
    least, most = rule["least"], rule["most"]
    if least != least and most != most:
        yield say("is empty, and so is `least`: expected one of them"), "most"
    if least > most:
        yield say("is more than `most`, {most:g}", most=most), "least"


def _levels_of_count(
    rule: pd.Series[Any], top: pd.Series[Any]
) -> Iterator[tuple[Text, str]]:
    """Tell levels that the service does not have, or that are none."""
    service = rule["service"]
    for column in ("from_level", "to_level"):
        if rule[column] > top.get(service, np.inf):
            yield say("{service} has levels up to {limit:g}", service=service,
                      limit=top[service]), column  # fmt: skip
    if 0 < rule["to_level"] < rule["from_level"]:
        yield (
            say("is below `from_level`, {level}", level=rule["from_level"]),
            "to_level",
        )


def _total_of_count(rule: pd.Series[Any]) -> Iterator[tuple[Text, str]]:
    """Tell what cannot be added up over periods."""
    if not rule["is_total"]:
        return
    if rule["what"] == "facilities":
        yield (
            say(
                "facilities that run are counted period by period: with `is_total`"
                " expected openings, closures, enlargements or reductions"
            ),
            "what",
        )
    if rule["period"]:
        yield say("with `is_total` all periods count: expected no period"), "period"


def _sites_counted(tables: Tables, rule: pd.Series[Any]) -> pd.DataFrame:
    """Return the sites that a rule counts, by code."""
    sites = tables["sites"]
    sites = sites[sites["service"] == rule["service"]]
    if not is_of_all(rule):
        places = tables["settlements"]["settlement"][selected(tables, rule)]
        sites = sites[sites["settlement"].isin(places)]
    return sites.set_index("site")


def _what_must_run(tables: Tables, rule: pd.Series[Any]) -> Iterator[tuple[Text, str]]:
    """Tell a limit that is below what is locked or required."""
    if rule["what"] != "facilities" or rule["most"] != rule["most"]:
        return
    sites, rows = _sites_counted(tables, rule), tables["facilities"]
    own = rows[rows["is_locked"] & (rows["service"] == rule["service"])
               & (rows["level"] >= rule["from_level"])]  # fmt: skip
    if rule["to_level"]:
        own = own[own["level"] <= rule["to_level"]]
    must = own.groupby("site")["units"].sum().reindex(sites.index, fill_value=0)
    if rule["from_level"] == 1 and not rule["to_level"]:
        # A required site may take the smallest level.
        wanted = (sites["status"] == "required") & (sites["first_period"] == "")
        must = must.clip(lower=wanted.astype(int))
    if (count := int(must.sum())) > rule["most"]:
        yield (
            say(
                "{n} facility must run: it is locked, or required",
                "{n} facilities must run: they are locked, or required",
                n=count,
            ),
            "most",
        )


def _what_can_run(tables: Tables, rule: pd.Series[Any]) -> Iterator[tuple[Text, str]]:
    """Tell a limit that is above what its sites have room for."""
    sites = _sites_counted(tables, rule)
    room = int(sites["max_units"][sites["status"] != "forbidden"].sum())
    # Over several periods a place may open, close and open again.
    if rule["is_total"]:
        room *= len(tables["periods"])
    if rule["least"] > room and rule["what"] in ("facilities", "openings"):
        yield (
            say(
                "its sites have room for {n} facility",
                "its sites have room for {n} facilities",
                n=room,
            ),
            "least",
        )


@check("budgets", "settlements", "periods", about=("budgets",))
def budgets_are_sound(tables: Tables) -> Found:
    """Regions exist; a budget without a row for a period is unlimited there."""
    rows = tables["budgets"]
    yield from known_regions(tables, "budgets")
    for name, part in rows.groupby("budget", sort=False):
        missing = [
            p for p in tables["periods"]["period"] if p not in set(part["period"])
        ]
        if missing:
            yield Warn(
                problem(
                    "budgets",
                    say("no limit in {missing}", missing=", ".join(missing)),
                    part.index[0],
                    "budget",
                    name,
                )
            )


@check("standards", "settlements", about=("standards",))
def districts_of_standards_are_named(tables: Tables) -> Found:
    """Places of a region that name no district are one district to a standard."""
    rules, places = tables["standards"], tables["settlements"]
    rules = rules[rules["scope"] == "district"]
    counted = np.zeros(len(places), dtype=bool)
    for who in set(rules["applies_to"]):
        counted |= applies_to(places, who)
    nameless = places[counted & (places["district"] == "").to_numpy()]
    nameless = nameless[nameless.duplicated("region", keep=False)]
    names = ", ".join(map(str, rules["standard"]))
    for i, region in nameless["region"].items():
        text = say(
            "is blank: standards with scope district ({names}) take all such places of"
            " region {region!r} for one district",
            names=names,
            region=region,
        )
        yield Warn(problem("settlements", text, int(str(i)), "district"))


@check("standards", "settlements", "settlement_tags", about=("standards",))
def standards_apply_somewhere(tables: Tables) -> Found:
    """A rule that no settlement falls under is odd; its region and tag exist."""
    wrong = [*known_regions(tables, "standards"), *known_tags(tables, "standards")]
    yield from wrong
    for i, row in tables["standards"].iterrows():
        if not wrong and not selected(tables, row).any():
            yield Warn(
                problem(
                    "standards",
                    say("applies to no settlement"),
                    i,
                    "applies_to",
                    row["applies_to"],
                )
            )


@check("services", "road_nodes", "road_links", "travel", "sites", "settlements")
def there_is_a_way(tables: Tables) -> Found:
    """There is a road graph or a table of travel times, if anybody travels."""
    if not (tables["services"]["role"] == "serve").any():
        return
    if len(tables["travel"]) == 0 and len(tables["road_nodes"]) == 0:
        yield problem(
            "road_nodes",
            say(
                "expected a road graph (road_nodes, road_links, road_classes)"
                " or the table travel"
            ),
        )
    links = tables["road_links"]
    for i in links.index[links["from_node"] == links["to_node"]]:
        yield Warn(
            problem(
                "road_links",
                say("leads from a node to itself"),
                i,
                "to_node",
                links["to_node"][i],
            )
        )
    if len(tables["travel"]) and len(links):
        yield Warn(problem("travel", say("is used; the road graph is not")))
