"""``aumaq sensitivity``: how much a plan depends on numbers that are not known well."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import aumaq
from aumaq import documents, show
from aumaq.options import (
    AsJson,
    Changes,
    Gap,
    Lang,
    Name,
    Quiet,
    ScenarioName,
    Seed,
    Threads,
    TimeLimit,
    read_instance,
)
from aumaq.streams import line
from aumaq.words import t


def sensitivity(
    name: Name,
    vary: Annotated[
        list[str],
        typer.Option(
            help="what varies, and its range: budgets.amount_mln*0.8:1.2, ..."
        ),
    ],
    method: Annotated[str, typer.Option(help="ranges, morris or sobol")] = "ranges",
    runs: Annotated[int, typer.Option(help="solves, about", min=1)] = 20,
    scenario: ScenarioName = "",
    changes: Changes = None,
    jobs: Annotated[
        int | None, typer.Option(help="scenarios at a time (default: one a core)")
    ] = None,
    time_limit: TimeLimit = None,
    gap: Gap = 0.01,
    threads: Threads = None,
    seed: Seed = 0,
    target: Annotated[
        Path | None, typer.Option("--out", help="file for all runs: .csv")
    ] = None,
    lang: Lang = "en",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Vary numbers within ranges; tell what matters, and how often sites are chosen.

    Exit code 1 if a run has no plan.
    """
    from aumaq.instances.formats.targets import probe_file
    from aumaq.instances.language.texts import say

    del lang  # its callback has chosen the words
    if target is not None:
        probe_file(target, (".csv",))
    found = aumaq.sensitivity(
        read_instance(name, scenario, changes),
        vary,
        method=method,
        runs=runs,
        seed=seed,
        jobs=jobs,
        time_limit=time_limit,
        gap=gap,
        threads=threads,
        progress=None if quiet or as_json else show.Lines(),
    )
    if target is not None:
        found.rows.to_csv(target, index=False)
    if as_json:
        documents.tell(found.record())
    else:
        show.sensitivity(found)
        if target is not None:
            line(t(say("written to {target}", target=target)))
    if found.without_plan:
        raise typer.Exit(1)
