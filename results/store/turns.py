"""Whose turn it is: one process at a time opens a store, the others wait."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from aumaq.instances import ExportError, OptionError
from aumaq.instances.extras import install_command
from aumaq.instances.formats.targets import reason, refused, shown
from aumaq.instances.language.texts import say

EXTRA = say("a run store needs the extra store: {command}")


READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)
"""What the system says of a folder that nobody here may write in."""
MOST_TOLD = 200
"""Characters of what a holder says of itself."""


@contextmanager
def turn(
    store: Path, timeout_seconds: float, *, to_write: bool = True
) -> Iterator[None]:
    """Hold the store for the block; others wait up to their *timeout_seconds*.

    The operating system lets go of the lock when a process ends, killed or not, so that
    a file left behind stops nobody. Who only reads takes no turn where no lock can be
    made: on a read-only disk nobody writes. Raises ExportError that says who holds the
    store.
    """
    try:
        from filelock import FileLock, Timeout
    except ImportError as error:
        raise OptionError(EXTRA.given(command=install_command("store"))) from error
    store.parent.mkdir(parents=True, exist_ok=True)
    holder = Path(f"{store}.holder")
    file = Path(f"{store}.lock")
    try:
        _make(file)
    except OSError as error:
        if not to_write and error.errno in READ_ONLY:
            yield
            return
        is_link = error.errno == errno.ELOOP
        why = say("it is a link, and not followed") if is_link else reason(error)
        raise refused(file, why) from None
    lock = FileLock(file, timeout=timeout_seconds)
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
        with suppress(OSError):  # a courtesy: the lock holds without it
            holder.unlink(missing_ok=True)
            _make(holder, who.encode())
        yield
    finally:
        with suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


def _make(file: Path, content: bytes = b"") -> None:
    """Make a file unless it is there; never through a link that somebody laid."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    number = os.open(file, flags, 0o666)
    try:
        os.write(number, content)
    finally:
        os.close(number)


def _told(holder: Path) -> str:
    """Return what the holder says of itself; a link is not followed."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with open(os.open(holder, flags), encoding="utf-8", errors="replace") as file:
            return shown(file.read(MOST_TOLD)) or say("another process")
    except OSError:
        return say("another process")
