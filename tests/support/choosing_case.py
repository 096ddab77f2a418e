"""Villages, sites and levels of one period, and every plan of them by hand.

An oracle for what chooses among plans: nothing here is shared with the package but the
building of tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from hypothesis import strategies as st
from tiny_instances import some, tiny

from aumaq.instances import Instance

MLN_A_MINUTE = 0.001
"""What a minute of one inhabitant costs a year: 100 trips at 600 an hour."""
LATE = 60.0
SITES = "abc"


@dataclass(frozen=True)
class Case:
    """What a draw decides; minutes[i][j] from village i to site j."""

    people: tuple[float, ...]
    minutes: tuple[tuple[float, ...], ...]
    capacity: tuple[float, float]
    capex: tuple[float, float]
    opex: tuple[float, float]
    unserved_mln: float

    @property
    def instance(self) -> Instance:
        """The instance of the case."""
        names = "abcd"[: len(self.people)]
        places = [
            {"settlement": n, "population": p, "lat": 50.0 + k}
            for k, (n, p) in enumerate(zip(names, self.people, strict=True))
        ]
        travel = [
            {"settlement": n, "site": s, "minutes": self.minutes[i][j]}
            for i, n in enumerate(names)
            for j, s in enumerate(SITES)
            if n != s
        ]
        levels = [
            {"service": "s", "level": k + 1, "capacity": self.capacity[k],
             "capex_mln": self.capex[k], "opex_mln_per_year": self.opex[k]}
            for k in range(2)
        ]  # fmt: skip
        service = {"service": "s", "allocation": "whole", "cutoff_minutes": LATE,
                   "nearest_sites": 0, "trips_per_year": 100.0,
                   "unserved_mln_per_unit_year": self.unserved_mln}  # fmt: skip
        return tiny(
            policies=[{"discount_rate": 0.0, "value_of_time_per_hour": 600.0,
                       "count_residual_value": False}],
            settlements=places,
            services=[service],
            sites=[{"site": s, "service": "s", "settlement": s} for s in SITES],
            levels=levels,
            travel=travel,
        )  # fmt: skip

    def plans(self) -> list[Outcome]:
        """Return every plan."""
        found = []
        total = sum(self.people)
        for levels in product(range(3), repeat=len(SITES)):
            open_sites = [j for j, level in enumerate(levels) if level]
            room = [self.capacity[level - 1] if level else 0.0 for level in levels]
            capex = sum(self.capex[level - 1] for level in levels if level)
            opex = sum(self.opex[level - 1] for level in levels if level)
            for goes in product([None, *open_sites], repeat=len(self.people)):
                comes = [0.0] * len(SITES)
                far, out, worst = 0.0, 0.0, 0.0
                for i, (people, j) in enumerate(zip(self.people, goes, strict=True)):
                    way = LATE if j is None else self._way(i, j)
                    worst, far = max(worst, way), far + people * way
                    if j is None:
                        out += people
                    else:
                        comes[j] += people
                if any(c > r + 1e-9 for c, r in zip(comes, room, strict=True)):
                    continue
                travelled = far - out * LATE
                cost = capex + opex + MLN_A_MINUTE * travelled + self.unserved_mln * out
                found.append(Outcome(levels, cost, capex, out, far / total, worst))
        return found

    def _way(self, i: int, j: int) -> float:
        return 0.0 if i == j else self.minutes[i][j]


@dataclass(frozen=True)
class Outcome:
    """A plan: the level at each site, and what comes of it."""

    levels: tuple[int, ...]
    cost: float
    investment: float
    unserved: float
    mean_minutes: float
    worst_minutes: float

    @property
    def sites(self) -> tuple[bool, ...]:
        """Where anything runs."""
        return tuple(level > 0 for level in self.levels)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw a case; no site holds everybody at level 1, any does at level 2."""
    count = draw(st.integers(3, 4))
    people = tuple(float(draw(some(20, 30, 50, 70, 90))) for _ in range(count))
    total = sum(people)
    one = draw(some(3.0, 5.0, 8.0))
    return Case(
        people,
        tuple(tuple(float(draw(st.integers(5, 55))) for _ in SITES) for _ in people),
        (draw(some(0.5, 0.7, 0.9)) * total, 1.1 * total),
        (one, one * draw(some(1.2, 1.6))),
        (draw(some(0.5, 1.0)), draw(some(1.2, 2.0))),
        draw(some(0.02, 0.05, 0.2)),
    )
