"""The worst-off regions first, on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import run
from two_regions import two_regions

import aumaq

ASKED = ("--service", "s", "--minutes", 40, "--gap", 0, "--quiet")


@pytest.mark.slow
def test_a_plan_for_the_worst_off(tmp_path: Path) -> None:
    """What each stage reached is told, and the plan that keeps it is written."""
    aumaq.write(two_regions(most=1.0), tmp_path / "two")
    done = run("fairest", "two", *ASKED, "--json", "--out", "fair", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [row["worst"] for row in told["stages"]] == [1, 2]
    assert [row["mean_share"] for row in told["stages"]] == pytest.approx([1.0, 1.0])
    plan = aumaq.find_plan(told["out"] if Path(told["out"]).is_absolute()
                           else str(tmp_path / told["out"]))  # fmt: skip
    assert plan.verify().is_feasible
    assert "fairest:Q" in set(plan.instance.table("standards")["standard"])


def test_what_is_not_there(tmp_path: Path) -> None:
    """A service that is not there is told with those that are; nothing is written."""
    aumaq.write(two_regions(most=1.0), tmp_path / "two")
    words = ("--service", "clinic", "--minutes", 40, "--out", "fair")
    done = run("fairest", "two", *words, folder=tmp_path)
    assert done.returncode == 2
    assert "clinic" in done.stderr
    assert "gaps" not in done.stderr
    assert not (tmp_path / "fair").exists()
