"""``aumaq check-water``: pressures and velocities of the water plan, by EPANET."""

from __future__ import annotations

from typing import Annotated

import typer

from aumaq import documents
from aumaq.instances.language.texts import say
from aumaq.options import AsJson, Changes, PlanName, Where, read_plans, under_changes
from aumaq.streams import line
from aumaq.words import spoken, t


def check_water(
    plan: PlanName,
    changes: Changes = None,
    period: Annotated[str, typer.Option(help="(default: the last one)")] = "",
    instance: Where = "",
    as_json: AsJson = False,
) -> None:
    """Run the water mains of a plan in EPANET; tell what fails, by name.

    With --set they are those of the plan, as it is, where values are changed.
    """
    from aumaq.results.exports.water_check import check_water as found_by
    from aumaq.results.exports.water_check import told

    read = under_changes(read_plans([plan], instance), changes, is_quiet=as_json)
    found = found_by(read[0], period)
    failing = found[found["fails"]]
    if as_json:
        documents.tell({"checked": len(found), "failing": failing.to_dict("records")})
    else:
        text = say(
            "{n} of {all} pressures and velocities fails in {period}",
            "{n} of {all} pressures and velocities fail in {period}",
            n=len(failing),
            all=len(found),
            period=found["period"].iloc[0],
        )
        line(t(text))
        for row in failing.to_dict("records"):
            line(f"  {row['name']}: {spoken().tell(told(row))}")
    if len(failing):
        raise typer.Exit(1)
