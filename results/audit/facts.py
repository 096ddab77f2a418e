"""What the audit needs to know of an instance, computed from its tables alone.

Demand in units of the service, money in millions, time in minutes and years. Arrays
are indexed by settlement ``i``, site ``j`` (of one service), level ``l`` (0 is "none")
and period ``t``, in the order of the tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.results.audit.frames import find, records
from aumaq.results.audit.zones import Cause, causes, places_of

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Times:
    """Periods and discounting: ``once`` is df[t], ``yearly`` is ann[t]."""

    names: pd.Index[Any]
    first: list[int]
    years: list[int]
    once: Floats
    yearly: Floats
    end: int
    at_end: float
    growth_to_end: float
    """By what a mln of the base year has grown at the end."""

    @property
    def all_years(self) -> Floats:
        """Years of each period."""
        return np.array(self.years, dtype=float)

    def position(self, name: str) -> int:
        """Return the period's position; 0 for an empty name."""
        return self._positions[name] if name else 0

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {name: t for t, name in enumerate(self.names)}

    def due(self, year: int) -> int | None:
        """Return the period at whose start what is due by *year* must be done."""
        if year <= 0 or year >= self.end:
            return None
        return max(t for t in range(len(self.first)) if t == 0 or self.first[t] <= year)


@dataclass(frozen=True)
class Service:
    """One service: demand (i,t), sites (j), levels (l), stock and prices of moves."""

    name: str
    row: dict[str, Any]
    demand: Floats
    sites: pd.Index[Any]
    table: pd.DataFrame
    home: Ints
    region: list[str]
    max_units: Ints
    is_forbidden: Flags
    is_required: Flags
    opens: Ints
    enter: Flags
    """Levels that may be built (j,l): by ``max_level`` and ``min_population``."""
    levels: dict[str, Floats]
    price: Floats
    allowed: Flags
    stock: Ints
    locked: Ints
    due: Ints
    residual: Floats
    travel_mln_per_unit_minute: float
    """Of a unit of demand, a minute away, for a year, with all who come along."""
    transport_mln_per_unit_km: float
    titles: NDArray[np.object_]
    """Of the levels."""
    land: list[Cause]
    """What the land forbids."""

    @property
    def renewal_mln(self) -> Floats:
        """What renewing a facility costs, by level."""
        return self.levels["capex_mln"] * float(self.row["renewal_share"])

    @property
    def is_shut(self) -> Flags:
        """Sites where nothing may ever run (j)."""
        possible = self.enter[:, 1:].copy()
        for _, _, banned in self.land:
            possible &= ~banned[:, 1:]
        runs = possible.any(axis=1) | self.stock.any(axis=1)
        return self.is_forbidden | ~np.asarray(runs)

    @property
    def usable(self) -> Floats:
        """What a plan may use of the capacity of a level (l)."""
        return self.levels["capacity"] * float(self.row["max_use_share"])

    @property
    def size(self) -> tuple[int, int, int]:
        """Numbers of sites, levels with level 0, and periods."""
        return len(self.sites), len(self.price), self.demand.shape[1]


@dataclass(frozen=True)
class Facts:
    """The instance as the audit sees it, under the active scenario."""

    tables: Tables
    times: Times
    settlements: pd.DataFrame
    ids: pd.Index[Any]
    scenario: dict[str, Any]
    policy: dict[str, Any]
    services: dict[str, Service]
    residents: Floats
    """All inhabitants, no growth point chosen, (settlements, periods)."""
    people: Floats
    """The same once growth points are chosen."""
    shifts: Floats | None = None
    """What each candidate that is chosen changes of them; None: none is chosen."""

    def of(self, table: str, network: str) -> list[dict[str, Any]]:
        """Return the rows of a table of the instance that are of a network."""
        rows = self.tables[table]
        return records(rows[rows["network"] == network])

    def residual(self, lifetime_years: Any) -> Floats:
        """Return the discounted credit for a mln built in each period, (..., T)."""
        age = self.times.end - np.array(self.times.first, dtype=float)
        left = np.maximum(0.0, 1.0 - age / lifetime_years) * self.times.at_end
        return left * float(bool(self.policy["count_residual_value"]))


def gather(tables: Tables, scenario_name: str) -> Facts:
    """Compute the facts of an instance under one scenario."""
    scenarios = tables["scenarios"]
    scenario = _first(scenarios[scenarios["scenario"] == scenario_name])
    policy = _first(tables["policies"])
    base_year = int(tables["instance"]["base_year"].iloc[0])
    times = _times(tables["periods"], float(policy["discount_rate"]), base_year)
    settlements = tables["settlements"]
    facts = Facts(
        tables,
        times,
        settlements,
        pd.Index(settlements["settlement"]),
        scenario,
        policy,
        {},
        residents=np.zeros((0, 0)),
        people=np.zeros((0, 0)),
    )
    everyone = _persons(facts, "")
    facts = replace(facts, residents=everyone, people=everyone)
    people: dict[str, Floats] = {}
    for row in records(tables["services"]):
        group = str(row["group"])
        if row["role"] == "serve" and group not in people:
            people[group] = _persons(facts, group)
        facts.services[str(row["service"])] = _service(facts, row, people)
    return facts


def _first(frame: pd.DataFrame) -> dict[str, Any]:
    return {str(name): frame[name].iloc[0] for name in frame.columns}


def _times(periods: pd.DataFrame, rate: float, base_year: int) -> Times:
    first = [int(year) for year in periods["first_year"]]
    years = [int(count) for count in periods["years"]]

    def factor(year: int) -> float:
        return float((1.0 + rate) ** (base_year - year))

    end = first[-1] + years[-1]
    yearly = [
        sum(factor(year) for year in range(start, start + count))
        for start, count in zip(first, years, strict=True)
    ]
    start = np.array(first, dtype=float) - base_year
    return Times(
        pd.Index(periods["period"]),
        first,
        years,
        (1.0 + rate) ** -start,
        np.array(yearly),
        end,
        factor(end),
        float((1.0 + rate) ** (end - base_year)),
    )


def _persons(facts: Facts, group: str) -> Floats:
    """Return members of the group (empty: everyone) by settlement and period."""
    projection = facts.scenario["projection"] or facts.scenario["scenario"]
    rows = facts.tables["population"]
    rows = rows[(rows["scenario"] == projection) & rows["group"].isin(["all", group])]
    given = {
        (row["settlement"], row["period"], row["group"]): float(row["persons"])
        for row in records(rows)
    }
    rows = facts.tables["growth"]
    factor = {
        (row["region"], row["period"]): float(row["factor"])
        for row in records(rows[rows["scenario"] == projection])
    }
    groups = facts.tables["groups"]
    share = {"share_urban": 1.0, "share_rural": 1.0}
    if group:
        share = _first(groups[groups["group"] == group])
    out = np.zeros((len(facts.ids), len(facts.times.names)))
    come = _brought(facts)
    for i, place in enumerate(records(facts.settlements)):
        kind = "rural" if place["kind"] == "village" else "urban"
        for t, period in enumerate(facts.times.names):
            usual = factor.get(("", period), 1.0)
            grown = float(place["population"])
            grown *= factor.get((place["region"], period), usual)
            total = given.get((place["settlement"], period, "all"), grown)
            derived = total * float(share[f"share_{kind}"])
            out[i, t] = given.get((place["settlement"], period, group), derived)
            more = come.get((place["settlement"], t), 0.0)
            out[i, t] += more * float(share[f"share_{kind}"])
    return out


def _brought(facts: Facts) -> dict[tuple[str, int], float]:
    """Return the people whom open anchors bring, by settlement and period."""
    found: dict[tuple[str, int], float] = {}
    for row in records(facts.tables["anchors"]):
        for t in range(
            facts.times.position(row["first_period"]), len(facts.times.names)
        ):
            key = row["settlement"], t
            people = float(row["jobs"]) * float(row["persons_per_job"])
            found[key] = found.get(key, 0.0) + people
    return found


def _service(
    facts: Facts, row: dict[str, Any], people: Mapping[str, Floats]
) -> Service:
    name, tables, times = str(row["service"]), facts.tables, facts.times
    sites = tables["sites"]
    sites = sites[sites["service"] == name].reset_index(drop=True)
    codes = pd.Index(sites["site"])
    home = find(facts.ids, sites["settlement"])
    regions = facts.settlements["region"].tolist()
    levels = _levels(facts, name)
    price, allowed = _moves(facts, row, levels)
    stock, locked, due = _stock(facts, name, codes, len(price))
    hour = float(facts.policy["value_of_time_per_hour"])
    fare = float(row["transport_cost_per_km"]) * float(facts.scenario["opex_factor"])
    trips = float(row["trips_per_year"]) * (1.0 + float(row["companions_per_trip"]))
    return Service(
        name,
        row,
        _demand(facts, row, people),
        codes,
        sites,
        home,
        [str(regions[i]) if i >= 0 else "" for i in home],
        sites["max_units"].to_numpy(dtype=np.int64),
        (sites["status"] == "forbidden").to_numpy(),
        (sites["status"] == "required").to_numpy(),
        np.array([times.position(p) for p in sites["first_period"]], dtype=np.int64),
        _enter(facts, sites, home, levels),
        levels,
        price,
        allowed,
        stock,
        locked,
        due,
        facts.residual(float(row["lifetime_years"])),
        trips / 60.0 * hour / 1e6,
        trips * fare / 1e6,
        np.array(["", *_own_levels(facts, name)["title"]], dtype=object),
        causes(tables, name, places_of(sites, home, facts.settlements), len(price)),
    )


def _demand(facts: Facts, row: dict[str, Any], people: Mapping[str, Floats]) -> Floats:
    """Return units of demand by settlement and period; 0 where nobody comes."""
    if row["role"] != "serve":
        return np.zeros((len(facts.ids), len(facts.times.names)))
    usual = people[str(row["group"])] * float(row["demand_per_person"])
    return usual * urban_factor(facts, str(row["service"]))[:, None]


def urban_factor(facts: Facts, service: str) -> Floats:
    """Return what people ask for relative to what is usual, (settlements,)."""
    factors = {
        row["agglomeration"]: float(row["factor"])
        for row in records(facts.tables["agglomeration_demand"])
        if row["service"] == service
    }
    inside = facts.settlements["agglomeration"].tolist()
    return np.array([factors.get(code, 1.0) for code in inside], dtype=float)


def _enter(
    facts: Facts, sites: pd.DataFrame, home: Ints, levels: dict[str, Floats]
) -> Flags:
    """Return which levels may be built at each site, (j,l)."""
    count = len(levels["capacity"])
    people = facts.settlements["population"].to_numpy(dtype=float)
    enter = np.zeros((len(sites), count), dtype=bool)
    for j, (top, i) in enumerate(zip(sites["max_level"], home, strict=True)):
        for level in range(count):
            is_low = level <= (int(top) or count)
            is_large = i < 0 or people[i] >= levels["min_population"][level]
            enter[j, level] = is_low and is_large
    return enter


LEVEL_NUMBERS = (
    "capacity",
    "capex_mln",
    "opex_mln_per_year",
    "closing_mln",
    "min_use",
    "min_population",
    "load_kw",
    "load_m3_per_day",
    "supply_mln_per_unit_year",
)


def _own_levels(facts: Facts, service: str) -> pd.DataFrame:
    rows = facts.tables["levels"]
    return rows[rows["service"] == service].sort_values("level")


def _levels(facts: Facts, service: str) -> dict[str, Floats]:
    """Return numbers by level, 0 for level 0; scenario factors applied to money."""
    rows = _own_levels(facts, service)
    numbers = {
        name: np.concatenate([[0.0], rows[name].to_numpy(dtype=float)])
        for name in LEVEL_NUMBERS
    }
    numbers["capex_mln"] *= float(facts.scenario["capex_factor"])
    numbers["closing_mln"] *= float(facts.scenario["capex_factor"])
    for name in ("opex_mln_per_year", "supply_mln_per_unit_year"):
        numbers[name] *= float(facts.scenario["opex_factor"])
    return numbers


def _moves(
    facts: Facts, row: dict[str, Any], levels: dict[str, Floats]
) -> tuple[Floats, Flags]:
    """Return price (mln, factor applied) and permission of each change of level."""
    capex, closing = levels["capex_mln"], levels["closing_mln"]
    credit, count = float(row["enlarge_credit_share"]), len(capex)
    price = np.zeros((count, count))
    allowed = np.ones((count, count), dtype=bool)
    for a in range(count):
        for b in range(count):
            if a < b:
                price[a, b] = max(0.0, capex[b] - credit * capex[a])
            elif a > b:
                price[a, b] = max(0.0, closing[a] - closing[b])
                name = "allow_reducing" if b else "allow_closing"
                allowed[a, b] = bool(facts.policy[name])
    rows = facts.tables["transitions"]
    for rule in records(rows[rows["service"] == row["service"]]):
        a, b = int(rule["from_level"]), int(rule["to_level"])
        if a == b:
            continue
        if not np.isnan(rule["cost_mln"]):
            factor = float(facts.scenario["capex_factor"])
            price[a, b] = float(rule["cost_mln"]) * factor
        allowed[a, b] &= bool(rule["is_allowed"])
    return price, allowed


def _stock(
    facts: Facts, service: str, sites: pd.Index[Any], count: int
) -> tuple[Ints, Ints, Ints]:
    """Return facilities at the start, of these locked (j,l), due by t (j,l,t)."""
    shape = (len(sites), count)
    stock, locked = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    due = np.zeros((*shape, len(facts.times.names)), dtype=np.int64)
    rows = facts.tables["facilities"]
    rows = rows[rows["service"] == service]
    place = sites.get_indexer(rows["site"]).tolist()
    for j, row in zip(place, records(rows), strict=True):
        at = j, int(row["level"])
        stock[at] += int(row["units"])
        locked[at] += int(row["units"]) if row["is_locked"] else 0
        start = facts.times.due(int(row["renew_by_year"]))
        if start is not None:
            due[(*at, slice(start, None))] += int(row["units"])
    return stock, locked, due
