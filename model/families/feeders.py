r"""Feeders: who goes to one site of a service goes on to one site of another.

Variables
    ``follows[feeder,j,k,t]``
        binary: 1 if *k*, of the other service *s'*, is the follow-on of *j*; only where
        it is not given
    ``onward[feeder,i,j,k,t]``
        0 to 1: of *i*, the share that goes to *j* and may go on to *k*
    ``free[feeder,i,k,t]``
        0 to 1: of *i*, the share that goes to *k* and comes from no site

Constraints
    ``single[feeder,j,t]``
        :math:`\sum_k follows_{feeder,jkt} \le 1`
    ``follow[feeder,i,j,k,t]``
        :math:`onward_{feeder,ijkt} \le follows_{feeder,jkt}`
        where the follow-on is not given
    ``leave[feeder,i,j,t]``
        :math:`\sum_k onward_{feeder,ijkt} \le \sum_{o,l} share_{sijolt}`
    ``arrive[feeder,i,k,t]``
        :math:`\sum_{o,l} share_{s'ikolt} \le \sum_j onward_{feeder,ijkt} +
        free_{feeder,ikt}`
        where there is demand of both services
    ``others[feeder,i,t]``
        :math:`\sum_k free_{feeder,ikt} \le unserved_{sit} + \sum_{j\ free} \sum_{o,l}
        share_{sijolt}`
        *j* free: sites for which no follow-on is given, nor is one to be chosen

There are rows from ``first_period`` on. With whole numbers of ``follows`` this says:
:math:`\sum_k \max(0, \sum_{o,l} share_{s'ikolt} - \sum_{j \to k} \sum_{o,l}
share_{sijolt})` is no more than who is free.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from aumaq.model.algebra import Block, Rows, variable
from aumaq.model.context import Context
from aumaq.model.family import family
from aumaq.model.table import Table, positions, stacked

RULE = "feeder:{feeder}"
FOLLOW_ON = ("feeder", "site", "to_site", "period")
ONWARD = ("feeder", "settlement", "site", "to_site", "period")
HOME = ("feeder", "settlement", "period")
FROM = ("feeder", "settlement", "site", "period")
TO = ("feeder", "settlement", "to_site", "period")


@dataclass(frozen=True)
class _Flows:
    """Shares of the service of each pattern, and of the other one; who is unserved.

    Each with the pattern; ``given`` of a site is its follow-on, -1: to be chosen, -2:
    who goes there is free.
    """

    leaving: Table
    arriving: Table
    nobody: Table


@family(needs=("allocation",), reads=("demand",), couples=True)
def feeders(c: Context) -> None:
    """Build the follow-ons, who goes on, and their rows."""
    block, flows = c.block("feeders"), _flows(c)
    bound = flows.leaving.where(flows.leaving["given"] > -2).distinct(FROM)
    onward = bound.only(*FROM, "given").join(
        flows.arriving.distinct(TO).only(*TO), HOME
    )
    given = onward["given"]
    onward = onward.where((given == -1) | (given == onward["to_site"]))
    onward = variable(block, "onward", onward, ONWARD, upper=1.0)
    open_choice = onward.where(onward["given"] == -1)
    c.follows = follows = variable(
        block, "follows", open_choice.distinct(FOLLOW_ON).only(*FOLLOW_ON), FOLLOW_ON,
        upper=1.0, is_whole=True,
    )  # fmt: skip
    sites = ("feeder", "site", "period")
    rows = Rows(block, "single", follows.distinct(sites), sites, RULE)
    rows.add(follows).write(-np.inf, 1.0)
    rows = Rows(block, "follow", open_choice, ONWARD, RULE).add(open_choice)
    chosen = open_choice.only(*ONWARD).join(follows, FOLLOW_ON)
    rows.add(chosen, -1.0).write(-np.inf, 0.0)
    rows = Rows(block, "leave", onward.distinct(FROM), FROM, RULE)
    rows.add(onward).add(flows.leaving, -1.0).write(-np.inf, 0.0)
    _arrive(block, flows, onward)


def _arrive(block: Block, flows: _Flows, onward: Table) -> None:
    """Build who may come to the sites of the other service."""
    where = flows.arriving.distinct(TO)
    free = variable(block, "free", where, TO, upper=1.0)
    rows = Rows(block, "arrive", where, TO, RULE).add(flows.arriving)
    rows.add(onward, -1.0).add(free, -1.0).write(-np.inf, 0.0)
    loose = flows.leaving.where(flows.leaving["given"] == -2)
    rows = Rows(block, "others", where.distinct(HOME), HOME, RULE).add(free)
    rows.add(flows.nobody, -1.0).add(loose, -1.0).write(-np.inf, 0.0)


def _flows(c: Context) -> _Flows:
    """Return the shares that patterns are about, where there is demand of both."""
    (rules, given), number = c.rules("feeders"), positions
    names = {**c.tables.names, "feeder": tuple(given["feeder"]),
             "to_site": c.tables.names["site"]}  # fmt: skip
    home, need = ("settlement", "period"), c.demand.at
    need = need.where(need["most"] > 0.0)
    parts: dict[str, list[Table]] = {"leaving": [], "arriving": [], "nobody": []}
    for k, rule in enumerate(rules):
        first = max(0, int(number([rule.first_period], c.data.periods)[0]))
        own, other = number((rule.service, rule.to_service), names["service"])
        asked = need.where(need["service"] == own).only(*home)
        asked = asked.where(asked["period"] >= first)

        def of(table: Table, service: Any, asked: Table = asked, k: int = k) -> Table:
            rows = table.where(table["service"] == service)
            return rows.where(rows.find(asked, home) >= 0).plus(feeder=k)

        leaving = of(c.share, own)
        fixed = _given(c, rule)
        parts["leaving"].append(leaving.plus(given=fixed[leaving["site"]]))
        arriving = of(c.share, other)
        parts["arriving"].append(arriving.plus(to_site=arriving["site"]))
        parts["nobody"].append(of(c.unserved, own))
    return _Flows(
        stacked(parts["leaving"], names, (*FROM, "given", "var")),
        stacked(parts["arriving"], names, (*TO, "var")),
        stacked(parts["nobody"], names, (*HOME, "var")),
    )


def _given(c: Context, rule: Any) -> Any:
    """Return the follow-on of each site, -1: to be chosen, -2: who goes is free."""
    found = np.full(len(c.tables.sites), -1 if rule.is_chosen else -2)
    (rows, _), first = c.rules("feeder_sites"), c.tables.first_site
    for row in rows:
        if row.feeder == rule.feeder:
            j, k = (
                int(positions([site], c.data.services[name].sites)[0]) + first[name]
                for site, name in ((row.site, rule.service), (row.to_site,
                                                              rule.to_service))
            )  # fmt: skip
            found[j] = k
    return found
