"""Being asked to stop (Ctrl-C, SIGTERM): what is under way decides when to.

Python raises KeyboardInterrupt between any two lines, also where that throws away what
was found. Within the blocks here the first request is only noted; a second one raises.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType

ASKING = [
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    if hasattr(signal, name)
]
"""Signals that ask a process to stop, where the system has them."""

_Block = AbstractContextManager[list[int]]
_open: list[tuple[list[int], bool]] = []
"""Blocks that are under way, the innermost last: what they heard, who listens."""


def is_asked() -> bool:
    """Return whether the innermost block :func:`listening` was asked to stop.

    Whoever waits in it asks this, in any thread; within ``finishing`` nobody stops.
    """
    innermost = _open[-1:]  # at once: it may close meanwhile
    return any(is_listening and heard for heard, is_listening in innermost)


def finishing() -> _Block:
    """Let a block finish that a signal would interrupt; a second one does.

    Gives a list that holds the signal if there was one: who opened the block decides
    what becomes of it. Outside of the main thread the block just runs.
    """
    return _noting(is_listening=False)


def listening(*, is_anew: bool = False) -> _Block:
    """Let a block stop in its own way: its waits look at :func:`is_asked`.

    Otherwise as ``finishing``. Blocks around it hear what it hears. What the one around
    it was asked before it began, it is asked as well, unless *is_anew*: whoever opened
    that one decides then what is still begun.
    """
    return _noting(is_listening=True, is_anew=is_anew)


@contextmanager
def _noting(*, is_listening: bool, is_anew: bool = False) -> Iterator[list[int]]:
    heard: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield heard
        return
    before = {number: signal.getsignal(number) for number in ASKING}

    def hear(number: int, _frame: FrameType | None) -> None:
        if heard:
            raise KeyboardInterrupt
        heard.append(number)
        for around, _ in _open:
            if around is not heard:
                around.append(number)

    _open.append((heard, is_listening))
    if is_listening and not is_anew:
        heard += [number for earlier, listens in _open[-2:-1] if listens
                  for number in earlier[:1]]  # fmt: skip
    try:
        for number, handler in before.items():
            if handler is not signal.SIG_IGN:  # nohup, background jobs: it stays so
                signal.signal(number, hear)
        yield heard
    finally:
        _open.pop()
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
