"""The question of two tables: clients with their people, and distances to sites.

Distances are rows (client, site, distance), in whatever unit; a pair without a row
cannot be travelled. Columns are found by their names and by what they hold, which is
told; ``columns`` says them outright.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from aumaq.instances import InstanceError, OptionError, UnknownNameError
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.errors import Problem
from aumaq.instances.language.texts import Text, say
from aumaq.results.location.question import (
    Asked,
    Question,
    check_count,
    marked,
    states,
)

ROLES = ("client", "site", "distance", "place", "people", "name", "lat", "lon")
"""What a column may be: the first three of distances, the others of clients."""
WORDS = {
    "distance": r"dist|minute|time|cost|length|(^|[^a-z])km([^a-z]|$)|metre|meter",
    "people": r"^pop|people|persons|inhabitants|weight|demand|насел",
    "client": r"client|demand|customer|place|settlement|tract|student|destination",
    "site": r"site|facility|store|shop|school|clinic|name|origin|candidate|supply",
    "name": r"^name$|title|^название$",
    "lat": r"^lat|^y$",
    "lon": r"^lon|^lng|^x$",
}
STATUSES = ("candidate", "existing", "required", "forbidden")


@dataclass
class TableFile:
    """A table, and what it is called in messages. Its header is row 1."""

    frame: pd.DataFrame
    file: str


@dataclass
class _Reading:
    """Problems and notes that are found on the way."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)


@dataclass(frozen=True)
class _Columns:
    """Which columns of distances, clients and sites hold what."""

    client: str
    site: str
    length: str
    place: str
    people: str
    own: str | None
    """The codes in the table of sites; None where there is no such table."""


def question_of_tables(
    clients: TableFile,
    distances: TableFile,
    asked: Asked,
    *,
    sites: TableFile | None = None,
    columns: Mapping[str, str] | None = None,
    unit: str = "",
) -> Question:
    """Return the question (InstanceError: all that is wrong with the tables)."""
    given, found = dict(columns or {}), _Reading()
    by = _columns(clients, distances, sites, given)
    found.notes.append(
        say(
            "{file}: client {client} (it is {place} of {clients}), site {site},"
            " distance {distance}; people: {people}",
            file=distances.file, client=by.client, place=by.place,
            clients=clients.file, site=by.site, distance=by.length, people=by.people,
        )
    )  # fmt: skip
    places = _places(clients, by.place, by.people, given, found)
    table = _sites(distances, by.site, sites, by.own, found)
    lengths = by.client, by.site, by.length
    ways = _ways(distances, lengths, places["place"], table["site"], found)
    if found.problems:
        raise InstanceError(found.problems)
    table["state"] = _states(table, table.pop("status"), asked)
    count = check_count(asked.goal, asked.new, table["state"].tolist())
    if not unit:
        found.notes.append(
            say("distances are told in the unit of {file}", file=distances.file)
        )
    of = {
        "clients": clients.file,
        "distances": distances.file,
        "existing": asked.existing,
    }
    return Question(
        asked.goal, places, table, ways, asked.minutes, count, unit, of,
        tuple(found.notes),
    )  # fmt: skip


def _columns(
    clients: TableFile,
    distances: TableFile,
    sites: TableFile | None,
    given: Mapping[str, str],
) -> _Columns:
    """Return which columns hold what, as given, by their names, or by their codes."""
    if unknown := sorted(set(given) - set(ROLES)):
        raise UnknownNameError(say("column of the question"), unknown[0], ROLES)
    length = _column(distances, "distance", given)
    people = _column(clients, "people", given)
    client, place = _pair_of(
        distances, clients, given, ("client", "place"), ({length}, {people})
    )
    known = {length, client}
    own = None if sites is None else sites.frame.columns[0]
    if sites is not None and "site" not in given:
        site, own = _pair_of(distances, sites, given, ("site", ""), (known, set()))
    else:
        site = _column(distances, "site", given, without=known)
    return _Columns(client, site, length, place, people, own)


def _states(table: pd.DataFrame, status: pd.Series[str], asked: Asked) -> list[str]:
    """Return the state of each site: by its status, and what is asked of it."""
    codes, names = table["site"].tolist(), table["name"].tolist()
    is_forbidden: Flags = (status == "forbidden").to_numpy()
    is_required: Flags = (status == "required").to_numpy()
    never = is_forbidden | marked(codes, names, asked.forbid)
    must = is_required | marked(codes, names, asked.require)
    if wrong := [codes[k] for k in np.flatnonzero(must & never).tolist()]:
        text = say("{sites}: both required and forbidden", sites=", ".join(wrong))
        raise OptionError(text, ["require"])
    today = (status == "existing").to_numpy()
    return states(codes, today, ~never, must, is_free=asked.is_free)


def _column(
    table: TableFile,
    role: str,
    given: Mapping[str, str],
    *,
    without: set[str] = frozenset(),  # type: ignore[assignment]
) -> str:
    """Return the column for a role, as given or by its name (else OptionError)."""
    names = [str(name) for name in table.frame.columns]
    if role in given:
        if given[role] not in names:
            raise UnknownNameError(
                say("column of {file}", file=table.file), given[role], names
            )
        return given[role]
    others = [name for name in names if name not in without]
    fits = [name for name in others if re.search(WORDS[role], name.lower())]
    if len(fits) == 1:
        return fits[0]
    if len(others) == 1:
        return others[0]
    text = say(
        "{file}: which column is {role}? Say --map {role}=NAME; there are: {names}",
        file=table.file,
        role=role,
        names=", ".join(fits or others),
    )
    raise OptionError(text, ["columns"])


def _pair_of(
    distances: TableFile,
    other: TableFile,
    given: Mapping[str, str],
    roles: tuple[str, str],
    without: tuple[set[str], set[str]],
) -> tuple[str, str]:
    """Return the columns of distances and of another table that hold the same codes."""
    left = [given[roles[0]]] if roles[0] in given else [
        str(name) for name in distances.frame.columns if name not in without[0]
    ]  # fmt: skip
    right = [given[roles[1]]] if roles[1] in given else [
        str(name) for name in other.frame.columns if name not in without[1]
    ]  # fmt: skip
    for name, names, table in ((roles[0], left, distances), (roles[1], right, other)):
        if name in given and given[name] not in table.frame.columns:
            known = [str(one) for one in table.frame.columns]
            kind = say("column of {file}", file=table.file)
            raise UnknownNameError(kind, names[0], known)
    if len(left) == len(right) == 1 and {*roles} <= set(given):
        return left[0], right[0]
    best, most = ("", ""), 0.0
    for one in left:
        codes = _codes(distances.frame[one])
        for two in right:
            owners = _codes(other.frame[two])
            at = _positions(codes.drop_duplicates(), owners.drop_duplicates())
            share = float((at >= 0).mean()) * owners.nunique() / max(len(owners), 1)
            # Codes that few rows share say more than a column that has only one.
            weight = share * min(1.0, codes.nunique() / 2.0)
            if share > 0.5 and weight > most + 1e-9:
                best, most = (one, two), weight
    if not best[0]:
        text = say(
            "no column of {file} holds the codes of a column of {other}; say --map"
            " {role}=NAME",
            file=distances.file,
            other=other.file,
            role=roles[0],
        )
        raise OptionError(text, ["columns"])
    return best


def _codes(cells: pd.Series[object]) -> pd.Series[str]:
    """Return cells as codes: texts without blanks around them, whole numbers whole."""
    texts = cells.astype(object).where(cells.notna(), "").astype(str).str.strip()
    if pd.api.types.is_float_dtype(cells):
        texts = texts.str.removesuffix(".0")
    return texts


def _positions(codes: pd.Series[str], owners: pd.Series[str]) -> Ints:
    """Return the first row of *owners* with each code, -1 where there is none.

    Codes that are nowhere as they are written are compared as numbers: a table program
    takes the zeros of 060816029.00 away.
    """
    index = pd.Index(owners).drop_duplicates()
    first = pd.Series(np.arange(len(owners)), owners).groupby(level=0).first()
    at = np.asarray(first.reindex(codes).fillna(-1).to_numpy(), dtype=np.int64)
    if (at >= 0).any() or not len(index):
        return at
    number = pd.to_numeric(pd.Series(owners.to_numpy()), errors="coerce")
    asked = pd.to_numeric(pd.Series(codes.to_numpy()), errors="coerce")
    if number.isna().any() or asked.isna().any() or number.nunique() != len(index):
        return at
    by_number = pd.Series(np.arange(len(number)), number).groupby(level=0).first()
    return np.asarray(by_number.reindex(asked).fillna(-1).to_numpy(), dtype=np.int64)


def _numbers(table: TableFile, column: str, found: _Reading) -> Floats:
    """Return a column of numbers from 0 on; what is none is a problem."""
    cells = table.frame[column]
    values = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=float)
    for row in np.flatnonzero(~(values >= 0.0) | ~np.isfinite(values)).tolist():
        found.problems.append(
            Problem(
                table.file, say("expected a number from 0 on"), row + 2, column,
                str(cells.iloc[row]),
            )
        )  # fmt: skip
    return values


def _places(
    clients: TableFile,
    place: str,
    people: str,
    given: Mapping[str, str],
    found: _Reading,
) -> pd.DataFrame:
    """Return the places; rows of the same one (groups of people) are added up."""
    codes = _codes(clients.frame[place])
    for row in np.flatnonzero(codes == "").tolist():
        found.problems.append(Problem(clients.file, say("is empty"), row + 2, place))
    names = [str(name) for name in clients.frame.columns]
    rows = pd.DataFrame({"place": codes, "people": _numbers(clients, people, found)})
    for role in ("name", "lat", "lon"):
        fits = [name for name in names if re.search(WORDS[role], name.lower())]
        column = given.get(role) or (fits[0] if fits else "")
        if column and column not in names:
            kind = say("column of {file}", file=clients.file)
            raise UnknownNameError(kind, column, names)
        if role == "name":
            rows[role] = _codes(clients.frame[column]) if column else codes
        else:
            rows[role] = (
                pd.to_numeric(clients.frame[column], errors="coerce")
                if column
                else np.nan
            )
    if codes.duplicated().any():
        found.notes.append(
            say(
                "{n} row of a place that is there before: its people are added up",
                "{n} rows of places that are there before: their people are added up",
                n=int(codes.duplicated().sum()),
            )
        )
    how = {"people": "sum", "name": "first", "lat": "first", "lon": "first"}
    return rows.groupby("place", sort=False).agg(how).reset_index().assign(region="")


def _sites(
    distances: TableFile,
    site: str,
    sites: TableFile | None,
    own: str | None,
    found: _Reading,
) -> pd.DataFrame:
    """Return the sites in the order of their table, or as distances name them."""
    if sites is None:
        codes = _codes(distances.frame[site]).drop_duplicates().tolist()
        return pd.DataFrame(
            {"site": codes, "name": codes, "lat": np.nan, "lon": np.nan,
             "status": "candidate"}
        )  # fmt: skip
    frame = sites.frame.reset_index(drop=True)
    table = pd.DataFrame({"site": _codes(frame[own])})
    names = {str(name).lower(): str(name) for name in frame.columns}
    table["name"] = table["site"]
    for role in ("lat", "lon"):
        fits = [name for low, name in names.items() if re.search(WORDS[role], low)]
        table[role] = pd.to_numeric(frame[fits[0]], errors="coerce") if fits else np.nan
    table["status"] = "candidate"
    if "status" in names:
        table["status"] = _codes(frame[names["status"]]).replace("", "candidate")
    for row in np.flatnonzero(~table["status"].isin(STATUSES)).tolist():
        text = say("expected one of {known}", known=", ".join(STATUSES))
        value = str(table["status"].iloc[row])
        found.problems.append(Problem(sites.file, text, row + 2, "status", value))
    for row in np.flatnonzero(table["site"] == "").tolist():
        found.problems.append(Problem(sites.file, say("is empty"), row + 2, str(own)))
    for row in np.flatnonzero(table["site"].duplicated()).tolist():
        text, code = say("is there twice"), table["site"].iloc[row]
        found.problems.append(Problem(sites.file, text, row + 2, str(own), code))
    return table


def _ways(
    distances: TableFile,
    columns: tuple[str, str, str],
    places: pd.Series[str],
    sites: pd.Series[str],
    found: _Reading,
) -> pd.DataFrame:
    """Return i, j, minutes of each row; unknown codes and second rows are problems."""
    client, site, length = columns
    at = {}
    for column, owners, name in ((client, places, "i"), (site, sites, "j")):
        codes = _codes(distances.frame[column])
        at[name] = _positions(codes, owners)
        for row in np.flatnonzero(at[name] < 0).tolist():
            text, value = say("is no client or site"), codes.iloc[row]
            found.problems.append(
                Problem(distances.file, text, row + 2, column, str(value))
            )
    ways = pd.DataFrame({**at, "minutes": _numbers(distances, length, found)})
    twice = ways.duplicated(["i", "j"]) & (ways["i"] >= 0) & (ways["j"] >= 0)
    for row in np.flatnonzero(twice).tolist():
        found.problems.append(
            Problem(distances.file, say("the pair is there twice"), row + 2)
        )
    return ways
