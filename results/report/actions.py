"""The list of actions: where, what, when, how much, for how many, who pays."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from aumaq.instances.language.texts import say
from aumaq.instances.schema.growth import GROWTH_POINTS
from aumaq.instances.schema.roads import ROADS
from aumaq.instances.terms import COVERED, INVESTMENT
from aumaq.results.actions import EVERY
from aumaq.results.language import Language
from aumaq.results.pages.grid import Column, grid
from aumaq.results.pages.territory import (
    link_names,
    region_names,
    site_names,
    upgrade_titles,
)
from aumaq.results.plan.titles import (
    PAID_FOR,
    level_title,
    network_titles,
    titles_by_code,
)
from aumaq.results.report.finance import paid_for
from aumaq.results.report.networks import capacity, kilometres
from aumaq.results.report.services import used_sites

if TYPE_CHECKING:
    from aumaq.instances import Instance
    from aumaq.results.plan.plan import Plan

Payers = Callable[[str, str, str], str]
"""Service, region and period -> who pays what is invested there, as readers call it."""
Action = tuple[str, str, int, int]
KEYS = ["what", "place", "region", "period", "action", "units", "detail", "cost_mln",
        "served", "unit", "payer", "estimate", "facility"]  # fmt: skip


def done_words(lang: Language) -> list[str]:
    """Return what readers call each action, in the order in which they are told."""
    return [lang.tell(word) for word in EVERY.values()]


def action_list(plan: Plan, lang: Language) -> dict[str, Any]:
    """Return every action of the plan, dearest first; keeping is left out."""
    pays = payers(plan, lang)
    parts = [
        _of_service(plan, k, name, pays, lang)
        for k, name in enumerate(plan.instance.service_names)
    ]
    others = (_of_networks, _of_local, _of_roads, _of_growth)
    parts += [make(plan, pays, lang) for make in others]
    rows = pd.concat([part for part in parts if len(part)] or parts[:1])
    rows = rows.sort_values("cost_mln", ascending=False, kind="stable")
    regions = region_names(plan.instance, lang)
    columns = [
        Column(say("What"), rows["what"].tolist()),
        Column(say("Where"), rows["place"].tolist()),
        Column(say("Region"), [regions.get(r, r) for r in rows["region"]]),
        Column(say("Period"), rows["period"].tolist()),
        Column(say("Action"), [lang.tell(EVERY[a]) for a in rows["action"]]),
        Column(say("Units"), rows["units"].tolist(), "number"),
        Column(say("Cost, mln"), rows["cost_mln"].tolist(), "number", 1),
        Column(say("Served there"), rows["served"].tolist(), "number"),
        Column(say("Unit"), rows["unit"].tolist()),
        Column(say("From → to"), rows["detail"].tolist()),
        Column(say("Who pays"), rows["payer"].tolist()),
        Column(say("Rests on an estimate"), rows["estimate"].tolist()),
    ]
    facility = rows["facility"].tolist()
    return grid(
        "actions", say("List of actions"), columns, lang, facility, is_whole=True
    )


def payers(plan: Plan, lang: Language) -> Payers:
    """Return what names who pays an investment.

    With sources of money they are these and partners, each with its share of what the
    service, network or roads invest in the region and period; else the budgets that it
    is charged to.
    """
    has_sources = len(plan.instance.tables["funding_sources"]) > 0
    return _sources(plan, lang) if has_sources else _budgets(plan.instance, lang)


def _sources(plan: Plan, lang: Language) -> Payers:
    rows = paid_for(plan, lang).query("spending == 'investment' and amount_mln > 0")
    sums = rows.groupby(["service", "region", "period", "payer"])["amount_mln"].sum()

    @cache
    def told(service: str, region: str, period: str) -> str:
        key = (service, region, period)
        if key not in sums.index:
            return "–"
        paid = sums.loc[key].sort_values(ascending=False, kind="stable")
        if len(paid) == 1:
            return str(paid.index[0])
        return "; ".join(
            f"{payer} {lang.share(share)}"
            for payer, share in (paid / paid.sum()).items()
        )

    return told


def _budgets(instance: Instance, lang: Language) -> Payers:
    rows = instance.tables["budgets"].to_dict("records")
    rows = [row for row in rows if set(INVESTMENT) <= set(COVERED[row["covers"]])]

    @cache
    def titles(service: str, region: str, period: str) -> str:
        found = dict.fromkeys(
            lang.title(row["title"], row["budget"])
            for row in rows
            if row["period"] == period
            and row["service"] in ("", service)
            and row["region"] in ("", region)
        )
        return "; ".join(found) or "–"

    return titles


def _of_service(
    plan: Plan, k: int, service: str, pays: Payers, lang: Language
) -> pd.DataFrame:
    instance, row = plan.instance, plan.instance.service(service)
    actions = plan.actions
    rows = actions[(actions["service"] == service) & (actions["action"] != "keep")]
    sites = used_sites(plan, service)
    place = pd.Index(sites["site"]).get_indexer(rows["site"])
    names = np.array(site_names(instance, sites, lang), dtype=object)
    unit = lang.unit(row["unit"]) if instance.serves(service) else ""
    keys = zip(rows["region"], rows["period"], rows["cost_mln"], strict=True)
    moved = _moved(plan, service, dict(zip(sites["site"], names, strict=True)), lang)
    return pd.DataFrame(
        {
            "what": lang.title(row["title"], service),
            "place": names[place],
            "region": rows["region"].to_numpy(),
            "period": rows["period"].to_numpy(),
            "action": rows["action"].to_numpy(),
            "units": rows["units"].to_numpy(),
            "detail": [
                "; ".join([levels, *moved.get(key, [])])
                for key, levels in zip(
                    _keys(rows), _from_to(plan, service, rows, lang), strict=True
                )
            ],
            "cost_mln": rows["cost_mln"].to_numpy(),
            "served": _served(plan, service, rows),
            "unit": unit,
            "payer": [pays(service, r, p) if cost else "–" for r, p, cost in keys],
            "estimate": np.where(rows["is_synthetic"], lang.tell(say("yes")), ""),
            "facility": [[k, j] for j in place.tolist()],
        },
        columns=KEYS,
    )


def _keys(rows: pd.DataFrame) -> list[Action]:
    """Return site, period and levels of actions."""
    columns = ("site", "period", "from_level", "to_level")
    return list(zip(*(rows[name].tolist() for name in columns), strict=True))


def _moved(
    plan: Plan, service: str, names: dict[str, str], lang: Language
) -> dict[Action, list[str]]:
    """Return of the actions that are a relocation where it leads, and whence."""
    found: dict[Action, list[str]] = {}
    rows = plan.table("relocations")
    for row in rows[rows["service"] == service].to_dict("records"):
        site, to_site, level = row["site"], row["to_site"], row["level"]
        for key, text in (
            ((site, row["period"], level, 0),
             say("moves to {place}", place=names[to_site])),
            ((to_site, row["period"], 0, level),
             say("comes from {place}", place=names[site])),
        ):  # fmt: skip
            found.setdefault(key, []).append(lang.tell(text))
    return found


def _from_to(plan: Plan, service: str, rows: pd.DataFrame, lang: Language) -> list[str]:
    """Return the levels that an action leads from and to, one if they are the same."""
    levels = plan.instance.levels(service)
    titles = {
        level: lang.tell(level_title(title, level))
        for level, title in zip(levels["level"], levels["title"], strict=True)
    }
    titles[0] = "–"
    pairs = zip(rows["from_level"], rows["to_level"], strict=True)
    return [" → ".join(dict.fromkeys(titles[n] for n in pair)) for pair in pairs]


def _served(plan: Plan, service: str, rows: pd.DataFrame) -> list[float | None]:
    """Return the demand served at the site of each action; None if nobody comes."""
    if not plan.instance.serves(service):
        return [None] * len(rows)
    goes = plan.allocation
    goes = goes[goes["service"] == service]
    served = goes.groupby(["site", "period"])["demand"].sum().rename("served")
    found = rows[["site", "period"]].join(served, on=["site", "period"])["served"]
    return list(found.fillna(0.0).tolist())


def _of_networks(plan: Plan, pays: Payers, lang: Language) -> pd.DataFrame:
    titles = network_titles(plan.instance, lang)
    nodes = plan.instance.tables["network_nodes"].set_index(["network", "node"])
    settlement = nodes["settlement"].to_dict()
    _, region = _places(plan.instance, lang)
    links, found = link_names(plan.instance, lang), []
    for row in plan.table("network_steps").to_dict("records"):
        homes = [
            settlement.get((row["network"], row[end]), "")
            for end in ("from_node", "to_node")
        ]
        home = next((region[h] for h in homes if h in region), "")
        detail = capacity(row["network"], row["capacity"], 0, lang)
        found.append(
            [
                titles[row["network"]],
                links[row["network"], row["link"]],
                home, row["period"], "build", 1, detail, row["capex_mln"], None, "",
                pays(row["network"], home, row["period"]), "",
                None,
            ]
        )  # fmt: skip
    return pd.DataFrame(found, columns=KEYS)


def _of_local(plan: Plan, pays: Payers, lang: Language) -> pd.DataFrame:
    """Return the local supply that is added: a row an option, place and period."""
    instance, keys = plan.instance, ["network", "node", "settlement", "option"]
    networks = network_titles(instance, lang)
    options = {
        (row["network"], row["option"], row["settlement"]): row
        for row in instance.tables["local_supplies"].to_dict("records")
    }
    place, region = _places(instance, lang)
    stands = plan.table("local_supply").pivot_table(
        index=keys, columns="period", values="capacity", aggfunc="sum", fill_value=0.0
    )
    stands = stands.reindex(columns=instance.period_names, fill_value=0.0)
    added = stands.diff(axis=1).fillna(stands).stack()
    found = []
    for (network, _, home, name, period), more in added[added > 0].items():
        own = (network, name, home)
        option = options[own if own in options else (network, name, "")]
        title = lang.title(option["title"], name)
        cost = more * option["capex_mln_per_unit"]
        cost *= instance.active_scenario.capex_factor
        where = region.get(home, "")
        found.append(
            [
                f"{networks[network]}: {title}",
                place.get(home, home), where, period, "build", 1,
                capacity(network, more, 1, lang),
                cost, None, "",
                pays(network, where, period), "", None,
            ]
        )  # fmt: skip
    return pd.DataFrame(found, columns=KEYS)


def _of_roads(plan: Plan, pays: Payers, lang: Language) -> pd.DataFrame:
    titles = upgrade_titles(plan.instance, lang)
    found = [
        [
            lang.tell(say("Roads")), titles[row["upgrade"]],
            row["region"], row["period"], "build", 1,
            kilometres(row["length_km"], lang),
            row["capex_mln"], None, "",
            pays(ROADS, row["region"], row["period"]), "", None,
        ]
        for row in plan.table("road_upgrades").to_dict("records")
    ]  # fmt: skip
    return pd.DataFrame(found, columns=KEYS)


def _of_growth(plan: Plan, pays: Payers, lang: Language) -> pd.DataFrame:
    """Return the growth points, each in the period in which it is first chosen."""
    rows = plan.table("growth_points")
    rows = rows[rows["is_chosen"].astype(bool)]
    at = rows["period"].map(list(plan.instance.period_names).index)
    rows = rows.iloc[np.argsort(at, kind="stable")]
    rows = rows.drop_duplicates(["settlement", "tier"])
    what = lang.tell(PAID_FOR[GROWTH_POINTS])
    titles = titles_by_code(plan.instance.tables["growth_tiers"], "tier", lang)
    place, _ = _places(plan.instance, lang)
    found = [
        [
            what, place[row["settlement"]], row["region"], row["period"], "choose", 1,
            titles[row["tier"]], row["capex_mln"], None, "",
            pays(GROWTH_POINTS, row["region"], row["period"]), "", None,
        ]
        for row in rows.to_dict("records")
    ]  # fmt: skip
    return pd.DataFrame(found, columns=KEYS)


def _places(
    instance: Instance, lang: Language
) -> tuple[dict[str, str], dict[str, str]]:
    """Return name and region of every settlement."""
    rows = instance.table("settlements")
    codes = rows["settlement"]
    names = dict(zip(codes, lang.names(rows, "settlement"), strict=True))
    return names, dict(zip(codes, rows["region"], strict=True))
