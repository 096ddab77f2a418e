"""The closed loop ends in a fixed point, or says that it cycles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import run
from loop_case import build
from projection_example import BASE, example

import aumaq
from aumaq.instances import OptionError
from aumaq.results.studies import closed_loop as closing_loop
from aumaq.results.studies.closed_loop import kept_services


@pytest.mark.slow
def test_the_end_is_a_fixed_point(tmp_path: Path) -> None:
    """People projected for the last plan's services are those it was made for."""
    found = aumaq.close_loop(build(), gap=0.0, tolerance=1e-6, max_rounds=60)
    assert found.status in ("demand_settled", "plan_settled")
    plan = found.plan
    again = plan.instance.with_kept_services(kept_services(plan))
    change = np.abs(again.persons("all") - plan.instance.persons("all")).sum()
    assert change <= 2e-6 * plan.instance.persons("all").sum()
    assert plan.is_verified
    # A settlement without a facility today ends with one, and more people for it.
    assert found.rounds[0].change_share > 0.001
    first = aumaq.solve(build(), gap=0.0)
    i = plan.instance.settlement_ids.index("a2")
    ends = [p.instance.persons("all")[i, -1] for p in (first, plan)]
    assert ends[1] > ends[0]
    read = aumaq.Plan.read(plan.to_csv(tmp_path / "plan"), build())
    assert read.is_verified
    assert read.record["loop"]["rounds"][-1]["round"] == len(found.rounds)


@pytest.mark.parametrize(("who", "kept"), [("urban", 1.0), ("rural", 0.0)])
def test_near_is_what_the_standards_of_a_settlement_say(who: str, kept: float) -> None:
    """A standard for towns says nothing of villages: there the cut-off counts."""
    standard = {"standard": "near", "service": "s", "minutes": 0.5, "share": 1.0,
                "applies_to": who, "shortfall_mln_per_unit_year": 1e-9}  # fmt: skip
    plan = aumaq.solve(build(standards=[standard]), gap=0.0)
    assert set(plan.instance.table("settlements")["kind"]) == {"village"}
    assert kept_services(plan) == pytest.approx(dict.fromkeys(("a1", "a2", "b1"), kept))


@pytest.mark.slow
def test_damping_does_not_change_where_it_ends() -> None:
    """Whole and part steps lead to the same people."""
    ends = [
        aumaq.close_loop(build(), gap=0.0, tolerance=1e-7, damping=d, max_rounds=60)
        for d in (1.0, 0.4)
    ]
    people = [end.plan.instance.persons("all") for end in ends]
    assert people[0] == pytest.approx(people[1], rel=1e-4)


@pytest.mark.slow
def test_a_cycle_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two plans that call each other: damping shrinks, then the loop gives up."""
    closed = [
        {**row, "status": "forbidden" if row["site"] == "a2" else "candidate"}
        for row in BASE["sites"]
    ]
    calls = []

    def in_turn(instance: aumaq.Instance, **options: Any) -> aumaq.Plan:
        """Serve a2 and leave it in turn."""
        calls.append(instance)
        options.pop("start")
        plan = aumaq.solve(instance, **options)
        if len(calls) % 2:
            return plan
        other = build(sites=closed).with_kept_services(instance.kept or {})
        return aumaq.solve(other, **options)

    monkeypatch.setattr(closing_loop, "solve", in_turn)
    found = aumaq.close_loop(build(), gap=0.0, tolerance=1e-9, max_rounds=30)
    assert found.status == "cycles"
    assert [one.repeats_round for one in found.rounds[:4]] == [0, 0, 1, 2]
    dampings = [one.damping for one in found.rounds]
    assert dampings == sorted(dampings, reverse=True)
    least = min(one.change_share for one in found.rounds)
    assert found.rounds[found.plan.record["loop"]["round"] - 1].change_share == least


@pytest.mark.slow
def test_without_retention_there_is_no_loop(tmp_path: Path) -> None:
    """Every wrong option is told; the command says the same."""
    with pytest.raises(OptionError, match=r"no loop to close.*damping.*rounds"):
        aumaq.close_loop(example(), damping=2.0, max_rounds=0)
    assert run("solve", "tiny", "--close-loop", folder=tmp_path).returncode == 2
    aumaq.write(build(), tmp_path / "two")
    done = run("solve", "two", "--close-loop", "--out", "plan", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "People follow services" in done.stdout
    assert run("verify", "plan", folder=tmp_path).returncode == 0
