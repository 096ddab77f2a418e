"""The command that writes the report of plans."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from aumaq.instances.language.texts import say
from aumaq.options import Changes, Lang, PlanNames, Where, read_plans, under_changes
from aumaq.streams import line
from aumaq.words import t


class Kind(StrEnum):
    """What a report is written as."""

    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"
    PPTX = "pptx"


def report(
    plans: PlanNames,
    changes: Changes = None,
    lang: Lang = "en",
    target: Annotated[
        Path | None,
        typer.Option("--out", help="file (default: report.html by the first)"),
    ] = None,
    kind: Annotated[
        Kind,
        typer.Option(
            "--to",
            help="a page on one plan or several; of one plan also paper (pdf), a text"
            " (docx), slides (pptx)",
        ),
    ] = Kind.HTML,
    instance: Where = "",
) -> None:
    """Write a page on plans that opens offline in any browser, or docx, pptx, pdf.

    With --set it is on the plans, as they are, where values are changed.
    """
    from aumaq.instances.formats.targets import probe_file
    from aumaq.results.language import Language
    from aumaq.results.office import write_office
    from aumaq.results.report import write_report
    from aumaq.results.report.plan_folders import opened

    _check_target(changes, target)
    code = Language(lang).code  # before the work, not after it
    path = _beside(plans[0], kind) if target is None else target
    probe_file(path, (f".{kind}",))
    names = opened(plans)
    _check_count(kind, len(names))
    read = under_changes(read_plans(list(names), instance), changes)
    if kind == Kind.HTML:
        write_report(read, path, code, labels=tuple(names.values()))
    else:
        write_office(read[0], path, kind, code)
    line(t(say("written to {target}", target=path)))


def _check_target(changes: Changes, target: Path | None) -> None:
    """Raise OptionError where the page on a changed plan would replace its own."""
    from aumaq.instances import OptionError

    if changes and target is None:
        text = say(
            "--set needs --out: the report beside a plan is on the plan as it was made"
        )
        raise OptionError(text, ["target"])


def _check_count(kind: Kind, count: int) -> None:
    """Raise OptionError where what holds one plan is to hold several."""
    from aumaq.instances import OptionError

    if kind != Kind.HTML and count > 1:
        raise OptionError(
            say(
                "{format} is of one plan, and these are {count}; only the page holds"
                " several",
                format=kind.value,
                count=count,
            )
        )


def _beside(plan: str, kind: Kind) -> Path:
    """Return where the report goes: into the folder, beside the file or store."""
    path, name = Path(plan), f"report.{kind}"
    if path.is_dir():
        return path / name
    if path.exists():
        return path.parent / name
    store, _, run_id = plan.rpartition(":")
    return Path(store).parent / f"report-{run_id[:8]}.{kind}"
