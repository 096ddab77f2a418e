"""What results are written with: drafts, and which folders may be replaced."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path

from aumaq.instances import ExportError
from aumaq.instances.formats.drafts import (
    check_file,
    draft_file,
    draft_folder,
    is_draft,
    recover,
    told,
)
from aumaq.instances.formats.targets import probe_folder
from aumaq.instances.language.texts import Text, say

__all__ = [
    "check_file",
    "check_folder",
    "draft_file",
    "draft_folder",
    "recover",
    "rescued",
    "told",
]


def check_folder(
    path: Path, mark: str, is_own: Callable[[Path], bool], what: Text
) -> None:
    """Raise ExportError unless *path* is new, empty, or an earlier folder to replace.

    An earlier folder has a file *mark*, and everything in it *is_own*; *what* it holds
    is said if there is more.
    """
    probe_folder(path)
    with told(path):
        if not path.exists():
            return
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
