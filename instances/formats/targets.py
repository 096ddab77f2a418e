"""Where results go: looked at before the work, so that none is lost at its end.

A place is tried out: a draft is made beside it and taken away again. What the system
would refuse at the end (a parent that is a file, a disk that is full or read-only, a
name that is too long) it refuses at once.
"""

from __future__ import annotations

import errno
import os
import re
import tempfile
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from aumaq.instances.errors import ExportError
from aumaq.instances.language.texts import Text, say

PROBE_BYTES = 4096
"""One block: what a full disk has no room for."""
NAME_BYTES = 120
"""Of a name made of names: file systems take 255, and drafts and numbers need some."""
FILE_SUFFIXES = (
    ".csv", ".db", ".duckdb", ".geojson", ".gpkg", ".htm", ".html", ".json", ".lp",
    ".mps", ".ods", ".pdf", ".png", ".shp", ".sqlite", ".svg", ".toml", ".txt", ".xls",
    ".xlsb", ".xlsm", ".xlsx", ".zip",
)  # fmt: skip
"""Endings by which everybody takes a name for that of a file."""
REASONS = {
    errno.EACCES: say("permission is denied"),
    errno.EPERM: say("permission is denied"),
    errno.EROFS: say("the disk is read-only"),
    errno.ENOSPC: say("the disk is full"),
    errno.EDQUOT: say("the quota of the disk is used up"),
    errno.EFBIG: say("the file is larger than allowed"),
    errno.ENAMETOOLONG: say("the name is too long"),
    errno.ENOENT: say("there is no such file or folder"),
    errno.ENOTDIR: say("a part of it is a file, not a folder"),
    errno.EISDIR: say("it is a folder, not a file"),
    errno.ELOOP: say("it is a link that leads to itself"),
    errno.EMFILE: say("too many files are open"),
}
"""Reasons of the system in our words; others are told as the system tells them."""


def reason(error: OSError | ValueError) -> Text:
    """Return why the system refused a file."""
    number = getattr(error, "errno", None)
    if number in REASONS:
        return REASONS[number]
    return say("{told}", told=getattr(error, "strerror", None) or str(error))


def refused(path: Path | str, why: Text) -> ExportError:
    """Return the error of a place where nothing can be written."""
    return ExportError(
        say(
            "{path}: cannot be written: {why}; nothing was written",
            path=shown(path),
            why=why,
        )
    )


def shown(path: Path | str) -> str:
    """Return a path as a message shows it: short, and without control characters."""
    text = re.sub(r"[\x00-\x1f\x7f]", "\ufffd", str(path))
    return text if len(text) <= 300 else f"{text[:140]}...{text[-140:]}"


def probe_file(path: Path, suffixes: Sequence[str] = ()) -> None:
    """Raise ExportError unless a file may be written as *path*.

    *suffixes* are the endings that it may have (default: any); a file that is there is
    replaced.
    """
    _check_suffix(path, suffixes)
    with _told(path):
        if path.is_symlink() and not path.exists():
            raise refused(path, say("it is a link to nothing"))
        check_file(path)
        _try_out(path)
        if path.exists() and not os.access(path, os.W_OK):
            raise refused(path, REASONS[errno.EACCES])


def check_file(path: Path) -> None:
    """Raise ExportError if *path* is there and no file: it is not to be replaced."""
    if path.is_dir():
        raise ExportError(
            say("{path} is a folder, not a file; nothing was written", path=shown(path))
        )
    if path.exists() and not path.is_file():
        raise ExportError(
            say("{path} is a device, not a file; nothing was written", path=shown(path))
        )


def probe_folder(path: Path) -> None:
    """Raise ExportError unless a folder may be written as *path*.

    What a folder that is there holds is for others to judge.
    """
    with _told(path):
        if path.suffix.lower() in FILE_SUFFIXES and not path.is_dir():
            raise ExportError(
                say(
                    "{path}: a folder is written here, and {suffix} is the ending of a"
                    " file; nothing was written",
                    path=shown(path),
                    suffix=path.suffix,
                )
            )
        if path.is_symlink() and not path.exists():
            raise refused(path, say("it is a link to nothing"))
        if path.exists() and not path.is_dir():
            raise ExportError(
                say(
                    "{path} is a file, not a folder; nothing was written",
                    path=shown(path),
                )
            )
        here = Path.cwd()
        if path.resolve() in (here, *here.parents) or path.is_mount():
            raise refused(
                path,
                say(
                    "a folder is replaced as a whole, and this one holds the work"
                    " itself; name a folder in it"
                ),
            )
        _try_out(path)


def probe_new(path: Path, suffixes: Sequence[str]) -> None:
    """Raise ExportError unless *path* is new and may be written.

    *suffixes* are those of the formats; without one it is a folder.
    """
    with _told(path):
        if str(path) == "." or path.is_symlink() or path.exists():
            raise ExportError(
                say("{path} exists already; nothing was written", path=shown(path))
            )
    if re.fullmatch(r"\.[a-z][a-z0-9]{0,9}", path.suffix.lower()):
        _check_suffix(path, suffixes)
    with _told(path):
        _try_out(path)


def _check_suffix(path: Path, suffixes: Sequence[str]) -> None:
    if suffixes and path.suffix.lower() not in suffixes:
        raise ExportError(
            say(
                "{path}: the name must end in {known}; nothing was written",
                path=shown(path),
                known=", ".join(filter(None, suffixes)),
            )
        )


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Tell what the system says of a path."""
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:
        if isinstance(error, RuntimeError):  # pathlib's, before Python 3.13
            raise refused(path, REASONS[errno.ELOOP]) from None
        raise refused(path, reason(error)) from None


def _try_out(path: Path) -> None:
    """Make a draft of *path* where it would stand, and take it away again."""
    for parent in path.parents:
        if parent.is_symlink() and not parent.exists():
            raise refused(path, say("{path} is a link to nothing", path=shown(parent)))
    place = path.resolve()
    anchor = place.parent
    while not anchor.exists():
        anchor = anchor.parent
    if not anchor.is_dir():
        raise refused(path, say("{path} is a file, not a folder", path=shown(anchor)))
    with tempfile.TemporaryDirectory(prefix=".aumaq-", dir=anchor) as draft:
        trial = Path(draft) / place.relative_to(anchor)
        trial.parent.mkdir(parents=True, exist_ok=True)
        with trial.open("xb") as file:
            file.write(bytes(PROBE_BYTES))
            file.flush()
            os.fsync(file.fileno())


def safe_name(*parts: str) -> str:
    """Return names as one name that is safe in any file system.

    Letters and figures of every language stay; what steers a path, or what a system
    refuses, does not. Names are cut where they are too long.
    """
    kept = [re.sub(r"[^\w+.-]", "_", unicodedata.normalize("NFC", p)) for p in parts]
    text = "-".join(part.strip(".") or "_" for part in kept)
    while len(text.encode()) > NAME_BYTES:
        text = text[:-1]
    return text.strip(".") or "_"


def safe_names(names: Sequence[str], taken: Collection[str] = ()) -> dict[str, str]:
    """Return a safe name for each, all of them different, none of those *taken*.

    Names that differ only in capitals are one in some file systems.
    """
    found: dict[str, str] = {}
    used = {name.casefold() for name in taken}
    for name in names:
        safe = free = safe_name(name)
        number = 2
        while free.casefold() in used:
            free = f"{safe}-{number}"
            number += 1
        used.add(free.casefold())
        found[name] = free
    return found


def new_folder(parent: Path, name: str) -> Path:
    """Make a folder in *parent* that no other process has, and return it.

    It is called *name*, or has a number behind that if there is one already. Where it
    cannot be made it is returned all the same: who writes there is told why.
    """
    number, free = 1, parent / name
    while True:
        try:
            free.mkdir(parents=True)
        except OSError:
            if not os.path.lexists(free):
                return free
            number += 1
            free = parent / f"{name}-{number}"
        else:
            return free
