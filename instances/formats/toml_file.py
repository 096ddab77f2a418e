"""The tables of ``instance.toml``."""

from __future__ import annotations

import math
import re
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd

from aumaq.instances.errors import Problem, UnreadableError
from aumaq.instances.formats.files import parsing, text_of
from aumaq.instances.formats.raw import Raw
from aumaq.instances.language.texts import Text, say
from aumaq.instances.schema.tables import BY_NAME, TABLES

MAX_BYTES = 1_000_000
"""A larger file is not read: each of its characters may take hundreds of bytes."""
MAX_DOTS = 50
"""Parts of a dotted key, each of which opens a table."""

_PART = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+"""
_DEEP_KEY = re.compile(rf"(?<![A-Za-z0-9_-])(?:{_PART}\.[ \t]*+){{{MAX_DOTS}}}")


def read_toml(path: Path, raw: Raw) -> None:
    """Read the tables of a file; what is wrong with it becomes problems of *raw*."""
    try:
        text = text_of(path, MAX_BYTES)
        if _DEEP_KEY.search(text):
            raise UnreadableError(
                say("is not valid TOML: a key of more than {most} parts", most=MAX_DOTS)
            )
        with parsing(say("is not valid TOML")):
            document = tomllib.loads(text, parse_float=_number)
    except UnreadableError as error:
        raw.problems.append(Problem(path.name, error.text))
        raw.broken |= {table.name for table in TABLES if table.in_toml}
        return
    for name, content in document.items():
        rows = [content] if isinstance(content, dict) else content
        if message := _refusal(name, rows):
            raw.refuse(name, Problem(path.name, message, column=f"[{name}]"))
        else:
            raw.tables[name] = pd.DataFrame(rows, dtype=object)


def _number(text: str) -> float | str:
    """Return a number; one that is none (nan), or endless, stays a text to be told."""
    number = float(text)
    return number if math.isfinite(number) else text


def _refusal(name: str, rows: Any) -> Text | None:
    """Return why what stands under a name is no table of this file."""
    table = BY_NAME.get(name)
    if table is not None and not table.in_toml:
        return say("belongs into {file}", file=table.file)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        wanted = "[" if table is not None and table.is_single else "[["
        return say("expected tables {wanted}{name}...", wanted=wanted, name=name)
    if table is not None and table.is_single and len(rows) != 1:
        return say("expected one table [{name}]", name=name)
    return None
