"""Arguments and options that commands share, said once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

import aumaq
from aumaq import show, words
from aumaq.instances.language.texts import say

Name = Annotated[str, typer.Argument(metavar="INSTANCE", help="name, folder or file")]
EXPORT_NAMES = ("csv", "json", "geojson", "html", "xlsx", "gpkg", "parquet", "epanet")
"""The formats of plans; not asked of the library, so that --help stays quick."""
AsJson = Annotated[bool, typer.Option("--json", help="print JSON only")]
ScenarioName = Annotated[str, typer.Option(help="scenario (default: the first)")]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="CHANGE",
        help="change values first, again and again: budgets.amount_mln*0.8 or"
        " sites\\[site=s7].max_units=2",
        show_default=False,
    ),
]
NoChanges = Annotated[
    list[str] | None, typer.Option("--set", metavar="CHANGE", hidden=True)
]
"""Where values changed make no sense: taken only to say what does."""
Method = Annotated[str, typer.Option(help="auto, direct, blocks or decomposed")]
TimeLimit = Annotated[
    float | None,
    typer.Option(
        help="seconds (default: 120, none with --work-limit)", show_default=False
    ),
]
WorkLimit = Annotated[
    float | None,
    typer.Option(help="units of counted work: the same plan on any machine"),
]
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
    bool,
    typer.Option(
        "--overwrite", help="replace a plan of another instance or scenario, too"
    ),
]
PLAN_HELP = "folder (CSV or Parquet), plan.json, .gpkg or STORE:RUN"
PLANS_HELP = f"{PLAN_HELP}; a folder of plans (a sweep) is all of them"
PlanName = Annotated[str, typer.Argument(metavar="PLAN", help=PLAN_HELP)]
PlanNames = Annotated[list[str], typer.Argument(metavar="PLAN", help=PLANS_HELP)]

Lang = Annotated[
    str,
    typer.Option(
        "--lang",
        help="en, kk (Kazakh) or ru (Russian)",
        envvar="AUMAQ_LANG",
        callback=words.chosen,
    ),
]


def listed(words: str) -> list[str]:
    """Return the names of a list with commas between them."""
    return [word.strip() for word in words.split(",") if word.strip()]


def opened(names: Sequence[str]) -> list[str]:
    """Return plans as they are named, and of a folder of plans (a sweep) all in it."""
    from aumaq.results.report.plan_folders import opened as with_labels

    return [plan for name in names for plan in with_labels([name])]


def read_plans(names: Sequence[str], instance: str = "") -> list[aumaq.Plan]:
    """Read plans by folder, file or STORE:RUN, against an instance if one is named."""
    given = aumaq.read(instance) if instance else None
    plans = [aumaq.find_plan(name, given) for name in names]
    for name, plan in zip(names, plans, strict=True):
        if given is None and _has_changed(Path(name), plan):
            told = words.t(
                say(
                    "{plan}: the input {origin} has changed since; the plan's own"
                    " copy is used",
                    plan=name,
                    origin=plan.instance.origin,
                )
            )
            show.err.print(told, markup=False, soft_wrap=True)
    return plans


def under_changes(
    plans: Sequence[aumaq.Plan],
    changes: Sequence[str] | None,
    threads: int | None = None,
    time_limit: float = 120.0,
    *,
    is_quiet: bool = False,
) -> list[aumaq.Plan]:
    """Return plans as they are where values are changed: what they decide stays."""
    if not changes:
        return list(plans)
    from aumaq.results.studies.choosing.what_if import under_changes as changed

    tell = None if is_quiet else show.Lines()
    return [
        changed(
            plan, list(changes), time_limit=time_limit, threads=threads, progress=tell
        )
        for plan in plans
    ]


def _has_changed(where: Path, plan: aumaq.Plan) -> bool:
    """Whether the input of a plan is there, newer than the plan, and another one."""
    file = where / "record.json" if where.is_dir() else where
    origin = Path(plan.instance.origin)
    inputs = [*origin.iterdir()] if origin.is_dir() else [origin]
    if not plan.instance.origin or not (file.is_file() and origin.exists()):
        return False
    made = file.stat().st_mtime
    if not any(path.stat().st_mtime > made for path in inputs):
        return False
    try:
        return aumaq.read(origin).content_hash != plan.instance.content_hash
    except aumaq.AumaqError:
        return True


def plan_names(words: Sequence[str], plans: Sequence[aumaq.Plan]) -> list[str]:
    """Return scenarios, with what tells them apart where they are the same."""
    names = [plan.instance.scenario for plan in plans]
    if len(set(names)) == len(names):
        return names
    from aumaq.results.report.plan_folders import told_apart

    short = told_apart(words)
    return [f"{name} ({file})" for name, file in zip(names, short, strict=True)]


def read_instance(
    name: str, scenario: str = "", changes: Sequence[str] | None = None
) -> aumaq.Instance:
    """Read an instance under a scenario (default: the first), with values changed."""
    instance = aumaq.read(name)
    instance = instance.with_scenario(scenario) if scenario else instance
    return instance.with_changes(list(changes or ()))


def tell_warnings(instance: aumaq.Instance) -> None:
    """Tell what is odd with an instance, beside what is asked for."""
    for group in aumaq.instances.grouped(instance.warnings):
        told = words.t(say("warning: {problem}", problem=words.spoken().tell(group)))
        show.err.print(told, markup=False, soft_wrap=True)
