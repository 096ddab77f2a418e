"""Write whole or not at all: a draft beside the target, then one rename.

A draft lies in a folder ``.aumaq-*.draft`` beside its target, under the target's own
name (some formats look at the suffix), with whatever the writing software puts beside
it. Its process holds the folder locked. Whoever writes beside it later clears away what
a process that is gone has left. Modes follow the umask. A target that is a link is
followed: the link stays.
"""

from __future__ import annotations

import ctypes
import errno
import os
import secrets
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import Any

from aumaq.instances.errors import ExportError
from aumaq.instances.formats.targets import check_file, probe_folder, reason
from aumaq.instances.language.texts import Text, say

try:
    import fcntl
except ImportError:  # Windows: drafts there are known to be dead by their age
    fcntl = None  # type: ignore[assignment]

HEAD, TAIL = ".aumaq-", ".draft"
ASIDE = "earlier"
"""Within a draft: what stood at the target, while two renames take its place."""
COMMITTED = ".aumaq-whole"
"""Within a folder that cannot be renamed: all of its new state, to be moved in."""
REMOVED = ".aumaq-removed"
"""Within the new state: names of the earlier one that it no longer has."""
DAY_SECONDS = 86_400.0
"""A draft that cannot be locked (some network folders) is dead after so long."""
AT_CWD = -100
SWAP = 2
"""RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS."""


def is_draft(name: str) -> bool:
    """Whether a name is that of a draft of ours, or of what is left of one."""
    return (name.startswith(HEAD) and name.endswith(TAIL)) or name == COMMITTED


@contextmanager
def draft_file(path: Path) -> Iterator[Path]:
    """Give a path for a draft of the file *path*, which it replaces if all ends well.

    Raises ExportError if *path* is a folder or a device, or cannot be written.
    """
    with told(path):
        target = followed(path)
        check_file(path)
        with _draft_beside(target) as draft:
            yield draft
            os.replace(draft, target)


@contextmanager
def draft_folder(path: Path) -> Iterator[Path]:
    """Give a draft folder; it replaces the folder *path* whole if all ends well.

    At any moment either the earlier folder or the new one is there. Raises ExportError
    if it cannot be written, or if *path* is the working folder or above it: the shell
    would stand in a folder that is gone.
    """
    with told(path):
        target = followed(path)
        check_not_here(path)
        recover(target)
        with _draft_beside(target, within=_is_fixed(target)) as draft:
            draft.mkdir()
            yield draft
            if draft.parent.parent == target:
                _move_in(draft, target)
            else:
                _swap(draft, target)


@contextmanager
def draft_of(path: Path) -> Iterator[Path]:
    """Give a path for a draft of *path*, a file or folder; renamed if all ends well.

    Raises ExportError if *path* exists, or cannot be written; of two processes that
    make it at a time the first wins.
    """
    exists = say("{path} exists already; nothing was written", path=path)
    with told(path):
        target = followed(path)
        if os.path.lexists(target):
            raise ExportError(exists)
        with _draft_beside(target) as draft:
            yield draft
            try:  # of two processes one makes it; the draft takes its place
                target.mkdir() if draft.is_dir() else target.touch(exist_ok=False)
            except FileExistsError:
                raise ExportError(exists) from None
            os.replace(draft, target)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what the operating system refuses into an ExportError that names *path*.

    So, too, where it refuses a file of a draft of *path*.
    """
    try:
        yield
    except Exception as found:
        error = _of_disk(found)
        if error is None:
            raise
        raise ExportError(
            say(
                "{path} cannot be written: {reason}",
                path=path,
                reason=reason(error),
            )
        ) from error


def _of_disk(found: Exception) -> OSError | None:
    """Return what the operating system refused, None if it was something else."""
    if isinstance(found, OSError):
        return found
    if isinstance(found, ExportError) and isinstance(found.__cause__, OSError):
        return found.__cause__
    # Of lxml, which writes workbooks and may not be there: IO_ENOSPC, IO_EFBIG.
    if type(found).__name__ == "SerialisationError":
        number = getattr(errno, str(found).removeprefix("IO_"), 0)
        return OSError(number, os.strerror(number)) if number else None
    return None


def save_whole(save: Callable[[Any], object], path: Path) -> None:
    """Write what *save* writes into an open file, made in memory.

    Packages that write archives piece by piece tell of a full disk once more for each
    piece, as tracebacks when the program ends.
    """
    content = BytesIO()
    save(content)
    path.write_bytes(content.getbuffer())


def followed(path: Path) -> Path:
    """Return the path that is meant, links followed, whether it is there or not."""
    return Path(os.path.realpath(path))


def check_folder(
    path: Path, mark: str, is_own: Callable[[Path], bool], what: Text
) -> None:
    """Raise ExportError unless *path* is new, empty, or an earlier folder to replace.

    An earlier folder has a file *mark*, and everything in it *is_own*; *what* it holds
    is said if there is more.
    """
    items = check_marked(path, mark)
    with told(path):
        other = sorted(item.name for item in items if not is_own(item))
    if other:
        raise ExportError(
            say(
                "{path} holds more than {what} ({other}); nothing was written",
                path=path,
                what=what,
                other=", ".join(other[:5]),
            )
        )


def check_marked(path: Path, mark: str) -> list[Path]:
    """Return what a folder to write into holds, drafts aside.

    Raises ExportError unless *path* is new, empty, or has a file *mark*.
    """
    probe_folder(path)
    with told(path):
        if not path.exists():
            return []
        recover(path)
        items = [item for item in path.iterdir() if not is_draft(item.name)]
        if items and not (path / mark).is_file():
            raise ExportError(
                say(
                    "{path} exists and holds no {file}; nothing was written",
                    path=path,
                    file=mark,
                )
            )
    return items


def check_not_here(path: Path) -> None:
    """Raise ExportError if *path* is the working folder, or a folder above it."""
    here, target = followed(Path()), followed(path)
    if here == target or target in here.parents:
        raise ExportError(
            say(
                "{path} is the working folder or above it, and would be replaced;"
                " name another folder",
                path=path,
            )
        )


def rescued(write: Callable[[Path, bool], None], path: Path) -> tuple[Path, Text]:
    """Call *write* with *path*; if that fails, with another place, so that nothing is
    lost. Return the place, and what was wrong with *path* (empty: nothing).

    The other place is beside *path*, in the working folder, or where temporary files
    go; *write* is told whether it is one. Raises the first ExportError if all fail.
    """
    try:
        write(path, False)
        return path, say("")
    except ExportError as error:
        first = error
    name = f"{path.absolute().name or 'results'}-{secrets.token_hex(3)}"
    for parent in (path.parent, Path(), Path(tempfile.gettempdir())):
        place = parent / name
        try:
            write(place, True)
        except ExportError:
            continue
        told_where = say(
            "{problem}; written to {place} instead", problem=first.text, place=place
        )
        return place, told_where
    raise first


@contextmanager
def _draft_beside(target: Path, *, within: bool = False) -> Iterator[Path]:
    """Give a path for a draft of *target*, in a locked folder beside or within it."""
    parent = target if within else target.parent
    parent.mkdir(parents=True, exist_ok=True)
    clear(parent)
    folder, lock = _locked(parent)
    try:
        yield folder / target.name
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def _locked(parent: Path) -> tuple[Path, int | None]:
    """Make a folder for a draft; return it, and the lock on it if there can be one."""
    while True:
        folder = parent / f"{HEAD}{secrets.token_hex(4)}{TAIL}"
        folder.mkdir(mode=0o700)
        lock, is_ours = _lock(folder)
        if is_ours or lock is None:
            return folder, lock
        os.close(lock)  # cleared away between the two steps


def _lock(folder: Path) -> tuple[int | None, bool]:
    """Return an open lock, if the system has one for folders, and whether we hold it.

    A lock goes with its process, killed or not.
    """
    if fcntl is None:
        return None, False
    try:
        lock = os.open(folder, os.O_RDONLY)
    except OSError:
        return None, False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return lock, os.path.samestat(os.fstat(lock), folder.stat())
    except (BlockingIOError, FileNotFoundError):
        return lock, False
    except OSError:  # no locks in this file system
        os.close(lock)
        return None, False


def clear(parent: Path) -> None:
    """Clear away drafts of processes that are gone; what they set aside comes back."""
    with suppress(OSError):
        for entry in list(os.scandir(parent)):
            name = entry.name
            if not (name.startswith(HEAD) and name.endswith(TAIL)):
                continue
            if entry.is_dir(follow_symlinks=False):
                _clear(Path(entry.path))


def _clear(draft: Path) -> None:
    lock, is_ours = _lock(draft)
    with suppress(OSError):
        is_old = time.time() - draft.stat().st_mtime > DAY_SECONDS
        if is_ours or (lock is None and is_old):
            aside = draft / ASIDE
            for earlier in aside.iterdir() if aside.is_dir() else ():
                if not (draft.parent / earlier.name).exists():
                    earlier.rename(draft.parent / earlier.name)
            shutil.rmtree(draft, ignore_errors=True)
    if lock is not None:
        os.close(lock)


def recover(path: Path) -> None:
    """Make a folder whole that a process was killed over while it replaced it."""
    path = followed(path)
    with suppress(OSError):
        if (path / COMMITTED).is_dir():
            _complete(path)
        clear(path if path.is_dir() else path.parent)


# -- folders take each other's place -------------------------------------------------


def _swap(new: Path, path: Path) -> None:
    """Put the folder *new* in the place of *path*; the earlier one goes with the draft.

    In one step where the system can exchange two names, else in two: what was set aside
    then comes back if the second fails, or at the next look if the process is killed.
    """
    if not os.path.lexists(path):
        new.rename(path)
        return
    if _exchanged(new, path):
        return
    earlier = new.parent / ASIDE / path.name
    earlier.parent.mkdir()
    try:
        path.rename(earlier)
        new.rename(path)
    finally:
        if not path.exists():
            earlier.rename(path)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two names in one step; False where the system cannot."""
    exchange = _exchange()
    return exchange is not None and exchange(os.fsencode(one), os.fsencode(other)) == 0


def _exchange() -> Callable[[bytes, bytes], Any] | None:
    try:
        if sys.platform == "linux":
            call = ctypes.CDLL(None).renameat2
            return lambda a, b: call(AT_CWD, a, AT_CWD, b, SWAP)
        if sys.platform == "darwin":
            swap = ctypes.CDLL(None).renamex_np
            return lambda a, b: swap(a, b, SWAP)
    except (OSError, AttributeError):
        pass
    return None


def _is_fixed(path: Path) -> bool:
    """Whether a folder is there that cannot be renamed: a mount, or not ours."""
    if not path.is_dir():
        return False
    return os.path.ismount(path) or not os.access(path.parent, os.W_OK | os.X_OK)


def _move_in(new: Path, path: Path) -> None:
    """Put the contents of *new* in the place of those of *path*.

    One rename decides; from then on whoever looks completes what is left to do.
    """
    names = {item.name for item in new.iterdir()}
    gone = [i.name for i in path.iterdir() if not is_draft(i.name)]
    text = "\n".join(name for name in gone if name not in names)
    (new / REMOVED).write_text(text, encoding="utf-8")
    new.rename(path / COMMITTED)
    _complete(path)


def _complete(path: Path) -> None:
    """Move the committed state of a folder in; two may do so at a time."""
    state = path / COMMITTED
    with suppress(FileNotFoundError):
        for name in (state / REMOVED).read_text(encoding="utf-8").splitlines():
            _remove(path / name)
    for item in [i for i in state.iterdir() if i.name != REMOVED]:
        with suppress(FileNotFoundError):
            if item.is_dir():
                _remove(path / item.name)
            item.replace(path / item.name)
    shutil.rmtree(state, ignore_errors=True)


def _remove(path: Path) -> None:
    with suppress(FileNotFoundError):
        if stat.S_ISDIR(path.lstat().st_mode):
            shutil.rmtree(path)
        else:
            path.unlink()
