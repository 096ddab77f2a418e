"""``aumaq convert``: an instance in another format."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import aumaq
from aumaq import cli_chain, cli_classic
from aumaq.instances.language.texts import say
from aumaq.option_groups import grouped
from aumaq.options import Changes, Lang, Name
from aumaq.streams import line
from aumaq.words import t


@grouped
def convert(
    name: Name,
    target: Annotated[
        Path,
        typer.Argument(
            metavar="TARGET",
            help="new: mine.xlsx, mine.gpkg, mine.parquet or a folder",
        ),
    ],
    *,
    asked: cli_classic.Asked,
    changes: Changes = None,
    lang: Lang = "en",
) -> None:
    """Write an instance as a workbook, GeoPackage, Parquet or folder of CSV files.

    A small file of a classic problem becomes an instance with the same optimum.
    """
    from aumaq.instances.reading import check_new

    check_new(target)  # before the work, not after it
    cli_chain.refuse_conversion(name)
    if cli_classic.is_ours(name):
        instance = cli_classic.instance_of(name, asked)
    else:
        cli_classic.refuse_asked(asked)
        instance = aumaq.read(name)
    instance = instance.with_changes(list(changes or ()))
    aumaq.write(instance, target, lang)
    line(
        t(
            say(
                "written to {target}: {name}, {hash}",
                target=target,
                name=instance.name,
                hash=instance.content_hash[:12],
            )
        )
    )
