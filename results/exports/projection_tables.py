"""A computed projection as a folder of CSV files."""

from __future__ import annotations

from pathlib import Path

from aumaq.instances import ExportError
from aumaq.instances.formats.drafts import draft_folder
from aumaq.instances.formats.targets import probe_folder
from aumaq.instances.language.texts import say
from aumaq.instances.people.projection import Projection

FILES = ("totals.csv", "settlements.csv", "ages.csv", "ledger.csv", "population.csv")


def check_projection_target(path: Path) -> None:
    """Raise ExportError unless a projection may be written to the folder *path*.

    An earlier one is replaced; a file, or a folder that holds more, is not.
    """
    probe_folder(path)
    items = path.iterdir() if path.is_dir() else ()
    other = sorted(item.name for item in items if item.name not in FILES)
    if other:
        raise ExportError(
            say(
                "{path} holds something else ({other}); nothing was written",
                path=path,
                other=other[0],
            )
        )


def write_projection(found: Projection, path: Path) -> None:
    """Write totals, settlements, ages, ledger, and rows for table ``population``.

    An earlier projection there is replaced; anything else is an ExportError.
    """
    check_projection_target(path)
    tables = (found.totals, found.population, found.ages, found.ledger, found.rows())
    with draft_folder(path) as draft:
        for name, table in zip(FILES, tables, strict=True):
            table.to_csv(draft / name, index=False, lineterminator="\n")
