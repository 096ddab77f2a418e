"""Checks of anchors: their load is somewhere, and they bring something."""

from __future__ import annotations

from aumaq.instances.checks.check import Found, Tables, Warn, check, problem
from aumaq.instances.language.texts import figure, say
from aumaq.instances.people.anchors import LOAD


@check("anchors", "networks", "network_nodes", about=("anchors",))
def anchors_are_fed(tables: Tables) -> Found:
    """An anchor with a load is in a settlement that a node of the network feeds."""
    rows, nodes = tables["anchors"], tables["network_nodes"]
    for name in tables["networks"]["network"]:
        fed = set(nodes.loc[nodes["network"] == name, "settlement"]) - {""}
        bare = (rows[LOAD[name]] > 0) & ~rows["settlement"].isin(fed)
        for k in rows.index[bare]:
            text = say(
                "no node of the {name} network here: its load is not planned", name=name
            )
            yield Warn(problem("anchors", text, k, "settlement", rows["settlement"][k]))


@check("anchors", about=("anchors",))
def anchors_bring_something(tables: Tables) -> Found:
    """Whoever draws people has jobs; an anchor without anything is a slip."""
    for k, row in tables["anchors"].iterrows():
        if row["persons_per_job"] > 0 and row["jobs"] <= 0:
            text = say("brings nobody: it has no jobs")
            cell = figure(row["persons_per_job"])
            yield problem("anchors", text, k, "persons_per_job", cell)
        elif row["jobs"] + row["power_kw"] + row["water_m3_per_day"] <= 0:
            text = say("neither jobs nor load: it changes nothing")
            yield Warn(problem("anchors", text, k, "anchor", row["anchor"]))


@check("anchors", about=("anchors",))
def anchors_have_whole_places(tables: Tables) -> Found:
    """Latitude and longitude are given together."""
    rows = tables["anchors"]
    half = rows["lat"].isna() != rows["lon"].isna()
    for k in rows.index[half]:
        column = "lat" if rows["lat"].isna()[k] else "lon"
        text = say("latitude and longitude are given together or not at all")
        yield problem("anchors", text, k, column, "")
