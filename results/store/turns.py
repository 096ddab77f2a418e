"""Whose turn it is: one process at a time opens a store, the others wait."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from aumaq.instances import ExportError, OptionError
from aumaq.instances.texts import say

EXTRA = say("a run store needs the extra: pip install 'aumaq[store]'")


@contextmanager
def turn(store: Path, timeout_seconds: float) -> Iterator[None]:
    """Hold the store for the block; others wait up to their *timeout_seconds*.

    The operating system lets go of the lock when a process ends, killed or not, so that
    a file left behind stops nobody. Raises ExportError that says who holds the store.
    """
    try:
        from filelock import FileLock, Timeout
    except ImportError as error:
        raise OptionError(EXTRA) from error
    store.parent.mkdir(parents=True, exist_ok=True)
    holder = Path(f"{store}.holder")
    lock = FileLock(f"{store}.lock", timeout=timeout_seconds)
    try:
        lock.acquire()
    except Timeout:
        raise ExportError(
            say(
                "{store}: still busy after {timeout_seconds:g} s, held by"
                " {told}; nothing was written",
                store=store,
                timeout_seconds=timeout_seconds,
                told=_told(holder),
            )
        ) from None
    except OSError as error:
        raise ExportError(
            say("{store}: cannot be locked: {error}", store=store, error=error)
        ) from None
    try:
        since = datetime.now(UTC).isoformat(sep=" ", timespec="seconds")
        who = f"process {os.getpid()} on {socket.gethostname()} since {since}"
        holder.write_text(who, encoding="utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _told(holder: Path) -> str:
    try:
        return holder.read_text(encoding="utf-8") or say("another process")
    except OSError:
        return say("another process")
