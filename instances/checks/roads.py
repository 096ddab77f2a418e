"""Checks of road upgrades and connections: what they name, what they could change."""

from __future__ import annotations

import numpy as np

from aumaq.instances.access.upgrades import BETWEEN
from aumaq.instances.checks.check import Found, Tables, Warn, check, problem
from aumaq.instances.language.texts import say
from aumaq.instances.straight_lines import STRAIGHT


@check(
    "road_upgrades",
    "road_upgrade_links",
    "connections",
    "travel",
    about=("road_upgrades", "road_upgrade_links", "connections"),
)
def roads_are_used(tables: Tables) -> Found:
    """Upgrades and connections need the road graph; each upgrade has links."""
    links = tables["road_upgrade_links"]
    for table in ("road_upgrades", "connections"):
        if len(tables["travel"]) and len(tables[table]):
            text = say(
                "expected no rows: travel times are given outright (table travel)"
            )
            yield problem(table, text)
    for k, code in enumerate(tables["road_upgrades"]["upgrade"]):
        if not (links["upgrade"] == code).any():
            text = say("has no row in road_upgrade_links")
            yield problem("road_upgrades", text, k, "upgrade", code)
        if BETWEEN.strip() in code:
            text = say("expected a code without {mark!r}", mark=BETWEEN.strip())
            yield problem("road_upgrades", text, k, "upgrade", code)
    for k in np.flatnonzero(links["from_node"] == links["to_node"]).tolist():
        text = say("expected two different ends")
        yield problem("road_upgrade_links", text, k, "to_node", links["to_node"][k])
    rules = tables["connections"]
    for k in np.flatnonzero(
        rules["from_settlement"] == rules["to_settlement"]
    ).tolist():
        text, place = (
            say("expected two different settlements"),
            rules["to_settlement"][k],
        )
        yield problem("connections", text, k, "to_settlement", place)


@check("road_links", about=("road_links",))
def roads_are_known(tables: Tables) -> Found:
    """Straight lines stand for roads: times of travel are estimates."""
    links = tables["road_links"]
    count = int((links["road_class"] == STRAIGHT).sum())
    if count:
        text = say(
            "straight lines times a detour stand for roads: {count} of {total} links;"
            " times of travel are estimates",
            count=count,
            total=len(links),
        )
        yield Warn(problem("road_links", text))


@check("instance", "services", "settlements", "sites", about=("sites",))
def sites_are_chosen(tables: Tables) -> Found:
    """Sites that were made are told: the planner may know better."""
    services = tables["services"]
    count = int((services["role"] == "serve").sum()) * len(tables["settlements"])
    is_home = tables["sites"]["site"] == tables["sites"]["settlement"]
    if tables["instance"]["fill_missing"].iloc[0] and int(is_home.sum()) == count:
        text = say(
            "every service may stand in every settlement; rows of `sites` say where it"
            " may, `levels.min_population` how large a place must be"
        )
        yield Warn(problem("sites", text))


@check("travel", "services", "sites", about=("travel",))
def ways_have_a_length(tables: Tables) -> Found:
    """A way of 0 km to another place costs nothing where kilometres are paid for."""
    rows, services = tables["travel"], tables["services"]
    paid = services.loc[services["transport_cost_per_km"] > 0, "service"]
    if paid.empty:
        return
    sites = tables["sites"]
    sites = sites[sites["service"].isin(paid)]
    home = sites.drop_duplicates("site").set_index("site")["settlement"]
    is_to = rows["site"].isin(home.index) & (rows["length_km"] == 0.0)
    is_away = rows["settlement"] != rows["site"].map(home)
    for k in rows.index[is_to & is_away & (rows["minutes"] > 0.0)]:
        names = sites.loc[sites["site"] == rows["site"][k], "service"]
        text = say(
            "is 0 or not given: nothing is paid for transport to {services} on this way"
            " (transport_cost_per_km)",
            services=", ".join(dict.fromkeys(names)),
        )
        yield Warn(problem("travel", text, k, "length_km", 0))


@check(
    "road_upgrades",
    "road_upgrade_links",
    "road_links",
    "road_classes",
    about=("road_upgrade_links",),
)
def upgrades_make_roads_faster(tables: Tables) -> Found:
    """A link of today that an upgrade does not make faster is odd."""
    speed = tables["road_classes"].set_index("road_class")["speed_kmh"]
    today: dict[frozenset[str], float] = {}
    for row in tables["road_links"].itertuples():
        ends = frozenset((row.from_node, row.to_node))
        hours = row.length_km / speed[row.road_class]
        today[ends] = min(today.get(ends, np.inf), hours)
    for k, row in enumerate(tables["road_upgrade_links"].itertuples()):
        hours = row.length_km / speed[row.road_class]
        before = today.get(frozenset((row.from_node, row.to_node)), np.inf)
        if hours >= before:
            text = say(
                "is no faster than the link of today ({before:.3g} minutes)",
                before=before * 60,
            )
            found = problem("road_upgrade_links", text, k, "road_class", row.road_class)
            yield Warn(found)
