"""Agglomerations, anchors, losses of links: what the report says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aumaq.instances.language.texts import say
from aumaq.results.language import Language
from aumaq.results.pages.grid import Column, grid
from aumaq.results.pages.territory import link_names
from aumaq.results.plan.titles import ANCHOR_KINDS, titles_by_code, titles_of
from aumaq.results.report.networks import load_units

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan


def agglomerations(plan: Plan, lang: Language) -> dict[str, Any]:
    """Return people in agglomerations against their limits."""
    rows = plan.table("agglomerations")
    given = plan.instance.tables["agglomerations"]
    titles = titles_by_code(given, "agglomeration", lang)
    columns = [
        Column(say("Agglomeration"), [titles[code] for code in rows["agglomeration"]]),
        Column(say("Period"), rows["period"].tolist()),
        Column(say("People"), rows["persons"].tolist(), "number"),
        Column(say("At most"), rows["max_persons"].tolist(), "number"),
    ]
    return grid("agglomerations", say("Limits of agglomerations"), columns, lang)


def anchors(plan: Plan, lang: Language) -> dict[str, Any]:
    """Return sites of industry, farms, resorts: since when, jobs, people, load."""
    rows = plan.instance.tables["anchors"]
    places = plan.instance.tables["settlements"].set_index("settlement", drop=False)
    homes = places.loc[rows["settlement"]]
    first = plan.instance.period_names[0]
    columns = [
        Column(say("Site"), list(titles_by_code(rows, "anchor", lang).values())),
        Column(say("Kind"), [lang.tell(ANCHOR_KINDS[kind]) for kind in rows["kind"]]),
        Column(say("Where"), lang.names(homes, "settlement")),
        Column(say("From"), [period or first for period in rows["first_period"]]),
        Column(say("Jobs"), rows["jobs"].tolist(), "number"),
        Column(
            say("People who come"), rows["jobs"] * rows["persons_per_job"], "number"
        ),
        *(
            Column(title, rows[column].tolist(), "number")
            for column, title in (
                ("power_kw", say("Power, kW")),
                ("water_m3_per_day", say("Water, m3/day")),
            )
        ),
    ]
    title = say("Sites of industry, agriculture and tourism")
    return grid("anchors", title, columns, lang)


def losses(plan: Plan, lang: Language) -> dict[str, Any]:
    """Return what is still met after the loss of each link, the worst first."""
    rows = plan.table("contingencies").assign(
        left=lambda t: t["met"] / t["load_met"].where(t["load_met"] > 0)
    )
    rows = rows.sort_values("left", kind="stable")
    titles = titles_of(plan.instance, lang)
    links = link_names(plan.instance, lang)
    pairs = zip(rows["network"], rows["link"], strict=True)
    columns = [
        Column(say("Network"), [titles[code] for code in rows["network"]]),
        Column(say("Without the link"), [links[pair] for pair in pairs]),
        Column(say("Period"), rows["period"].tolist()),
        load_units(rows["network"], lang),
        Column(say("Load met"), rows["load_met"].tolist(), "number"),
        Column(say("Of it met without it"), rows["left"].clip(upper=1.0), "share"),
        Column(say("Missing"), rows["shortfall"].tolist(), "number"),
    ]
    return grid("losses", say("Loss of a link"), columns, lang)
