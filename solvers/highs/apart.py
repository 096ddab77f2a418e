"""HiGHS in a process of its own, which can be ended whatever it does.

HiGHS does not look at the clock or at callbacks while it computes the analytic centre
of a MIP, rounds towards it, or factorises; on models of a country that is minutes. Here
it gets a few seconds to stop by itself and is then ended; the best plan and bound that
it had told stand.
"""

from __future__ import annotations

import contextlib
import pickle
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from aumaq.instances import interruption
from aumaq.solvers.highs import program
from aumaq.solvers.highs.program import RefusedError, Task, Tell

PATIENCE_SECONDS = 4.0
"""So long HiGHS may take to stop once time is up or it was asked to."""
EVENT_SECONDS = 0.2


def answer_apart(
    task: Task, tell: Tell, is_over: threading.Event, seconds: float
) -> dict[str, Any]:
    """Solve in another process; the answer is that of :func:`program.answer`.

    Ended by force, it says ``kTimeLimit`` or ``kInterrupt``, and its bound is NaN: the
    last one that *tell* was given holds. Ctrl-C sets *is_over*; a second one raises.
    Raises RefusedError as that does.
    """
    command = [sys.executable, "-P", str(Path(program.__file__))]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is ours to pass on
    )
    deadline = time.monotonic() + seconds
    inbox: queue.Queue[tuple[Any, ...]] = queue.Queue()
    receiver = threading.Thread(target=_receive, args=(process, inbox), daemon=True)
    receiver.start()
    try:
        with contextlib.suppress(BrokenPipeError):
            pickle.dump(task, process.stdin, protocol=5)  # type: ignore[arg-type]
            process.stdin.flush()  # type: ignore[union-attr]
        return _follow(process, inbox, tell, is_over, deadline)
    finally:
        process.kill()
        process.wait()
        receiver.join()
        with contextlib.suppress(OSError):
            process.stdin.close()  # type: ignore[union-attr]
        process.stdout.close()  # type: ignore[union-attr]


def _follow(
    process: subprocess.Popen[bytes],
    inbox: queue.Queue[tuple[Any, ...]],
    tell: Tell,
    is_over: threading.Event,
    deadline: float,
) -> dict[str, Any]:
    """Pass messages on until there is an answer, or patience is at its end."""
    plan, is_asked = None, False
    end = deadline + PATIENCE_SECONDS
    while time.monotonic() < end:
        try:
            message = inbox.get(timeout=EVENT_SECONDS)
            if message[0] == "done":
                return dict(message[1])
            if message[0] == "refused":
                raise RefusedError(message[1])
            if message[0] == "lost":
                return _ended("kSolveError", "HiGHS ended without an answer", plan)
            if message[0] == "plan":
                plan = message[1]
            else:
                tell(*message[1:])
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
            with contextlib.suppress(OSError):
                process.stdin.write(b"s")  # type: ignore[union-attr]
                process.stdin.flush()  # type: ignore[union-attr]
    said = "kInterrupt" if is_asked else "kTimeLimit"
    return _ended(said, "ended while HiGHS did not look up", plan)


def _ended(said: str, message: str, plan: Any) -> dict[str, Any]:
    nothing = {"bound": float("nan"), "nodes": 0, "duals": None}
    return {"said": said, "message": message, "values": plan, **nothing}


def _receive(
    process: subprocess.Popen[bytes], inbox: queue.Queue[tuple[Any, ...]]
) -> None:
    try:
        while True:
            inbox.put(pickle.load(process.stdout))  # type: ignore[arg-type]
    except (EOFError, OSError, pickle.UnpicklingError, ValueError):
        inbox.put(("lost",))
