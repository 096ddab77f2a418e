"""The table of facilities from lists and layers of what stands today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from aumaq.instances.access.options import chord_to_km, to_unit_sphere
from aumaq.instances.arrays import Ints
from aumaq.instances.errors import Hints, InstanceError, Problem, did_you_mean
from aumaq.instances.imports.places import points_of
from aumaq.instances.imports.recognition import (
    FACILITY_NAMES,
    Guess,
    numbers,
    plain,
    recognised,
)
from aumaq.instances.imports.sources import Faults, Source, unknown
from aumaq.instances.imports.totals import without_totals
from aumaq.instances.language.texts import Text, say
from aumaq.instances.scipy_parts import nearest

REACH_KM = 10.0
"""A facility farther from every settlement belongs to none."""


@dataclass(frozen=True)
class Stock:
    """Rows of ``facilities``, what columns were taken for, and what was decided."""

    rows: pd.DataFrame
    guesses: list[Guess]
    notes: list[Text]


def facilities_of(
    source: Source,
    service: str,
    tables: Mapping[str, pd.DataFrame],
    given: Mapping[str, str],
    *,
    leave_out: bool = False,
) -> Stock:
    """Return the facilities of a service, each in the settlement that is meant.

    *tables* hold settlements and levels; *given*: columns by role. A facility is where
    its point is, else in the settlement that it names. Raises InstanceError with every
    problem.
    """
    source = without_totals(source, given, FACILITY_NAMES)
    has_points = source.shapes is not None
    guesses = recognised(source.cells, given, FACILITY_NAMES, has_points=has_points)
    column = {guess.role: guess.column for guess in guesses}
    problems = [*unknown(source, given, "--facility-map", FACILITY_NAMES)]
    known = tables["levels"]
    levels = known[known["service"] == service].sort_values("level")
    if levels.empty:
        names = known["service"].unique()
        told = say(
            "holds facilities of {service!r}, no service{hint}",
            service=service,
            hint=did_you_mean(service, names),
        )
        problems.append(Problem(source.file, told))
    is_placed = has_points or {"lat", "lon"} <= set(column)
    if not is_placed and "settlement" not in column:
        told = say(
            "no column says where facilities are; name it:"
            " --facility-map settlement=COLUMN, one of {known}",
            known=", ".join(map(str, source.cells)),
        )
        problems.append(Problem(source.file, told))
    if problems:
        raise InstanceError(problems)
    notes = list(source.notes)
    find = _by_point if is_placed else _by_name
    home, faults = find(source, column, tables["settlements"])
    level, more = _levels(source, column, levels, notes)
    units, most = _units(source, column)
    faults += more + most
    faults += source.without_value([*column.values()], faults)
    bad = np.zeros(len(home), dtype=bool)
    bad[[position for position, _ in faults]] = True
    if faults and not leave_out:
        raise InstanceError([problem for _, problem in faults])
    if bad.any():
        told = say(
            "{n} facility is left out", "{n} facilities are left out", n=int(bad.sum())
        )
        notes.append(told)
    codes = tables["settlements"]["settlement"].to_numpy(dtype=object)
    rows = pd.DataFrame({"site": codes[home], "level": level, "units": units})[~bad]
    rows = rows.groupby(["site", "level"], sort=False, as_index=False)["units"].sum()
    rows = rows.assign(service=service, source=source.file)
    return Stock(rows[["service", "site", "level", "units", "source"]], guesses, notes)


def _by_point(
    source: Source, column: Mapping[str, str], places: pd.DataFrame
) -> tuple[Ints, Faults]:
    """Return the nearest settlement of each facility."""
    lat, lon, faults = points_of(source, column)
    sound = np.isfinite(lat) & np.isfinite(lon)
    home, km = np.zeros(len(lat), dtype=np.int64), np.zeros(len(lat))
    towns = to_unit_sphere(places["lat"].to_numpy(), places["lon"].to_numpy())
    if sound.any():
        chord, home[sound] = nearest(to_unit_sphere(lat[sound], lon[sound]), towns)
        km[sound] = chord_to_km(chord)
    for k in np.flatnonzero(km > REACH_KM).tolist():
        told = say("the nearest settlement is {km:,.0f} km away", km=float(km[k]))
        faults.append((k, Problem(source.file, told, source.rows[k])))
    return home, faults


def _by_name(
    source: Source, column: Mapping[str, str], places: pd.DataFrame
) -> tuple[Ints, Faults]:
    """Return the settlement that each facility names, by code or name."""
    cells = source.cells[column["settlement"]]
    names = places["name"].map(plain)
    found = {
        name: int(k)
        for k, name in enumerate(names)
        if (names == name).sum() == 1 and name
    }
    found |= {code: k for k, code in enumerate(places["settlement"])}
    hints, faults = Hints(places["name"]), []
    home = np.zeros(len(cells), dtype=np.int64)
    for k, cell in enumerate(cells):
        known = found.get(cell, found.get(plain(cell)))
        if known is None:
            count = int((names == plain(cell)).sum())
            told = (
                say("{count} settlements have this name; give their codes", count=count)
                if count > 1
                else say("no settlement of this name{hint}", hint=hints.near(cell))
            )
            where = column["settlement"]
            faults.append((k, source.problem(k, told, where, cell)))
        else:
            home[k] = known
    return home, faults


def _levels(
    source: Source,
    column: Mapping[str, str],
    levels: pd.DataFrame,
    notes: list[Text],
) -> tuple[Ints, Faults]:
    """Return the level of each facility: as told, else that of the next capacity."""
    count, faults = len(source.cells), Faults()
    if "level" in column:
        values = numbers(source.cells[column["level"]])
        bad = ~np.isin(values, levels["level"].to_numpy(dtype=float))
        for k in np.flatnonzero(bad).tolist():
            told = say("expected a level from 1 to {most}", most=len(levels))
            faults.append((k, _at(source, k, told, column["level"])))
        return np.where(bad, 1, values).astype(np.int64), faults
    if "capacity" not in column:
        notes.append(say("no column says how large facilities are: level 1 for each"))
        return np.ones(count, dtype=np.int64), faults
    values = numbers(source.cells[column["capacity"]], are_counts=True)
    bad = ~(values > 0.0)
    for k in np.flatnonzero(bad).tolist():
        told = say("expected a capacity above 0")
        faults.append((k, _at(source, k, told, column["capacity"])))
    sizes = levels["capacity"].to_numpy(dtype=float)
    values = np.where(bad, sizes[0], values)
    apart = np.abs(np.log(values[:, None] / sizes[None, :]))
    chosen = apart.argmin(axis=1)
    ratio = values.sum() / sizes[chosen].sum()
    told = say(
        "levels are those nearest in capacity: {given:,.0f} in the list, {taken:,.0f}"
        " by level ({share:.0%})",
        given=float(values[~bad].sum()),
        taken=float(sizes[chosen][~bad].sum()),
        share=float(1.0 / ratio),
    )
    notes.append(told)
    return levels["level"].to_numpy(dtype=np.int64)[chosen], faults


def _units(source: Source, column: Mapping[str, str]) -> tuple[Ints, Faults]:
    if "units" not in column:
        return np.ones(len(source.cells), dtype=np.int64), []
    values = numbers(source.cells[column["units"]])
    bad = ~((values >= 1.0) & (values == np.round(values)))
    faults = [
        (k, _at(source, k, say("expected a whole number from 1 on"), column["units"]))
        for k in np.flatnonzero(bad).tolist()
    ]
    return np.where(bad, 1, values).astype(np.int64), faults


def _at(source: Source, k: int, told: Text, column: str) -> Problem:
    cell = str(source.cells[column].iloc[k])
    return source.problem(k, told, column, cell)
