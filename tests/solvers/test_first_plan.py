"""What there is before a solve is never lost: a start plan, or today's stock."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import run
from grid_example import grid_rows
from shared_plans import shipped
from tiny_instances import tiny

import aumaq
from aumaq.instances import NoPlanError
from aumaq.instances.generators import clustered
from aumaq.instances.language.texts import say
from aumaq.model.data.gathered import ModelData, gather
from aumaq.model.data.unavoidable import unavoidable_mln
from aumaq.results import Finding, Plan
from aumaq.results.audit import audit
from aumaq.results.plan.cautions import cautions
from aumaq.results.plan.decision_tables import decision_tables
from aumaq.results.studies.choosing.locks import locks_of
from aumaq.solvers import METHODS, Solution, Status
from aumaq.solvers.methods import Method
from aumaq.solvers.solution.decisions import Decisions, Given
from aumaq.solvers.start import whole_plan
from aumaq.solvers.start.hard_budgets import HardBudgets
from aumaq.solvers.start.locked import within_locks
from aumaq.solvers.start.site_units import costs
from aumaq.solvers.work import Budget

NO_TIME = 1e-6


@pytest.fixture(scope="module")
def instance() -> aumaq.Instance:
    """Return a territory with power, water and roads."""
    return clustered(12, 3)


@pytest.fixture(scope="module")
def good(instance: aumaq.Instance) -> aumaq.Plan:
    """Return a plan of it."""
    return aumaq.solve(instance, time_limit=20.0, gap=0.02)


def test_the_first_plan_stays_where_memory_is_short(
    instance: aumaq.Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model that does not fit takes nothing with it; what went wrong is told."""

    def too_large(*_: object) -> Solution:
        raise MemoryError

    monkeypatch.setitem(METHODS, "direct", too_large)
    plan = aumaq.solve(instance, method="direct")
    assert plan.is_verified
    assert plan.status == Status.ERROR
    assert any("failed" in str(told) for told in cautions(plan))


@pytest.mark.parametrize("action", ["lock", "forbid"])
def test_a_start_moves_within_locks(
    instance: aumaq.Instance, good: aumaq.Plan, action: str
) -> None:
    """Without any time a plan under a lock is the one in hand but for what it breaks.

    What is locked runs nowhere in the plan, and could; what is forbidden runs.
    """
    data = gather(instance, all_levels=True)
    known = good.decisions
    assert known is not None
    moved = 0
    for name, d in data.services.items():
        runs = known.services[name].units[:, 1:].any(axis=(1, 2))
        may = d.is_built[:, 1:].any(axis=1) & (d.first_period == 0) & (d.places == 1)
        for j in np.flatnonzero(may & (runs == (action == "forbid")))[:2].tolist():
            text = f"service={name},site={d.sites[j]}"
            rows = aumaq.lock_rows(**{action: [text]})
            limits, _ = locks_of(instance, data, rows, good)
            start = within_locks(data, known, limits)
            assert limits.allow(start)
            changed = (start.services[name].units != known.services[name].units).any(
                axis=(1, 2)
            )
            assert np.flatnonzero(changed).tolist() == [j]
            plan = aumaq.solve(instance, start=good, locks=limits, time_limit=NO_TIME)
            assert plan.is_verified
            assert plan.decisions is not None
            assert limits.allow(plan.decisions)
            moved += 1
    assert moved


@pytest.mark.few(2)
@pytest.mark.parametrize("method", ["auto", "direct", "blocks"])
def test_start_is_not_lost(
    instance: aumaq.Instance, good: aumaq.Plan, method: str
) -> None:
    """Without any time the answer is the start, with a bound that holds."""
    plan = aumaq.solve(instance, method=method, time_limit=NO_TIME, start=good)
    assert plan.is_verified
    assert plan.objective_mln <= good.objective_mln + 1e-9
    assert plan.bound_mln <= good.bound_mln + 1e-6 * good.objective_mln
    assert plan.status == "time_limit"
    whole = len(good.facilities)
    assert plan.record["start_used"]["facilities"] == [whole, whole]


@pytest.mark.parametrize("method", ["auto", "direct", "blocks"])
def test_todays_stock_is_a_plan(
    instance: aumaq.Instance, good: aumaq.Plan, method: str
) -> None:
    """Without any time, and without a start, nothing is built."""
    plan = aumaq.solve(instance, method=method, time_limit=NO_TIME)
    assert plan.is_verified
    assert plan.objective_mln >= good.bound_mln
    assert set(plan.actions["action"]) <= {"keep", "renew"}
    assert plan.table("network_steps").empty
    assert plan.bound_mln == pytest.approx(unavoidable_mln(gather(instance)))


def test_tiny_by_hand() -> None:
    """Of 200 pupils 60 find room: 140 are unserved, at what the README says."""
    plan = aumaq.solve(shipped(), time_limit=NO_TIME)
    assert plan.objective_mln == pytest.approx(1100.0)
    assert plan.record["money_mln"] == pytest.approx(100.0)
    assert plan.record["points_mln"] == pytest.approx(1000.0)
    assert plan.bound_mln == 0.0
    assert plan.record["gap_of_decisions"] == 1.0


@pytest.mark.slow
def test_start_of_another_instance(tmp_path: Path, good: aumaq.Plan) -> None:
    """Nothing of it fits: that is told, and the instance is solved all the same."""
    good.to_csv(tmp_path / "good")
    done = run("solve", "tiny", "--start", "good", "--out", "p", folder=tmp_path)
    assert done.returncode == 0
    assert "nothing of the start plan fits" in done.stdout
    plan = aumaq.Plan.read(tmp_path / "p")
    assert plan.record["start_used"]["facilities"] == [0, len(good.facilities)]


@pytest.mark.slow
def test_part_of_a_start(instance: aumaq.Instance, good: aumaq.Plan) -> None:
    """A start of other demand is completed anew, and counted."""
    people = instance.table("population")
    people["persons"] *= 1.2
    larger = instance.replace(population=people)
    plan = aumaq.solve(larger, time_limit=NO_TIME, start=good)
    stock = aumaq.solve(larger, time_limit=NO_TIME)
    assert plan.is_verified
    assert plan.objective_mln < stock.objective_mln
    whole = len(good.facilities)
    assert plan.record["start_used"]["facilities"] == [whole, whole]


def test_hard_rules_still_forbid() -> None:
    """Where today's stock breaks a hard rule there is no plan without time."""
    instance = shipped()
    services = instance.table("services").assign(may_be_unserved=False)
    with pytest.raises(NoPlanError, match="time_limit"):
        aumaq.solve(instance.replace(services=services), time_limit=NO_TIME)


def _says(**changes: object) -> Method:
    """Return a method that solves and then says something else."""

    def method(*given: object) -> Solution:
        return replace(METHODS["direct"](*given), **changes)  # type: ignore[arg-type]

    return method


@pytest.mark.few(4)
@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"bound_mln": 780.0}, "optimal"),
        ({"bound_mln": 780.0 + 1e-5}, "optimal"),
        ({"bound_mln": 775.0}, "gap_reached"),
        ({"bound_mln": 700.0}, "gap_left"),
        ({"bound_mln": 700.0, "status": Status.TIME_LIMIT}, "time_limit"),
        ({"bound_mln": -math.inf, "status": Status.TIME_LIMIT}, "time_limit"),
        ({"bound_mln": 790.0}, "contradicted"),
        ({"status": Status.INFEASIBLE, "decisions": None}, "contradicted"),
    ],
)
def test_status_is_what_it_says(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    changes: dict[str, object],
    status: str,
) -> None:
    """Status follows from objective, bound and tolerance, whatever a method claims."""
    monkeypatch.setitem(METHODS, "auto", _says(**changes))
    plan = aumaq.solve(shipped(), gap=0.01, evidence=tmp_path / "wrong.lp")
    assert plan.status == status
    assert (plan.gap >= 0.0) == (status != "contradicted" or "decisions" in changes)
    assert (status == "contradicted") == ("evidence" in plan.record)


@pytest.mark.slow
def test_contradiction_keeps_its_evidence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The model of that run is written beside the plan, named, and exit code 3."""
    monkeypatch.setitem(METHODS, "auto", _says(bound_mln=790.0))
    done = run("solve", "tiny", "--out", "p", folder=tmp_path)
    assert done.returncode == 3
    assert "Something is wrong with this run" in done.stdout
    file = tmp_path / "p-contradiction.lp"
    assert str(file.name) in done.stdout
    assert "units" in file.read_text()


def test_unavoidable_by_hand() -> None:
    """A school that is locked runs for ten years, and one village has no road."""
    instance = shipped()
    facilities = instance.table("facilities").assign(is_locked=True)
    locked = instance.replace(facilities=facilities)
    levels = locked.levels("school").set_index("level")
    row = facilities.iloc[0]
    yearly = levels["opex_mln_per_year"][row["level"]] * row["units"]
    assert instance.policies.discount_rate == 0.0
    assert unavoidable_mln(gather(locked)) == pytest.approx(10 * yearly)
    assert unavoidable_mln(gather(instance)) == 0.0


def test_programmes_of_a_first_plan_may_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit too short for them would leave nothing, above all on a busy machine."""
    given: list[float] = []
    operated = whole_plan.operated

    def recording(*arguments: Any) -> Any:
        given.append(arguments[4].seconds)
        return operated(*arguments)

    monkeypatch.setattr(whole_plan, "operated", recording)
    assert aumaq.solve(tiny(**grid_rows()), time_limit=NO_TIME).is_verified
    assert min(given) == whole_plan.LEAST_EFFORT >= 10.0


def test_a_plan_that_is_rejected_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the verification does not accept gives way to today's stock, and says so."""
    verify = Plan.verified

    def refused(plan: Plan, *given: Any, **named: Any) -> Plan:
        found = verify(plan, *given, **named)
        is_new = plan.actions["action"].isin(["open", "enlarge"]).any()
        wrong = Finding("record", say("gap"), say("no good"), float("nan"))
        return found.with_problems([wrong]) if is_new else found

    monkeypatch.setattr(Plan, "verified", refused)
    plan = aumaq.solve(shipped(), gap=0.0)
    assert plan.objective_mln == pytest.approx(1100.0)
    (told,) = plan.record["rejected"]
    assert told.endswith("(record): gap: no good")
    assert any(f"did not pass the verification ({told})" in c for c in cautions(plan))


def _completed(data: ModelData, built: Decisions) -> Decisions | None:
    return whole_plan.whole_plan(data, built, Given(), Budget(60.0))


@pytest.mark.slow
def test_networks_share_what_hard_budgets_leave(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Power would build suns for all that there is, and leave no water."""
    tables = dict(aumaq.read("west-kazakhstan").tables)
    free = aumaq.from_tables(tables)
    data = gather(free)
    today = whole_plan.todays_stock(data)
    least = whole_plan.spent_on_networks(data, today, Budget(60.0))
    services = replace(data, networks={})
    without = whole_plan.whole_plan(
        services, replace(today, networks={}), Given(), Budget(60.0)
    )
    assert without is not None
    budgets = HardBudgets(data)
    for name, d in data.services.items():
        own = without.services[name]
        budgets.spend(name, d.site_region, *costs(d, own.units, own.moves))
    needed = HardBudgets(data).left_mln - budgets.left_mln + 1.02 * least
    tables["budgets"] = tables["budgets"].assign(amount_mln=needed)
    scarce = aumaq.from_tables(tables)
    data = gather(scarce)
    plan = whole_plan.whole_plan(
        data, whole_plan.todays_stock(data), Given(), Budget(60.0)
    )
    assert plan is not None
    assert not audit(scarce, decision_tables(data, plan)).findings
    monkeypatch.setattr("aumaq.solvers.start.whole_plan.SPARING", (0.0,))
    assert (
        whole_plan.whole_plan(
            data, whole_plan.todays_stock(data), Given(), Budget(60.0)
        )
        is None
    )
