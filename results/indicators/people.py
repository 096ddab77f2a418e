"""Formulas on people: how many, and where they live."""

from __future__ import annotations

from aumaq.results.indicators.registry import formula
from aumaq.results.indicators.state import Indicator, Measure, State


@formula
def population(state: State, indicator: Indicator) -> Measure:
    """Return inhabitants."""
    return Measure(
        state.by_settlement(state.people * state.counts(indicator.applies_to))
    )


@formula
def share_urban(state: State, _: Indicator) -> Measure:
    """Return the share of inhabitants that live in cities and towns."""
    return _share_of_people(state, "urban")


@formula
def share_in_growth_points(state: State, _: Indicator) -> Measure:
    """Return the share of inhabitants that live in growth points."""
    return _share_of_people(state, "growth_point")


def _share_of_people(state: State, who: str) -> Measure:
    return Measure(
        state.by_settlement(state.people * state.counts(who)),
        state.by_settlement(state.people),
    )
