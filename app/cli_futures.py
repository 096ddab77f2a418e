"""``aumaq futures``: one plan for several futures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

import aumaq
from aumaq import documents, show
from aumaq.instances.language.texts import Text, say
from aumaq.keeping import Kept, keep
from aumaq.option_groups import Effort, Output, grouped
from aumaq.options import Changes, Name, Overwrite, StoreFile, read_instance
from aumaq.several import end
from aumaq.streams import line
from aumaq.words import bound, figure, lower, spoken, t, upper

if TYPE_CHECKING:
    from aumaq.results.exports.plan_folder import Written

FORMATS = {"probability": ".3f", "own_gap": ".2%"}

OBJECTIVES = {
    "expected": say("expected"),
    "worst": say("worst"),
    "regret": say("regret"),
}
REGRETS = {
    "probability": say("probability"),
    "cost_mln": say("money and points"),
    "best_objective_mln": say("alone"),
    "best_bound_mln": say("bound"),
    "regret_at_least_mln": say("regret at least"),
    "regret_at_most_mln": say("at most"),
}
"""Columns of the futures: key in the record, head."""
POLICIES = {
    "own_gap": say("own gap"),
    "at_least_mln": say("at least"),
    "at_most_mln": say("at most"),
    "dearer_at_least_mln": say("dearer at least"),
    "dearer_at_most_mln": say("at most"),
}
"""Columns of the first periods of others."""


@dataclass(frozen=True)
class Question:
    """Which futures of an instance are planned for, and what counts over them."""

    name: Name
    scenarios: Annotated[
        str, typer.Option(help="a,b,c with or without variants (default: all without)")
    ] = ""
    objective: Annotated[str, typer.Option(help="expected, worst, regret")] = "expected"
    value: Annotated[
        bool, typer.Option("--value", help="and what planning for all is worth")
    ] = False
    changes: Changes = None

    @property
    def chosen(self) -> list[str] | None:
        """Names of the futures as they are given, None for all."""
        if not self.scenarios:
            return None
        return [part.strip() for part in self.scenarios.split(",")]

    def check(self) -> None:
        """Raise OptionError where two options contradict each other."""
        from aumaq.instances import OptionError

        if self.value and self.objective != "expected":
            raise OptionError(
                say("--value is about the expected cost: --objective expected")
            )

    def answer(
        self, instance: aumaq.Instance, **options: Any
    ) -> tuple[aumaq.Futures, dict[str, Any]]:
        """Return the plans, and all that was found as one document."""
        if self.value:
            worth = aumaq.value_of_stochastic_solution(instance, self.chosen, **options)
            return worth.futures, worth.record()
        found = aumaq.solve_futures(
            instance, self.chosen, objective=self.objective, **options
        )
        return found, found.record()


@dataclass(frozen=True)
class Target:
    """Where plans go."""

    folder: Annotated[Path | None, typer.Option("--out", help="folder")] = None
    overwrite: Overwrite = False
    store: StoreFile = None

    def check(self) -> None:
        """Raise ExportError where nothing can be written, before anything is read."""
        from aumaq.results.exports.futures_folder import check_futures_target

        if self.folder is not None:
            check_futures_target(self.folder)
        if self.store is not None:
            aumaq.Store(self.store).check()

    def check_for(self, instance: aumaq.Instance, chosen: list[str] | None) -> None:
        """Raise ExportError where the folder holds plans of other futures."""
        from aumaq.results.exports.futures_folder import check_futures_target

        if self.folder is not None:
            names = _whole_names(instance, chosen)
            check_futures_target(self.folder, instance, names, overwrite=self.overwrite)

    @property
    def options(self) -> dict[str, Path]:
        """Where evidence against a plan goes, by the names of the library."""
        if self.folder is None:
            return {}
        return {"evidence": self.folder.with_name(f"{self.folder.name}-contradiction")}

    def keep(
        self, found: aumaq.Futures, record: dict[str, Any]
    ) -> tuple[Kept, Written | None]:
        """Keep the plans in store and folder; name the batch in the record."""
        from aumaq.instances.interruption import finishing
        from aumaq.results.exports.futures_folder import write_futures

        with finishing():  # the work is done: Ctrl-C would only lose it
            batch = keep(self.store, lambda store: found.keep(store, record))
            if batch.key:
                record["batch_id"] = batch.key
            if self.folder is None:
                return batch, None
            return batch, write_futures(found, self.folder, overwrite=self.overwrite)


@grouped
def futures(
    *, question: Question, effort: Effort, target: Target, output: Output
) -> None:
    """Plan for several futures: a common first period, later ones for each."""
    target.check()  # before the work, not after it
    question.check()
    instance = read_instance(question.name, changes=question.changes)
    target.check_for(instance, question.chosen)
    found, record = question.answer(
        instance, progress=output.progress, **vars(effort), **target.options
    )
    batch, written = target.keep(found, record)
    _told(record, written, target.store, as_json=output.as_json)
    batch.end()
    if written is not None:
        show.ended(written)
    end([found])


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
        show.kept(store, record.get("batch_id", ""))
    if written is not None:
        show.troubles(written.troubles)


def _show(record: dict[str, Any]) -> None:
    """Print the plan, the regrets, other first periods, and what planning is worth."""
    _show_plan(record)
    _table(t(say("future")), "scenario", REGRETS, record["regrets"])
    first = t(say("first period of"))
    _table(first, "first_period_of", POLICIES, record["policies"])
    if "reference" in record:
        _show_worth(record)


def _show_plan(record: dict[str, Any]) -> None:
    """Print what the plan is worth over all futures, and what is wrong with it."""
    _line(
        say(
            "{objective}: {cost} mln of money and points, bound {bound}, gap {gap},"
            " {status}, {verdict}",
            objective=t(OBJECTIVES[record["objective"]]),
            cost=figure(record["objective_mln"], ",.1f"),
            bound=bound(record["bound_mln"], record["objective_mln"], ",.1f"),
            gap=upper(record["gap"], ".2%"),
            status=spoken().word(record["status"].replace("_", " ")),
            verdict=show.verdict(record["verified"]),
        )
    )
    if record["status"] == "contradicted":
        show.contradiction(record)
    for problem in record["problems"][:20]:
        _line(say("  {problem}", problem=problem))


def _show_worth(record: dict[str, Any]) -> None:
    """Print what it is worth to plan for all futures, and to know which one comes."""
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
        low=lower(low, ",.1f"),
        high=upper(high, ",.1f"),
    )
    low, high = record["perfect_information_mln"]
    _line(
        say(
            "value of perfect information: {low} to {high} mln",
            low=lower(low, ",.1f"),
            high=upper(high, ",.1f"),
        )
    )


def _line(text: Text, **values: object) -> None:
    show.out.print(t(text, **values), markup=False, soft_wrap=True)


def _number(name: str, value: float) -> str:
    """Return a number of a column; bounds are rounded to their side."""
    told = {"best_bound_mln": lower} | {
        key: lower if "least" in key else upper
        for key in (*REGRETS, *POLICIES)
        if "least" in key or "most" in key
    }
    return told.get(name, figure)(value, FORMATS.get(name, ",.1f"))


def _table(
    head: str, key: str, columns: Mapping[str, str], rows: list[dict[str, Any]]
) -> None:
    table = Table(show_edge=False, pad_edge=False)
    table.add_column(head)
    used = {name: title for name, title in columns.items() if rows and name in rows[0]}
    for title in used.values():
        table.add_column(t(title), justify="right")
    for row in rows:
        table.add_row(row[key], *(_number(name, row[name]) for name in used))
    if rows:
        show.out.print(table)
