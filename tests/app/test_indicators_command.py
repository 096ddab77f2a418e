"""Indicators as a command, in files, and of the shipped instances."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from command import run
from indicator_case import of
from shared_plans import shipped

import aumaq
from aumaq.results.plan.plan import Plan


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an instance, and plans of its two scenarios.

    Time has a price and a pupil without a place costs less than in ``tiny``, where
    travel is free and a school in Gamma costs just what its 40 pupils do: one optimum.
    """
    base = tmp_path_factory.mktemp("indicators")
    tiny = shipped()
    rows = pd.DataFrame(
        [of("share_served", title="Served", service="school"),
         of("mean_minutes", service="school", direction="lower")]
    )  # fmt: skip
    goals = pd.DataFrame([{"indicator": "share_served", "target": 0.9}])
    futures = pd.DataFrame([{"scenario": "base"}, {"scenario": "dear",
                                                   "capex_factor": 9.0}])  # fmt: skip
    instance = tiny.replace(
        indicators=rows, indicator_targets=goals, scenarios=futures,
        policies=tiny.table("policies").assign(value_of_time_per_hour=100.0),
        services=tiny.table("services").assign(
            unserved_mln_per_unit_year=0.9, trips_per_year=100.0
        ),
    )  # fmt: skip
    aumaq.write(instance, base / "mine")
    for name in instance.scenario_names:
        read = aumaq.read(base / "mine").with_scenario(name)
        aumaq.solve(read, gap=0.0).to_csv(base / name)
    return base


@pytest.mark.slow
def test_command(folder: Path) -> None:
    """Plans beside each other: Alpha's school is enlarged only while that is cheap.

    Of 200 pupils 100 have a place today, 160 once it is enlarged; Beta's 80 travel 15
    minutes, or 20 of them.
    """
    done = run("indicators", "base", "dear", "--json", folder=folder)
    assert done.returncode == 0, done.stderr
    rows = {(r["indicator"], r["period"]): r for r in json.loads(done.stdout)}
    served = rows["share_served", "2031-35"]
    assert served["baseline"] == pytest.approx(0.5)
    assert (served["base"], served["dear"]) == pytest.approx((0.8, 0.5))
    assert (served["target"], served["base is_met"]) == (0.9, False)
    minutes = rows["mean_minutes", "2026-30"]
    assert (minutes["base"], minutes["dear"]) == pytest.approx((7.5, 3.0))
    assert minutes["target"] is None
    shown = run("indicators", "base", "--region", "all", folder=folder)
    assert "Served" in shown.stdout
    assert "≥ 0.900" in shown.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("base", "--region", "Rr"), "unknown region 'Rr'"),
        (("nowhere",), "nowhere"),
        (("base", "base"), "twice"),
        ((), "PLAN"),
    ],
)
def test_command_with_bad_input(
    folder: Path, words: tuple[str, ...], said: str
) -> None:
    """Bad input: exit code 2, the right word, no traceback."""
    done = run("indicators", *words, folder=folder)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_written_and_never_read(folder: Path) -> None:
    """The file is there, the plan is read without it and stays verified."""
    path = folder / "base"
    written = pd.read_csv(path / "indicators.csv", keep_default_na=False)
    plan = Plan.read(path)
    assert plan.is_verified
    assert "indicators" not in plan.tables
    assert len(written) == len(plan.indicators) > 0
    (path / "indicators.csv").write_text("rubbish\n1\n")
    again = Plan.read(path)
    pd.testing.assert_frame_equal(again.indicators, plan.indicators)
    again.to_csv(path)  # an earlier plan may be replaced, the side file too
    assert "share_served" in (path / "indicators.csv").read_text()


@pytest.mark.slow
def test_plan_json_has_them(folder: Path, tmp_path: Path) -> None:
    """plan.json holds the table, null where there is no value; the plan reads back."""
    plan = Plan.read(folder / "dear")
    file = plan.to_json(tmp_path / "plan.json")
    table = json.loads(file.read_text())["indicators"]
    assert table["columns"] == list(plan.indicators.columns)
    assert len(table["rows"]) == len(plan.indicators)
    assert table["rows"][-1][table["columns"].index("is_met")] is None
    assert Plan.read(file).is_verified


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["kazakhstan", pytest.param("west-kazakhstan", marks=pytest.mark.slow)]
)
def test_sets_of_kazakhstan(name: str) -> None:
    """The subjects of the general scheme are there; no target without a source."""
    instance = shipped(name)
    rows = instance.table("indicators")
    assert {
        "population", "share_urban", "share_in_growth_points", "capacity_to_demand",
        "share_within_minutes", "share_of_settlements_paved",
        "minutes_to_district_centre", "minutes_to_region_centre",
        "emissions_t_per_1000",
    } <= set(rows["formula"])  # fmt: skip
    if instance.network_names:
        assert {"water", "power"} <= set(rows["network"])
    for table in ("indicator_targets", "indicator_baselines"):
        assert (instance.table(table)["source"] != "").all()
