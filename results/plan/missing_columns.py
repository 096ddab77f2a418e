"""Columns, or whole tables, that plans of earlier versions lack.

They only say again what is known: they are recomputed, or left blank where they cannot
be, and named in the record of the plan; nothing compares them. Keys, decisions and what
the rules read must be there.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import pandas as pd

from aumaq.instances.schema.plan import BY_NAME, COLUMNS, PLAN, PLAN_TABLES
from aumaq.results.audit.frames import plan_table, without_rows

BLANK = {"text": "", "number": float("nan"), "flag": False}


@lru_cache
def dispensable(table: str) -> frozenset[str]:
    """Return the columns that a table of a plan from a file may lack."""
    return frozenset(c.name for c in BY_NAME[table].columns if c.part == "told")


def completed(
    tables: Mapping[str, pd.DataFrame],
) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Return the tables with blank columns for those that they lack, and their names
    (``table.column``). A later table that is missing has no rows, and lacks all.
    """
    found, missing = dict[str, pd.DataFrame](), list[str]()
    for table in PLAN:
        if table.is_later and table.name not in tables:
            found[table.name] = without_rows(table.name)
            missing += [f"{table.name}.{column}" for column in table.words]
    for name, frame in tables.items():
        kinds = PLAN_TABLES.get(name, {})
        lacking = [column for column in kinds if column not in frame.columns]
        missing += [f"{name}.{column}" for column in lacking]
        blank = {column: BLANK[kinds[column]] for column in lacking}
        found[name] = frame.assign(**blank) if lacking else frame
    return found, missing


def filled(
    tables: Mapping[str, pd.DataFrame], derived: Mapping[str, list[Any]]
) -> dict[str, pd.DataFrame]:
    """Return the tables with recomputed values (``table.column``) in their columns.

    What is None stays as it is; so does a column whose rows are not all sound.
    """
    found = dict(tables)
    for name in {full.split(".", 1)[0] for full in derived}:
        whole = {c: derived.get(f"{name}.{c}") for c in COLUMNS[name]}
        if found[name].empty and all(cells is not None for cells in whole.values()):
            found[name] = plan_table(name, whole)
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
