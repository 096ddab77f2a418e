"""What settlements are connected to today: networks, paved roads, centres, a city.

Each is the indicator's own value by settlement; the way to a city has no indicator.
"""

from __future__ import annotations

import numpy as np

from aumaq.instances import Instance
from aumaq.instances.arrays import Floats
from aumaq.results.indicators import ways
from aumaq.results.indicators.networks import connected
from aumaq.results.indicators.roads import (
    DISTRICT,
    REGION,
    minutes_to_centre,
    paved_access,
)
from aumaq.results.indicators.today import networks_of_today

CITY_PERSONS = 50_000.0
"""A settlement of so many people is a city to go to."""
UNPAVED_KM = 2.0
"""So much unpaved way is let pass where no indicator of the instance says how much: the
distance of the Rural Access Index."""


def connections(instance: Instance) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Return shares (1.0, 0.0; NaN: not known) and minutes (NaN: none), (settlements,).

    A settlement that is a centre or a city itself has 0 minutes.
    """
    state = networks_of_today(instance)
    shares = {f"{n}_share": connected(state, n)[:, 0] for n in instance.network_names}
    shares["paved_road_share"] = paved_access(state, _unpaved_km(instance))[:, 0]
    cities = np.flatnonzero(state.settlements["population"] >= CITY_PERSONS)
    minutes = {
        "minutes_to_district_centre": minutes_to_centre(state, DISTRICT)[:, 0],
        "minutes_to_region_centre": minutes_to_centre(state, REGION)[:, 0],
        "minutes_to_city": ways.to_nearest(instance, cities),
    }
    return shares, {
        name: np.where(np.isfinite(values), values, np.nan)
        for name, values in minutes.items()
    }


def _unpaved_km(instance: Instance) -> float:
    """Return the unpaved way that the instance's own indicator lets pass."""
    rows = instance.tables["indicators"]
    own = rows.loc[rows["formula"] == "share_of_settlements_paved", "unpaved_km"]
    return float(own.iloc[0]) if len(own) else UNPAVED_KM
