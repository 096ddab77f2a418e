"""``aumaq futures``: one plan for several futures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

import aumaq
from aumaq import documents, show
from aumaq.instances.language.texts import Text, say
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
    TotalTime,
    read_instance,
)
from aumaq.streams import line
from aumaq.words import figure, spoken, t

if TYPE_CHECKING:
    from aumaq.results.exports.plan_folder import Written

FORMATS = {"probability": ".3f", "own_gap": ".2%"}

OBJECTIVES = {
    "expected": say("expected"),
    "worst": say("worst"),
    "regret": say("regret"),
}


def futures(
    name: Name,
    scenarios: Annotated[
        str, typer.Option(help="a,b,c with or without variants (default: all without)")
    ] = "",
    objective: Annotated[
        str, typer.Option(help="expected, worst, regret")
    ] = "expected",
    value: Annotated[
        bool, typer.Option("--value", help="and what planning for all is worth")
    ] = False,
    changes: Changes = None,
    method: Method = "auto",
    time_limit: TotalTime = 600.0,
    gap: Gap = 0.01,
    threads: Threads = None,
    seed: Seed = 0,
    folder: Annotated[Path | None, typer.Option("--out", help="folder")] = None,
    overwrite: Overwrite = False,
    store: StoreFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Plan for several futures: a common first period, later ones for each."""
    from aumaq.instances import OptionError
    from aumaq.instances.interruption import finishing
    from aumaq.results.exports.futures_folder import check_futures_target, write_futures

    if folder is not None:
        check_futures_target(folder)  # before the work, not after it
    if store is not None:
        aumaq.Store(store).check()
    if value and objective != "expected":
        raise OptionError(
            say("--value is about the expected cost: --objective expected")
        )
    instance = read_instance(name, changes=changes)
    chosen = [part.strip() for part in scenarios.split(",")] if scenarios else None
    if folder is not None:
        names = _whole_names(instance, chosen)
        check_futures_target(folder, instance, names, overwrite=overwrite)
    options: dict[str, Any] = {
        "method": method,
        "time_limit": time_limit,
        "gap": gap,
        "threads": threads,
        "seed": seed,
        "progress": None if quiet or as_json else show.Lines(),
    }
    if folder is not None:
        options["evidence"] = folder.with_name(f"{folder.name}-contradiction")
    if value:
        worth = aumaq.value_of_stochastic_solution(instance, chosen, **options)
        found, record = worth.futures, worth.record()
    else:
        found = aumaq.solve_futures(instance, chosen, objective=objective, **options)
        record = found.record()
    written = None
    with finishing():  # the work is done: Ctrl-C would only lose it
        if store is not None:
            record["batch_id"] = found.keep(store, record)
        if folder is not None:
            written = write_futures(found, folder, overwrite=overwrite)
    _told(record, written, store, as_json=as_json)
    if found.status == "contradicted":
        raise typer.Exit(3)
    if not found.is_verified:
        raise typer.Exit(1)


def _whole_names(instance: aumaq.Instance, chosen: list[str] | None) -> list[str]:
    """Return the names of the scenarios that are planned for, in full."""
    from aumaq.instances.scenarios.scenario import scenario_named

    names = chosen or instance.scenario_names
    return [scenario_named(instance.base, name).scenario for name in names]


def _told(
    record: dict[str, Any],
    written: Written | None,
    store: Path | None,
    *,
    as_json: bool,
) -> None:
    """Print what was found, as one JSON document or in words, and where it is."""
    if as_json:
        record.pop("trace")
        documents.tell(record)
    else:
        _show(record)
        if written is not None:
            line(t(say("plans written to {target}", target=written.folder)))
        show.kept(store, record)
    if written is not None:
        show.written(written)


def _show(record: dict[str, Any]) -> None:
    """Print the plan, the regrets, other first periods, and what planning is worth."""
    _line(
        say(
            "{objective}: {cost} mln of money and points, bound {bound}, gap {gap},"
            " {status}, {verdict}",
            objective=t(OBJECTIVES[record["objective"]]),
            cost=figure(record["objective_mln"], ",.1f"),
            bound=figure(record["bound_mln"], ",.1f"),
            gap=figure(record["gap"], ".2%"),
            status=spoken().cell(record["status"].replace("_", " ")),
            verdict=show.verdict(record["verified"]),
        )
    )
    if record["status"] == "contradicted":
        show.contradiction(record.get("evidence", "–"))
    for problem in record["problems"][:20]:
        _line(say("  {problem}", problem=problem))
    columns = {
        "probability": say("probability"),
        "cost_mln": say("money and points"),
        "best_objective_mln": say("alone"),
        "best_bound_mln": say("bound"),
        "regret_at_least_mln": say("regret at least"),
        "regret_at_most_mln": say("at most"),
    }
    _table(t(say("future")), "scenario", columns, record["regrets"])
    columns = {
        "own_gap": say("own gap"),
        "at_least_mln": say("at least"),
        "at_most_mln": say("at most"),
        "dearer_at_least_mln": say("dearer at least"),
        "dearer_at_most_mln": say("at most"),
    }
    _table(t(say("first period of")), "first_period_of", columns, record["policies"])
    if "reference" in record:
        low, high = record["stochastic_solution_mln"]
        known = say(
            "value of the stochastic solution (against the first period of"
            " {reference}): {low} to {high} mln"
        )
        open_end = say(
            "value of the stochastic solution: at least {low} mln; no other first"
            " period was completed in every future"
        )
        _line(
            known if record["reference"] else open_end,
            reference=record["reference"],
            low=figure(low, ",.1f"),
            high=figure(high, ",.1f"),
        )
        low, high = record["perfect_information_mln"]
        _line(
            say(
                "value of perfect information: {low} to {high} mln",
                low=figure(low, ",.1f"),
                high=figure(high, ",.1f"),
            )
        )


def _line(text: Text, **values: object) -> None:
    show.out.print(t(text, **values), markup=False, soft_wrap=True)


def _table(
    head: str, key: str, columns: Mapping[str, str], rows: list[dict[str, Any]]
) -> None:
    table = Table(show_edge=False, pad_edge=False)
    table.add_column(head)
    used = {name: title for name, title in columns.items() if rows and name in rows[0]}
    for title in used.values():
        table.add_column(t(title), justify="right")
    for row in rows:
        numbers = [figure(row[name], FORMATS.get(name, ",.1f")) for name in used]
        table.add_row(row[key], *numbers)
    if rows:
        show.out.print(table)
