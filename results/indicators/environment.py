"""Formulas on the load on the environment.

Rates are those of the instance: facilities by level, a unit that they supply to a
network, a unit of local supply. The data holds no rate for travel.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Floats
from aumaq.results.indicators.registry import formula
from aumaq.results.indicators.state import Indicator, Measure, State


@formula
def emissions_t(state: State, _: Indicator) -> Measure:
    """Return emissions of a year, t of CO2 equivalent."""
    return Measure(_emissions(state))


@formula
def emissions_t_per_1000(state: State, _: Indicator) -> Measure:
    """Return emissions of a year per 1,000 inhabitants."""
    return Measure(1000.0 * _emissions(state), state.by_settlement(state.people))


def _emissions(state: State) -> Floats:
    levels = state.world["levels"].set_index(["service", "level"])
    running = state.rows("facilities")
    rate = _rates(levels["emissions_t_per_year"], running)
    total = state.by_rows(running, running["units"] * rate)
    sources = state.tables["sources"]
    sites = state.world["sites"].set_index(["service", "site"])["settlement"]
    homes = sources.join(sites, on=["service", "site"])
    region = state.settlements.set_index("settlement")["region"]
    sources = sources.assign(region=homes["settlement"].map(region).fillna(""))
    rate = _rates(levels["supply_emissions_t_per_unit_year"], sources)
    total += state.by_rows(sources, sources["supply"] * rate)
    local = state.rows("local_supply")
    return np.asarray(total + state.by_rows(local, local["supply"] * _local(state)))


def _rates(rates: pd.Series[float], rows: pd.DataFrame) -> Floats:
    keys = pd.MultiIndex.from_frame(rows[["service", "level"]])
    return rates.reindex(keys).to_numpy(dtype=float)


def _local(state: State) -> Floats:
    """Return the rate of each row of local supply: its settlement's, or anybody's."""
    rules = state.world["local_supplies"]
    rates = rules.set_index(["network", "option", "settlement"])
    rate = rates["emissions_t_per_unit_year"]
    rows = state.tables["local_supply"][["network", "option", "settlement"]]
    own = rate.reindex(pd.MultiIndex.from_frame(rows)).to_numpy(dtype=float)
    anybody = pd.MultiIndex.from_frame(rows.assign(settlement=""))
    return np.where(np.isnan(own), rate.reindex(anybody).to_numpy(dtype=float), own)
