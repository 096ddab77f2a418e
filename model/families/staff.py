r"""Staff: teachers and doctors of a region, and what it takes to have more of them.

Variables
    ``hired[p,r,t]``
        people of profession *p* brought into region *r* at the start of *t*; they stay
    ``trained[p,r,t]``
        people trained during *t*; they work from the next period on

Constraints
    ``staffed[p,r,t]``
        :math:`\sum_{s,j\ in\ r} \sum_l (posts_{psl}\, units_{sjlt} + more_{psl}\,
        second_{sjlt}) \le available_{prt} + \sum_{\tau \le t} hired_{pr\tau} +
        \sum_{\tau < t} trained_{pr\tau}`
        where ``staff_supply`` has a row

Cost
    ``operation``
        :math:`df_t\, opex\_factor\, (hire\_mln_{prt}\, hired_{prt} +
        train\_mln_{prt}\, trained_{prt})`

Posts are full-time ones and may be parts, so may be people. Each unit of demand in
second shift takes :math:`more_{psl} = staff\_share_s\, posts_{psl} / use_{sl}`: as many
as a place of the first shift where it is. At a site of several levels it is in those
that the plan picks. Hiring is paid once, at the start of the period; what somebody
earns is in what a facility costs a year. A region and period without a row has as many
as it needs; who was hired or trained earlier is there all the same.
"""

from __future__ import annotations

import numpy as np

from aumaq.instances.schema.running import STAFF
from aumaq.model.algebra import Rows, variable
from aumaq.model.context import Context
from aumaq.model.data.staff import StaffData, staff_data
from aumaq.model.family import family
from aumaq.model.table import Table, positions, stacked

BY = ("profession", "region", "period")


@family(needs=("siting", "shifts"), adds_to=("spending",), couples=True)
def staff(c: Context) -> None:
    """Build who is hired and trained, and one row for each region and period."""
    block, s = c.block("staff"), staff_data(c.data)
    where = _rows(c, s)
    last = where["period"] == len(c.data.periods) - 1
    limits = np.minimum(s.most_hired, s.most), np.minimum(s.most_trained, s.most)
    c.hired = variable(block, "hired", where, BY, upper=limits[0])
    early = where.where(~last)
    c.trained = variable(block, "trained", early, BY, upper=limits[1][~last])
    for people, price in ((c.hired, "hire_mln"), (c.trained, "train_mln")):
        c.pay("operation", c.data.df[people["period"]] * people[price], people)
        c.spend("operation", STAFF, people[price], people)
    later, periods = c.trained.plus(period=c.trained["period"] + 1), c.tables.periods
    # The last one is of what no row of supply limits: it has no row here either.
    filled, scale = _filled(c, s), np.append(np.maximum(where["available"], 1.0), 1.0)
    rows = Rows(block, "staffed", where, BY, "staff:{profession}")
    filled = filled.join(where.only(*BY), BY)  # posts that have a row of supply
    rows.add(filled, filled["posts"] / scale[filled.find(where, BY)])
    for people in (c.hired, later):
        there = people.from_then_on(periods)
        rows.add(there, -1.0 / scale[there.find(where, BY)])
    rows.write(-np.inf, where["available"] / scale[:-1])


def _rows(c: Context, s: StaffData) -> Table:
    """Return the rows of supply: profession, region, period, numbers."""
    (_, given), (_, known) = c.rules("staff_supply"), c.rules("professions")
    names = {**c.tables.names, "profession": tuple(known["profession"])}
    at = {key: positions(given[key], names[key]) for key in BY}
    numbers = {"available": s.available, "hire_mln": s.hire_mln,
               "train_mln": s.train_mln}  # fmt: skip
    return Table({**at, **numbers}, names)


def _filled(c: Context, s: StaffData) -> Table:
    """Return the units that need somebody: posts by profession, where and when."""
    names, found = {**c.tables.names, "profession": s.professions}, []
    units = c.units.only("service", "region", "period", "level", "var")
    for service, posts in s.posts.items():
        own = units.where(units["service"] == names["service"].index(service))
        for p, by_level in enumerate(posts):
            needed = by_level[own["level"]]
            found.append(own.plus(profession=p, posts=needed).where(needed > 0.0))
    for service, more in s.in_second.items():
        beyond = c.second.where(c.second["service"] == names["service"].index(service))
        for p, by_level in enumerate(more):
            needed = by_level[beyond["level"]]
            found.append(beyond.plus(profession=p, posts=needed).where(needed > 0.0))
    return stacked(found, names, (*BY, "posts", "var"))
