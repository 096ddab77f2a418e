"""The instance: everything that defines a problem, immutable and validated."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from aumaq.instances import derived
from aumaq.instances.access import paths
from aumaq.instances.access.options import Places, RoadGraph, tie
from aumaq.instances.access.upgrades import connection_options
from aumaq.instances.arguments import checked
from aumaq.instances.arrays import Flags, Floats
from aumaq.instances.checks.cells import normalise, row_number
from aumaq.instances.checks.validation import (
    table_of_problem,
    validate,
    validate_access,
    validate_scenarios,
)
from aumaq.instances.completion import not_made
from aumaq.instances.errors import (
    InstanceError,
    Problem,
    UnknownNameError,
    UnreadableError,
)
from aumaq.instances.frames import frames_of
from aumaq.instances.hashing import content_hash
from aumaq.instances.land.forbidden import Ban
from aumaq.instances.land.works import ForbiddenWork, forbidden_works
from aumaq.instances.language.texts import say
from aumaq.instances.people import demand, loads
from aumaq.instances.people.agglomerations import demand_factor
from aumaq.instances.people.projection import Projection, project
from aumaq.instances.policies import Policies, policies_of
from aumaq.instances.scenarios.changes import with_changes
from aumaq.instances.scenarios.overrides import ALWAYS, given_positions, overridden
from aumaq.instances.scenarios.scenario import (
    Scenario,
    active_tables,
    all_names,
    changed_tables,
    is_computed,
    scenario_named,
)
from aumaq.instances.schema.tables import BY_NAME
from aumaq.instances.whereabouts import Whereabouts, renumbered

if TYPE_CHECKING:
    from aumaq.instances.editing import Edit


@dataclass(frozen=True, eq=False)
class Instance:
    """Everything that defines a problem, seen under one of its scenarios.

    Build one with :func:`aumaq.instances.read` or :func:`from_tables`. ``tables`` are
    those of the active scenario, ``base`` as they were given. Tables are given out as
    copy-on-write copies: changing one never changes the instance. Two instances are
    equal if their tables and the active scenario are. ``kept`` says how much of the
    services stays near settlements, where a plan told (see :meth:`with_kept_services`).
    ``warnings`` are what is odd under the active scenario; of them ``given_warnings``
    are about the tables as given, whatever the scenario. ``origin`` is the name or
    folder that it was read from, ``whereabouts`` where its tables stand there, if not
    in files of their own.
    """

    base: Mapping[str, pd.DataFrame]
    tables: Mapping[str, pd.DataFrame]
    active_scenario: Scenario
    outlines: dict[str, Any] | None = None
    warnings: tuple[Problem, ...] = ()
    given_warnings: tuple[Problem, ...] = field(default=(), repr=False)
    origin: str = ""
    kept: Mapping[str, float] | None = None
    whereabouts: Whereabouts | None = field(default=None, repr=False)
    _derived: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)

    def __eq__(self, other: object) -> bool:
        """Return whether tables, scenario and outlines are the same."""
        if not isinstance(other, Instance):
            return NotImplemented
        return (
            self.content_hash == other.content_hash
            and self.scenario == other.scenario
            and self.kept == other.kept
            and self.outlines == other.outlines
        )

    def __hash__(self) -> int:
        """Return a hash of content and scenario."""
        return hash((self.content_hash, self.scenario))

    def __repr__(self) -> str:
        """Return a line with the sizes."""
        return (
            f"<Instance {self.name!r}: {len(self.settlement_ids)} settlements,"
            f" {len(self.service_names)} services, {len(self.period_names)} periods,"
            f" scenario {self.scenario!r}>"
        )

    # -- what it is ------------------------------------------------------------

    @checked
    def table(self, name: str) -> pd.DataFrame:
        """Return a copy of the table (UnknownNameError if there is none)."""
        if name not in self.tables:
            raise UnknownNameError(say("table"), name, self.tables)
        return self.tables[name].copy(deep=False)

    @cached_property
    def content_hash(self) -> str:
        """The sha256 of all tables as given: the same in every file format."""
        return content_hash(self.base)

    @property
    def _head(self) -> pd.Series[Any]:
        return self.tables["instance"].iloc[0]

    @property
    def name(self) -> str:
        """The short name."""
        return str(self._head["name"])

    @property
    def title(self) -> str:
        """The title for readers."""
        return str(self._head["title"])

    @property
    def currency(self) -> str:
        """The currency of all money; money columns are in millions of it."""
        return str(self._head["currency"])

    @property
    def base_year(self) -> int:
        """The year to which money is discounted."""
        return int(self._head["base_year"])

    @cached_property
    def policies(self) -> Policies:
        """The switches and rates of the whole territory."""
        return policies_of(self.tables)

    @property
    def scenario(self) -> str:
        """The name of the active scenario."""
        return self.active_scenario.scenario

    @property
    def scenario_names(self) -> tuple[str, ...]:
        """All scenarios without variants; the first is the default."""
        return tuple(self.base["scenarios"]["scenario"])

    @property
    def all_scenario_names(self) -> tuple[str, ...]:
        """All scenarios with every combination of variants."""
        return all_names(self.base)

    @cached_property
    def period_names(self) -> tuple[str, ...]:
        """The periods in order."""
        return tuple(self.tables["periods"]["period"])

    @property
    def first_years(self) -> tuple[int, ...]:
        """First year of each period."""
        return tuple(int(year) for year in self.tables["periods"]["first_year"])

    @property
    def period_years(self) -> tuple[int, ...]:
        """Length of each period, years."""
        return tuple(int(years) for years in self.tables["periods"]["years"])

    @cached_property
    def network_names(self) -> tuple[str, ...]:
        """The networks in order."""
        return tuple(self.tables["networks"]["network"])

    @cached_property
    def projection(self) -> Projection:
        """The computed projection (UnknownNameError where people are given)."""
        tables = changed_tables(self.base, self.active_scenario)
        return project(tables, self.active_scenario.projection, self.kept)

    @checked
    def people_load(self, network: str) -> Floats:
        """Return the load of people, (settlements, periods), units of the network."""
        return loads.people_load(self.tables, self.active_scenario.projection, network)

    @cached_property
    def service_names(self) -> tuple[str, ...]:
        """The services in order."""
        return tuple(self.tables["services"]["service"])

    @cached_property
    def settlement_ids(self) -> tuple[str, ...]:
        """The settlements in order."""
        return tuple(self.tables["settlements"]["settlement"])

    @property
    def given(self) -> Mapping[str, pd.DataFrame]:
        """The tables without any scenario, but with what always applies done."""
        return overridden(self.base, [ALWAYS])[0]

    @property
    def synthetic_share(self) -> dict[str, float]:
        """Share of rows flagged as estimates, for each table that has any."""
        return {
            name: share
            for name, rows in self.tables.items()
            if "is_synthetic" in rows
            and (share := float(rows["is_synthetic"].mean())) > 0
        }

    # -- variations ------------------------------------------------------------

    @checked
    def with_scenario(self, name: str) -> Instance:
        """Return the instance under another scenario, ``managed+dear``, say.

        Raises UnknownNameError if there is no such scenario, InstanceError if its
        overrides make an instance that cannot be used.
        """
        with _placed_by(self.whereabouts):
            other = self._under(scenario_named(self.base, name))
            told = _check(other, is_done=not other.active_scenario.overrides)
        if self.whereabouts:
            told = [self.whereabouts.placed(problem) for problem in told]
        return replace(other, warnings=_each_once(self.given_warnings, told))

    @checked
    def with_kept_services(self, kept: Mapping[str, float]) -> Instance:
        """Return the instance with people projected for services that a plan keeps.

        *kept*: settlement -> share of services near it. Matters where the projection is
        computed and has the lever ``retention``.
        """
        return self._under(self.active_scenario, dict(kept))

    def _under(
        self, scenario: Scenario, kept: Mapping[str, float] | None = None
    ) -> Instance:
        """Return the instance under a scenario, unchecked where nothing is computed."""
        changed = changed_tables(self.base, scenario)
        is_changed = bool(scenario.overrides) and is_computed(changed, scenario)
        if is_changed and (errors := validate(changed, [], sound=self.base)[0]):
            raise InstanceError(_as_given(errors, self.base, scenario))
        tables = MappingProxyType(active_tables(changed, scenario, kept))
        own = [tables[name] is not self.tables[name] for name in derived.DERIVED_FROM]
        return replace(
            self,
            tables=tables,
            active_scenario=scenario,
            kept=kept,
            _derived={} if any(own) else self._derived,
        )

    def check_scenarios(self) -> None:
        """Raise InstanceError with all that is wrong under any scenario."""
        if problems := validate_scenarios(self):
            raise InstanceError(problems)

    @cached_property
    def futures(self) -> tuple[Instance, ...]:
        """The instance under each scenario without variants that can be used."""
        found = []
        for one in (scenario_named(self.base, name) for name in self.scenario_names):
            is_own = one.scenario == self.scenario and self.kept is None
            with contextlib.suppress(InstanceError):
                found.append(self if is_own else self._under(one))
        return tuple(found)

    @classmethod
    def from_tables(
        cls, tables: Mapping[str, Any], *, outlines: dict[str, Any] | None = None
    ) -> Instance:
        """Return what :func:`aumaq.from_tables` returns."""
        return from_tables(tables, outlines=outlines)

    def edit(self) -> Edit:
        """Return changes to make: rows set, added, removed, and checked at the end.

        ``inst.edit().remove("sites", site="c").instance``, or a ``with`` block. This
        instance stays as it is.
        """
        from aumaq.instances.editing import Edit

        return Edit(self)

    @checked
    def svg(self, service: str = "") -> str:
        """Return a map of settlements and of what stands today, as SVG."""
        from aumaq.instances.view import picture

        return picture(self, service)

    def _repr_html_(self) -> str:
        from aumaq.instances.view import html

        return html(self)

    def replace(self, **tables: pd.DataFrame) -> Instance:
        """Return an instance with some tables replaced; validated anew."""
        places = self.whereabouts and self.whereabouts.without_rows(tables)
        with _placed_by(places):
            instance = from_tables({**self.base, **tables}, outlines=self.outlines)
        return instance.placed_by(places).with_scenario(self.scenario)

    @checked
    def placed_by(self, places: Whereabouts | None) -> Instance:
        """Return the instance, what is odd about it told as the user has it open."""
        if places is None:
            return self
        warnings, given = (
            tuple(places.placed(problem) for problem in found)
            for found in (self.warnings, self.given_warnings)
        )
        return replace(
            self, whereabouts=places, warnings=warnings, given_warnings=given
        )

    @checked
    def with_changes(self, changes: Sequence[str]) -> Instance:
        """Return the instance with values changed, in every scenario.

        *changes*: ``budgets.amount_mln*0.8``, ``sites[site=s7].status=required``; a
        table, rows (none: all), a column, ``=``, ``*``, ``+`` or ``-``, and a value.
        They are kept in the table ``overrides``. Raises InstanceError with all that is
        wrong.
        """
        if not changes:
            return self
        overrides = with_changes(self.base, self.active_scenario, changes)
        return replace(self.replace(overrides=overrides), origin=self.origin)

    # -- what follows from the tables --------------------------------------------

    @checked
    def service(self, name: str) -> pd.Series[Any]:
        """Return the row of a service (UnknownNameError if there is none)."""
        if name not in self.service_names:
            raise UnknownNameError(say("service"), name, self.service_names)
        return self.tables["services"].iloc[self.service_names.index(name)]

    @checked
    def persons(self, group: str) -> Floats:
        """Return members of a group, (settlements, periods), persons (read only)."""
        if group not in self._people:
            future = self.active_scenario.projection
            self._people[group] = demand.persons(self.tables, future, group)
            self._people[group].setflags(write=False)
        return self._people[group]

    @cached_property
    def _people(self) -> dict[str, Floats]:
        return {}  # group -> persons

    @checked
    def serves(self, service: str) -> bool:
        """Whether people come to the service; others supply or carry a network."""
        return str(self.service(service)["role"]) == "serve"

    @checked
    def demand(self, service: str) -> Floats:
        """Return demand for a service, (settlements, periods), units of demand."""
        row = self.service(service)
        if row["role"] != "serve":
            return np.zeros((len(self.settlement_ids), len(self.period_names)))
        units = float(row["demand_per_person"]) * demand_factor(self.tables, service)
        return self.persons(str(row["group"])) * units[:, None]

    @checked
    def longest_trip(self, service: str) -> float:
        """Return the minutes of the longest trip that is considered (NaN: no trips).

        The cut-off of the service, or as far as its bus or a mobile service goes.
        """
        return derived.longest_trip(self, service)

    @checked
    def levels(self, service: str) -> pd.DataFrame:
        """Return the levels of a service by level; row 0 is level 1."""
        key = f"levels:{service}"
        return self._remember(key, lambda: derived.levels(self, service))

    @checked
    def service_sites(self, service: str) -> pd.DataFrame:
        """Return the sites of a service; lat, lon, region, ... filled in."""
        return self._remember(f"sites:{service}", lambda: derived.sites(self, service))

    @checked
    def access(self, service: str) -> pd.DataFrame:
        """Return access options: settlement, site, minutes, length_km, needs, i, j.

        ``needs`` names the road upgrades that the way uses ("; " between them; empty:
        as roads are today). ``i`` is the row in ``settlements``, ``j`` the row in
        :meth:`service_sites`; sorted by i, minutes, j, needs.
        """
        return self._remember(
            f"access:{service}", lambda: derived.options(self, service)
        )

    @checked
    def with_ways_of(self, other: Instance) -> Instance:
        """Return the instance with the access options of another one as well.

        Both have the same settlements and sites.
        """
        by = ["i", "minutes", "j", "needs"]
        ways = {}
        for service in self.service_names:
            both = pd.concat([self.access(service), other.access(service)])
            both = both.drop_duplicates(["i", "j", "needs"])
            both = both.sort_values(by, ignore_index=True)
            ways[f"access:{service}"] = both
        return replace(self, _derived={**self._derived, **ways})

    @checked
    def enterable_levels(self, service: str) -> Flags:
        """Return which levels may be built at each site of a service, (J, L)."""
        return derived.enterable_levels(self, service)

    @checked
    def land_bans(self, service: str) -> list[Ban]:
        """Return what the land forbids at the sites of a service, each with why."""
        if service not in self._bans:
            self._bans[service] = derived.land_bans(self, service)
        return self._bans[service]

    @cached_property
    def _bans(self) -> dict[str, list[Ban]]:
        return {}  # service -> what the land forbids

    @cached_property
    def forbidden_works(self) -> list[ForbiddenWork]:
        """Roads, links and local supply that the land forbids, rule by rule."""
        return forbidden_works(self.tables)

    @checked
    def site_places(self, service: str) -> Places:
        """Return where each site of a service is tied to the road graph."""
        return derived.site_places(self, self.service_sites(service))

    @checked
    def has_all_options(self, service: str) -> bool:
        """Whether access holds every way that upgrades open, not only the first."""
        self.access(service)
        return f"cut:{service}" not in self._derived

    def connection_options(self) -> pd.DataFrame:
        """Return ways to keep connections in time: connection, minutes, needs.

        Ways that hold today need nothing; a connection without a row never holds.
        """
        return self._remember("connections", lambda: connection_options(self))

    @checked
    def site_minutes(self, from_service: str, to_service: str) -> pd.DataFrame:
        """Return pairs of sites (j, k, minutes) within the longest referral."""
        key = f"referral:{from_service}:{to_service}"
        return self._remember(
            key, lambda: derived.site_pairs(self, from_service, to_service)
        )

    @property
    def snapping(self) -> pd.DataFrame:
        """How settlements are tied to roads: settlement, node, distance_km."""
        return self._remember("snapping", lambda: derived.snapping(self))

    def _remember(self, key: str, make: Any) -> pd.DataFrame:
        if key not in self._derived:
            self._derived[key] = make()
        return self._derived[key].copy(deep=False)

    @cached_property
    def roads(self) -> paths.Roads:
        """All links that are there or may be built, in the season of the policies."""
        return paths.roads_of(self.tables)

    @cached_property
    def road_graph(self) -> RoadGraph:
        """The road graph of today by minutes."""
        return self.roads.today()

    @cached_property
    def upgrade_names(self) -> tuple[str, ...]:
        """The road upgrades in order."""
        return tuple(self.tables["road_upgrades"]["upgrade"])

    @cached_property
    def settlement_places(self) -> Places:
        """Where each settlement is tied to the road graph."""
        rows = self.tables["settlements"]
        lat, lon = rows["lat"].to_numpy(), rows["lon"].to_numpy()
        return tie(self.road_graph, rows["node"], lat, lon)

    @property
    def uses_travel_table(self) -> bool:
        """Whether travel times are given outright."""
        return len(self.tables["travel"]) > 0


@checked
def from_tables(
    tables: Mapping[str, Any], *, outlines: dict[str, Any] | None = None
) -> Instance:
    """Build a validated instance, first scenario (InstanceError: all errors).

    *tables* are data frames by the name of the table; of a GeoDataFrame in any
    reference system the points are ``lat`` and ``lon``. Tables that are not given are
    empty.
    """
    drawn = _drawn(outlines)
    frames, odd = frames_of(tables)
    unread = {name for name in tables if tables[name] is not None} - frames.keys()
    unread |= not_made(frames, unread)
    typed, problems = normalise(frames)
    problems = [one for one in problems if table_of_problem(one) not in unread]
    errors, warnings = validate(typed, [*odd, *problems], unread=unread)
    if errors:
        raise InstanceError(errors)
    base = MappingProxyType(typed)
    first = scenario_named(base, str(typed["scenarios"]["scenario"].iloc[0]))
    draft = Instance(base, base, first, drawn)._under(first)
    more = _check(draft, is_done=not first.overrides)
    given = tuple(warnings)
    return replace(draft, warnings=_each_once(given, more), given_warnings=given)


def _drawn(outlines: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return outlines that can be drawn (else InstanceError)."""
    if outlines is None:
        return None
    # Files of formats make instances: they come after this one.
    from aumaq.instances.formats.geographic import outline_text

    try:
        return outline_text.checked(outlines)
    except UnreadableError as error:
        raise InstanceError([Problem("outlines", error.text)]) from None


@contextlib.contextmanager
def _placed_by(places: Whereabouts | None) -> Iterator[None]:
    """Tell problems of the block where the user has them open."""
    try:
        yield
    except InstanceError as error:
        if places is None:
            raise
        raise InstanceError([places.placed(p) for p in error.problems]) from None


def _check(instance: Instance, *, is_done: bool = False) -> list[Problem]:
    """Return warnings on the active scenario; raise InstanceError with its errors.

    *is_done*: its tables were validated, only what needs access is left.
    """
    errors, warnings = list[Problem](), list[Problem]()
    if not is_done:
        errors = validate(instance.tables, [], sound=instance.base)[0]
        # What is odd of all scenarios and projections, the tables of one cannot tell.
        changed = changed_tables(instance.base, instance.active_scenario)
        warnings = validate(changed, [], sound=instance.base)[1]
    if not errors:
        errors, more = validate_access(instance)
        warnings = [*warnings, *more]
    scenario = instance.active_scenario
    if scenario.overrides:
        errors = [replace(error, scenario=scenario.scenario) for error in errors]
        warnings, errors = (
            _as_given(found, instance.base, scenario) for found in (warnings, errors)
        )
    if errors:
        raise InstanceError(errors)
    return warnings


def _each_once(
    given: Sequence[Problem], more: Sequence[Problem]
) -> tuple[Problem, ...]:
    """Return what is odd as given, and what more is under a scenario."""
    return (*given, *(problem for problem in more if problem not in given))


def _as_given(
    problems: Sequence[Problem], base: Mapping[str, pd.DataFrame], scenario: Scenario
) -> list[Problem]:
    """Return problems with the rows as given, where overrides moved them.

    A row that an override added has no number.
    """
    if not problems:
        return []
    rows = {
        name: [row_number(BY_NAME[name], k) if k >= 0 else 0 for k in positions]
        for name, positions in given_positions(base, scenario.overrides).items()
    }
    named = ((problem, table_of_problem(problem)) for problem in problems)
    return [
        renumbered(problem, table, rows[table]) if table in rows else problem
        for problem, table in named
    ]
