"""Plans of earlier versions: what only says again what is known may be missing."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from command import run
from grid_example import grid_rows
from tiny_instances import tiny

import aumaq
from aumaq.instances import ExportError, InstanceError
from aumaq.results.audit.frames import without_rows
from aumaq.results.exports.plan_tables import typed
from aumaq.results.plan.missing_columns import dispensable
from aumaq.results.plan.plan import Plan


@pytest.fixture(scope="module")
def plan() -> Plan:
    """A plan with networks and services."""
    return aumaq.solve(tiny(**grid_rows()), gap=0.0)


def older(plan: Plan, folder: Path) -> list[str]:
    """Take what it can do without from all tables of a folder; return the names."""
    gone = []
    for name in plan.tables:
        file = folder / f"{name}.csv"
        table = pd.read_csv(file, dtype="str", keep_default_na=False)
        lost = [column for column in table.columns if column in dispensable(name)]
        table.drop(columns=lost).to_csv(file, index=False, lineterminator="\n")
        gone += [f"{name}.{column}" for column in lost]
    return gone


@pytest.mark.slow
@pytest.mark.few(1)
def test_a_folder_without_them_is_read(plan: Plan, tmp_path: Path) -> None:
    """They are named and recomputed; all else is verified."""
    folder = plan.to_csv(tmp_path / "old")
    gone = older(plan, folder)
    assert {"facilities.title", "flows.use_share", "actions.is_synthetic"} <= {*gone}
    done = run("verify", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "which were recomputed or left blank: " in done.stdout
    assert "facilities.title" in done.stdout
    found = Plan.read(folder)
    assert sorted(found.record["missing_columns"]) == sorted(gone)
    for name, table in plan.tables.items():
        pd.testing.assert_frame_equal(
            found.table(name), table, obj=name, check_like=True
        )
    assert found.objective_mln == pytest.approx(plan.objective_mln)
    assert json.loads(run("verify", folder, "--json").stdout)["missing_columns"]
    for suffix in ("html", "xlsx", "json"):
        assert found.export(suffix, tmp_path / f"again.{suffix}").exists()
    assert Plan.read(tmp_path / "again.json").is_verified


@pytest.mark.slow
def test_other_kinds_are_read_too(plan: Plan, tmp_path: Path) -> None:
    """JSON, and a store whose runs are of an earlier version."""
    bare = {
        name: table.drop(columns=[c for c in table if c in dispensable(name)])
        for name, table in plan.tables.items()
    }
    store = aumaq.Store(tmp_path / "runs.duckdb")
    old = Plan(plan.instance, bare, plan.record)
    old.__dict__["_indicators"] = plan.indicators
    assert store.plan(store.add(old)).is_verified
    document = json.loads(plan.to_json(tmp_path / "plan.json").read_text())
    assert document["tables"]
    for name, table in document["tables"].items():
        for row in table if isinstance(table, list) else []:
            for column in dispensable(name) & row.keys():
                del row[column]
    (tmp_path / "plan.json").write_text(json.dumps(document))
    assert Plan.read(tmp_path / "plan.json").is_verified


@pytest.mark.parametrize("table", ["financing", "partnerships"])
def test_columns_of_another_name_are_read(table: str) -> None:
    """What is paid for was called a sector once."""
    whole = without_rows(table)
    old = whole.rename(columns={"service": "sector"})
    for given in (old, whole):
        found, problems = typed(table, given, "file.csv", 2)
        assert (problems, [*found.columns]) == ([], [*whole.columns])


@pytest.mark.parametrize("column", ["site", "units", "used"])
def test_what_is_decided_must_be_there(plan: Plan, tmp_path: Path, column: str) -> None:
    """One error, that names it."""
    folder = plan.to_csv(tmp_path / "old")
    file = folder / "facilities.csv"
    pd.read_csv(file, dtype="str").drop(columns=column).to_csv(file, index=False)
    with pytest.raises((ExportError, InstanceError), match=f"{column}.*is missing"):
        Plan.read(folder)
