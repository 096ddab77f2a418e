"""The bound of sites that decide alone: never above the optimum, site by site exact."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from contingency_case import contingent
from coupled_instances import coupled_instances
from examples import examples
from growth_instances import growth_instances
from hypothesis import assume, given
from hypothesis import strategies as st
from road_instances import road_instances
from running_rows import DRAWN
from step_instances import step_instances
from tiny_instances import tiny_instances

import aumaq
from aumaq import NoPlanError, Plan
from aumaq.instances import Instance
from aumaq.instances.generators.clustered import clustered
from aumaq.solvers.blocks.split import coupling_families, split
from aumaq.solvers.compiled import Compiled, compiled
from aumaq.solvers.decomposed.ascent import Ascent
from aumaq.solvers.decomposed.blocks import PricedBlocks
from aumaq.solvers.decomposed.distance import Distance
from aumaq.solvers.decomposed.kernel import NEVER
from aumaq.solvers.decomposed.lift import Lift
from aumaq.solvers.decomposed.priced import OWN
from aumaq.solvers.decomposed.relaxation import Relaxation
from aumaq.solvers.highs.matrices import restricted
from aumaq.solvers.highs.solver import Outcome, Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Given, Status
from aumaq.solvers.work import Budget

KINDS = {
    "free": tiny_instances("free"),
    "whole": tiny_instances("whole"),
    "nearest": tiny_instances("nearest"),
    "power": coupled_instances("power"),
    "water": coupled_instances("water"),
    "angles": coupled_instances("angles"),
    "roads": road_instances("free"),
    "growth": growth_instances(tiny_instances("free")),
    "steps": step_instances(),
    "running": tiny_instances("free", running=frozenset(DRAWN)),
    "losses": contingent(coupled_instances("power")),
}
SURE = 1e-6


def _compiled(instance: Instance, formulation: str) -> Compiled:
    options = SolveOptions(gap=0.0, threads=1, formulation=formulation)
    return compiled(instance, options, Silent(), Given())


def _prices(r: Relaxation, seed: int) -> np.ndarray:
    """Draw prices of either sign, of the size of what they are measured by."""
    rng = np.random.default_rng(seed)
    begin, step = r.priced.begin, r.priced.step
    return r.allowed(begin + step * rng.normal(size=len(step)) * rng.choice([1.0, 9.0]))


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@examples(120)
@given(st.data(), st.sampled_from(["strong", "weak"]), st.integers(0, 2**20))
def test_no_bound_is_above_the_optimum(
    kind: str, data: st.DataObject, formulation: str, seed: int
) -> None:
    """At drawn prices, at those of an ascent, its best, and with the MIPs of blocks."""
    c = _compiled(data.draw(KINDS[kind]), formulation)
    best = Solver(c.matrices, c.options).run(60.0, Silent(), c.started)
    if best.status is not Status.OPTIMAL:
        return
    most = best.objective + SURE * (1.0 + abs(best.objective))
    relaxation = Relaxation(c)
    for k in range(4):
        assert relaxation.at(_prices(relaxation, seed + k)) <= most
    ascent = Ascent(relaxation)
    ascent.rise(100, time.monotonic() + 60.0, lambda: False)
    assert np.isfinite(ascent.bound)
    assert ascent.bound <= most
    assert relaxation.at(ascent.best) == pytest.approx(ascent.bound, rel=1e-9, abs=1e-6)
    parts = split(c.matrices, coupling_families())
    blocks = PricedBlocks(relaxation, parts)
    for y in (ascent.best, _prices(relaxation, seed)):
        lift, raised = Lift(c.options, relaxation, blocks), [relaxation.at(y)]
        lift.raised(y, Budget(60.0), raised.append)
        assert raised == sorted(raised)
        assert raised[-1] <= most
        if np.isfinite(raised[0]):
            _check_excess(blocks, best, best.objective - raised[0])


def _check_excess(blocks: PricedBlocks, best: Outcome, away: float) -> None:
    """No block of a plan costs less than the least, and all no more than it is away."""
    assert best.values is not None
    excess, room = blocks.excess(best.values), SURE * (1.0 + abs(best.objective))
    assert (excess >= -room).all()
    assert excess[np.isfinite(blocks.least)].sum() <= away + room


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["free", "whole", "power", "steps"])
@examples(60)
@given(st.data(), st.sampled_from(["strong", "weak"]), st.integers(0, 2**20))
def test_a_site_with_one_place_is_solved_exactly(
    kind: str, data: st.DataObject, formulation: str, seed: int
) -> None:
    """HiGHS finds the same cost under the rows of the site alone; elsewhere no less."""
    instance = data.draw(KINDS[kind])
    assume(instance.table("shifts").empty)  # what a second shift adds is priced
    c = _compiled(instance, formulation)
    relaxation, m = Relaxation(c), c.matrices
    if not np.isfinite(relaxation.at(_prices(relaxation, seed))):
        found = Solver(m, c.options).run(60.0, Silent(), c.started)
        assert found.status is Status.INFEASIBLE
        return
    at_prices = replace(m, cost=relaxation.reduced, offset=0.0)
    by_row = m.sparse.tocsr()
    units = {k for s in relaxation.sites for k in s.unit[s.unit >= 0].tolist()}
    places = np.concatenate([s.places for s in relaxation.sites])
    for own, value, number in zip(
        relaxation.columns, np.concatenate(relaxation.value), places, strict=True
    ):
        if not len(own):
            continue
        part, rows = restricted(at_prices, by_row, np.sort(own), np.zeros(len(m.cost)))
        alone = np.zeros(len(rows), dtype=bool)
        for k, row in enumerate(rows.tolist()):
            columns = set(by_row[[row]].indices.tolist())
            # Who is served is a matter of all sites: rows without a facility.
            holds = m.row_family[row] == "allocation" and columns & units
            is_own = bool(holds) or m.row_family[row] in OWN
            alone[k] = is_own and columns <= set(own.tolist())
        open_rows = replace(
            part,
            row_lower=np.where(alone, part.row_lower, -np.inf),
            row_upper=np.where(alone, part.row_upper, np.inf),
        )
        found = Solver(open_rows, c.options).run(60.0, Silent(), c.started)
        room = SURE * (1.0 + abs(value))
        # A site that may not do anything is a contradiction of the whole instance.
        if number == 1 and found.status is Status.OPTIMAL and value < NEVER:
            assert value == pytest.approx(found.objective, rel=SURE, abs=room)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["free", "whole", "power", "roads"])
@examples(20)
@given(st.data(), st.integers(1, 2))
def test_the_method_proves_what_the_whole_model_does(
    kind: str, data: st.DataObject, threads: int
) -> None:
    """Small models are solved to the end, from prices or without."""
    instance = data.draw(KINDS[kind])
    found = []
    for method in ("decomposed", "direct"):
        try:
            found.append(
                aumaq.solve(
                    instance, method=method, gap=0.0, threads=threads, time_limit=60.0
                )
            )
        except NoPlanError as error:
            found.append(error.status)
    plan, best = found
    if not isinstance(plan, Plan) or not isinstance(best, Plan):
        assert plan == best == Status.INFEASIBLE
    else:
        assert plan.is_verified
        assert plan.status == Status.OPTIMAL
        assert plan.objective_mln == pytest.approx(best.objective_mln, rel=SURE)


@pytest.mark.slow
def test_a_plan_says_how_far_it_is_and_where() -> None:
    """Term by term never below 0; the sum is plan less bound."""
    c = _compiled(clustered(20, seed=3), "strong")
    relaxation = Relaxation(c)
    ascent = Ascent(relaxation)
    ascent.rise(200, time.monotonic() + 60.0, lambda: False)
    plan = Solver(c.matrices, replace(c.options, gap=0.2)).run(
        60.0, Silent(), c.started
    )
    assert plan.values is not None
    away = Distance(relaxation, ascent.best, c.sites)
    every = np.ones(len(c.matrices.row_lower), dtype=bool)
    at = away.at_places(plan.values, every)
    distance = plan.objective - ascent.bound
    assert (at >= 0.0).all()
    assert at.sum() == pytest.approx(distance, rel=1e-6)


@pytest.mark.slow
@examples(10)
@given(st.integers(3, 10), st.integers(0, 1000), st.sampled_from([0.3, 0.8, None]))
def test_cities_with_many_places_and_budgets(
    settlements: int, seed: int, share: float | None
) -> None:
    """Up to dozens of schools at a site, due in several periods, and hard budgets.

    *share* is what there is to spend of what a free plan spends first.
    """
    tables, rng = (
        dict(clustered(settlements, seed=seed).tables),
        np.random.default_rng(seed),
    )
    stock = tables["facilities"]
    years = rng.choice([0, 2027, 2033, 2038], size=len(stock))
    tables["facilities"] = stock.assign(renew_by_year=years)
    instance = aumaq.from_tables(tables)
    if share is not None:
        free = aumaq.solve(instance, gap=0.05, threads=1, time_limit=20.0)
        paid = free.tables["money"].query(
            "period == '2026-30' and item in ['building', 'closing', 'renewal']"
        )
        tables["budgets"] = pd.DataFrame(
            [{"budget": "b", "period": "2026-30", "is_hard": True,
              "covers": "investment", "amount_mln": share * paid["amount_mln"].sum()}]
        )  # fmt: skip
        instance = aumaq.from_tables(tables)
    c = _compiled(instance, "strong")
    best = Solver(c.matrices, replace(c.options, gap=1e-3)).run(
        20.0, Silent(), c.started
    )
    if best.values is None:
        return
    ascent = Ascent(Relaxation(c))
    ascent.rise(200, time.monotonic() + 60.0, lambda: False)
    most = best.objective
    if best.status is Status.OPTIMAL:
        most = best.bound + 1e-3 * abs(best.objective)
    assert ascent.bound <= most + SURE * (1.0 + abs(most))
    if share is None:  # where budgets are scarce prices have a longer way to go
        assert ascent.bound >= 0.9 * best.bound
