"""Read a plan as the mayors of some places would: who goes where, what opens.

    python tools/who_goes_where.py PLAN_FOLDER [PLACE ...]

PLACE is a code or a name of a settlement; without any, the largest place, one in the
middle and the smallest of each kind are told. The lines at the end count what a planner
would be asked about, whatever the plan and wherever it is.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pandas as pd

import aumaq
from aumaq.results.plan.plan import Plan

CITY_PEOPLE = 100_000
FULL = 0.98
"""Use of a facility above which no place is left for what nobody foresaw."""
FAR_MINUTES = 60.0
MOST_NAMED = 4


def main() -> None:
    """Tell of the places that the command line names."""
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    plan = aumaq.Plan.read(sys.argv[1])
    print(plan)
    for code in chosen(plan, sys.argv[2:]):
        print("", *place_lines(plan, code), sep="\n")
    print("", *question_lines(plan), sep="\n")


def chosen(plan: Plan, wanted: list[str]) -> list[str]:
    """Return codes of the places that are meant; a name may mean several."""
    places = plan.instance.table("settlements")
    if not wanted:
        ordered = places.sort_values("population")
        return [
            str(rows["settlement"].iloc[k])
            for _, rows in ordered.groupby("kind", sort=False)
            for k in sorted({len(rows) - 1, len(rows) // 2, 0}, reverse=True)
        ]
    codes: list[str] = []
    for text in wanted:
        is_meant = places[["settlement", "name", "name_en"]].eq(text).any(axis=1)
        if not is_meant.any():
            sys.exit(f"{text}: no such settlement")
        codes += places.loc[is_meant, "settlement"].tolist()
    return codes


def services(plan: Plan) -> list[str]:
    """Return the services to which people go."""
    rows = plan.instance.table("services")
    return rows.loc[rows["role"] == "serve", "service"].tolist()


def place_lines(plan: Plan, code: str) -> Iterator[str]:
    """Yield what the plan means for one settlement."""
    instance = plan.instance
    place = instance.table("settlements").set_index("settlement").loc[code]
    row = list(instance.settlement_ids).index(code)
    people = " -> ".join(f"{n:,.0f}" for n in instance.persons("all")[row])
    yield f"{place['name']} ({code}, {place['kind']}, {place['region']}): {people}"
    for service in services(plan):
        yield f"  {service}"
        for period in instance.period_names:
            yield f"    {period}: {_served(plan, code, service, period)}"
            yield f"             {_standing(plan, code, service, period)}"


def _served(plan: Plan, code: str, service: str, period: str) -> str:
    """Return where people of a place go, and how long their way is."""
    rows, lost = (
        table[
            (table["service"] == service)
            & (table["settlement"] == code)
            & (table["period"] == period)
        ]
        for table in (plan.allocation, plan.unserved)
    )
    sites = plan.instance.service_sites(service).set_index("site")["settlement"]
    names = plan.instance.table("settlements").set_index("settlement")["name"]
    rows = rows.assign(to=rows["site"].map(sites))
    at_home = rows.loc[rows["to"] == code, "demand"].sum()
    others = rows[rows["to"] != code]
    away = others.nlargest(MOST_NAMED, "demand")
    total = rows["demand"].sum() + lost["demand"].sum()
    parts = [f"{total:,.0f} need it, {_share(at_home, total)} at home"]
    parts += [
        f"{way.demand:,.0f} to {names.get(way.to, way.site)} ({way.minutes:.0f} min)"
        for way in away.itertuples()
    ]
    more = len(others) - len(away)
    parts += [f"{more} places more"] if more else []
    parts += [f"{lost['demand'].sum():,.0f} unserved"] if len(lost) else []
    return ", ".join(parts)


def _standing(plan: Plan, code: str, service: str, period: str) -> str:
    """Return what stands in a place, how full it is, what is done there."""
    own, done = (
        table[
            (table["service"] == service)
            & (table["settlement"] == code)
            & (table["period"] == period)
        ]
        for table in (plan.facilities, plan.actions)
    )
    stands = " + ".join(f"{f.units:g} x level {f.level}" for f in own.itertuples())
    use = _share(own["used"].sum(), own["capacity"].sum())
    acts = ", ".join(
        f"{a.action} {a.units:g} ({a.from_level:g} to {a.to_level:g})"
        for a in done.itertuples()
        if a.action != "keep"
    )
    text = f"{stands or 'none'}, {use} used"
    rows = plan.allocation
    rows = rows[(rows["service"] == service) & (rows["period"] == period)]
    guests = rows[rows["site"].isin(own["site"]) & (rows["settlement"] != code)]
    if len(guests):
        text += f", {guests['demand'].sum():,.0f} from {len(guests)} other places"
    return f"{text}; {acts}" if acts else text


def question_lines(plan: Plan) -> Iterator[str]:
    """Yield, service by service, what a planner would be asked about."""
    instance = plan.instance
    people = instance.table("settlements").set_index("settlement")["population"]
    for service in services(plan):
        ways, lost, own, done = (
            table[table["service"] == service]
            for table in (plan.allocation, plan.unserved, plan.facilities, plan.actions)
        )
        sites = instance.service_sites(service).set_index("site")["settlement"]
        is_away = ways["site"].map(sites) != ways["settlement"]
        is_city = ways["settlement"].map(people) >= CITY_PEOPLE
        yield f"{service}: periods {', '.join(instance.period_names)}"
        for title, rows in (
            ("demand", pd.concat([ways, lost])),
            ("unserved", lost),
            ("served elsewhere", ways[is_away]),
            (f"of cities over {CITY_PEOPLE:,}, elsewhere", ways[is_away & is_city]),
            (f"over {FAR_MINUTES:g} minutes", ways[ways["minutes"] > FAR_MINUTES]),
        ):
            yield f"  {title}: {_by_period(instance, rows, 'demand')}"
        held, used = (own.groupby("period")[c].sum() for c in ("capacity", "used"))
        uses = (used / held).reindex(instance.period_names)
        yield f"  use of capacity: {', '.join(f'{u:.1%}' for u in uses)}"
        full = own[own["capacity_use_share"] > FULL]
        yield f"  over {FULL:.0%} full: {_by_period(instance, full, 'units')}"
        for action, rows in done.groupby("action"):
            yield f"  {action}: {_by_period(instance, rows, 'units')}"


def _by_period(instance: aumaq.Instance, rows: pd.DataFrame, column: str) -> str:
    sums = rows.groupby("period")[column].sum()
    return ", ".join(f"{sums.get(p, 0.0):,.0f}" for p in instance.period_names)


def _share(part: float, whole: float) -> str:
    return f"{part / whole:.1%}" if whole else "-"


if __name__ == "__main__":
    main()
