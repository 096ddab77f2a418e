"""The list of those whose facility closes: from where, to where, how much farther."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from aumaq.instances.language.texts import say
from aumaq.results.language import Language
from aumaq.results.pages.grid import Column, grid
from aumaq.results.pages.territory import region_names, site_names
from aumaq.results.plan.titles import titles_of

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan


def reassigned(plan: Plan, lang: Language) -> dict[str, Any]:
    """Return where people go in the period in which their facility closes.

    The most people first; later periods are in the table of the plan, with the minutes
    of the way for all who go there. Here who is visited at home goes none.
    """
    rows = plan.table("reassigned")
    rows = rows[rows["period"] == rows["closed_in"]]
    goes = plan.ways.rename(columns={"site": "to_site"})
    key = ["service", "settlement", "to_site", "period"]
    home = goes[goes["is_visited"]].set_index(key)["demand"].rename("home")
    stays = rows.join(home, on=key)["home"].fillna(0.0) / rows["demand"]
    rows = rows.assign(minutes_after=rows["minutes_after"] * (1.0 - stays))
    rows = rows.sort_values("demand", ascending=False, kind="stable")
    places = plan.instance.table("settlements").set_index("settlement", drop=False)
    here = places.loc[rows["settlement"]]
    regions, titles = region_names(plan.instance, lang), titles_of(plan.instance, lang)
    names = names_of_sites(plan, lang)
    nowhere = lang.tell(say("nowhere"))
    start = zip(rows["service"], rows["from_site"], strict=True)
    target = zip(rows["service"], rows["to_site"], strict=True)
    columns = [
        Column(say("Service"), [titles[s] for s in rows["service"]]),
        Column(say("Who loses it"), lang.names(here, "settlement")),
        Column(say("Region"), [regions.get(r, r) for r in here["region"]]),
        Column(say("Period"), rows["period"].tolist()),
        Column(say("Demand"), rows["demand"].tolist(), "number"),
        Column(say("Closed in"), [names[pair] for pair in start]),
        Column(say("Minutes before"), rows["minutes_before"].tolist(), "number", 1),
        Column(say("Now go to"), [names.get(pair, nowhere) for pair in target]),
        Column(say("Minutes after"), rows["minutes_after"].tolist(), "number", 1),
        Column(
            say("More minutes"),
            (rows["minutes_after"] - rows["minutes_before"]).tolist(),
            "number",
            1,
        ),
    ]
    return grid("reassigned", say("Who loses a facility"), columns, lang)


def names_of_sites(plan: Plan, lang: Language) -> dict[tuple[str, str], str]:
    """Return the name of each site, by service and code."""
    found: dict[tuple[str, str], str] = {}
    for service in plan.instance.service_names:
        sites: pd.DataFrame = plan.instance.service_sites(service)
        own = site_names(plan.instance, sites, lang)
        found |= {(service, s): n for s, n in zip(sites["site"], own, strict=True)}
    return found
