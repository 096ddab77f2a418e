"""Folders that hold several plans: those of a sweep, or of any study."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

RECORD = "record.json"
"""Every plan folder has it."""


def opened(names: Sequence[str]) -> dict[str, str]:
    """Return the plans that names stand for, and what each is called there.

    A folder that is no plan but holds some stands for all of them, in the order of the
    numbers in their names; a plan that is named itself is called nothing ("").
    """
    found: dict[str, str] = {}
    for name in names:
        folders = list(_plans_in(Path(name)))
        found |= {str(folder): folder.name for folder in folders} or {name: ""}
    return found


def _plans_in(folder: Path) -> Iterator[Path]:
    """Yield the plan folders in a folder, unless it is a plan folder itself."""
    if not folder.is_dir() or (folder / RECORD).is_file():
        return
    inner = [path for path in folder.iterdir() if (path / RECORD).is_file()]
    yield from sorted(inner, key=lambda path: _by_numbers(path.name))


def _by_numbers(name: str) -> list[tuple[int, float, str]]:
    """Return a key that sorts b2 before b10."""
    parts = re.split(r"(\d+(?:\.\d+)?)", name)
    return [
        (0, float(part), "") if k % 2 else (1, 0.0, part)
        for k, part in enumerate(parts)
    ]
