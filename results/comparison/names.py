"""Names instead of codes, in the reader's language, for tables that are shown."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from aumaq.instances.language.texts import say
from aumaq.instances.schema.networks import LOAD_UNITS
from aumaq.instances.schema.roads import ROADS
from aumaq.instances.schema.tables import TABLES
from aumaq.instances.schema.titles import title_of
from aumaq.results.actions import DONE
from aumaq.results.comparison.decisions import step_code
from aumaq.results.indicators.gains import BY
from aumaq.results.language import Language
from aumaq.results.pages.territory import (
    link_names,
    region_names,
    site_names,
    upgrade_titles,
)
from aumaq.results.plan.terms import ITEMS as MONEY
from aumaq.results.plan.titles import gain_groups, item_title, titles_of

if TYPE_CHECKING:
    from aumaq.results.comparison.comparison import Comparison

WORDS = DONE | {
    "facility": say("facility"), "action": say("action"),
    "road upgrade": say("road upgrade"), "network step": say("line or main"),
    "local supply": say("local supply"), "growth point": say("growth point"),
    "staff": say("staff"), "mobile team": say("mobile team"),
    "relocation": say("relocation"), "merger": say("merger"),
    ROADS: say("Roads"),
    "demand served": say("demand served"), "objective": say("all together"),
    "minutes of those served": say("minutes of those served"),
    "load not met": say("load not met"), "investment": say("investment"),
    "connections missed": say("connections missed"), "number": say("number"),
    "share": say("share"), "minutes": say("minutes"), "mln": say("mln"),
    "added": say("added"), "removed": say("removed"), "changed": say("changed"),
    **BY,
}  # fmt: skip
"""Words that the tables use as codes."""
ITEMS, CODES = ("item", "term"), (
    "kind", "action", "figure", "change", "by",
)  # fmt: skip
SERVICES = ("service", "of")
COLUMNS = {column.name for table in TABLES for column in table.columns}
MENTIONED = re.compile(r"(^|, )([a-z_]+) ([^,]*[^, (])")
"""A column and its cell, as rows of tables are told by."""
ALIKE = re.compile(r"\(no\. (\d+)\)")
SETTINGS = {
    "instance": say("instance"), "instance_hash": say("Instance hash"),
    "scenario": say("scenario"), "method": say("method"),
    "formulation": say("formulation"),
    "kept_services": say("services near settlements, after the loop"),
    "time_limit": say("time limit, s"), "gap": say("gap asked for"),
    "threads": say("threads"), "seed": say("random seed"),
    "save_lp": say("file of the model"), "work_limit": say("work limit, units"),
    "workers": say("processes"), "cluster": say("cluster"),
    "cluster_security": say("file on how to reach the cluster"),
    "checkpoint": say("checkpoint file"),
}  # fmt: skip
"""Option or fact of a solve -> what readers call it."""


def region_titles(comparison: Comparison, lang: Language) -> dict[str, str]:
    """Return the names of the regions of all plans, by code."""
    found: dict[str, str] = {}
    for plan in reversed(comparison.plans):
        found |= region_names(plan.instance, lang)
    return found


def service_titles(comparison: Comparison, lang: Language) -> dict[str, str]:
    """Return the titles of services, networks and roads of all plans, by code."""
    found = {network: lang.word(network) for network in LOAD_UNITS}
    for plan in reversed(comparison.plans):
        found |= titles_of(plan.instance, lang)
    return found


def place_names(
    comparison: Comparison, rows: pd.DataFrame, lang: Language
) -> list[str]:
    """Return the names of what rows decide: a row's columns service, code, name.

    Sites and settlements have those of the language, road upgrades their titles.
    """
    found: dict[tuple[str, str], str] = {}
    places = _places(comparison, lang)
    for plan in reversed(comparison.plans):
        instance = plan.instance
        for service in instance.service_names:
            sites = instance.service_sites(service)
            names = site_names(instance, sites, lang)
            found |= {
                (service, site): name
                for site, name in zip(sites["site"], names, strict=True)
            }
        titles = upgrade_titles(instance, lang)
        found |= {(ROADS, upgrade): title for upgrade, title in titles.items()}
        links = link_names(instance, lang)
        found |= {
            (row.network, step_code(row.link, row.step)): links[row.network, row.link]
            for row in plan.table("network_steps").itertuples()
            if (row.network, row.link) in links
        }
    keys = zip(rows["service"], rows["code"], rows["name"], strict=True)
    return [
        found.get((service, code)) or places.get(code) or places.get(name, name)
        for service, code, name in keys
    ]


def named(rows: pd.DataFrame, comparison: Comparison, lang: Language) -> pd.DataFrame:
    """Return rows with names, titles and words of the language for codes."""
    rows = _with_words(rows, comparison, lang) if "key" in rows else rows.copy()
    services, regions = (
        service_titles(comparison, lang),
        region_titles(comparison, lang),
    )

    def word(text: Any) -> str:
        return lang.tell(WORDS[text]) if text in WORDS else str(text)

    def unit(text: Any) -> str:
        return word(text) if text in WORDS else lang.units([text])[0]

    def change(column: str, to: Any) -> None:
        if column in rows:
            rows[column] = [to(cell) for cell in rows[column]]

    if {"service", "code", "name"} <= {*rows.columns}:
        rows["name"] = place_names(comparison, rows, lang)
    if {"by", "group"} <= {*rows.columns}:  # regions have names of their own
        rows["group"] = gain_groups(rows, regions, lang)
    change("region", lambda code: regions.get(code, code))
    for column in SERVICES:
        change(column, lambda code: services.get(code) or word(code))
    for column in ITEMS:
        change(column, lambda c: item_title(c, lang) if c in MONEY else word(c))
    for column in CODES:
        change(column, word)
    change("setting", lambda code: _setting(code, lang))
    for column in ("table", "column"):
        change(column, lambda name: title_of(name, lang.code))
    change("title", lang.title)
    change("unit", unit)
    change("status", lambda code: lang.word(str(code).replace("_", " ")))
    return rows


def _with_words(
    rows: pd.DataFrame, comparison: Comparison, lang: Language
) -> pd.DataFrame:
    """Return changed rows of tables with words for what tells them: key, whole rows."""
    places = _places(comparison, lang)

    def told(text: str) -> str:
        text = MENTIONED.sub(partial(_mentioned, places=places, lang=lang), text)
        return ALIKE.sub(lambda found: lang.tell(say("(no. {n})", n=found[1])), text)

    is_whole = rows["change"] != "changed"
    return rows.assign(
        key=[told(text) for text in rows["key"]],
        **{
            column: [told(x) if w else x for x, w in zip(cells, is_whole, strict=True)]
            for column, cells in (("before", rows["before"]), ("after", rows["after"]))
        },
    )


def _places(comparison: Comparison, lang: Language) -> dict[str, str]:
    found: dict[str, str] = {}
    for plan in reversed(comparison.plans):
        rows = plan.instance.table("settlements")
        names = lang.names(rows, "settlement")
        found |= dict(zip(rows["settlement"], names, strict=True))
    return found


def _mentioned(match: re.Match[str], places: dict[str, str], lang: Language) -> str:
    """Return a column and its cell in words; of a settlement its name and code."""
    opens, column, code = match.groups()
    if column not in COLUMNS:
        return match[0]
    name = places.get(code, code) if column == "settlement" else code
    shown = code if name == code else f"{name} ({code})"
    return f"{opens}{title_of(column, lang.code)} {shown}"


def _setting(code: str, lang: Language) -> str:
    """Return what readers call an option or a version that plans were made with."""
    part, _, name = code.partition(": ")
    if part == "versions":
        return lang.tell(say("version of {name}", name=name))
    word = SETTINGS.get(name or part)
    return lang.tell(word) if word else code
