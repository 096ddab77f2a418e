"""What a plan and its page take for granted: cut-offs, defaults, rows left out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from aumaq.instances.access.options import CONNECTOR_KMH, DETOUR_FACTOR
from aumaq.instances.language.texts import Text, say
from aumaq.instances.schema.column import Column as SchemaColumn
from aumaq.instances.schema.tables import TABLES
from aumaq.instances.schema.titles import english_title
from aumaq.results.indicators.gains import MINUTES_FELT
from aumaq.results.language import Language
from aumaq.results.pages.grid import Column, grid
from aumaq.results.plan.titles import titles_of
from aumaq.results.report.changed_values import changed_values
from aumaq.results.report.services import used_sites

if TYPE_CHECKING:
    from aumaq.instances import Instance
    from aumaq.results.plan.plan import Plan

SETTINGS = ("policies", "services")
"""Tables whose cells are switches and rates: the page says which are defaults."""
SHOWN_KINDS = ("number", "int", "flag")
LEAST_SHARE = 5e-5
"""Smaller shares of a settlement are no line on the map."""


def notes(
    plan: Plan, lang: Language, tables: Iterable[dict[str, Any]] = ()
) -> list[list[Any]]:
    """Return headings, and what is said under each; *tables*: those of the page."""
    instance = plan.instance
    told: dict[Text, list[Text]] = {
        say("Changed for this plan"): changed_values(instance, lang),
        say("Money"): _money(instance, lang),
        say("Ways"): _ways(instance, lang),
        say("Today"): _today(),
        say("What the page leaves out"): [*_left_out(plan, lang), *_cut(tables, lang)],
    }
    return [
        [lang.tell(heading), [lang.tell(text) for text in texts]]
        for heading, texts in told.items()
        if texts
    ]


def money_note(instance: Instance, lang: Language) -> str:
    """Return in what prices money is told: it stands above the tables of money, too."""
    return lang.tell(_money(instance, lang)[0])


def _money(instance: Instance, lang: Language) -> list[Text]:
    policies, scenario = instance.policies, instance.active_scenario
    if not policies.discount_rate:
        return [say("Money is in prices of the data; nothing is discounted.")]
    told = [
        say(
            "Money is in prices of the data and not discounted, except where"
            " “discounted” is said: there a year counts {rate} less than the one before"
            " it, from {year} on. The plan was chosen by discounted money and points.",
            rate=lang.share(float(policies.discount_rate)),
            year=instance.base_year,
        )
    ]
    factors = (
        (say("investment"), scenario.capex_factor),
        (say("yearly costs"), scenario.opex_factor),
        (say("budgets"), scenario.budget_factor),
    )
    told += [
        say("The scenario multiplies: {what} × {factor}.", what=what,
            factor=lang.number(factor, 2))
        for what, factor in factors
        if factor != 1.0
    ]  # fmt: skip
    return told


def _ways(instance: Instance, lang: Language) -> list[Text]:
    titles, told = titles_of(instance, lang), []
    for service in filter(instance.serves, instance.service_names):
        row = instance.service(service)
        values = {"title": titles[service], "n": int(row["nearest_sites"])}
        cutoff = instance.longest_trip(service)
        if not np.isnan(cutoff):
            told.append(
                say(
                    "{title}: sites farther than {minutes} min are not considered,"
                    " except the nearest one.",
                    "{title}: sites farther than {minutes} min are not considered,"
                    " except the {n} nearest ones.",
                    minutes=lang.number(cutoff),
                    **values,
                )
            )
        limit = float(row["served_within_minutes"])
        if not np.isnan(limit):
            told.append(
                say("{title}: nobody farther than {minutes} min counts as served.",
                    title=titles[service], minutes=lang.number(limit))
            )  # fmt: skip
    if not len(instance.tables["road_links"]) and not len(instance.tables["travel"]):
        told.append(
            say(
                "There are no roads in the data: ways are straight lines times"
                " {factor}, at {speed} km/h.",
                factor=lang.number(DETOUR_FACTOR, 1),
                speed=lang.number(CONNECTOR_KMH),
            )
        )
    return told


def _today() -> list[Text]:
    return [
        say(
            "Today is worked out as a plan is: today's facilities and roads, people of"
            " the base year, as many served as there are places, then in the fewest"
            " minutes. It is a picture, no survey of who goes where."
        )
    ]


def _left_out(plan: Plan, lang: Language) -> list[Text]:
    told = [
        say("A change of the way by up to {minutes} min is called none.",
            minutes=lang.number(MINUTES_FELT)),
        say("Ways of less than {share} of a settlement's demand are not drawn.",
            share=lang.share(LEAST_SHARE, 3)),
    ]  # fmt: skip
    instance = plan.instance
    rows = instance.table("settlements")
    nowhere = int(rows["lat"].isna().sum())
    if nowhere:
        told.append(
            say("{n} settlement without coordinates is in the tables, not on the map.",
                "{n} settlements without coordinates are in the tables, not on the"
                " map.", n=nowhere)
        )  # fmt: skip
    kept = sum(len(used_sites(plan, name)) for name in instance.service_names)
    idle = sum(len(instance.service_sites(s)) for s in instance.service_names) - kept
    if idle > 0:
        told.append(
            say("{n} place for a facility where nothing stands and nothing is done is"
                " not on the map.",
                "{n} places for facilities where nothing stands and nothing is done are"
                " not on the map.", n=idle)
        )  # fmt: skip
    drawn = plan.table("flows")[["network", "link"]].drop_duplicates()
    idle = len(plan.instance.table("network_links")) - len(drawn)
    if idle > 0:
        told.append(
            say("{n} link of networks that has no capacity in any period is not drawn.",
                "{n} links of networks that have no capacity in any period are not"
                " drawn.", n=idle)
        )  # fmt: skip
    return told


def _cut(tables: Iterable[dict[str, Any]], lang: Language) -> list[Text]:
    return [
        say("Table “{title}”: {count} of {total} rows are on the page, all are in the"
            " files of the plan.", title=table["title"],
            count=lang.number(len(table["rows"])), total=lang.number(table["total"]))
        for table in tables
        if table["total"] > len(table["rows"])
    ]  # fmt: skip


def settings(plan: Plan, lang: Language) -> dict[str, Any]:
    """Return the switches and rates that a plan was made with; which are defaults."""
    titles, found = titles_of(plan.instance, lang), []
    for table in TABLES:
        if table.name not in SETTINGS:
            continue
        for row in plan.instance.table(table.name).to_dict("records"):
            name = row.get("service", "")
            if table.name == "services" and not plan.instance.serves(name):
                continue
            for column in table.columns:
                if column.kind in SHOWN_KINDS:
                    found.append((titles.get(name, ""), column, row[column.name]))
    is_default = {True: lang.tell(say("yes")), False: ""}
    columns = [
        Column(say("Service"), [title or lang.tell(say("all")) for title, *_ in found]),
        Column(say("Setting"), [lang.word(english_title(c.name)) for _, c, _ in found]),
        Column(say("Value"), [_told(value, c, lang) for _, c, value in found]),
        Column(say("Measured in"), [lang.word(c.unit) for _, c, _ in found]),
        Column(say("Left at its default"),
               [is_default[_is_default(value, c)] for _, c, value in found]),
    ]  # fmt: skip
    return grid("settings", say("Settings of this plan"), columns, lang)


def _told(value: Any, column: SchemaColumn, lang: Language) -> str:
    if column.kind == "flag":
        return lang.tell(say("yes") if value else say("no"))
    if value is None or value != value:
        return "–"
    number = float(value)
    return lang.number(number, 0 if number.is_integer() else 4)


def _is_default(value: Any, column: SchemaColumn) -> bool:
    if column.default is ...:
        return False
    if column.default is None:
        return value is None or bool(value != value)
    return bool(value == column.default)
