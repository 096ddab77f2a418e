"""Write whole or not at all: a draft in a folder beside the target, then one rename."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aumaq.instances.errors import ExportError
from aumaq.instances.texts import say


@contextmanager
def draft_of(path: Path, *, may_replace: bool = False) -> Iterator[Path]:
    """Give a path for a draft of *path*, a file or folder; renamed if all ends well.

    The draft has the name of *path*: some formats look at the suffix. Raises
    ExportError if *path* exists, unless it is a file that may be replaced.
    """
    if path.is_dir() or (path.exists() and not may_replace):
        raise ExportError(say("{path} exists already; nothing was written", path=path))
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    try:
        draft = folder / path.name
        yield draft
        draft.replace(path)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
