r"""Public-private partnerships: partners pay investment and are paid back each year.

Variables
    ``money[p,s,r,t]``
        mln that partner *p* pays of what *s* (a service, a network, roads or growth
        points) invests in region *r* in *t*

Constraints
    ``share[p,s,r,t]``
        :math:`money_{psrt} \le share\_most_p \cdot investment_{srt}`
    ``whole[s,r,t]``
        :math:`\sum_p money_{psrt} \le investment_{srt}`
        where the shares of several partners add up to more than all
    ``limit[p]``
        :math:`\sum_{srt} money_{psrt} \le limit_p`
    ``burden[b,y]``
        :math:`\sum_{p,t} \sum_{(s,r) \in b} a_{pty}\, money_{psrt} \le
        most\_mln\_per\_year_b`
        for each calendar year *y* with payments, also after the last period

Cost
    ``partner``
        :math:`-df_t\, money_{psrt}`
    ``availability``
        :math:`\sum_{y < end} a_{pty}\, money_{psrt} / (1 + \rho)^{y - base}`
    ``liability``
        :math:`\sum_{y \ge end} a_{pty}\, money_{psrt} / (1 + \rho)^{y - base}`

A mln paid at the start of *t* is paid back in *term_years* equal payments, the first
after *first_payment_years*, which are worth a mln at the yearly rate *premium*:
:math:`a_{pty} = 1 / \sum_{k=0}^{n-1} (1 + premium_p)^{-(w + k)}` in the years
:math:`y = first\_year_t + w, \ldots, first\_year_t + w + n - 1`. What partners pay is
no spending of budgets and funds; what they are paid back is spent on operation in the
period in which the year lies. Payments after the last period are in no budget, but
count in the objective. :math:`\rho` is the discount rate.
"""

from __future__ import annotations

import numpy as np

from aumaq.model.algebra import Block, Rows, variable
from aumaq.model.context import PARTNERED, Context
from aumaq.model.data.financing import PartnerData
from aumaq.model.family import family
from aumaq.model.table import Table, stacked, where_true

RULE = "partnership:{partnership}"
CELL = ("sector", "region", "period")


@family(reads=("spending",), adds_to=("partner money",), couples=True)
def partnerships(c: Context) -> None:
    """Build what partners pay and are paid back, and its limits."""
    block, p = c.block("partnerships"), c.data.partners
    names = {**c.tables.names, "partnership": p.partnerships, "year": p.years}
    if not p.partnerships:
        nothing = np.zeros(0, dtype=np.int64)
        c.partnered = Table(dict.fromkeys((*PARTNERED, "var"), nothing), names)
        return
    invested = _invested(c)
    places = where_true(p.may, ("partnership", "sector", "region"), names)
    at = invested.distinct(CELL)
    where = places.join(at.only(*CELL), ("sector", "region"))
    limit = p.limit_mln[where["partnership"]]
    c.partnered = money = variable(block, "money", where, PARTNERED, upper=limit)
    rows = Rows(block, "share", money, PARTNERED, RULE).add(money)
    for k, share in enumerate(p.share_most.tolist()):
        rows.add(invested.plus(partnership=k), -share * invested["mln"])
    rows.write(-np.inf, 0.0)
    _whole(block, p, money, invested)
    each = Table({"partnership": np.arange(len(p.partnerships))}, names)
    limits = Rows(block, "limit", each, ("partnership",), RULE)
    limits.add(money).write(-np.inf, p.limit_mln)
    back = _paid_back(p, money)
    _burdens(block, p, back)
    _pay(c, p, money, back)


def _whole(block: Block, p: PartnerData, money: Table, invested: Table) -> None:
    """Let partners together pay no more than is invested.

    Each share alone lets two partners pay for a school twice, as money to lend.
    """
    total = money.total(CELL, share=p.share_most[money["partnership"]])
    where = total.where(total["share"] > 1.0)
    rows = Rows(block, "whole", where, CELL, "funding:partners")
    for entries, mln in ((money, np.ones(len(money))), (invested, -invested["mln"])):
        inside = entries.find(where, CELL) >= 0
        rows.add(entries.where(inside), mln[inside])
    rows.write(-np.inf, 0.0)


def _invested(c: Context) -> Table:
    """Return what is invested, mln of each variable that there is."""
    columns = ("is_operation", "sector", "region", "period", "mln", "var")
    book = stacked(c.spending, c.tables.names, columns)
    is_within = book["period"] < len(c.data.periods)
    return book.where(is_within & (book["is_operation"] == 0))


def _paid_back(p: PartnerData, money: Table) -> Table:
    """Return each payment of what each partner paid: its year and mln for a mln."""
    due = where_true(p.yearly > 0.0, ("partnership", "period", "year"), money.names)
    at = due["partnership"], due["period"], due["year"]
    return money.join(due.plus(mln=p.yearly[at]), ("partnership", "period"))


def _burdens(block: Block, p: PartnerData, back: Table) -> None:
    names = {**back.names, "burden": p.burdens}
    years = np.unique(back["year"])
    where = Table({"burden": np.arange(len(p.burdens))}, names).cross(
        Table({"year": years}, {})
    )
    burdened = where_true(p.burdened, ("burden", "sector", "region"), names)
    terms = back.join(burdened, ("sector", "region"))
    rows = Rows(block, "burden", where, ("burden", "year"), "burden:{burden}")
    rows.add(terms, terms["mln"])
    rows.write(-np.inf, p.most_mln_per_year[where["burden"]])


def _pay(c: Context, p: PartnerData, money: Table, back: Table) -> None:
    """Pay what is paid back less what the partner pays; tell it as spending."""
    c.pay("partner", -c.data.df[money["period"]], money)
    period, factor = p.period[back["year"]], p.factor[back["year"]]
    is_within = period < len(c.data.periods)
    for term, rows in (("availability", is_within), ("liability", ~is_within)):
        c.pay(term, (back["mln"] * factor)[rows], back.where(rows))
    c.spend("investment", None, -1.0, money)
    by_period = back.plus(period=period).where(is_within)
    by_period = by_period.total((*PARTNERED, "var"), mln=by_period["mln"])
    c.spend("operation", None, by_period["mln"], by_period)
