"""Formulas on services: capacity, who is served, how far people go."""

from __future__ import annotations

import numpy as np
import pandas as pd

from aumaq.instances import Instance
from aumaq.instances.access.limits import within
from aumaq.instances.arrays import Floats
from aumaq.instances.checks.check import applies_to
from aumaq.instances.selection import selected
from aumaq.results.indicators.registry import formula
from aumaq.results.indicators.state import Indicator, Measure, State


@formula
def places_per_1000(state: State, indicator: Indicator) -> Measure:
    """Return capacity that runs in settlements per 1,000 of their inhabitants."""
    people = state.people * state.counts(indicator.applies_to)
    return Measure(1000.0 * _capacity(state, indicator), state.by_settlement(people))


@formula
def capacity_to_demand(state: State, indicator: Indicator) -> Measure:
    """Return capacity that runs in settlements in relation to their demand."""
    return Measure(_capacity(state, indicator), _demand(state, indicator))


def _capacity(state: State, indicator: Indicator) -> Floats:
    """Return capacity by region; a site of no settlement counts in the whole only."""
    rows = state.rows("facilities", indicator.service)
    if indicator.applies_to != "all":
        chosen = state.ids[applies_to(state.settlements, indicator.applies_to)]
        rows = rows[rows["settlement"].isin(chosen)]
    return state.by_rows(rows, rows["capacity"])


def _demand(state: State, indicator: Indicator) -> Floats:
    demand = state.demand(indicator.service) * state.counts(indicator.applies_to)
    return state.by_settlement(demand)


def _served(state: State, indicator: Indicator, limit: float, weight: str) -> Floats:
    """Return demand served within a limit times a column (empty: 1), by region."""
    rows = state.ways
    rows = rows[(rows["service"] == indicator.service) & within(rows["minutes"], limit)]
    amount = rows["demand"].to_numpy()
    if weight:
        amount = amount * rows[weight].to_numpy()
    who = state.counts(indicator.applies_to)
    return state.by_settlement(state.grid(rows, amount) * who)


@formula
def share_served(state: State, indicator: Indicator) -> Measure:
    """Return the share of demand that is served."""
    # By what is not served: where that is nothing the share is 1, not nearly so.
    rows = state.tables["unserved"]
    rows = rows[rows["service"] == indicator.service]
    lost = state.grid(rows, rows["demand"]) * state.counts(indicator.applies_to)
    demand = _demand(state, indicator)
    return Measure(demand - state.by_settlement(lost), demand)


@formula
def share_within_minutes(state: State, indicator: Indicator) -> Measure:
    """Return the share of demand that is served within a time."""
    served = _served(state, indicator, indicator.minutes, "")
    return Measure(served, _demand(state, indicator))


@formula
def mean_minutes(state: State, indicator: Indicator) -> Measure:
    """Return mean minutes of those served."""
    return Measure(
        _served(state, indicator, np.inf, "minutes"),
        _served(state, indicator, np.inf, ""),
    )


@formula
def share_of_settlements_with_facility(state: State, indicator: Indicator) -> Measure:
    """Return the share of settlements in which a facility of the service runs."""
    rows = state.tables["facilities"]
    rows = rows[rows["service"] == indicator.service]
    who = state.counts(indicator.applies_to)
    runs = state.grid(rows, rows["units"]) > 0
    return Measure(state.by_settlement(runs * who), state.by_settlement(who))


@formula
def travel_km_per_person(state: State, indicator: Indicator) -> Measure:
    """Return km of one-way trips to services in a year, per inhabitant."""
    services = state.world["services"]
    trips = services["trips_per_year"] * (1.0 + services["companions_per_trip"])
    return _per_inhabitant(state, indicator, trips)


@formula
def transport_mln_per_1000(state: State, indicator: Indicator) -> Measure:
    """Return mln that transport to services costs in a year, per 1,000 inhabitants."""
    services = state.world["services"]
    trips = services["trips_per_year"] * (1.0 + services["companions_per_trip"])
    factor = state.instance.active_scenario.opex_factor / 1e6
    price = trips * services["transport_cost_per_km"] * factor
    return _per_inhabitant(state, indicator, 1000.0 * price)


def _per_inhabitant(
    state: State, indicator: Indicator, per_km: pd.Series[float]
) -> Measure:
    """Return what a year's kilometres of those served come to, per inhabitant.

    *per_km*: what a kilometre of a unit of demand counts for, a row a service.
    """
    rows = state.ways
    if indicator.service:
        rows = rows[rows["service"] == indicator.service]
    weight = per_km.set_axis(state.world["services"]["service"])
    # Where nobody goes anywhere the services are no numbers until they are told to be.
    per_unit = rows["service"].map(weight).astype(float)
    amount = rows["demand"] * rows["length_km"] * per_unit
    who = state.counts(indicator.applies_to)
    return Measure(
        state.by_settlement(state.grid(rows, amount) * who),
        state.by_settlement(state.people * who),
    )


def strictest_minutes(instance: Instance, service: str) -> Floats:
    """Return the least minutes of the standards that count each settlement, (S,).

    NaN where none does: a standard for towns says nothing of villages.
    """
    settlements = instance.tables["settlements"]
    rules = instance.tables["standards"]
    limit = np.full(len(settlements), np.nan)
    for rule in rules[rules["service"] == service].itertuples():
        strict = np.fmin(limit, float(rule.minutes))
        limit = np.where(selected(instance.tables, rule), strict, limit)
    return limit
