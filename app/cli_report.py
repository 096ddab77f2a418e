"""The command that writes the report of plans."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aumaq.instances.language.texts import say
from aumaq.options import Lang, PlanNames, Where, read_plans
from aumaq.streams import line
from aumaq.words import t


def report(
    plans: PlanNames,
    lang: Lang = "en",
    target: Annotated[
        Path | None,
        typer.Option("--out", help="HTML file (default: report.html by the first)"),
    ] = None,
    instance: Where = "",
) -> None:
    """Write one HTML file on one plan or several; it opens offline in any browser."""
    from aumaq.instances.formats.targets import probe_file
    from aumaq.results.exports import SUFFIXES
    from aumaq.results.language import Language
    from aumaq.results.report import write_report

    code = Language(lang).code  # before the work, not after it
    path = _beside(plans[0]) if target is None else target
    probe_file(path, SUFFIXES["html"])
    read = read_plans(plans, instance)
    write_report(read, path, code)
    line(t(say("written to {target}", target=path)))


def _beside(plan: str) -> Path:
    """Return where the report goes: into the folder, beside the file or store."""
    path = Path(plan)
    if path.is_dir():
        return path / "report.html"
    if path.exists():
        return path.parent / "report.html"
    store, _, run_id = plan.rpartition(":")
    return Path(store).parent / f"report-{run_id[:8]}.html"
