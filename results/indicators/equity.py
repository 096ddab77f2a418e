"""How unequal the ways to a service are: Gini, Palma, Theil, percentiles, E2SFCA.

The distribution is that of minutes over units of demand served, in the region where
people live; who is not served has no minutes, and counts in ``access_poverty`` alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from aumaq.instances.access.limits import within
from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.scenarios.overrides import listed
from aumaq.results.indicators.registry import formula
from aumaq.results.indicators.state import Indicator, Measure, State

FARTHEST, NEAREST = 0.1, 0.4
"""Palma (2011): the tenth that has most, by the two fifths that have least."""
ZONE_WEIGHTS = (1.0, 0.68, 0.22)
"""Of the three zones of a catchment: the slow decay of Luo and Qi (2009)."""


@dataclass(frozen=True)
class Distribution:
    """Minutes, from near to far, of so many units each."""

    minutes: Floats
    units: Floats

    @classmethod
    def of(cls, minutes: Floats, units: Floats) -> Distribution:
        """Sort minutes; what has no units is left out."""
        kept = np.flatnonzero(units > 0.0)
        order = kept[np.argsort(minutes[kept], kind="stable")]
        return cls(minutes[order], units[order])

    def borne_by_nearest(self, share: float) -> float:
        """Return the share of all minutes that the nearest *share* of units bear."""
        people = np.append(0.0, np.cumsum(self.units))
        ways = np.append(0.0, np.cumsum(self.units * self.minutes))
        return float(np.interp(share * people[-1], people, ways) / ways[-1])

    @property
    def mean(self) -> float:
        """Mean minutes."""
        return float(np.average(self.minutes, weights=self.units))


def gini(d: Distribution) -> float:
    """Return the Gini coefficient: 0 where all go as far; 0 where nobody goes."""
    if d.mean == 0.0:
        return 0.0
    ways = np.cumsum(d.units * d.minutes)
    lorenz = np.append(0.0, ways / ways[-1])
    return float(1.0 - (d.units / d.units.sum()) @ (lorenz[1:] + lorenz[:-1]))


def palma(d: Distribution) -> float:
    """Return the minutes of the farthest tenth by those of the nearest two fifths."""
    near = d.borne_by_nearest(NEAREST) if d.mean > 0.0 else 0.0
    if near == 0.0:
        return float("nan")
    return (1.0 - d.borne_by_nearest(1.0 - FARTHEST)) / near


def theil(d: Distribution) -> float:
    """Return Theil's T: the mean of x ln x, x being minutes by their mean."""
    if d.mean == 0.0:
        return 0.0
    x = d.minutes / d.mean
    terms = np.where(x > 0.0, x * np.log(np.where(x > 0.0, x, 1.0)), 0.0)
    return float(np.average(terms, weights=d.units))


def percentile(d: Distribution, share: float) -> float:
    """Return within how many minutes the nearest *share* of units goes."""
    reached = np.cumsum(d.units) / d.units.sum()
    at = np.searchsorted(reached, share * (1.0 - 1e-12))
    return float(d.minutes[min(int(at), len(d.minutes) - 1)])


def kolm_pollak(d: Distribution, aversion: float) -> float:
    """Return the equally distributed equivalent of Kolm and Pollak, minutes.

    All going so far would be as bad: the mean, and more the more unequal ways are. With
    :math:`\\kappa = aversion \\cdot \\alpha`, :math:`\\alpha = \\sum m / \\sum m^2`,
    it is :math:`\\frac{1}{\\kappa} \\ln mean(e^{\\kappa m})` (Logan et al. 2021).
    """
    squares = float(d.units @ d.minutes**2)
    if squares == 0.0 or aversion == 0.0:
        return d.mean
    kappa = aversion * float(d.units @ d.minutes) / squares
    top = kappa * float(d.minutes.max())  # so that nothing overflows
    mean = np.average(np.exp(kappa * d.minutes - top), weights=d.units)
    return float((np.log(mean) + top) / kappa)


def _measured(
    state: State, indicator: Indicator, measure: Callable[[Distribution], float]
) -> Measure:
    """Return a measure of the distribution of each region and period, and of all."""
    found = np.full(state.shape, np.nan)
    for r, t, own in _distributions(state, indicator):
        found[r, t] = measure(own)
    return Measure(found)


def _distributions(
    state: State, indicator: Indicator
) -> Iterator[tuple[int, int, Distribution]]:
    rows = state.ways
    rows = rows[rows["service"] == indicator.service]
    i = state.ids.get_indexer(rows["settlement"])
    period = pd.Index(state.periods).get_indexer(rows["period"])
    counts = np.broadcast_to(
        state.counts(indicator.applies_to), (len(state.ids), len(state.periods))
    )
    units = rows["demand"].to_numpy(dtype=float) * counts[i, period]
    minutes = rows["minutes"].to_numpy(dtype=float)
    region = pd.Index(state.regions).get_indexer(state.settlements["region"])[i]
    for t in range(len(state.periods)):
        for r in range(state.shape[0]):
            here = (period == t) & ((region == r - 1) | (r == 0))
            own = Distribution.of(minutes[here], units[here])
            if len(own.units):
                yield r, t, own


@formula
def gini_minutes(state: State, indicator: Indicator) -> Measure:
    """Return the Gini coefficient of minutes."""
    return _measured(state, indicator, gini)


@formula
def palma_minutes(state: State, indicator: Indicator) -> Measure:
    """Return the Palma ratio of minutes."""
    return _measured(state, indicator, palma)


@formula
def theil_minutes(state: State, indicator: Indicator) -> Measure:
    """Return Theil's index of minutes."""
    return _measured(state, indicator, theil)


@formula
def percentile_minutes(state: State, indicator: Indicator) -> Measure:
    """Return a percentile of minutes."""
    return _measured(state, indicator, lambda d: percentile(d, indicator.share))


@formula
def kolm_pollak_minutes(state: State, indicator: Indicator) -> Measure:
    """Return the equally distributed equivalent of minutes."""
    return _measured(state, indicator, lambda d: kolm_pollak(d, indicator.aversion))


@formula
def access_poverty(state: State, indicator: Indicator) -> Measure:
    """Return the share of demand that goes farther than a time, or is not served."""
    rows = state.ways
    near = within(rows["minutes"], indicator.minutes)
    rows = rows[(rows["service"] == indicator.service) & near]
    who = state.counts(indicator.applies_to)
    demand = state.demand(indicator.service) * who
    reached = state.grid(rows, rows["demand"].to_numpy()) * who
    lost = state.by_settlement(np.maximum(demand - reached, 0.0))
    return Measure(lost, state.by_settlement(demand))


@formula
def e2sfca(state: State, indicator: Indicator) -> Measure:
    """Return places that a unit of demand may reach (Luo and Qi 2009).

    First each site shares its capacity out to all demand in its catchment, then each
    settlement adds up what the sites in its own give it; both weigh by zone. The mean
    over the demand of a region.
    """
    service = indicator.service
    who = np.broadcast_to(
        state.counts(indicator.applies_to), (len(state.ids), len(state.periods))
    )
    demand, found = (
        state.demand(service),
        np.zeros((len(state.ids), len(state.periods))),
    )
    rows = state.tables["facilities"]
    rows = rows[rows["service"] == service]
    sites = pd.Index(state.instance.service_sites(service)["site"])
    for t, period in enumerate(state.periods):
        runs = rows[rows["period"] == period]
        places = np.zeros(len(sites))
        at = sites.get_indexer(runs["site"])
        np.add.at(places, at, runs["capacity"].to_numpy(dtype=float))
        i, j, weight = _catchments(state, service, indicator.minutes, t)
        asked = np.zeros(len(sites))
        np.add.at(asked, j, weight * demand[i, t])
        ratio = np.divide(places, asked, out=np.zeros_like(places), where=asked > 0)
        np.add.at(found, (i, np.full(len(i), t)), weight * ratio[j])
    amount = state.by_settlement(found * demand * who)
    return Measure(amount, state.by_settlement(demand * who))


def _catchments(
    state: State, service: str, minutes: float, t: int
) -> tuple[Ints, Ints, Floats]:
    """Return settlements and sites within reach on the roads of a period, and weights.

    The ways are the access options: none beyond the service's own longest trip.
    """
    ways = state.instance.access(service)
    stands = {
        name
        for name, is_up in zip(
            state.instance.upgrade_names, state.upgraded[:, t], strict=True
        )
        if is_up
    }
    open_ = [set(listed(text)) <= stands for text in ways["needs"].tolist()]
    ways = ways[np.array(open_, dtype=bool) & within(ways["minutes"], minutes)]
    ways = ways.sort_values("minutes", kind="stable").drop_duplicates(["i", "j"])
    far = ways["minutes"].to_numpy(dtype=float)
    last = len(ZONE_WEIGHTS) - 1
    zone = np.zeros(len(far), dtype=np.int64)
    for k in range(last):
        zone += ~within(far, (k + 1) * minutes / len(ZONE_WEIGHTS))
    weight = np.array(ZONE_WEIGHTS)[np.minimum(zone, last)]
    return ways["i"].to_numpy(), ways["j"].to_numpy(), weight
