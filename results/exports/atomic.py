"""Write whole or not at all: a draft beside the target, then one rename."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from aumaq.instances import ExportError
from aumaq.instances.texts import Text, say


@contextmanager
def draft_file(path: Path) -> Iterator[Path]:
    """Give a draft of *path*; it replaces *path* if the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    os.close(handle)
    draft = Path(name)
    try:
        yield draft
        draft.chmod(0o644)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def check_folder(
    path: Path, mark: str, is_own: Callable[[Path], bool], what: Text
) -> None:
    """Raise ExportError unless *path* is new, empty, or an earlier folder to replace.

    An earlier folder has a file *mark*, and everything in it *is_own*; *what* it holds
    is said if there is more.
    """
    if not path.exists():
        return
    if not path.is_dir():
        raise ExportError(
            say("{path} is a file, not a folder; nothing was written", path=path)
        )
    items = list(path.iterdir())
    if items and not (path / mark).is_file():
        raise ExportError(
            say(
                "{path} exists and holds no {file}; nothing was written",
                path=path,
                file=mark,
            )
        )
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


@contextmanager
def draft_folder(path: Path) -> Iterator[Path]:
    """Give a draft folder; it replaces the folder *path* if the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    old = draft.with_name(draft.name + "-old")
    try:
        yield draft
        draft.chmod(0o755)
        if path.exists():
            path.rename(old)
        try:
            draft.rename(path)
        except OSError:
            if old.exists():
                old.rename(path)
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
