"""Ways that mergers bar: people of the two facilities go to the one that is left."""

from __future__ import annotations

import numpy as np

from aumaq.instances import Instance
from aumaq.instances.access.standing import todays_facilities
from aumaq.instances.arrays import Ints
from aumaq.model.table import positions


def barred_ways(instance: Instance, service: str, i: Ints, j: Ints) -> Ints:
    """Return the row of ``mergers`` that bars a way in a period, -1: none, (K, T).

    Way *k* leads from settlement ``i[k]`` to site ``j[k]``.
    """
    periods, table = instance.period_names, instance.tables["mergers"]
    found = np.full((len(i), len(periods)), -1)
    if service not in set(table["service"]):
        return found
    sites = instance.service_sites(service)["site"]
    today = todays_facilities(instance, service)
    for number, rule in enumerate(table.itertuples()):
        if rule.service != service:
            continue
        pair = positions((rule.site, rule.other_site), list(sites))
        is_own = today["j"].isin(pair)
        own = np.setdiff1d(today["i"][is_own], today["i"][~is_own])
        first = max(0, int(positions([rule.first_period], periods)[0]))
        found[np.isin(i, own) & ~np.isin(j, pair), first:] = number
    return found
