"""Whether the record of a plan agrees with its tables and the instance."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from aumaq.instances.language.texts import say
from aumaq.instances.terms import MONEY
from aumaq.results.audit.facts import Facts
from aumaq.results.audit.findings import Notebook

RULE = "record"
PLANLESS = ("infeasible", "unbounded", "error")
"""Statuses of a solve that leaves no plan."""
TWICE = ("method", "formulation", "seed")
"""What stands in a record, and in its options again."""
OPTIMAL_GAP = 1e-5
"""Relative; the most that "optimal" leaves open: solvers stop at 1e-6."""
LEAST_GAP = 1e-8
"""Relative; a plan with less of a gap is optimal."""
WANTED_SLACK = 1e-4
"""Relative; by which the gap asked for may be passed: solvers stop at 1e-4 at least."""


def check_record(
    record: Mapping[str, Any],
    facts: Facts,
    terms: Mapping[str, float],
    unavoidable_mln: float | None,
    notes: Notebook,
) -> None:
    """Check sums, gap, status and names of a record against the recomputed *terms*.

    The bound is the solver's word: it can be compared with the objective only.
    *unavoidable_mln* is what no plan can avoid, None where nobody recomputed it.
    """
    objective_mln = sum(terms.values())
    _check_sums(record, terms, unavoidable_mln, notes)
    bound, claimed = record.get("bound_mln"), record.get("gap")
    gap = gap_of(objective_mln, math.nan if bound is None else float(bound))
    where = _always(say("gap"))
    if claimed is not None and math.isfinite(claimed) and math.isfinite(gap):
        text = say("the plan claims {value}, it is {limit}")
        notes.equal(RULE, claimed, gap, where, text)
    elif math.isfinite(gap) or (claimed is not None and math.isfinite(claimed)):
        told = say("the plan claims {value}, it is {limit}", value=claimed, limit=gap)
        notes.note(RULE, say("gap"), told)
    _check_status(record, gap, notes)
    wanted = {
        "scenario": facts.scenario["scenario"],
        "currency": facts.tables["instance"]["currency"].iloc[0],
        "instance": facts.tables["instance"]["name"].iloc[0],
        "periods": list(facts.times.names),
    }
    for key, right in wanted.items():
        if key in record and record[key] != right:
            notes.note(
                RULE,
                say("{key}", key=key),
                say(
                    "the plan says {value}, the instance {right}",
                    value=record[key],
                    right=right,
                ),
            )
    notes.checks += len(wanted)
    _check_options(record, notes)


def _check_options(record: Mapping[str, Any], notes: Notebook) -> None:
    """Check that what the record says twice of the solve is the same both times."""
    options = record.get("options") or {}
    text = say("the plan says {value}, its options say {right}")
    for key in TWICE:
        if key in record and key in options and record[key] != options[key]:
            told = text.given(value=record[key], right=options[key])
            notes.note(RULE, say("{key}", key=key), told)
    notes.checks += len(TWICE)


def _check_sums(
    record: Mapping[str, Any],
    terms: Mapping[str, float],
    unavoidable_mln: float | None,
    notes: Notebook,
) -> None:
    """Check what the record says of money, points and what cannot be avoided."""
    size, money = (
        sum(map(abs, terms.values())),
        sum(terms[name] for name in sorted(MONEY)),
    )
    points = sum(terms.values()) - money
    right: dict[str, float | None] = {"money_mln": money, "points_mln": points}
    right["unavoidable_mln"] = unavoidable_mln
    least, bound = record.get("unavoidable_mln"), record.get("bound_mln")
    if isinstance(least, int | float) and isinstance(bound, int | float):
        own = gap_of(money + points - least, bound - least)
        right["gap_of_decisions"] = own if math.isfinite(own) else None
    text = say("the plan claims {value}, it is {limit}")
    for key, value in right.items():
        if key in record and value is not None:
            scale = 0.0 if key == "gap_of_decisions" else size
            claimed = record[key]
            given = claimed if isinstance(claimed, int | float) else math.nan
            notes.equal(RULE, given, value, _always(say("{key}", key=key)), text, scale)


def _check_status(record: Mapping[str, Any], gap: float, notes: Notebook) -> None:
    """Check that the status says no more than objective and bound do."""
    status, where = str(record.get("status", "")), say("status")
    if status in PLANLESS or record.get("has_plan") is False:
        text = say("{status} says that there is no plan, and here is one",
                   status=status)  # fmt: skip
        notes.note(RULE, where, text)
    wanted = (record.get("options") or {}).get("gap")
    most = {"optimal": OPTIMAL_GAP}
    if isinstance(wanted, int | float):
        most["gap_reached"] = float(wanted) + WANTED_SLACK
    least = {"gap_reached": LEAST_GAP, "gap_left": LEAST_GAP}
    if isinstance(wanted, int | float):
        least["gap_left"] = max(LEAST_GAP, float(wanted) * (1.0 - WANTED_SLACK))
    is_too_wide = status in most and not gap <= most[status]
    if is_too_wide or gap < least.get(status, -math.inf):
        text = say("{status} with a gap of {gap:.4%}", status=status, gap=gap)
        notes.note(RULE, where, text, gap)


def gap_of(objective: float, bound: float) -> float:
    """Return (objective - bound) / |objective|; NaN without a bound, 0 if nearly so."""
    distance = objective - bound
    if not math.isfinite(distance):
        return math.nan
    if abs(distance) <= 1e-9 * max(1.0, abs(objective)):
        return 0.0
    return distance / abs(objective) if objective else math.inf


def _always(name: str) -> Callable[..., str]:
    return lambda *_: name
