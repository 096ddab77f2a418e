"""Numbers of road upgrades and connections, gathered once from the instance.

Shapes: G upgrades, C connections, P ways to keep connections, T periods.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from aumaq.instances import Instance
from aumaq.instances.access.upgrades import BETWEEN
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.land.works import ROADS, of_sort
from aumaq.model.data.networks import residual_factor


@dataclass(frozen=True)
class RoadData:
    """Road upgrades and connections. Money is in mln, with the scenario's factors."""

    upgrades: tuple[str, ...]
    region: tuple[str, ...]  # (G,) that pays
    capex_mln: Floats  # (G,)
    opex_mln_per_year: Floats  # (G,)
    first_period: Ints  # (G,)
    residual_factor: Floats  # (G, T) credit for a mln built, discounted
    connections: tuple[str, ...]
    connection_first: Ints  # (C,) period from which it holds
    connection_is_hard: Flags  # (C,)
    connection_mln_per_year: Floats  # (C,) price of a year in which it does not hold
    way_connection: Ints  # (P,)
    way_needs: tuple[Ints, ...]  # (P,) upgrades


def road_data(instance: Instance) -> RoadData:
    """Gather upgrades and connections under the active scenario."""
    rows, rules = instance.tables["road_upgrades"], instance.tables["connections"]
    scenario, periods = instance.active_scenario, pd.Index(instance.period_names)
    life = rows["lifetime_years"].to_numpy(dtype=float)
    factors = [residual_factor(instance, years) for years in life]
    codes = pd.Index(rules["connection"])
    options = instance.connection_options() if len(rules) else None
    ways = [] if options is None else options["needs"].tolist()
    at = [] if options is None else codes.get_indexer(options["connection"])
    barred = of_sort(instance.forbidden_works, ROADS)
    never = [(code, "") in barred for code in instance.upgrade_names]
    first = _positions(periods, rows["first_period"])
    return RoadData(
        upgrades=instance.upgrade_names,
        region=tuple(rows["region"]),
        capex_mln=rows["capex_mln"].to_numpy(dtype=float) * scenario.capex_factor,
        opex_mln_per_year=rows["opex_mln_per_year"].to_numpy(dtype=float)
        * scenario.opex_factor,
        first_period=np.where(never, len(periods), first).astype(np.int64),
        residual_factor=np.array(factors).reshape(len(rows), len(periods)),
        connections=tuple(codes),
        connection_first=_positions(periods, rules["first_period"]),
        connection_is_hard=rules["is_hard"].to_numpy(dtype=bool),
        connection_mln_per_year=rules["shortfall_mln_per_year"].to_numpy(dtype=float),
        way_connection=np.asarray(at, dtype=np.int64),
        way_needs=tuple(needed(instance, ways)),
    )


def needed(instance: Instance, texts: Iterable[str]) -> list[Ints]:
    """Return the positions of the upgrades that each text of needs names."""
    place = {code: k for k, code in enumerate(instance.upgrade_names)}
    return [
        np.array([place[code] for code in text.split(BETWEEN) if code], dtype=np.int64)
        for text in texts
    ]


def _positions(periods: pd.Index[str], names: pd.Series[str]) -> Ints:
    return np.maximum(periods.get_indexer(names), 0).astype(np.int64)
