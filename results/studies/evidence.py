"""The model of a run that contradicts itself, kept for whoever looks for the fault."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

from aumaq.results.plan.plan import Plan


def with_evidence(
    plan: Plan, save_lp: Callable[[Path], None], file: Path | None
) -> Plan:
    """Keep a model in a file (None: in a new folder); the plan's record names it."""
    file = file or Path(mkdtemp(prefix="aumaq-")) / "contradiction.lp"
    file.parent.mkdir(parents=True, exist_ok=True)
    save_lp(file)
    return plan.with_record(evidence=str(file))
