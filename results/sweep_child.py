"""A program that solves one scenario of a sweep.

Takes a pickled task on standard input, tells events and the answer, pickled, on
standard output, and gives up when its input is closed: whoever asked is gone.
"""

from __future__ import annotations

import _thread
import os
import pickle
import signal
import sys
import threading

from aumaq.results.sweep_task import outcome_of
from aumaq.solvers import ProgressEvent


def main() -> None:
    """Answer one task on the standard streams."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    task = pickle.load(sys.stdin.buffer)
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr  # what libraries print must not mix with answers
    is_done = threading.Event()
    threading.Thread(target=_leave_with_asker, args=(is_done,), daemon=True).start()

    def tell(event: ProgressEvent) -> None:
        pickle.dump(("event", event), answers)
        answers.flush()

    outcome = outcome_of(task, tell)
    is_done.set()
    pickle.dump(("done", outcome), answers)
    answers.flush()


def _leave_with_asker(is_done: threading.Event) -> None:
    # Not sys.stdin: its lock, held here, would end the interpreter in an error.
    while os.read(0, 1):
        pass
    if not is_done.is_set():
        _thread.interrupt_main()


if __name__ == "__main__":
    main()
