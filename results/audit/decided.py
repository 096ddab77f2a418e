"""Reading what is decided: unknown names, blanks, broken numbers, doubles are findings.

What cannot be placed is left out, after it has been noted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.language.texts import Text, say
from aumaq.instances.schema.plan import BY_NAME, COLUMNS, PLAN, PLAN_TABLES, WHOLE
from aumaq.results.audit.facts import Facts, Service
from aumaq.results.audit.findings import Notebook, named
from aumaq.results.audit.frames import (
    chosen,
    find,
    numbers_in,
    repeated,
    with_columns,
    without_rows,
)

MAY_BE_EMPTY = (
    ("connections", "minutes"),
    ("reassigned", "minutes_after"),
    ("building_capacity", "most_mln"),
    ("building_capacity", "most_changes"),
    ("funds", "limit_mln"),
    ("funds", "left_mln"),
)
"""Numbers that may be missing: minutes where no road leads or nobody goes, and limits
that are none."""
LACKING = "tables"
"""The rule that asks for all tables and columns of a plan."""
KEYS = {table.name: table.key for table in PLAN}
DECIDED = {table.name: table.decisions for table in PLAN if table.decisions}
"""Tables of decisions -> their keys, and the columns that are decided."""


Replaced = tuple[tuple[int, int, int, int, float], ...]
"""Moves (site, from, to, period) of which one costs so many mln more (or less)."""


@dataclass(frozen=True)
class ServicePlan:
    """What a plan says of one service, as arrays.

    ``units[j,l,t]`` (0 for level 0), ``moves[j,l,l',t]`` without empty places that stay
    empty, ``renewed[j,l,t]``, ``unserved[i,t]``; ``rows`` is the allocation with
    positions i, j, t. ``replaced``: what relocations change of the cost of moves.
    """

    units: Ints
    moves: Ints
    renewed: Ints
    unserved: Floats
    rows: pd.DataFrame
    unserved_rows: pd.DataFrame
    facilities: pd.DataFrame
    actions: pd.DataFrame
    visits: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Who is visited: mobile service, share, row of the allocation."""
    teams: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Teams of mobile services: number, positions j, t."""
    replaced: Replaced = ()

    @cached_property
    def i(self) -> Ints:
        """Settlement of each allocation row."""
        return self.rows["i"].to_numpy(dtype=np.int64)

    @cached_property
    def j(self) -> Ints:
        """Site of each allocation row."""
        return self.rows["j"].to_numpy(dtype=np.int64)

    @cached_property
    def t(self) -> Ints:
        """Period of each allocation row."""
        return self.rows["t"].to_numpy(dtype=np.int64)

    @cached_property
    def share(self) -> Floats:
        """Share of demand of each allocation row."""
        return self.rows["share"].to_numpy(dtype=float)

    @cached_property
    def minutes(self) -> Floats:
        """Minutes of each allocation row, once its way is known."""
        return self.rows["minutes"].to_numpy(dtype=float)

    @cached_property
    def km(self) -> Floats:
        """Kilometres of each allocation row, once its way is known."""
        return self.rows["length_km"].to_numpy(dtype=float)

    @cached_property
    def served(self) -> Floats:
        """Demand that each allocation row serves, once it is known."""
        return self.rows["demand"].to_numpy(dtype=float)

    def by_place(self, amounts: Floats) -> Floats:
        """Return sums of allocation rows by settlement and period, (I, T)."""
        total = np.zeros_like(self.unserved)
        np.add.at(total, (self.i, self.t), amounts)
        return total

    def by_site(self, amounts: Floats) -> Floats:
        """Return sums of allocation rows by site and period, (J, T)."""
        total = np.zeros((len(self.units), self.units.shape[2]))
        np.add.at(total, (self.j, self.t), amounts)
        return total


def rule_of(table: str, row: Mapping[str, object], column: str = "") -> str:
    """Return the rule id for a fault of a row of a plan table, or of a column in it."""
    own = COLUMNS[table][column].rule if column in COLUMNS[table] else ""
    return (own or BY_NAME[table].rule).format(**row)


def clean(
    tables: Mapping[str, pd.DataFrame],
    columns: Mapping[str, Sequence[str]],
    notes: Notebook,
) -> dict[str, pd.DataFrame]:
    """Return the tables with sound rows only; note what is missing or broken.

    *columns*: table -> those that it must have.
    """
    out = {}
    for name, needed in columns.items():
        frame, where = tables.get(name), say("table {name}", name=name)
        if frame is None and BY_NAME[name].is_later:
            frame = without_rows(name)
        if frame is None:
            if not BY_NAME[name].is_later:
                notes.note(LACKING, where, say("the table is missing"))
            frame = pd.DataFrame(columns=list(needed))
        absent = [column for column in needed if column not in frame.columns]
        if absent:
            text = say("columns are missing: {absent}", absent=", ".join(absent))
            notes.note(LACKING, where, text)
            frame = pd.DataFrame(columns=[*dict.fromkeys([*needed, *frame.columns])])
        out[name] = _sound(name, frame, notes)
    return out


def _sound(name: str, frame: pd.DataFrame, notes: Notebook) -> pd.DataFrame:
    kinds = PLAN_TABLES[name]
    if frame.empty and set(frame.columns) <= kinds.keys():
        return without_rows(name, frame.columns)
    numbers = [str(c) for c in frame.columns if kinds.get(str(c)) == "number"]
    cells = {column: numbers_in(frame[column]) for column in numbers}
    frame = with_columns(frame, cells)
    if frame.empty:
        return frame
    good = np.ones(len(frame), dtype=bool)
    for column, values in cells.items():
        if (name, column) in MAY_BE_EMPTY:
            continue
        broken = ~np.isfinite(values)
        for row in chosen(frame, broken):
            text = say("{column} is not a number", column=column)
            notes.note(rule_of(name, row), _place(name, row), text)
        good &= ~broken
        if column in WHOLE:
            split = ~broken & (values != np.round(values))
            for row in chosen(frame, split):
                text = say("{column} is {value:g}, not a whole number", column=column,
                           value=row[column])  # fmt: skip
                notes.note(rule_of(name, row), _place(name, row), text)
            good &= ~split
    frame = frame if good.all() else frame[good].reset_index(drop=True)
    keys = [key for key in KEYS[name] if key in frame.columns]
    notes.checks += len(frame)
    twice = repeated(frame, keys)
    for row in chosen(frame, twice):
        notes.note(rule_of(name, row), _place(name, row), say("the row occurs twice"))
    return frame[~twice].reset_index(drop=True) if twice.any() else frame


def _place(name: str, row: Mapping[str, object]) -> Text:
    return named(row, KEYS[name])


PAID_FOR = ("financing", "partnerships")
"""Tables of who pays: what is paid for may be roads or staff, which are no services.
The audit of money finds a row that pays for what there is not."""


def check_names(
    facts: Facts, tables: Mapping[str, pd.DataFrame], notes: Notebook
) -> dict[str, pd.DataFrame]:
    """Return the tables of decisions without rows of what there is not; note those."""
    known = {
        "service": set(facts.services),
        "period": set(facts.times.names),
        "network": set(facts.tables["networks"]["network"]),
    }
    out = {**tables}
    for name, frame in tables.items():
        if frame.empty or name not in DECIDED:
            continue
        good = np.ones(len(frame), dtype=bool)
        columns = [c for c in known if c in frame.columns]
        if name in PAID_FOR:
            columns.remove("service")
        for column in columns:
            strange = ~frame[column].isin(known[column]).to_numpy()
            for row in chosen(frame, strange):
                text = say(
                    "there is no {column} {row!r}", column=column, row=row[column]
                )
                notes.note(rule_of(name, row), _place(name, row), text)
            good &= ~strange
        out[name] = frame if good.all() else frame[good].reset_index(drop=True)
    return out


def service_plan(
    facts: Facts, service: Service, tables: Mapping[str, pd.DataFrame], notes: Notebook
) -> ServicePlan:
    """Return the plan of one service; note unknown sites, settlements and levels."""
    parts = {}
    for name in ("facilities", "actions", "allocation", "unserved"):
        frame = tables[name]
        own = frame[frame["service"] == service.name]
        at = {"t": find(facts.times.names, own["period"])}
        if "site" in own.columns:
            at["j"] = find(service.sites, own["site"])
        if name in ("allocation", "unserved"):
            at["i"] = find(facts.ids, own["settlement"])
        parts[name] = own.assign(**at)
    for name, column, what in (
        ("facilities", "j", "site"),
        ("actions", "j", "site"),
        ("allocation", "j", "site"),
        ("allocation", "i", "settlement"),
        ("unserved", "i", "settlement"),
    ):
        parts[name] = _known(parts[name], name, column, what, service, notes)
    sites, levels, periods = service.size
    units = np.zeros((sites, levels, periods), dtype=np.int64)
    facilities = _counts(parts["facilities"], ("level",), levels, service, notes)
    _sum_up(units, facilities, ("j", "level", "t"))
    actions = _counts(
        parts["actions"], ("from_level", "to_level"), levels, service, notes
    )
    moves = np.zeros((sites, levels, levels, periods), dtype=np.int64)
    renewed = np.zeros_like(units)
    is_renewal = actions["action"] == "renew"
    _sum_up(moves, actions[~is_renewal], ("j", "from_level", "to_level", "t"))
    _sum_up(renewed, actions[is_renewal], ("j", "to_level", "t"))
    unserved = np.zeros((len(facts.ids), periods))
    rows = parts["unserved"]
    np.add.at(unserved, (rows["i"].to_numpy(), rows["t"].to_numpy()), rows["share"])
    return ServicePlan(
        units, moves, renewed, unserved, parts["allocation"], rows, facilities, actions
    )


def _known(
    frame: pd.DataFrame,
    name: str,
    column: str,
    what: str,
    service: Service,
    notes: Notebook,
) -> pd.DataFrame:
    strange = frame[column] < 0
    family = "access" if name == "allocation" and what == "site" else BY_NAME[name].rule
    for row in chosen(frame, strange.to_numpy()):
        text = say(
            "there is no {what} {row!r} of {name}",
            what=what,
            row=row[what],
            name=service.name,
        )
        notes.note(f"{family.split(':')[0]}:{service.name}", _place(name, row), text)
    return frame[~strange] if strange.any() else frame


def _counts(
    frame: pd.DataFrame,
    columns: tuple[str, ...],
    levels: int,
    service: Service,
    notes: Notebook,
) -> pd.DataFrame:
    """Return rows whose units are whole and positive and whose levels exist."""
    good = pd.Series(True, index=frame.index)
    lowest = 1 if columns == ("level",) else 0
    for column in ("units", *columns):
        low, high = (1, np.inf) if column == "units" else (lowest, levels - 1)
        value = frame[column]
        bad = (value != value.round()) | (value < low) | (value > high)
        for row in chosen(frame, bad.to_numpy()):
            place = say(
                "site {site}, period {period}", site=row["site"], period=row["period"]
            )
            text = say(
                "{column} is {row:g}, not a whole number in its range",
                column=column,
                row=row[column],
            )
            notes.note(f"siting:{service.name}", place, text, float(row[column]))
        good &= ~bad
    frame = frame if good.all() else frame[good]
    whole = {c: frame[c].astype("int64") for c in ("units", *columns)}
    return frame.assign(**whole)


def _sum_up(target: Ints, frame: pd.DataFrame, columns: tuple[str, ...]) -> None:
    places = tuple(frame[column].to_numpy(dtype=np.int64) for column in columns)
    np.add.at(target, places, frame["units"].to_numpy(dtype=np.int64))
