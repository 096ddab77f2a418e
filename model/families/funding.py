r"""Funding: which source of money pays for what.

Variables
    ``paid[f,kind,s,r,t]``
        mln that fund *f* pays in *t* for what *s* (a service, a network, roads or
        growth points) spends in region *r* on investment or operation; only where
        ``funding_eligibility`` lets it

Constraints
    ``covered[kind,s,r,t]``
        :math:`\sum_f paid_{f,kind,s,r,t} = spending_{kind,s,r,t}`
    ``limit[f,t]``
        :math:`\sum_{\tau} g_{f \tau t} \sum_{kind,s,r} paid_{f,kind,s,r,\tau}
        \le \sum_{\tau} g_{f \tau t}\, limit_{f\tau}`
        where :math:`\tau` are *t* and, with carry-over, all periods before
    ``least[f,e,t]``
        :math:`\sum_{(kind,s,r) \in e} paid_{f,kind,s,r,t} \ge share\_least_e
        \sum_{(kind,s,r) \in e} spending_{kind,s,r,t}`
    ``most[f,e,t]``
        :math:`\sum_{(kind,s,r) \in e} paid_{f,kind,s,r,t} \le share\_most_e
        \sum_{(kind,s,r) \in e} spending_{kind,s,r,t}`

:math:`limit_{ft}` are the rows of ``funding_limits`` of the period and of its years,
times *budget_factor*; :math:`g_{f \tau t} = (1 + interest_f)^{first\_year_t -
first\_year_\tau}` is what is left of :math:`\tau` grown until *t*. Spending is that of
the budgets (budgets): undiscounted, a year's cost for all years of the period, without
what partners pay and with what they are paid back. Without ``funding_sources`` nothing
is built.
"""

from __future__ import annotations

import numpy as np

from aumaq.instances.arrays import Flags, Floats
from aumaq.model.algebra import Block, Rows, variable
from aumaq.model.context import PAID, SPENT, Context
from aumaq.model.data.financing import KINDS, FundData
from aumaq.model.family import family
from aumaq.model.table import Names, Table, stacked, where_true

RULE = "fund:{fund}"


@family(reads=("spending", "partner money"), couples=True)
def funding(c: Context) -> None:
    """Build who pays for what, and the limits of each fund."""
    block, f = c.block("funding"), c.data.funds
    names = {**c.tables.names, "fund": f.funds, "kind": KINDS}
    if not f.funds:
        nothing = np.zeros(0, dtype=np.int64)
        c.paid = Table(dict.fromkeys((*PAID, "var"), nothing), names)
        return
    book = _book(c, names)
    cells = book.total(SPENT, most=_most(c, book))
    may = where_true(f.may_pay, ("fund", "kind", "sector", "region"), names)
    where = may.join(cells, ("kind", "sector", "region"))
    has = np.where(f.carries[:, None], _carried(f), f.limit_mln)
    most = np.minimum(where["most"], has[where["fund"], where["period"]])
    c.paid = paid = variable(block, "paid", where, PAID, upper=most)
    covered = Rows(block, "covered", cells, SPENT, "funding:covered")
    covered.add(paid).add(book, -book["mln"]).write(0.0, 0.0)
    _limits(block, f, has, paid, c.tables.periods)
    _shares(block, f, paid, book, c.tables.periods)


def _book(c: Context, names: Names) -> Table:
    """Return all spending of the periods, mln of each variable."""
    columns = ("is_operation", "sector", "region", "period", "mln", "var")
    book = stacked(c.spending, names, columns)
    book = book.where(book["period"] < len(c.data.periods))
    return book.plus(kind=book["is_operation"].astype(np.int64))


def _most(c: Context, book: Table) -> Floats:
    """Return the most that each entry may add to spending, mln."""
    mln = book["mln"]
    most = np.where(mln > 0.0, mln, 1.0) * c.program.upper[book["var"]]
    return np.where(mln > 0.0, most, 0.0)


def _carried(f: FundData) -> Floats:
    """Return what each fund has at most in each period if nothing was spent, (F, T)."""
    return np.asarray((f.limit_mln / f.growth).cumsum(axis=1) * f.growth)


def _limits(
    block: Block, f: FundData, has: Floats, paid: Table, periods: Table
) -> None:
    where = where_true(np.isfinite(has), ("fund", "period"), paid.names)
    later = paid.only("fund", "period", "var").from_then_on(periods)
    is_own = later["period"] == later["since"]
    later = later.where(is_own | f.carries[later["fund"]])
    fund = later["fund"]
    grown = f.growth[fund, later["period"]] / f.growth[fund, later["since"]]
    rows = Rows(block, "limit", where, ("fund", "period"), RULE)
    rows.add(later, grown)
    rows.write(-np.inf, has[where["fund"], where["period"]])


def _shares(
    block: Block, f: FundData, paid: Table, book: Table, periods: Table
) -> None:
    """Write a row for each share that is not free, and period with such spending."""
    by = ("fund", "number", "period")
    number = np.arange(len(f.fund))
    rules = Table({"fund": f.fund, "number": number}, paid.names)
    for name, share, kept, low, high in (
        ("least", f.share_least, f.share_least > 0.0, 0.0, np.inf),
        ("most", f.share_most, f.share_most < 1.0, -np.inf, 0.0),
    ):
        where = rules.where(kept).cross(periods)
        rows = Rows(block, name, where, by, RULE)
        for e in np.flatnonzero(kept).tolist():
            own = {"fund": int(f.fund[e]), "number": e}
            mine = _inside(paid, f.covers[e]) & (paid["fund"] == f.fund[e])
            rows.add(paid.where(mine).plus(**own))
            spent = book.where(_inside(book, f.covers[e])).plus(**own)
            rows.add(spent, -share[e] * spent["mln"])
        rows.write(low, high)


def _inside(rows: Table, covers: Flags) -> Flags:
    """Return which rows are of what (kind, sector, region) covers."""
    return np.asarray(covers[rows["kind"], rows["sector"], rows["region"]], dtype=bool)
