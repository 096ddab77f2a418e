"""Indicators, missed standards, unserved demand, growth points, loads, key figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from aumaq.instances.language.texts import say
from aumaq.instances.rules import rules_that_apply
from aumaq.instances.schema.fairness import OF_SHARE
from aumaq.instances.schema.formulas import FORMULAS
from aumaq.results.bounds import rounded_down
from aumaq.results.indicators.gains import BY, gains
from aumaq.results.indicators.state import State, of_plan
from aumaq.results.indicators.today import of_today
from aumaq.results.language import GAP_DIGITS, Language
from aumaq.results.pages.grid import Column, grid
from aumaq.results.pages.territory import group_names, node_names, region_names
from aumaq.results.plan.figures import investment, mean_minutes, served_share
from aumaq.results.plan.titles import gain_groups, kind_names, titles_by_code, titles_of
from aumaq.results.report.cards import norm_shares
from aumaq.results.report.finance import RUNNING
from aumaq.results.report.goal_figures import goal_figures
from aumaq.results.report.networks import load_units
from aumaq.results.shares import at_most

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

INVESTED = say("Building, renewal, closing, mln, not discounted")
WITHIN_NORM = say("People within the norm of every service")
COUNTED = {"open": say("New facilities"), "close": say("Closed facilities")}
LOAD_CLASSES = (
    (0.5, say("under 50 %")),
    (0.8, say("50 to 80 %")),
    (0.95, say("80 to 95 %")),
    (np.inf, say("95 % and more")),
)
"""Classes of use of a link: below so much, title."""


def indicator_table(plan: Plan, lang: Language) -> dict[str, Any]:
    """Return indicators against targets, a column a period.

    Those with a target come first, the whole territory before its regions.
    """
    periods = list(plan.instance.period_names)
    keys = ["indicator", "title", "unit", "region"]
    rows = plan.indicators
    wide = rows.set_index([*keys, "period"])["plan"].unstack("period")
    # The target and what is said of it are those of the last period that has one.
    facts = rows.groupby(keys, sort=False)[["baseline", "target", "is_met"]].last()
    facts = facts.join(wide.reindex(columns=periods)).reset_index()
    order = np.lexsort([facts["region"] != "", facts["target"].isna()])
    facts, regions = facts.iloc[order], region_names(plan.instance, lang)
    met = {True: lang.tell(say("yes")), False: lang.tell(say("no"))}
    columns = [
        Column(say("Indicator"), lang.titles(facts["title"])),
        Column(say("Measured in"), lang.units(facts["unit"])),
        Column(
            say("Region"),
            [
                regions.get(r, r) if r else lang.tell(say("all"))
                for r in facts["region"]
            ],
        ),
        *(
            Column(title, facts[name].tolist(), "number", 3)
            for title, name in (
                (say("Today"), "baseline"),
                *((period, period) for period in periods),
                (say("Target"), "target"),
            )
        ),
        Column(say("Met"), [met.get(cell, "") for cell in facts["is_met"].tolist()]),
        Column(say("Target from"), _where_from(plan, facts, lang)),
    ]
    found = grid("indicators", say("Indicators against targets"), columns, lang)
    how = _how(plan, lang)
    return found | {
        "texts": _indicator_texts(found, facts["unit"], plan, lang),
        "how": [how[code] for code in facts["indicator"]],
    }


def _where_from(plan: Plan, facts: pd.DataFrame, lang: Language) -> list[str]:
    """Return the source of each target that is shown: a norm, an assumption."""
    given = plan.instance.tables["indicator_targets"]
    *earlier, last = plan.instance.period_names
    known: dict[tuple[str, str], str] = {}
    for period in (*earlier, "", last):  # what is shown is the target of the last one
        rows = given[given["period"] == period]
        pairs = zip(rows["indicator"], rows["region"], strict=True)
        known |= dict(zip(pairs, rows["source"], strict=True))
    shown = zip(facts["indicator"], facts["region"], strict=True)
    return [lang.title(known.get(pair, "")) for pair in shown]


def _how(plan: Plan, lang: Language) -> dict[str, list[str]]:
    """Return how each indicator is worked out: its formula, and what it takes."""
    titles, found = titles_of(plan.instance, lang), {}
    for row in plan.instance.tables["indicators"].to_dict("records"):
        taken = [titles[row[key]] for key in ("service", "network") if row[key]]
        if row["minutes"] == row["minutes"]:  # not NaN
            minutes = lang.number(row["minutes"])
            taken.append(lang.tell(say("{minutes} min", minutes=minutes)))
        if row["applies_to"] != "all":
            taken.append(lang.word(str(row["applies_to"])))
        meaning = lang.word(FORMULAS[row["formula"]].meaning)
        found[row["indicator"]] = [meaning, str(row["expression"]), ", ".join(taken)]
    return found


def _indicator_texts(
    table: dict[str, Any], units: pd.Series[str], plan: Plan, lang: Language
) -> list[list[str | None]]:
    """Return the cells that are told by their unit: shares, and counts of people."""
    instance = plan.instance
    served = filter(instance.serves, instance.service_names)
    one = [str(instance.service(service)["unit"]) for service in served]
    # A service counts in "pupil", its indicator in "pupils".
    counted = {"persons", *one, *(f"{unit}s" for unit in one)}
    tell = {"share": lang.share} | dict.fromkeys(counted, lang.count)
    is_figure = [column["kind"] == "number" for column in table["columns"]]
    return [
        [
            tell[unit](cell) if figure and unit in tell and cell is not None else None
            for figure, cell in zip(is_figure, row, strict=True)
        ]
        for unit, row in zip(units[: len(table["rows"])], table["rows"], strict=True)
    ]


def shadings(plan: Plan, lang: Language) -> list[dict[str, Any]]:
    """Return for every indicator its value by region and period, to shade the map."""
    rows, periods = plan.indicators, list(plan.instance.period_names)
    found: list[dict[str, Any]] = []
    for (_, title, unit), part in rows[rows["region"] != ""].groupby(
        ["indicator", "title", "unit"], sort=False
    ):
        wide = part.pivot_table(
            index="region", columns="period", values="plan", dropna=False
        )
        wide = wide.reindex(columns=periods)
        values = {
            str(code): [None if x != x else float(f"{x:.5g}") for x in line]
            for code, line in zip(wide.index, wide.to_numpy().tolist(), strict=True)
        }
        if any(x is not None for line in values.values() for x in line):
            words = {"title": lang.title(title), "unit": lang.unit(unit)}
            found.append({**words, "values": values})
    return found


def network_chart(plan: Plan, network: str, lang: Language) -> dict[str, Any]:
    """Return how many links are how full, by period."""
    periods = list(plan.instance.period_names)
    rows = plan.table("flows").query("network == @network")
    bounds = np.array([bound for bound, _ in LOAD_CLASSES])
    group = np.searchsorted(bounds, rows["use_share"].to_numpy(), side="right")
    t = np.array([periods.index(period) for period in rows["period"]], dtype=int)
    counts = np.zeros((len(bounds), len(periods)), dtype=int)
    np.add.at(counts, (np.minimum(group, len(bounds) - 1), t), 1)
    return {
        "title": titles_of(plan.instance, lang)[network],
        "labels": periods,
        "sets": [
            {"label": lang.tell(title), "values": line}
            for (_, title), line in zip(LOAD_CLASSES, counts.tolist(), strict=True)
        ],
    }


def flow_table(plan: Plan, lang: Language) -> dict[str, Any]:
    """Return the links of networks, the fullest first."""
    rows = plan.table("flows").sort_values("use_share", ascending=False, kind="stable")
    titles, known = titles_of(plan.instance, lang), node_names(plan.instance, lang)
    ends = [
        [
            known[network, node]
            for network, node in zip(rows["network"], rows[column], strict=True)
        ]
        for column in ("from_node", "to_node")
    ]
    flow = rows[["forward", "backward"]].max(axis=1)
    is_back = (rows["backward"] > rows["forward"]).tolist()
    # As it flows, not as the link is named.
    ways = [
        pair[::-1] if back else pair
        for pair, back in zip(zip(*ends, strict=True), is_back, strict=True)
    ]
    columns = [
        Column(say("Network"), [titles[n] for n in rows["network"]]),
        Column(say("From"), [start for start, _ in ways]),
        Column(say("To"), [end for _, end in ways]),
        Column(say("Period"), rows["period"].tolist()),
        load_units(rows["network"], lang),
        Column(say("Flow"), flow.tolist(), "number", 1),
        Column(say("Capacity"), rows["capacity"].tolist(), "number", 1),
        Column(say("Used"), rows["use_share"].tolist(), "share"),
    ]
    return grid("flows", say("Loading of links"), columns, lang)


def missed(plan: Plan, lang: Language) -> dict[str, Any]:
    """Return the standards that are missed, the most first."""
    rows = plan.shortfalls[plan.shortfalls["shortfall"] > 0]
    rows = rows.sort_values("shortfall", ascending=False, kind="stable")
    name, rules = group_names(plan.instance, lang), plan.instance.tables["standards"]
    scope = dict(zip(rules["standard"], rules["scope"], strict=True))
    titles = titles_by_code(rules, "standard", lang)
    columns = [
        Column(say("Standard"), [titles.get(s, s) for s in rows["standard"]]),
        Column(
            say("Group"),
            [
                name.get((scope[s], group), group)
                for s, group in zip(rows["standard"], rows["group"], strict=True)
            ],
        ),
        Column(say("Period"), rows["period"].tolist()),
        Column(say("Required"), rows["required"].tolist(), "number"),
        Column(say("Reached"), rows["reached"].tolist(), "number"),
        Column(say("Missed"), rows["shortfall"] / rows["required"], "share"),
    ]
    return grid("missed", say("Standards missed"), columns, lang)


def gaps(plan: Plan, lang: Language) -> dict[str, Any]:
    """Return how far the best and the worst group of each rule are apart."""
    rows, given = plan.table("gaps"), plan.instance.tables["gaps"]
    name = group_names(plan.instance, lang) | kind_names(lang)
    known = {rule.id: lang.tell(rule.title) for rule in rules_that_apply(plan.instance)}
    in_shares = set(given["gap"][given["measure"] == OF_SHARE])
    most = dict(zip(given["gap"], given["most"], strict=True))

    scope = dict(zip(given["gap"], given["scope"], strict=True))

    def named(column: str) -> list[str]:
        pairs = zip(rows["gap"], rows[column], strict=True)
        return [name.get((scope[gap], group), group) for gap, group in pairs]

    def told(values: Iterable[float], of_share: Callable[[float], str]) -> list[str]:
        minutes, found = say("{minutes} min"), []
        for gap, value in zip(rows["gap"], values, strict=True):
            in_minutes = minutes.given(minutes=lang.number(value, 1))
            is_share = gap in in_shares
            found.append(of_share(value) if is_share else lang.tell(in_minutes))
        return found

    columns = [
        Column(say("Rule"), [known[f"gap:{gap}"] for gap in rows["gap"]]),
        Column(say("Period"), rows["period"].tolist()),
        Column(say("Highest in"), named("high_group")),
        Column(say("There"), told(rows["high"], lang.share)),
        Column(say("Lowest in"), named("low_group")),
        Column(say("There"), told(rows["low"], lang.share)),
        Column(say("Apart"), told(rows["difference"], lang.points)),
        Column(say("Allowed"), told((most[gap] for gap in rows["gap"]), lang.points)),
    ]
    return grid("gaps", say("Best and worst groups"), columns, lang)


def gain_table(plan: Plan, today: State, lang: Language) -> dict[str, Any]:
    """Return who gains and who loses against today, by service and group."""
    rows = gains(today, of_plan(plan))
    titles, regions = titles_of(plan.instance, lang), region_names(plan.instance, lang)
    columns = [
        Column(say("Service"), [titles[s] for s in rows["service"]]),
        Column(say("Period"), rows["period"].tolist()),
        Column(say("By"), [lang.tell(BY[by]) for by in rows["by"]]),
        Column(say("Group"), gain_groups(rows, regions, lang)),
        Column(say("Demand"), rows["demand"].tolist(), "number"),
        Column(say("Gain"), (rows["gain"] / rows["demand"]).tolist(), "share", 1),
        Column(say("Lose"), (rows["lose"] / rows["demand"]).tolist(), "share", 1),
        Column(say("Minutes today"), rows["minutes_before"].tolist(), "number", 1),
        Column(say("Minutes then"), rows["minutes_after"].tolist(), "number", 1),
        Column(
            say("Within the norm today"), rows["within_before"].tolist(), "share", 1
        ),
        Column(say("Then"), rows["within_after"].tolist(), "share", 1),
    ]
    title = say("Who gains and who loses against today")
    return grid("gains", title, columns, lang)


def who_gains(plan: Plan, today: State, lang: Language) -> list[dict[str, Any]]:
    """Return who gains and loses by service: units in the last period, mean minutes.

    The minutes are None where nobody is served.
    """
    rows, titles = gains(today, of_plan(plan)), titles_of(plan.instance, lang)
    last = plan.instance.period_names[-1]
    rows = rows[(rows["by"] == "total") & (rows["period"] == last)]
    return [
        {
            "title": titles[row["service"]],
            "unit": lang.unit(plan.instance.service(row["service"])["unit"]),
            "demand": round(row["demand"]),
            "gain": round(row["gain"]),
            "lose": round(row["lose"]),
            "minutes": [
                None if np.isnan(row[name]) else round(row[name], 1)
                for name in ("minutes_before", "minutes_after")
            ],
        }
        for row in rows.to_dict("records")
    ]


def rules(plan: Plan, lang: Language) -> dict[str, Any]:
    """Return the rules of the instance, all of which the verification looks at."""
    known = rules_that_apply(plan.instance)
    kept = {True: lang.tell(say("always")), False: lang.tell(say("at a price"))}
    columns = [
        Column(say("Rule"), [rule.id for rule in known]),
        Column(say("What it asks"), [lang.tell(rule.title) for rule in known]),
        Column(say("Source"), [lang.tell(rule.source) for rule in known]),
        Column(say("Kept"), [kept[rule.is_hard] for rule in known]),
    ]
    return grid("rules", say("Rules that were checked"), columns, lang)


def unserved(plan: Plan, lang: Language) -> dict[str, Any]:
    """Return the demand that remains unserved, the most first."""
    rows = plan.unserved.sort_values("demand", ascending=False, kind="stable")
    places = plan.instance.table("settlements")
    named = places.assign(shown=lang.names(places, "settlement"))
    named = named.set_index("settlement").loc[rows["settlement"]]
    titles, regions = titles_of(plan.instance, lang), region_names(plan.instance, lang)
    columns = [
        Column(say("Service"), [titles[s] for s in rows["service"]]),
        Column(say("Where"), named["shown"].tolist()),
        Column(say("Region"), [regions[r] for r in named["region"]]),
        Column(say("Period"), rows["period"].tolist()),
        Column(say("Share"), rows["share"].tolist(), "share"),
        Column(say("Demand"), rows["demand"].tolist(), "number"),
    ]
    return grid("unserved", say("Demand not served"), columns, lang)


def growth_points(plan: Plan, lang: Language) -> dict[str, Any]:
    """Return the growth points that are chosen."""
    rows = plan.table("growth_points")
    rows = rows[rows["is_chosen"]]
    places = plan.instance.table("settlements").set_index("settlement", drop=False)
    regions = region_names(plan.instance, lang)
    tiers = titles_by_code(plan.instance.tables["growth_tiers"], "tier", lang)
    columns = [
        Column(say("Where"), lang.names(places.loc[rows["settlement"]], "settlement")),
        Column(say("Region"), [regions.get(r, r) for r in rows["region"]]),
        Column(say("Tier"), [tiers.get(t, t) for t in rows["tier"]]),
        Column(say("Period"), rows["period"].tolist()),
        Column(say("People"), rows["persons"].tolist(), "number"),
        Column(say("People gained"), rows["persons_gained"].tolist(), "number"),
        Column(say("Cost, mln"), rows["capex_mln"].tolist(), "number", 1),
    ]
    return grid("growth", say("Growth points chosen"), columns, lang)


def key_figures(plan: Plan, lang: Language) -> list[dict[str, Any]]:
    """Return label, value, kind and digits of what runs are compared by."""
    last, terms = plan.instance.period_names[-1], plan.money.groupby("item")
    paid = terms["amount_mln"].sum()
    figures: list[tuple[str, float, str, int]] = [
        *goal_figures(plan, lang),
        (lang.tell(say("Objective, discounted mln")), plan.objective_mln, "number", 0),
        (
            lang.tell(say("Lower bound, discounted mln")),
            rounded_down(plan.bound_mln, 0),
            "number",
            0,
        ),
        (lang.tell(say("Gap")), at_most(plan.gap, GAP_DIGITS), "share", GAP_DIGITS),
        (
            lang.tell(INVESTED),
            float(investment(plan, "service").sum()),
            "number",
            0,
        ),
        (
            lang.tell(say("Operation, supply, transport, mln, not discounted")),
            float(paid.reindex(RUNNING).sum()),
            "number",
            0,
        ),
    ]
    norm = norm_shares(plan, of_today(plan.instance))
    if norm is not None:
        figures.append((lang.tell(WITHIN_NORM), norm.plan, "share", 1))
    counts = plan.actions.groupby("action")["units"].sum()
    for action, title in COUNTED.items():
        figures.append((lang.tell(title), float(counts.get(action, 0)), "number", 0))
    titles, minutes = titles_of(plan.instance, lang), mean_minutes(plan).by_period
    for service, share in served_share(plan).by_period[last].items():
        text = lang.tell(
            say("{title}: served in {period}", title=titles[service], period=last)
        )
        figures.append((text, float(share), "share", 1))
        text = lang.tell(
            say("{title}: mean minutes in {period}", title=titles[service], period=last)
        )
        figures.append((text, float(minutes.loc[service, last]), "number", 1))
    return [
        dict(zip(("label", "value", "kind", "digits"), figure, strict=True))
        for figure in figures
    ]
