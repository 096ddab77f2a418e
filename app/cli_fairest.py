"""``aumaq fairest``: the worst-off regions first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

import aumaq
from aumaq import documents, show
from aumaq.instances.language.texts import say
from aumaq.option_groups import PlanFolder, Source, Telling, grouped
from aumaq.options import Gap, TotalTime
from aumaq.several import end
from aumaq.streams import line
from aumaq.words import figure, spoken, t, upper


@dataclass(frozen=True)
class Lift:
    """For whom, how near, and how many of the worst-off regions are lifted."""

    service: Annotated[str, typer.Option(help="the service that is compared")]
    minutes: Annotated[float, typer.Option(help="the way that counts as near, min")]
    stages: Annotated[
        int, typer.Option(help="the worst region, the two worst, ...", min=1)
    ] = 3


@grouped
def fairest(
    *,
    lift: Lift,
    source: Source,
    time_limit: TotalTime = 600.0,
    gap: Gap = 0.01,
    target: PlanFolder,
    telling: Telling,
) -> None:
    """Lift the worst-off regions as far as they go, and plan for that."""
    target.check()
    instance = source.read()
    target.check(instance)
    found = aumaq.fairest(
        instance,
        **vars(lift),
        time_limit=time_limit,
        gap=gap,
        progress=telling.progress,
    )
    written = target.write(found.plan, telling.lang)
    if telling.as_json:
        documents.tell(_record(found, written.folder if written else None))
    else:
        _show(found)
        if written is not None:
            line(t(say("plan written to {target}", target=written.folder)))
    if written is not None:
        show.written(written)
    end([found.plan])


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
                    bound=upper(row["bound"], ".2%"),
                )
            )
        )
    show.summary(found.plan, spoken())
