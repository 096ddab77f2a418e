"""Checks of the settlement policy: limits that can be met, donors who can give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from aumaq.instances.checks.check import Found, Tables, Warn, check, problem
from aumaq.instances.errors import did_you_mean
from aumaq.instances.language.texts import figure, say
from aumaq.instances.people.growth import first_periods, moves
from aumaq.instances.people.loads import everyone

if TYPE_CHECKING:
    from aumaq.instances.instance import Instance

ROUNDING = 1e-9
MOST_TIMES = 1e8
"""A capacity so much larger than another leaves nothing of it in a sum."""


@check(
    "growth_tiers",
    "growth_candidates",
    "settlements",
    "periods",
    about=("growth_tiers",),
)
def tiers_can_be_filled(tables: Tables) -> Found:
    """Limits are in order, in known regions, and there are candidates enough."""
    tiers, candidates = tables["growth_tiers"], tables["growth_candidates"]
    places = tables["settlements"].set_index("settlement")["region"]
    home, first = candidates["settlement"].map(places), first_periods(tables)
    periods = pd.Index(tables["periods"]["period"])
    for k, row in tiers.iterrows():
        if row["max_count"] < row["min_count"]:
            text = say(
                "expected at least min_count, which is {min_count}",
                min_count=row["min_count"],
            )
            yield problem(
                "growth_tiers", text, k, "max_count", figure(row["max_count"])
            )
        yield from _known_region(tables, "growth_tiers", k, row["region"])
        by = periods.get_loc(row["by_period"]) if row["by_period"] else len(periods) - 1
        mine = (candidates["tier"] == row["tier"]).to_numpy() & (first <= by)
        if row["region"]:
            mine &= (home == row["region"]).to_numpy()
        count = candidates.loc[mine, "settlement"].nunique()
        if row["min_count"] > count:
            text = say(
                "there are {count} candidates of this tier to choose from by then",
                count=count,
            )
            yield problem("growth_tiers", text, k, "min_count", row["min_count"])


@check("growth_candidates", "growth_gains", about=("growth_gains",))
def gains_belong_to_candidates(tables: Tables) -> Found:
    """A gain by period is that of a candidate."""
    key = ["settlement", "tier"]
    own = pd.MultiIndex.from_frame(tables["growth_gains"][key])
    known = pd.MultiIndex.from_frame(tables["growth_candidates"][key])
    for k in np.flatnonzero(~own.isin(known)):
        text = say("no such settlement and tier in growth_candidates")
        yield problem("growth_gains", text, k, "+".join(key), ", ".join(own[k]))


def donors_can_give(instance: Instance) -> Found:
    """Whoever is chosen, no settlement loses more people than it has."""
    if instance.tables["growth_candidates"].empty:
        return
    for future in instance.futures or (instance,):
        yield from _dry_donors(future)


def _dry_donors(instance: Instance) -> Found:
    tables, projection = instance.tables, instance.active_scenario.projection
    rows = tables["growth_candidates"]
    periods, codes = tables["periods"]["period"], tables["settlements"]["settlement"]
    found, people = moves(tables, projection), everyone(tables, projection)
    when = say("in {projection!r}", projection=projection)
    pool = found.is_donor.astype(float) @ people
    is_dry = (found.gain_share * people[found.settlement] > 0) & (pool <= 0)
    is_inside = (rows["donors"] != "outside").to_numpy()
    for k in np.flatnonzero(is_dry.any(axis=1) & is_inside):
        text = say("nobody lives there who could move, {when}", when=when)
        yield problem("growth_candidates", text, k, "donors", rows["donors"][k])
    loss = found.largest_loss_share()
    over = np.flatnonzero((loss > 1.0 + ROUNDING).any(axis=1))
    for i in over[:1]:  # one settlement tells the tale: its neighbours lose as much
        t = int(loss[i].argmax())
        text = say(
            "settlement {settlement!r} would lose {loss:.0%} of its"
            " people {when}, {period}, if all candidates were chosen;"
            " expected 100 % at most: lower the gains or widen the donors",
            settlement=codes[i],
            loss=loss[i, t],
            when=when,
            period=periods[t],
        )
        worst = int(np.argmax(found.is_donor[:, i] * found.loss_share[:, t]))
        share = figure(found.gain_share[worst, t])
        yield problem("growth_candidates", text, worst, "gain_share", share)


@check(
    "concentrations",
    "levels",
    "sites",
    "settlements",
    "growth_candidates",
    about=("concentrations",),
)
def concentrations_can_hold(tables: Tables) -> Found:
    """Levels and regions are known, and some site may stand in a growth point."""
    places = tables["settlements"].set_index("settlement")
    candidates, sites = tables["growth_candidates"], tables["sites"]
    for k, rule in tables["concentrations"].iterrows():
        own = tables["levels"]["service"] == rule["service"]
        top = int(tables["levels"].loc[own, "level"].max()) if own.any() else 0
        yield from _alike(tables["levels"][own], rule)
        if rule["min_level"] > top:
            text = say(
                "{service} has levels up to {top}", service=rule["service"], top=top
            )
            yield problem("concentrations", text, k, "min_level", rule["min_level"])
        yield from _known_region(tables, "concentrations", k, rule["region"])
        of_tier = candidates["tier"] == rule["tier"]
        points = set(candidates["settlement"][of_tier | (rule["tier"] == "")])
        if not rule["tier"]:
            points |= set(places.index[places["is_growth_point"]])
        here = sites[(sites["service"] == rule["service"])]
        if rule["region"]:
            here = here[here["settlement"].map(places["region"]) == rule["region"]]
        here = here[here["status"] != "forbidden"]
        if rule["share"] > 0 and not here["settlement"].isin(points).any():
            text = say(
                "no site of {service} is in a growth point or candidate:"
                " level {min_level} and above can never stand",
                service=rule["service"],
                min_level=rule["min_level"],
            )
            yield Warn(problem("concentrations", text, k, "share", rule["share"]))


def _alike(levels: pd.DataFrame, rule: pd.Series[Any]) -> Found:
    """Capacities that a rule adds up are told apart by a solver."""
    counted = levels[(levels["level"] >= rule["min_level"]) & (levels["capacity"] > 0)]
    most = MOST_TIMES * counted["capacity"].min()
    for k, size in counted["capacity"][counted["capacity"] > most].items():
        text = say(
            "{concentration} adds capacities up: expected at most {most:g}, 10^8 times"
            " that of its smallest level",
            concentration=rule["concentration"],
            most=most,
        )
        yield problem("levels", text, int(str(k)), "capacity", figure(size))


def _known_region(tables: Tables, table: str, k: object, region: str) -> Found:
    regions = sorted(set(tables["settlements"]["region"]))
    if region and region not in regions:
        text = say(
            "no settlement has this region{hint}", hint=did_you_mean(region, regions)
        )
        yield problem(table, text, int(str(k)), "region", region)
