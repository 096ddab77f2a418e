"""Choices of sites are as good as the best of all, and their bounds say so."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from location_optima import SmallCase, fewest_new, least, most_within

from aumaq.classic.methods.clock import Clock
from aumaq.classic.placement import small
from aumaq.classic.placement.choice import Choice, choose
from aumaq.classic.placement.problem import LocationProblem
from aumaq.instances.goals import LOCATION_GOALS
from aumaq.solvers.solution.decisions import Status

LARGE = pytest.param(0, id="large", marks=pytest.mark.slow)


@pytest.fixture(
    autouse=True, params=[pytest.param(small.MOST_PAIRS, id="small"), LARGE]
)
def _size(request: pytest.FixtureRequest) -> Iterator[None]:
    """Everything is asked as one program, and of the methods for what is large."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(small, "MOST_PAIRS", request.param)
        yield


@st.composite
def cases(draw: st.DrawFn) -> SmallCase:
    """Draw a case: few different numbers make ties common; pairs are missing."""
    clients, sites = draw(st.integers(1, 7)), draw(st.integers(1, 6))
    people = draw(
        st.lists(st.sampled_from([0, 1, 2, 5, 7.5]), min_size=clients, max_size=clients)
    )
    way = st.none() | st.sampled_from([0.0, 3.0, 5.0, 5.5, 8.0, 13.0])
    minutes = {}
    for client in range(clients):
        for site in range(sites):
            if (length := draw(way)) is not None:
                minutes[client, site] = length
    roles = draw(
        st.lists(
            st.sampled_from(["kept", "may", "may", "must", "never"]),
            min_size=sites,
            max_size=sites,
        )
    )
    named = {
        role: {k for k, own in enumerate(roles) if own == role}
        for role in ("kept", "may", "must")
    }
    return SmallCase(
        [float(p) for p in people], minutes, sites, named["kept"],
        named["may"] | named["must"], named["must"],
    )  # fmt: skip


def problem_of(case: SmallCase) -> LocationProblem:
    """Return the case as arrays."""
    pairs = np.array(list(case.minutes), dtype=np.int64).reshape(-1, 2)

    def flags(some: set[int]) -> np.ndarray:
        return np.isin(np.arange(case.sites), list(some))

    return LocationProblem.of(
        np.array(case.people),
        (pairs[:, 0], pairs[:, 1], np.array(list(case.minutes.values()))),
        flags(case.kept),
        flags(case.may),
        flags(case.must),
    )


def chosen(case: SmallCase, goal: str, limit: float | None, count: int) -> Choice:
    """Return the choice; it opens what may open, and is worth what it says."""
    problem = problem_of(case)
    clock = Clock(60.0)
    found = choose(problem, LOCATION_GOALS[goal], limit, count, clock)
    opened = set(np.flatnonzero(found.is_open).tolist())
    assert case.kept | case.must <= opened <= case.kept | case.may
    if goal != "cover_all":
        assert len(opened - case.kept) <= count
    if not math.isnan(found.value):
        assert found.status is Status.OPTIMAL
        assert found.bound == pytest.approx(found.value, abs=1e-6)
    ways = case.ways(opened)
    if goal == "cover":
        own = sum(people for people, way in ways if way <= (limit or 0.0))
        assert own == found.value
    elif goal == "worst_minutes" and ways:
        assert max(way for _, way in ways) == found.value
    return found


@settings(max_examples=60, deadline=None)
@given(cases(), st.integers(0, 5), st.sampled_from([0.0, 3.0, 5.0, 9.0]))
def test_counting_goals_equal_enumeration(
    case: SmallCase, extra: int, limit: float
) -> None:
    """The most people within, and the fewest sites for all, also with nothing to do."""
    count = len(case.must) + extra
    assert chosen(case, "cover", limit, count).value == most_within(case, count, limit)
    assert chosen(case, "cover_all", limit, 0).value == fewest_new(case, limit)


@settings(max_examples=60, deadline=None)
@given(cases(), st.integers(0, 5))
def test_goals_of_minutes_equal_enumeration(case: SmallCase, extra: int) -> None:
    """The least mean and the least worst, once the most people reach a site at all."""
    count = len(case.must) + extra
    for goal in ("mean_minutes", "worst_minutes"):
        found, best = chosen(case, goal, None, count).value, least(case, count, goal)
        assert (best is None and math.isnan(found)) or found == pytest.approx(best)


ONE_OF_TWO = SmallCase([1.0, 1.0], {(0, 0): 0.0, (1, 1): 0.0}, 2, set(), {0, 1}, set())
"""Whole numbers prove the best here, where the gap alone would leave a bound of 2."""
ONE_LENGTH = SmallCase(
    [1.0, 0.0, 0.0, 1.0], {(0, 4): 3.0, (3, 3): 3.0}, 6, {0, 1, 2, 5}, {3, 4}, set()
)
"""One distance only, and one client that nothing open reaches: 3 is proven by that."""


@settings(max_examples=40, deadline=None)
@given(cases(), st.integers(0, 5), st.sampled_from([0.05, 0.5]))
@example(ONE_OF_TWO, 1, 0.05)
@example(ONE_LENGTH, 1, 0.05)
def test_a_wanted_gap_leaves_bounds_valid(
    case: SmallCase, extra: int, gap: float
) -> None:
    """Stopped early, a choice is as near to the best as was asked; its bound holds."""
    count = len(case.must) + extra
    for goal in ("cover", "mean_minutes", "worst_minutes"):
        asked = LOCATION_GOALS[goal]
        found = choose(problem_of(case), asked, 5.0, count, Clock(60.0, gap=gap))
        best = (
            most_within(case, count, 5.0)
            if goal == "cover"
            else least(case, count, goal)
        )
        if best is None:
            assert math.isnan(found.value)
            continue
        assert found.status in (Status.OPTIMAL, Status.GAP_REACHED)
        assert asked.sign * found.bound <= asked.sign * best + 1e-6
        assert asked.sign * found.value >= asked.sign * best - 1e-6
        assert found.gap <= gap + 1e-6


@pytest.mark.parametrize("seconds", [1e-3, 0.3])
def test_bounds_hold_when_time_is_short(seconds: float) -> None:
    """Whatever is known by then: a choice that is allowed, and a bound on the best."""
    draw = np.random.default_rng(7)
    clients, sites = 60, 25
    points = draw.random((clients + sites, 2))
    ways = np.hypot(*(points[:clients, None] - points[None, clients:]).T).T
    client, site = np.nonzero(ways < 0.7)
    none = np.zeros(sites, dtype=bool)
    problem = LocationProblem.of(
        draw.integers(0, 9, clients).astype(float),
        (client, site, ways[client, site]),
        none,
        ~none,
        none,
    )
    for goal in LOCATION_GOALS.values():
        best, hurried = (
            choose(problem, goal, 0.2, 4, Clock(limit)) for limit in (60.0, seconds)
        )
        assert best.status is Status.OPTIMAL
        assert goal.sign * hurried.value >= goal.sign * best.value - 1e-9
        assert goal.sign * hurried.bound <= goal.sign * best.value + 1e-9
        assert np.isfinite(hurried.bound)
        assert goal.name == "cover_all" or hurried.is_open.sum() <= 4
