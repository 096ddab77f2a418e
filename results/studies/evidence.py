"""The model of a run that contradicts itself, kept for whoever looks for the fault."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from aumaq.results.plan.plan import Plan


def with_evidence(
    plan: Plan, save_lp: Callable[[Path], None], file: Path | None
) -> Plan:
    """Keep a model in a file, which the plan's record names; None: keep nothing.

    Where nobody named a place there is none that somebody would clear away again.
    """
    if file is None or not is_kept(save_lp, file):
        return plan
    return plan.with_record(evidence=str(file))


def is_kept(save_lp: Callable[[Path], None], file: Path) -> bool:
    """Write a model; return whether it is there. Where it is not a warning says why."""
    with suppress(OSError):  # what is there afterwards is of this run
        file.unlink(missing_ok=True)
    save_lp(file)
    return file.is_file()
