"""What differs in what went in: settings, tables under their scenarios, people."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances import Instance
from aumaq.instances.language.texts import Figure, say
from aumaq.instances.schema.column import Table
from aumaq.instances.schema.tables import TABLES
from aumaq.results.comparison.columns import LETTERS, side_by_side
from aumaq.results.plan.plan import Plan

COLUMNS = ("table", "change", "key", "column", "before", "after")
BY_PROJECTION = ("population", "growth")
"""Tables with rows for several projections, of which a scenario uses one."""
BY_POSITION = ("scenarios",)
"""Tables whose one row has a name that is itself a difference."""
SETTINGS = (
    "instance", "instance_hash", "scenario", "method", "formulation", "kept_services",
)  # fmt: skip


def differing_settings(plans: Sequence[Plan]) -> pd.DataFrame:
    """Return instance, scenario, options and versions that are not all the same.

    Columns: setting, and a plan each (as text).
    """
    rows = []
    every = [_settings(plan) for plan in plans]
    for name in dict.fromkeys(name for found in every for name in found):
        values = [found.get(name, "") for found in every]
        if len(set(values)) > 1:
            rows.append([name, *values])
    return pd.DataFrame(
        rows, columns=["setting", *LETTERS[: len(plans)]], dtype="object"
    )


def _settings(plan: Plan) -> dict[str, str]:
    record = plan.record
    found = {name: record.get(name) for name in SETTINGS}
    if kept := record.get("kept_services"):
        digest = hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()
        mean = sum(kept.values()) / len(kept)
        found["kept_services"] = say(
            "{n} settlement, mean share {share} ({digest})",
            "{n} settlements, mean share {share} ({digest})",
            n=len(kept),
            share=Figure(f"{mean:.4f}"),
            digest=digest[:8],
        )
    for part in ("options", "versions"):
        found |= {f"{part}: {key}": value for key, value in record[part].items()}
    return {
        name: value if isinstance(value, str) else "" if value is None else str(value)
        for name, value in found.items()
    }


def changed_inputs(before: Instance, after: Instance) -> pd.DataFrame:
    """Return how the tables of two instances differ, each under its scenario.

    A row for each row that was added or removed (its cells that are no defaults in
    ``before`` or ``after``, as text) and for each cell that changed: table, change,
    key, column, before, after. Rows are known by the key that the schema gives them,
    rows of tables without a key by all their cells.
    """
    parts = [
        _changes(table, _rows(before, table), _rows(after, table)) for table in TABLES
    ]
    found = [row for part in parts for row in part]
    return pd.DataFrame(found, columns=list(COLUMNS), dtype="object")


def counts(changes: pd.DataFrame) -> pd.DataFrame:
    """Return rows added and removed, and cells changed, by table."""
    kinds = ["added", "removed", "changed"]
    counted = changes.groupby(["table", "change"], sort=False).size()
    wide = counted.unstack("change", fill_value=0).reindex(columns=kinds, fill_value=0)
    order = [table.name for table in TABLES if table.name in wide.index]
    return wide.reindex(order).rename_axis(columns=None).reset_index()


def people(plans: Sequence[Plan]) -> pd.DataFrame:
    """Return persons by region and period, a plan each; region ``""`` is everywhere."""
    values = []
    for plan in plans:
        instance = plan.instance
        frame = pd.DataFrame(
            instance.persons("all"),
            index=instance.tables["settlements"]["region"],
            columns=instance.period_names,
        )
        by_region = frame.groupby(level=0, sort=False).sum()
        whole = pd.DataFrame([frame.sum()], index=[""])
        values.append(pd.concat([whole, by_region]).stack())
    return side_by_side(values, ["region", "period"])


def _rows(instance: Instance, table: Table) -> pd.DataFrame:
    """Return the rows of a table that the scenario uses."""
    rows = instance.tables[table.name]
    if table.name in BY_PROJECTION:
        rows = rows[rows["scenario"] == instance.active_scenario.projection]
        rows = rows.drop(columns="scenario")
    return rows.reset_index(drop=True)


def _changes(table: Table, before: pd.DataFrame, after: pd.DataFrame) -> list[Any]:
    if before.equals(after):
        return []
    columns = [str(c) for c in dict.fromkeys([*before.columns, *after.columns])]
    key = [c for c in table.key if c in columns]
    if table.name in BY_POSITION or table.is_single:
        key = []
    elif not key:
        key = columns
    old, new = (_by_key(rows.reindex(columns=columns), key) for rows in (before, after))
    gone = old.index.difference(new.index, sort=False)
    come = new.index.difference(old.index, sort=False)
    both = old.index.intersection(new.index, sort=False)
    found: list[Any] = []
    for change, rows, index in (("removed", old, gone), ("added", new, come)):
        for name, row in zip(index, rows.loc[index].to_dict("records"), strict=True):
            text = _told(table, row, key)
            told = (text, "") if change == "removed" else ("", text)
            found.append([table.name, change, _key(key, name), "", *told])
    a, b = old.loc[both], new.loc[both]
    for column in (c for c in columns if c not in key):
        x, y = a[column], b[column]
        differ = ((x != y) & ~(x.isna() & y.isna())).fillna(True).to_numpy(dtype=bool)
        for k in np.flatnonzero(differ).tolist():
            found.append([table.name, "changed", _key(key, both[k]), column,
                          _plain(x.iloc[k]), _plain(y.iloc[k])])  # fmt: skip
    return found


def _by_key(rows: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Return the rows under their key; equal keys are told apart by a number."""
    if key:
        text = rows[key].astype("str").agg("\x1f".join, axis=1) if len(rows) else (
            pd.Series([], dtype="str"))  # fmt: skip
    else:
        text = pd.Series("", index=rows.index, dtype="str")
    number = text.groupby(text).cumcount()
    return rows.set_axis(pd.MultiIndex.from_arrays([text, number]), axis=0)


def _key(key: list[str], name: tuple[str, int]) -> str:
    cells = zip(key, name[0].split("\x1f"), strict=True) if key else ()
    told = ", ".join(f"{column} {cell}" for column, cell in cells if cell)
    return f"{told} (no. {name[1] + 1})" if name[1] else told


def _told(table: Table, row: dict[Any, Any], key: list[str]) -> str:
    """Return the cells of a row that say more than its key and the defaults do."""
    defaults = {column.name: column.default for column in table.columns}
    cells = {c: _plain(v) for c, v in row.items() if c not in key}
    return ", ".join(
        f"{column} {value}"
        for column, value in cells.items()
        if value not in (None, "") and value != defaults.get(column)
    )


def _plain(value: Any) -> Any:
    """Return a cell as a plain value; None where there is no number."""
    value = value.item() if hasattr(value, "item") else value
    return None if value != value else value
