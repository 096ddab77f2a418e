"""Better units without the model: one site alone is right, none does harm."""

from __future__ import annotations

import time

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from tiny_instances import some, tiny, tiny_instances

import aumaq
from aumaq.instances import Instance
from aumaq.instances.generators import clustered
from aumaq.model.data.gathered import ModelData, gather
from aumaq.results.audit import audit
from aumaq.results.plan.decision_tables import decision_tables
from aumaq.results.studies import first_plan
from aumaq.solvers import Given, SolveOptions
from aumaq.solvers.solution.decisions import Decisions
from aumaq.solvers.start import site_search
from aumaq.solvers.start.hard_budgets import HardBudgets
from aumaq.solvers.start.site_search import Search, improved, searches_of
from aumaq.solvers.start.site_units import arcs, costs, moves_between, renewals
from aumaq.solvers.start.whole_plan import todays_stock, whole_plan
from aumaq.solvers.work import Budget

SECONDS = 600.0


def cost_of(instance: Instance, data: ModelData, built: Decisions) -> float:
    """Return what a plan of these units costs, mln."""
    whole = whole_plan(data, built, Given(), Budget(SECONDS))
    assert whole is not None
    return audit(instance, decision_tables(data, whole)).objective_mln


@st.composite
def single_sites(draw: st.DrawFn) -> Instance:
    """Draw one village with one site, which may hold several facilities."""
    prices = some(0.0, 1.0, 2.0, 5.0)
    people = some(40.0, 100.0, 160.0, 300.0)
    levels = [
        {"service": "s", "level": level, "capacity": 50.0 * level * level,
         "min_use": draw(some(0.0, 0.0, 40.0)), "capex_mln": 3.0 + draw(prices) * level,
         "opex_mln_per_year": draw(prices)}
        for level in (1, 2)
    ]  # fmt: skip
    stands = draw(some([], [1], [2], [1, 1]))
    return tiny(
        periods=[
            {"period": f"p{t}", "first_year": 2026 + 2 * t, "years": 2}
            for t in range(2)
        ],
        settlements=[{"settlement": "a", "population": draw(people)}],
        population=[
            {"scenario": "base", "settlement": "a", "group": "all",
             "period": f"p{t}", "persons": draw(people)}
            for t in range(2)
        ],
        services=[{"service": "s", "unserved_mln_per_unit_year": draw(some(0.02, 0.1)),
                   "enlarge_credit_share": draw(some(0.0, 0.5, 1.0)),
                   "renewal_share": 0.5}],
        levels=levels,
        sites=[{"site": "a", "service": "s", "settlement": "a",
                "max_units": draw(some(max(1, len(stands)), 2)),
                "status": "existing" if stands else "candidate"}],
        facilities=[{"service": "s", "site": "a", "level": level,
                     "units": stands.count(level),
                     "renew_by_year": draw(some(2026, 2029, 2040))}
                    for level in sorted(set(stands))],
        travel=[{"settlement": "a", "site": "a", "minutes": 0.0}],
    )  # fmt: skip


@pytest.mark.slow
@examples(200)
@given(single_sites())
def test_one_facility_alone_is_right(instance: Instance) -> None:
    """Nothing depends on other facilities: the best response is the optimum."""
    data = gather(instance)
    if data.services["s"].places.max() > 1:
        return
    found = cost_of(
        instance, data, improved(data, todays_stock(data), Budget(SECONDS), 0)
    )
    best = aumaq.solve(instance, gap=0.0)
    assert found == pytest.approx(best.objective_mln)


def state_cost(data: ModelData, search: Search) -> float:
    """Return what facilities, ways and those without one cost, mln."""
    d, p, w = search.data, search.state.people, search.state.ways
    come = np.zeros_like(d.demand)
    np.add.at(come, w.settlement, p.amount)
    used = np.zeros_like(p.used)
    np.add.at(used, w.site, p.amount)
    rest = d.demand - come
    assert (p.amount >= -1e-9).all()
    assert rest == pytest.approx(p.rest, abs=1e-6)
    assert used == pytest.approx(p.used, abs=1e-6)
    units = search.units
    assert p.capacity == pytest.approx(np.einsum("jlt,l->jt", units, d.usable))
    assert (used <= p.capacity + 1e-6).all()
    moves = moves_between(d, units, arcs(d, data.periods))
    assert moves is not None
    once, running = costs(d, units, moves)
    is_up = np.triu(np.ones(moves.shape[1:3]), 1)
    kept = np.einsum("jabt,ab,ab->t", moves, is_up, d.transition_mln)
    kept += np.einsum("jlt,l->t", renewals(d.due, moves), d.renewal_mln)
    people = (p.amount * w.price[:, None]).sum(axis=0) + w.unserved * rest.sum(axis=0)
    return float(
        data.df @ once.sum(axis=0)
        - d.residual_factor @ kept
        + data.ann @ (running.sum(axis=0) + people)
    )


@pytest.mark.slow
@examples(200)
@given(tiny_instances(running=None))
def test_each_search_gains_what_it_says(instance: Instance) -> None:
    """People are all somewhere, rules of siting hold, and nothing gets dearer."""
    data = gather(instance)
    for search in searches_of(data, todays_stock(data), 0).values():
        before = state_cost(data, search)
        search.run(0.0, 8, Budget(SECONDS))
        assert state_cost(data, search) <= before + 1e-6 * (1.0 + abs(before))


@pytest.mark.slow
@examples(200)
@given(tiny_instances(running=None))
def test_hard_budgets_are_kept(instance: Instance) -> None:
    """What today's stock leaves of a budget is not overrun by better units."""
    data = gather(instance)
    today = todays_stock(data)
    found = improved(data, today, Budget(SECONDS), 0)
    before, after = (left_mln(data, one) for one in (today, found))
    assert (after >= np.minimum(before, 0.0) - 1e-6).all()


def left_mln(data: ModelData, built: Decisions) -> np.ndarray:
    """Return what is left of each hard budget."""
    budgets = HardBudgets(data)
    for name, d in data.services.items():
        units = built.services[name].units
        moves = moves_between(d, units, arcs(d, data.periods))
        assert moves is not None
        budgets.spend(name, d.site_region, *costs(d, units, moves))
    return budgets.left_mln


@pytest.mark.slow
def test_a_territory() -> None:
    """On a territory of 40 settlements most of what today's stock loses is gained."""
    instance = clustered(40, 3)
    data = gather(instance)
    today = todays_stock(data)
    before = cost_of(instance, data, today)
    after = cost_of(instance, data, improved(data, today, Budget(SECONDS), 0))
    plan = aumaq.solve(instance, gap=0.02, time_limit=60.0)
    assert before > plan.objective_mln
    assert before - after > 0.8 * (before - plan.objective_mln)


def test_the_search_has_its_time_when_its_loops_were_compiled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first time on a machine compiling takes longer than the search itself."""
    data = gather(clustered(40, seed=1))
    today, options = todays_stock(data), SolveOptions(time_limit=60.0)
    clock, late = time.monotonic, 0.0
    compile_loops = site_search.compile_loops

    def compiling(data: ModelData, built: Decisions) -> None:
        nonlocal late
        compile_loops(data, built)
        late += 1000.0

    monkeypatch.setattr(time, "monotonic", lambda: clock() + late)
    monkeypatch.setattr(site_search, "compile_loops", compiling)
    found = first_plan._improved(data, today, options).services
    assert late
    better = improved(data, today, Budget(SECONDS), options.seed).services
    for name in data.services:
        assert np.array_equal(found[name].units, better[name].units)
    assert any((found[n].units != today.services[n].units).any() for n in found)
