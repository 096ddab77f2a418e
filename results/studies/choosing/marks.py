r"""What tells plans apart: marks of 0 or 1, and the distance of two plans in them.

``sites``
    a mark for each service and site: whether anything runs there in the last period
``levels``
    marks for each service, site, level and period: that at least so many facilities run

With the marks :math:`y` of a plan and :math:`\hat y` of another, their distance is

.. math:: \sum_{k:\,\hat y_k = 0} y_k + \sum_{k:\,\hat y_k = 1} (1 - y_k)

linear in :math:`y` (Hamming distance). That it is at least 1 is the no-good cut (Balas
and Jeroslow 1972). Where one place holds one facility a mark is a column of the model,
otherwise a binary column of its own is tied to it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aumaq.instances import UnknownNameError
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.language.texts import say
from aumaq.model.built import ServiceVariables, exists
from aumaq.model.data.services import ServiceData
from aumaq.solvers.amended import Amendment, Study
from aumaq.solvers.solution.decisions import Decisions

SITES, LEVELS = "sites", "levels"
WAYS = (SITES, LEVELS)
HALF = 0.5


@dataclass(frozen=True)
class Marks:
    """Marks as ``constant + factor * column``, and what each is about.

    ``where``: service, site, level (0: any), period, number of facilities. ``by``: what
    the marks tell of (``WAYS``).
    """

    column: Ints
    constant: Floats
    factor: Floats
    where: list[tuple[str, int, int, int, int]]
    by: str

    def __len__(self) -> int:
        return len(self.column)

    def of(self, plan: Decisions) -> Flags:
        """Return the marks of a plan."""
        found = []
        for service, j, level, t, count in self.where:
            units = plan.services[service].units
            runs = units[j, level, t] if level else units[j, 1:, t].sum()
            found.append(runs >= count)
        return np.array(found, dtype=bool)

    def distance(self, known: Flags) -> tuple[Ints, Floats, float]:
        """Return columns, amounts and constant of the distance to known marks."""
        sign = np.where(known, -1.0, 1.0)
        constant = float((sign * self.constant).sum() + known.sum())
        return self.column, sign * self.factor, constant

    def apart(self, amendment: Amendment, known: Flags, least: float = 1.0) -> None:
        """Add the row that the distance to known marks is at least so much."""
        columns, amounts, constant = self.distance(known)
        amendment.row(columns, amounts, lower=least - constant)

    def near(self, amendment: Amendment, known: Flags, most: float) -> None:
        """Add the row that the distance to known marks is at most so much."""
        columns, amounts, constant = self.distance(known)
        amendment.row(columns, amounts, upper=most - constant)


def marks_of(study: Study, amendment: Amendment, by: str) -> Marks:
    """Return the marks by ``sites`` or ``levels``; what they need is added.

    Raises UnknownNameError for another name.
    """
    if by not in WAYS:
        raise UnknownNameError(say("way to tell plans apart"), by, WAYS)
    found: list[tuple[int, float, float, tuple[str, int, int, int, int]]] = []
    built, place = study.c.built, study.c.place
    for name, v in built.variables.items():
        d = built.data.services[name]
        if by == SITES:
            last = len(built.data.periods) - 1
            for j in range(len(d.sites)):
                found += _of_site(amendment, place, v, d, (j, last))
        else:
            for j, level, t in np.argwhere(exists(v.units[:, 1:])).tolist():
                found += _of_level(amendment, place, v, d, (j, level + 1, t))
    columns = np.array([one[0] for one in found], dtype=np.int64)
    constant, factor = (np.array([one[k] for one in found], float) for k in (1, 2))
    return Marks(columns, constant, factor, [one[3] for one in found], by)


Found = list[tuple[int, float, float, tuple[str, int, int, int, int]]]


def _of_site(
    amendment: Amendment,
    place: Ints,
    v: ServiceVariables,
    d: ServiceData,
    at: tuple[int, int],
) -> Found:
    """Return the mark that something runs at a site: its empty places are fewer."""
    j, t = at
    empty, where = int(place[v.units[j, 0, t]]), (d.name, j, 0, t, 1)
    levels = v.units[j, 1:, t]
    running = place[levels[exists(levels)]]
    running = running[running >= 0]
    if not len(running):
        return []
    places = float(d.places[j])
    if places == 1.0 and empty >= 0:
        return [(empty, 1.0, -1.0, where)]
    mark = amendment.column(upper=1.0, is_whole=True)
    columns = np.append(running, mark)
    ones = np.ones(len(running))
    amendment.row(columns, np.append(ones, -1.0), lower=0.0)
    amendment.row(columns, np.append(ones, -places), upper=0.0)
    return [(mark, 0.0, 1.0, where)]


def _of_level(
    amendment: Amendment,
    place: Ints,
    v: ServiceVariables,
    d: ServiceData,
    at: tuple[int, int, int],
) -> Found:
    """Return the marks that at least 1, 2, ... facilities of a level run at a site."""
    j, level, t = at
    column = int(place[v.units[j, level, t]])
    if column < 0:
        return []
    where, most = (d.name, j, level, t), int(d.places[j])
    if most == 1:
        return [(column, 0.0, 1.0, (*where, 1))]
    marks = [amendment.column(upper=1.0, is_whole=True) for _ in range(most)]
    amendment.row(np.array([column, *marks]), np.array([1.0, *[-1.0] * most]), 0.0, 0.0)
    for more, fewer in zip(marks[1:], marks, strict=False):
        amendment.row(np.array([fewer, more]), np.array([1.0, -1.0]), lower=0.0)
    return [(mark, 0.0, 1.0, (*where, k + 1)) for k, mark in enumerate(marks)]
