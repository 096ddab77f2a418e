"""``aumaq new``: a template to fill in, or a random instance."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

import aumaq
from aumaq.instances.language.texts import say
from aumaq.option_groups import grouped
from aumaq.options import Lang, listed
from aumaq.streams import line
from aumaq.words import t


@dataclass(frozen=True)
class Sheets:
    """What a template is about, and of which country its numbers are."""

    parts: Annotated[
        str,
        typer.Option(
            "--with",
            help="what it is about: services,roads,power,money ..., or all (a name that"
            " does not exist lists them)",
        ),
    ] = "services"
    norms: Annotated[
        str, typer.Option(help="fill in levels, prices and standards of a country: kz")
    ] = ""
    services: Annotated[
        str, typer.Option(help="with --norms, only these: school,hospital")
    ] = ""


@grouped
def new(
    folder: Annotated[
        Path,
        typer.Argument(metavar="TARGET", help="a folder, or a workbook: mine.xlsx"),
    ],
    *,
    sheets: Sheets,
    random: Annotated[
        int | None, typer.Option(help="settlements of a random instance")
    ] = None,
    seed: Annotated[int, typer.Option(help="of the random instance", min=0)] = 0,
    lang: Lang = "en",
) -> None:
    """Write a short commented template to fill in, or a random instance of any size."""
    if random is None:
        _template(folder, sheets, lang)
        return
    from aumaq.instances.generators import clustered
    from aumaq.instances.reading import check_new

    check_new(folder)  # before the work, not after it
    aumaq.write(clustered(random, seed), folder, lang)
    told = say(
        "written to {target}: {n} settlements, seed {seed}",
        target=folder,
        n=random,
        seed=seed,
    )
    line(t(told))


def _template(folder: Path, sheets: Sheets, lang: str) -> None:
    from aumaq.instances.formats.skeleton import write_skeleton
    from aumaq.instances.formats.template import write_template
    from aumaq.instances.formats.template_parts import ALL

    parts, services = listed(sheets.parts), listed(sheets.services)
    if parts == [ALL] and not sheets.norms and not services:
        write_skeleton(folder, lang)
    else:
        write_template(folder, parts, lang, sheets.norms, services)
    told = say("written to {target}; change it, then: aumaq validate {target}")
    line(t(told, target=folder))
