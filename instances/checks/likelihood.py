"""What is likely wrong though no rule forbids it: full facilities, long ways, sizes.

The thresholds are the project's own, for warnings only; no plan depends on them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from aumaq.instances.access.limits import beyond
from aumaq.instances.checks.check import Found, Warn, problem
from aumaq.instances.language.texts import figure, say
from aumaq.instances.rows import holds, rows_with

if TYPE_CHECKING:
    from aumaq.instances.instance import Instance

FULL_SHARE = 0.98
"""Above this share of all places taken too little room is left."""
LEAST_FACILITIES = 3
"""With fewer facilities nothing is said of all of them."""
MANY_TIMES = 10.0
"""A facility for more than so many times the demand of its own place is too large."""
DAILY_TRIPS = 200.0
"""From so many one-way trips a year on people come nearly every other day or more."""
LONG_MINUTES, LONG_DAILY_MINUTES = 120.0, 60.0
"""Longest way that people take now and then, and every day."""


def is_daily(service: pd.Series[Any]) -> bool:
    """Return whether people come to a service (its row) every day or so."""
    return float(service["trips_per_year"]) >= DAILY_TRIPS


def long_minutes(service: pd.Series[Any]) -> float:
    """Return the longest way that people take to a service, minutes."""
    return LONG_DAILY_MINUTES if is_daily(service) else LONG_MINUTES


def places_are_not_all_taken(instance: Instance) -> Found:
    """Today's demand leaves a reserve of today's places."""
    for k, name, row in _serving(instance):
        stock = rows_with(instance.tables["facilities"], "service", name)
        if stock.empty:
            continue
        size = instance.levels(name).set_index("level")["capacity"]
        places = float((stock["level"].map(size) * stock["units"]).sum())
        demand = float(instance.demand(name)[:, 0].sum())
        is_full = places > 0 and demand > FULL_SHARE * places
        if is_full and stock["units"].sum() >= LEAST_FACILITIES:
            text = say(
                "today's facilities hold {places:}, demand is {demand:},"
                " {percent:.0f} %: too little room is left",
                places=figure(places),
                demand=figure(demand),
                percent=100.0 * demand / places,
            )
            yield Warn(problem("services", text, k, "max_use_share",
                               figure(row['max_use_share'])))  # fmt: skip


def ways_are_bearable(instance: Instance) -> Found:
    """Who is served by rule of the nearest sites does not live beyond all reach."""
    places = instance.tables["settlements"]
    for k, name, row in _serving(instance):
        options = instance.access(name)
        nearest = options.groupby("i")["minutes"].min()
        minutes = nearest.reindex(range(len(places))).to_numpy(dtype=float)
        demand = instance.demand(name).max(axis=1)
        has_limit = not np.isnan(row["served_within_minutes"])
        limit = np.inf if has_limit else float(row["cutoff_minutes"])
        if is_daily(row):
            limit = min(limit, LONG_DAILY_MINUTES)
        known = ~np.isnan(minutes) & (demand > 0)
        far = np.flatnonzero(known & beyond(minutes, limit))
        if len(far):
            worst = far[np.argmax(minutes[far])]
            text = say(
                "settlements without a site within {limit:g} min: {count}, with a"
                " demand of {demand:}; they count as served at the nearest one all"
                " the same, {name} {minutes:.0f} min away; served_within_minutes sets a"
                " limit",
                count=len(far),
                demand=figure(demand[far].sum()),
                limit=limit,
                name=places["name"].iloc[worst],
                minutes=minutes[worst],
            )
            yield Warn(problem("services", text, k, "served_within_minutes"))


def levels_suit_their_places(instance: Instance) -> Found:
    """No level may be built in places that are far too small for it."""
    places, table = instance.tables["settlements"], instance.tables["levels"]
    home = pd.Index(instance.settlement_ids)
    for _, name, _ in _serving(instance):
        sites, levels = instance.service_sites(name), instance.levels(name)
        i = home.get_indexer(sites["settlement"])
        own = np.where(i >= 0, instance.demand(name).max(axis=1)[i], np.inf)
        is_open = ~holds(sites, "status", "forbidden")
        is_free = (sites["max_level"] == 0).to_numpy() & is_open
        for level in levels.iloc[1:].itertuples():
            small = np.flatnonzero(is_free & (level.capacity > MANY_TIMES * own))
            if level.min_population > 0 or not len(small):
                continue
            worst = small[np.argmin(own[small])]
            text = say(
                "a facility of {name} at this level serves {capacity:}, and may be"
                " built at {n} site whose settlement demands less than a tenth of that:"
                " {place}, {own:}; min_population or sites.max_level say where it fits",
                "a facility of {name} at this level serves {capacity:}, and may be"
                " built at {n} sites whose settlements demand less than a tenth of"
                " that, least in {place}: {own:}; min_population or sites.max_level say"
                " where it fits",
                capacity=figure(level.capacity),
                n=len(small),
                name=name,
                place=places["name"].iloc[i[worst]],
                own=figure(own[worst]),
            )
            is_row = (table["service"] == name) & (table["level"] == level.level)
            k = int(np.flatnonzero(is_row)[0])
            yield Warn(problem("levels", text, k, "min_population", "0"))


def _serving(instance: Instance) -> Iterator[tuple[int, str, pd.Series[Any]]]:
    """Yield row number, name and row of each service to which people come."""
    for k, name in enumerate(instance.service_names):
        if instance.serves(name):
            yield k, name, instance.service(name)


LIKELIHOOD_CHECKS: tuple[Callable[[Instance], Found], ...] = (
    places_are_not_all_taken,
    ways_are_bearable,
    levels_suit_their_places,
)
"""Checks that need access; each only warns."""
