"""Provision of today with each service, against its norm and its standard of access."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from aumaq.instances import Instance
from aumaq.instances.access.limits import within
from aumaq.instances.access.options import to_unit_sphere
from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.people.demand import members_today
from aumaq.instances.scipy_parts import nearest
from aumaq.results.analysis.units import Units, ratio
from aumaq.results.indicators import ways
from aumaq.results.indicators.services import strictest_minutes


@dataclass(frozen=True)
class ServiceToday:
    """One service seen from the settlements (arrays (I,)).

    ``minutes`` to the nearest facility (inf: none can be reached, NaN: not known);
    ``limit`` is the strictest standard that counts the settlement (NaN: none does).
    """

    service: str
    demand_per_person: float
    norm_per_1000: float
    members: Floats
    places: Floats
    minutes: Floats
    limit: Floats

    @property
    def is_within(self) -> Floats:
        """1.0 within the standard, 0.0 beyond it, NaN where none applies."""
        known = np.isfinite(self.limit) & ~np.isnan(self.minutes)
        return np.where(known, within(self.minutes, self.limit).astype(float), np.nan)


def services_today(instance: Instance) -> list[ServiceToday]:
    """Return the services to which people come, as they are today."""
    found = []
    for name in instance.service_names:
        if not instance.serves(name):
            continue
        row, sites = instance.service(name), instance.service_sites(name)
        stock = _stock(instance, name)
        standing = sites[sites["site"].isin(stock.index)]
        found.append(
            ServiceToday(
                name,
                float(row["demand_per_person"]),
                float(row["norm_per_1000"]),
                members_today(instance.tables, str(row["group"])),
                _places(instance, standing, stock),
                ways.to_facilities(instance, name, standing),
                strictest_minutes(instance, name),
            )
        )
    return found


def provision(service: ServiceToday, units: Units) -> pd.DataFrame:
    """Return the provision of each unit with one service, a row a unit.

    ``required_places`` are those of the norm, or the demand where there is no norm;
    ``deficit_places`` what is missing in the unit as a whole, so that a free place in
    one settlement makes up for a missing one in another. Members are those of the
    service's group, minutes those to the nearest facility, full or not: indicators
    count inhabitants and those who are served (``places_per_1000``, ``mean_minutes``).
    """
    members, places = units.total(service.members), units.total(service.places)
    demand = members * service.demand_per_person
    norm = service.norm_per_1000
    required = demand if np.isnan(norm) else members * norm / 1000.0
    within, far = service.is_within, (1.0 - service.is_within) * service.members
    return pd.DataFrame(
        {
            "service": service.service,
            "members_persons": members,
            "demand_units": demand,
            "places": places,
            "places_per_1000_members": ratio(places * 1000.0, members),
            "norm_per_1000": norm,
            "required_places": required,
            "deficit_places": np.maximum(required - places, 0.0),
            "within_standard_share": units.mean(within, service.members),
            "beyond_standard_persons": units.total(far),
            "nearest_minutes": units.mean(service.minutes, service.members),
        }
    )


def _stock(instance: Instance, service: str) -> pd.Series[float]:
    """Return the capacity that stands at each site, by its code."""
    rows, levels = instance.tables["facilities"], instance.levels(service)
    rows = rows[rows["service"] == service]
    size = dict(zip(levels["level"], levels["capacity"], strict=True))
    capacity = rows["level"].map(size).astype(float) * rows["units"]
    return capacity.groupby(rows["site"]).sum()


def _places(
    instance: Instance, standing: pd.DataFrame, stock: pd.Series[float]
) -> Floats:
    """Return capacity by settlement; a site apart counts for the nearest one."""
    settlements = instance.tables["settlements"]
    home: Ints = pd.Index(settlements["settlement"]).get_indexer(standing["settlement"])
    apart = home < 0
    if apart.any():
        where = [standing.loc[apart, c].to_numpy(dtype=float) for c in ("lat", "lon")]
        points = [settlements[c].to_numpy(dtype=float) for c in ("lat", "lon")]
        home = home.copy()
        home[apart] = nearest(to_unit_sphere(*where), to_unit_sphere(*points))[1]
    capacity = stock.reindex(standing["site"]).to_numpy(dtype=float)
    places = np.bincount(home, capacity, minlength=len(settlements))
    return places.astype(np.float64)
