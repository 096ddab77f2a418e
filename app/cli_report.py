"""The command that writes the report of plans."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import aumaq
from aumaq.options import Lang, Where
from aumaq.words import t


def report(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="plan folders")],
    lang: Lang = "en",
    target: Annotated[
        Path | None,
        typer.Option("--out", help="HTML file (default: report.html in the first run)"),
    ] = None,
    instance: Where = "",
) -> None:
    """Write one HTML file on one plan or several; it opens offline in any browser."""
    from aumaq.results.language import Language
    from aumaq.results.report import write_report

    code = Language(lang).code  # before the work, not after it
    given = aumaq.read(instance) if instance else None
    plans = [aumaq.Plan.read(run, given) for run in runs]
    path = target or (runs[0] if runs[0].is_dir() else runs[0].parent) / "report.html"
    write_report(plans, path, code)
    typer.echo(t("written to {target}", target=path))
