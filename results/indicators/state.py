"""What indicators are computed from: a plan, or what stands today, in one shape.

Arrays are (1 + regions, periods): row 0 is the whole territory with what belongs to no
region, the others are the regions in the order of their codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aumaq.instances import Instance
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.checks.check import applies_to
from aumaq.instances.people import demand, loads
from aumaq.instances.people.agglomerations import demand_factor
from aumaq.instances.people.growth import after_moves, chosen_of
from aumaq.instances.schema.dtypes import TEXT
from aumaq.instances.schema.plan import OF_SETTLEMENT
from aumaq.results.indicators.visited import ways

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

Tables = Mapping[str, pd.DataFrame]
DUST = 1e-9
"""Units of demand: so few go no way."""
WAY = ("demand", "minutes", "length_km")

WHOLE = ""
"""The name of the whole territory in the column ``region``."""


@dataclass(frozen=True)
class Indicator:
    """A row of table ``indicators``; a formula says what it asks for."""

    indicator: str = ""
    title: str = ""
    unit: str = ""
    formula: str = ""
    expression: str = ""
    service: str = ""
    network: str = ""
    minutes: float = np.nan
    unpaved_km: float = np.nan
    applies_to: str = "all"
    direction: str = ""
    digits: int = 0
    share: float = np.nan
    aversion: float = np.nan


@dataclass(frozen=True)
class Measure:
    """A quantity, or a ratio of two: ``top`` and ``bottom``, (1 + R, T).

    A ratio of sums makes every indicator of a territory the right combination of those
    of its regions.
    """

    top: Floats
    bottom: Floats | None = None

    @property
    def value(self) -> Floats:
        """The value, NaN where there is nothing to relate it to."""
        if self.bottom is None:
            return self.top
        holds = self.bottom > 0
        return np.where(holds, self.top / np.where(holds, self.bottom, 1.0), np.nan)


@dataclass(frozen=True, eq=False)
class State:
    """A plan with its instance, or what stands today as a plan of one period.

    ``world`` are the tables of the instance for these periods, ``tables`` those of the
    plan, ``upgraded`` says which road upgrades stand in each period, (G, T).
    """

    instance: Instance
    periods: tuple[str, ...]
    world: Tables
    tables: Tables
    upgraded: Flags

    @cached_property
    def ways(self) -> pd.DataFrame:
        """Who goes where: of those whom a mobile service visits, no minutes and km.

        Service, settlement, site, period, demand, minutes, length_km.
        """
        rows, visits = self.tables["allocation"], self.tables.get("visits")
        if visits is not None:
            rows = ways(rows, visits)
        return rows[["service", "settlement", "site", "period", *WAY]]

    @cached_property
    def settlements(self) -> pd.DataFrame:
        """The table of settlements."""
        return self.world["settlements"]

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """The regions that have settlements, in order of their codes."""
        return tuple(sorted(set(self.settlements["region"])))

    @property
    def shape(self) -> tuple[int, int]:
        """(1 + R, T)."""
        return 1 + len(self.regions), len(self.periods)

    @cached_property
    def ids(self) -> pd.Index[str]:
        """The settlements in order."""
        return pd.Index(self.settlements["settlement"])

    @property
    def projection(self) -> str:
        """The projection of the active scenario."""
        return self.instance.active_scenario.projection

    @cached_property
    def people(self) -> Floats:
        """All inhabitants, (S, T)."""
        return self._after_moves(loads.everyone(self.world, self.projection))

    def demand(self, service: str) -> Floats:
        """Return demand for a service, (S, T)."""
        if service not in self._demands:
            self._demands[service] = self._demand(service)
        return self._demands[service].copy()

    @cached_property
    def _demands(self) -> dict[str, Floats]:
        """The demands that were asked for."""
        return {}

    def _demand(self, service: str) -> Floats:
        row = self.instance.service(service)
        members = demand.persons(self.world, self.projection, str(row["group"]))
        units = float(row["demand_per_person"]) * demand_factor(self.world, service)
        return self._after_moves(members * units[:, None])

    @cached_property
    def _chosen(self) -> NDArray[np.int64]:
        """Which candidates are growth points in the plan, (K, T); none today."""
        if self.world["growth_candidates"].empty:
            return np.zeros((0, len(self.periods)), dtype=np.int64)
        return chosen_of(self.instance.tables, self.tables["growth_points"])

    def _after_moves(self, members: Floats) -> Floats:
        """Return members of a group, (S, T), after moves to chosen growth points."""
        return after_moves(self.world, self.projection, members, self._chosen)

    def counts(self, who: str) -> Floats:
        """Return 1 for each settlement of a kind (``applies_to``), else 0, (S, 1).

        Growth points that the plan chooses count as such: (S, T).
        """
        counts = applies_to(self.settlements, who)[:, None].astype(float)
        if who != "growth_point" or not len(self._chosen):
            return counts
        counts = np.repeat(counts, len(self.periods), axis=1)
        at = self.ids.get_indexer(self.world["growth_candidates"]["settlement"])
        np.maximum.at(counts, at, self._chosen.astype(float))
        return counts

    def by_settlement(self, values: Floats) -> Floats:
        """Return sums of (S, T) values over regions and the whole."""
        total = np.zeros(self.shape)
        row = pd.Index(self.regions).get_indexer(self.settlements["region"])
        values = np.broadcast_to(values, (len(row), len(self.periods)))
        np.add.at(total, 1 + row, values)
        total[0] = values.sum(axis=0)
        return total

    def rows(self, table: str, service: str = "", network: str = "") -> pd.DataFrame:
        """Return rows of a plan table with the columns that settlements lend them."""
        rows = self.tables[table]
        for column, wanted in (("service", service), ("network", network)):
            if wanted:
                rows = rows[rows[column] == wanted]
        return with_settlement(self.settlements, rows)

    def by_rows(self, rows: pd.DataFrame, amount: Any) -> Floats:
        """Return sums of an amount for each row over regions and the whole.

        A row of no region counts in the whole only.
        """
        total = np.zeros(self.shape)
        where, t, amount = *self.places(rows), np.asarray(amount, dtype=float)
        np.add.at(total[0], t, amount)
        placed = where > 0
        np.add.at(total, (where[placed], t[placed]), amount[placed])
        return total

    def places(self, rows: pd.DataFrame) -> tuple[Ints, Ints]:
        """Return row (0: of no region) and column of an array for each row."""
        where = 1 + pd.Index(self.regions).get_indexer(rows["region"])
        t = pd.Index(self.periods).get_indexer(rows["period"])
        return where.astype(np.int64), t.astype(np.int64)

    def grid(self, rows: pd.DataFrame, amount: Any) -> Floats:
        """Return sums of an amount for each row by settlement and period, (S, T)."""
        total = np.zeros((len(self.ids), len(self.periods)))
        i = self.ids.get_indexer(rows["settlement"])
        t = pd.Index(self.periods).get_indexer(rows["period"])
        np.add.at(
            total, (i[i >= 0], t[i >= 0]), np.asarray(amount, dtype=float)[i >= 0]
        )
        return total


def with_settlement(settlements: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with the columns of their settlement that they lack themselves."""
    column = "settlement" if "settlement" in rows else "from_settlement"
    if column not in rows:
        return rows
    wanted = [name for name in OF_SETTLEMENT if name not in rows]
    lent = settlements.set_index("settlement")[wanted].reindex(rows[column])
    fill = {name: "" if kind == "text" else False for name, kind in
            OF_SETTLEMENT.items() if name in wanted}  # fmt: skip
    for name in wanted:
        cells = lent[name].astype(object).to_numpy()
        missing = lent[name].isna().to_numpy()
        kind = TEXT if OF_SETTLEMENT[name] == "text" else "bool"
        cells = np.where(missing, fill[name], cells)
        rows = rows.assign(**{name: pd.Series(cells, index=rows.index).astype(kind)})
    return rows


def of_plan(plan: Plan) -> State:
    """Return the state of a plan."""
    return with_population(bare(plan))


def bare(plan: Plan) -> State:
    """Return the state of a plan without a table ``population``: most need none."""
    instance, periods = plan.instance, pd.Index(plan.instance.period_names)
    upgraded = np.zeros((len(instance.upgrade_names), len(periods)), dtype=bool)
    built = plan.tables["road_upgrades"]
    g = pd.Index(instance.upgrade_names).get_indexer(built["upgrade"])
    t = periods.get_indexer(built["period"])
    for upgrade, since in zip(g, t, strict=True):
        upgraded[upgrade, since:] = True
    return State(
        instance, instance.period_names, instance.tables, plan.tables, upgraded
    )


def with_population(state: State) -> State:
    """Return the state with a table ``population`` beside those of the plan."""
    count = len(state.periods)
    rows = pd.DataFrame(
        {
            "settlement": np.repeat(state.ids.to_numpy(dtype=object), count),
            "period": np.tile(np.array(state.periods, dtype=object), len(state.ids)),
            "persons": state.people.ravel(),
        }
    ).astype({"settlement": TEXT, "period": TEXT})
    tables = {**state.tables, "population": rows}
    return State(state.instance, state.periods, state.world, tables, state.upgraded)
