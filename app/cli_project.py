"""``aumaq project``: the computed projection of a scenario."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aumaq import documents, show
from aumaq.instances.language.texts import say
from aumaq.option_groups import Source, grouped
from aumaq.options import AsJson
from aumaq.streams import line
from aumaq.words import t

if TYPE_CHECKING:
    from aumaq.instances import Instance
    from aumaq.instances.people.projection import Projection


@grouped
def project(
    *,
    source: Source,
    projection: Annotated[
        str, typer.Option(help="another one (default: the scenario's)")
    ] = "",
    until: Annotated[
        int, typer.Option(help="last year (default: end of the last period)")
    ] = 0,
    folder: Annotated[
        Path | None, typer.Option("--out", help="folder for CSV files")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show where people will live: regions by year, births, deaths, migration."""
    from aumaq.instances.people.projection import project as compute
    from aumaq.results.exports.projection_tables import (
        check_projection_target,
        write_projection,
    )

    if folder is not None:
        check_projection_target(folder)  # before the work, not after it
    instance = source.read()
    found = compute(
        instance.given if projection else instance.projection.tables,
        projection or instance.active_scenario.projection,
        until_year=until,
    )
    if folder is not None:
        write_projection(found, folder)
    if as_json:
        documents.tell(_record(found, instance))
        return
    show.projection(found, instance)
    if folder is not None:
        line(t(say("written to {target}", target=folder)))


def _record(found: Projection, instance: Instance) -> dict[str, Any]:
    """Return what was projected as one document."""
    return {
        "instance": instance.name,
        "scenario": instance.scenario,
        "projection": found.name,
        "years": list(found.years),
        "totals": found.totals.to_dict("records"),
        "ledger": found.ledger.to_dict("records"),
    }
