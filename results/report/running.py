"""How facilities are run, as tables of the report: second shift, staff, builders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aumaq.instances.language.texts import say
from aumaq.results.actions import EVERY
from aumaq.results.language import Language
from aumaq.results.pages.grid import Column, grid
from aumaq.results.pages.territory import link_names, region_names, upgrade_titles
from aumaq.results.plan.deployment_steps import LOCAL
from aumaq.results.plan.titles import titles_by_code, titles_of

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan


def running_tables(plan: Plan, lang: Language) -> list[dict[str, Any]]:
    """Return the tables of how facilities are run; empty ones are not shown."""
    return [make(plan, lang) for make in MAKERS]


def order(plan: Plan, lang: Language) -> dict[str, Any]:
    """Return the steps of the plan in an order that works after each of them."""
    rows, instance = plan.deployment, plan.instance
    titles, regions = titles_of(instance, lang), region_names(instance, lang)
    places = instance.table("settlements").set_index("settlement", drop=False)
    homes = sorted(set(rows["settlement"]) & set(places.index))
    names = dict(zip(homes, lang.names(places.loc[homes], "settlement"), strict=True))
    upgrades = upgrade_titles(instance, lang)
    links = step_names(plan, lang)
    local = _local_places(plan, names, lang)
    where = [
        local.get((row.kind, row.service, row.code))
        or names.get(row.settlement)
        or links.get((row.service, row.code))
        or upgrades.get(row.code, row.code)
        for row in rows.itertuples()
    ]
    words = [lang.tell(EVERY[action]) for action in rows["action"]]
    columns = [
        Column(say("Period"), rows["period"].tolist()),
        Column(say("Step"), rows["step"].tolist(), "number"),
        Column(say("What"), [titles.get(s, s) for s in rows["service"]]),
        Column(say("Where"), where),
        Column(say("Region"), [regions.get(r, r) for r in rows["region"]]),
        Column(say("Action"), words),
        Column(say("Cost, mln"), rows["cost_mln"].tolist(), "number", 1),
        Column(say("Gain, people × services"), rows["gain_persons"].tolist(), "number"),
        Column(say("Cost so far, mln"), rows["total_mln"].tolist(), "number", 1),
        Column(
            say("Gain so far, people × services"),
            rows["total_gain_persons"].tolist(),
            "number",
        ),
        Column(say("After steps"), rows["after"].tolist()),
    ]
    return grid("deployment", say("Order of deployment"), columns, lang)


def _local_places(
    plan: Plan, names: dict[str, str], lang: Language
) -> dict[tuple[str, str, str], str]:
    """Return where local supply is added, and which, by kind, network and code."""
    options = {
        (row.network, row.option): lang.title(row.title, row.option)
        for row in plan.instance.tables["local_supplies"].itertuples()
    }
    return {
        (LOCAL, row.network, f"{row.node} {row.option}"): ", ".join(
            (names[row.settlement], options[row.network, row.option])
        )
        for row in plan.table("local_supply").itertuples()
        if row.settlement in names
    }


def step_names(plan: Plan, lang: Language) -> dict[tuple[str, str], str]:
    """Return what readers call a step of a link that is built, by network and code."""
    names, found = link_names(plan.instance, lang), {}
    for row in plan.table("network_steps").itertuples():
        name = names[row.network, row.link]
        if row.step > 1:
            name = lang.tell(say("{link}, step {n}", link=name, n=row.step))
        found[row.network, f"{row.link} {row.step}"] = name
    return found


def second_shift(plan: Plan, lang: Language) -> dict[str, Any]:
    """Return the demand in second shift by service, region and period."""
    keys = ["service", "region", "period"]
    table = plan.table("second_shift")
    table = table.assign(sites=1)[[*keys, "sites", "demand", "cost_mln_per_year"]]
    rows = table.groupby(keys, as_index=False, sort=False).sum()
    titles, regions = titles_of(plan.instance, lang), region_names(plan.instance, lang)
    columns = [
        Column(say("Service"), [titles[s] for s in rows["service"]]),
        Column(say("Region"), [regions.get(r, r) for r in rows["region"]]),
        Column(say("Period"), rows["period"].tolist()),
        Column(say("Sites"), rows["sites"].tolist(), "number"),
        Column(say("Demand in second shift"), rows["demand"].tolist(), "number"),
        Column(
            say("Cost, mln a year"), rows["cost_mln_per_year"].tolist(), "number", 1
        ),
    ]
    return grid("second_shift", say("Second shift"), columns, lang)


def bus(plan: Plan, lang: Language) -> dict[str, Any]:
    """Return who rides a bus, by service, settlement and period."""
    rows, instance = plan.table("bused"), plan.instance
    titles, places = titles_of(instance, lang), instance.table("settlements")
    named = places.assign(shown=lang.names(places, "settlement"))
    named = named.set_index("settlement").loc[rows["settlement"]]
    columns = [
        Column(say("Service"), [titles[s] for s in rows["service"]]),
        Column(say("From"), named["shown"].tolist()),
        Column(say("Period"), rows["period"].tolist()),
        Column(say("Demand"), rows["demand"].tolist(), "number"),
        Column(say("Minutes"), rows["minutes"].tolist(), "number"),
        Column(say("Kilometres"), rows["length_km"].tolist(), "number"),
        Column(
            say("Cost, mln a year"), rows["cost_mln_per_year"].tolist(), "number", 1
        ),
    ]
    return grid("bused", say("Who rides a bus"), columns, lang)


def visits(plan: Plan, lang: Language) -> dict[str, Any]:
    """Return who is visited by a mobile service, by settlement and period."""
    rows, instance = plan.table("visits"), plan.instance
    titles = titles_by_code(instance.tables["mobile_services"], "mobile_service", lang)
    places = instance.table("settlements")
    shown = lang.names(places, "settlement")
    names = dict(zip(places["settlement"], shown, strict=True))
    sites = instance.table("sites").set_index(["service", "site"])["settlement"]
    bases = [sites[key] for key in zip(rows["service"], rows["site"], strict=True)]
    columns = [
        Column(say("Mobile service"), [titles[m] for m in rows["mobile_service"]]),
        Column(say("Settlement"), [names[code] for code in rows["settlement"]]),
        Column(say("Base"), [names.get(home) or site for home, site in
                             zip(bases, rows["site"], strict=True)]),
        Column(say("Period"), rows["period"].tolist()),
        Column(say("Demand"), rows["demand"].tolist(), "number"),
        Column(say("Visit days a year"), rows["days"].tolist(), "number", 1),
        Column(say("Minutes"), rows["minutes"].tolist(), "number"),
        Column(say("Kilometres"), rows["length_km"].tolist(), "number"),
        Column(
            say("Cost, mln a year"), rows["cost_mln_per_year"].tolist(), "number", 1
        ),
    ]  # fmt: skip
    return grid("visits", say("Who is visited at home"), columns, lang)


def teams(plan: Plan, lang: Language) -> dict[str, Any]:
    """Return the teams of mobile services by region and period."""
    keys = ["mobile_service", "region", "period"]
    rows = plan.table("mobile_teams")
    counted = ["teams", "days", "most_days", "cost_mln_per_year"]
    rows = rows.groupby(keys, as_index=False, sort=False)[counted].sum()
    known, regions = (
        plan.instance.tables["mobile_services"],
        region_names(plan.instance, lang),
    )
    titles = titles_by_code(known, "mobile_service", lang)
    columns = [
        Column(say("Mobile service"), [titles[m] for m in rows["mobile_service"]]),
        Column(say("Region"), [regions.get(r, r) for r in rows["region"]]),
        Column(say("Period"), rows["period"].tolist()),
        Column(say("Teams"), rows["teams"].tolist(), "number"),
        Column(say("Visit days a year"), rows["days"].tolist(), "number"),
        Column(say("Days that teams have"), rows["most_days"].tolist(), "number"),
        Column(
            say("Teams cost, mln a year"), rows["cost_mln_per_year"].tolist(),
            "number", 1,
        ),
    ]  # fmt: skip
    return grid("mobile_teams", say("Mobile teams"), columns, lang)


def staff(plan: Plan, lang: Language) -> dict[str, Any]:
    """Return posts and people by profession, region and period."""
    rows, regions = plan.table("staff"), region_names(plan.instance, lang)
    titles = titles_by_code(plan.instance.tables["professions"], "profession", lang)
    columns = [
        Column(say("Profession"), [titles.get(p, p) for p in rows["profession"]]),
        Column(say("Region"), [regions.get(r, r) for r in rows["region"]]),
        Column(say("Period"), rows["period"].tolist()),
        Column(say("Posts"), rows["needed"].tolist(), "number"),
        Column(say("Who is there"), rows["available"].tolist(), "number"),
        Column(say("Hired or trained before"), rows["stayed"].tolist(), "number"),
        Column(say("Hired"), rows["hired"].tolist(), "number"),
        Column(say("Trained"), rows["trained"].tolist(), "number"),
        Column(say("Cost, mln"), rows["cost_mln"].tolist(), "number", 1),
    ]
    return grid("staff", say("Staff"), columns, lang)


def merged(plan: Plan, lang: Language) -> dict[str, Any]:
    """Return the pairs that may merge: which do, when, where, and what that changes."""
    given, rows = plan.instance.tables["possible_mergers"], plan.table("merged")
    titles = titles_of(plan.instance, lang)
    pairs = titles_by_code(given, "possible_merger", lang)
    places, sites = plan.instance.table("settlements"), plan.instance.table("sites")
    shown = dict(
        zip(places["settlement"], lang.names(places, "settlement"), strict=True)
    )
    homes = sites.set_index(["service", "site"])["settlement"].to_dict()
    both = given.merge(rows, "left", "possible_merger", suffixes=("", "_done"))
    done = [p if isinstance(p, str) else "" for p in both["period"]]
    ends = zip(both["service"], both["left"].fillna(""), strict=True)
    left = [shown.get(homes.get(key, ""), key[1]) for key in ends]
    stays = lang.tell(say("both stay"))
    cost, saving = (
        both[f"{name}_done"].fillna(0.0).tolist()
        for name in ("cost_mln", "saving_mln_per_year")
    )
    columns = [
        Column(say("Pair"), [pairs[code] for code in both["possible_merger"]]),
        Column(say("Service"), [titles[s] for s in both["service"]]),
        Column(say("One from"), [period or stays for period in done]),
        Column(say("Runs at"), left),
        Column(say("Level at least"), both["least_level"].tolist(), "number"),
        Column(say("Cost, mln"), cost, "number", 1),
        Column(say("Saves, mln a year"), saving, "number", 1),
    ]
    return grid("merged", say("Facilities that may merge"), columns, lang)


def at_once(plan: Plan, lang: Language) -> dict[str, Any]:
    """Return what changes at once, and what may."""
    rows = plan.table("building_capacity")
    known = plan.instance.tables["building_capacity"]
    titles = titles_by_code(known, "building_capacity", lang)
    columns = [
        Column(say("Rule"), [titles.get(c, c) for c in rows["building_capacity"]]),
        Column(say("Period"), rows["period"].tolist()),
        Column(say("Facilities that change"), rows["changes"].tolist(), "number"),
        Column(say("May change"), rows["most_changes"].tolist(), "number"),
        Column(say("Built, mln"), rows["spent_mln"].tolist(), "number", 1),
        Column(say("May be built, mln"), rows["most_mln"].tolist(), "number", 1),
    ]
    return grid("building_capacity", say("What changes at once"), columns, lang)


MAKERS = (order, merged, second_shift, bus, visits, teams, staff, at_once)
