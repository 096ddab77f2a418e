"""What a benchmark asks: files, and the questions that a table of published values has.

``optima.csv`` beside the folders of files, or above them, has columns set, file,
problem, parameter, value, status; its rows for a file are the questions asked of it. A
file without rows is asked what its reader says, with numbers that the user gives.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from io import StringIO
from itertools import product
from pathlib import Path
from typing import Any

from aumaq.classic.chains import reading as chains
from aumaq.classic.distances import Points
from aumaq.classic.problems import (
    BY_COUNT,
    BY_RADIUS,
    CAPACITATED,
    Problem,
    with_capacity,
)
from aumaq.classic.readers import matrices, reader_of, tsplib
from aumaq.classic.readers import read as read_problem
from aumaq.instances.errors import (
    AumaqError,
    InstanceError,
    OptionError,
    UnreadableError,
)
from aumaq.instances.errors import Problem as Wrong
from aumaq.instances.formats.files import parsing, text_of
from aumaq.instances.language.texts import say

TABLE = "optima.csv"
NETWORK = "network"
"""What is asked of a file that is an instance of our own model."""
CHAIN = "chain"
"""What is asked of a file of plants in chains."""
KINDS = {
    "p-median": "p-median", "p-center": "p-center", "uflp": "uflp", "mclp": "mclp",
    "cflp multi-source": "cflp", "cflp single-source": "sscflp",
    "capacitated p-median": "cpmp", "lscp": "lscp", "lscp-b": "lscp-b",
    "p-dispersion": "p-dispersion",
    "single-commodity fixed-charge network flow": NETWORK,
}  # fmt: skip
"""How a table names a problem, and our name."""
ABOVE = 3
"""So many folders above a file may hold the table."""


@dataclass(frozen=True)
class Case:
    """One question of one file."""

    path: str
    kind: str = ""  # empty: what the file says
    p: int | None = None
    radius: float | None = None
    capacity: float | None = None
    rounding: str = ""  # of points: empty, or a rule of distances
    best_known: float | None = None

    @property
    def parameter(self) -> str:
        """What is asked beside the kind."""
        parts = {"p": self.p, "radius": self.radius, "capacity": self.capacity}
        return " ".join(f"{k}={v:g}" for k, v in parts.items() if v is not None)

    @property
    def name(self) -> str:
        """Folder and name of the file."""
        path = Path(self.path)
        return f"{path.parent.name}/{path.name}"

    def as_record(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


@dataclass(frozen=True)
class Given:
    """Numbers for what files leave open, each asked in turn; and a rounding."""

    p: Sequence[int] = ()
    radius: Sequence[float] = ()
    capacity: Sequence[float] = ()
    rounding: str = ""  # of points

    @property
    def numbers(self) -> dict[str, Sequence[float]]:
        """Those that are given, by name."""
        all_of = {"p": self.p, "radius": self.radius, "capacity": self.capacity}
        return {key: list(dict.fromkeys(v)) for key, v in all_of.items() if v}


NOTHING = Given()


def cases_of(
    names: Sequence[str], kind: str = "", given: Given = NOTHING
) -> list[Case]:
    """Return the questions of files and folders; InstanceError if one is not there.

    *kind* leaves only questions of that kind. Files that no table asks about are asked
    for each of the numbers *given*, and so are capacities that a file leaves open.
    """
    wrong, files = [], list[Path]()
    for name in names:
        path = Path(name)
        if path.is_dir():
            found = sorted(q for q in path.rglob("*") if q.is_file() and _may_be(q))
            files += found
            if not found:
                wrong.append(Wrong(name, say("holds no file of a problem")))
        elif path.is_file():
            files.append(path)
            wrong += _unreadable(path, given)
        else:
            wrong.append(Wrong(name, say("is not there")))
    if wrong:
        raise InstanceError(wrong)
    cases = [case for path in files for case in _questions(path, given)]
    for key, values in given.numbers.items():
        if not any(getattr(case, key) in values for case in cases):
            text = say("--{option}: no file leaves it open, or it fits none",
                       option=key)  # fmt: skip
            raise OptionError(text, [key])
    wanted = [case for case in cases if not kind or _kind(case) == kind]
    if not wanted:
        text = say("--problem: no file asks for {kind}", kind=kind)
        raise OptionError(text, ["kind"])
    return wanted


def _unreadable(path: Path, given: Given) -> list[Wrong]:
    """Return why a file that is named asks nothing."""
    if _kind_of(path):
        return []
    reader = reader_of(path)
    if reader is None:
        return [Wrong(str(path), say("this is no file of a classic problem"))]
    if reader not in (matrices, tsplib) or _rows_for(path):
        return []
    try:  # any table looks like one of costs
        found = read_problem(path)
    except AumaqError as error:
        return [Wrong(str(path), error.text)]
    told = {
        "p": say("the number of sites p is needed (--p)"),
        "radius": say("a radius greater than 0 is needed (--radius)"),
    }
    return [
        Wrong(str(path), text) for key, text in told.items()
        if key in _open(found) and key not in given.numbers
    ]  # fmt: skip


def _open(problem: Problem) -> list[str]:
    """Return the names of numbers that a problem needs and a file does not have."""
    kind = problem.kind
    needed = {
        "p": kind in BY_COUNT and problem.p is None,
        "radius": kind in BY_RADIUS and problem.radius is None,
        "capacity": kind in CAPACITATED
        and math.isnan(problem.sites.capacities.sum()),
    }  # fmt: skip
    return [key for key, is_open in needed.items() if is_open]


def _kind(case: Case) -> str:
    """Return what a case asks, of its file if it does not say."""
    return case.kind or read_problem(case.path).kind


def problem_of(case: Case) -> Problem:
    """Read the file and ask what the case asks."""
    found = read_problem(case.path)
    changes: dict[str, Any] = {}
    if case.kind:
        changes["kind"] = case.kind
    if case.p is not None:
        changes["p"] = case.p
    if case.radius is not None:
        changes["radius"] = case.radius
    if case.capacity is not None:
        found = with_capacity(found, case.capacity)
    if case.rounding and hasattr(found.distances, "rule"):
        changes["distances"] = replace(found.distances, rule=case.rounding)  # type: ignore[type-var]
    return replace(found, **changes)


def _may_be(path: Path) -> bool:
    return bool(_kind_of(path)) or (
        path.suffix not in (".csv", ".md", ".json") and reader_of(path) is not None
    )


def _kind_of(path: Path) -> str:
    """Return what a file asks that is none of clients and sites, else nothing."""
    if path.suffix == ".inc":
        return NETWORK
    return CHAIN if path.suffix == ".json" and chains.matches(path) else ""


def _questions(path: Path, given: Given) -> list[Case]:
    rows = _rows_for(path)
    asked = [case for row in rows if (case := _case(path, row))]
    plain = Case(str(path), _kind_of(path))
    numbers = given.numbers
    if not numbers or plain.kind:
        return asked or [plain]
    found = read_problem(path)
    left = [key for key in _open(found) if key in numbers]
    if asked:
        left = [key for key in left if key == "capacity"]  # one file, several problems
    lists = [[v for v in numbers[key] if _fits(found, key, v)] for key in left]
    if not left or not all(lists):
        return asked or [plain]
    rounding = given.rounding if isinstance(found.distances, Points) else ""
    more = [
        Case(str(path), found.kind, rounding=rounding,
             **dict(zip(left, values, strict=True)))  # type: ignore[arg-type]
        for values in product(*lists)
    ]  # fmt: skip
    told = {(case.kind, case.parameter) for case in asked}
    return asked + [case for case in more if (case.kind, case.parameter) not in told]


def _fits(problem: Problem, key: str, value: float) -> bool:
    """Whether there are more sites than are asked for."""
    return key != "p" or value < problem.shape[1]


def _rows_for(path: Path) -> list[dict[str, str]]:
    """Return the rows of the nearest table that name a file."""
    whole = path.resolve()
    for folder in list(whole.parents)[: ABOVE + 1]:
        table = folder / TABLE
        if table.is_file():
            place = whole.parent.relative_to(folder).as_posix()
            rows = _read(table)
            return [
                row for row in rows
                if row.get("file") == path.name and row.get("set") == place
            ]  # fmt: skip
    return []


def _read(table: Path) -> list[dict[str, str]]:
    """Return the rows of a table that may come from Excel (InstanceError)."""
    try:
        with parsing(say("is not a readable table")):
            return list(csv.DictReader(StringIO(text_of(table), newline="")))
    except UnreadableError as error:
        raise InstanceError([Wrong(table.name, error.text)]) from None


def _case(path: Path, row: dict[str, str]) -> Case | None:
    """Return what a row asks; None where it names a problem that we do not know."""
    told = (row.get("problem") or "").lower()
    kind = KINDS.get(re.sub(r"\s*\(.*\)", "", told).strip())
    if kind is None:
        return None
    parameter = row.get("parameter") or ""
    p = _number(r"\bp=(\d+)", parameter)
    return Case(
        str(path),
        kind,
        None if p is None else int(p),
        _number(r"radius\w*=([\d.]+)", parameter),
        _number(r"capacity[ =]([\d.]+)", parameter),
        "floor" if "floor" in told else "",
        _value(row.get("value")),
    )


def _number(pattern: str, text: str) -> float | None:
    found = re.search(pattern, text)
    return _value(found.group(1)) if found else None


def _value(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None
