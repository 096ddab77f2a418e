"""A program that solves tasks of counted work, one after another, for another process.

It reads pickled tasks from its standard input and writes to its standard output,
pickled, ``("done", outcome)`` or ``("failed", error)`` for each. It ends with its
input: nobody listens any more.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from typing import Any

from aumaq.solvers.tasks import solved


def main() -> None:
    """Solve tasks as they come."""
    for number in (signal.SIGINT, signal.SIGTERM):  # whoever started it ends it
        signal.signal(number, signal.SIG_IGN)
    tasks, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library may print must not get between the answers
    while True:
        try:
            task = pickle.load(tasks)
        except EOFError:
            return
        answer: tuple[str, Any]
        try:
            answer = ("done", solved(task))
        except Exception as error:  # handed over to who asked
            answer = ("failed", error)
        pickle.dump(answer, answers, protocol=5)
        answers.flush()


if __name__ == "__main__":
    main()
