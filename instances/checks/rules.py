"""Checks of rules: transitions, referrals, budgets, standards, and a way to travel."""

from __future__ import annotations

import numpy as np

from aumaq.instances.checks.check import Found, Tables, Warn, applies_to, check, problem
from aumaq.instances.errors import Hints
from aumaq.instances.language.texts import say


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


def _known_regions(tables: Tables, name: str) -> Found:
    """Regions that rules name are those of settlements."""
    rows, regions = tables[name], sorted(set(tables["settlements"]["region"]))
    hints = Hints(regions)
    for i in np.flatnonzero(~rows["region"].isin([*regions, ""])):
        hint = hints.near(str(rows["region"][i]))
        text = say("no settlement has this region{hint}", hint=hint)
        yield problem(name, text, i, "region", rows["region"][i])


def known_regions(tables: Tables, name: str) -> Found:
    """Regions that the rules of a table name are those of settlements."""
    return _known_regions(tables, name)


def levels_exist(tables: Tables, name: str, column: str) -> Found:
    """Levels that the rows of a table name are levels of their services."""
    rows = tables[name]
    top = rows["service"].map(tables["levels"].groupby("service")["level"].max())
    top = top.astype("float64")
    for i in rows.index[rows[column] > top]:
        text = say("{service} has levels up to {limit:g}", service=rows["service"][i],
                   limit=top[i])  # fmt: skip
        yield problem(name, text, i, column, rows[column][i])


@check("counts", "levels", "sites", "settlements", "facilities", about=("counts",))
def counts_can_hold(tables: Tables) -> Found:
    """Regions and levels exist; what must run is no more than may run."""
    yield from _known_regions(tables, "counts")
    sites = tables["sites"].set_index(["service", "site"])
    home = tables["settlements"].set_index("settlement")["region"]
    region = sites["settlement"].map(home)
    locked = tables["facilities"][tables["facilities"]["is_locked"]]
    top = tables["levels"].groupby("service")["level"].max()
    for k, rule in tables["counts"].iterrows():
        service = rule["service"]
        if rule["from_level"] > top.get(service, np.inf):
            text = say("{service} has levels up to {limit:g}", service=service,
                       limit=top[service])  # fmt: skip
            yield problem("counts", text, k, "from_level", rule["from_level"])
        own = locked[(locked["service"] == service)
                     & (locked["level"] >= rule["from_level"])]  # fmt: skip
        must = own.groupby(["service", "site"])["units"].sum()
        must = must.reindex(sites.index, fill_value=0)
        if rule["from_level"] == 1:  # a required site may take the smallest level
            wanted = (sites["status"] == "required") & (sites["first_period"] == "")
            wanted &= sites.index.get_level_values("service") == service
            must = must.clip(lower=wanted.astype(int))
        here = (region == rule["region"]) | (not rule["region"])
        count = int(must[here].sum())
        if count > rule["most"]:
            text = say("{count} facilities must run: they are locked, or required",
                       count=count)  # fmt: skip
            yield problem("counts", text, k, "most", rule["most"])


@check("budgets", "settlements", "periods", about=("budgets",))
def budgets_are_sound(tables: Tables) -> Found:
    """Regions exist; a budget without a row for a period is unlimited there."""
    rows = tables["budgets"]
    yield from _known_regions(tables, "budgets")
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


@check("standards", "settlements", about=("standards",))
def standards_apply_somewhere(tables: Tables) -> Found:
    """A rule that no settlement falls under is odd."""
    settlements = tables["settlements"]
    for i, row in tables["standards"].iterrows():
        if not applies_to(settlements, row["applies_to"]).any():
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
