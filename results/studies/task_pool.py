"""Tasks of a sweep side by side, each in a process of its own.

A task that dies, is killed or never ends is an outcome like others. Ctrl-C lets running
tasks give their best plan and starts no more; a second one ends them.
"""

from __future__ import annotations

import contextlib
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from aumaq.instances.interruption import is_asked
from aumaq.instances.language.texts import Text, say
from aumaq.results.studies.sweep_task import (
    BEFORE_A_PLAN,
    Outcome,
    SweepTask,
    joined,
    no_plan,
    unforeseen,
)
from aumaq.solvers import Progress, ProgressEvent
from aumaq.solvers.progress import Labelled

POLL_SECONDS = 0.2
NOT_BEGUN = say("not begun")
COMMAND = (sys.executable, "-P", "-m", "aumaq.results.studies.sweep_child")


@dataclass
class _Running:
    """A process that solves a task."""

    task: SweepTask
    process: subprocess.Popen[bytes]
    started: float = field(default_factory=time.monotonic)


def in_processes(
    tasks: Sequence[SweepTask], jobs: int, progress: Progress, patience_seconds: float
) -> Iterator[Outcome]:
    """Yield outcomes as they come, *jobs* at a time.

    A task may take *patience_seconds* before it is ended. Call it within ``listening``.
    """
    waiting, inbox = list(tasks), queue.Queue[tuple[_Running, Any]]()
    running: list[_Running] = []
    is_stopped = False
    try:
        while waiting or running:
            if is_asked() and not is_stopped:
                is_stopped = True
                for one in running:
                    _signal(one, signal.SIGINT)
                for task in waiting:
                    yield no_plan(task.scenario, "stopped", NOT_BEGUN, 0.0)
                waiting.clear()
            while waiting and len(running) < jobs:
                running.append(_start(waiting.pop(0), inbox))
            outcome = _next(inbox, running, progress, patience_seconds)
            if outcome is not None:
                yield outcome
    finally:
        for one in running:
            _signal(one, signal.SIGKILL)
            one.process.wait()


def _start(task: SweepTask, inbox: queue.Queue[tuple[_Running, Any]]) -> _Running:
    process = subprocess.Popen(
        COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is ours to pass on
    )
    one = _Running(task, process)
    threading.Thread(target=_listen, args=(one, inbox), daemon=True).start()
    return one


def _listen(one: _Running, inbox: queue.Queue[tuple[_Running, Any]]) -> None:
    """Hand the task over and put what the process says into the inbox."""
    stdin, stdout = one.process.stdin, one.process.stdout
    assert stdin is not None
    assert stdout is not None
    answer = None
    try:
        pickle.dump(one.task, stdin, protocol=5)
        stdin.flush()
        while answer is None:
            kind, content = pickle.load(stdout)
            if kind == "event":
                inbox.put((one, content))
            else:
                answer = content
    except Exception as error:  # whatever it says, the batch goes on
        is_end = isinstance(error, (EOFError, OSError))
        why = say("") if is_end else unforeseen(error)
    else:
        why = say("")
    with contextlib.suppress(OSError):
        stdin.close()
    one.process.wait()
    stdout.close()
    inbox.put((one, answer or _lost(one, why)))


def _lost(one: _Running, more: Text) -> Outcome:
    code, seconds = one.process.returncode, time.monotonic() - one.started
    if code == -signal.SIGINT:  # it had not begun to listen
        return no_plan(one.task.scenario, "stopped", BEFORE_A_PLAN, seconds)
    ended = say("signal {n}", n=-code) if code < 0 else say("exit code {n}", n=code)
    text = say("the process ended without an answer ({how})", how=ended)
    return no_plan(one.task.scenario, "died", joined(text, more), seconds)


def _next(
    inbox: queue.Queue[tuple[_Running, Any]],
    running: list[_Running],
    progress: Progress,
    patience_seconds: float,
) -> Outcome | None:
    """Wait a moment; return an outcome if one came."""
    for one in running:
        if time.monotonic() - one.started > patience_seconds:
            _signal(one, signal.SIGKILL)
    try:
        one, said = inbox.get(timeout=POLL_SECONDS)
    except queue.Empty:
        return None
    if isinstance(said, ProgressEvent):
        Labelled(progress, one.task.scenario).update(said)
        return None
    running.remove(one)
    assert isinstance(said, Outcome)
    return said


def _signal(one: _Running, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        one.process.send_signal(number)
