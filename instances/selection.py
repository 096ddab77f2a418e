"""Which settlements a rule counts: by kind, by region, by the planner's own tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Flags
from aumaq.instances.checks.check import applies_to

Tables = Mapping[str, pd.DataFrame]


def selected(tables: Tables, rule: Any) -> Flags:
    """Return which settlements a row of a table of rules counts.

    *rule* has ``applies_to``, ``region`` and ``tag``; an empty one asks for nothing.
    """
    settlements = tables["settlements"]
    found = np.array(applies_to(settlements, rule.applies_to))
    if rule.region:
        found &= (settlements["region"] == rule.region).to_numpy()
    if rule.tag:
        tags = tables["settlement_tags"]
        own = tags["settlement"][tags["tag"] == rule.tag]
        found &= settlements["settlement"].isin(own).to_numpy()
    return found


def is_of_all(rule: Any) -> bool:
    """Return whether a rule counts all settlements."""
    return rule.applies_to == "all" and not rule.region and not rule.tag


def visited_places(tables: Tables, mobile: Any) -> Flags:
    """Return which settlements a row of ``mobile_services`` is for."""
    found = selected(tables, mobile)
    if not np.isnan(mobile.population_most):
        found &= (
            tables["settlements"]["population"] <= mobile.population_most
        ).to_numpy()
    return found
