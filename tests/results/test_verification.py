"""The verifier finds every way in which a plan can be false."""

from __future__ import annotations

import pytest
from corruptions import (
    CORRUPTIONS,
    ON_GROWTH_POINTS,
    ON_NETWORKS,
    ON_ROADS,
    UNDER_A_RULE,
    UNHEARD_OF,
    best_plan,
    ruled,
)
from rule_kinds import KINDS, kind_of
from tiny_instances import tiny

import aumaq
from aumaq.instances import Instance
from aumaq.instances.rules import rules_of, rules_that_apply
from aumaq.instances.schema.plan import PLAN
from aumaq.results import Plan


@pytest.fixture(scope="module")
def instance() -> Instance:
    """The tiny instance with rules of several kinds."""
    return ruled()


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Its optimal plan."""
    return best_plan()


@pytest.mark.slow
def test_the_plan_itself_is_sound(plan: Plan) -> None:
    """The plan that is corrupted below is without fault, and uses both priced rules."""
    assert plan.verify().problems == ()
    assert plan.shortfalls["shortfall"].max() > 0
    assert plan.budgets["overrun_mln"].max() > 0


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_corruption_is_found(instance: Instance, plan: Plan, name: str) -> None:
    """Each corruption is found, and blamed on the rule that it breaks."""
    change, rule = CORRUPTIONS[name]
    tables = dict(plan.tables)
    change(tables)
    found = aumaq.verify(
        instance,
        tables,
        claimed_objective_mln=plan.objective_mln,
        bound_mln=plan.bound_mln,
    )
    assert not found.is_feasible
    broken = {problem.rule for problem in found.problems}
    assert rule in broken, found.problems
    assert broken <= {rule.id for rule in rules_that_apply(instance)}


@pytest.mark.slow
@pytest.mark.parametrize("name", [*UNDER_A_RULE, *UNHEARD_OF])
def test_a_rule_that_the_plan_did_not_know_is_broken(name: str) -> None:
    """A plan is sound until the instance asks for more."""
    rows, more, change, rule = {**UNDER_A_RULE, **UNHEARD_OF}[name]
    plan = aumaq.solve(tiny(**rows), gap=0.0)
    tables, instance = dict(plan.tables), tiny(**{**rows, **more})
    change(tables)
    found = aumaq.verify(instance, tables, claimed_objective_mln=None)
    assert plan.is_verified
    assert rule in {problem.rule for problem in found.problems}, found.problems
    assert (rule in rules_of(instance)) == (name in UNDER_A_RULE)


BROKEN_ELSEWHERE = {
    "roads:access": "a way that does not stand is told as access to the service",
    "record": "a record is no table: test_every_column.py",
    "model": "asks for a model: test_model_terms.py",
    "indicators": "asks for a file: test_indicator_claims.py",
    "futures:first-period": "asks for several plans: test_futures.py",
}
"""Kinds of rules that no table of a single plan breaks, and why."""


def test_every_kind_of_rule_is_broken_by_a_corruption() -> None:
    """Who adds a rule adds a plan that breaks it."""
    changes = (CORRUPTIONS, ON_ROADS, ON_NETWORKS, ON_GROWTH_POINTS, UNDER_A_RULE)
    broken = {kind_of(str(one[-1])) for dict_ in changes for one in dict_.values()}
    assert broken.isdisjoint(BROKEN_ELSEWHERE)
    assert broken | set(BROKEN_ELSEWHERE) == KINDS


def test_faults_of_a_plan_are_told_under_rules_that_there_are() -> None:
    """Tables and columns name the rule of their faults: the catalogue knows it."""
    forms = {table.rule for table in PLAN}
    forms |= {column.rule for table in PLAN for column in table.columns if column.rule}
    assert {kind_of(form) for form in forms} <= KINDS


@pytest.mark.parametrize("allocation", ["free", "whole", "nearest"])
def test_rules_that_do_not_apply_are_not_shown(allocation: str) -> None:
    """Who may be split is not told to go as a whole; nobody renews what is new."""
    service = {"service": "s", "allocation": allocation}
    instance = tiny(services=[service])
    shown = {rule.id for rule in rules_that_apply(instance)}
    kinds = {"whole:s", "nearest:s", "renewal:s", "lock:s", "required:s"}
    assert shown & kinds == {f"{allocation}:s"} & kinds
    assert {"siting:s", "allocation:s", "access:s", "capacity:s"} <= shown


def test_a_false_objective_or_bound_is_found(instance: Instance, plan: Plan) -> None:
    """The claimed objective must be that of the tables, and no bound above it."""
    low = aumaq.verify(
        instance, plan.tables, claimed_objective_mln=plan.objective_mln - 1.0
    )
    high = aumaq.verify(
        instance,
        plan.tables,
        claimed_objective_mln=plan.objective_mln,
        bound_mln=plan.objective_mln + 1.0,
    )
    assert not low.is_feasible
    assert not high.is_feasible
