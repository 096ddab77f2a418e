"""HiGHS in a process of its own, which can be ended whatever it does.

HiGHS does not look at the clock or at callbacks while it computes the analytic centre
of a MIP, rounds towards it, or factorises; on models of a country that is minutes. Here
it gets a few seconds to stop by itself and is then ended; the best plan and bound that
it had told stand.
"""

from __future__ import annotations

import queue
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aumaq.instances import interruption
from aumaq.solvers.child_process import ENDED, ChildProcess, Inbox
from aumaq.solvers.highs import program
from aumaq.solvers.highs.program import RefusedError, Task, Tell

PATIENCE_SECONDS = 4.0
"""So long HiGHS may take to stop once time is up or it was asked to."""
EVENT_SECONDS = 0.2


def answer_apart(
    task: Task,
    tell: Tell,
    is_over: threading.Event,
    seconds: float,
    take_plan: Callable[[Any], None] | None = None,
) -> dict[str, Any]:
    """Solve in another process; the answer is that of :func:`program.answer`.

    Ended by force, it says ``kTimeLimit`` or ``kInterrupt``, and its bound is NaN: the
    last one that *tell* was given holds. Ctrl-C sets *is_over*; a second one raises.
    Raises RefusedError as that does.
    """
    inbox: Inbox = queue.Queue()
    command = [sys.executable, "-P", str(Path(program.__file__))]
    child = ChildProcess(command, task, inbox)
    try:
        end = child.started + seconds
        return _follow(child, inbox, tell, is_over, end, take_plan)
    finally:
        child.end()


def _follow(
    child: ChildProcess,
    inbox: Inbox,
    tell: Tell,
    is_over: threading.Event,
    deadline: float,
    take_plan: Callable[[Any], None] | None,
) -> dict[str, Any]:
    """Pass messages on until there is an answer, or patience is at its end."""
    plan, is_asked = None, False
    end = deadline + PATIENCE_SECONDS
    while time.monotonic() < end:
        try:
            _, (kind, *told) = inbox.get(timeout=EVENT_SECONDS)
            if kind == "done":
                return dict(told[0])
            if kind == "refused":
                raise RefusedError(told[0])
            if kind == ENDED:
                return _ended("kSolveError", "HiGHS ended without an answer", plan)
            if kind == "plan":
                plan = told[0]
                if take_plan is not None:
                    take_plan(plan)
            else:
                tell(*told)
        except queue.Empty:
            pass
        except KeyboardInterrupt:
            if is_over.is_set():
                raise
            is_over.set()
        if interruption.is_asked():
            is_over.set()
        if not is_asked and is_over.is_set():
            is_asked = True
            end = min(end, time.monotonic() + PATIENCE_SECONDS)
            child.ask_to_stop()
    said = "kInterrupt" if is_asked else "kTimeLimit"
    return _ended(said, "ended while HiGHS did not look up", plan)


def _ended(said: str, message: str, plan: Any) -> dict[str, Any]:
    nothing = {"bound": float("nan"), "nodes": 0, "duals": None}
    nothing |= {"looks": 0, "iterations": 0}
    return {"said": said, "message": message, "values": plan, **nothing}
