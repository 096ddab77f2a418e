"""The indicators beside a plan are recomputed: none that is changed is verified."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from indicator_case import of, territory

import aumaq
from aumaq.results import Plan
from aumaq.results.indicators.claims import wrong_claims


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Return a plan with indicators, one of them with a target."""
    rows = [of("population"), of("share_served", service="s")]
    target = {"indicator": "share_served", "target": 50.0}
    return aumaq.solve(territory(indicators=rows, indicator_targets=[target]))


@pytest.mark.slow
def test_unchanged(plan: Plan, tmp_path: Path) -> None:
    """As they were written they are right, in a folder and in a JSON file."""
    assert len(plan.indicators)
    for path in (plan.to_csv(tmp_path / "p"), plan.to_json(tmp_path / "p.json")):
        assert Plan.read(path).record["problems"] == []


@pytest.mark.slow
def test_every_cell(plan: Plan, tmp_path: Path) -> None:
    """A cell of any column that says something else is named; so is a lost row."""
    folder = plan.to_csv(tmp_path / "p")
    file = folder / "indicators.csv"
    right = pd.read_csv(file, dtype=str, na_filter=False)
    for column in right.columns:
        for row in (0, len(right) - 1):
            wrong = right.copy()
            wrong.loc[row, column] = "" if wrong.loc[row, column] else "x"
            (problem,) = wrong_claims(plan, wrong)
            assert f"row {row + 1}: {column} is" in str(problem)
    assert wrong_claims(plan, right.iloc[1:])
    assert wrong_claims(plan, right.drop(columns="target"))
    wrong.to_csv(file, index=False)
    assert not Plan.read(folder).is_verified


@pytest.mark.slow
def test_an_earlier_definition(plan: Plan, tmp_path: Path) -> None:
    """What an indicator meant before is computed anew and told; it is no fault."""
    folder = plan.to_csv(tmp_path / "p")
    file, record = folder / "indicators.csv", folder / "record.json"
    text = file.read_text()
    lines = text.splitlines()
    lines[1] = ",".join([*lines[1].split(",")[:-1], "7"])
    file.write_text("\n".join(lines) + "\n")
    assert not Plan.read(folder).is_verified
    content = json.loads(record.read_text())
    del content["indicator_definitions"]
    record.write_text(json.dumps(content))
    old = Plan.read(folder)
    assert old.is_verified
    assert old.record["older_indicators"]
    assert old.indicators.equals(plan.indicators)
    again = Plan.read(old.to_csv(tmp_path / "q"))
    assert again.is_verified
    assert "older_indicators" not in again.record


def test_a_json_file(plan: Plan, tmp_path: Path) -> None:
    """The same of the document."""
    path = plan.to_json(tmp_path / "p.json")
    content = json.loads(path.read_text())
    column = content["indicators"]["columns"].index("plan")
    content["indicators"]["rows"][0][column] += 1.0
    path.write_text(json.dumps(content))
    (problem,) = Plan.read(path).record["problems"]
    assert "(indicators): row 1: plan is" in problem
