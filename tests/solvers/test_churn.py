"""Nothing is built and given up for nothing, and a plan without it is never worse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from step_instances import LAST_YEARS, levels_of, site_case, step_instances

from aumaq.instances import Instance
from aumaq.model import gather
from aumaq.model.built import exists
from aumaq.solvers.compiled import Compiled, compiled
from aumaq.solvers.futures.first_stage import first_stages
from aumaq.solvers.highs.matrices import with_fixed
from aumaq.solvers.highs.solver import Outcome
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.polish.churn import (
    idle_facilities,
    missed_facilities,
    without_rounds,
)
from aumaq.solvers.polish.polished import around, changed
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Decisions, Given, ServiceDecisions


def held(instance: Instance, levels: list[int]) -> tuple[Compiled, Outcome | None]:
    """Return the best plan in which the site runs at *levels*, period by period."""
    c = compiled(instance, SolveOptions(gap=0.0), Silent(), Given())
    values = np.zeros(len(c.matrices.cost))
    units = c.built.variables["s"].units
    for j, level, t in np.argwhere(exists(units)).tolist():
        column = c.place[units[j, level, t]]
        if column >= 0:
            values[column] = float(levels[t] == level)
    return c, around(c, values)


def test_what_closes_unused_is_not_built() -> None:
    """Level 1 holds all; level 2 for a year costs 50 more and runs 1 cheaper."""
    levels = levels_of((10.0, 5.0, 0.0), (60.0, 4.0, 0.0), (100.0, 3.0, 0.0))
    c, plan = held(site_case(levels, [100.0, 100.0, 100.0]), [1, 2, 1])
    assert plan is not None
    after = changed(c, plan, idle_facilities)
    assert np.isclose(plan.objective - after.objective, 50.0 - 1.0)


@pytest.mark.parametrize(
    ("levels", "saved"),
    [
        # Built again: a year without school costs ten people 100 each.
        ([1, 0, 1], 1000.0 + 60.0 + 2.0 - 5.0),
        # For good, and made smaller for good: all stay unserved, or nobody.
        ([1, 0, 0], (1000.0 - 5.0) * (1 + LAST_YEARS) + 2.0),
        ([2, 2, 1], 0.0),
    ],
)
def test_what_is_missed_is_not_given_up(levels: list[int], saved: float) -> None:
    """Kept where running it costs less than doing without, or than building anew."""
    stock = {"service": "s", "site": "a", "level": max(levels), "units": 1}
    site = {"site": "a", "service": "s", "settlement": "a", "status": "existing"}
    rows = levels_of((60.0, 5.0, 2.0), (90.0, 7.0, 3.0))
    case = site_case(rows, [100.0] * 3, facilities=[stock], sites=[site])
    c, plan = held(case, levels)
    assert plan is not None
    after = changed(c, plan, missed_facilities)
    assert np.isclose(plan.objective - after.objective, saved)


def test_what_is_kept_is_renewed() -> None:
    """Half of 60 in the second period, when it is due, and it stays all the same."""
    stock = {"service": "s", "site": "a", "level": 1, "units": 1, "renew_by_year": 2027}
    site = {"site": "a", "service": "s", "settlement": "a", "status": "existing"}
    rows = levels_of((60.0, 5.0, 2.0))
    case = site_case(rows, [100.0] * 3, facilities=[stock], sites=[site])
    service = case.table("services").assign(renewal_share=0.5)
    c, plan = held(case.replace(services=service), [1, 0, 0])
    assert plan is not None
    after = changed(c, plan, missed_facilities)
    saved = (1000.0 - 5.0) * (1 + LAST_YEARS) + 2.0 - 30.0
    assert np.isclose(plan.objective - after.objective, saved)


@pytest.mark.parametrize("levels", [[0, 0, 0], [0, 1, 1], [1, 0, 1]])
def test_what_is_settled_stays(levels: list[int]) -> None:
    """What is decided for the first period, for other futures' sake, is not undone."""
    stock = {"service": "s", "site": "a", "level": 1, "units": 1}
    site = {"site": "a", "service": "s", "settlement": "a", "status": "existing"}
    rows = levels_of((60.0, 5.0, 2.0))
    c, plan = held(
        site_case(rows, [100.0] * 3, facilities=[stock], sites=[site]), levels
    )
    assert plan is not None
    assert plan.values is not None
    (stage,) = first_stages([(c.built, c.matrices, c.place)])
    known = stage.column >= 0
    fixed = with_fixed(c.matrices, stage.column[known], stage.read(plan.values)[known])
    free = changed(c, plan, missed_facilities)
    after = changed(replace(c, matrices=fixed), plan, missed_facilities)
    assert after.values is not None
    assert (stage.read(after.values) == stage.read(plan.values)).all()
    assert free.objective < plan.objective - 1.0
    assert (after.objective < plan.objective - 1.0) == (levels[0] == 1)


@examples(40)
@given(instance=step_instances(), data=st.data())
def test_a_plan_without_idle_facilities_is_no_worse(
    instance: Instance, data: st.DataObject
) -> None:
    """Feasible under budgets, locks and renewals; what is left cannot be spared."""
    size = len(instance.period_names)
    levels = data.draw(st.lists(st.integers(0, 3), min_size=size, max_size=size))
    c, plan = held(instance, levels)
    if plan is None:
        return
    kept = changed(c, plan, missed_facilities)
    assert kept.objective <= plan.objective + 1e-6
    after = changed(c, plan, idle_facilities)
    assert after.values is not None
    assert after.objective <= plan.objective + 1e-6
    for left in idle_facilities(c.built, c.place, after.values):
        without = around(c, left.applied(after.values))
        assert without is None or without.objective > after.objective - 1e-6


@pytest.mark.slow
@examples(100)
@given(data=st.data())
def test_places_are_not_swapped(data: st.DataObject) -> None:
    """As many facilities leave and reach each level; none goes round, nobody pays."""
    levels = levels_of((10.0, 1.0, 1.0), (20.0, 1.0, 2.0), (30.0, 1.0, 3.0))
    due = data.draw(st.sampled_from([0, 2026]))
    sites = [{"site": "a", "service": "s", "settlement": "a", "max_units": 9,
              "status": "existing"}]  # fmt: skip
    stock = [{"service": "s", "site": "a", "level": 1, "units": 2,
              "renew_by_year": due}]  # fmt: skip
    built = gather(site_case(levels, [0.0, 0.0], sites=sites, facilities=stock))
    d, cells = built.services["s"], st.integers(0, 2)
    moves = np.array([data.draw(cells) for _ in range(32)]).reshape(1, 4, 4, 2)
    nothing = np.zeros((1, 4, 2), dtype=np.int64)
    shares = np.zeros((1, 2))
    plan = ServiceDecisions(nothing, moves, nothing, shares, shares)
    after = without_rounds(built, Decisions({"s": plan})).services["s"].moves
    assert (after >= 0).all()
    for axis in (1, 2):
        assert (after.sum(axis=axis) == moves.sum(axis=axis)).all()
    price = d.transition_mln[None, :, :, None]
    assert (after * price).sum() <= (moves * price).sum()
    both = np.minimum(after, after.swapaxes(1, 2))[0]
    both[np.arange(4), np.arange(4)] = 0
    if not due:
        assert both.max() == 0
    left = moves[0, 1].sum(axis=0) - moves[0, 1, 1]
    stays = after[0, 1].sum(axis=0) - after[0, 1, 1]
    was_right = np.cumsum(left) >= d.due[0, 1]
    assert (np.cumsum(stays) >= d.due[0, 1])[was_right].all()
