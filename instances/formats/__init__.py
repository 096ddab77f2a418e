"""Formats of instances by suffix. To add one: a file, and a line here.

A reader is a function ``(path) -> Instance``; what is wrong with a file is an
InstanceError. A writer is a function ``(tables, outlines, path)`` to a new path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from aumaq.instances.formats import corridors, sndlib
from aumaq.instances.formats.fcnet import read_fcnet
from aumaq.instances.formats.geographic.geopackage import (
    read_geopackage,
    write_geopackage,
)
from aumaq.instances.formats.parquet import FIRST_FILE, read_parquet, write_parquet
from aumaq.instances.formats.tnep import read_matpower
from aumaq.instances.formats.workbook.reader import read_workbook
from aumaq.instances.instance import Instance

Writer = Callable[[Mapping[str, pd.DataFrame], dict[str, Any] | None, Path], None]

FORMATS: dict[str, Callable[[Path], Instance]] = {
    ".inc": read_fcnet,
    ".m": read_matpower,
    ".gpkg": read_geopackage,
    ".xlsm": read_workbook,
    ".xlsx": read_workbook,
}
"""Readers of files."""

BY_CONTENT: Sequence[tuple[Callable[[Path], bool], Callable[[Path], Instance]]] = (
    (sndlib.matches, sndlib.read_sndlib),
    (corridors.matches, corridors.read_tables),
)
"""Whether a file is of a format whose suffixes say little, and its reader."""

FOREIGN = (".ods", ".xls", ".xlsb")
"""Workbooks of other kinds: told by name, unless they are of a kind that is read."""

WRITERS: dict[str, Writer] = {
    ".gpkg": write_geopackage,
    ".parquet": write_parquet,
}
"""Writers; the target of ``.parquet`` is a folder. A workbook has a language, too:
``aumaq.write`` calls its writer itself."""


def is_parquet(path: Path) -> bool:
    """Whether a path is a folder that holds an instance as Parquet files."""
    return (path / FIRST_FILE).is_file()


__all__ = [
    "BY_CONTENT",
    "FOREIGN",
    "FORMATS",
    "WRITERS",
    "corridors",
    "is_parquet",
    "read_parquet",
    "read_workbook",
]
