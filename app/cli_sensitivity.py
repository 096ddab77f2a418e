"""``aumaq sensitivity``: how much a plan depends on numbers that are not known well."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

import aumaq
from aumaq import documents, show
from aumaq.option_groups import EachSolve, Source, Telling, grouped
from aumaq.streams import line
from aumaq.words import t


@dataclass(frozen=True)
class Variation:
    """What varies, and how its effect is found."""

    vary: Annotated[
        list[str],
        typer.Option(
            help="what varies, and its range: budgets.amount_mln*0.8:1.2, ..."
        ),
    ]
    method: Annotated[str, typer.Option(help="ranges, morris or sobol")] = "ranges"
    runs: Annotated[int, typer.Option(help="solves, about", min=1)] = 20


@grouped
def sensitivity(
    *,
    variation: Variation,
    source: Source,
    jobs: Annotated[
        int | None, typer.Option(help="scenarios at a time (default: one a core)")
    ] = None,
    effort: EachSolve,
    target: Annotated[
        Path | None, typer.Option("--out", help="file for all runs: .csv")
    ] = None,
    telling: Telling,
) -> None:
    """Vary numbers within ranges; tell what matters, and how often sites are chosen.

    Exit code 1 if a run has no plan.
    """
    from aumaq.instances.formats.drafts import draft_file
    from aumaq.instances.formats.targets import probe_file
    from aumaq.instances.interruption import finishing
    from aumaq.instances.language.texts import say

    if target is not None:
        probe_file(target, (".csv",))
    found = aumaq.sensitivity(
        source.read(),
        **vars(variation),
        jobs=jobs,
        progress=telling.progress,
        **vars(effort),
    )
    if target is not None:
        with finishing(), draft_file(target) as draft:
            found.rows.to_csv(draft, index=False)
    if telling.as_json:
        documents.tell(found.record())
    else:
        show.sensitivity(found)
        if target is not None:
            line(t(say("written to {target}", target=target)))
    if found.without_plan:
        raise typer.Exit(1)
