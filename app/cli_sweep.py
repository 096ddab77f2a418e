"""``aumaq sweep``: many scenarios side by side."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import aumaq
from aumaq import documents, show
from aumaq.option_groups import Output, grouped
from aumaq.options import (
    Changes,
    Gap,
    Method,
    Name,
    Overwrite,
    Seed,
    StoreFile,
    Threads,
    TimeLimit,
    WorkLimit,
    read_instance,
)

if TYPE_CHECKING:
    from aumaq.instances import Instance


@dataclass(frozen=True)
class Cases:
    """An instance, those of its scenarios that are solved, and changes to its cells."""

    name: Name
    scenarios: Annotated[
        str | None,
        typer.Option(
            help="all, each (every variant alone), or names with commas between",
            show_default="all; each, if they are more than 256",
        ),
    ] = None
    changes: Changes = None

    def read(self) -> Instance:
        """Return the instance, checked; tell what is odd about it."""
        return read_instance(self.name, changes=self.changes)


@dataclass(frozen=True)
class Solves:
    """How many scenarios are solved at a time, and how each is."""

    jobs: Annotated[
        int | None, typer.Option(help="scenarios at a time (default: one a core)")
    ] = None
    method: Method = "auto"
    time_limit: TimeLimit = None
    work_limit: WorkLimit = None
    gap: Gap = 0.01
    threads: Threads = None
    seed: Seed = 0


@dataclass(frozen=True)
class Places:
    """Where plans go, and the machines where they are made."""

    folder: Annotated[
        Path | None, typer.Option("--out", help="folder for plans and the table")
    ] = None
    store: StoreFile = None
    dask: Annotated[str, typer.Option(help="address of a Dask scheduler")] = ""
    dask_security: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="TOML file with what its TLS needs"),
    ] = None
    overwrite: Overwrite = False


@grouped
def sweep(*, cases: Cases, solves: Solves, places: Places, output: Output) -> None:
    """Solve many scenarios; a failure is a row of the table. Exit code 1 if any."""
    found = aumaq.sweep(
        cases.read(),
        cases.scenarios,
        progress=output.progress,
        **vars(solves),
        **vars(places),
    )
    if output.as_json:
        documents.tell(found.record())
    else:
        show.sweep(found)
        show.kept(places.store, found.batch_id)
    show.troubles(found.troubles)
    if found.troubles:
        raise typer.Exit(2)
    if "contradicted" in set(found.rows["status"]):
        raise typer.Exit(3)
    if not found.is_complete:
        raise typer.Exit(1)
