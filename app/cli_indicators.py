"""The command ``aumaq indicators``: plans against baselines and targets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

import aumaq
from aumaq import documents
from aumaq.instances.language.texts import say
from aumaq.options import (
    AsJson,
    Changes,
    PlanNames,
    Where,
    opened,
    read_plans,
    under_changes,
)
from aumaq.show import out
from aumaq.streams import line
from aumaq.words import figure, spoken, t

if TYPE_CHECKING:
    import pandas as pd


def indicators(
    plans: PlanNames,
    changes: Changes = None,
    region: Annotated[
        str, typer.Option(help="region, or all (default: the whole territory)")
    ] = "",
    instance: Where = "",
    as_json: AsJson = False,
) -> None:
    """Show indicators of plans beside baselines and targets.

    With --set they are those of the plans, as they are, where values are changed.
    """
    names = opened(plans)
    labels = _labels(names)
    read = under_changes(read_plans(names, instance), changes, is_quiet=as_json)
    named = dict(zip(labels, read, strict=True))
    found = aumaq.indicators(named)
    found = found if region == "all" else _of_region(found, region, named)
    if as_json:
        rows = found.astype(object).where(found.notna(), None).to_dict("records")
        documents.tell(rows)
        return
    if found.empty:
        line(t(say("no indicators: the instance has none (table indicators)")))
        return
    digits: dict[str, int] = {}
    for plan in named.values():
        rows = plan.instance.table("indicators")
        digits |= dict(zip(rows["indicator"], rows["digits"], strict=True))
    out.print(_shown(found, list(named), digits, with_region=region == "all"))


def _labels(plans: list[str]) -> list[str]:
    """Return names of plans: the last part of the path, all of it if they clash."""
    whole = [Path(plan).resolve() for plan in plans]
    names = [path.stem if path.suffix == ".json" else path.name for path in whole]
    if len(set(names)) == len(names):
        return names
    if len(set(whole)) < len(whole):
        raise aumaq.AumaqError(say("the same plan is given twice"))
    return plans


def _of_region(
    found: pd.DataFrame, region: str, named: dict[str, aumaq.Plan]
) -> pd.DataFrame:
    """Return the rows of a region, empty for the territory (error if unknown)."""
    from aumaq.instances import UnknownNameError

    known = {
        name
        for plan in named.values()
        for name in plan.instance.table("settlements")["region"]
    }
    if region not in {"", *known}:
        raise UnknownNameError(say("region"), region, {*known, "all"})
    return found[found["region"] == region]


def _shown(
    found: pd.DataFrame, labels: list[str], digits: dict[str, int], *, with_region: bool
) -> Table:
    """Return the table for the screen; a value that meets its target has a tick."""
    table = Table(show_edge=False, pad_edge=False)
    heads = [
        t(say("indicator")),
        t(say("unit")),
        *([t(say("region"))] if with_region else []),
    ]
    for head in (*heads, t(say("period"))):
        table.add_column(head)
    for head in (t(say("baseline")), *labels, t(say("target"))):
        table.add_column(head, justify="right")
    for row in found.to_dict("records"):
        places = digits.get(row["indicator"], 3)
        cells = [_cell(row[label], places) + _mark(row[f"{label} is_met"])
                 for label in labels]  # fmt: skip
        sign = "≥ " if row["direction"] == "higher" else "≤ "
        target = _cell(row["target"], places)
        table.add_row(
            spoken().title(row["title"]),
            spoken().unit(row["unit"]) if row["unit"] else "",
            *([row["region"]] if with_region else []),
            row["period"],
            _cell(row["baseline"], places),
            *cells,
            sign + target if target else "",
        )
    return table


def _cell(value: float, digits: int) -> str:
    return "" if value != value else figure(value, f",.{digits}f")


def _mark(is_met: Any) -> str:
    import pandas as pd

    if pd.isna(is_met):
        return "  "
    return " ✓" if is_met else " ✗"
