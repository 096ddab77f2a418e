"""Sites that nobody listed: one of each service in each settlement.

There is room for what stands, and for what the place's own people need beside it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Floats
from aumaq.instances.raw_cells import column, numbers

SERVES = ("", "serve", "nan", "none")
"""How a blank or given role of a service may stand in raw cells."""
GROWTH = 1.2
"""So many times the people of today have room: a planning reserve (assumption)."""
MOST_UNITS = 10_000


def made_sites(raw: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return a site of each service in each settlement, called as the settlement."""
    roles = column(raw, "services", "role").str.lower()
    services = column(raw, "services", "service")[roles.isin(SERVES)]
    places = column(raw, "settlements", "settlement")
    known = pd.Series(numbers(raw, "settlements", "population", 0.0), places)
    people = known[(places != "").to_numpy()].groupby(level=0, sort=False).max()
    parts = [
        _sites_of(raw, service, people) for service in services[services != ""].unique()
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _sites_of(
    raw: Mapping[str, pd.DataFrame], service: str, people: pd.Series[float]
) -> pd.DataFrame:
    units, places_held = _stock(raw, service, people.index)
    size = _largest(raw, service, people.to_numpy())
    need = people.to_numpy() * _demand_share(raw, service) * GROWTH - places_held
    more = np.ceil(np.divide(need, size, out=np.zeros_like(need), where=size > 0.0))
    return pd.DataFrame(
        {
            "site": people.index,
            "service": service,
            "settlement": people.index,
            "status": np.where(units > 0.0, "existing", "candidate"),
            "max_units": np.clip(units + np.maximum(more, 0.0), 1.0, MOST_UNITS),
        }
    )


def _stock(
    raw: Mapping[str, pd.DataFrame], service: str, sites: pd.Index
) -> tuple[Floats, Floats]:
    """Return how many facilities stand at each site, and the places that they have."""
    size = _sizes(raw, service)["capacity"]
    level = pd.Series(numbers(raw, "facilities", "level", 0.0))
    units = numbers(raw, "facilities", "units", 1.0)
    is_own = (column(raw, "facilities", "service") == service).to_numpy()
    stands = pd.DataFrame(
        {
            "site": column(raw, "facilities", "site").to_numpy(),
            "units": units,
            "held": units * level.map(size).fillna(0.0).to_numpy(),
        }
    )[is_own]
    found = stands.groupby("site")[["units", "held"]].sum().reindex(sites).fillna(0.0)
    return found["units"].to_numpy(), found["held"].to_numpy()


def _sizes(raw: Mapping[str, pd.DataFrame], service: str) -> pd.DataFrame:
    """Return capacity and smallest place of the levels of a service, by level."""
    is_own = (column(raw, "levels", "service") == service).to_numpy()
    names = ("level", "capacity", "min_population")
    levels = pd.DataFrame({name: numbers(raw, "levels", name, 0.0) for name in names})
    return levels[is_own].drop_duplicates("level").set_index("level")


def _largest(raw: Mapping[str, pd.DataFrame], service: str, people: Floats) -> Floats:
    """Return the capacity of the largest level that each place is large enough for."""
    levels = _sizes(raw, service)
    fits = people[:, None] >= levels["min_population"].to_numpy()[None, :]
    return np.where(fits, levels["capacity"].to_numpy(), 0.0).max(axis=1, initial=0.0)


def _demand_share(raw: Mapping[str, pd.DataFrame], service: str) -> float:
    """Return places that a facility must have for each inhabitant, at most."""
    row = int((column(raw, "services", "service") == service).to_numpy().argmax())
    one = {
        name: numbers(raw, "services", name, 1.0)[row]
        for name in ("demand_per_person", "max_use_share")
    }
    is_group = column(raw, "groups", "group") == column(raw, "services", "group")[row]
    shares = [
        numbers(raw, "groups", name, 1.0)[is_group.to_numpy()]
        for name in ("share_urban", "share_rural")
    ]
    share = np.concatenate(shares).max(initial=0.0) if is_group.any() else 1.0
    return float(share * one["demand_per_person"] / (one["max_use_share"] or 1.0))
