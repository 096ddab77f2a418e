r"""Growth points: which candidates are chosen, and what that costs.

Variables
    ``chosen[i,k,t]``
        binary: 1 once settlement *i* is a growth point of tier *k*; 0 before
        ``first_period``

Constraints
    ``stays[i,k,t]``
        :math:`chosen_{ikt} \ge chosen_{ik,t-1}`
    ``one_tier[i,t]``
        :math:`\sum_k chosen_{ikt} \le 1`
        where several tiers are open to it
    ``at_least[k,region]``
        :math:`\sum_{i \in region} chosen_{ikt} \ge min\_count_k`
        in *t* = ``by_period``, or the last
    ``at_most[k,region]``
        :math:`\sum_{i \in region} chosen_{ikT} \le max\_count_k`
        in the last period *T*

Cost
    ``building``
        :math:`df_t\, capex_k\, (chosen_{ikt} - chosen_{ik,t-1})`
    ``residual``
        :math:`-res_{kt}\, capex_k\, (chosen_{ikt} - chosen_{ik,t-1})`
    ``operation``
        :math:`ann_t\, opex_k\, chosen_{ikt}`

What the choice does to demand and load stands in the rows of allocation, standards and
balances, linear in ``chosen``.
"""

from __future__ import annotations

import numpy as np

from aumaq.instances.schema.growth import GROWTH_POINTS
from aumaq.model.algebra import Block, Rows, variable
from aumaq.model.context import Context
from aumaq.model.data.growth import Effect
from aumaq.model.family import family
from aumaq.model.lasting import pay_lasting, stays, things
from aumaq.model.table import Table, positions, stacked, where_true

BY = ("settlement", "tier", "period")


@family(adds_to=("demand", "load", "spending"))
def growth(c: Context) -> None:
    """Build the choice, its rules, its effects, and pay for it."""
    block, g = c.block("growth"), c.data.growth
    where = things(c, g)
    thing, tier = where["thing"], positions(g.tier, c.tables.names["tier"])
    where = where.plus(settlement=g.settlement[thing], tier=tier[thing])
    c.chosen = chosen = variable(
        block, "chosen", where, BY, upper=1.0, is_whole=True,
        fixed=where["period"] < where["first_period"], is_early=True,
    )  # fmt: skip
    stays(block, "stays", chosen, BY, "growth:points")
    _one_tier(block, chosen)
    _counts(c, block)
    pay_lasting(c, GROWTH_POINTS, chosen, g.residual_factor)
    for s, effect in enumerate(g.demand.values()):
        c.demand.add(_change(chosen, effect, "settlement").plus(service=s))
    for name, effect in g.load.items():
        c.load[name].add(_change(chosen, effect, "node"))


def _one_tier(block: Block, chosen: Table) -> None:
    """Settlements that are candidates of one tier only need no row."""
    by = ("settlement", "period")
    number = chosen.total(by, tiers=1.0)
    several = number.where(number["tiers"] > 1)
    Rows(block, "one_tier", several, by, "growth:points").add(chosen).write(
        -np.inf, 1.0
    )


def _counts(c: Context, block: Block) -> None:
    """Limits on the number: the choice only grows, so one period tells each."""
    chosen, (tiers, limits) = c.chosen, c.rules("growth_tiers")
    last = len(c.data.periods) - 1
    names = {"tier": tuple(limits["tier"]), "region": tuple(limits["region"])}
    number = np.arange(len(tiers))
    where = Table({"tier": number, "region": number}, names)
    tier = positions(limits["tier"], c.tables.names["tier"])
    members = []  # of each limit, in the period that tells
    for k, row in enumerate(tiers):
        mine = chosen["tier"] == tier[k]
        if row.region:
            mine &= chosen["region"] == c.tables.names["region"].index(row.region)
        by = c.data.periods.index(row.by_period) if row.by_period else last
        members.append(chosen.where(mine).plus(tier=k, region=k, by=by))
    of = stacked(members, names, ("tier", "region", "period", "by", "var"))
    least = limits["min_count"]
    most = limits["max_count"]
    for name, period, limit, keep in (
        ("at_least", of["by"], least, least > 0),
        ("at_most", last, most, ~np.isnan(most)),
    ):
        rows = Rows(
            block, name, where.where(keep), ("tier", "region"), "growth:tier:{tier}"
        )
        rows.add(of.where(of["period"] == period))
        is_least = name == "at_least"
        rows.write(
            limit[keep] if is_least else -np.inf, np.inf if is_least else limit[keep]
        )


def _change(chosen: Table, effect: Effect, place: str) -> Table:
    """Return what each choice changes at each place and period."""
    change = where_true(effect.change, ("thing", place, "period"), chosen.names)
    at = change["thing"], change[place], change["period"]
    found = change.plus(change=effect.change[at])
    return found.join(chosen.only("thing", "period", "var"), ("thing", "period"))
