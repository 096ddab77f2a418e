"""Arguments and options that commands share, said once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

import aumaq
from aumaq import words

Name = Annotated[str, typer.Argument(metavar="INSTANCE", help="name, folder or file")]
EXPORT_NAMES = ("csv", "json", "geojson", "html", "xlsx", "gpkg", "parquet")
"""The formats of plans; not asked of the library, so that --help stays quick."""
AsJson = Annotated[bool, typer.Option("--json", help="print JSON only")]
ScenarioName = Annotated[str, typer.Option(help="scenario (default: the first)")]
Method = Annotated[str, typer.Option(help="auto, direct or blocks")]
TotalTime = Annotated[float, typer.Option(help="seconds, for all of it")]
Gap = Annotated[float, typer.Option(help="relative, 0.01 is 1 %")]
Threads = Annotated[int | None, typer.Option(help="default: all cores")]
Seed = Annotated[int, typer.Option(help="of all that is random")]
Quiet = Annotated[bool, typer.Option("--quiet", help="no progress")]
Where = Annotated[
    str, typer.Option("--instance", help="if it moved: its name or folder")
]
StoreFile = Annotated[
    Path | None,
    typer.Option("--store", help="keep the run in this file", envvar="AUMAQ_STORE"),
]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="replace a plan of another instance, too")
]
PlanName = Annotated[
    str, typer.Argument(metavar="PLAN", help="folder, plan.json or STORE:RUN")
]
PlanNames = Annotated[
    list[str], typer.Argument(metavar="PLAN...", help="folder, plan.json or STORE:RUN")
]

Lang = Annotated[
    str,
    typer.Option(
        "--lang",
        help="en, kk (Kazakh) or ru (Russian)",
        envvar="AUMAQ_LANG",
        callback=words.chosen,
    ),
]


def read_plans(names: Sequence[str], instance: str = "") -> list[aumaq.Plan]:
    """Read plans by folder, file or STORE:RUN, against an instance if one is named."""
    given = aumaq.read(instance) if instance else None
    return [aumaq.find_plan(name, given) for name in names]


def plan_names(words: Sequence[str], plans: Sequence[aumaq.Plan]) -> list[str]:
    """Return scenarios, with what tells them apart where they are the same."""
    names = [plan.instance.scenario for plan in plans]
    if len(set(names)) == len(names):
        return names
    files = [Path(word).name for word in words]
    short = [file.rpartition(":")[2][:8] if ":" in file else file for file in files]
    return [f"{name} ({file})" for name, file in zip(names, short, strict=True)]


def read_instance(name: str, scenario: str = "") -> aumaq.Instance:
    """Read an instance under a scenario (default: the first)."""
    instance = aumaq.read(name)
    return instance.with_scenario(scenario) if scenario else instance
