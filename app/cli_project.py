"""``aumaq project``: the computed projection of a scenario."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aumaq import documents, show
from aumaq.instances.language.texts import say
from aumaq.options import AsJson, Changes, Name, ScenarioName, read_instance
from aumaq.streams import line
from aumaq.words import t


def project(
    name: Name,
    scenario: ScenarioName = "",
    changes: Changes = None,
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
    instance = read_instance(name, scenario, changes)
    found = compute(
        instance.given if projection else instance.projection.tables,
        projection or instance.active_scenario.projection,
        until_year=until,
    )
    if folder is not None:
        write_projection(found, folder)
    if as_json:
        record = {
            "instance": instance.name,
            "scenario": instance.scenario,
            "projection": found.name,
            "years": list(found.years),
            "totals": found.totals.to_dict("records"),
            "ledger": found.ledger.to_dict("records"),
        }
        documents.tell(record)
        return
    show.projection(found, instance)
    if folder is not None:
        line(t(say("written to {target}", target=folder)))
