"""``aumaq fairest``: the worst-off regions first."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

import aumaq
from aumaq import documents, show
from aumaq.instances.language.texts import say
from aumaq.option_groups import Source, Telling, grouped
from aumaq.options import Gap, Overwrite, TotalTime
from aumaq.streams import line
from aumaq.words import figure, spoken, t


@grouped
def fairest(
    *,
    service: Annotated[str, typer.Option(help="the service that is compared")],
    minutes: Annotated[float, typer.Option(help="the way that counts as near, min")],
    stages: Annotated[
        int, typer.Option(help="the worst region, the two worst, ...", min=1)
    ] = 3,
    source: Source,
    time_limit: TotalTime = 600.0,
    gap: Gap = 0.01,
    folder: Annotated[Path | None, typer.Option("--out", help="plan folder")] = None,
    overwrite: Overwrite = False,
    telling: Telling,
) -> None:
    """Lift the worst-off regions as far as they go, and plan for that."""
    from aumaq.instances.interruption import finishing
    from aumaq.results.exports import check_target, write_plan_folder

    if folder is not None:
        check_target(folder)  # before the work
    instance = source.read()
    if folder is not None:
        check_target(folder, instance=instance, overwrite=overwrite)
    found = aumaq.fairest(
        instance,
        service,
        minutes,
        stages=stages,
        time_limit=time_limit,
        gap=gap,
        progress=telling.progress,
    )
    written = None
    if folder is not None:
        with finishing():  # the work is done: Ctrl-C would only lose it
            written = write_plan_folder(
                found.plan, folder, telling.lang, overwrite=overwrite
            )
    if telling.as_json:
        documents.tell(_record(found, written.folder if written else None))
    else:
        _show(found)
        if written is not None:
            line(t(say("plan written to {target}", target=written.folder)))
    if written is not None:
        show.written(written)
    if found.plan.status == "contradicted":
        raise typer.Exit(3)
    if not found.plan.is_verified:
        raise typer.Exit(1)


def _record(found: aumaq.Fairest, folder: Path | None) -> dict[str, Any]:
    """Return all that was found as one document."""
    plan = {key: value for key, value in found.plan.record.items() if key != "trace"}
    return {
        **plan,
        "stages": found.stages.to_dict("records"),
        "shares": found.shares.to_dict("records"),
        "out": None if folder is None else str(folder),
    }


def _show(found: aumaq.Fairest) -> None:
    """Print what each stage reached, and the plan."""
    for row in found.stages.to_dict("records"):
        line(
            spoken().tell(
                say(
                    "the {n} worst region: {share} within reach, at most {bound}",
                    "the {n} worst regions: {share} within reach, at most {bound}",
                    n=row["worst"],
                    share=figure(row["mean_share"], ".2%"),
                    bound=figure(row["bound"], ".2%"),
                )
            )
        )
    show.summary(found.plan, spoken())
