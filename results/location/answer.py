"""The answer: which sites, what that is worth, and how sure that is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from aumaq.classic.placement.choice import Choice
from aumaq.instances.access.limits import within
from aumaq.instances.arguments import checked
from aumaq.instances.arrays import Flags, Floats
from aumaq.instances.goals import COVER_ALL
from aumaq.results.language import ENGLISH, Language
from aumaq.results.location.question import CLOSES, KEPT, MUST, NEVER, Question

SAME = 1e-9
"""Relative difference up to which two ways of adding up agree."""


@dataclass(frozen=True, eq=False)
class Location:
    """Where to place sites; made by :func:`aumaq.locate`.

    ``value`` and ``bound`` are those of the goal: people, sites, or the unit of the
    ways; ``gap`` is their distance relative to the value.
    """

    question: Question
    choice: Choice

    # -- what was chosen -------------------------------------------------------

    @property
    def value(self) -> float:
        """What the choice is worth by its goal, recomputed from the table of ways."""
        return self._measure(self.choice.is_open)[self.question.goal.name]

    @property
    def bound(self) -> float:
        """What no choice is better than."""
        return self.choice.bound * self.question.of_goal

    @property
    def gap(self) -> float:
        """Distance of value and bound, relative to the value."""
        return self.choice.gap

    @property
    def status(self) -> str:
        """Whether the choice is proven best, or why the work ended."""
        return str(self.choice.status)

    @property
    def is_verified(self) -> bool:
        """Whether ways added up anew give what the solver was told to be given."""
        own, told = self.value / self.question.of_goal, self.choice.value
        state = self.question.sites["state"].to_numpy(dtype=object)
        is_new = self.choice.is_open & (state != KEPT)
        has_must = bool(self.choice.is_open[np.isin(state, [KEPT, MUST])].all())
        is_few = int(is_new.sum()) <= self.question.count
        if math.isnan(own) or math.isnan(told):
            return math.isnan(own) == math.isnan(told) and has_must and is_few
        is_same = abs(own - told) <= SAME * max(1.0, abs(own))
        return is_same and has_must and is_few

    @cached_property
    def sites(self) -> pd.DataFrame:
        """Sites that are open: site, name, lat, lon, action, people, mean_minutes.

        ``action`` is ``new`` or ``kept``; a site of today that is not open is
        ``closed``. ``people`` are those whose nearest open site it is.
        """
        q, is_open, today = self.question, self.choice.is_open, self.question.today
        rows = q.sites[["site", "name", "lat", "lon"]].copy()
        rows["action"] = np.select(
            [is_open & ~today, is_open & today, today], ["new", "kept", "closed"], ""
        )
        served = self.places[["site_after", "people", "minutes_after"]].dropna()
        served = served.assign(way=served["people"] * served["minutes_after"])
        by_site = served.groupby("site_after")[["people", "way"]].sum()
        by_site = by_site.reindex(rows["site"])
        rows["people"] = by_site["people"].fillna(0.0).to_numpy()
        with np.errstate(invalid="ignore", divide="ignore"):
            rows["mean_minutes"] = by_site["way"].to_numpy() / rows["people"]
        order = rows["action"].map({"new": 0, "kept": 1, "closed": 2}).fillna(3)
        rows = rows.assign(order=order)[order < 3]
        rows = rows.sort_values(["order", "people"], ascending=[True, False])
        return rows.drop(columns="order").reset_index(drop=True)

    @property
    def new_sites(self) -> pd.DataFrame:
        """Sites that open, by the people who go there."""
        rows = self.sites
        return rows[rows["action"] == "new"].reset_index(drop=True)

    @cached_property
    def places(self) -> pd.DataFrame:
        """Places: people, and nearest site and minutes before and after."""
        found = self.question.places.copy()
        for name, is_open in (
            ("before", self.question.today),
            ("after", self.choice.is_open),
        ):
            site, way = self._nearest(is_open)
            found[f"site_{name}"], found[f"minutes_{name}"] = site, way
        return found

    @property
    def unreachable(self) -> pd.DataFrame:
        """Places with people from which no site that may be open can be reached."""
        rows = self.places
        can = np.zeros(len(rows), dtype=bool)
        can[self._usable_ways()["i"].to_numpy(dtype=np.int64)] = True
        return rows[~can & (rows["people"] > 0.0).to_numpy()]

    # -- measures --------------------------------------------------------------

    @property
    def before(self) -> dict[str, float]:
        """Measures of what is open today (:meth:`after`)."""
        return self._measure(self.question.today)

    @property
    def after(self) -> dict[str, float]:
        """people, reached, cover, places_within, total, mean_minutes, worst_minutes.

        ``total`` is people times their way. ``cover_all``: the sites that open.
        ``cover`` and ``places_within`` are NaN where the question has no minutes.
        """
        return self._measure(self.choice.is_open)

    def _measure(self, is_open: Flags) -> dict[str, float]:
        """Return measures, by joins of tables: not as the solver does."""
        q = self.question
        _, way = self._nearest(is_open)
        people = q.places["people"].to_numpy(dtype=float)
        reached = np.isfinite(way) & (people > 0.0)
        total, nan = float(people[reached].sum()), float("nan")
        near = reached & within(way / q.scale, nan if q.limit is None else q.limit)
        weighed = float((people[reached] * way[reached]).sum())
        state = q.sites["state"].to_numpy(dtype=object)
        return {
            "people": float(people.sum()),
            "reached": total,
            "cover": nan if q.minutes is None else float(people[near].sum()),
            "places_within": nan if q.minutes is None else float(near.sum()),
            "total": weighed,
            "mean_minutes": weighed / total if total else nan,
            "worst_minutes": float(way[reached].max()) if total else nan,
            "cover_all": float((is_open & (state != KEPT)).sum()),
        }

    def _usable_ways(self) -> pd.DataFrame:
        never = self.question.sites["state"].isin([NEVER, CLOSES]).to_numpy()
        ways = self.question.ways
        return ways[~never[ways["j"].to_numpy(dtype=np.int64)]]

    def _nearest(self, is_open: Flags) -> tuple[pd.Series[str], Floats]:
        """Return the nearest open site of each place, and its minutes; NaN: none."""
        q, ways = self.question, self.question.ways
        rows = ways[is_open[ways["j"].to_numpy(dtype=np.int64)]]
        rows = rows.sort_values(["minutes", "j"], kind="stable").drop_duplicates("i")
        rows = rows.set_index("i").reindex(range(len(q.places)))
        codes = q.sites["site"].to_numpy(dtype=object)
        at = rows["j"].to_numpy(dtype=float)
        named = [codes[int(j)] if j == j else None for j in at]
        site = pd.Series(named, index=q.places.index, dtype="str")
        return site, rows["minutes"].to_numpy(dtype=float)

    # -- what comes out --------------------------------------------------------

    def record(self) -> dict[str, Any]:
        """Return everything but the tables as plain values."""
        q = self.question
        return {
            "goal": q.goal.name,
            **q.of,
            "unit": q.unit,
            "minutes": q.minutes,
            "most_new": None if q.goal is COVER_ALL else q.count,
            "status": self.status,
            "verified": self.is_verified,
            "value": self.value,
            "bound": self.bound,
            "gap": self.gap,
            "seconds": self.choice.seconds,
            "new_sites": self.new_sites["site"].tolist(),
            "closed_sites": self.sites["site"][self.sites["action"] == "closed"]
            .tolist(),
            "before": self.before,
            "after": self.after,
            "unreachable": self.unreachable["place"].tolist(),
            "notes": [str(note) for note in q.notes],
        }  # fmt: skip

    @checked
    def texts(self, words: Language = ENGLISH) -> list[str]:
        """Return the answer in a few lines, in a language."""
        from aumaq.results.location.telling import lines

        return lines(self, words)

    def __str__(self) -> str:
        return "\n".join(self.texts())

    def __repr__(self) -> str:
        q = self.question
        return (
            f"<Location for {q.goal.name}: {len(self.new_sites)} new sites, value"
            f" {self.value:g}, bound {self.bound:g}, {self.status}>"
        )

    def _repr_html_(self) -> str:
        from aumaq.results.location.telling import html

        return html(self, ENGLISH)

    @checked
    def svg(self, words: Language = ENGLISH) -> str:
        """Return a map as SVG ("" where nothing has coordinates)."""
        from aumaq.results.location.telling import picture

        return picture(self, words)

    @checked
    def write(
        self, folder: str | Path, lang: str = "en", *, overwrite: bool = False
    ) -> Path:
        """Write tables (CSV), map (GeoJSON), record (JSON) and page (HTML).

        A folder that holds something else is never replaced (ExportError), an earlier
        answer only to *overwrite*.
        """
        from aumaq.results.location.folder import write_answer

        return write_answer(self, Path(folder), lang, overwrite=overwrite)
