"""Tasks of a sweep side by side, in processes of their own or on a cluster.

A task that dies, is killed or never ends is an outcome like others. Small ones share a
process, one after the other, for starting it takes longer than they do. Ctrl-C lets
running tasks give their best plan and starts no more; a second one ends them.
"""

from __future__ import annotations

import queue
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aumaq.instances.interruption import is_asked
from aumaq.instances.language.texts import say
from aumaq.results.studies.sweep_task import (
    BEFORE_A_PLAN,
    Outcome,
    SweepTask,
    joined,
    no_plan,
    outcome_of,
    stopped,
    unforeseen,
)
from aumaq.solvers import Progress
from aumaq.solvers.child_process import ChildProcess, Inbox
from aumaq.solvers.cluster import connected
from aumaq.solvers.progress import Labelled

POLL_SECONDS = 0.2
NOT_BEGUN = say("not begun")
SMALL, SHARE, MOST = 100, 0.25, 25
"""Settlements up to which tasks share a process; what each of the processes takes of
its share of those that wait, so that all end together; and how many at most."""
COMMAND = (sys.executable, "-P", "-m", "aumaq.results.studies.sweep_child")


@dataclass
class _Running:
    """A process that solves tasks, those that it has not answered yet, since when."""

    tasks: list[SweepTask]
    has_answered: bool = False
    since: float = field(default_factory=time.monotonic)


def in_processes(
    tasks: Sequence[SweepTask], jobs: int, progress: Progress, patience_seconds: float
) -> Iterator[Outcome]:
    """Yield outcomes as they come, *jobs* at a time.

    A task may take *patience_seconds* before it is ended. Call it within ``listening``.
    """
    waiting, inbox = list(tasks), Inbox()
    running: dict[ChildProcess, _Running] = {}
    is_stopped = False
    try:
        while waiting or running:
            if is_asked() and not is_stopped:
                is_stopped = True
                for child in running:
                    child.interrupt()
                for task in waiting:
                    yield stopped(task, NOT_BEGUN)
                waiting.clear()
            while waiting and len(running) < jobs:
                count = _together(waiting, jobs)
                tasks, waiting = waiting[:count], waiting[count:]
                running[ChildProcess(COMMAND, tasks, inbox)] = _Running(tasks)
            outcome, left = _next(inbox, running, progress, patience_seconds)
            if outcome is not None:
                yield outcome
            if is_stopped:
                for task in left:
                    yield stopped(task, NOT_BEGUN)
            else:
                waiting = [*left, *waiting]
    finally:
        for child in running:
            child.end()


def _together(waiting: Sequence[SweepTask], jobs: int) -> int:
    """Return how many tasks a process takes: one, unless they are small."""
    if len(waiting[0].tables["settlements"]) > SMALL:
        return 1
    return max(1, min(MOST, int(SHARE * len(waiting) / jobs)))


def _next(
    inbox: Inbox,
    running: dict[ChildProcess, _Running],
    progress: Progress,
    patience_seconds: float,
) -> tuple[Outcome | None, list[SweepTask]]:
    """Wait a moment; return an outcome if one came, and what an end left undone."""
    for child, one in running.items():
        if time.monotonic() - one.since > patience_seconds:
            child.kill()
    try:
        child, (kind, said) = inbox.get(timeout=POLL_SECONDS)
    except queue.Empty:
        return None, []
    one = running[child]
    if kind == "event":
        Labelled(progress, one.tasks[0].scenario).update(said)
    elif kind == "done":
        one.tasks.pop(0)
        one.has_answered, one.since = True, time.monotonic()
        return said, []
    else:
        del running[child]
        is_lost = said is not None or child.exit_code != 0 or not one.has_answered
        if one.tasks and is_lost:
            return _lost(child, one, said), one.tasks[1:]
        return None, one.tasks  # it was asked to stop
    return None, []


def _lost(child: ChildProcess, one: _Running, trouble: BaseException | None) -> Outcome:
    """Return the row of a task whose process ended without an answer."""
    task, seconds = one.tasks[0], time.monotonic() - one.since
    code = child.exit_code or 0
    if code == -signal.SIGINT:  # it had not begun to listen
        return stopped(task, BEFORE_A_PLAN, seconds)
    ended = say("signal {n}", n=-code) if code < 0 else say("exit code {n}", n=code)
    text = say("the process ended without an answer ({how})", how=ended)
    why = unforeseen(trouble) if trouble else say("")
    return no_plan(task.scenario, "died", joined(text, why), seconds)


def on_cluster(
    tasks: Sequence[SweepTask], address: str, security: str | Path | None
) -> Iterator[Outcome]:
    """Run tasks on a Dask cluster; a worker that is lost is a row too."""
    with connected(address, security) as client:
        waiting = {
            client.submit(outcome_of, task, pure=False, retries=0): task
            for task in tasks
        }
        while waiting and not is_asked():
            # Not distributed.wait: it asks the client of the whole process.
            done = [future for future in waiting if future.done()]
            if not done:
                time.sleep(POLL_SECONDS)
            for future in done:
                task = waiting.pop(future)
                try:
                    yield future.result()
                except Exception as error:  # KilledWorker, lost connections
                    yield no_plan(task.scenario, "died", unforeseen(error), 0.0)
        client.cancel(list(waiting))
        for task in waiting.values():
            yield stopped(task, BEFORE_A_PLAN)
