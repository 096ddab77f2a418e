"""The numbers of all services as tables: what variables and rows are made of.

Sites count on from service to service, so that each has one position.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from aumaq.model.data.gathered import ModelData
from aumaq.model.data.growth import Effect
from aumaq.model.data.services import ServiceData
from aumaq.model.table import Column, Names, Table, positions, stacked, where_true


@dataclass(frozen=True)
class Tables:
    """Tables of an instance: positions in its names, and numbers."""

    names: Names
    periods: Table
    """period; df, ann, years as in ``ModelData``."""
    services: Table
    """A row for each service; serves, allocation, prices."""
    sites: Table
    """service, site; status, first_period, places, region."""
    facilities: Table
    """service, site, level (0: an empty place) that may stand, and what it is."""
    options: Table
    """service, settlement, site, way; option is its place in ``ServiceData``."""
    needs: Table
    """service, option, upgrade: what a way needs."""
    demand: Table
    """service, settlement, period where there may be any; base, most (``Effect``)."""
    due: Table
    """service, site, level, period; facilities due for renewal by then, and prices."""
    first_site: dict[str, int]
    """By service, the position of its first site."""


def tables_of(data: ModelData) -> Tables:
    """Return the numbers of all services as tables."""
    services = list(data.services.values())
    first = np.cumsum([0, *(len(d.sites) for d in services)]).tolist()
    names: Names = {
        "service": tuple(data.services),
        "site": tuple(site for d in services for site in d.sites),
        "settlement": data.settlements,
        "period": data.periods,
        "region": data.regions,
        "sector": data.sectors,
        "upgrade": data.roads.upgrades,
        "tier": tuple(dict.fromkeys(data.growth.tier)),
    }

    def regions(codes: Sequence[str]) -> Column:
        return positions(codes, names["region"])

    def of_all(table: Callable[[ServiceData], Table]) -> Table:
        found = []
        for s, d in enumerate(services):
            rows = table(d)
            if "site" in rows.columns:
                rows = rows.plus(site=rows["site"] + first[s])
            found.append(rows.plus(service=s))
        return stacked(found, names)

    periods = {"df": data.df, "ann": data.ann, "years": data.years}
    return Tables(
        names,
        Table({"period": np.arange(len(data.periods)), **periods}, names),
        of_all(_service),
        of_all(lambda d: _sites(d, regions(d.site_region))),
        of_all(lambda d: _facilities(d, regions(d.site_region))),
        of_all(_options),
        of_all(
            lambda d: Table({"option": d.need_option, "upgrade": d.need_upgrade}, {})
        ),
        of_all(lambda d: amounts(data.growth.demand[d.name], "settlement", above=0.0)),
        of_all(lambda d: _due(d, regions(d.site_region))),
        dict(zip(data.services, first, strict=False)),
    )


def amounts(effect: Effect, place: str, *, above: float = -np.inf) -> Table:
    """Return base and most at each place and period where most is above a number."""
    rows = where_true(effect.most > above, (place, "period"), {})
    at = rows[place], rows["period"]
    return rows.plus(base=effect.base[at], most=effect.most[at])


def _service(d: ServiceData) -> Table:
    columns = {
        "serves": d.serves,
        "allocation": d.allocation,
        "may_be_unserved": d.may_be_unserved,
        "travel_mln_per_unit_minute": d.travel_mln_per_unit_minute,
        "transport_mln_per_unit_km": d.transport_mln_per_unit_km,
        "unserved_mln_per_unit_year": d.unserved_mln_per_unit_year,
    }
    return Table({key: [value] for key, value in columns.items()}, {})


def _sites(d: ServiceData, region: Column) -> Table:
    columns = {
        "site": np.arange(len(d.sites)),
        "status": d.status,
        "first_period": d.first_period,
        "places": d.places,
        "region": region,
    }
    return Table(columns, {})


def _facilities(d: ServiceData, region: Column) -> Table:
    rows = where_true(d.is_built, ("site", "level"), {})
    site, level = rows["site"], rows["level"]
    return rows.plus(
        places=d.places[site],
        region=region[site],
        stock=d.stock[site, level],
        locked=d.locked[site, level],
        capacity=d.capacity[level],
        usable=d.usable[level],
        room=d.room[site, level],
        least=d.least[site, level],
        most_room=d.room[site].max(axis=1, initial=0.0),
        most_least=d.least[site].max(axis=1, initial=0.0),
        opex_mln_per_year=d.opex_mln_per_year[level],
        serves=d.serves,
    )


def _options(d: ServiceData) -> Table:
    columns = {
        "option": np.arange(len(d.option_site)),
        "settlement": d.option_settlement,
        "site": d.option_site,
        "way": d.option_way,
        "minutes": d.option_minutes,
        "felt": d.option_felt_minutes,
        "km": d.option_km,
    }
    return Table(columns, {})


def _due(d: ServiceData, region: Column) -> Table:
    is_ever = np.broadcast_to((d.due.sum(axis=2) > 0)[:, :, None], d.due.shape)
    rows = where_true(is_ever, ("site", "level", "period"), {})
    site, level, period = rows["site"], rows["level"], rows["period"]
    return rows.plus(
        region=region[site],
        due=d.due.cumsum(axis=2)[site, level, period],
        renewal_mln=d.renewal_mln[level],
        credit_mln=d.residual_factor[period],
    )
