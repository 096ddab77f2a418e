"""Changes told in a line: ``levels.capex_mln*1.2``, ``sites[site=s7].status=required``.

They are kept as rows of ``overrides`` in a set of their own, which applies in every
scenario after all others: what is recorded of a run tells them.
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
from aumaq.instances.schema.scenarios import OVERRIDES

CHANGE = re.compile(
    r"(?P<table>\w+)\s*(?:\[(?P<where>[^\]]*)\])?\s*\.\s*(?P<column>\w+)"
    r"\s*(?P<sign>[=*+-])\s*(?P<value>.*)"
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
    return {
        "override": ALWAYS,
        "table": found["table"],
        "where": found["where"] or "",
        "column": found["column"],
        "action": ACTIONS[found["sign"]],
        "value": minus + found["value"].strip(),
        "source": text,
    }


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
