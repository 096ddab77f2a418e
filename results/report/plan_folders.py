"""Folders that hold several plans: those of a sweep, or of any study."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

RECORD = "record.json"
"""Every plan folder has it."""
RUN_LETTERS = 8
"""Letters of a run's id by which people know it."""


def opened(names: Sequence[str]) -> dict[str, str]:
    """Return the plans that names stand for, and what each is called there.

    A folder that is no plan but holds some stands for all of them, in the order of the
    numbers in their names; one plan alone is called nothing ("").
    """
    found: dict[str, str] = {}
    for name in names:
        folders = list(_plans_in(Path(name)))
        found |= {str(folder): folder.name for folder in folders} or {name: ""}
    if len(found) == 1:
        return dict.fromkeys(found, "")
    return dict(zip(found, told_apart([*found]), strict=True))


def told_apart(names: Sequence[str]) -> list[str]:
    """Return short names of plans: of a file the end that no other has, of a run its
    beginning.
    """
    parts = [_parts(name) for name in names]
    return [_end(own, [other for other in parts if other != own]) for own in parts]


def _parts(name: str) -> tuple[str, ...]:
    """Return the folders and the file of a name; a run has only its beginning."""
    path = Path(name)
    if ":" in path.name:  # STORE:RUN
        return (path.name.rpartition(":")[2][:RUN_LETTERS],)
    return path.resolve().parts if path.exists() else path.parts


def _end(own: tuple[str, ...], others: Sequence[tuple[str, ...]]) -> str:
    """Return as much of the end of a path as no other path ends with."""
    for count in range(1, len(own)):
        if all(other[-count:] != own[-count:] for other in others):
            return "/".join(own[-count:])
    return "/".join(own)


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
