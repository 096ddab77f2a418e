"""A program that walks chains of a front, given a task on its standard input.

As that of a sweep it gives up when its input is closed, and answers if it is asked to
stop.
"""

from __future__ import annotations

import pickle
import sys
import threading
from typing import Any

from aumaq.instances.interruption import listening
from aumaq.results.studies.sweep_child import leave_with_asker


def main() -> None:
    """Answer one task on the standard streams."""
    answers, lock = sys.stdout.buffer, threading.Lock()
    sys.stdout = sys.stderr  # what libraries print must not mix with answers

    def answer(kind: str, content: Any) -> None:
        with lock:  # threads tell of their progress
            pickle.dump((kind, content), answers)
            answers.flush()

    with listening():
        task = pickle.load(sys.stdin.buffer)
        is_done = threading.Event()
        threading.Thread(target=leave_with_asker, args=(is_done,), daemon=True).start()
        found = task.run(lambda event: answer("event", event))
        is_done.set()
        answer("done", found)


if __name__ == "__main__":
    main()
