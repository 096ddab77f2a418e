"""The hand-solved instance: optimum, formulations, round trips, verification."""

from pathlib import Path

import pytest

import aumaq
from aumaq.instances import NoPlanError


@pytest.mark.parametrize("formulation", ["strong", "weak"])
def test_optimum_is_that_of_the_readme(formulation: str) -> None:
    """780 mln, as worked out by hand in the instance's README."""
    plan = aumaq.solve(aumaq.read("tiny"), gap=0.0, formulation=formulation)
    assert plan.objective_mln == pytest.approx(780.0, abs=1e-6)
    assert plan.bound_mln == pytest.approx(780.0, abs=1e-3)
    assert plan.status == "optimal"
    assert plan.record["problems"] == []
    assert plan.is_verified


def test_instance_round_trip(tmp_path: Path) -> None:
    """What is written reads back equal."""
    instance = aumaq.read("tiny")
    assert aumaq.read(aumaq.write(instance, tmp_path / "copy")) == instance


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csv", "json"])
def test_plan_round_trip(tmp_path: Path, kind: str) -> None:
    """A written plan reads back and verifies."""
    plan = aumaq.solve(aumaq.read("tiny"), gap=0.0)
    name = "plan" if kind in ("csv", "parquet") else f"plan.{kind}"
    path = plan.export(kind, tmp_path / name)
    again = aumaq.Plan.read(path)
    assert again.is_verified
    assert again.objective_mln == plan.objective_mln


def test_no_plan_is_said() -> None:
    """A hard budget of nothing against a required school is infeasible."""
    instance = aumaq.read("tiny")
    sites, budgets = instance.table("sites"), instance.table("budgets")
    sites.loc[1, "status"] = "required"
    budgets = budgets.reindex(range(1)).assign(
        budget="none", period="2026-30", amount_mln=0.0, covers="investment",
        title="", service="", region="", is_hard=True, overrun_price=0.0, source="",
    )  # fmt: skip
    with pytest.raises(NoPlanError, match="infeasible"):
        aumaq.solve(instance.replace(sites=sites, budgets=budgets))
