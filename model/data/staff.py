"""Numbers of staff: who is there, what more may be had, and the posts to fill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.rows import rows_with
from aumaq.model.data.gathered import ModelData
from aumaq.model.data.shifts import second_room
from aumaq.model.table import positions


@dataclass(frozen=True)
class StaffData:
    """Staff by rows of ``staff_supply`` (R), in their order. Prices in mln, with the
    scenario's factor.
    """

    professions: tuple[str, ...]
    profession: Ints
    region: tuple[str, ...]
    period: Ints
    available: Floats
    most_hired: Floats
    hire_mln: Floats
    most_trained: Floats
    train_mln: Floats
    posts: dict[str, Floats]
    """By service, posts in a facility, (professions, L+1)."""
    in_second: dict[str, Floats]
    """By service, posts for a unit of demand in second shift, (professions, L+1).

    Of level 0 what a level takes at most: all of them the same, where they are one.
    """
    most: Floats
    """More posts there can never be."""

    def needed(self, data: ModelData, units: Mapping[str, Ints]) -> Floats:
        """Return the posts of what runs, (R,), of units (J, L+1, T) by service.

        In first shift: a plan that is put together without the model has no second.
        """
        rows = range(len(self.period))
        return np.array([self.needed_in(data, units, k) for k in rows], dtype=float)

    def needed_in(self, data: ModelData, units: Mapping[str, Ints], k: int) -> float:
        """Return the posts of row *k* alone."""
        total = 0.0
        for name, posts in self.posts.items():
            where = np.array(data.services[name].site_region, dtype=object)
            inside = np.flatnonzero(where == self.region[k])
            running = units[name][inside, :, self.period[k]].sum(axis=0)
            total += float(running @ posts[self.profession[k]])
        return total

    def before(self, *, trained: bool) -> Floats:
        """Return whose people are there, (R, R): 1 where those of a column are in a
        row's region and period; who is *trained* from the period after on.
        """
        same = self.profession[:, None] == self.profession[None, :]
        same &= np.equal.outer(np.array(self.region), np.array(self.region))
        later = self.period[:, None] - self.period[None, :] >= int(trained)
        return np.asarray(same & later, dtype=float)


def staff_data(data: ModelData) -> StaffData:
    """Return the numbers of staff of an instance."""
    tables = data.instance.tables
    rows, needs = tables["staff_supply"], tables["staff_needs"]
    names = tuple(tables["professions"]["profession"])
    posts: dict[str, Floats] = {}
    for need in needs.itertuples():
        d = data.services[need.service]
        own = posts.setdefault(need.service, np.zeros((len(names), d.num_levels + 1)))
        own[names.index(need.profession), need.level] = need.posts
    region = tuple(rows["region"])
    profession = positions(rows["profession"], names)
    columns = ("available", "most_hired", "hire_mln", "most_trained", "train_mln")
    number = {key: rows[key].to_numpy(dtype=float) for key in columns}
    number["most_hired"] = np.nan_to_num(number["most_hired"], nan=np.inf)
    for price in ("hire_mln", "train_mln"):
        number[price] = number[price] * data.instance.active_scenario.opex_factor
    most = np.zeros(len(rows))
    in_second = {name: _in_second(data, name, own) for name, own in posts.items()}
    for name, own in posts.items():
        d = data.services[name]
        both = own[:, None, :] + in_second[name][:, None, :] * second_room(data, d)
        largest = np.where(d.is_built[None], both, 0.0).max(axis=2)
        where = np.array(d.site_region, dtype=object)
        for k, at in enumerate(region):
            inside = where == at
            most[k] += largest[profession[k], inside] @ d.places[inside]
    return StaffData(
        names, profession, region, positions(rows["period"], data.periods),
        posts=posts, in_second=in_second, most=most, **number,
    )  # fmt: skip


def staff_apart(data: ModelData) -> set[str]:
    """Return the services whose levels take different staff in second shift."""
    rows = data.instance.tables["shifts"]
    first = dict(zip(rows["service"], rows["from_level"], strict=True))
    return {
        name
        for name, more in staff_data(data).in_second.items()
        if name in first and (more[:, first[name] :] != more[:, :1]).any()
    }


def _in_second(data: ModelData, service: str, posts: Floats) -> Floats:
    """Return posts for a unit of demand in second shift, (professions, L+1).

    *posts* are those in a facility, (professions, L+1).
    """
    d, found = data.services[service], np.zeros_like(posts)
    rows = rows_with(data.instance.tables["shifts"], "service", service)
    for rule in rows.itertuples():
        holds = d.usable > 0.0
        holds[: rule.from_level] = False
        found[:, holds] = rule.staff_share * posts[:, holds] / d.usable[holds]
    found[:, 0] = found.max(axis=1)
    return found
