"""Sensitivity: points, runs that are those of a solve, indices, sites chosen."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from command import run

import aumaq
from aumaq.results.language import ENGLISH, Language
from aumaq.results.report.changed_values import varied
from aumaq.results.studies.sensitivity import factors_of, sensitivity

VARY = ["levels.capex_mln*0.5:2", "levels.opex_mln_per_year*0.5:2"]


def test_what_cannot_be_read_is_named() -> None:
    """All wrong ranges in one error; ranges with brackets and signs are read."""
    with pytest.raises(aumaq.OptionError, match=r"a\.b\*2, c\.d\*2:1"):
        factors_of(["a.b*2,c.d*2:1", "levels.capex_mln*1:2"])
    (one,) = factors_of(["sites[site=a].max_units=1:3"])
    assert (one.what, one.low, one.high) == ("sites[site=a].max_units=", 1.0, 3.0)
    with pytest.raises(aumaq.InstanceError, match="levels"):
        sensitivity(aumaq.read("tiny"), ["levels.nothing*1:2"])
    with pytest.raises(aumaq.UnknownNameError, match="'sobol'"):
        sensitivity(aumaq.read("tiny"), VARY, method="sobl")


def test_what_varies_is_told_in_words() -> None:
    """A change without its value has the titles of table and column."""
    told = varied("levels[level=1].capex_mln*", Language("ru"))
    assert told == "уровни (level=1): капитальные затраты ×"
    assert varied("nothing.like_it*", ENGLISH) == "nothing.like_it*"


@pytest.mark.slow
def test_one_number_at_a_time() -> None:
    """Each run is the plan of the instance with the change; sites are counted."""
    found = sensitivity(aumaq.read("tiny"), VARY, runs=5, gap=0.0, threads=1)
    assert found.rows["has_plan"].all(), found.rows["message"].tolist()
    assert found.points.tolist() == [[1, 1], [0.5, 1], [2, 1], [1, 0.5], [1, 2]]
    for factor in (0.5, 2.0):
        changed = aumaq.read("tiny").with_changes([f"levels.capex_mln*{factor}"])
        plan = aumaq.solve(changed, gap=0.0)
        own = (found.points == [factor, 1.0]).all(axis=1)
        assert found.rows["objective_mln"][own].tolist() == pytest.approx(
            [plan.objective_mln]
        )
    row = found.effects.iloc[0]
    own = found.rows["objective_mln"].to_numpy()[:3]
    assert (row["least"], row["most"]) == pytest.approx((own.min(), own.max()))
    counts = dict(zip(found.sites["site"], found.sites["runs_share"], strict=True))
    plans = [found.sweep.plan(name) for name in found.sweep.rows["scenario"]]
    for site, share in counts.items():
        runs = [site in set(p.facilities.query("period == '2031-35'")["site"])
                for p in plans]  # fmt: skip
        assert share == pytest.approx(np.mean(runs))


@pytest.mark.slow
@pytest.mark.parametrize(("method", "runs"), [("morris", 9), ("sobol", 8)])
def test_indices(method: str, runs: int, tmp_path: Path) -> None:
    """A number that nothing depends on has no effect; one that matters has one."""
    pytest.importorskip("SALib")
    vary = "levels.capex_mln*0.5:2,services.lifetime_years*0.9:1.1"
    done = run("sensitivity", "tiny", "--vary", vary, "--method", method, "--runs",
               runs, "--gap", 0, "--threads", 1, "--json", folder=tmp_path)  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    of = {row["factor"]: row for row in told["effects"]
          if row["result"] == "objective_mln"}  # fmt: skip
    key = "mu_star" if method == "morris" else "total"
    matters, idle = of["levels.capex_mln*"], of["services.lifetime_years*"]
    assert idle[key] == pytest.approx(0.0, abs=1e-9)
    if method == "morris":
        assert matters[key] > 0.5  # mln
        return
    # By Jansen's formula: half the mean square of what a step in one number changes.
    y = np.array([row["objective_mln"] for row in told["rows"]]).reshape(-1, 4)
    first, stepped, _, last = y.T
    total = 0.5 * np.mean((stepped - first) ** 2) / np.var([first, last])
    assert matters[key] == pytest.approx(total, rel=1e-6)
    assert total > 0.0
