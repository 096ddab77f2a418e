r"""Building capacity: how much may change at once.

Constraints
    ``spent[building_capacity,t]``
        :math:`\sum_{s,j\ in\ region} \left(\sum_{l \ne l'} cost_{sll'}\, moves_{sjll't}
        + \sum_l renewal_{sl}\, renewed_{sjlt}\right) + relocations + mergers \le
        most\_mln_t`
    ``changed[building_capacity,t]``
        :math:`\sum_{s,j\ in\ region} \left(\sum_{l \ne l'} moves_{sjll't} +
        \sum_l renewed_{sjlt}\right) \le most\_changes_t`

Mln are undiscounted and all that is invested in services, whoever pays and whatever the
scenario does to budgets: so much builders can do. What a relocation costs instead of an
opening and a closure counts, and what a merger costs. Roads, networks, local supply and
what a growth point costs beside its facilities have builders of their own; a hire is no
work.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from aumaq.model.algebra import Rows
from aumaq.model.context import Context
from aumaq.model.family import family
from aumaq.model.table import Table, positions, stacked

BY = ("building_capacity", "period")
PLACED = ("service", "region", "period", "var")


@family(needs=("siting", "renewal"), reads=("spending", "partner money"), couples=True)
def building_capacity(c: Context) -> None:
    """Build one row for each rule and period, and for each of its two limits."""
    block, (rules, given) = c.block("building_capacity"), c.rules("building_capacity")
    codes = tuple(dict.fromkeys(given["building_capacity"]))
    names = {**c.tables.names, "building_capacity": codes}
    where = Table(
        {"building_capacity": positions(given["building_capacity"], codes),
         "period": positions(given["period"], c.data.periods)}, names,
    )  # fmt: skip
    for name, column, done in (
        ("spent", "most_mln", _spent(c)),
        ("changed", "most_changes", _changed(c)),
    ):
        found = [_covered(done, rule, where, k) for k, rule in enumerate(rules)]
        covered = stacked(found, names, (*BY, "amount", "var"))
        most = np.asarray(given[column], dtype=float)
        held = np.flatnonzero(~np.isnan(most))
        scale = np.maximum(most[held], 1.0)
        limited = where.where(held).plus(scale=scale)
        at = covered.find(limited, BY)
        rows = Rows(block, name, limited, BY, "building_capacity:{building_capacity}")
        if len(limited):
            rows.add(covered, covered["amount"] / scale[at])
        rows.write(-np.inf, most[held] / scale)


def _covered(done: Table, rule: Any, where: Table, k: int) -> Table:
    """Return what a rule covers of all that is done, for its row *k*."""
    inside = done["period"] == where["period"][k]
    for key in ("service", "region"):
        if name := getattr(rule, key):
            inside &= done[key] == where.names[key].index(name)
    return done.where(inside).plus(building_capacity=where["building_capacity"][k])


def _spent(c: Context) -> Table:
    """Return all that is invested in services, mln, whoever pays for it."""
    columns = (*PLACED, "is_operation", "mln")
    book = stacked(c.spending, c.tables.names, columns)
    is_meant = ~book["is_operation"].astype(bool) & (book["service"] >= 0)
    is_meant &= ~np.isin(book["var"], c.partnered["var"])
    book = book.where(is_meant)
    return book.plus(amount=book["mln"])


def _changed(c: Context) -> Table:
    """Return all facilities that change, or are renewed, at the start of a period."""
    moves = c.moves.where(c.moves["before"] != c.moves["after"])
    return stacked([moves, c.renewed], c.tables.names, PLACED).plus(amount=1.0)
