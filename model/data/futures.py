"""Numbers of several futures whose first periods are decided together.

Each future alone may do without levels that another one needs; models that share
decisions must know the levels that any of them needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from aumaq.instances import Instance, InstanceError, Problem
from aumaq.instances.language.texts import chained, say
from aumaq.model.data.gathered import ModelData, gather
from aumaq.model.data.levels import fitting_levels
from aumaq.model.data.services import ServiceData


def gather_alike(instances: Sequence[Instance]) -> list[ModelData]:
    """Gather the numbers of each future, with the levels that any of them needs.

    Raises InstanceError where their periods or today's facilities differ: then they
    cannot have a first period in common.
    """
    found = [gather(instance) for instance in instances]
    problems = [
        problem
        for data, instance in zip(found[1:], instances[1:], strict=True)
        for problem in _differences(found[0], data, instances[0], instance)
    ]
    if problems:
        raise InstanceError(problems)
    needed: dict[str, set[tuple[str, int]]] = {}
    for data in found:
        for name, d in data.services.items():
            j, level = np.nonzero(d.is_built)
            sites = np.array(d.sites, dtype=object)[j]
            pairs = zip(sites.tolist(), level.tolist(), strict=True)
            needed.setdefault(name, set()).update(pairs)
    places: dict[tuple[str, str], int] = {}
    for data in found:
        for name, d in data.services.items():
            for site, count in zip(d.sites, d.places.tolist(), strict=True):
                places[name, site] = max(count, places.get((name, site), 0))
    return [
        replace(
            data,
            services={
                name: _with_places(_with_levels(d, needed[name]), places)
                for name, d in data.services.items()
            },
        )
        for data in found
    ]


def _with_levels(d: ServiceData, needed: set[tuple[str, int]]) -> ServiceData:
    """Return the service with the needed levels (of sites that it has) as well."""
    asked = np.array(
        [[(site, level) in needed for level in range(d.num_levels + 1)]
         for site in d.sites],
        dtype=bool,
    ).reshape(d.is_built.shape)  # fmt: skip
    return replace(d, is_built=d.is_built | (asked & fitting_levels(d)))


def _with_places(d: ServiceData, most: dict[tuple[str, str], int]) -> ServiceData:
    """Return the service with as many places at its sites as any future has use for."""
    asked = np.array([most[d.name, site] for site in d.sites], dtype=np.int64)
    places, stock = np.minimum(asked, d.max_units), d.stock.copy()
    stock[:, 0] = places - stock[:, 1:].sum(axis=1)
    return replace(d, places=places, stock=stock)


def _differences(
    one: ModelData, other: ModelData, first: Instance, instance: Instance
) -> list[Problem]:
    """Return what keeps two futures from having a first period in common."""
    names = chained([repr(first.scenario), repr(instance.scenario)], say(" and "))
    if one.periods != other.periods or not np.array_equal(one.years, other.years):
        return [
            Problem(
                "periods", say("futures {names} have different periods", names=names)
            )
        ]
    a, b = _stock(one), _stock(other)
    places = a.index.union(b.index)
    differs = a.reindex(places, fill_value=0) != b.reindex(places, fill_value=0)
    return [
        Problem(
            "facilities",
            say(
                "futures {names} start from different facilities of {service}"
                " at {site}, level {level}: no first period can be common to"
                " them",
                names=names,
                service=service,
                site=site,
                level=level,
            ),
        )
        for service, site, level in places[differs.to_numpy()]
    ]


def _stock(data: ModelData) -> pd.Series[int]:
    """Return facilities of today by service, site and level."""
    found: dict[tuple[str, str, int], int] = {}
    for name, d in data.services.items():
        j, level = np.nonzero(d.stock[:, 1:])
        for a, b in zip(j.tolist(), (level + 1).tolist(), strict=True):
            found[name, d.sites[a], b] = int(d.stock[a, b])
    index = pd.MultiIndex.from_tuples(list(found), names=["service", "site", "level"])
    return pd.Series(list(found.values()), index=index, dtype="int64")
