"""Ruin and recreate, and neighbourhoods: what they know is what counting anew gives."""

from __future__ import annotations

import numpy as np
import pytest
from capacitated_optima import drawn, optimum

from aumaq.classic.capacitated.method import data_of, first_prices
from aumaq.classic.capacitated.neighbourhoods import Neighbourhoods
from aumaq.classic.capacitated.rebuild import (
    Trial,
    choices_of,
    holds,
    rebuild,
    rounds,
    trial_of,
)
from aumaq.classic.capacitated.relaxation import Data
from aumaq.classic.capacitated.search import assigned
from aumaq.classic.capacitated.state import State
from aumaq.classic.methods.search import sow
from aumaq.solvers.progress import Silent


def start_of(data: Data, rng: np.random.Generator) -> Trial | None:
    """Return a plan of open sites drawn at random, which may hold too much."""
    is_open = data.must | (data.may & (rng.random(len(data.may)) < 0.5))
    if data.number >= 0:
        free = rng.permutation(np.flatnonzero(data.may & ~data.must))
        is_open = data.must.copy()
        is_open[free[: data.number - int(data.must.sum())]] = True
        if is_open.sum() != data.number:
            return None
    place = assigned(data, is_open, data.cost)
    return None if (place < 0).any() else trial_of(data, place, is_open)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sscflp", "cpmp"])
def test_what_is_known_is_what_counting_gives(kind: str) -> None:
    """After many rounds loads, costs and excess are those of the plan itself."""
    rng, looked = np.random.default_rng(3), 0
    for seed in range(60):
        data = data_of(drawn(rng, kind))
        now = start_of(data, rng)
        if now is None:
            continue
        looked += 1
        best = trial_of(data, now.place, now.is_open)
        if not holds(data, best):
            best.total[0] = np.inf
        sow(seed)
        rounds(data, choices_of(data), now, best, np.array([5.0, 0.1, 500.0]), 3.0, 50)
        for trial in (now, best) if np.isfinite(best.total[0]) else (now,):
            anew = trial_of(data, trial.place, trial.is_open)
            for known, counted in zip(trial, anew, strict=True):
                assert known == pytest.approx(counted, abs=1e-9)
            assert (trial.is_open >= data.must).all()
            assert not (trial.is_open & ~data.may & ~now.is_open).any()
            assert trial.is_open[trial.place].all()
            assert data.number in (-1, trial.is_open.sum())
        assert holds(data, best) or np.isinf(best.total[0])
    assert looked > 30


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sscflp", "cpmp"])
@pytest.mark.parametrize("way", ["rebuild", "neighbourhoods"])
def test_each_way_finds_the_optimum_of_tiny_problems(kind: str, way: str) -> None:
    """Never less than the optimum, and mostly it; each plan keeps all capacities."""
    rng, asked, found = np.random.default_rng(8), 0, 0
    for _ in range(60):
        problem = drawn(rng, kind)
        best, data = optimum(problem), data_of(problem)
        start = start_of(data, rng)
        if start is None or np.isinf(best):
            continue
        state = State(data, 60.0, 0.0, Silent())
        rebuild(state, start, 5.0, 60.0, 200.0 if way == "neighbourhoods" else 4000.0)
        if state.plan is None:
            continue
        if way == "neighbourhoods":
            Neighbourhoods(state, first_prices(data)).search(0.3)
        asked += 1
        assert state.cost >= best - 1e-6
        found += state.cost == pytest.approx(best)
    assert asked > 15
    assert found > 0.9 * asked
