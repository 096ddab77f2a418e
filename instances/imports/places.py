"""The table of settlements from a list or a layer of places."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Flags, Floats
from aumaq.instances.errors import InstanceError, Problem
from aumaq.instances.formats.geographic.reference_systems import to_wgs84
from aumaq.instances.formats.raw import needed
from aumaq.instances.formats.workbook.unread import NO_VALUE
from aumaq.instances.imports.recognition import (
    BY_CELLS,
    NAMES,
    Guess,
    kinds,
    numbers,
    recognised,
)
from aumaq.instances.imports.sources import Faults, Source, are_odd, unknown
from aumaq.instances.imports.systems import no_metres
from aumaq.instances.imports.totals import without_totals
from aumaq.instances.language.texts import Text, say
from aumaq.instances.schema.tables import BY_NAME, OWN_COLUMN_PREFIX

CITY_PERSONS, TOWN_PERSONS = 50_000.0, 10_000.0
"""From so many inhabitants on a place is taken for a city, a town, if nobody says."""
SETTLEMENTS = BY_NAME["settlements"]
COLUMNS = tuple(column.name for column in SETTLEMENTS.columns)
BY_ROLE = {column.name: column for column in SETTLEMENTS.columns}
DEGREE_DIGITS = 6
"""A decimetre: what programs write beyond it is no place."""
COMPUTED = ("settlement", "name", "kind", "region", "lat", "lon", "population")
"""Columns that are looked at here; others are taken as they are."""


@dataclass(frozen=True)
class Places:
    """Rows of ``settlements``, what each column was taken for, and what was decided."""

    settlements: pd.DataFrame
    guesses: list[Guess]
    notes: list[Text]


def places_of(
    source: Source, given: Mapping[str, str], region: str, *, leave_out: bool = False
) -> Places:
    """Return the settlements of a source.

    *given*: columns of ``settlements`` -> columns of the source. *region*: of places
    whose region no column says. *leave_out*: rows with problems, which are told.
    Raises InstanceError with every problem.
    """
    source = without_totals(source, given, NAMES)
    has_points = source.shapes is not None
    guesses = recognised(source.cells, given, has_points=has_points)
    column = {guess.role: guess.column for guess in guesses}
    problems = [
        *unknown(source, given, "--map", COLUMNS),
        *_lacking(source, column, has_points),
    ]
    if problems:
        raise InstanceError(problems)
    lat, lon, faults = points_of(source, column)
    persons, more = _persons(source, column["population"])
    faults += more
    cells = {role: source.cells[name] for role, name in column.items()}
    names = cells.get("name", cells.get("settlement", source.cells.iloc[:, 0]))
    faults += _blank(source, column, names)
    notes = list(source.notes)
    rows = pd.DataFrame({"name": names, "lat": lat, "lon": lon, "population": persons})
    rows["kind"], told = _kinds(source, column, persons)
    notes += told
    notes += _found_by_cells(guesses)
    rows["region"] = (
        cells["region"].where(cells["region"] != "", region)
        if "region" in cells
        else region
    )
    rows["settlement"], told = _codes(source, column, names)
    notes += told
    for role in column:
        if role not in COMPUTED:
            rows[role], more = _others(source, column[role], role)
            faults += more
    own = _own(source.cells, column.values())
    rows = pd.concat([rows, own], axis=1)
    faults += source.without_value([*column.values()], faults)
    bad = np.zeros(len(rows), dtype=bool)
    for position, _ in faults:
        bad[position] = True
    if faults and not leave_out:
        raise InstanceError([problem for _, problem in faults])
    notes += _left_out(source, bad)
    notes += _left_blank(source, {*column.values()})
    order = [c.name for c in SETTLEMENTS.columns if c.name in rows] + list(own)
    rows = rows.loc[~bad, order].reset_index(drop=True)
    if rows.empty:
        raise InstanceError([Problem(source.file, say("no row could be read"))])
    return Places(rows, guesses, notes)


def _lacking(
    source: Source, column: Mapping[str, str], has_points: bool
) -> Iterable[Problem]:
    wanted = ["population"] if has_points else ["lat", "lon", "population"]
    known = ", ".join(map(str, source.cells))
    if not has_points and not {"lat", "lon"} & set(column):
        wanted = ["population"]
        told = say(
            "no column holds latitudes or longitudes; name them: --map"
            " lat=COLUMN,lon=COLUMN, two of {known}; where there are none, add them, or"
            " take a layer of points",
            known=known,
        )
        yield Problem(source.file, told)
    for role in wanted:
        if role not in column:
            told = say(
                "no column could be taken for {role}; name it: --map {role}=COLUMN,"
                " one of {known}",
                role=role,
                known=known,
            )
            yield Problem(source.file, told)


def points_of(
    source: Source, column: Mapping[str, str]
) -> tuple[Floats, Floats, Faults]:
    """Return latitudes and longitudes to the decimetre, and the rows whose are none."""
    of = _of_cells(source, column) if source.shapes is None else _of_shapes(source)
    lat, lon, faults = of
    return lat.round(DEGREE_DIGITS), lon.round(DEGREE_DIGITS), faults


def _of_cells(
    source: Source, column: Mapping[str, str]
) -> tuple[Floats, Floats, Faults]:
    """Return coordinates that stand in two columns."""
    y, x = (numbers(source.cells[column[role]]) for role in ("lat", "lon"))
    faults: Faults = []
    for role, values in (("lat", y), ("lon", x)):
        for k in np.flatnonzero(~np.isfinite(values)).tolist():
            cell = str(source.cells[column[role]].iloc[k])
            told = say("expected a coordinate") if cell else say("empty, no coordinate")
            faults.append((k, _at(source, k, told, column[role], cell)))
    if source.system is not None:
        if wrong := no_metres(x, y, source.system):
            raise InstanceError([Problem(source.file, wrong)])
        x, y = to_wgs84(x, y, source.system)
        x, y = np.asarray(x), np.asarray(y)
    elif _are_metres(x, y):
        told = say(
            "holds no degrees: coordinates up to {most:,.0f}; name their reference"
            " system with --crs EPSG:32642, say",
            most=float(np.nanmax(np.abs([x, y]))),
        )
        raise InstanceError([Problem(source.file, told)])
    for role, values, most in (("lat", y, 90.0), ("lon", x, 180.0)):
        outside = np.abs(values) > most  # infinite, too: outside of the system
        for k in np.flatnonzero(outside & ~np.isnan(values)).tolist():
            cell = str(source.cells[column[role]].iloc[k])
            told = say("expected degrees from -{most:g} to {most:g}", most=most)
            faults.append((k, _at(source, k, told, column[role], cell)))
    return y, x, faults


def _are_metres(x: Floats, y: Floats) -> bool:
    """Whether most coordinates are none of degrees."""
    far = (np.abs(x) > 180.0) | (np.abs(y) > 90.0)
    return bool(np.nanmean(far) > 0.5) if len(far) else False


def _of_shapes(source: Source) -> tuple[Floats, Floats, Faults]:
    """Return points; of an area a point within it."""
    shapely = needed("shapely", "gis")
    shapes, faults = source.shapes, []
    is_there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    is_odd = are_odd(shapes)
    is_there &= ~is_odd
    within = np.full(len(shapes), None, dtype=object)
    within[is_there] = shapely.point_on_surface(shapes[is_there])
    y, x = shapely.get_y(within), shapely.get_x(within)
    for k in np.flatnonzero(~is_there).tolist():
        told = (
            say("has a coordinate that is no number")
            if is_odd[k]
            else say("has no place")
        )
        faults.append((k, _at(source, k, told, "geometry")))
    is_line = np.isin(shapely.get_type_id(shapes), (1, 2, 5))
    for k in np.flatnonzero(is_line).tolist():
        told = say("expected a point or an area, found a line")
        faults.append((k, _at(source, k, told, "geometry")))
    outside = is_there & ~((np.abs(y) <= 90.0) & (np.abs(x) <= 180.0))
    for k in np.flatnonzero(outside & ~is_line).tolist():
        told = say("lies outside of the Earth's degrees")
        faults.append((k, _at(source, k, told, "geometry")))
    return y, x, faults


def _others(
    source: Source, name: str, role: str
) -> tuple[pd.Series[str] | pd.Series[float], Faults]:
    """Return cells of a column that is taken as it is; numbers are read, and told."""
    cells, column = source.cells[name], BY_ROLE[role]
    if column.low is None or column.high is None:  # no numbers
        return cells, []
    values = numbers(cells)
    is_fine = (values >= column.low) & (values <= column.high)
    told = say(
        "expected a number from {least:,g} to {most:,g}",
        least=column.low,
        most=column.high,
    )
    faults = [
        (k, _at(source, k, told, name, str(cells.iloc[k])))
        for k in np.flatnonzero(~is_fine & cells.ne("").to_numpy()).tolist()
    ]
    return cells.where(cells.eq(""), pd.Series(values, cells.index)), faults


def _persons(source: Source, name: str) -> tuple[Floats, Faults]:
    values = numbers(source.cells[name], are_counts=True)
    most = BY_ROLE["population"].high or np.inf
    faults: Faults = []
    for k in np.flatnonzero(~((values >= 0.0) & (values <= most))).tolist():
        cell = str(source.cells[name].iloc[k])
        told = (
            say("expected a number of inhabitants")
            if cell
            else say("empty; expected a number of inhabitants")
        )
        faults.append((k, _at(source, k, told, name, cell)))
    return values, faults


def _blank(source: Source, column: Mapping[str, str], names: pd.Series[str]) -> Faults:
    where = column.get("name", column.get("settlement", str(names.name)))
    return [
        (k, _at(source, k, say("empty, no name"), where))
        for k in np.flatnonzero((names == "").to_numpy()).tolist()
    ]


def _at(source: Source, k: int, told: Text, column: str, cell: str = "") -> Problem:
    return source.problem(k, told, column, cell)


def _left_blank(source: Source, taken: Collection[str]) -> Iterator[Text]:
    """Yield what is said of formulas without a value in columns that are only kept."""
    others = [
        column
        for (_, column), cause in source.unread.items()
        if cause == NO_VALUE and column not in taken
    ]
    if others:
        yield say(
            "{n} formula has no value yet; its cell is kept blank: {columns}",
            "{n} formulas have no value yet; their cells are kept blank: {columns}",
            n=len(others),
            columns=", ".join(dict.fromkeys(others)),
        )


def _kinds(
    source: Source, column: Mapping[str, str], persons: Floats
) -> tuple[pd.Series[str], list[Text]]:
    """Return kinds: as a column says, else by the number of inhabitants."""
    by_size = np.where(
        persons >= CITY_PERSONS,
        "city",
        np.where(persons >= TOWN_PERSONS, "town", "village"),
    )
    if "kind" not in column:
        told = say(
            "no column says the kind: from {city:,.0f} inhabitants on a city, from"
            " {town:,.0f} a town, else a village",
            city=CITY_PERSONS,
            town=TOWN_PERSONS,
        )
        return pd.Series(by_size, dtype=object), [told]
    found = kinds(source.cells[column["kind"]])
    is_blank = (found == "").to_numpy()
    told = say(
        "{n} kind is not understood ({words}): the number of inhabitants says it",
        "{n} kinds are not understood ({words}): the number of inhabitants says them",
        n=int(is_blank.sum()),
        words=", ".join(source.cells[column["kind"]][is_blank].unique()[:5]),
    )
    return found.where(~is_blank, by_size), [told] if is_blank.any() else []


def _codes(
    source: Source, column: Mapping[str, str], names: pd.Series[str]
) -> tuple[pd.Series[str], list[Text]]:
    """Return a code for each place: its own, or made of its name; all different."""
    if "settlement" in column:
        codes = source.cells[column["settlement"]]
        again = codes[codes.duplicated(keep=False) & (codes != "")].unique()
        if len(again):
            told = say(
                "the same code in several rows: {codes}; take another column:"
                " --map settlement=COLUMN",
                codes=", ".join(again[:5]),
            )
            raise InstanceError([Problem(source.file, told, 0, column["settlement"])])
        given = codes.tolist()
        if all(given):
            return codes.reset_index(drop=True), []
    else:
        given = [""] * len(names)
    made = [re.sub(r"\W+", "-", name.strip()).strip("-") or "place" for name in names]
    taken = set(given) - {""}
    codes, twice = [], []
    for told_code, code in zip(given, made, strict=True):
        if told_code:
            codes.append(told_code)
            continue
        number, own = 1, code
        while own in taken:
            number += 1
            own = f"{code}-{number}"
        if own != code:
            twice.append(own)
        taken.add(own)
        codes.append(own)
    told = say(
        "{n} name occurs again; its code is {codes}",
        "{n} names occur again; their codes are {codes}",
        n=len(twice),
        codes=", ".join(twice[:5]) + (", ..." if len(twice) > 5 else ""),
    )
    notes = [told] if twice else []
    lacking = given.count("")
    if lacking < len(given):
        notes.append(
            say(
                "{n} place has no code; it is made of its name",
                "{n} places have no code; it is made of their names",
                n=lacking,
            )
        )
    return pd.Series(codes, dtype=object), notes


def _found_by_cells(guesses: Sequence[Guess]) -> list[Text]:
    named = [f"{g.role}={g.column}" for g in guesses if g.why == BY_CELLS]
    told = say(
        "guessed by what they hold, look at them: {columns}", columns=", ".join(named)
    )
    return [told] if named else []


def _own(cells: pd.DataFrame, taken: Iterable[str]) -> pd.DataFrame:
    """Return the other columns under names of the user's own."""
    rest = [name for name in cells if name not in set(taken)]
    names: dict[str, str] = {}
    for name in rest:
        own = OWN_COLUMN_PREFIX + "_".join(str(name).split()).removeprefix(
            OWN_COLUMN_PREFIX
        )
        while own in names.values():
            own += "_"
        names[name] = own
    return cells[rest].rename(columns=names).reset_index(drop=True)


def _left_out(source: Source, bad: Flags) -> list[Text]:
    if not bad.any():
        return []
    rows = [str(source.rows[k]) for k in np.flatnonzero(bad)]
    told = say(
        "{n} row is left out, it cannot be read: {rows}",
        "{n} rows are left out, they cannot be read: {rows}",
        n=len(rows),
        rows=", ".join(rows[:20]) + (", ..." if len(rows) > 20 else ""),
    )
    return [told]
