"""``aumaq demo``: a plan of a shipped instance with its page, for a first look."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import aumaq
from aumaq import show, words
from aumaq.instances.language.texts import say
from aumaq.options import Lang, Quiet
from aumaq.streams import line
from aumaq.words import t

if TYPE_CHECKING:
    from aumaq.instances.instance import Instance

RUNS = Path("runs")
REGION, COUNTRY = "west-kazakhstan", "kazakhstan"
REGION_GAP, REGION_SECONDS = 0.05, 240.0
"""A plan of the region within so much of the best is good enough for a first look: ten
seconds of search on an idle machine. A busy one may take so long."""
COUNTRY_GAP = 0.01
COUNTRY_SECONDS = 80.0
"""How long a plan of the country is searched, as by ``make demo``."""


def demo(
    country: Annotated[
        bool, typer.Option("--country", help="the whole country, in two minutes")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="plan folder (default: runs/demo...)")
    ] = None,
    lang: Lang = "en",
    quiet: Quiet = False,
) -> None:
    """Plan a shipped region in 20 seconds, or the country in two minutes."""
    from aumaq.instances.formats.targets import new_folder
    from aumaq.instances.interruption import finishing
    from aumaq.results.exports import check_target, write_plan_folder

    begun = time.monotonic()
    beside = out or RUNS / ("demo-country" if country else "demo")
    check_target(beside if out else RUNS / "new")  # before the work
    instance = aumaq.read(COUNTRY) if country else _region()
    if out is not None:
        check_target(out, instance=instance)
    found = aumaq.solve(
        instance,
        time_limit=COUNTRY_SECONDS if country else REGION_SECONDS,
        gap=COUNTRY_GAP if country else REGION_GAP,
        progress=None if quiet else show.Lines(),
        evidence=beside.with_name(f"{beside.name}-contradiction.lp"),
    )
    with finishing():
        target = out or new_folder(RUNS, beside.name)
        written = write_plan_folder(found, target, lang, is_new=out is None)
    show.summary(found, words.spoken())
    page = written.folder / "report.html"
    line(t(say("plan written to {target}, the page is {page}",
               target=written.folder, page=page)))  # fmt: skip
    seconds = time.monotonic() - begun
    line(t(say("{seconds:.0f} s in all", seconds=seconds)))
    if not country:
        line(t(say("next: aumaq demo --country; your own places: aumaq new mine.xlsx")))
    show.written(written)
    if found.status == "contradicted":
        raise typer.Exit(3)
    if not found.is_verified:
        raise typer.Exit(1)


def _region() -> Instance:
    """Return the region without its networks, and say so: they take minutes."""
    instance = aumaq.read(REGION)
    line(
        t(
            say(
                "{title}: schools, clinics and hospitals of {n} settlements, over"
                " roads of today; power, water and new roads are left out",
                title=instance.title,
                n=len(instance.settlement_ids),
            )
        )
    )
    return aumaq.services_only(instance)
