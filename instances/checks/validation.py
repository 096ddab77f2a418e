"""Everything that can be wrong with an instance, collected before anything is said.

``validate`` runs the checks of the schema (keys, references, choices) and every check
in ``CHECKS``; a check that reads a table which is broken already is left out, so that
one mistake is told once. ``validate_access`` runs what needs travel times.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from unicodedata import is_normalized, normalize

import numpy as np
import pandas as pd

from aumaq.instances.checks import (
    agglomerations,
    anchors,
    closing,
    contingencies,
    fairness,
    feeders,
    growth,
    impacts,
    indicators,
    land,
    merging,
    money,
    moving,
    networks,
    places,
    population,
    projection,
    rates,
    roads,
    rules,
    running,
    scenarios,
    today,
)
from aumaq.instances.checks.access import ACCESS_CHECKS
from aumaq.instances.checks.cells import row_number
from aumaq.instances.checks.check import CHECKS, Tables, Warn
from aumaq.instances.errors import Hints, InstanceError, Problem
from aumaq.instances.language.texts import Text, say
from aumaq.instances.scenarios.scenario import MOST_CHECKED, some_names
from aumaq.instances.schema.column import Column, Table
from aumaq.instances.schema.tables import BY_NAME, TABLES

if TYPE_CHECKING:
    from aumaq.instances.instance import Instance

MOST_NAMED = 6
"""Names there are to choose from that are told where none is near."""

# Importing them registers their checks.
assert closing
assert moving
assert agglomerations
assert anchors
assert contingencies
assert today
assert fairness
assert feeders
assert indicators
assert money
assert growth
assert impacts
assert land
assert merging
assert networks
assert places
assert population
assert projection
assert rates
assert roads
assert rules
assert running
assert scenarios

Split = tuple[list[Problem], list[Problem]]


@dataclass(frozen=True)
class _Found:
    errors: list[Problem]
    warnings: list[Problem]

    def add(self, found: Iterable[Problem | Warn]) -> None:
        for item in found:
            if isinstance(item, Warn):
                self.warnings.append(item.problem)
            else:
                self.errors.append(item)


def validate(
    tables: Tables,
    problems: Sequence[Problem],
    unread: Collection[str] = (),
    sound: Tables | None = None,
) -> Split:
    """Return (errors, warnings) of typed tables, *problems* of reading included.

    Of what is the same in *sound* tables, which are without errors, nothing is told:
    a scenario is held against what it changes alone.

    What follows from a table that was not read, is missing or lacks a column, or from
    a bad cell of a key, is not told: one cause, one problem.
    """
    found = _Found(list(problems), [])
    doubtful = _doubtful(problems, unread)
    same = {name for name in tables if sound and tables[name] is sound[name]}
    for table in TABLES:
        frame = tables[table.name]
        if frame.empty:
            continue
        if table.name in same:
            for column in table.columns:
                if column.references and column.references.split(".")[0] not in same:
                    found.add(_check_references(table, column, tables))
            continue
        if not doubtful & {table.name, *(f"{table.name}.{key}" for key in table.key)}:
            found.add(_check_keys(table, frame))
        for column in table.columns:
            found.add(_check_choices(table, column, frame))
            if column.references and not doubtful & _named_by(column.references):
                found.add(_check_references(table, column, tables))
    broken = {table_of_problem(problem) for problem in found.errors} | set(unread)
    for check in CHECKS:
        if same.issuperset(check.tables):
            continue
        if not broken.intersection(check.tables) and not check.is_void(tables):
            found.add(check.run(check.without(tables, broken)))
    return found.errors, found.warnings


def _doubtful(problems: Iterable[Problem], unread: Collection[str]) -> set[str]:
    """Return tables, and columns as ``table.column``, whose content is not known."""
    found = set(unread)
    for problem in problems:
        table = table_of_problem(problem)
        column = problem.column.removeprefix(f"[{table}]")
        found.add(f"{table}.{column}" if problem.row else table)
    return found


def _named_by(references: str) -> set[str]:
    """Return the table and the column that a reference needs."""
    return {references.split(".")[0], references}


def validate_access(instance: Instance) -> Split:
    """Return (errors, warnings) that need the access options."""
    found = _Found([], [])
    for check in ACCESS_CHECKS:
        found.add(check(instance))
    return found.errors, found.warnings


def validate_scenarios(instance: Instance) -> list[Problem]:
    """Return all that is wrong under any scenario, each under the first that shows it.

    Where variants make more than MOST_CHECKED, each variant is tried by itself.
    """
    problems: dict[Problem, Problem] = {}
    for name in some_names(instance.base, MOST_CHECKED):
        try:
            instance.with_scenario(name)
        except InstanceError as error:
            for problem in error.problems:
                problems.setdefault(replace(problem, scenario=""), problem)
    return list(problems.values())


def table_of_problem(problem: Problem) -> str:
    """Return the table that a problem is about."""
    if problem.column.startswith("["):
        return problem.column[1:].split("]")[0]
    if problem.file in BY_NAME:
        return problem.file
    for table in TABLES:
        if not table.in_toml and table.file == problem.file:
            return table.name
        if table.in_toml and f"table {table.name} " in problem.message:
            return table.name
    return problem.file


def _label(table: Table, column: str) -> str:
    return f"[{table.name}]{column}" if table.in_toml else column


def _check_keys(table: Table, frame: pd.DataFrame) -> Iterable[Problem]:
    if not table.key:
        return
    keys = list(zip(*(frame[name].tolist() for name in table.key), strict=True))
    yield from _twins(table, keys)
    if len(set(keys)) == len(frame):
        return
    again = frame.duplicated(list(table.key), keep="first").to_numpy()
    first = frame.drop_duplicates(list(table.key))
    rows = {tuple(r): i for i, r in zip(first.index, first[list(table.key)].to_numpy(
        dtype=object).tolist(), strict=True)}  # fmt: skip
    for position in np.flatnonzero(again):
        values = tuple(frame[list(table.key)].iloc[position].tolist())
        earlier = row_number(table, int(rows[values]))
        yield Problem(
            table.file,
            say("duplicate key, first seen in row {row}; expected once", row=earlier),
            row=row_number(table, int(position)),
            column=_label(table, "+".join(table.key)),
            value=", ".join(str(value) for value in values),
        )


def _twins(table: Table, keys: Sequence[tuple[object, ...]]) -> Iterable[Problem]:
    """Keys that look the same on any screen: a letter and its accent, as one or two."""
    odd = {k for k, key in enumerate(keys) if not all(map(_is_composed, key))}
    looks = {key: k for k, key in enumerate(keys) if k not in odd}
    for k in sorted(odd):
        look = tuple(
            normalize("NFC", part) if isinstance(part, str) else part
            for part in keys[k]
        )
        if look in looks:
            yield Problem(
                table.file,
                say(
                    "looks the same as row {row}, in other characters",
                    row=row_number(table, looks[look]),
                ),
                row=row_number(table, k),
                column=_label(table, "+".join(table.key)),
                value=", ".join(map(str, keys[k])),
            )


def _is_composed(part: object) -> bool:
    return not isinstance(part, str) or part.isascii() or is_normalized("NFC", part)


def _check_choices(
    table: Table, column: Column, frame: pd.DataFrame
) -> Iterable[Problem]:
    if not column.choices:
        return
    cells = frame[column.name]
    if {*column.choices, ""}.issuperset(cells.tolist()):
        return
    bad = ~cells.isin([*column.choices, ""]).to_numpy()
    hints = Hints(column.choices)
    for position in np.flatnonzero(bad):
        value = str(cells.iloc[position])
        yield Problem(
            table.file,
            say(
                "expected one of {choices}{hint}",
                choices=", ".join(column.choices),
                hint=hints.near(value),
            ),
            row=row_number(table, int(position)),
            column=_label(table, column.name),
            value=value,
        )


def _few(known: list[str]) -> Text:
    """Return all names there are to choose from, if they are few."""
    names = [name for name in dict.fromkeys(known) if name]
    if not 0 < len(names) <= MOST_NAMED:
        return say("")
    return say("; there are {names}", names=", ".join(map(repr, names)))


def _check_references(
    table: Table, column: Column, tables: Tables
) -> Iterable[Problem]:
    target, target_column = column.references.split(".")
    known = tables[target][target_column]
    cells = tables[table.name][column.name]
    if known.empty and not BY_NAME[target].is_required and target == "regions":
        return  # names of regions are a courtesy, not a register
    if {*known.tolist(), ""}.issuperset(cells.tolist()):
        return
    bad = ~cells.isin(known).to_numpy() & (cells != "").to_numpy()
    hints, few = Hints(known), _few(known.tolist())
    for position in np.flatnonzero(bad):
        value = str(cells.iloc[position])
        yield Problem(
            table.file,
            say(
                "no such {column} in {target}{hint}",
                column=target_column,
                target=target,
                hint=hints.near(value) or few,
            ),
            row=row_number(table, int(position)),
            column=_label(table, column.name),
            value=value,
        )
