"""From tables to a projection: cohorts by region, people by settlement, a ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.errors import OptionError, UnknownNameError
from aumaq.instances.language.texts import say
from aumaq.instances.people.agglomerations import within_limits
from aumaq.instances.people.demand import ALL
from aumaq.instances.people.projection.calendar import (
    period_means,
    start_year,
    step_years,
)
from aumaq.instances.people.projection.cohorts import Flows, one_step
from aumaq.instances.people.projection.groups import members
from aumaq.instances.people.projection.levers import arrivals_of, kept_today, policy_of
from aumaq.instances.people.projection.rates import (
    Axes,
    Rates,
    axes_of,
    rates_of,
    start_cohorts,
)
from aumaq.instances.people.projection.sharing import emptied, rake, spread
from aumaq.instances.people.projection.totals import Totals
from aumaq.instances.people.projection.trends import growth_ratios

Tables = Mapping[str, pd.DataFrame]

MOST_YEARS = 1_000
"""That a projection reaches beyond its start."""
FLOWS = ("births", "deaths", "migration_in", "migration_out", "external", "announced",
         "adjustment")  # fmt: skip


@dataclass(frozen=True)
class Projection:
    """A computed projection.

    ``people``: (settlements, years) persons; ``cohorts``: (R, S, A, years) persons,
    empty without age groups; ``ledger``: one row a region and step: start, births,
    deaths, migration_in, migration_out, external, announced, adjustment, end; start +
    births - deaths + migration_in - migration_out + external + announced + adjustment
    = end.
    """

    name: str
    years: tuple[int, ...]
    axes: Axes
    region: Ints
    people: Floats
    cohorts: Floats
    ledger: pd.DataFrame
    tables: Tables

    @property
    def totals(self) -> pd.DataFrame:
        """Persons by region and year: region, year, persons."""
        sums = _by_region(self.people, self.region, len(self.axes.regions))
        frame = pd.DataFrame(sums, index=list(self.axes.regions), columns=self.years)
        long = frame.rename_axis("region").reset_index().melt(
            "region", var_name="year", value_name="persons"
        )  # fmt: skip
        return long.sort_values(["region", "year"]).reset_index(drop=True)

    @property
    def population(self) -> pd.DataFrame:
        """Persons by settlement and year: settlement, region, year, persons."""
        codes = self.tables["settlements"][["settlement", "region"]]
        n = len(self.years)
        return pd.DataFrame(
            {
                "settlement": codes["settlement"].repeat(n).to_numpy(),
                "region": codes["region"].repeat(n).to_numpy(),
                "year": list(self.years) * len(codes),
                "persons": self.people.ravel(),
            }
        )

    @property
    def ages(self) -> pd.DataFrame:
        """Persons by age: region, sex, from_age, year, persons."""
        names = ["region", "sex", "from_age", "year"]
        index = pd.MultiIndex.from_product(
            [self.axes.regions, self.axes.sexes, self.axes.ages, self.years],
            names=names,
        )
        return pd.Series(
            self.cohorts.ravel(), index, name="persons", dtype=float
        ).reset_index()

    def rows(self) -> pd.DataFrame:
        """Return the rows of ``population``: means of periods, all and by group.

        They keep to the limits of agglomerations; people by year do not.
        """
        periods = list(self.tables["periods"]["period"])
        years = list(self.years)
        people = period_means(self.tables, years, self.people)
        people = within_limits(self.tables, people)
        found = {ALL: people}
        if self.cohorts.size:
            by_age = period_means(self.tables, years, self.cohorts.sum(axis=1))
            for _, group in self.tables["groups"].iterrows():
                if group["group"] != ALL and not np.isnan(group["from_age"]):
                    found[str(group["group"])] = members(
                        self.tables, group, people, self.region, by_age, self.axes.ages
                    )
        codes = self.tables["settlements"]["settlement"]
        frames = [
            pd.DataFrame(
                {
                    "settlement": codes.repeat(len(periods)).to_numpy(),
                    "scenario": self.name,
                    "period": periods * len(codes),
                    "group": group,
                    "persons": values.ravel(),
                }
            )
            for group, values in found.items()
        ]
        return pd.concat(frames, ignore_index=True)


def project(
    tables: Tables,
    name: str,
    kept: Mapping[str, float] | None = None,
    *,
    until_year: int | None = None,
) -> Projection:
    """Compute a projection from the tables of an instance.

    It reaches the end of the last period, or *until_year* if that is later.

    *kept*: share of services kept near a settlement, by code, for the lever
    ``retention``; without it a settlement with an existing facility counts as 1.
    Raises UnknownNameError if there is no such projection, OptionError for a year that
    is too far.
    """
    rows = tables["projections"]
    if name not in set(rows["projection"]):
        raise UnknownNameError(say("projection"), name, rows["projection"])
    row = rows[rows["projection"] == name].iloc[0]
    last = start_year(tables, row) + MOST_YEARS
    if until_year is not None and not 0 <= until_year <= last:
        text = say("until must be a year up to {last}, not {year}",
                   last=last, year=until_year)  # fmt: skip
        raise OptionError(text, ["until"])
    return _Run(tables, row, kept, until_year or 0).projection()


class _Run:
    """One projection under way."""

    def __init__(
        self,
        tables: Tables,
        row: pd.Series[object],
        kept: Mapping[str, float] | None,
        until_year: int,
    ) -> None:
        self._tables, self._row = tables, row
        self._name, self._step = str(row["projection"]), int(row["step_years"])
        self._years = step_years(tables, row, until_year)
        self._start_year = start_year(tables, row)
        self._axes = axes_of(tables)
        places = tables["settlements"]
        self._region = pd.Index(self._axes.regions).get_indexer(places["region"])
        self._people = places["population"].to_numpy(dtype=float)
        start = self._sums(self._people)
        self._totals = Totals(tables, self._name, self._axes.regions, start)
        self._has_ages = bool(self._axes.ages)
        self._cohorts = start_cohorts(tables, self._axes, start)
        today = kept_today(tables)
        self._kept = (
            today if kept is None
            else places["settlement"].map(kept).fillna(0.0).to_numpy(dtype=float)
        )  # fmt: skip

    def _sums(self, people: Floats) -> Floats:
        return _by_region(people, self._region, len(self._axes.regions))

    def projection(self) -> Projection:
        ratios = growth_ratios(
            self._tables, self._years, float(self._row["trend_half_life_years"])
        )  # fmt: skip
        people, cohorts, ledger = [self._people], [self._cohorts], []
        for k, year in enumerate(self._years[:-1]):
            ledger.append(self._one_step(year, ratios[:, k]))
            people.append(self._people)
            cohorts.append(self._cohorts)
        return Projection(
            self._name,
            tuple(self._years),
            self._axes,
            self._region,
            np.stack(people, axis=1),
            np.stack(cohorts, axis=3),
            pd.concat(ledger, ignore_index=True),
            self._tables,
        )

    def _one_step(self, year: int, ratios: Floats) -> pd.DataFrame:
        """Take the state a step on; return the ledger of the regions."""
        start = self._sums(self._people)
        arrivals = arrivals_of(self._tables, self._name, year, self._step)
        flows, announced = self._age(year, arrivals)
        unscaled = self._cohorts.sum(axis=(1, 2)) if self._has_ages else start
        if not self._has_ages:
            unscaled = start + announced
        totals = unscaled
        if self._row["uses_totals"]:
            totals = self._totals.at(self._start_year, year + self._step, unscaled)
        if self._has_ages:
            self._rescale(unscaled, totals)
        self._settle(year, ratios, totals, np.sum(list(arrivals.values()), axis=0))
        end = self._sums(self._people)
        zero = np.zeros_like(start)
        given = {f: getattr(flows, f) if flows else zero for f in FLOWS[:5]}
        frame = pd.DataFrame(
            {"region": self._axes.regions, "year": year, "start": start, **given}
        )
        return frame.assign(announced=announced, adjustment=totals - unscaled, end=end)

    def _age(
        self, year: int, arrivals: dict[str, Floats]
    ) -> tuple[Flows | None, Floats]:
        """Age the cohorts, with arrivals at announced sites; return flows, arrivals.

        Without age groups only arrivals from other regions and abroad are told.
        """
        wanted = self._sums(arrivals["nation"])
        abroad = self._sums(arrivals["abroad"])
        if not self._has_ages:
            return None, _moved(self._sums(self._people), wanted) + abroad
        rates: Rates = rates_of(self._tables, self._axes, self._row, year, self._step)
        share = float(self._row["male_birth_share"])
        self._cohorts, flows = one_step(self._cohorts, rates, self._step, share)
        there = self._cohorts.sum(axis=(1, 2))
        after = np.maximum(there + _moved(there, wanted) + abroad, 0.0)
        self._rescale(there, after)
        return flows, after - there

    def _rescale(self, now: Floats, then: Floats) -> None:
        """Scale cohorts of regions to other totals; ages stay in proportion."""
        everywhere = self._cohorts.sum(axis=0, keepdims=True)
        pattern = np.broadcast_to(everywhere, self._cohorts.shape)
        if everywhere.sum() <= 0:
            pattern = np.ones_like(self._cohorts)
        blank = np.where(now > 0, 0.0, then)[:, None, None]
        sums = pattern.sum(axis=(1, 2), keepdims=True)
        factor = np.where(now > 0, then / np.where(now > 0, now, 1.0), 0.0)
        self._cohorts = self._cohorts * factor[:, None, None] + blank * pattern / sums

    def _settle(
        self, year: int, ratios: Floats, totals: Floats, arriving: Floats
    ) -> None:
        """Spread totals of regions over settlements."""
        coming = self._sums(arriving)
        fits = np.minimum(1.0, totals / np.maximum(coming, 1e-300))
        arriving = arriving * fits[self._region]
        policy = policy_of(
            self._tables, self._name, self._axes.regions, year, self._step, self._kept
        )
        rest = np.maximum(totals - self._sums(arriving), 0.0)
        people = spread(self._people, ratios, self._region, rest, policy) + arriving
        least = float(self._row["empty_below_persons"])
        if least > 0:
            people = emptied(people, self._region, least)
        self._people = rake(people, people, self._region, totals)


def _moved(there: Floats, wanted: Floats) -> Floats:
    """Return the net effect of sites that draw people from elsewhere, (R,), sum 0.

    A site draws from all other regions in proportion to their people; where sites ask
    for more than there are, all get less.
    """
    lost = np.zeros(len(there))
    for r in np.flatnonzero(wanted):
        others = there.copy()
        others[r] = 0.0
        lost += wanted[r] * others / max(others.sum(), 1e-300)
    most = float(np.max(lost / np.maximum(there, 1e-300), initial=0.0))
    net: Floats = (wanted - lost) / max(1.0, most)
    return net


def _by_region(people: Floats, region: Ints, count: int) -> Floats:
    """Sum settlements by region along the first axis."""
    sums = np.zeros((count, *people.shape[1:]))
    np.add.at(sums, region, people)
    return sums
