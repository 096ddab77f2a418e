"""A program that solves scenarios of a sweep, one after the other.

Takes pickled tasks on standard input, tells events and the answers, pickled, on
standard output, and gives up when its input is closed: whoever asked is gone. It
listens before anything else is imported: asked to stop, it answers all the same.
"""

from __future__ import annotations

import _thread
import os
import pickle
import sys
import threading
from typing import TYPE_CHECKING, Any

from aumaq.instances.interruption import listening

if TYPE_CHECKING:
    from aumaq.solvers import ProgressEvent


def main() -> None:
    """Answer tasks, in their order, on the standard streams."""
    answers, lock = sys.stdout.buffer, threading.Lock()
    sys.stdout = sys.stderr  # what libraries print must not mix with answers

    def answer(kind: str, content: Any) -> None:
        with lock:  # threads tell of their progress
            pickle.dump((kind, content), answers)
            answers.flush()

    def tell(event: ProgressEvent) -> None:
        answer("event", event)

    with listening() as heard:
        from aumaq.results.studies.sweep_task import BEFORE_A_PLAN, outcome_of, stopped

        tasks = pickle.load(sys.stdin.buffer)
        is_done = threading.Event()
        threading.Thread(target=leave_with_asker, args=(is_done,), daemon=True).start()
        if heard:
            answer("done", stopped(tasks[0], BEFORE_A_PLAN))
        while tasks and not heard:
            outcome = outcome_of(tasks.pop(0), tell)
            if heard or not tasks:
                is_done.set()
            answer("done", outcome)


def leave_with_asker(is_done: threading.Event) -> None:
    """Wait for the end of the input; unless all is done, interrupt the program then."""
    # Not sys.stdin: its lock, held here, would end the interpreter in an error.
    while os.read(0, 1):
        pass
    if not is_done.is_set():
        _thread.interrupt_main()


if __name__ == "__main__":
    main()
