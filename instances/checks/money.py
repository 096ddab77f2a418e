"""Checks of who pays: limits in time, shares that fit, spending without a payer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from aumaq.instances.checks.check import Found, Tables, Warn, check, problem
from aumaq.instances.errors import Hints
from aumaq.instances.language.texts import say
from aumaq.instances.schema.growth import GROWTH_POINTS
from aumaq.instances.schema.roads import ROADS
from aumaq.instances.schema.running import STAFF

WITH_PLACES = ("funding_eligibility", "partnerships", "burdens")
SCOPE = ("service", "region", "covers")
ROUNDING = 1e-9


@check(
    *WITH_PLACES, "services", "networks", "settlements", "road_upgrades",
    about=WITH_PLACES,
)  # fmt: skip
def money_names_what_there_is(tables: Tables) -> Found:
    """What money is for is a service, a network, roads or growth points of a region."""
    sectors = [*tables["services"]["service"], *tables["networks"]["network"]]
    known = {
        "service": [*sectors, ROADS, GROWTH_POINTS, STAFF],
        "region": sorted({*tables["settlements"]["region"],
                          *tables["road_upgrades"]["region"]} - {""}),
    }  # fmt: skip
    text = {
        "service": say("expected a service, a network, roads or growth_points{hint}"),
        "region": say("no settlement has this region{hint}"),
    }
    for name in WITH_PLACES:
        for column, names in known.items():
            cells, hints = tables[name][column], Hints(names)
            for k in np.flatnonzero(~cells.isin([*names, ""])).tolist():
                told = text[column].given(hint=hints.near(str(cells[k])))
                yield problem(name, told, k, column, cells[k])


@check("funding_limits", "periods", about=("funding_limits",))
def limits_are_in_time(tables: Tables) -> Found:
    """A limit is of a period or of a year within the periods."""
    rows, periods = tables["funding_limits"], tables["periods"]
    begin = int(periods["first_year"].iloc[0])
    end = int(periods["first_year"].iloc[-1] + periods["years"].iloc[-1])
    for k, row in rows.iterrows():
        if bool(row["period"]) == (row["year"] != 0):
            text = say("expected a period or a year, one of the two")
            yield problem("funding_limits", text, k, "year", row["year"])
        elif row["year"] and not begin <= row["year"] < end:
            text = say(
                "expected a year from {first} to {last}", first=begin, last=end - 1
            )
            yield problem("funding_limits", text, k, "year", row["year"])


@check("funding_sources", "funding_limits", "funding_eligibility", "periods",
       about=("funding_sources",))  # fmt: skip
def sources_can_pay(tables: Tables) -> Found:
    """Each source pays for something, and has money in each period if it has an end."""
    rules, limits = tables["funding_eligibility"], tables["funding_limits"]
    periods = tables["periods"]
    starts = periods["first_year"].to_numpy()
    at = np.searchsorted(starts, limits["year"], side="right") - 1
    of_year = periods["period"].to_numpy(dtype=object)[np.maximum(at, 0)]
    period = np.where(limits["period"] != "", limits["period"], of_year)
    for k, row in tables["funding_sources"].iterrows():
        if not (rules["fund"] == row["fund"]).any():
            text = say("pays for nothing: no row of funding_eligibility names it")
            yield Warn(problem("funding_sources", text, k, "fund", row["fund"]))
        if row["interest"] > 0 and not row["carry_over"]:
            text = say("counts only with carry_over")
            yield Warn(problem("funding_sources", text, k, "interest", row["interest"]))
        has = set(period[(limits["fund"] == row["fund"]).to_numpy()])
        missing = [p for p in periods["period"] if p not in has] if has else []
        if missing:
            text = say("no money in {missing}", missing=", ".join(missing))
            yield Warn(problem("funding_sources", text, k, "fund", row["fund"]))


@check("funding_eligibility", about=("funding_eligibility",))
def shares_go_together(tables: Tables) -> Found:
    """The least share is no more than the largest; least shares add up to one."""
    rows = tables["funding_eligibility"]
    for k, row in rows.iterrows():
        if row["share_least"] > row["share_most"]:
            text = say("expected at most share_most, {most:g}", most=row["share_most"])
            yield problem("funding_eligibility", text, k, "share_least",
                          row["share_least"])  # fmt: skip
    by_place = rows.groupby([*SCOPE], sort=False)
    for _, same in by_place:
        total = float(same["share_least"].sum())
        if total > 1.0 + ROUNDING and len(same) > 1:
            text = say("least shares of the same spending add up to {total:g}",
                       total=total)  # fmt: skip
            last = same.index[-1]
            yield problem("funding_eligibility", text, last, "share_least",
                          same["share_least"].iloc[-1])  # fmt: skip


@check(
    "funding_sources", "funding_eligibility", "sites", "settlements", "levels",
    "facilities", "road_upgrades", "growth_candidates",
    about=("funding_sources",),
)  # fmt: skip
def somebody_pays(tables: Tables) -> Found:
    """What must be spent has a source; what may be spent and has none is not built."""
    rules, told = tables["funding_eligibility"], set[tuple[str, ...]]()
    # What must be spent comes first: of one row only that is told.
    for sector, region, kind, must in sorted(_spending(tables), key=lambda c: not c[3]):
        mine = rules["service"].isin(["", sector]) & rules["region"].isin(["", region])
        mine = mine & rules["covers"].isin(["all", kind])
        if not mine.any():
            text = say(
                "no source of money pays for {kind} of {sector} in region {region!r}:"
                " expected a row for it",
                kind=kind,
                sector=sector,
                region=region,
            )
            found = problem("funding_eligibility", text, None, "covers", kind)
            yield found if must else Warn(found)
            continue
        scopes = set(rules.loc[mine, [*SCOPE]].itertuples(index=False, name=None))
        share = float(rules.loc[mine, "share_most"].sum())
        # Where rows overlap, a source may pay all of one and less of another.
        if len(scopes) == 1 and share < 1.0 - ROUNDING and not scopes <= told:
            told |= scopes
            text = say("sources may pay only {share:.0%} of this together", share=share)
            row = rules.index[mine][-1]
            own = rules["share_most"][row]
            found = problem("funding_eligibility", text, row, "share_most", own)
            yield found if must else Warn(found)


def _spending(tables: Tables) -> Iterator[tuple[str, str, str, bool]]:
    """Yield what may cost: sector, region, kind, and whether it must be spent."""
    home = tables["settlements"].set_index("settlement")["region"]
    sites, stock = tables["sites"], tables["facilities"]
    prices = tables["levels"].groupby("service")[["capex_mln", "opex_mln_per_year"]]
    most = prices.max()
    region = sites["settlement"].map(home).fillna("")
    places = pd.DataFrame({"service": sites["service"], "region": region})
    locked = stock[stock["is_locked"]].merge(
        sites[["service", "site", "settlement"]], on=["service", "site"]
    )
    locked_at = set(
        zip(locked["service"], locked["settlement"].map(home).fillna(""), strict=True)
    )
    for row in places.drop_duplicates().itertuples():
        for kind, column in (
            ("investment", "capex_mln"),
            ("operation", "opex_mln_per_year"),
        ):
            if most[column].get(row.service, 0.0) > 0:
                must = kind == "operation" and (row.service, row.region) in locked_at
                yield row.service, row.region, kind, must
    others = [(ROADS, region) for region in tables["road_upgrades"]["region"]]
    points = tables["growth_candidates"]["settlement"].map(home)
    others += [(GROWTH_POINTS, region) for region in points]
    for sector, where in dict.fromkeys(others):
        yield sector, where, "investment", False
