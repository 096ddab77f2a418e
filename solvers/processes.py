"""Tasks of counted work in processes of this machine; one that dies is replaced."""

from __future__ import annotations

import contextlib
import pickle
import subprocess
import sys
import threading
from typing import Any

from aumaq.instances import SolverError
from aumaq.instances.language.texts import say
from aumaq.solvers.highs.solver import Outcome
from aumaq.solvers.tasks import SolveTask, Threads

COMMAND = (sys.executable, "-P", "-m", "aumaq.solvers.worker")
TRIES = 3
"""So many workers may die of a task before it is given up."""


class Processes(Threads):
    """Solves tasks in processes of their own, one for each thread of a pool."""

    def __init__(self, count: int) -> None:
        """Start so many threads; each starts its process once it has a task."""
        super().__init__(count)
        self._own = threading.local()
        self._lock = threading.Lock()
        self.children: set[subprocess.Popen[bytes]] = set()
        """The processes that run."""

    def _solved(self, task: SolveTask) -> Outcome | None:
        for _ in range(TRIES):
            if self._stop.is_set():
                return None
            try:
                kind, answer = self._asked(task)
            except (OSError, EOFError, pickle.UnpicklingError):
                self._end(self._own.child)  # it died: another does the task again
                continue
            if kind == "failed":
                raise answer
            return answer
        if self._stop.is_set():
            return None
        raise SolverError(say("{n} worker processes died of the same task", n=TRIES))

    def _asked(self, task: SolveTask) -> tuple[str, Any]:
        child = getattr(self._own, "child", None)
        if child is None or child.poll() is not None:
            child = subprocess.Popen(
                COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C is ours to pass on
            )
            self._own.child = child
            with self._lock:
                self.children.add(child)
            if self._stop.is_set():
                self._end(child)
        assert child.stdin is not None
        assert child.stdout is not None
        pickle.dump(task, child.stdin, protocol=5)
        child.stdin.flush()
        found: tuple[str, Any] = pickle.load(child.stdout)
        return found

    def _end(self, child: subprocess.Popen[bytes]) -> None:
        with self._lock:
            self.children.discard(child)
        child.kill()
        child.wait()
        for stream in (child.stdin, child.stdout):
            assert stream is not None
            with contextlib.suppress(OSError):
                stream.close()

    def _halt(self) -> None:
        self._stop.set()
        for child in tuple(self.children):
            child.kill()

    def close(self) -> None:
        """End all processes."""
        super().close()
        for child in tuple(self.children):
            self._end(child)
