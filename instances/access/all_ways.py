"""All ways to some sites of a service, however far, as roads are today.

Access options (:mod:`aumaq.instances.access.options`) end at the cut-off of the
service, which keeps plans small; a question about the longest way has none.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from aumaq.instances import derived
from aumaq.instances.access import options
from aumaq.instances.access.limits import within
from aumaq.instances.arrays import Flags, Floats, Ints

if TYPE_CHECKING:
    from aumaq.instances.instance import Instance


def ways_to(
    instance: Instance,
    service: str,
    is_allowed: Flags,
    most_minutes: float = np.inf,
    nearest: int = 0,
    who: Ints | None = None,
) -> pd.DataFrame:
    """Return i, j, minutes, length_km of ways to allowed sites, (J,), within minutes.

    So many *nearest* are there however far they are; *who*: of these settlements only,
    all ways. Nobody goes farther than the service's ``served_within_minutes``.
    """
    reach = replace(
        derived.reach_of(instance, service),
        is_allowed=is_allowed,
        cutoff_minutes=most_minutes,
        nearest_sites=nearest,
    )
    internal = instance.tables["settlements"]["internal_minutes"].to_numpy()
    if instance.uses_travel_table:
        given = derived.given_ways(instance, instance.service_sites(service))
        found = options.given_options(given, internal, reach)
        found = found if who is None else found[found["i"].isin(who)]
    else:
        places, graph = instance.settlement_places, instance.road_graph
        if who is None:
            found = options.road_options(graph, places, internal, reach)
        else:
            found = options.all_pairs(graph, places, internal, reach, who, most_minutes)
    limit = float(instance.service(service)["served_within_minutes"])
    if not np.isnan(limit):
        found = found[within(found["minutes"], limit)]
    return found.reset_index(drop=True)


def ways_that_count(
    instance: Instance, service: str, is_kept: Flags, may_open: Flags, most: int
) -> tuple[pd.DataFrame, float]:
    """Return the ways that any choice of sites may use; and where looking ended.

    From each settlement: to the nearest site that is kept, and to all that may open and
    are nearer. Where many reach none that is kept there may be more pairs than *most*:
    then only those within four times the cut-off are looked at (infinite: all of them).
    """
    cutoff = float(instance.service(service)["cutoff_minutes"])
    kept = ways_to(instance, service, is_kept, cutoff, nearest=1)
    kept = kept.drop_duplicates("i")  # sorted by minutes
    count = len(instance.settlement_ids)
    today: Floats = np.full(count, np.inf)
    today[kept["i"].to_numpy(dtype=np.int64)] = kept["minutes"].to_numpy()
    reached = np.isfinite(today)
    lost, end = np.flatnonzero(~reached), np.inf
    far = float(today[reached].max(initial=0.0))
    if len(lost) * int(may_open.sum()) > most:
        far = end = max(4.0 * cutoff, far)
        lost = lost[:0]
    near = ways_to(instance, service, may_open, far)
    near = near[~near["i"].isin(lost)]
    more = pd.concat([near, ways_to(instance, service, may_open, who=lost)])
    is_nearer = more["minutes"].to_numpy() < today[more["i"].to_numpy(dtype=np.int64)]
    found = pd.concat([kept, more[is_nearer]], ignore_index=True)
    return found.sort_values(["i", "minutes", "j"], ignore_index=True), end
