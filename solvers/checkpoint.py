"""Checkpoints: what a run knows, in a file from which another run goes on.

A file holds arrays and one JSON text in numpy's own format, without anything that could
be executed, and names the model and the options that it belongs to. It is replaced as a
whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aumaq.instances import ExportError, OptionError
from aumaq.instances.errors import UnreadableError
from aumaq.instances.formats.drafts import draft_file
from aumaq.instances.formats.targets import probe_file, shown
from aumaq.instances.language.texts import say
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.options import SolveOptions

FORMAT = "aumaq checkpoint 1"
EVERY_SECONDS = 20.0
"""Between two writes of a run that the clock ends."""
SAME = ("method", "gap", "seed", "formulation")
"""Options that must be the same in a run that goes on."""
Arrays = dict[str, NDArray[Any]]
Facts = dict[str, Any]


@dataclass(frozen=True)
class Saved:
    """What a run knew: facts as plain values, and arrays."""

    path: Path
    facts: Facts
    arrays: Arrays

    @property
    def seconds(self) -> float:
        """How long the run took, with those before it."""
        return float(self.facts["seconds"])


def read_checkpoint(path: Path) -> Saved:
    """Return what a file holds. Raises UnreadableError if it is no checkpoint."""
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        facts = json.loads(str(arrays.pop("facts")[()]))
        is_ours = facts["format"] == FORMAT and float(facts["seconds"]) >= 0.0
        is_ours &= sorted(facts.get("arrays", arrays)) == sorted(arrays)
    except Exception:  # of a broken file whatever zipfile, zlib and numpy like
        is_ours = False
    if not is_ours:
        raise UnreadableError(
            say(
                "{path} cannot be read as a checkpoint: it is missing, broken, or"
                " something else",
                path=shown(path),
            )
        )
    return Saved(path, facts, arrays)


def checkpoint_target(
    checkpoint: str | Path | None, resume: str | Path | None
) -> Path | None:
    """Return the file that a run writes: its own, or the one from which it goes on.

    Raises OptionError if it is there and belongs to another run, ExportError if it
    cannot be written.
    """
    if checkpoint is None:
        return None if resume is None else Path(resume)
    path = Path(checkpoint)
    is_same = resume is not None and path.exists() and path.samefile(resume)
    if path.exists() and not is_same:
        raise OptionError(
            say(
                "{path} is there already: go on from it with --resume {path}, or name"
                " another file",
                path=shown(path),
            ),
            ["checkpoint"],
        )
    probe_file(path)
    return path


def fingerprint(m: Matrices) -> str:
    """Return what tells a model from all others."""
    found = hashlib.sha256()
    for part in (m.cost, m.starts, m.rows, m.values, m.row_lower, m.row_upper,
                 m.column_lower, m.column_upper, m.is_integer):  # fmt: skip
        found.update(np.ascontiguousarray(part).tobytes())
    return found.hexdigest()


class Keeper:
    """Keeps what one run knows in a file, and hands it what an earlier run knew."""

    def __init__(
        self,
        path: Path,
        matrices: Matrices,
        options: SolveOptions,
        elapsed: Callable[[], float],
        saved: Saved | None,
    ) -> None:
        """Begin; *elapsed* are the seconds of this run, *saved* is the earlier one.

        Raises OptionError if that belongs to another model or to other options.
        """
        self._path, self._elapsed = path, elapsed
        self._same = {name: getattr(options, name) for name in SAME}
        self._same["by_work"] = options.work_limit is not None
        self._model = fingerprint(matrices)
        self._before = 0.0 if saved is None else saved.seconds
        self._lock, self._written = threading.Lock(), time.monotonic()
        self.known = saved
        if saved is not None:
            self._check(saved)

    def _check(self, saved: Saved) -> None:
        if saved.facts.get("model") != self._model:
            text = say(
                "{path} is the checkpoint of another instance, scenario or formulation",
                path=shown(saved.path),
            )
            raise OptionError(text, ["resume"])
        for name, value in self._same.items():
            if (old := saved.facts.get("same", {}).get(name)) != value:
                text = say(
                    "{path} is the checkpoint of a run with {name} = {old}, not {new}",
                    path=shown(saved.path), name=name, old=old, new=value,
                )  # fmt: skip
                raise OptionError(text, ["resume", name])

    @property
    def is_due(self) -> bool:
        """Whether the clock says that it is time to write again."""
        return time.monotonic() - self._written > EVERY_SECONDS

    def write(self, kind: str, facts: Mapping[str, Any], arrays: Arrays) -> None:
        """Replace the file; one that cannot be written now is left as it is.

        *kind* is the method that can go on from there.
        """
        with self._lock:
            whole = {
                **facts,
                "format": FORMAT,
                "kind": kind,
                "model": self._model,
                "same": self._same,
                "seconds": self._before + self._elapsed(),
                "arrays": sorted(arrays),
            }
            text = np.array(json.dumps(whole))
            try:
                with draft_file(self._path) as draft, draft.open("wb") as file:
                    np.savez(file, **{**arrays, "facts": text})  # type: ignore[arg-type]
            except (ExportError, OSError):  # the disk is full: the run goes on
                pass
            self._written = time.monotonic()

    def of_kind(self, kind: str) -> Saved | None:
        """Return what a run of the same kind knew, None where there is none."""
        known = self.known
        return known if known is not None and known.facts["kind"] == kind else None


def joined_arrays(parts: list[NDArray[Any]], name: str, dtype: Any = float) -> Arrays:
    """Return arrays as one, and their lengths."""
    whole = np.concatenate([np.zeros(0, dtype=dtype), *parts]).astype(dtype)
    return {name: whole, f"{name}_lengths": np.array([len(p) for p in parts], int)}


def split_arrays(arrays: Arrays, name: str) -> list[NDArray[Any]]:
    """Return the arrays that :func:`joined_arrays` made one of."""
    ends = np.cumsum(arrays[f"{name}_lengths"])
    return np.split(arrays[name], ends[:-1]) if len(ends) else []
