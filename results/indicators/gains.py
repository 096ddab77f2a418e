"""Who gains and who loses on the way to each service, by group of settlements.

A settlement is as far from a service as its demand goes on average; who is not served
counts with the longest trip of the service (of two plans with unlike limits: the longer
one, so that who is served in neither gains and loses nothing). It gains or loses where
that changes by more than a minute, with all of its demand as it is afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from aumaq.instances.access.limits import within
from aumaq.instances.arrays import Flags, Floats
from aumaq.instances.language.texts import say
from aumaq.results.indicators.services import strictest_minutes
from aumaq.results.indicators.state import State, of_plan
from aumaq.results.indicators.today import of_today

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

MINUTES_FELT = 1.0
"""A change up to this is none: who goes where may change for nothing."""
SIZES = (500.0, 2_000.0, 10_000.0, 50_000.0)
"""Inhabitants today that part classes of size."""
COLUMNS = {
    "service": "str", "period": "str", "by": "str", "group": "str",
    "demand": "float64", "gain": "float64", "lose": "float64",
    "minutes_before": "float64", "minutes_after": "float64",
    "within_before": "float64", "within_after": "float64",
}  # fmt: skip
"""Columns of the table: demand in units of the service, then units of demand that gain
and lose, mean minutes, shares within the minutes of the strictest standard."""
BY = {
    "total": say("all"), "region": say("region"), "kind": say("kind of settlement"),
    "flag": say("border, remote, growth point"), "size": say("size"),
    "tag": say("group of settlements"),
}  # fmt: skip
WORDS = {
    "city": say("cities"), "town": say("towns"), "village": say("villages"),
    "is_border": say("at the border"), "is_remote": say("remote"),
    "is_growth_point": say("growth points"), "": say("all"),
}  # fmt: skip
"""Groups in words; regions, sizes and tags have names of their own."""
WORDED = ("total", "kind", "flag")
"""What people are grouped by whose groups are words of the program."""


def gains(before: State, after: State) -> pd.DataFrame:
    """Return the table: *after* against *before*, whose only period may be today.

    Settlements, services and periods that one of them lacks are left out.
    """
    found = []
    for service in after.instance.service_names:
        known = service in before.instance.service_names
        if known and after.instance.serves(service) and before.instance.serves(service):
            found += list(_of_service(before, after, service))
    return pd.DataFrame(found, columns=list(COLUMNS)).astype(COLUMNS)


def gains_of(plan: Plan) -> pd.DataFrame:
    """Return the table of a plan against today."""
    return gains(of_today(plan.instance), of_plan(plan))


def settlement_shares(state: State, service: str) -> Floats:
    """Return the share of each settlement's demand within the norm, (S, T).

    The norm is that of the strictest standard; NaN where none counts the settlement.
    """
    return _Ways(state, service, longest_minutes(state, service)).share


def _of_service(
    before: State, after: State, service: str
) -> Iterator[dict[str, object]]:
    is_today = len(before.periods) == 1 < len(after.periods)
    at = before.ids.get_indexer(after.ids)
    longest = max(longest_minutes(state, service) for state in (before, after))
    past, now = (_Ways(state, service, longest) for state in (before, after))
    groups = list(_groups(after))
    for t, period in enumerate(after.periods):
        if not is_today and period not in before.periods:
            continue
        s = 0 if is_today else before.periods.index(period)
        demand = now.demand[:, t]
        both = (at >= 0) & (demand > 0.0)
        both[both] = past.demand[at[both], s] > 0.0
        minutes = np.where(both, past.minutes[at, s], 0.0), now.minutes[:, t]
        share = np.where(both, past.share[at, s], 0.0), now.share[:, t]
        served = np.where(both, past.served[at, s], 0.0), now.served[:, t]
        for by, group, members in groups:
            own = members & both
            units = float(demand[own].sum())
            if units > 0.0:
                change = (minutes[1] - minutes[0])[own]
                weight = demand[own]
                yield {
                    "service": service, "period": period, "by": by, "group": group,
                    "demand": units,
                    "gain": float(weight[change < -MINUTES_FELT].sum()),
                    "lose": float(weight[change > MINUTES_FELT].sum()),
                    "minutes_before": _mean_way(minutes[0], served[0], own, weight),
                    "minutes_after": _mean_way(minutes[1], served[1], own, weight),
                    "within_before": _mean(share[0][own], weight),
                    "within_after": _mean(share[1][own], weight),
                }  # fmt: skip


def _mean(values: Floats, weight: Floats) -> float:
    """Return the mean of what is known, NaN where nothing is."""
    known = ~np.isnan(values)
    total = float(weight[known].sum())
    return float(values[known] @ weight[known]) / total if total else float("nan")


def _mean_way(minutes: Floats, served: Floats, own: Flags, weight: Floats) -> float:
    """Return the mean minutes of a group, NaN where nobody of it is served."""
    return _mean(minutes[own], weight) if served[own].any() else float("nan")


class _Ways:
    """Mean minutes, demand served, share within the norm of each settlement, (S, T).

    The share is NaN where no standard counts the settlement; who is not served counts
    as *longest* minutes.
    """

    def __init__(self, state: State, service: str, longest: float) -> None:
        rows, lost = state.ways, state.tables["unserved"]
        rows = rows[rows["service"] == service]
        lost = lost[lost["service"] == service]
        self.demand = state.demand(service)
        way = rows["demand"] * rows["minutes"].clip(upper=longest)
        self.served = state.grid(rows, rows["demand"])
        total = state.grid(rows, way)
        total += state.grid(lost, lost["demand"] * longest)
        limit = strictest_minutes(state.instance, service)
        own = limit[state.ids.get_indexer(rows["settlement"])]
        near = rows[within(rows["minutes"].to_numpy(), own)]
        reached = state.grid(near, near["demand"])
        self.minutes, share = (
            np.divide(x, self.demand, out=np.zeros_like(x), where=self.demand > 0)
            for x in (total, reached)
        )
        is_ruled = ~np.isnan(limit)[:, None]
        self.share = np.where(is_ruled, np.minimum(share, 1.0), np.nan)


def longest_minutes(state: State, service: str) -> float:
    """Return the minutes as which who is not served counts."""
    row = state.instance.service(service)
    limits = [float(row["served_within_minutes"]), state.instance.longest_trip(service)]
    return float(np.nanmax(limits))


def _groups(state: State) -> Iterator[tuple[str, str, Flags]]:
    """Yield what settlements are grouped by, the group, and which are in it."""
    places = state.settlements
    yield "total", "", np.ones(len(places), dtype=bool)
    for column in ("region", "kind"):
        for name in sorted(set(places[column])):
            yield column, name, (places[column] == name).to_numpy()
    for flag in ("is_border", "is_remote", "is_growth_point"):
        yield "flag", flag, places[flag].to_numpy(dtype=bool)
    size = np.searchsorted(SIZES, places["population"].to_numpy(), side="right")
    for k, name in enumerate(size_names()):
        yield "size", name, size == k
    tags = state.world["settlement_tags"]
    for tag in sorted(set(tags["tag"])):
        own = tags["settlement"][tags["tag"] == tag]
        yield "tag", tag, places["settlement"].isin(own).to_numpy()


def size_names() -> list[str]:
    """Return the classes of size, from small to large: codes that readers can read."""
    ends = [f"{end:.0f}" for end in SIZES]
    middle = [f"{a}-{b}" for a, b in pairwise(ends)]
    return [f"<{ends[0]}", *middle, f">={ends[-1]}"]
