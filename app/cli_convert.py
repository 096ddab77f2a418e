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
    region: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="only this region, as often as needed"),
    ] = None,
    district: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="only this district, as often as needed"),
    ] = None,
    service: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="only this service, as often as needed"),
    ] = None,
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
    parts = {"regions": region, "districts": district, "services": service}
    if any(parts.values()):
        chosen = {key: names or () for key, names in parts.items()}
        instance = aumaq.cut(instance, **chosen, name=target.stem)
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
