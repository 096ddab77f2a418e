"""Counted work: the same plan on threads, processes and a cluster, whoever dies."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

import aumaq
from aumaq.instances import Instance, OptionError, SolverError
from aumaq.instances.generators import clustered
from aumaq.solvers import ProgressEvent, processes
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.processes import Processes
from aumaq.solvers.tasks import SolveTask, solved
from aumaq.solvers.work import Most

WORK = 2.0


def territory() -> Instance:
    """Return an instance that is not solved to the end with so little work."""
    return clustered(12, 4)


def solve(**options: Any) -> aumaq.Plan:
    """Solve it by blocks."""
    usual = {"method": "blocks", "gap": 0.0, "work_limit": WORK}
    return aumaq.solve(territory(), **{**usual, **options})


def told(plan: aumaq.Plan) -> tuple[Any, ...]:
    """Return all that two runs must agree on."""
    tables = tuple(table.to_csv() for table in plan.tables.values())
    return plan.status, plan.objective_mln, plan.bound_mln, tables


@pytest.mark.slow
@pytest.mark.parametrize("method", ["blocks", "direct", "decomposed"])
def test_any_number_of_threads_gives_the_same_plan(method: str) -> None:
    """One thread, two, two again beside threads that take most of the time."""
    stop = threading.Event()

    def load() -> None:
        while not stop.is_set():
            pass

    one, two = (told(solve(method=method, threads=n)) for n in (1, 2))
    for _ in range(2):
        threading.Thread(target=load, daemon=True).start()
    try:
        again = told(solve(method=method, threads=2))
    finally:
        stop.set()
    assert one[0] == "work_limit"
    assert one == two == again


class Begun:
    """Knows whether blocks are being solved."""

    is_begun = False

    def update(self, event: ProgressEvent) -> None:
        """Take note of an event."""
        self.is_begun |= str(event.phase) == "solving"


@contextmanager
def killing(victim: Callable[[], int | None]) -> Iterator[list[int]]:
    """Kill the process that *victim* names as soon as it names one."""
    killed: list[int] = []
    stop = threading.Event()

    def wait() -> None:
        while not (killed or stop.is_set()):
            if (number := victim()) is not None:
                time.sleep(0.2)  # amid its work
                os.kill(number, signal.SIGKILL)
                killed.append(number)
            time.sleep(0.01)

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    try:
        yield killed
    finally:
        stop.set()
        thread.join()


@pytest.mark.slow
def test_processes_give_the_plan_of_threads_though_one_is_killed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A task of a process that died is done again by another; nothing is lost."""
    started: list[Processes] = []
    begin = Processes.__init__

    def recording(self: Processes, count: int) -> None:
        begin(self, count)
        started.append(self)

    progress = Begun()

    def victim() -> int | None:
        if not progress.is_begun:
            return None
        children = [child for one in started for child in tuple(one.children)]
        return children[-1].pid if len(children) > 1 else None

    monkeypatch.setattr(processes.Processes, "__init__", recording)
    with killing(victim) as killed:
        found = told(solve(workers=2, progress=progress))
    assert killed
    assert not started[0].children
    assert found == told(solve(threads=1))


@pytest.mark.slow
def test_a_cluster_gives_the_plan_of_threads_though_a_worker_is_killed() -> None:
    """Three worker processes, one killed amid the run."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=3, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        workers = [worker.pid for worker in cluster.workers.values()]
        progress = Begun()
        with killing(lambda: workers[0] if progress.is_begun else None) as killed:
            address = cluster.scheduler_address
            found = told(solve(cluster=address, progress=progress))
    assert killed == workers[:1]
    assert found == told(solve(threads=1))


def knapsack(count: int) -> Matrices:
    """Return a MIP that takes a few looks."""
    rng = np.random.default_rng(1)
    rows = rng.integers(10, 99, (5, count)).astype(float)
    from scipy.sparse import csc_array

    return Matrices.of(
        csc_array(rows),
        -rng.integers(10, 99, count).astype(float),
        (np.full(5, -np.inf), rows.sum(axis=1) / 3.0),
        (np.zeros(count), np.ones(count)),
        np.ones(count, dtype=bool),
    )


def test_work_ends_a_mip_and_is_counted() -> None:
    """More work gives no worse a plan and bound; what was done is near the limit."""
    few, more, whole = (
        solved(SolveTask(knapsack(60), Most(60.0, work=work)))
        for work in (0.01, 0.05, 1e3)
    )
    assert [one.status for one in (few, more, whole)] == [
        "work_limit", "work_limit", "optimal",
    ]  # fmt: skip
    assert few.bound <= more.bound <= whole.bound == pytest.approx(whole.objective)
    assert few.work <= 0.02 < more.work <= 0.1 < whole.work


def test_a_task_that_kills_its_workers_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is not tried for ever."""
    code = "import os, sys; sys.stdin.buffer.read(1); os._exit(9)"
    monkeypatch.setattr(processes, "COMMAND", (*processes.COMMAND[:2], "-c", code))
    pool = Processes(1)
    try:
        task = SolveTask(knapsack(5), Most(60.0, work=1.0))
        with pytest.raises(SolverError, match="died"):
            pool.run([task], lambda: None, lambda: False)
    finally:
        pool.close()


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"workers": 2, "work_limit": None}, "work limit"),
        ({"cluster": "tcp://127.0.0.1:1", "work_limit": None}, "work limit"),
        ({"workers": 2, "cluster": "tcp://127.0.0.1:1"}, "not to both"),
        ({"workers": 0}, "from 1 to"),
        ({"work_limit": 0.0}, "above 0"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    options: dict[str, Any], why: str
) -> None:
    """Each with one sentence, before the work."""
    with pytest.raises(OptionError, match=why):
        solve(**options)


def test_a_run_asked_to_stop_keeps_its_best_plan() -> None:
    """Its tasks end, and their workers with them."""

    class Asking:
        def update(self, event: Any) -> None:
            if str(event.phase) == "solving":
                signal.raise_signal(signal.SIGINT)

    plan = solve(progress=Asking(), work_limit=1e3)
    assert plan.status == "interrupted"
    assert plan.is_verified
