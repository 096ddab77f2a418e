"""Changes told in a line: ``levels.capex_mln*1.2``, ``sites[site=s7].status=required``.

Tables, columns and choices may be called as the sheets of a workbook call them, in any
language. Changes are kept as rows of ``overrides`` in a set of their own, which applies
in every scenario after all others: what is recorded of a run tells them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from aumaq.instances.checks.cells import row_number
from aumaq.instances.errors import InstanceError, Problem
from aumaq.instances.language.texts import say
from aumaq.instances.scenarios.overrides import ALWAYS, Tables, overridden
from aumaq.instances.scenarios.scenario import Scenario
from aumaq.instances.schema.choices import has_words, meant_choice
from aumaq.instances.schema.scenarios import OVERRIDES
from aumaq.instances.schema.tables import BY_NAME
from aumaq.instances.schema.titles import by_title, folded

CHANGE = re.compile(
    r"(?P<table>[^\[\].=*+]+?)\s*(?:\[(?P<where>[^\]]*)\])?\s*\.\s*"
    r"(?P<column>[^\[\].=*+]+?)(?:\s*\[[^\]]*\])?"  # as a header, with its unit
    r"\s*(?P<sign>[=*+]|-(?=\s*\.?\d))\s*(?P<value>.*)"
)
ACTIONS = {"=": "set", "*": "times", "+": "plus", "-": "plus"}


def with_changes(
    tables: Tables, scenario: Scenario, changes: Sequence[str]
) -> pd.DataFrame:
    """Return the table ``overrides`` with *changes* in the set that always applies.

    *tables* are the instance's own. Raises InstanceError with every change that cannot
    be read, or means nothing under *scenario*.
    """
    rows, problems = [], list[Problem]()
    for text in changes:
        found = CHANGE.fullmatch(text.strip())
        if found is None:
            message = say(
                "expected table.column=value or table[column=value; ...].column=value,"
                " with * + or - in place of = for a factor or a difference"
            )
            problems.append(Problem(text, message))
        else:
            rows.append((text, _row(found, text)))
    if rows:
        known = tables["overrides"]
        own = pd.DataFrame([row for _, row in rows]).reindex(columns=known.columns)
        both = pd.concat([known, own.astype(known.dtypes.to_dict())], ignore_index=True)
        problems += _meaningless(tables, scenario, both, [text for text, _ in rows])
    if problems:
        raise InstanceError(problems)
    return both if rows else tables["overrides"]


def _row(found: re.Match[str], text: str) -> dict[str, str]:
    minus = "-" if found["sign"] == "-" else ""
    table = _meant_name(tuple(BY_NAME), found["table"])
    column, value = _meant_cell(table, found["column"], found["value"])
    return {
        "override": ALWAYS,
        "table": table,
        "where": _meant_where(table, found["where"] or ""),
        "column": column,
        "action": ACTIONS[found["sign"]],
        "value": minus + value,
        "source": text,
    }


def _meant_name(names: tuple[str, ...], title: str) -> str:
    """Return which of the names has a title in any language; the title if none."""
    return by_title(names).get(folded(title), (title, ""))[0]


def _meant_cell(table: str, title: str, cell: str) -> tuple[str, str]:
    """Return name and value of a column that are told in the words of a sheet."""
    columns = BY_NAME[table].columns if table in BY_NAME else ()
    name = _meant_name(tuple(column.name for column in columns), title.strip())
    value = cell.strip()
    for column in columns:
        if column.name == name and has_words(column):
            value = meant_choice(column, value)
    return name, value


def _meant_where(table: str, where: str) -> str:
    """Return a condition on rows with the names and values that are meant."""
    parts = [part.partition("=") for part in where.split(";")]
    if not all(sign for _, sign, _ in parts):
        return where  # what is wrong with it is told of its own words
    meant = (_meant_cell(table, title, cell) for title, _, cell in parts)
    return "; ".join(f"{name}={value}" for name, value in meant)


def _meaningless(
    tables: Tables, scenario: Scenario, rows: pd.DataFrame, texts: list[str]
) -> list[Problem]:
    """Return what is wrong with the last rows, each told by its text."""
    names = [*(name for name in scenario.overrides if name != ALWAYS), ALWAYS]
    _, problems = overridden({**tables, "overrides": rows}, names)
    first = row_number(OVERRIDES, len(rows) - len(texts))
    return [
        replace(one, file=texts[k], row=0, column="", value=_value(one, texts[k]))
        for one in problems
        if 0 <= (k := one.row - first) < len(texts)
    ]


def _value(problem: Problem, text: str) -> str:
    """Return the value that is wrong, unless the change tells it as it is."""
    return "" if problem.value in text else problem.value
