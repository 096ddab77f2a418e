"""Columns that plans of earlier versions lack: what only says again what is known.

They are recomputed, or left blank where they cannot be, and named in the record of the
plan; nothing compares them. Keys, decisions and what the rules read must be there.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import pandas as pd

from aumaq.instances import Instance
from aumaq.instances.schema.plan import BY_NAME, PLAN, PLAN_TABLES
from aumaq.results.audit.account import audit, decided_of
from aumaq.results.audit.frames import without_rows

BLANK = {"text": "", "number": float("nan"), "flag": False}
RENAMED = {
    "partnerships": {"sector": "service"},
    "financing": {"sector": "service"},
}
"""Table -> what columns were called in earlier versions, and what they are now."""


def renamed(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table of a plan with the columns of earlier versions under new names."""
    older = {
        old: new
        for old, new in RENAMED.get(table, {}).items()
        if new not in frame.columns
    }
    return frame.rename(columns=older)


@lru_cache
def dispensable(table: str) -> frozenset[str]:
    """Return the columns that a table of a plan from a file may lack."""
    return frozenset(c.name for c in BY_NAME[table].columns if c.part == "told")


def completed(
    tables: Mapping[str, pd.DataFrame],
) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Return the tables with blank columns for those that they lack, and their names
    (``table.column``).
    """
    found, missing = {}, []
    for name, frame in tables.items():
        kinds = PLAN_TABLES.get(name, {})
        lacking = [column for column in kinds if column not in frame.columns]
        missing += [f"{name}.{column}" for column in lacking]
        blank = {column: BLANK[kinds[column]] for column in lacking}
        found[name] = frame.assign(**blank) if lacking else frame
    return found, missing


def with_later(
    instance: Instance, tables: Mapping[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """Return all tables of a plan: those that came later follow from its decisions.

    Of what could not be decided when it was written there is nothing.
    """
    lacking = [t.name for t in PLAN if t.is_later and t.name not in tables]
    if not lacking:
        return dict(tables)
    whole = {**tables, **{name: without_rows(name) for name in lacking}}
    computed = audit(instance, decided_of(whole)).tables
    whole |= {name: computed[name] for name in lacking}
    return {t.name: whole[t.name] for t in PLAN if t.name in whole}


def filled(
    tables: Mapping[str, pd.DataFrame], derived: Mapping[str, list[Any]]
) -> dict[str, pd.DataFrame]:
    """Return the tables with recomputed values (``table.column``) in their columns.

    What is None stays as it is; so does a column whose rows are not all sound.
    """
    found = dict(tables)
    for full, values in derived.items():
        name, column = full.split(".", 1)
        if len(values) == len(found[name]):
            old = found[name][column].tolist()
            new = [o if v is None else v for o, v in zip(old, values, strict=True)]
            cells = pd.Series(
                new, index=found[name].index, dtype=found[name][column].dtype
            )
            found[name] = found[name].assign(**{column: cells})
    return found


def without(
    tables: Mapping[str, pd.DataFrame], missing: list[str]
) -> dict[str, pd.DataFrame]:
    """Return the tables without the columns that are blank for being missing."""
    names = [full.split(".", 1) for full in missing]
    return {
        name: frame.drop(columns=[c for t, c in names if t == name], errors="ignore")
        for name, frame in tables.items()
    }
