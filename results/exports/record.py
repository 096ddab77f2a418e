"""The record of a plan: what it always says, as data; JSON types."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from aumaq.instances import ExportError, Problem
from aumaq.instances.language.texts import Text, chained, say
from aumaq.solvers import Status

Kinds = str | list[str]
RECORD: dict[str, Kinds] = {
    "instance": "string",
    "instance_origin": "string",
    "instance_hash": "string",
    "scenario": "string",
    "currency": "string",
    "method": "string",
    "formulation": "string",
    "status": "string",
    "has_plan": "boolean",
    "verified": "boolean",
    "objective_mln": "number",
    "bound_mln": ["number", "null"],
    "gap": ["number", "null"],
    "rows": "integer",
    "columns": "integer",
    "integers": "integer",
    "seed": "integer",
    "seconds": "object",
    "options": "object",
    "versions": "object",
}
"""What every record says."""
LATER: dict[str, Kinds] = {
    "money_mln": "number",
    "points_mln": "number",
    "unavoidable_mln": "number",
    "gap_of_decisions": ["number", "null"],
    "kept_services": ["object", "null"],
    "indicator_definitions": "integer",
    "nonzeros": "integer",
    "nodes": "integer",
    "start_used": "object",
    "evidence": "string",
    "loop": "object",
    "older_indicators": "boolean",
}
"""What some records say: not those of earlier versions, or of some methods only."""
LISTS: dict[str, Kinds | tuple[Kinds, ...]] = {
    "periods": "string",
    "problems": "string",
    "warnings": "string",
    "trace": (["number", "null"],) * 3,
    "rejected": "string",
    "planned_with": "string",
    "missing_columns": "string",
    "locks": "string",
}
"""What is a list in a record -> what its items are; of lists: each of theirs."""
LATER_LISTS = ("warnings", "rejected", "planned_with", "missing_columns", "locks")
"""Lists that only some records have."""
COUNTS = ("rows", "columns", "integers", "nonzeros", "nodes")
"""What is never below 0, as seconds are."""
INSIDE: dict[str, tuple[str, tuple[str, ...]]] = {
    "seconds": ("number", ()),
    "options": ("", ("time_limit", "gap")),
    "versions": ("string", ("aumaq",)),
}
"""Object in every record -> the type of all its values (empty: any), its keys."""
INSIDE_OPTIONS: dict[str, Kinds] = {
    "options.time_limit": "number",
    "options.gap": "number",
    "options.work_limit": ["number", "null"],
    "options.threads": ["integer", "null"],
}
"""Values within objects whose values are of several types."""
MOST_TOLD = 20
UNREADABLE = (OSError, ValueError, TypeError, KeyError, AttributeError, RuntimeError)
"""What the readers of formats raise for a file that is not what it says."""


def unreadable(path: object, problems: list[Problem]) -> ExportError:
    """Return the one error for a plan that is not what it says: all that is wrong."""
    lines = [say("  - {problem}", problem=p.text) for p in problems[:MOST_TOLD]]
    if len(problems) > MOST_TOLD:
        lines.append(say("  ... and {n} more", n=len(problems) - MOST_TOLD))
    head = say(
        "{path}: is no plan that can be read, {n} problem:",
        "{path}: is no plan that can be read, {n} problems:",
        n=len(problems),
        path=path,
    )
    return ExportError(chained([head, *lines], "\n"))


def why(error: BaseException) -> Text:
    """Return in short why a file cannot be read."""
    if isinstance(error, RecursionError):
        return say("it is nested too deeply")
    if isinstance(error, UnicodeDecodeError):
        return say("it is not UTF-8 text")
    return say("{error}", error=" ".join(str(error).split()) or type(error).__name__)


def parsed(text: str | bytes, file: str) -> tuple[Any, list[Problem]]:
    """Return what a JSON text holds, and what is wrong with it."""
    try:
        return json.loads(text if isinstance(text, str) else text.decode("utf-8")), []
    except UNREADABLE as error:
        return None, [Problem(file, say("is not JSON: {error}", error=why(error)))]


def record_problems(record: Any, file: str) -> list[Problem]:
    """Return what is wrong with a record: keys that are missing or of another type."""
    if not isinstance(record, dict):
        return [Problem(file, say("expected an object of keys and values"))]
    return [
        *_of_keys(record, file),
        *_of_lists(record, file),
        *_of_counts(record, file),
    ]


def _of_keys(record: Mapping[str, Any], file: str) -> list[Problem]:
    """Return keys that are missing, and values of another type."""
    found = []
    for key, kinds in {**RECORD, **LATER}.items():
        if key not in record:
            if key in RECORD:
                found.append(Problem(file, say("{key} is missing", key=key)))
        elif not _is(record[key], kinds):
            named = kinds if isinstance(kinds, list) else [kinds]
            found.append(_wrong(record, key, " / ".join(named), file))
        elif key in INSIDE:
            found += _inside(record[key], key, file)
    status, kept = record.get("status"), record.get("kept_services")
    if isinstance(status, str) and status not in set(Status):
        found.append(_wrong(record, "status", " / ".join(Status), file))
    if isinstance(kept, dict) and not all(_is(v, "number") for v in kept.values()):
        found.append(_wrong(record, "kept_services", "object / null", file))
    return found


def _of_lists(record: Mapping[str, Any], file: str) -> list[Problem]:
    found = []
    for key, kinds in LISTS.items():
        value = record.get(key, [] if key in LATER_LISTS else None)
        if key not in record and key not in LATER_LISTS:
            found.append(Problem(file, say("{key} is missing", key=key)))
        elif not (isinstance(value, list) and all(_is_item(x, kinds) for x in value)):
            text = say("{key}: expected a list as aumaq writes it", key=key)
            found.append(Problem(file, text, value=_short(value)))
    return found


def _of_counts(record: Mapping[str, Any], file: str) -> list[Problem]:
    seconds = record.get("seconds")
    counts = {key: record.get(key) for key in COUNTS}
    if isinstance(seconds, dict):
        counts |= {f"seconds.{key}": value for key, value in seconds.items()}
    return [
        Problem(file, say("{key}: expected a number from 0", key=key), value=_short(n))
        for key, n in counts.items()
        if _is(n, "number") and not n >= 0  # type: ignore[operator]
    ]


def _wrong(record: Mapping[str, Any], key: str, kind: str, file: str) -> Problem:
    text = say("{key}: expected {kind}", key=key, kind=kind)
    return Problem(file, text, value=_short(record[key]))


def _inside(value: Mapping[str, Any], key: str, file: str) -> list[Problem]:
    """Return what is wrong within an object of the record."""
    kind, needed = INSIDE[key]
    found = [
        Problem(file, say("{key} is missing", key=f"{key}.{name}"))
        for name in needed
        if name not in value
    ]
    for name, item in value.items():
        wanted = kind or INSIDE_OPTIONS.get(f"{key}.{name}", "")
        if wanted and not _is(item, wanted):
            told = wanted if isinstance(wanted, str) else " / ".join(wanted)
            text = say("{key}: expected {kind}", key=f"{key}.{name}", kind=told)
            found.append(Problem(file, text, value=_short(item)))
    return found


def _is_item(value: Any, kinds: Kinds | tuple[Kinds, ...]) -> bool:
    """Whether an item of a list is what :data:`LISTS` says."""
    if not isinstance(kinds, tuple):
        return _is(value, kinds)
    is_row = isinstance(value, list) and len(value) == len(kinds)
    return is_row and all(map(_is, value, kinds))


def _is(value: Any, kind: Kinds) -> bool:
    """Whether a value has a type of JSON, or one of several."""
    if isinstance(kind, list):
        return any(_is(value, one) for one in kind)
    if isinstance(value, bool):
        return kind == "boolean"
    types: dict[str, Any] = {
        "string": str, "number": (int, float), "integer": int, "object": dict,
        "null": type(None), "boolean": (),
    }  # fmt: skip
    return isinstance(value, types[kind]) and not _is_beyond(value)


def _is_beyond(value: Any) -> bool:
    """Whether a number is none of JSON: nan, inf, or digits that no float can hold."""
    try:
        return isinstance(value, int | float) and not math.isfinite(value)
    except OverflowError:
        return True


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
