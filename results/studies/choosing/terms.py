r"""Goals of a study as sums over the columns of a model, less being better in all.

What is most is taken with the other sign: ``value = sign * sum``. ``worst_minutes`` is
a column :math:`w` of its own with a row for each service, settlement and period,
:math:`\sum_o m_o\, share_{sito} + late_s\, unserved_{sit} \le w`.

Of a plan each is computed a second time from its tables alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances import Instance
from aumaq.instances.access.limits import within
from aumaq.instances.arrays import Floats, Ints
from aumaq.model.measures import Sum
from aumaq.results.plan.aims import MINUTES, Aim, impact_of
from aumaq.results.plan.figures import investment
from aumaq.results.plan.plan import Plan
from aumaq.solvers.amended import Amendment, Study


@dataclass(frozen=True)
class Term:
    """A goal in a model: ``value = amounts @ values[columns]``, less is better."""

    aim: Aim
    columns: Ints
    amounts: Floats

    def of(self, values: Floats) -> float:
        """Return the value for a solution."""
        return float(self.amounts @ values[self.columns])


def term_of(study: Study, amendment: Amendment, aim: Aim) -> Term:
    """Return a goal in a model; what it needs is added."""
    if aim.name == "cost":
        return Term(aim, *study.cost)
    if aim.name == "worst_minutes":
        return Term(aim, _worst(study, amendment), np.ones(1))
    columns, amounts = study.columns(_sum(study, aim))
    return Term(aim, columns, aim.sign * amounts)


def _sum(study: Study, aim: Aim) -> Sum:
    m = study.measures
    if aim.name == "investment":
        return m.investment
    if aim.name == "unserved":
        return m.unserved
    if aim.name == "mean_minutes":
        return m.mean_minutes
    if aim.name == "cover":
        return m.cover(aim.minutes)
    if aim.name == "posts":
        assert m.posts is not None
        return m.posts
    return m.impacts[impact_of(study.c.built.data.instance, aim.name)]


def _worst(study: Study, amendment: Amendment) -> Ints:
    """Add the column of the longest way, and what it is no less than."""
    top = float(study.measures.ways.minutes.max(initial=0.0))
    worst = amendment.column(upper=top)
    for columns, minutes in _places(study):
        amendment.row(np.append(columns, worst), np.append(minutes, -1.0) / top,
                      upper=0.0)  # fmt: skip
    return np.array([worst])


def keep_worst(study: Study, amendment: Amendment, limit: float) -> None:
    """Let no service, settlement and period have a longer way than *limit*, minutes."""
    for columns, minutes in _places(study):
        if (top := float(np.abs(minutes).max())) > limit:
            amendment.row(columns, minutes / top, upper=limit / top)


def least_worst(study: Study) -> float:
    """Return minutes that the longest way of no plan is below: all sites are open."""
    w, place = study.measures.ways, study.c.place
    least = np.full(max(w.num_places, 1), np.inf)
    known = place[w.variable] >= 0
    np.minimum.at(least, w.place[known], w.minutes[known])
    return float(least[np.isfinite(least)].max(initial=0.0))


def _places(study: Study) -> Iterator[tuple[Ints, Floats]]:
    """Yield columns and minutes of each service, settlement and period."""
    w, place = study.measures.ways, study.c.place
    column, at = place[w.variable], w.place
    kept = (column >= 0) & (w.minutes > 0.0)
    order = np.flatnonzero(kept)[np.argsort(at[kept], kind="stable")]
    starts = np.flatnonzero(np.diff(at[order], prepend=-1))
    for own in np.split(order, starts[1:]) if len(order) else []:
        yield column[own], w.felt[own]


def value_of(plan: Plan, aim: Aim) -> float:
    """Return a goal of a plan from its tables alone, as a reader counts it."""
    if aim.name == "cost":
        return plan.objective_mln
    if aim.name == "investment":
        return float(investment(plan, "service").sum())
    if aim.name in (*MINUTES, "unserved"):
        return _of_people(plan, aim)
    if aim.name == "posts":
        return _posts(plan)
    rows = plan.table("impacts")
    own = rows[rows["impact"] == impact_of(plan.instance, aim.name)]
    return _mean_of_years(plan, own["period"], own["amount"])


def _mean_of_years(plan: Plan, period: pd.Series[Any], amount: pd.Series[Any]) -> float:
    years = dict(
        zip(plan.instance.period_names, plan.instance.period_years, strict=True)
    )
    weight = period.map(years).to_numpy(dtype=float)
    return float((weight * amount.to_numpy(dtype=float)).sum() / sum(years.values()))


def _posts(plan: Plan) -> float:
    instance, found = plan.instance, []
    last = instance.period_names[-1]
    rows = plan.facilities[plan.facilities["period"] == last]
    needs = instance.tables["staff_needs"]
    both = rows.merge(needs, on=["service", "level"])
    found.append((both["units"] * both["posts"]).sum())
    beyond = plan.table("second_shift")
    if len(beyond):
        beyond = beyond[beyond["period"] == last]
        for name, in_it in beyond.groupby("service"):
            units = rows[rows["service"] == name]
            found.append(_posts_in_second(instance, str(name), in_it, units))
    return float(sum(found))


def _posts_in_second(
    instance: Instance, service: str, beyond: pd.DataFrame, running: pd.DataFrame
) -> float:
    """Return the posts for who is in second shift, of all professions.

    At a site of several levels it is where that takes least.
    """
    needs, rows = instance.tables["staff_needs"], instance.tables["shifts"]
    rule = rows[rows["service"] == service].iloc[0]
    levels = instance.tables["levels"]
    levels = levels[levels["service"] == service].set_index("level")["capacity"]
    levels = levels[(levels > 0.0) & (levels.index >= rule["from_level"])]
    own = needs[(needs["service"] == service) & needs["level"].isin(levels.index)]
    levels = levels * instance.service(service)["max_use_share"]
    posts = own.groupby("level")["posts"].sum().reindex(levels.index, fill_value=0.0)
    each, total = (posts / levels).sort_values(kind="stable"), 0.0
    left = beyond.set_index("site")["demand"]
    for level, of_place in each.items():
        units = running[running["level"] == level].set_index("site")["units"]
        places = rule["extra_share"] * levels[level] * units
        taken = np.minimum(left, places.reindex(left.index, fill_value=0.0))
        total, left = total + float(taken.sum()) * float(of_place), left - taken
    return float(rule["staff_share"]) * total


def _of_people(plan: Plan, aim: Aim) -> float:
    """Return a goal of how far people go, or whether they are served at all.

    Where there is no demand nobody goes anywhere: 0 minutes, as in the model; so for
    who is visited at home.
    """
    instance = plan.instance
    if aim.name == "unserved":
        rows = plan.unserved
        return _mean_of_years(plan, rows["period"], rows["demand"])
    goes = plan.ways
    if aim.name == "cover":
        near = goes[within(goes["minutes"], aim.minutes)]
        return _mean_of_years(plan, near["period"], near["demand"])
    late = {name: _late(instance, name) for name in instance.service_names}
    out = plan.unserved.assign(minutes=plan.unserved["service"].map(late))
    keys = ["service", "settlement", "period"]
    rows = pd.concat([goes, out])[[*keys, "share", "demand", "minutes"]]
    if aim.name == "worst_minutes":
        rows = rows.assign(felt=rows["share"] * rows["minutes"])
        return float(rows.groupby(keys)["felt"].sum().max()) if len(rows) else 0.0
    top = _mean_of_years(plan, rows["period"], rows["demand"] * rows["minutes"])
    whole = _mean_of_years(plan, rows["period"], rows["demand"])
    return top / whole if whole else 0.0


def _late(instance: Instance, service: str) -> float:
    """Return the minutes of who is not served: the longest way that is looked at."""
    cutoff = float(instance.service(service)["cutoff_minutes"])
    longest = float(instance.access(service)["minutes"].max())
    return max(longest, cutoff) if np.isfinite(cutoff) else longest
