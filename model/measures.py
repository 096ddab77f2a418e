r"""What a plan is measured by beside its cost, as sums over the model's variables.

.. list-table::

   * - ``investment``
     - :math:`\sum` mln that building, renewing and closing take, undiscounted
   * - ``unserved``
     - :math:`\sum_{sit} y_t\, d_{sit}\, unserved_{sit} / \sum_t y_t`
   * - ``mean_minutes``
     - :math:`\sum_{sit} y_t\, d_{sit} (\sum_o m_o\, goes_{sito} + late_s\,
       unserved_{sit}) / \sum_{sit} y_t\, d_{sit}`
   * - ``cover``
     - :math:`\sum_{sit} y_t\, d_{sit} (\sum_{o:\,m_o \le minutes} goes_{sito} + \sum_k
       visited_{ksit}) / \sum_t y_t`
   * - ``posts``
     - posts of what runs in the last period, second shift included (``staff_needs``)
   * - ``impact:x``
     - :math:`\sum_t y_t\, amount_{xt} / \sum_t y_t`

with years :math:`y_t` of a period, and :math:`goes_{sito} = share_{sito} - \sum_k
visited_{ksito}`: who is visited at home goes no minutes. ``worst_minutes`` is no sum
but the largest of many: :func:`Measures.ways` has the sum of each settlement, service
and period.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aumaq.instances.access.limits import within
from aumaq.instances.arrays import Floats, Ints
from aumaq.model.context import PLACE, Context
from aumaq.model.data.services import ServiceData
from aumaq.model.data.staff import staff_data
from aumaq.model.families.impacts import parts_of
from aumaq.model.table import Table, stacked


@dataclass(frozen=True)
class Sum:
    """``sum of amount * variable``, in the unit of its measure."""

    amount: Floats
    variable: Ints

    def scaled(self, factor: float) -> Sum:
        """Return the sum times a number."""
        return Sum(self.amount * factor, self.variable)


@dataclass(frozen=True)
class Ways:
    """What people travel: an entry for each share of demand that goes a way.

    ``place`` numbers pairs of service, settlement and period with demand; who is not
    served goes ``late``. ``weight`` is the demand times the years of the period. Who is
    visited has two entries: one takes him (``times`` -1) from his way, one goes 0
    minutes.
    """

    place: Ints
    minutes: Floats
    weight: Floats
    variable: Ints
    is_served: Ints
    times: Floats
    """1, or -1 for who is visited, and is among those who go a way."""
    num_places: int

    @property
    def felt(self) -> Floats:
        """Return the minutes that a share of one adds to those of its place."""
        return self.minutes * self.times


@dataclass(frozen=True)
class Measures:
    """The measures of a model."""

    years: float
    total: float
    """Demand times years, of all services."""
    has_growth: bool
    """Whether decisions change how much demand there is."""
    investment: Sum
    posts: Sum | None
    impacts: dict[str, Sum]
    ways: Ways

    @property
    def unserved(self) -> Sum:
        """Demand that is not served, units, mean of all years."""
        w, out = self.ways, self.ways.is_served == 0
        return Sum(w.weight[out], w.variable[out]).scaled(1.0 / self.years)

    @property
    def mean_minutes(self) -> Sum:
        """Minutes on average; who is not served goes the longest way."""
        w = self.ways
        found = Sum(w.weight * w.felt, w.variable)
        return found.scaled(1.0 / self.total) if self.total else found

    def cover(self, minutes: float) -> Sum:
        """Demand that is served within so many minutes, mean of all years."""
        w = self.ways
        near = (w.is_served > 0) & within(w.minutes, minutes)
        amount = (w.weight * w.times)[near]
        return Sum(amount, w.variable[near]).scaled(1.0 / self.years)


def measures(c: Context) -> Measures:
    """Return the measures of a model that all families have written."""
    years = c.data.years
    demand = [d.demand for d in c.data.services.values() if d.serves]
    return Measures(
        float(years.sum()),
        float(sum((amount @ years).sum() for amount in demand)),
        bool(len(c.data.growth.tier)),
        _investment(c),
        _posts(c),
        {str(name): _impact(c, str(name))
         for name in c.data.instance.tables["impacts"]["impact"]},
        _ways(c),
    )  # fmt: skip


def late_minutes(d: ServiceData, cutoff_minutes: float) -> float:
    """Return the minutes of who is not served: the longest way that is looked at."""
    longest = float(d.option_minutes.max(initial=0.0))
    return max(longest, cutoff_minutes) if np.isfinite(cutoff_minutes) else longest


def _investment(c: Context) -> Sum:
    """Return what is invested in the periods, whoever pays: partners, too."""
    parts = []
    for part in c.spending:
        is_meant = ~part["is_operation"].astype(bool)
        is_meant &= part["period"] < len(c.data.periods)
        is_meant &= ~np.isin(part["var"], c.partnered["var"])
        parts.append(part.where(is_meant))
    amounts = [part["mln"].astype(float) for part in parts]
    variables = [part["var"] for part in parts]
    nobody = np.zeros(0, dtype=np.int64)
    return Sum(np.concatenate([np.zeros(0), *amounts]),
               np.concatenate([nobody, *variables]))  # fmt: skip


def _posts(c: Context) -> Sum | None:
    needs = c.data.instance.tables["staff_needs"]
    if not len(needs):
        return None
    names = c.tables.names["service"]
    size = 1 + int(c.units["level"].max(initial=0))
    posts = np.zeros((len(names), size))
    for need in needs.itertuples():
        if need.level < size:
            posts[names.index(need.service), need.level] += need.posts
    end = len(c.data.periods) - 1
    last = c.units.where(c.units["period"] == end)
    found = [(posts[last["service"], last["level"]], last["var"])]
    for service, more in staff_data(c.data).in_second.items():
        own = c.second["service"] == names.index(service)
        beyond = c.second.where(own & (c.second["period"] == end))
        found.append((more.sum(axis=0)[beyond["level"]], beyond["var"]))
    return Sum(*(np.concatenate(part) for part in zip(*found, strict=True)))


def _impact(c: Context, impact: str) -> Sum:
    parts, years = parts_of(c, impact), c.data.years
    found = Sum(parts["amount"] * years[parts["period"]], parts["var"])
    return found.scaled(1.0 / float(years.sum()))


def _ways(c: Context) -> Ways:
    """Return shares, who is unserved and who is visited, with minutes and weight."""
    instance, services = c.data.instance, list(c.data.services.values())
    cutoffs = instance.tables["services"].set_index("service")["cutoff_minutes"]
    late = np.array([late_minutes(d, float(cutoffs[d.name])) for d in services])
    serves = np.array([d.serves for d in services], dtype=bool)
    places = c.demand.at.where(serves[c.demand.at["service"]])
    places = places.plus(place=np.arange(len(places)))
    share = c.share.only(*PLACE, "minutes", "var").plus(is_served=1, times=1.0)
    home = c.visited.only(*PLACE, "minutes", "var").plus(is_served=1, times=-1.0)
    stays = home.plus(minutes=np.zeros(len(home)), times=1.0)
    out = c.unserved.only(*PLACE, "var").plus(is_served=0, times=1.0)
    out = out.plus(minutes=late[out["service"]] if len(out) else np.zeros(0))
    columns = (*PLACE, "minutes", "is_served", "times", "var")
    both: Table = stacked([share, home, stays, out], c.tables.names, columns)
    both = both.join(places.only(*PLACE, "place", "most"), PLACE)
    weight = both["most"] * c.data.years[both["period"]]
    minutes, times = both["minutes"].astype(float), both["times"].astype(float)
    return Ways(both["place"], minutes, weight, both["var"], both["is_served"], times,
                len(places))  # fmt: skip
