"""Asked to stop at the worst moment: what was found is kept."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from growing_case import growing
from loop_case import build as with_levers
from shared_plans import shipped
from tiny_instances import tiny
from variants import OVERRIDES, SCENARIOS, VARIANTS

import aumaq
from aumaq.instances.interruption import finishing, is_asked, listening
from aumaq.results.plan.plan import Plan
from aumaq.results.studies import task_pool
from aumaq.solvers import compiled, direct
from aumaq.solvers.blocks import run as block_run
from aumaq.solvers.futures.model import FuturesModel
from aumaq.solvers.highs.solver import Outcome, Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.polish import polished
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Given, Status

SENT: list[list[Any]] = []
"""For each work that a test interrupts, whether it was called at all."""


@pytest.fixture(autouse=True)
def _all_were_sent() -> Iterator[None]:
    """A test that interrupts work which nobody calls tries nothing."""
    SENT.clear()
    yield
    assert all(SENT)


def stopping(work: Callable[..., Any]) -> Callable[..., Any]:
    """Return the work with a Ctrl-C before it, the first time."""
    sent: list[Any] = []
    SENT.append(sent)

    def stopped(*given: Any, **named: Any) -> Any:
        if not sent:
            sent.append(work)
            os.kill(os.getpid(), signal.SIGINT)
        return work(*given, **named)

    return stopped


def kept(solve: Callable[[], Any]) -> Any:
    """Return what a solve gives; Ctrl-C that gets through would end all tests."""
    try:
        return solve()
    except KeyboardInterrupt:
        pytest.fail("what was found is lost")


PLACES = {
    "what the search found": ("direct", direct, "_better"),
    "joining blocks": ("blocks", block_run, "outcome_of"),
    "polishing": ("direct", polished, "around"),
    "reading": ("direct", compiled, "decisions_in"),
    "verifying": ("direct", Plan, "verified"),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_plan_that_was_found_is_kept(
    monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """The optimum of ``tiny``, and not today's stock or nothing."""
    method, owner, name = PLACES[place]
    monkeypatch.setattr(owner, name, stopping(getattr(owner, name)))
    plan = kept(lambda: aumaq.solve(shipped(), gap=0.0, method=method))
    assert plan.is_verified
    assert plan.objective_mln == pytest.approx(780.0)


def test_stopped_before_the_search_there_is_the_first_plan(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is completed, and nothing is built or searched after it."""
    from aumaq.results.studies import first_plan

    monkeypatch.setattr(first_plan, "todays_stock", stopping(first_plan.todays_stock))
    plan = kept(lambda: aumaq.solve(shipped(), gap=0.0))
    assert (plan.status, plan.is_verified) == ("interrupted", True)
    assert plan.objective_mln == pytest.approx(1100.0)


def test_who_asked_to_stop_does_not_wait_for_the_last_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The rest of the time limit is for it only if nobody did."""
    options = SolveOptions(time_limit=1000.0, threads=1)
    c = compiled.compiled(shipped(), options, Silent(), Given())
    found = Solver(c.matrices, options).run(60.0, Silent(), c.started)
    left = []

    def polished_in(known: compiled.Compiled, outcome: Outcome) -> Outcome:
        left.append(known.options.time_limit - known.elapsed)
        return outcome

    monkeypatch.setattr(compiled, "polished", polished_in)
    for status in (Status.TIME_LIMIT, Status.INTERRUPTED):
        compiled.finish(c, replace(found, status=status), c.started)
    assert left[0] > 500.0
    assert left[1] <= 0.0


@pytest.mark.slow
def test_whoever_solves_several_times_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    """Coordination begins no other way, the loop no other round, futures end."""
    verified, merged = Plan.verified, FuturesModel.merged
    monkeypatch.setattr(Plan, "verified", stopping(verified))
    ways = kept(lambda: aumaq.coordination(shipped(), gap=0.0)).ways
    assert [way.plan is not None for way in ways.values()] == [True, False, False]
    assert ways["services_first"].message == "stopped before it was begun"
    monkeypatch.setattr(Plan, "verified", stopping(verified))
    loop = kept(lambda: aumaq.close_loop(with_levers(), gap=0.0))
    assert (loop.status, len(loop.rounds)) == ("interrupted", 1)
    monkeypatch.setattr(FuturesModel, "merged", stopping(merged))
    found = kept(lambda: aumaq.solve_futures(growing(), gap=0.0))
    assert found.is_verified


def test_who_listens_within_a_block_hears_what_it_was_asked_before() -> None:
    """Asked between two blocks, the second one stops, unless it begins anew."""
    with listening():
        os.kill(os.getpid(), signal.SIGINT)
        with finishing() as heard:
            assert not is_asked()
            assert heard == []
            with listening():  # whoever finishes a block decides what is still done
                assert not is_asked()
        with listening(is_anew=True):
            assert not is_asked()
        with listening():
            assert is_asked()
            with pytest.raises(KeyboardInterrupt):  # the second time
                os.kill(os.getpid(), signal.SIGINT)
    with listening():
        assert not is_asked()


CHILD = """
import os, signal
from aumaq.results.studies import sweep_child
def stopping(work):
    def stopped(*given):
        if {when}:
            os.kill(os.getpid(), signal.SIGINT)
        return work(*given)
    return stopped
{patch}
sweep_child.main()
"""
BEFORE = "os.kill(os.getpid(), signal.SIGINT)"
READING = "sweep_child.pickle.load = stopping(sweep_child.pickle.load)"
SET_UP = """
from aumaq.results.studies import sweep_task
sweep_task._instance = stopping(sweep_task._instance)
"""
COMPILING = """
from aumaq.solvers import compiled
compiled._compiled = stopping(compiled._compiled)
"""
ANSWERING = "sweep_child.pickle.dump = stopping(sweep_child.pickle.dump)"


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("when", "patch", "status"),
    [
        ("True", BEFORE, "stopped"),
        ("True", READING, "stopped"),
        ("True", SET_UP, "interrupted"),
        ("True", COMPILING, "interrupted"),
        ("given[0][0] == 'done'", ANSWERING, "optimal"),
    ],
    ids=[
        "before it listens",
        "before it solves",
        "while it reads the instance",
        "while it builds the model",
        "while it answers",
    ],
)
def test_a_task_of_a_sweep_answers(
    monkeypatch: pytest.MonkeyPatch, when: str, patch: str, status: str
) -> None:
    """Nobody died who was only asked to stop."""
    code = CHILD.format(when=when, patch=patch)
    monkeypatch.setattr(task_pool, "COMMAND", (sys.executable, "-P", "-c", code))
    instance = tiny(scenarios=SCENARIOS, variants=VARIANTS, overrides=OVERRIDES)
    rows = aumaq.sweep(instance, "base", gap=0.0).rows
    assert list(rows["status"]) == [status], list(rows["message"])


@pytest.mark.slow
def test_a_sweep_keeps_what_came(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while a row is taken in: it stays, the others were not begun."""
    from aumaq.results.studies import sweep as sweeping

    monkeypatch.setattr(sweeping, "_tell", stopping(sweeping._tell))
    instance = tiny(scenarios=SCENARIOS, variants=VARIANTS, overrides=OVERRIDES)
    names = ["base", "other", "base+dear"]
    rows = kept(lambda: aumaq.sweep(instance, names, jobs=1, gap=0.0)).rows
    assert list(rows["status"]) == ["optimal", "stopped", "stopped"]


def test_blocks_within_blocks() -> None:
    """Those around hear too, who finishes is not stopped, the ignored stays so."""
    before = signal.getsignal(signal.SIGTERM)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with listening() as around:
        with finishing() as heard:
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGTERM)
            assert heard == around == [signal.SIGINT]
            assert not is_asked()
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
        assert is_asked()
        with listening(is_anew=True):
            assert not is_asked()
        with listening():
            assert is_asked()
    signal.signal(signal.SIGTERM, before)
