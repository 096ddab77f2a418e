"""Today's stock is a plan for several futures: what stops the solve leaves it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from command import run
from growing_case import growing
from tiny_instances import Rows

import aumaq
from aumaq.instances import Instance, NoPlanError
from aumaq.results.studies import futures_plan as planning_together
from aumaq.solvers.futures.state import nothing_found
from aumaq.solvers.out_of_time import out_of_time

NO_TIME = 1e-6


def with_power() -> Instance:
    """Return a village that must have power: 100 units of it, or 300 with many."""
    more: dict[str, Rows] = {
        "growth": [],
        "networks": [{"network": "power", "may_shed": False}],
        "network_nodes": [
            {"network": "power", "node": "v", "lat": 50.0, "lon": 70.0,
             "settlement": "a"}
        ],
        "network_links": [],
        "load_rates": [
            {"network": "power", "scenario": name, "period": "",
             "units_per_person": rate}
            for name, rate in (("few", 1.0), ("many", 3.0))
        ],
        "local_supplies": [
            {"network": "power", "option": "solar", "settlement": "",
             "capex_mln_per_unit": 0.01}
        ],
    }  # fmt: skip
    return growing(**more)


@pytest.mark.slow
@pytest.mark.few(1)
@pytest.mark.parametrize("objective", ["expected", "worst", "regret"])
def test_without_time_nothing_is_built(objective: str) -> None:
    """But the supply that one future needs is there in both: 3 mln, and 24 unserved."""
    found = aumaq.solve_futures(with_power(), objective=objective, time_limit=NO_TIME)
    assert found.is_verified
    assert found.status == "time_limit"
    for plan in found.plans.values():
        assert plan.facilities.empty
        capacity = plan.table("local_supply")["capacity"]
        assert capacity.tolist() == pytest.approx([300.0, 300.0])
        assert plan.objective_mln == pytest.approx(27.0)
    best = aumaq.solve_futures(with_power(), objective=objective, gap=0.0)
    assert found.bound_mln <= best.objective_mln + 1e-6
    assert best.objective_mln <= found.objective_mln + 1e-6


def test_it_is_the_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever comes of the solve, nobody gets less than today's stock."""

    def nothing(*_: object) -> object:
        bounds = np.array([5.0, 26.0])
        return nothing_found(out_of_time({}), bounds, "few")

    monkeypatch.setattr(planning_together, "solve_model", nothing)
    found = aumaq.solve_futures(with_power(), gap=0.01)
    assert found.is_verified
    assert found.objective_mln == pytest.approx(27.0)
    assert found.bound_mln == pytest.approx(15.5)
    assert list(found.regret_table["best_bound_mln"]) == pytest.approx([5.0, 26.0])


def test_where_it_is_no_plan_that_is_told(tmp_path: Path) -> None:
    """A sentence and exit code 1, no traceback."""
    service: Rows = [{"service": "s", "may_be_unserved": False}]
    instance = growing(services=service)
    with pytest.raises(NoPlanError, match="time_limit: no plan was found in time"):
        aumaq.solve_futures(instance, time_limit=NO_TIME)
    aumaq.write(instance, tmp_path / "in")
    words = ("futures", tmp_path / "in", "--out", tmp_path / "out")
    done = run(*words, "--time-limit", NO_TIME)
    assert done.returncode == 1
    assert "no plan was found in time" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
