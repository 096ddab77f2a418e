"""A computed projection as a folder of CSV files."""

from __future__ import annotations

from pathlib import Path

from aumaq.instances.formats.drafts import check_folder, draft_folder
from aumaq.instances.language.texts import say
from aumaq.instances.people.projection import Projection

FILES = ("totals.csv", "settlements.csv", "ages.csv", "ledger.csv", "population.csv")


def check_projection_target(path: Path) -> None:
    """Raise ExportError unless a projection may be written to the folder *path*.

    An earlier one is replaced; a file, or a folder that holds more, is not.
    """
    check_folder(
        path,
        FILES[0],
        lambda item: item.name in FILES and item.is_file(),
        say("a projection"),
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
