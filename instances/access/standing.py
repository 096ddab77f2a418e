"""Today's facility of each settlement: the nearest that stands, on today's roads."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from aumaq.instances import derived
from aumaq.instances.access.limits import loosened, within
from aumaq.instances.access.options import Reach, all_pairs, given_options
from aumaq.instances.rows import rows_with

if TYPE_CHECKING:
    from aumaq.instances.instance import Instance


def todays_facilities(instance: Instance, service: str) -> pd.DataFrame:
    """Return (i, j, minutes): each settlement with its facility of today.

    That is the nearest site where something stands, forbidden ones too, by the limits
    of the service as if there were no other sites; each, if several are equally near.
    A settlement without one within these limits has no row. *i* is the row in
    ``settlements``, *j* the row in ``Instance.service_sites``; minutes one way.
    """
    sites, row = instance.service_sites(service), instance.service(service)
    stock = rows_with(instance.tables["facilities"], "service", service)
    stands = np.asarray(sites["site"].isin(stock["site"]), dtype=bool)
    # However far: all are looked at, for several may be the nearest.
    count = len(sites) if row["nearest_sites"] > 0 else 0
    reach = derived.reach_of(instance, service)
    reach = replace(reach, is_allowed=stands, nearest_sites=count)
    pairs = _ways(instance, sites, reach)
    limit = float(row["served_within_minutes"])
    if not np.isnan(limit):
        pairs = pairs[within(pairs["minutes"], limit)]
    least = pairs.groupby("i")["minutes"].transform("min")
    near = pairs[within(pairs["minutes"], least)].sort_values(["i", "j"])
    return near[["i", "j", "minutes"]].reset_index(drop=True)


def _ways(instance: Instance, sites: pd.DataFrame, reach: Reach) -> pd.DataFrame:
    """Return ways within the cut-off; of a place without any, all, if any count."""
    internal = instance.tables["settlements"]["internal_minutes"].to_numpy()
    if instance.uses_travel_table:
        return given_options(derived.given_ways(instance, sites), internal, reach)
    own = instance.road_graph, instance.settlement_places, internal, reach
    everyone = np.arange(len(internal))
    near = all_pairs(*own, everyone, loosened(reach.cutoff_minutes))
    near = near[within(near["minutes"], reach.cutoff_minutes)]
    alone = np.setdiff1d(everyone, near["i"])
    if not reach.nearest_sites or not len(alone):
        return near
    return pd.concat([near, all_pairs(*own, alone, np.inf)], ignore_index=True)
