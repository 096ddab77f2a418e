"""What a benchmark asks: files, and the questions that a table of published values has.

``optima.csv`` beside the folders of files, or above them, has columns set, file,
problem, parameter, value, status; its rows for a file are the questions asked of it. A
file without rows is asked what its reader says.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np

from aumaq.classic.chains import reading as chains
from aumaq.classic.distances import Points
from aumaq.classic.problems import BY_COUNT, Problem
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
    is_counted: bool = False  # p is one of those that were asked for

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
        return {k: v for k, v in asdict(self).items() if k != "is_counted"}


def cases_of(
    names: Sequence[str], kind: str = "", counts: Sequence[int] = (), rounding: str = ""
) -> list[Case]:
    """Return the questions of files and folders; InstanceError if one is not there.

    *kind* leaves only questions of that kind. Points that no table asks about are asked
    for each of some *counts* of sites, their distances under a *rounding*.
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
            wrong += _unreadable(path, has_counts=bool(counts))
        else:
            wrong.append(Wrong(name, say("is not there")))
    if wrong:
        raise InstanceError(wrong)
    cases = [case for path in files for case in _questions(path, counts, rounding)]
    if counts and not any(case.is_counted for case in cases):
        text = say(
            "--p: no file has points without a table, and more of them than that"
        )
        raise OptionError(text, ["p"])
    wanted = [case for case in cases if not kind or _kind(case) == kind]
    if not wanted:
        text = say("--problem: no file asks for {kind}", kind=kind)
        raise OptionError(text, ["kind"])
    return wanted


def _unreadable(path: Path, *, has_counts: bool) -> list[Wrong]:
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
    if found.p is None and found.kind in BY_COUNT and not has_counts:
        return [Wrong(str(path), say("the number of sites p is needed (--p)"))]
    return []


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
        room = np.full(found.shape[1], case.capacity)
        changes["sites"] = replace(found.sites, capacities=room)
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


def _questions(path: Path, counts: Sequence[int], rounding: str) -> list[Case]:
    rows = _rows_for(path)
    asked = [case for row in rows if (case := _case(path, row))]
    plain = Case(str(path), _kind_of(path))
    if asked or not counts or plain.kind:
        return asked or [plain]
    found = read_problem(path)
    if found.p is not None or not isinstance(found.distances, Points):
        return [plain]
    some = [p for p in dict.fromkeys(counts) if p < found.shape[1]]
    return [
        Case(str(path), found.kind, p, rounding=rounding, is_counted=True) for p in some
    ] or [plain]


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
