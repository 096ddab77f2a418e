r"""Building capacity: how much may change at once.

Constraints
    ``spent[building_capacity,t]``
        :math:`\sum_{s,j\ in\ region} \left(\sum_{l \ne l'} cost_{sll'}\, moves_{sjll't}
        + \sum_l renewal_{sl}\, renewed_{sjlt}\right) \le most\_mln_t`
    ``changed[building_capacity,t]``
        :math:`\sum_{s,j\ in\ region} \left(\sum_{l \ne l'} moves_{sjll't} +
        \sum_l renewed_{sjlt}\right) \le most\_changes_t`

Mln are undiscounted, as in a budget, but of facilities alone and whatever the scenario
does to budgets: so much builders can do. What comes of facilities beside that (roads,
networks) has builders of its own.
"""

from __future__ import annotations

import numpy as np

from aumaq.model.algebra import Rows
from aumaq.model.context import Context
from aumaq.model.family import family
from aumaq.model.table import Table, positions, stacked

BY = ("building_capacity", "period")


@family(needs=("siting", "renewal", "relocations"), couples=True)
def building_capacity(c: Context) -> None:
    """Build one row for each rule and period, and for each of its two limits."""
    block, (rules, given) = c.block("building_capacity"), c.rules("building_capacity")
    codes = tuple(dict.fromkeys(given["building_capacity"]))
    names = {**c.tables.names, "building_capacity": codes}
    where = Table(
        {"building_capacity": positions(given["building_capacity"], codes),
         "period": positions(given["period"], c.data.periods)}, names,
    )  # fmt: skip
    done, found = _done(c), []
    for k, rule in enumerate(rules):
        inside = done["period"] == where["period"][k]
        for key in ("service", "region"):
            if name := getattr(rule, key):
                inside &= done[key] == names[key].index(name)
        own = done.where(inside)
        found.append(own.plus(building_capacity=where["building_capacity"][k]))
    covered = stacked(found, names, (*BY, "mln", "number", "var"))
    for name, column, size in (
        ("spent", "most_mln", covered["mln"]),
        ("changed", "most_changes", covered["number"]),
    ):
        most = np.asarray(given[column], dtype=float)
        held = np.flatnonzero(~np.isnan(most))
        limited, scale = where.where(held), np.maximum(most[held], 1.0)
        at = covered.find(limited, BY)
        rows = Rows(block, name, limited, BY, "building_capacity:{building_capacity}")
        if len(limited):
            rows.add(covered, size / scale[at])
        rows.write(-np.inf, most[held] / scale)


def _done(c: Context) -> Table:
    """Return all that changes at the start of a period, and its mln."""
    moves = c.moves.where(c.moves["before"] != c.moves["after"])
    moves = moves.plus(mln=moves["price_mln"])
    renewed = c.renewed.plus(mln=c.renewed["renewal_mln"])
    found = [x.plus(number=1.0) for x in (moves, renewed)]
    columns = ("service", "region", "period", "mln", "number", "var")
    return stacked([*found, c.replaced.plus(number=0.0)], c.tables.names, columns)
