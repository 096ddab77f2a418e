"""A program of ours in a process of its own, which can be ended whatever it does.

It reads a pickled task from its standard input and writes pickled messages, tuples with
their kind first, to its standard output. The end of its input means that nobody listens
any more.
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
from collections.abc import Sequence
from typing import Any

ENDED = "ended"
"""Kind of the last message of every child, which is ours: it is gone; then comes what
was wrong with its messages, or None."""
HEARS_THE_CONSOLE = sys.platform == "win32"
"""There Ctrl-C reaches every process of the console, and is not sent to one of them."""
Inbox = queue.Queue[tuple["ChildProcess", tuple[Any, ...]]]
"""Messages as they come, each with the child that sent it; children may share one."""


class ChildProcess:
    """A running program; ``started`` is the clock (time.monotonic) of its start."""

    def __init__(self, command: Sequence[str], task: object, inbox: Inbox) -> None:
        """Start *command* and give it *task*; what it says goes to *inbox*."""
        self.started = time.monotonic()
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is ours to pass on
        )
        self._lock = threading.Lock()
        self._has_task = self._is_asked = False
        self._listener = threading.Thread(
            target=self._listen, args=(task, inbox), daemon=True
        )
        self._listener.start()

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return time.monotonic() - self.started

    @property
    def exit_code(self) -> int | None:
        """What it ended with, minus the signal's number if by one; None: it runs."""
        return self._process.returncode

    def ask_to_stop(self) -> None:
        """Send a byte after the task: programs that listen for it stop soon."""
        with self._lock:
            self._is_asked = True
            if self._has_task:
                self._send_byte()

    def interrupt(self) -> None:
        """Pass Ctrl-C on, if it still runs."""
        if HEARS_THE_CONSOLE:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """Have it end by force; that it did is its last message."""
        self._process.kill()

    def end(self) -> None:
        """End it by force; nothing comes from it afterwards."""
        self._process.kill()
        self._process.wait()
        self._listener.join()

    def _send_byte(self) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError, ValueError):  # it is gone, its input closed
            self._process.stdin.write(b"s")
            self._process.stdin.flush()

    def _listen(self, task: object, inbox: Inbox) -> None:
        """Hand the task over, and put what the process says into the inbox."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        trouble = None
        try:
            with contextlib.suppress(OSError):
                pickle.dump(task, stdin, protocol=5)
                stdin.flush()
            with self._lock:
                self._has_task = True
                if self._is_asked:
                    self._send_byte()
            while True:
                inbox.put((self, pickle.load(stdout)))
        except (EOFError, OSError):
            pass
        except Exception as error:  # whatever it says, the others go on
            trouble = error
        with contextlib.suppress(OSError):
            stdin.close()
        self._process.wait()
        stdout.close()
        inbox.put((self, (ENDED, trouble)))
