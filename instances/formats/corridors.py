"""Two plain tables of a grid to be extended, found by the names of their columns.

A file of buses and one of corridors lie in one folder; either of them, or the folder,
stands for both. Of several the two whose names differ in the word alone belong
together: ``garver_buses.csv`` and ``garver_corridors.csv``. Generators give up to their
most.
"""

from __future__ import annotations

import csv
from pathlib import Path

from aumaq.instances.errors import InstanceError, Problem
from aumaq.instances.formats.tnep import read_corridors
from aumaq.instances.instance import Instance
from aumaq.instances.language.texts import say

SIGNS = {"buses": {"bus", "load_mw"}, "corridors": {"from_bus", "to_bus"}}
"""Columns that tell what a table is."""
TOML_FILE = "instance.toml"


def matches(path: Path) -> bool:
    """Whether a file is a table of buses or of corridors, or a folder has both."""
    if path.is_dir():
        return not (path / TOML_FILE).exists() and all(
            any(_part(file) == part for file in path.glob("*.csv")) for part in SIGNS
        )
    return bool(_part(path))


def read_tables(path: Path) -> Instance:
    """Read both tables; InstanceError where one is missing or it is not clear which."""
    folder = path if path.is_dir() else path.parent
    found: dict[str, list[Path]] = {part: [] for part in SIGNS}
    for file in sorted(folder.glob("*.csv")):
        if part := _part(file):
            found[part].append(file)
    for part in SIGNS if path.is_file() else ():
        if path in found[part]:
            found = {
                key: [path] if key == part else _alike(path, part, key, files)
                for key, files in found.items()
            }
            break
    for part, files in found.items():
        if len(files) != 1:
            names = ", ".join(file.name for file in files) or "-"
            told = say("expected one table of {part} beside it, there are: {names}",
                       part=part, names=names)  # fmt: skip
            raise InstanceError([Problem(path.name, told)])
    return read_corridors(found["buses"][0], found["corridors"][0])


def _alike(path: Path, part: str, other: str, files: list[Path]) -> list[Path]:
    """Return the file that is called like a path but for the part, else all files."""
    name = path.name.replace(part, other)
    return [file for file in files if file.name == name] or files


def _part(path: Path) -> str:
    """Return which of the two tables a file is by its first line, empty if none."""
    if path.suffix.lower() != ".csv" or not path.is_file():
        return ""
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            header = next(csv.reader([file.readline(4_000)]), [])
    except (OSError, csv.Error):
        return ""
    columns = {word.strip() for word in header}
    return next((part for part, signs in SIGNS.items() if signs <= columns), "")
