"""A plan in plain sentences: what is built, for whom, at what cost, how sure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aumaq.instances.language.texts import say
from aumaq.instances.straight_lines import STRAIGHT
from aumaq.results.actions import CHANGES
from aumaq.results.language import ENGLISH, Language
from aumaq.results.plan.concerns import concerns
from aumaq.results.plan.figures import investment, served_share, shed_share
from aumaq.results.plan.limits import (
    agglomerations,
    impact_limits,
    losses,
    missed_standards,
)
from aumaq.results.plan.proof import proof
from aumaq.results.plan.terms import ITEMS, is_money, money_and_points
from aumaq.results.plan.titles import network_titles

DUST_MLN = 1e-6
"""So little money is rounding."""

if TYPE_CHECKING:
    import pandas as pd

    from aumaq.results.plan.plan import Plan


def sentences(plan: Plan, lang: Language = ENGLISH) -> list[str]:
    """Return the summary of a plan, a sentence an item."""
    return [text for part in chapters(plan, lang).values() for text in part]


def chapters(plan: Plan, lang: Language = ENGLISH) -> dict[str, list[str]]:
    """Return the summary by heading; what matters most comes first."""
    instance, served = plan.instance, served_share(plan).by_period
    short = [_people(plan, lang), *_money(plan, lang), *_served(plan, served, lang)]
    grids = [_network(plan, name, lang) for name in instance.network_names]
    told = {
        say("In short"): [*short, *proof(plan, lang)],
        say("What to look at twice"): concerns(plan, lang),
        say("Services"): [
            _building(plan, s, served, lang) for s in instance.service_names
        ],
        say("Networks and roads"): [
            *grids,
            *losses(plan, lang),
            *_roads(plan, lang),
            *_straight_lines(plan, lang),
        ],
        say("People, standards, targets"): [
            text
            for tell in (
                _growth,
                agglomerations,
                _standards,
                missed_standards,
                impact_limits,
                _indicators,
                _loop,
                _estimates,
            )
            for text in tell(plan, lang)
        ],
    }
    return {lang.tell(title): texts for title, texts in told.items() if texts}


def _served(plan: Plan, shares: pd.DataFrame, lang: Language) -> list[str]:
    """Say in one sentence what share of demand each service meets at the end.

    A period in which it is less is named as well.
    """
    if shares.empty:
        return []
    last = plan.instance.period_names[-1]
    named = []
    for service, row in shares.iterrows():
        title = lang.title(plan.instance.service(str(service))["title"], str(service))
        worst = str(row.idxmin())
        told = f"{title} {lang.share(row[last])}"
        least = lang.share(row[worst])
        if row[worst] < row[last] and not told.endswith(f" {least}"):
            told += lang.tell(
                say(" (in {period} only {share})", period=worst, share=least)
            )
        named.append(told)
    return [
        lang.tell(
            say(
                "Demand that is served in {period}: {shares}.",
                period=last,
                shares=", ".join(named),
            )
        )
    ]


def _people(plan: Plan, lang: Language) -> str:
    """Say for whom it is planned."""
    rows = plan.instance.table("settlements")
    return lang.tell(
        say(
            "The plan is for {persons} people of today in {n} settlement, {first} to"
            " {last}.",
            "The plan is for {persons} people of today in {n} settlements, {first} to"
            " {last}.",
            n=len(rows),
            persons=lang.number(rows["population"].sum()),
            first=plan.instance.period_names[0],
            last=plan.instance.period_names[-1],
        )
    )


def _building(plan: Plan, service: str, shares: pd.DataFrame, lang: Language) -> str:
    rows = plan.actions[plan.actions["service"] == service]
    counts = rows.groupby("action")["units"].sum()
    done = [
        lang.tell(text, n=lang.number(counts[action]))
        for action, text in CHANGES.items()
        if action in counts
    ]
    last = plan.instance.period_names[-1]
    running = plan.facilities
    running = running[(running["service"] == service) & (running["period"] == last)]
    row = plan.instance.service(service)
    units, sites = int(running["units"].sum()), int(running["site"].nunique())
    values = {
        "title": lang.title(row["title"], service),
        "changes": ", ".join(done) or lang.tell(say("nothing changes")),
        "period": last,
        "running": lang.tell(say("{n} facility runs", "{n} facilities run", n=units)),
        "places": lang.tell(say("at {n} site", "at {n} sites", n=sites)),
    }
    if not plan.instance.serves(service):
        return lang.tell(
            say("{title}: {changes}; in {period} {running} {places}.", **values)
        )
    rows = plan.unserved[plan.unserved["service"] == service]
    lost = rows.groupby("period")["demand"].sum().reindex(plan.instance.period_names)
    unit = lang.unit(row["unit"])
    missed = ", ".join(
        f"{lang.number(demand)} ({period})"
        for period, demand in lost.items()
        if demand > 0
    )
    return lang.tell(
        say(
            "{title}: {changes}; in {period} {running} {places}, {share} of demand is"
            " served; not served: {lost}.",
            **values,
            share=lang.share(float(shares.loc[service, last])),
            lost=f"{missed} ({unit})" if missed else lang.tell(say("nobody")),
        )
    )


def _network(plan: Plan, network: str, lang: Language) -> str:
    """Say what is built, and how load is met in the last period."""
    title = network_titles(plan.instance, lang)[network]
    last = plan.instance.period_names[-1]
    steps, loads = plan.table("network_steps"), plan.table("loads")
    built, money = steps[steps["network"] == network], plan.table("money")
    paid = money["amount_mln"][
        (money["service"] == network) & (money["item"] == "building")
    ].sum()
    columns = ["base_load", "facility_load", "from_network", "local_supply"]
    sums = loads[loads["network"] == network].groupby("period")[columns].sum()
    sums = sums.reindex(plan.instance.period_names, fill_value=0.0)
    whole = sums["base_load"] + sums["facility_load"]
    load = whole[last]
    if not (whole > 0).any():
        return lang.tell(say("{title}: there is no load.", title=title))
    lost = ", ".join(
        f"{lang.share(part)} ({period})"
        for period, part in shed_share(plan).by_period.loc[network].items()
        if part > 0
    )
    far, own = (
        sums[column][last] / load if load > 0 else 0.0
        for column in ("from_network", "local_supply")
    )
    return lang.tell(
        say(
            "{title}: {works}; in {period} {far} of what is needed comes by the"
            " network, {own} from local supply; not met: {lost}.",
            title=title,
            works=works_told(plan, built, paid - built["capex_mln"].sum(), lang),
            period=last,
            far=lang.share(far),
            own=lang.share(own),
            lost=lost or lang.tell(say("nothing")),
        )
    )


def works_told(plan: Plan, lines: pd.DataFrame, own_mln: float, lang: Language) -> str:
    """Say what is built on a network, and nothing of what is not."""
    currency, told = plan.instance.currency, []
    if len(lines):
        told.append(
            say(
                "{n} line is built or widened for {cost}",
                "{n} lines are built or widened for {cost}",
                n=lines["link"].nunique(),
                cost=lang.money(lines["capex_mln"].sum(), currency),
            )
        )
    if own_mln > DUST_MLN:
        own = lang.money(own_mln, currency)
        told.append(say("local supply is built for {own_cost}", own_cost=own))
    return ", ".join(map(lang.tell, told)) or lang.tell(say("nothing is built"))


def _roads(plan: Plan, lang: Language) -> list[str]:
    """Say what is built on roads, and which connections hold."""
    told = []
    if plan.instance.upgrade_names:
        built = plan.table("road_upgrades")
        told.append(
            lang.tell(
                say(
                    "Roads: none of {all} upgrades is built.",
                    all=lang.number(len(plan.instance.upgrade_names)),
                )
                if built.empty
                else say(
                    "Roads: {n} of {all} upgrades is built, {km} km for {cost}.",
                    "Roads: {n} of {all} upgrades are built, {km} km for {cost}.",
                    n=len(built),
                    all=lang.number(len(plan.instance.upgrade_names)),
                    km=lang.number(built["length_km"].sum()),
                    cost=lang.money(built["capex_mln"].sum(), plan.instance.currency),
                )
            )
        )
    rows = plan.table("connections")
    now = rows[rows["period"] == plan.instance.period_names[-1]]
    if len(now):
        told.append(
            lang.tell(
                say(
                    "Connections: {n} of {all} is in time in {period}.",
                    "Connections: {n} of {all} are in time in {period}.",
                    n=int(now["is_met"].sum()),
                    all=lang.number(len(now)),
                    period=plan.instance.period_names[-1],
                )
            )
        )
    return told


def _growth(plan: Plan, lang: Language) -> list[str]:
    """Say which candidates become growth points, and how many people move there."""
    last = plan.instance.period_names[-1]
    rows = plan.table("growth_points")
    rows = rows[rows["period"] == last]
    if rows.empty:
        return []
    now = rows[rows["is_chosen"]]
    places = plan.instance.table("settlements").set_index("settlement", drop=False)
    names = ", ".join(lang.names(places.loc[now["settlement"]], "settlement"))
    return [
        lang.tell(
            say(
                "Growth points: {n} of {all} candidates is chosen ({names}); in"
                " {period} it gains {persons} people.",
                "Growth points: {n} of {all} candidates are chosen ({names}); in"
                " {period} they gain {persons} people.",
                n=len(now),
                all=lang.number(rows["settlement"].nunique()),
                names=names or "–",
                period=last,
                persons=lang.number(now["persons_gained"].sum()),
            )
        )
    ]


def _money(plan: Plan, lang: Language) -> list[str]:
    """Say what is paid, then once what it comes to when it is discounted."""
    paid = float(investment(plan, "period").sum())
    people = float(plan.instance.table("settlements")["population"].sum())
    money, points = money_and_points(plan.objective)

    def told(amount_mln: float) -> str:
        return lang.money(amount_mln, plan.instance.currency)

    counted = say(
        "Long ways, what is not served and rules that are not kept count as {points}"
        " more; nobody pays that.",
        points=told(points),
    )
    return [
        lang.tell(
            say(
                "Building, renewal and closing cost {money} in all periods, {each} for"
                " each of today's people.",
                money=told(paid),
                each=told(paid / people if people else 0.0),
            )
        ),
        lang.tell(
            say(
                "Discounted to {year} the plan costs {money}: {items}.",
                year=plan.instance.base_year,
                money=told(money),
                items=_items(plan, lang),
            )
        ),
        *([lang.tell(counted)] if points else []),
    ]


def _items(plan: Plan, lang: Language) -> str:
    """Return the items of the discounted money; residual value comes off."""
    terms = plan.objective.set_index("term")["discounted_mln"]
    return ", ".join(
        f"{lang.tell(title)} {'−' if terms[term] < 0 else ''}"
        f"{lang.money(abs(terms[term]))}"
        for term, title in ITEMS.items()
        if is_money(term) and terms.get(term)
    ) or lang.tell(say("nothing"))


def _standards(plan: Plan, lang: Language) -> list[str]:
    rows = plan.shortfalls
    if rows.empty:
        return []
    missed = int((rows["shortfall"] > 0).sum())
    if not missed:
        return [
            lang.tell(
                say(
                    "Standards are kept in the {n} case that there is (one place or"
                    " region in one period).",
                    "Standards are kept in all {n} cases (one place or region in one"
                    " period).",
                    n=len(rows),
                )
            )
        ]
    return [
        lang.tell(
            say(
                "Standards are kept in {met} of {all} cases (one place or region in one"
                " period); in {missed} they are not.",
                met=lang.number(len(rows) - missed),
                all=lang.number(len(rows)),
                missed=lang.number(missed),
            )
        )
    ]


LOOP_ENDS = {
    "demand_settled": say("people and plan agree"),
    "plan_settled": say("the plan no longer changes"),
    "cycles": say("the loop goes round in a cycle; the best round stands here"),
    "round_limit": say("the number of rounds is used up; the best round stands here"),
    "time_limit": say("time is up; the best round stands here"),
    "interrupted": say("it was stopped"),
    "contradicted": say("a round contradicts itself and stands here"),
}


def _loop(plan: Plan, lang: Language) -> list[str]:
    """Say how the loop of planning and projecting ended."""
    loop = plan.record.get("loop")
    if not loop:
        return []
    best = loop["rounds"][loop["round"] - 1]
    return [
        lang.tell(
            say(
                "People follow services: after {n} round {end}; {share} of people would"
                " live elsewhere if they followed this plan to the letter.",
                "People follow services: after {n} rounds {end}; {share} of people"
                " would live elsewhere if they followed this plan to the letter.",
                n=len(loop["rounds"]),
                end=lang.tell(LOOP_ENDS[loop["status"]]),
                share=lang.share(best["change_share"], 2),
            )
        )
    ]


def _indicators(plan: Plan, lang: Language) -> list[str]:
    """Say how many targets of indicators are met in the last period."""
    last = plan.instance.period_names[-1]
    rows = plan.indicators[plan.indicators["period"] == last]
    met = rows["is_met"].dropna()
    if met.empty:
        return []
    return [
        lang.tell(
            say(
                "Indicators: {n} of {all} targets (a region each) is met in {period}.",
                "Indicators: {n} of {all} targets (a region each) are met in {period}.",
                n=int(met.sum()),
                all=lang.number(len(met)),
                period=last,
            )
        )
    ]


def _straight_lines(plan: Plan, lang: Language) -> list[str]:
    """Say that straight lines stand for roads, where they do."""
    links = plan.instance.table("road_links")
    is_straight = links["road_class"] == STRAIGHT
    if plan.instance.uses_travel_table or not is_straight.any():
        return []
    length = links["length_km"].to_numpy()
    told = say(
        "Straight lines times a detour stand for roads, for {share} of their length:"
        " times of travel are estimates.",
        share=lang.share(length[is_straight].sum() / max(length.sum(), 1e-9), 0),
    )
    return [lang.tell(told)]


def _estimates(plan: Plan, lang: Language) -> list[str]:
    share = plan.instance.synthetic_share
    if not share:
        return []
    named = ", ".join(
        f"{lang.code_words(table)}: {lang.share(part, 0)}"
        for table, part in share.items()
    )
    return [
        lang.tell(
            say(
                "Estimates, not facts: this share of the rows is synthetic: {named};"
                " rows that rest on them are marked.",
                named=named,
            )
        )
    ]
