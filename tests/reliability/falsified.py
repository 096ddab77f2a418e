"""Falsified plans, and checks of the audit taken away: each must show.

A check is a call that may write a finding down. Who takes it away loses its findings;
if then no falsified plan passes that was found before, no test would see the loss.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from corruptions import (
    CORRUPTIONS,
    ON_GROWTH_POINTS,
    ON_NETWORKS,
    ON_ROADS,
    UNDER_A_RULE,
    UNHEARD_OF,
    Corruptions,
    best_plan,
)
from grid_example import grid_rows
from programme import Kind
from tiny_instances import tiny
from two_villages import two_villages

import aumaq
from aumaq.instances import Instance
from aumaq.results import audit as package
from aumaq.results.audit import audit
from aumaq.results.audit.findings import Notebook
from aumaq.results.plan.plan import Plan

FOLDER = Path(package.__file__).parent
CALLS = ("note", "at_most", "equal")
SHARED = ("findings.py", "network.py")
"""Through these files others write their findings down."""


ELSEWHERE = ("record.py", "verification.py")
"""What these check is no table of a plan: tests/results/test_every_column.py."""


NO_TABLE = (
    "minutes differ by",
    "km in the plan",
    "is {value} in the plan",
    "elsewhere",
)
"""Texts of checks that no false table breaks: two ways to find the same minutes are
compared within the audit, and what is more than may be shown is only counted."""


@dataclass(frozen=True)
class Case:
    """A falsified plan: its tables, what it is judged by, and the rule it breaks."""

    name: str
    instance: Instance
    tables: dict[str, Any]
    objective_mln: float | None
    rule: str


@cache
def solved(name: str) -> Plan:
    """Return the plan that a list of falsifications is about."""
    made = {
        "roads": lambda: two_villages(price=5.0),
        "networks": lambda: tiny(**grid_rows()),
        "growth": lambda: tiny(**TOWNS),
    }
    return best_plan() if name == "plan" else aumaq.solve(made[name](), gap=0.0)


TOWNS: dict[str, Any] = {
    "settlements": [{"settlement": "a", "population": 100.0},
                    {"settlement": "b", "population": 50.0}],
    "policies": [{"discount_rate": 0.0, "value_of_time_per_hour": 0.0,
                  "count_residual_value": False}],
    "services": [{"service": "s", "unserved_mln_per_unit_year": 1.0,
                  "nearest_sites": 0}],
    "sites": [{"site": "a", "service": "s", "settlement": "a"}],
    "travel": [{"settlement": "b", "site": "a", "minutes": 90.0}],
    "levels": [{"service": "s", "level": 1, "capacity": 150.0, "capex_mln": 10.0}],
    "growth_tiers": [{"tier": "top"}],
    "growth_candidates": [{"settlement": "a", "tier": "top", "gain_share": 0.5,
                           "capex_mln": 5.0}],
    "concentrations": [{"concentration": "k", "service": "s", "share": 0.5}],
}  # fmt: skip
"""Two villages of which one grows: where people come to the school."""
LISTS: dict[str, Corruptions] = {
    "plan": CORRUPTIONS,
    "roads": ON_ROADS,
    "networks": ON_NETWORKS,
    "growth": ON_GROWTH_POINTS,
}
RULES = {**UNDER_A_RULE, **UNHEARD_OF}
NAMES = [
    *((of, name) for of, listed in LISTS.items() for name in listed),
    *(("rule", name) for name in RULES),
]


@cache
def case(number: int) -> Case:
    """Return a falsified plan."""
    of, name = NAMES[number]
    if of == "rule":
        rows, more, change, rule = RULES[name]
        plan, instance, told = aumaq.solve(tiny(**rows), gap=0.0), None, None
        instance = tiny(**{**rows, **more})
    else:
        change, rule = LISTS[of][name]
        plan = solved(of)
        instance, told = plan.instance, plan.objective_mln
    tables = dict(plan.tables)
    change(tables)
    return Case(f"{of}: {name}", instance, tables, told, rule)


@cache
def sites() -> tuple[tuple[str, int, int], ...]:
    """Return all checks of the audit: file, first and last line of the call."""
    return tuple(_sites())


def _sites() -> Iterator[tuple[str, int, int]]:
    for file in sorted(FOLDER.glob("*.py")):
        if file.name in (*SHARED, *ELSEWHERE):
            continue
        lines = file.read_text("utf-8").splitlines(keepends=True)
        for node in ast.walk(ast.parse("".join(lines))):
            is_call = isinstance(node, ast.Call)
            if is_call and getattr(node.func, "attr", "") in CALLS:
                near = "".join(lines[node.lineno - 4 : node.end_lineno])
                if any(part in near for part in NO_TABLE):
                    continue
                yield file.name, node.lineno, node.end_lineno or node.lineno


Told = frozenset[tuple[str, tuple[str, int, int]]]


@cache
def found(number: int) -> tuple[Told, Told]:
    """Return the rules that a falsified plan breaks, and which check says so.

    First of the plan as it is told, then of what it decides alone: there no column
    that follows from others is compared, and each rule stands on its own check.
    """
    one = case(number)
    told = heard(
        lambda: aumaq.verify(
            one.instance, one.tables, claimed_objective_mln=one.objective_mln
        )
    )
    return told, heard(lambda: audit(one.instance, one.tables))


def heard(work: Callable[[], object]) -> Told:
    """Return what is written into notebooks meanwhile: rules, and the checks."""
    told: set[tuple[str, tuple[str, int, int]]] = set()
    note = Notebook.note

    def noted(self: Notebook, rule: str, *given: Any, **named: Any) -> None:
        told.add((rule, _caller()))
        note(self, rule, *given, **named)

    Notebook.note = noted  # type: ignore[method-assign]
    try:
        work()
    finally:
        Notebook.note = note  # type: ignore[method-assign]
    return frozenset(told)


def _caller() -> tuple[str, int, int]:
    frame: Any = sys._getframe(2)
    while Path(frame.f_code.co_filename).name in SHARED:
        frame = frame.f_back
    file, line = Path(frame.f_code.co_filename).name, frame.f_lineno
    inside = [s for s in sites() if s[0] == file and s[1] <= line <= s[2]]
    return inside[-1] if inside else (file, line, line)


def falsified(_: int, number: int, __: Path) -> list[str]:
    """Try one: its fault is found, under the rule that it breaks."""
    rules = {rule for rule, _ in found(number)[0]}
    one = case(number)
    return [] if one.rule in rules else [f"{one.name}: {one.rule} is not in {rules}"]


def a_check(_: int, number: int, __: Path) -> list[str]:
    """Try a check: it finds some falsified plan, under the rule that this breaks."""
    site = sites()[number]
    for k in range(len(NAMES)):
        told, of_decisions = found(k)
        if (case(k).rule, site) in told | of_decisions:
            return []
    return [f"{site[0]}, line {site[1]}: no falsified plan is found by this check"]


def without_a_check(_: int, number: int, __: Path) -> list[str]:
    """Take a check away: a falsified plan is no longer found under its rule."""
    site = sites()[number]
    for k in range(len(NAMES)):
        rule = case(k).rule
        if any({s for r, s in told if r == rule} == {site} for told in found(k)):
            return []
    return [f"{site[0]}, line {site[1]}: another check says the same"]


KINDS = [
    Kind("a falsified plan is found", "audit", len(NAMES), falsified),
    Kind("a check finds a falsified plan", "audit", len(sites()), a_check),
]
