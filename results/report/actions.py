"""The list of actions: where, what, when, how much, for how many, who pays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from aumaq.instances.tables_roads import ROADS
from aumaq.model.families.budgets import COVERED
from aumaq.results.language import N_, Language
from aumaq.results.report.grid import Column, grid
from aumaq.results.report.services import used_sites
from aumaq.results.report.territory import region_names, site_names

if TYPE_CHECKING:
    from aumaq.instances import Instance
    from aumaq.results.plan import Plan

ACTIONS = {
    "open": N_("opened"),
    "enlarge": N_("enlarged"),
    "reduce": N_("reduced"),
    "close": N_("closed"),
    "renew": N_("renewed"),
    "keep": N_("kept"),
    "build": N_("built"),
}
KEYS = ["what", "place", "region", "period", "action", "units", "detail", "cost_mln",
        "served", "unit", "payer", "estimate", "facility"]  # fmt: skip


def action_list(plan: Plan, lang: Language) -> dict[str, Any]:
    """Return every action of the plan, dearest first; keeping is left out."""
    parts = [
        _of_service(plan, k, name, lang)
        for k, name in enumerate(plan.instance.service_names)
    ]
    parts += [_of_networks(plan, lang), _of_roads(plan, lang)]
    rows = pd.concat([part for part in parts if len(part)] or parts[:1])
    rows = rows.sort_values("cost_mln", ascending=False, kind="stable")
    regions = region_names(plan.instance, lang)
    columns = [
        Column(N_("What"), rows["what"].tolist()),
        Column(N_("Where"), rows["place"].tolist()),
        Column(N_("Region"), [regions.get(r, r) for r in rows["region"]]),
        Column(N_("Period"), rows["period"].tolist()),
        Column(N_("Action"), [lang.cell(ACTIONS[a]) for a in rows["action"]]),
        Column(N_("Units"), rows["units"].tolist(), "number"),
        Column(N_("From → to"), rows["detail"].tolist()),
        Column(N_("Cost, mln"), rows["cost_mln"].tolist(), "number", 1),
        Column(N_("Served there"), rows["served"].tolist(), "number"),
        Column(N_("Unit"), rows["unit"].tolist()),
        Column(N_("Who pays"), rows["payer"].tolist()),
        Column(N_("Rests on an estimate"), rows["estimate"].tolist()),
    ]
    facility = rows["facility"].tolist()
    return grid("actions", N_("List of actions"), columns, lang, facility)


def payers(
    instance: Instance, service: str, region: str, period: str, lang: Language
) -> str:
    """Return the titles of the budgets that an investment is charged to."""
    rows = instance.tables["budgets"]
    building = [name for name, kinds in COVERED.items() if "investment" in kinds]
    pays = (rows["period"] == period) & rows["covers"].isin(building)
    for column, value in (("service", service), ("region", region)):
        pays &= (rows[column] == "") | (rows[column] == value)
    titles = rows["title"].where(rows["title"] != "", rows["budget"])[pays]
    return "; ".join(lang.cells(titles.drop_duplicates())) or "–"


def _of_service(plan: Plan, k: int, service: str, lang: Language) -> pd.DataFrame:
    instance, row = plan.instance, plan.instance.service(service)
    rows = plan.actions.query("service == @service and action != 'keep'")
    sites = used_sites(plan, service)
    place = pd.Index(sites["site"])
    names = site_names(instance, sites, lang)
    titles = instance.levels(service).set_index("level")["title"].to_dict()
    served = plan.allocation.query("service == @service")
    people = served.groupby(["site", "period"])["demand"].sum()
    found = []
    for action in rows.to_dict("records"):
        j, region, period = (
            int(place.get_loc(action["site"])),
            action["region"],
            action["period"],
        )
        levels = [
            lang.cell(titles[level]) if level else "–"
            for level in (action["from_level"], action["to_level"])
        ]
        serves = instance.serves(service)
        found.append(
            [
                lang.cell(row["title"] or service), names[j], region, period,
                action["action"], action["units"], " → ".join(dict.fromkeys(levels)),
                action["cost_mln"],
                people.get((action["site"], period), 0.0) if serves else None,
                lang.cell(row["unit"] or N_("unit")) if serves else "",
                payers(instance, service, region, period, lang)
                if action["cost_mln"] else "–",
                lang.t("yes") if action["is_synthetic"] else "", [k, j],
            ]
        )  # fmt: skip
    return pd.DataFrame(found, columns=KEYS)


def _of_networks(plan: Plan, lang: Language) -> pd.DataFrame:
    titles = plan.instance.tables["networks"].set_index("network")["title"].to_dict()
    nodes = plan.instance.tables["network_nodes"].set_index(["network", "node"])
    place, region = _places(plan.instance, lang)
    found = []
    for row in plan.table("network_steps").to_dict("records"):
        homes = [
            nodes["settlement"].get((row["network"], row[end]), "")
            for end in ("from_node", "to_node")
        ]
        ends = [
            place.get(home, row[end])
            for home, end in zip(homes, ("from_node", "to_node"), strict=True)
        ]
        home = next((region[h] for h in homes if h in region), "")
        detail = lang.t("capacity {n}", n=lang.number(row["capacity"]))
        found.append(
            [
                lang.cell(titles[row["network"]] or row["network"]), " – ".join(ends),
                home, row["period"], "build", 1, detail, row["capex_mln"], None, "",
                payers(plan.instance, row["network"], home, row["period"], lang), "",
                None,
            ]
        )  # fmt: skip
    return pd.DataFrame(found, columns=KEYS)


def _of_roads(plan: Plan, lang: Language) -> pd.DataFrame:
    found = [
        [
            lang.t("Roads"), lang.cell(row["title"]), row["region"], row["period"],
            "build", 1, lang.t("{} km").format(lang.number(row["length_km"], 1)),
            row["capex_mln"], None, "",
            payers(plan.instance, ROADS, row["region"], row["period"], lang), "", None,
        ]
        for row in plan.table("road_upgrades").to_dict("records")
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
