"""Compare plans: the first with each of the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from aumaq.instances import ArgumentError, OptionError, UnknownNameError
from aumaq.instances.arguments import checked
from aumaq.instances.language.texts import say
from aumaq.results.comparison import decisions, indicators, inputs
from aumaq.results.comparison.columns import LETTERS
from aumaq.results.indicators.gains import gains
from aumaq.results.indicators.state import of_plan
from aumaq.results.plan.plan import Plan
from aumaq.results.strict_json import plain_rows


@dataclass(frozen=True)
class Comparison:
    """What differs between plans, as tables; the plans go by the letters A, B, ...

    ``plans``: letter, name, instance, scenario, status, figures. Inputs: ``settings``,
    ``input_counts``, ``input_changes``, ``people``, ``people_by_region``. Decisions:
    ``decision_counts``, ``decision_changes``, ``actions``, ``money`` (discounted),
    ``money_by_service``, ``money_by_region`` (investment, not discounted). What comes
    of them: ``gains`` (who gains and who loses against A), ``figures``, ``targets``,
    ``indicators``, ``indicators_by_region``, ``objective``. Changes have a column
    ``plan``: which plan differs from A. Columns
    ``B-A`` are differences; money is in mln of each plan's currency.
    """

    plans: tuple[Plan, ...]
    names: tuple[str, ...]
    tables: Mapping[str, pd.DataFrame]

    @checked
    def table(self, name: str) -> pd.DataFrame:
        """Return a copy of a table (UnknownNameError if there is none)."""
        if name not in self.tables:
            raise UnknownNameError(say("table"), name, self.tables)
        return self.tables[name].copy(deep=False)

    @property
    def letters(self) -> tuple[str, ...]:
        """The letters of the plans."""
        return LETTERS[: len(self.plans)]

    @checked
    def plan(self, letter: str) -> Plan:
        """Return the plan of a letter (UnknownNameError if there is none)."""
        if letter not in self.letters:
            raise UnknownNameError(say("plan"), letter, self.letters)
        return self.plans[self.letters.index(letter)]

    def record(self) -> dict[str, Any]:
        """Return all tables as plain values: lists of rows."""
        return {name: plain_rows(table) for name, table in self.tables.items()}

    def _repr_html_(self) -> str:
        from aumaq.results.comparison.text import in_words

        shown = (in_words(self, name) for name in ("plans", "figures"))
        tables = (rows.to_html(index=False, border=0) for rows in shown)
        return f"<div class='aumaq'>{''.join(tables)}</div>"

    @checked
    def to_html(self, file: str | Path, lang: str = "en") -> Path:
        """Write one page that opens offline; *lang* is en, kk or ru."""
        from aumaq.results.comparison.page import write_comparison

        write_comparison(self, Path(file), lang)
        return Path(file)


@checked
def compare(
    plans: Sequence[Any] | Plan,
    *more: Any,
    names: Sequence[str] = (),
) -> Comparison:
    """Compare the first plan with each of the others: ``compare(a, b)``, or a list.

    *names* are for readers (default: the scenarios). Plans may be of different
    scenarios, options or instances. Raises OptionError for fewer than two plans or more
    than there are letters.
    """
    plans, names = _given(plans, more, names)
    if not 2 <= len(plans) <= len(LETTERS):
        raise OptionError(
            say(
                "give 2 to {most} plans, not {count}",
                most=len(LETTERS),
                count=len(plans),
            )
        )
    names = tuple(names) or tuple(plan.instance.scenario for plan in plans)
    if len(names) != len(plans):
        raise OptionError(
            say("give a name for each of {count} plans", count=len(plans))
        )
    return Comparison(tuple(plans), names, MappingProxyType(_tables(plans, names)))


def _tables(plans: Sequence[Plan], names: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Return what differs between plans, by the names of the tables."""
    first, others = plans[0], dict(zip(LETTERS[1:], plans[1:], strict=False))
    people, measured = inputs.people(plans), indicators.indicators(plans)

    def against_first(
        compared: Callable[[Plan, Plan], pd.DataFrame],
    ) -> pd.DataFrame:
        return _stacked({k: compared(first, other) for k, other in others.items()})

    changes = against_first(lambda a, b: inputs.changed_inputs(a.instance, b.instance))
    decided = against_first(decisions.changed_decisions)
    counted = {
        letter: inputs.counts(changes[changes["plan"] == letter]) for letter in others
    }
    return {
        "plans": _plans(plans, names),
        "settings": inputs.differing_settings(plans),
        "input_counts": _stacked(counted),
        "input_changes": changes,
        "people": _where(people, everywhere=True),
        "people_by_region": _where(people, everywhere=False),
        "decision_counts": decisions.number_differing(plans, decided),
        "decision_changes": decided,
        "actions": decisions.action_counts(plans),
        "money": decisions.money(plans),
        "money_by_service": decisions.investment(plans, "service"),
        "money_by_region": decisions.investment(plans, "region"),
        "gains": against_first(lambda a, b: gains(of_plan(a), of_plan(b))),
        "targets": indicators.targets(plans),
        "figures": indicators.key_figures(plans),
        "indicators": _where(measured, everywhere=True),
        "indicators_by_region": _where(measured, everywhere=False),
        "objective": indicators.objective(plans),
    }


def _given(
    plans: Sequence[Any] | Plan, more: tuple[Any, ...], names: Sequence[str]
) -> tuple[list[Plan], Sequence[str]]:
    """Return plans that were given one by one, or as a list with names behind it."""
    if isinstance(plans, Plan):
        found = [plans, *more]
    else:
        found = list(plans)
        names = more[0] if len(more) == 1 else names
        if isinstance(names, str) or not isinstance(names, Sequence) or len(more) > 1:
            text = say(
                "compare: give plans one by one, or a list of plans and of names"
            )
            raise ArgumentError(text, ["more"])
    for k, one in enumerate(found):
        if not isinstance(one, Plan):
            text = say(
                "compare: plans[{k}] must be of type Plan, not {shown} ({kind})",
                k=k,
                shown=repr(one)[:40],
                kind=type(one).__name__,
            )
            raise ArgumentError(text, ["plans"])
    return found, names


def _plans(plans: Sequence[Plan], names: Sequence[str]) -> pd.DataFrame:
    rows = [
        {
            "plan": letter,
            "name": name,
            "instance": plan.instance.name,
            "scenario": plan.instance.scenario,
            "method": plan.record["method"],
            "status": plan.status,
            "objective_mln": plan.objective_mln,
            "bound_mln": plan.bound_mln,
            "gap": plan.gap,
            "verified": plan.is_verified,
        }
        for letter, plan, name in zip(LETTERS, plans, names, strict=False)
    ]
    return pd.DataFrame(rows)


def _where(rows: pd.DataFrame, *, everywhere: bool) -> pd.DataFrame:
    """Return the rows of the whole territory, or those of its regions."""
    if everywhere:
        return rows[rows["region"] == ""].drop(columns="region").reset_index(drop=True)
    return rows[rows["region"] != ""].reset_index(drop=True)


def _stacked(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return frames of several plans under each other, told apart by ``plan``."""
    parts = []
    for letter, frame in frames.items():
        part = frame.copy()
        part.insert(0, "plan", pd.Series(letter, index=part.index, dtype="str"))
        parts.append(part)
    return pd.concat(parts, ignore_index=True)
