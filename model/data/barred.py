"""Ways that mergers bar: people of the two facilities go to the one that is left."""

from __future__ import annotations

from typing import Any

import numpy as np

from aumaq.instances import Instance
from aumaq.instances.access.standing import todays_facilities
from aumaq.instances.arrays import Flags, Ints
from aumaq.model.table import positions


def barred_ways(instance: Instance, service: str, i: Ints, j: Ints) -> Ints:
    """Return the row of ``mergers`` that bars a way in a period, -1: none, (K, T).

    Way *k* leads from settlement ``i[k]`` to site ``j[k]``.
    """
    periods, table = instance.period_names, instance.tables["mergers"]
    found = np.full((len(i), len(periods)), -1)
    if service not in set(table["service"]):
        return found
    for number, rule in enumerate(table.itertuples()):
        if rule.service == service:
            first = max(0, int(positions([rule.first_period], periods)[0]))
            found[past_the_pair(instance, rule, i, j), first:] = number
    return found


def past_the_pair(instance: Instance, rule: Any, i: Ints, j: Ints) -> Flags:
    """Return which ways lead elsewhere, of people whose sites of today are of a pair.

    *rule* names service, site, other_site; shapes as in :func:`barred_ways`.
    """
    today = todays_facilities(instance, rule.service)
    sites = instance.service_sites(rule.service)["site"]
    pair = positions((rule.site, rule.other_site), list(sites))
    is_own = today["j"].isin(pair)
    own = np.setdiff1d(today["i"][is_own], today["i"][~is_own])
    return np.asarray(np.isin(i, own) & ~np.isin(j, pair), dtype=bool)
