"""What a plan spends, as who pays for it is found anew: held against the audit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from examples import examples
from hypothesis import given
from running_rows import DRAWN
from tiny_instances import tiny, tiny_instances

import aumaq
from aumaq.instances import Instance
from aumaq.instances.terms import INVESTMENT
from aumaq.model.data.financing import KINDS
from aumaq.model.data.gathered import gather
from aumaq.results import Plan
from aumaq.solvers.methods import METHODS
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Given
from aumaq.solvers.start.financing import spending_of

OPTIONS = SolveOptions(method="direct", gap=0.0)


def differences(instance: Instance) -> list[str]:
    """Return where the spending of the best plan is not that of the audit, mln."""
    data = gather(instance)
    solution = METHODS["direct"](instance, OPTIONS, Silent(), Given(data=data))
    if solution.decisions is None:  # a drawn one may ask for what cannot be
        return []
    plan = Plan.from_solution(instance, solution, OPTIONS, data)
    spent, told = spending_of(data, solution.decisions), plan.table("money")
    items = dict.fromkeys(INVESTMENT, "investment") | {"operation": "operation"}
    told = told.assign(kind=told["item"].map(items)).dropna(subset="kind")
    known = told.groupby(["kind", "service", "region", "period"])["amount_mln"].sum()
    return [
        f"{key}: {mln} spent, {known.get(key, 0.0)} told"
        for at, mln in np.ndenumerate(spent)
        for key in [(KINDS[at[0]], data.sectors[at[1]], data.regions[at[2]],
                     data.periods[at[3]])]
        if abs(mln - known.get(key, 0.0)) > 1e-5 * (1.0 + abs(mln))
    ]  # fmt: skip


@examples(40)
@given(instance=tiny_instances(running=frozenset(DRAWN)))
def test_spending_is_that_of_the_audit(instance: Instance) -> None:
    """With all ways in which facilities are run: second shift, staff, visits."""
    assert differences(instance) == []


def test_a_second_shift_is_paid_for() -> None:
    """Ten of fifty are in it: who pays anew pays for them too."""
    instance = tiny(
        policies=[{"discount_rate": 0.0, "value_of_time_per_hour": 0.0}],
        services=[{"service": "s", "unserved_mln_per_unit_year": 9.0}],
        settlements=[{"settlement": "a", "population": 50.0},
                     {"settlement": "b", "population": 0.0}],
        travel=[{"settlement": "b", "site": "a", "minutes": 30.0}],
        sites=[{"site": "a", "service": "s", "settlement": "a"}],
        levels=[{"service": "s", "level": 1, "capacity": 40.0, "capex_mln": 10.0,
                 "opex_mln_per_year": 1.0}],
        shifts=[{"service": "s", "extra_share": 0.5, "cost_mln_per_unit_year": 0.1}],
        )  # fmt: skip
    assert differences(instance) == []
    money = aumaq.solve(instance, gap=0.0).table("money").set_index("item")
    assert money["amount_mln"]["operation"] == pytest.approx(1.0 + 1.0)


def test_merging_is_paid_for() -> None:
    """What it costs, and what it saves each year from then on."""
    sites = [{"site": x, "service": "s", "settlement": x, "status": "existing"}
             for x in "ab"]  # fmt: skip
    instance = tiny(
        services=[{"service": "s", "unserved_mln_per_unit_year": 9.0}],
        levels=[{"service": "s", "level": 1, "capacity": 200.0, "capex_mln": 10.0,
                 "opex_mln_per_year": 3.0}],
        sites=sites,
        facilities=[{"service": "s", "site": x, "level": 1} for x in "ab"],
        possible_mergers=[{"possible_merger": "m", "service": "s", "site": "a",
                           "other_site": "b", "cost_mln": 0.5,
                           "saving_mln_per_year": 2.0}],
    )  # fmt: skip
    plan = aumaq.solve(instance, gap=0.0)
    assert len(plan.table("merged")) == 1
    assert differences(instance) == []
    pd.testing.assert_series_equal(
        plan.table("merged")["cost_mln"], pd.Series([0.5], name="cost_mln")
    )
