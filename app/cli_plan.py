"""The command that does all of it: check an instance, plan, and write what is read."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import aumaq
from aumaq import cli_conflicts, documents, show, words
from aumaq.instances.language.texts import say
from aumaq.option_groups import Limits, Source, Telling, grouped
from aumaq.options import tell_warnings
from aumaq.several import end
from aumaq.streams import line
from aumaq.words import t

if TYPE_CHECKING:
    from aumaq.results.exports import Written

FILES = {".xlsx": "xlsx", ".html": "html"}
"""What stands beside the instance, and the export that writes it."""


@grouped
def plan(
    *,
    source: Source,
    limits: Limits,
    beside: Annotated[
        Path | None,
        typer.Option("--out", help="folder for results (default: that of the input)"),
    ] = None,
    telling: Telling,
) -> None:
    """Check, solve, and write workbook and page beside the input; replace nothing."""
    begun = time.monotonic()
    instance = source.read()
    instance.check_scenarios()
    tell_warnings(instance)
    target = free_target(*place_of(source.name, instance, beside))
    suffixes = _checked_suffixes(target)
    found = _planned(instance, source, limits, target, telling)
    written, files = _written(found, target, suffixes, telling.lang)
    if telling.as_json:
        record = {key: value for key, value in found.record.items() if key != "trace"}
        out = {"out": str(written.folder), "files": [str(file) for file in files]}
        documents.tell({**record, **out})
    else:
        show.summary(found, words.spoken())
        for file in files:
            line(t(say("written to {target}", target=file)))
        seconds = time.monotonic() - begun
        told = say(
            "all tables are in {target}; {seconds:.0f} s in all",
            target=written.folder,
            seconds=seconds,
        )
        line(t(told))
    show.written(written)
    end([found])


def _checked_suffixes(target: Path) -> list[str]:
    """Return what is written beside the tables; try all places, before the work."""
    from aumaq.instances.formats.targets import probe_file
    from aumaq.results.exports import check_target

    check_target(target)
    suffixes = _suffixes()
    for suffix in suffixes:
        probe_file(target.with_name(target.name + suffix))
    return suffixes


def _planned(
    instance: aumaq.Instance,
    source: Source,
    limits: Limits,
    target: Path,
    telling: Telling,
) -> aumaq.Plan:
    """Return the plan; where there is none, what clashes is told."""
    from aumaq.solvers.options import seconds_for

    seconds = seconds_for(limits.time_limit, None)
    with cli_conflicts.reasons(instance, source, seconds):
        return aumaq.solve(
            instance,
            time_limit=seconds,
            gap=limits.gap,
            threads=limits.threads,
            progress=telling.progress,
            evidence=target.with_name(f"{target.name}-contradiction.lp"),
        )


def _written(
    found: aumaq.Plan, target: Path, suffixes: list[str], lang: str
) -> tuple[Written, list[Path]]:
    """Write the tables of a plan, and workbook and page beside them."""
    from aumaq.instances.interruption import finishing
    from aumaq.results.exports import write_plan_folder

    with finishing():
        written = write_plan_folder(found, target, lang)
        folder = written.folder
        files = [folder.with_name(folder.name + suffix) for suffix in suffixes]
        for file in files:
            found.export(FILES[file.suffix], file, lang)
    return written, files


def _suffixes() -> list[str]:
    """Return what is written beside the tables: no workbook where Excel's extra lacks.

    The page and the tables need nothing, and a plan is not lost for want of a package.
    """
    from aumaq.instances.errors import AumaqError
    from aumaq.instances.formats.raw import needed

    try:
        needed("openpyxl", "excel")
    except AumaqError as error:
        told = say("no workbook is written: {why}", why=error.text)
        show.err.print(t(told), markup=False, soft_wrap=True)
        return [suffix for suffix in FILES if suffix != ".xlsx"]
    return list(FILES)


def place_of(
    name: str, instance: aumaq.Instance, beside: Path | None
) -> tuple[Path, str]:
    """Return the folder for results, and how they are called.

    What comes with the package is not written beside: its results go where the user is.
    """
    from aumaq.instances.formats.targets import safe_name

    path = Path(name)
    is_own = path.exists()
    folder = path.resolve().parent if is_own else Path()
    stem = path.resolve().stem if is_own else instance.name
    return beside or folder, f"{safe_name(stem)}-plan"


def free_target(folder: Path, stem: str) -> Path:
    """Return where nothing stands yet: neither a folder nor any of the files."""
    number, free = 1, folder / stem
    while any(os.path.lexists(free.with_name(free.name + end)) for end in ("", *FILES)):
        number += 1
        free = folder / f"{stem}-{number}"
    return free
