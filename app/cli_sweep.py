"""``aumaq sweep``: many scenarios side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import aumaq
from aumaq import documents, show
from aumaq.options import (
    AsJson,
    Changes,
    Gap,
    Method,
    Name,
    Overwrite,
    Quiet,
    Seed,
    StoreFile,
    Threads,
    TimeLimit,
    WorkLimit,
    read_instance,
)
from aumaq.several import progress_of


def sweep(
    name: Name,
    scenarios: Annotated[
        str | None,
        typer.Option(
            help="all, each (every variant alone), or names with commas between",
            show_default="all; each, if they are more than 256",
        ),
    ] = None,
    changes: Changes = None,
    jobs: Annotated[
        int | None, typer.Option(help="scenarios at a time (default: one a core)")
    ] = None,
    method: Method = "auto",
    time_limit: TimeLimit = None,
    work_limit: WorkLimit = None,
    gap: Gap = 0.01,
    threads: Threads = None,
    seed: Seed = 0,
    folder: Annotated[
        Path | None, typer.Option("--out", help="folder for plans and the table")
    ] = None,
    store: StoreFile = None,
    dask: Annotated[str, typer.Option(help="address of a Dask scheduler")] = "",
    dask_security: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="TOML file with what its TLS needs"),
    ] = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Solve many scenarios; a failure is a row of the table. Exit code 1 if any."""
    found = aumaq.sweep(
        read_instance(name, changes=changes),
        scenarios,
        jobs=jobs,
        threads=threads,
        folder=folder,
        store=store,
        dask=dask,
        dask_security=dask_security,
        overwrite=overwrite,
        progress=progress_of(is_quiet=quiet or as_json),
        method=method,
        time_limit=time_limit,
        work_limit=work_limit,
        gap=gap,
        seed=seed,
    )
    if as_json:
        documents.tell(found.record())
    else:
        show.sweep(found)
        show.kept(store, {"batch_id": found.batch_id})
    show.troubles(found.troubles)
    if found.troubles:
        raise typer.Exit(2)
    if "contradicted" in set(found.rows["status"]):
        raise typer.Exit(3)
    if not found.is_complete:
        raise typer.Exit(1)
