r"""Counts: at least, at most or exactly so many facilities, or changes of them.

Constraints
    ``counted[count,t]``
        :math:`least \le \sum_{j\ counts} \sum_{l=from\_level}^{to\_level}
        units_{sjlt} \le most`
        of rules on facilities that run
    ``changed[count,t]``
        :math:`least \le \sum_{j\ counts} \sum_{l,l'} moves_{sjll't} \le most`
        of rules on ``openings`` (*l* = 0), ``closures`` (*l'* = 0), ``enlargements``
        (0 < *l* < *l'*), ``reductions`` (*l* > *l'* > 0), the larger of *l* and *l'*
        from ``from_level`` to ``to_level``
    ``total[count]``
        :math:`least \le \sum_t \sum_{j\ counts} \sum_{l,l'} moves_{sjll't} \le most`
        of rules on these changes whose periods count together (``is_total``)

Sites count that are in the rule's region and in a settlement that it applies to.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Flags
from aumaq.instances.selection import is_of_all, selected
from aumaq.model.algebra import Rows
from aumaq.model.context import Context
from aumaq.model.data.gathered import ModelData
from aumaq.model.family import family
from aumaq.model.table import Table, positions, stacked

BY = ("count", "period")


@family(needs=("siting",), couples=True)
def counts(c: Context) -> None:
    """Build one row for each rule and period in which it holds, or for all together."""
    rules, given = c.rules("counts")
    block, names = c.block("counts"), {**c.tables.names, "count": tuple(given["count"])}
    runs, is_total = given["what"] == "facilities", given["is_total"] > 0
    only = positions(given["period"], c.data.periods)  # -1: in all
    rule = Table({"count": np.arange(len(rules)), "only": only}, names)
    where = rule.cross(c.tables.periods)
    where = where.where((where["only"] < 0) | (where["only"] == where["period"]))
    for name, kind in (("counted", runs), ("changed", ~runs), ("total", ~runs)):
        own, by = (rule, BY[:1]) if name == "total" else (where, BY)
        kind = kind & (is_total == (name == "total"))
        own = own.where(kind[own["count"]])
        found = [_terms(c, rules[k]).plus(count=k) for k in np.flatnonzero(kind)]
        terms = stacked(found, names, (*BY, "var"))
        rows = Rows(block, name, own, by, "count:{count}").add(terms)
        least, most = (given[side][own["count"]] for side in ("least", "most"))
        low = np.where(np.isnan(least), -np.inf, least)
        rows.write(low, np.where(np.isnan(most), np.inf, most))


def _terms(c: Context, rule: Any) -> Table:
    """Return the variables that a rule counts."""
    service = c.tables.names["service"].index(rule.service)
    terms = c.units if rule.what == "facilities" else c.moves
    terms = terms.where(terms["service"] == service)
    if rule.what == "facilities":
        level = terms["level"]
    else:
        before, after = terms["before"], terms["after"]
        terms = terms.where(kind_of_move(rule.what, before, after))
        level = np.maximum(terms["before"], terms["after"])
    counts_level = level >= rule.from_level
    if rule.to_level:
        counts_level &= level <= rule.to_level
    here = sites_counted(c.data, rule)
    own = terms["site"] - c.tables.first_site[rule.service]
    return terms.where(counts_level & here[own])


def kind_of_move(what: str, before: Any, after: Any) -> Flags:
    """Return which changes of level a rule counts."""
    kinds: dict[str, Flags] = {
        "openings": (before == 0) & (after > 0),
        "closures": (before > 0) & (after == 0),
        "enlargements": (before > 0) & (after > before),
        "reductions": (after > 0) & (after < before),
    }
    return kinds[what]


def sites_counted(data: ModelData, rule: Any) -> Flags:
    """Return the sites of its service that a rule counts, (J,)."""
    if is_of_all(rule):
        return np.ones(len(data.services[rule.service].sites), dtype=bool)
    counts_there = selected(data.instance.tables, rule)
    home = data.instance.service_sites(rule.service)["settlement"]
    at = pd.Index(data.settlements).get_indexer(home)
    return np.asarray(counts_there[at] & (at >= 0))
