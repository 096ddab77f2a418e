"""What a mayor would ask of a plan: full places, long ways, a city sent to villages.

None of it breaks a rule of the instance; each is a sign that a rule, a price or a limit
is missing. Sentences name places and figures. See docs/report.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from aumaq.instances import Instance
from aumaq.instances.access.limits import beyond
from aumaq.instances.checks.likelihood import (
    FULL_SHARE,
    LEAST_FACILITIES,
    MANY_TIMES,
    is_daily,
    long_minutes,
)
from aumaq.instances.language.texts import say
from aumaq.instances.rows import holds
from aumaq.results.language import ENGLISH, Language
from aumaq.results.plan.growth import demand_of
from aumaq.results.plan.titles import titles_by_code

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

UNMET_SHARE = 0.05
"""Where fewer have no place, the tables say it."""
SPENT_SHARE = 0.999
"""A budget that is spent so far decides what is built."""
MOST_NAMED = 3
"""Places named in a sentence."""
SENT_SHARE = 0.1
"""A place that sends out less of its demand is no matter."""


@dataclass(frozen=True)
class _Look:
    """One service of a plan, in the reader's language."""

    plan: Plan
    service: str
    lang: Language

    @property
    def instance(self) -> Instance:
        return self.plan.instance

    @cached_property
    def row(self) -> pd.Series[Any]:
        return self.instance.service(self.service)

    @property
    def title(self) -> str:
        return self.lang.title(self.row["title"], self.service)

    @property
    def unit(self) -> str:
        return self.lang.unit(self.row["unit"])

    def of(self, table: str) -> pd.DataFrame:
        """Return the rows of a table of the plan that are of the service."""
        rows = self.plan.table(table)
        return rows[holds(rows, "service", self.service)]

    @property
    def has_limit(self) -> bool:
        """Whether it is said beyond what nobody counts as served."""
        return not np.isnan(self.row["served_within_minutes"])

    @cached_property
    def places(self) -> pd.DataFrame:
        """Settlements by code: population, and the name to show."""
        rows = self.instance.tables["settlements"]
        shown = self.lang.names(rows, "settlement")
        return rows.assign(shown=shown).set_index("settlement")

    @cached_property
    def demand(self) -> pd.DataFrame:
        """Demand by settlement and period under the plan."""
        return pd.DataFrame(
            demand_of(self.plan, self.service),
            index=self.instance.settlement_ids,
            columns=self.instance.period_names,
        )

    @cached_property
    def ways(self) -> pd.DataFrame:
        """Who goes where, with the settlement of the site ("": at none)."""
        sites = self.instance.service_sites(self.service).set_index("site")
        rows = self.plan.ways
        rows = rows[holds(rows, "service", self.service)]
        to = rows["site"].map(sites["settlement"])
        return rows.assign(to=to.mask(rows["is_visited"], rows["settlement"]))


def concerns(plan: Plan, lang: Language = ENGLISH) -> list[str]:
    """Return a sentence for each thing that should be looked at twice; often none.

    A plan that breaks rules has other troubles: nothing is said of it here.
    """
    if not plan.is_verified:
        return []
    instance = plan.instance
    served = filter(instance.serves, instance.service_names)
    return [
        text
        for look in (_Look(plan, service, lang) for service in served)
        for find in (_unmet, _full, _sent_out, _far, _long, _oversized)
        for text in find(look)
    ] + [*_budgets(plan, lang), *_funds(plan, lang), *_owed(plan, lang)]


def _unmet(look: _Look) -> Iterator[str]:
    """Many have no place at all: how many, when, and from where most of them are."""
    lost = look.of("unserved")
    if lost.empty:
        return
    sums = lost.groupby("period")["demand"].sum()
    share = sums / look.demand.sum(axis=0).reindex(sums.index)
    period = str(sums.idxmax())
    if not share.max() > UNMET_SHARE:
        return
    most = lost[lost["period"] == period].sort_values("demand", ascending=False)
    names = [
        f"{look.places['shown'][row['settlement']]} {look.lang.count(row['demand'])}"
        for row in most.head(MOST_NAMED).to_dict("records")
    ]
    yield look.lang.tell(
        say(
            "{title}: {sum} ({unit}) have no place in {period}, {share} of all:"
            " {names}.",
            title=look.title,
            sum=look.lang.count(sums[period]),
            unit=look.unit,
            period=period,
            share=look.lang.share(float(share[period])),
            names="; ".join(names),
        )
    )


def _budgets(plan: Plan, lang: Language) -> Iterator[str]:
    """Say which budgets are overrun, or spent to their end."""
    given = plan.instance.tables["budgets"].set_index(["budget", "period"])
    for row in plan.budgets.to_dict("records"):
        rule = given.loc[(row["budget"], row["period"])]
        values = {
            "title": lang.title(rule["title"], row["budget"]),
            "period": row["period"],
            "limit": lang.money(row["limit_mln"], plan.instance.currency),
        }
        if row["overrun_mln"] > 0:
            yield lang.tell(
                say(
                    "The budget {title} is exceeded by {over} in {period}; its"
                    " limit is {limit}.",
                    over=lang.money(row["overrun_mln"], plan.instance.currency),
                    **values,
                )
            )
        elif rule["is_hard"] and row["spent_mln"] >= SPENT_SHARE * row["limit_mln"]:
            yield lang.tell(
                say(
                    "The budget {title} allows no more in {period}: {spent} of"
                    " {limit} are spent.",
                    spent=lang.money(row["spent_mln"], plan.instance.currency),
                    **values,
                )
            )


def _funds(plan: Plan, lang: Language) -> Iterator[str]:
    """Say which sources of money are used up, the largest first."""
    rows = plan.table("funds")
    has = rows["limit_mln"] + rows["carried_over_mln"]
    empty = rows[(has > 0.0) & (rows["left_mln"] <= (1.0 - SPENT_SHARE) * has)]
    titles = titles_by_code(plan.instance.tables["funding_sources"], "fund", lang)
    for period, part in empty.groupby("period", sort=False):
        part = part.sort_values("limit_mln", ascending=False, kind="stable")
        names = [titles[code] for code in part["fund"].head(MOST_NAMED)]
        yield lang.tell(
            say(
                "In {period} nothing is left of {n} source of money: {names}.",
                "In {period} nothing is left of {n} sources of money: {names}.",
                n=len(part),
                period=period,
                names=", ".join(names) + ", …" * (len(part) > MOST_NAMED),
            )
        )


def _owed(plan: Plan, lang: Language) -> Iterator[str]:
    """Say what is still owed to partners after the last period."""
    rows = plan.table("payments")
    past = rows[rows["is_past_horizon"].astype(bool)]
    if len(past):
        yield lang.tell(
            say(
                "After the last period {money} are still paid to partners, the last"
                " in {year}.",
                money=lang.money(past["amount_mln"].sum(), plan.instance.currency),
                year=int(past["year"].max()),
            )
        )


def _full(look: _Look) -> Iterator[str]:
    """Facilities are full everywhere: too little room is left in the first shift."""
    rows = look.of("facilities").groupby("period", sort=False)
    sums = rows[["capacity", "used", "units"]].sum()
    second = look.of("second_shift").groupby("period")["demand"].sum()
    first = sums["used"] - second.reindex(sums.index, fill_value=0.0)
    share = first / sums["capacity"].where(sums["capacity"] > 0)
    full = share[(share > FULL_SHARE) & (sums["units"] >= LEAST_FACILITIES)]
    if len(full):
        worst = str(full.idxmax())
        yield look.lang.tell(
            say(
                "{title}: {share} of all places are taken in {period} (above {limit}"
                " in {n} of {all} periods): too little room is left. Keep a reserve:"
                " max_use_share.",
                title=look.title,
                share=look.lang.share(float(full.max())),
                period=worst,
                limit=look.lang.share(FULL_SHARE, 0),
                n=look.lang.number(len(full)),
                all=look.lang.number(len(look.instance.period_names)),
            )
        )


def _sent_out(look: _Look) -> Iterator[str]:
    """People of a place are sent to smaller ones while its own places stay empty."""
    people = look.places["population"]
    ways = look.ways[look.ways["to"] != ""]
    away = ways[ways["to"].map(people) < ways["settlement"].map(people)]
    load = away["demand"] * away["minutes"]
    keys = [away["settlement"], away["period"]]
    sent = pd.DataFrame({"sent": away["demand"], "load": load}).groupby(keys).sum()
    if sent.empty:
        return
    demand = look.demand.rename_axis("settlement").rename_axis("period", axis=1)
    sent = sent.join(demand.stack().rename("demand")).reset_index()
    found = sent.merge(_room(look), on=["settlement", "period"])
    is_much = found["sent"] > SENT_SHARE * found["demand"]
    found = found[is_much & (found["empty"] > 0) & (found["sent"] >= found["smallest"])]
    worst = found.sort_values("sent", ascending=False).drop_duplicates("settlement")
    for row in worst.head(MOST_NAMED).to_dict("records"):
        yield look.lang.tell(
            say(
                "{title}: {sent} of {demand} ({unit}) of {name} are sent to smaller"
                " places in {period}, {minutes} min away on average, while {n} of"
                " {all} places for facilities in {name} stays empty.",
                "{title}: {sent} of {demand} ({unit}) of {name} are sent to smaller"
                " places in {period}, {minutes} min away on average, while {n} of"
                " {all} places for facilities in {name} stay empty.",
                title=look.title,
                sent=look.lang.count(row["sent"]),
                demand=look.lang.count(row["demand"]),
                unit=look.unit,
                name=look.places["shown"][row["settlement"]],
                period=row["period"],
                minutes=look.lang.count(round(row["load"] / row["sent"])),
                n=int(row["empty"]),
                all=look.lang.number(row["max_units"]),
            )
        )


def _room(look: _Look) -> pd.DataFrame:
    """Return places for facilities by settlement and period: all, and empty ones.

    ``smallest`` is what the smallest level that may be built there can serve.
    """
    instance, service = look.instance, look.service
    sites = instance.service_sites(service)
    usable = instance.levels(service)["capacity"].to_numpy() * look.row["max_use_share"]
    fits = np.where(instance.enterable_levels(service), usable, np.inf)
    sites = sites.assign(smallest=fits.min(axis=1, initial=np.inf))
    sites = sites[(sites["status"] != "forbidden") & (sites["settlement"] != "")]
    sites = sites[np.isfinite(sites["smallest"])]
    running = look.of("facilities").groupby(["site", "period"])["units"].sum()
    rows = sites[["site", "settlement", "max_units", "smallest"]].merge(
        pd.DataFrame({"period": instance.period_names}), how="cross"
    )
    wanted = pd.MultiIndex.from_frame(rows[["site", "period"]])
    stands = running.reindex(wanted, fill_value=0).to_numpy()
    rows = rows.assign(empty=rows["max_units"] - stands)
    keys = ["settlement", "period"]
    how = {"max_units": "sum", "empty": "sum", "smallest": "min"}
    return rows.groupby(keys).agg(how).reset_index()


def _far(look: _Look) -> Iterator[str]:
    """People beyond the cut-off count as served."""
    if look.has_limit:
        return
    cutoff = look.instance.longest_trip(look.service)
    text = say(
        "{title}: {sum} ({unit}) go farther than the longest trip of {limit} min and"
        " count as served in {period}: {names}. Say beyond what nobody does:"
        " served_within_minutes."
    )
    yield from _ways_beyond(look, cutoff, text)


def _long(look: _Look) -> Iterator[str]:
    """Ways within the cut-off are longer than anybody takes to."""
    limit = long_minutes(look.row)
    if look.has_limit or limit < float(look.row["cutoff_minutes"]):
        daily = say(
            "{title}: {sum} ({unit}) travel more than {limit} min one way every day in"
            " {period}: {names}."
        )
        other = say(
            "{title}: {sum} ({unit}) travel more than {limit} min one way in {period}:"
            " {names}."
        )
        text = daily if is_daily(look.row) else other
        yield from _ways_beyond(look, limit, text)


def _ways_beyond(look: _Look, limit: float, text: str) -> Iterator[str]:
    """Say how much demand goes farther than *limit*, and from where."""
    far = look.ways[beyond(look.ways["minutes"], limit)]
    if far.empty:
        return
    sums = far.groupby("period")["demand"].sum()
    period = str(sums.idxmax())
    far = far[far["period"] == period].sort_values("demand", ascending=False)
    names = [
        look.lang.tell(
            say(
                "{name} {demand}, {minutes} min",
                name=look.places["shown"][row["settlement"]],
                demand=look.lang.count(row["demand"]),
                minutes=_above(row["minutes"], limit, look.lang),
            )
        )
        for row in far.head(MOST_NAMED).to_dict("records")
    ]
    yield look.lang.tell(
        text,
        title=look.title,
        sum=look.lang.count(sums.max()),
        unit=look.unit,
        limit=look.lang.count(limit),
        period=period,
        names="; ".join(names),
    )


def _above(minutes: float, limit: float, lang: Language) -> str:
    """Return whole minutes; those that round to the limit they pass are above it."""
    whole = round(minutes)
    return lang.count(whole) if whole > limit else f">{lang.count(limit)}"


def _oversized(look: _Look) -> Iterator[str]:
    """Facilities are built that are far too large for the place where they stand."""
    actions = look.of("actions")
    built = actions[actions["action"].isin(["open", "enlarge"])]
    built = built[(built["settlement"] != "") & (built["to_level"] > 1)]
    if built.empty:
        return
    size = look.instance.levels(look.service).set_index("level")["capacity"]
    own = look.demand.max(axis=1)
    built = built.assign(
        capacity=built["to_level"].map(size), own=built["settlement"].map(own)
    )
    odd = built[built["capacity"] > MANY_TIMES * built["own"]]
    odd = odd.assign(times=odd["capacity"] / odd["own"].where(odd["own"] > 0))
    odd = odd.sort_values("times", ascending=False, na_position="first")
    odd = odd.drop_duplicates("settlement")
    if len(odd):
        names = [
            look.lang.tell(
                say(
                    "{name} ({people} people) for {capacity}",
                    name=look.places["shown"][row["settlement"]],
                    people=look.lang.number(
                        look.places["population"][row["settlement"]]
                    ),
                    capacity=look.lang.count(row["capacity"]),
                )
            )
            for row in odd.head(MOST_NAMED).to_dict("records")
        ]
        yield look.lang.tell(
            say(
                "{title}: in {n} place facilities are built for more than {times}"
                " times its own demand: {names}. Say what size of place a level"
                " needs: min_population.",
                "{title}: in {n} places facilities are built for more than {times}"
                " times their own demand: {names}. Say what size of place a level"
                " needs: min_population.",
                n=len(odd),
                title=look.title,
                times=look.lang.number(MANY_TIMES),
                names="; ".join(names),
            )
        )
