"""What the model weighs is what the tables say: term by term, on every solve."""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle
from typing import Any

import numpy as np
import pandas as pd
import pytest
from eventful_plan import eventful

import aumaq
from aumaq.instances import Instance, from_tables
from aumaq.instances.terms import TERMS
from aumaq.model.algebra import Rows
from aumaq.model.context import Context
from aumaq.model.data.gathered import gather
from aumaq.results.audit import audit
from aumaq.results.plan.decision_tables import decision_tables
from aumaq.results.plan.plan import Plan
from aumaq.results.plan.terms import disagreements
from aumaq.solvers import METHODS, Given, Silent, Solution, SolveOptions
from aumaq.solvers.solution.decisions import Weighed
from aumaq.solvers.solution.terms import OF_MOVES, SLACKS_OF_MOVES

SLIGHTLY = 1.001
"""By this a price is broken: the best plan stays the same."""


@pytest.fixture(scope="module")
def instance() -> Instance:
    """Return an instance in whose plan every term costs something.

    Of two clinics in reach one is renewed, the other closes.
    """
    service = {
        "service": "h",
        "unserved_mln_per_unit_year": 9.0,
        "trips_per_year": 20.0,
        "renewal_share": 0.5,
        "transport_cost_per_km": 10.0,
    }
    clinic = {"service": "h", "level": 1, "capacity": 400.0, "capex_mln": 4.0}
    clinic |= {"opex_mln_per_year": 2.0, "closing_mln": 0.2}
    site = {"service": "h", "status": "existing"}
    stands = {"service": "h", "level": 1}
    return eventful(
        policies=[{"value_of_time_per_hour": 500.0}],
        services=[service],
        levels=[clinic],
        sites=[{**site, "site": f"h{at}", "settlement": at} for at in "ab"],
        facilities=[{**stands, "site": f"h{at}", "renew_by_year": 2026} for at in "ab"],
    )


def terms_of(plan: Plan) -> dict[str, float]:
    """Return the terms of the objective."""
    rows = plan.table("objective")
    return dict(zip(rows["term"], rows["discounted_mln"], strict=True))


@pytest.fixture(scope="module")
def right(instance: Instance) -> Plan:
    """Return its plan, in which every term weighs something."""
    plan = aumaq.solve(instance, gap=0.0)
    assert plan.record["problems"] == []
    assert all(terms_of(plan).values())
    return plan


@pytest.mark.slow
@pytest.mark.parametrize("term", TERMS)
def test_a_broken_term_is_found(
    instance: Instance, right: Plan, term: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A price that is wrong in the model alone: the plan is not called verified."""
    pay = Context.pay

    def broken(self: Context, name: str, mln: Any, variables: Any) -> None:
        factor = SLIGHTLY if name == term else 1.0
        pay(self, name, np.asarray(mln) * factor, variables)

    assert term in terms_of(right)
    monkeypatch.setattr(Context, "pay", broken)
    plan = aumaq.solve(instance, gap=0.0)
    assert not plan.is_verified
    told = [one for one in plan.record["problems"] if "(model): " in one]
    assert [one.split(": ")[1] for one in told] == [f"term {term}"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("objective", "term"),
    [*zip(cycle(["expected", "worst"]), TERMS, strict=False), ("worst", TERMS[0])],
)
def test_a_broken_term_is_found_in_each_future(
    instance: Instance, term: str, objective: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A price that is too low in the models of futures: no plan is called verified."""
    scenarios = [{"scenario": name, "probability": 0.5} for name in ("low", "high")]
    futures = from_tables({**instance.base, "scenarios": pd.DataFrame(scenarios)})
    names = [one["scenario"] for one in scenarios]
    pay = Context.pay

    def broken(self: Context, name: str, mln: Any, variables: Any) -> None:
        factor = 1.0 / SLIGHTLY if name == term else 1.0
        pay(self, name, np.asarray(mln) * factor, variables)

    def told() -> list[list[str]]:
        found = aumaq.solve_futures(futures, names, objective=objective, gap=0.0)
        return [plan.record["problems"] for plan in found.plans.values()]

    if term == TERMS[0]:
        assert told() == [[], []]
    monkeypatch.setattr(Context, "pay", broken)
    for problems in told():  # a credit that is too small breaks the bound as well
        own = [one for one in problems if "(model): " in one]
        assert len(own) == 1
        assert f"term {term}: " in own[0]


SLACKS = {
    ("shortfall", ("near", "b", "p1")): "standard near, group b, period p1",
    ("overrun", ("all", "p1")): "budget all, period p1",
    ("missed", ("ab", "p1")): "connection ab, period p1",
}


@pytest.fixture(scope="module")
def slack() -> tuple[Instance, Solution, dict[str, pd.DataFrame]]:
    """Return an instance that misses all that may be missed, solved and audited."""
    rule = {"is_hard": False, "minutes": 1.0, "shortfall_mln_per_year": 0.5}
    rows = eventful()
    instance = rows.replace(
        connections=rows.table("connections").assign(**rule),
        buses=rows.table("buses").iloc[:0],  # whoever rides one is near enough,
        mobile_services=rows.table("mobile_services").iloc[:0],  # or is visited
    )
    solution = METHODS["direct"](instance, SolveOptions(gap=0.0), Silent(), Given())
    assert solution.decisions is not None
    tables = decision_tables(gather(instance), solution.decisions)
    return instance, solution, audit(instance, tables).tables


@pytest.mark.parametrize("name", SLACKS)
def test_a_slack_that_is_not_what_is_missing_is_found(
    slack: tuple[Instance, Solution, dict[str, pd.DataFrame]], name: Any
) -> None:
    """Also where another row makes up for it, so that the terms are the same."""
    _, solution, tables = slack
    weighed = solution.weighed
    assert weighed is not None
    assert weighed.slacks.keys() >= SLACKS.keys()
    assert disagreements(tables, weighed) == []
    amount, price = weighed.slacks[name]
    assert amount > 0.0
    assert price > 0.0
    other = {**weighed.slacks, name: (amount * SLIGHTLY, price)}
    (told,) = disagreements(tables, replace(weighed, slacks=other))
    assert SLACKS[name] in told.place


@pytest.mark.slow
@pytest.mark.parametrize("name", SLACKS)
def test_a_row_with_a_broken_slack_is_found(
    slack: tuple[Instance, Solution, dict[str, pd.DataFrame]],
    name: tuple[str, tuple[str, ...]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A slack that counts for too much in its row of the model is too small."""
    add = Rows.add

    def broken(self: Rows, terms: Any, coefficient: Any = 1.0) -> Rows:
        label = self._block.program.label
        is_own = len(terms) and label(int(terms["var"][0]))[0] == name[0]
        factor = SLIGHTLY if is_own else 1.0
        return add(self, terms, np.asarray(coefficient) * factor)

    monkeypatch.setattr(Rows, "add", broken)
    record = aumaq.solve(slack[0], gap=0.0).record
    told = record.get("rejected", record["problems"])  # the first plan may stay
    assert any(SLACKS[name] in problem for problem in told)


def test_what_is_taken_out_later_is_no_difference() -> None:
    """Of a round of moves neither its cost nor its credit is left; all else is told."""
    weighed = {"building": 50.0, "residual": -20.0, "operation": 30.0}

    def told(*amounts: float) -> dict[str, pd.DataFrame]:
        rows = {"term": list(weighed), "discounted_mln": amounts}
        return {"objective": pd.DataFrame(rows)}

    tables = told(40.0, -16.0, 30.0)
    assert len(disagreements(tables, Weighed(weighed, {}))) == 2
    assert disagreements(tables, Weighed(weighed, {}, OF_MOVES)) == []
    dearer = told(60.0, -24.0, 31.0)
    assert len(disagreements(dearer, Weighed(weighed, {}, OF_MOVES))) == 3


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_less_of_a_slack_is_no_difference_where_it_is_saved(
    factor: float, slack: tuple[Instance, Solution, dict[str, pd.DataFrame]]
) -> None:
    """More above a budget than the model lets is told; less, if nothing was saved."""
    _, solution, tables = slack
    assert solution.weighed is not None
    key = ("overrun", ("all", "p1"))
    amount, price = solution.weighed.slacks[key]
    other = {**solution.weighed.slacks, key: (amount * factor, price)}
    told = replace(solution.weighed, slacks=other)
    assert len(disagreements(tables, told)) == 1
    saved = replace(told, saved_slacks=SLACKS_OF_MOVES)
    assert len(disagreements(tables, saved)) == (0 if factor > 1.0 else 1)
