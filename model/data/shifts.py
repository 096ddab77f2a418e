"""Places of a second shift, beside those of the first."""

from __future__ import annotations

import numpy as np

from aumaq.instances.arrays import Floats
from aumaq.instances.rows import rows_with
from aumaq.model.data.gathered import ModelData
from aumaq.model.data.services import ServiceData


def second_room(data: ModelData, d: ServiceData) -> Floats:
    """Return what a second shift adds to the room of each level at a site, (J, L+1)."""
    share = np.zeros(d.num_levels + 1)
    for rule in rows_with(
        data.instance.tables["shifts"], "service", d.name
    ).itertuples():
        share[rule.from_level :] = rule.extra_share
    return np.asarray(d.room * share)
