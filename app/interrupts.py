"""Ctrl-C, and what batch systems send before they kill: both ask us to stop."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from aumaq.instances.interruption import ASKING

EXIT_CODE = 130
"""Of a process that was asked to stop and has no result: 128 and SIGINT."""


@contextmanager
def heard_alike() -> Iterator[None]:
    """Take all signals that ask us to stop for Ctrl-C, while the block runs.

    One that is ignored (``nohup``) stays so.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in ASKING}
    for number, handler in before.items():
        if handler is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
