"""Numbers of one service: sites, levels, demand, ways and prices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aumaq.instances.access.options import KM_MINUTES
from aumaq.instances.arrays import Flags, Floats, Ints

MOST_FELT = 30.0
"""Beyond this exponent nothing weighs more: exp(30) is 10 to the 13."""


@dataclass(frozen=True)
class ServiceData:
    """One service. Shapes: J sites, L levels (0 is "none"), T periods, I settlements.

    Costs are in mln, with the scenario's factors applied.
    """

    name: str
    sites: tuple[str, ...]
    site_region: tuple[str, ...]
    status: NDArray[np.str_]
    max_units: Ints  # (J,) facilities that fit
    places: Ints  # (J,) facilities that fit and can be of use
    first_period: Ints  # (J,)
    may_enter: Flags  # (J, L+1) levels that may be built; what stands may stay
    stock: Ints  # (J, L+1) before the first period; column 0: empty places
    locked: Ints  # (J, L+1)
    due: Ints  # (J, L+1, T) facilities to renew by the start of the period
    is_built: Flags  # (J, L+1) levels that the model knows
    capacity: Floats  # (L+1,) of one facility, units of demand
    usable: Floats  # (L+1,) of it what a plan may use: the rest is a reserve
    min_use: Floats  # (L+1,)
    room: Floats  # (J, L+1) of what is usable, what can be used at a site
    least: Floats  # (J, L+1) the minimum use, at most twice what can come to a site
    opex_mln_per_year: Floats  # (L+1,)
    renewal_mln: Floats  # (L+1,)
    transition_mln: Floats  # (L+1, L+1) from, to
    is_transition_allowed: Flags  # (L+1, L+1)
    residual_factor: Floats  # (T,) credit for a mln built, discounted
    serves: bool  # people come to it; otherwise it supplies or carries a network
    load: dict[str, Floats]  # by network, (L+1,) of one facility
    demand: Floats  # (I, T) units of demand, the most under any choice of growth
    option_settlement: Ints  # (K,)
    option_site: Ints  # (K,)
    option_minutes: Floats  # (K,)
    option_km: Floats  # (K,)
    option_way: Ints  # (K,) 0 for the fastest way of a pair, 1 for the next, ...
    need_option: Ints  # (M,) sorted; the option ...
    need_upgrade: Ints  # (M,) ... needs the upgrade
    allocation: str  # free, whole, nearest
    may_be_unserved: bool
    together: Flags  # (I,) settlements whose people all go to one site
    barred: Ints  # (K, T) the row of mergers that bars a way, -1: none
    travel_mln_per_unit_minute: float  # a unit of demand, a minute away, for a year
    transport_mln_per_unit_km: float  # a unit of demand, a kilometre away, for a year
    unserved_mln_per_unit_year: float
    aversion_per_minute: float

    @property
    def option_weight(self) -> Floats:
        """By what ways are compared: minutes, then kilometres, (K,)."""
        return self.option_minutes + KM_MINUTES * self.option_km

    @property
    def option_felt_minutes(self) -> Floats:
        """Minutes as they weigh in the objective, (K,)."""
        k = self.aversion_per_minute
        if k == 0.0:
            return self.option_minutes
        return np.expm1(np.minimum(k * self.option_minutes, MOST_FELT)) / k

    @property
    def travel_mln_per_unit(self) -> Floats:
        """Price of the way of each option, for a unit of demand and a year, (K,)."""
        minutes = self.travel_mln_per_unit_minute * self.option_felt_minutes
        return minutes + self.transport_mln_per_unit_km * self.option_km

    @property
    def num_levels(self) -> int:
        """L, without level 0."""
        return len(self.capacity) - 1


def possible_moves(d: ServiceData, periods: tuple[str, ...]) -> Ints:
    """Return moves that the rules of siting allow: rows of (site, from, to, period)."""
    size = d.num_levels + 1
    site, before, after, period = np.meshgrid(
        np.arange(len(d.sites)), np.arange(size), np.arange(size),
        np.arange(len(periods)), indexing="ij",
    )  # fmt: skip
    is_keep, is_close = before == after, (after == 0) & (before > 0)
    is_forbidden = (d.status == "forbidden")[site]
    is_opening = (before == 0) & (after > 0)
    too_early = (period < d.first_period[site]) & (d.status != "required")[site]
    ok = d.is_built[site, before] & d.is_built[site, after]
    ok &= is_keep | d.is_transition_allowed[before, after] | (is_close & is_forbidden)
    ok &= is_keep | d.may_enter[site, after]
    ok &= is_keep | is_close | ~is_forbidden
    ok &= ~(is_opening & too_early)
    ok &= (period > 0) | (d.stock[site, before] > 0)
    return np.argwhere(ok)
