"""Methods at sizes where their parts matter: against plain programs, and each other."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.spatial.distance import cdist

from aumaq.classic import (
    LSCP,
    MCLP,
    UFLP,
    KNearestPMedian,
    PCenter,
    PMedian,
    Problem,
    check,
    solve,
)
from aumaq.classic.distances import Dense, Points, plane
from aumaq.classic.methods import reach, sample
from aumaq.classic.methods.clock import Clock
from aumaq.classic.methods.opening import Race
from aumaq.classic.methods.prices import Opening, bound_at
from aumaq.classic.methods.program import Program, solved
from aumaq.classic.problems import clients_of, sites_of
from aumaq.instances.errors import AumaqError, OptionError


def plain(problem: Problem) -> float:
    """Return the optimum by the textbook program: x_ij <= y_j."""
    n, m = problem.shape
    matrix = problem.distances.block(slice(0, n), np.arange(m))
    cost = (problem.clients.weights[:, None] * matrix).ravel()
    fixed = problem.sites.fixed_costs if problem.kind == "uflp" else np.zeros(m)
    x = np.arange(n * m)
    site, client = m_of(x, m)
    size = m + n * m
    served = csr_array((np.ones(n * m), (client, m + x)), shape=(n, size))
    rows = np.concatenate([x, x])
    ones = np.concatenate([np.ones(n * m), -np.ones(n * m)])
    inside = csr_array((ones, (rows, np.concatenate([site, m + x]))), (n * m, size))
    every = csr_array((np.ones(m), (np.zeros(m, int), np.arange(m))), shape=(1, size))
    from scipy.sparse import vstack

    p = (1, m) if problem.kind == "uflp" else (problem.p, problem.p)
    program = Program(
        np.concatenate([fixed, cost]),
        np.concatenate([np.ones(m, bool), np.zeros(n * m, bool)]),
        np.zeros(size), np.ones(size), csr_array(vstack([served, inside, every])),
        np.concatenate([np.ones(n), np.zeros(n * m), [p[0]]]),
        np.concatenate([np.ones(n), np.full(n * m, np.inf), [p[1]]]),
    )  # fmt: skip
    answer = solved(program, Clock(60.0))
    assert answer.values is not None
    return float(program.cost @ answer.values)


def m_of(x: np.ndarray, m: int) -> tuple[np.ndarray, np.ndarray]:
    """Return site and client of the numbers of pairs."""
    return x % m, x // m


@pytest.mark.parametrize("kind", ["p-median", "uflp"])
@pytest.mark.parametrize("seed", [1, 2])
def test_costs_without_geometry(kind: str, seed: int) -> None:
    """Random costs, where the LP is weak and there is much to branch on."""
    rng = np.random.default_rng(seed)
    costs = Dense(rng.integers(1, 100, (24, 18)).astype(float))
    sites = sites_of(18, rng.integers(20, 60, 18))
    weights = rng.integers(1, 4, 24)
    problem = Problem(kind, clients_of(24, weights), sites, costs, 4)
    problem = replace(problem, p=None if kind == "uflp" else 4)
    found = solve(problem)
    assert found.proven
    assert found.objective == pytest.approx(plain(problem))


def points(n: int, seed: int) -> Points:
    """Return points in a square that are clients and sites."""
    places = np.random.default_rng(seed).integers(0, 1000, (n, 2))
    return plane(places, places, "floor")


@pytest.mark.parametrize("p", [3, 15])
def test_points_are_as_good_as_their_matrix(
    p: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lists that end early, no lists at all, and a whole matrix: one optimum."""
    places = points(120, 5)
    whole = Dense(places.block(slice(0, 120), np.arange(120)))
    problem = Problem("p-median", clients_of(120), sites_of(120), whole, p)
    expected = solve(problem)
    assert expected.proven
    monkeypatch.setattr(reach, "FEWEST", 5)
    monkeypatch.setattr(reach, "NEAREST_PER_SITE", 2)
    monkeypatch.setattr(reach, "FEWEST_PER_SITE", 2)
    short = solve(replace(problem, distances=places))
    monkeypatch.setattr(reach, "MOST_PAIRS", 0)
    without = solve(replace(problem, distances=places))
    rows = solve(problem)
    for found in (short, without, rows):
        assert found.objective == found.bound == expected.objective


@pytest.mark.slow
@pytest.mark.parametrize("p", [4, 12])
def test_a_sample_is_where_it_begins_not_where_it_ends(
    p: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Prices and sites of a fifth of the points lead to the same optimum; its prices
    are a better bound than those that distances to the first plan's sites give.
    """
    weights = np.random.default_rng(p).integers(1, 4, 900).astype(float)
    problem = Problem(
        "p-median", clients_of(900, weights), sites_of(900), points(900, 5), p
    )
    expected = solve(problem)
    monkeypatch.setattr(sample, "FEWEST", 180)
    monkeypatch.setattr(sample, "PER_SITE", 5)
    race = Race(problem, Clock(10.0))
    sites = race.sampled(0)
    assert sites is not None
    assert len(set(sites)) == p
    race.first_plan(sites)
    near, w = 0.5 * (race.plan.near + race.plan.next), race.weight
    o = Opening(w, race.fixed, p, w * race.ends)
    usual, drawn = (
        bound_at(race.reach, o, race.state, np.minimum(price, o.limit)).value
        for price in (w * near, race.price)
    )
    assert usual < drawn <= expected.objective
    found = solve(problem)
    assert found.objective == pytest.approx(expected.objective, rel=1e-3)
    assert found.bound <= expected.objective


def test_sites_that_are_given_are_in_no_sample(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A sample might not have what must open, nor lack what must not."""
    monkeypatch.setattr(sample, "FEWEST", 10)
    monkeypatch.setattr(sample, "PER_SITE", 2)
    problem = Problem("p-median", clients_of(90), sites_of(90), points(90, 5), 3)
    one = np.arange(90) == 7
    rng = np.random.default_rng(0)
    assert sample.sample_of(problem, rng) is not None
    for given_sites in ({"required": one}, {"forbidden": one}):
        sites = replace(problem.sites, **given_sites)
        assert sample.sample_of(replace(problem, sites=sites), rng) is None


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_any_prices_are_a_bound(seed: int) -> None:
    """The Lagrangian at random prices never exceeds the value of a plan."""
    rng = np.random.default_rng(seed)
    problem = Problem("p-median", clients_of(30), sites_of(30), points(30, seed), 4)
    race = Race(problem, Clock(10.0))
    o = Opening(race.weight, race.fixed, 4, race.weight * race.ends)
    price = np.minimum(rng.uniform(0, 900, 30), o.limit)
    found = bound_at(race.reach, o, race.state, price)
    assert found.value <= solve(problem).objective + 1e-6


def test_stopped_at_once_there_is_a_plan_and_a_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without any time the plan is a plan and the bound a bound.

    Nor are lists made for its LP, which in a wide gap hold nearly all pairs.
    """
    problem = Problem("p-median", clients_of(200), sites_of(200), points(200, 1), 10)
    monkeypatch.setattr(Race, "trimmed", pytest.fail)
    found = solve(problem, time_limit=1e-9)
    monkeypatch.undo()
    assert not check(problem, found).problems
    assert found.bound <= solve(problem).objective <= found.objective


def test_names_that_users_of_spopt_know() -> None:
    """Who goes where, from both sides; shares and means."""
    cost = np.array([[1.0, 9, 4], [8, 2, 6], [7, 3, 5], [20, 20, 20]])
    found = PMedian.from_cost_matrix(cost, [1, 2, 3, 0], 2).solve()
    assert (found.objective, found.proven, found.gap) == (14.0, True, 0.0)
    assert found.fac2cli[2] == []
    assert found.cli2fac[:3] == [[0], [1], [1]]
    assert found.mean_dist == pytest.approx(14 / 6)
    assert found.perc_cov == 100.0
    best = found.k_best(3)
    assert [plan.objective for plan in best] == sorted(p.objective for p in best)
    cover = MCLP.from_cost_matrix(cost, [1, 2, 3, 4], 4.0, 1).solve()
    assert (cover.objective, cover.n_cli_uncov, cover.perc_cov) == (5.0, 2, 50.0)
    forced = [1, 0, 0]
    fixed = PMedian.from_cost_matrix(cost, [1, 2, 3, 0], 1, forced).solve()
    assert fixed.sites.tolist() == [0]


def test_arguments_of_spopt_mean_what_they_mean_there() -> None:
    """Capacities, predefined sites in three forms, a solver; values by enumeration."""
    rng = np.random.default_rng(8)
    cost, load = rng.integers(1, 30, (6, 4)) * 1.0, rng.integers(1, 6, 6) * 1.0
    room = np.array([9.0, 12.0, 8.0, 10.0])
    for must in ([0, 0, 1, 0], [[0], [0], [1], [0]], [2]):
        found = PMedian.from_cost_matrix(cost, load, 2, np.array(must), room)
        assert found.problem.objective.value() is None
        found.solve(SimpleNamespace(timeLimit=30), True)
        best = min(
            sum(load * cost[range(6), list(where)])
            for where in product(range(4), repeat=6)
            if len({2, *where}) == 2
            and (np.bincount(where, load, minlength=4) <= room).all()
        )
        assert found.problem.objective.value() == pytest.approx(best)
        assert found.mean_dist == pytest.approx(best / load.sum())
        assert sum(map(len, found.fac2cli)) == 6
        opened = [variable.varValue for variable in found.fac_vars]
        assert (sum(opened), opened[2]) == (2, 1)
    cover = LSCP.from_cost_matrix(np.ones((6, 4)), 1.0, [0], load, room).solve()
    others = sorted(room[1:], reverse=True)
    fewest = next(
        k for k in (1, 2, 3, 4) if room[0] + sum(others[: k - 1]) >= load.sum()
    )
    assert (cover.objective, len(cover.cli2fac[0]), cover.proven) == (
        fewest,
        fewest,
        True,
    )


@pytest.mark.slow
def test_geodataframes() -> None:
    """Points of two frames give what their matrix gives."""
    geopandas = pytest.importorskip("geopandas")
    rng = np.random.default_rng(3)
    frames = []
    for count in (15, 6):
        x, y = rng.uniform(0, 9, (2, count))
        places = geopandas.points_from_xy(x, y)
        frames.append(geopandas.GeoDataFrame({"w": x}, geometry=places, crs=3857))
    clients, sites = frames
    found = PMedian.from_geodataframe(
        clients, sites, "geometry", "geometry", "w", p_facilities=2
    ).solve()
    away = np.array([sites.distance(place) for place in clients.geometry])
    other = PMedian.from_cost_matrix(away, clients["w"], 2).solve()
    assert found.objective == pytest.approx(other.objective)
    assert found.sites.tolist() == other.sites.tolist()
    with pytest.warns(UserWarning, match="centroids"):
        shapes = PMedian.from_geodataframe(
            clients.set_geometry(clients.buffer(1)), sites, "geometry", "geometry",
            "w", 2, distance_metric="cityblock",
        ).solve()  # fmt: skip
    steps = cdist(clients.get_coordinates(), sites.get_coordinates(), "cityblock")
    other = PMedian.from_cost_matrix(steps, clients["w"], 2).solve()
    assert shapes.objective == pytest.approx(other.objective)
    assert issubclass(KNearestPMedian, PMedian)
    nearest = KNearestPMedian.from_geodataframe(
        clients, sites, "geometry", "geometry", "w", 2, k_array=np.ones(15, int)
    ).solve()
    assert nearest.objective == pytest.approx(found.objective)


@pytest.mark.slow
def test_degrees_are_no_lengths() -> None:
    """They are refused, or counted on the sphere; a degree of a meridian is known."""
    geopandas = pytest.importorskip("geopandas")
    places = geopandas.points_from_xy([70.0, 70.0], [50.0, 51.0])
    frame = geopandas.GeoDataFrame(geometry=places, crs=4326)
    columns = (frame, frame, "geometry", "geometry")
    with pytest.raises(OptionError, match="to_crs"):
        PCenter.from_geodataframe(*columns, 1)
    found = PCenter.from_geodataframe(*columns, 1, distance_metric="great_circle")
    assert found.solve().objective == pytest.approx(np.pi / 180 * 6_378_100)
    plain = (frame.to_crs(3857),) * 2
    with pytest.raises(OptionError, match="degrees"):
        PCenter.from_geodataframe(
            *plain, "geometry", "geometry", 1, distance_metric="great_circle"
        )


def test_the_reference_system_is_that_of_the_column() -> None:
    """A frame in metres may have a second column in degrees; both are 100 km apart."""
    geopandas = pytest.importorskip("geopandas")
    places = geopandas.points_from_xy([400_000.0, 500_000.0], [5e6, 5e6])
    frame = geopandas.GeoDataFrame(geometry=places, crs=32642)
    frame["ll"] = frame.geometry.to_crs(4326)
    with pytest.raises(OptionError, match="to_crs"):
        PCenter.from_geodataframe(frame, frame, "ll", "ll", 1)
    with pytest.raises(OptionError, match="two reference systems"):
        PCenter.from_geodataframe(frame, frame, "ll", "geometry", 1)
    found = PCenter.from_geodataframe(frame, frame, "geometry", "geometry", 1)
    assert found.solve().objective == pytest.approx(100_000)
    found = PCenter.from_geodataframe(
        frame, frame, "ll", "ll", 1, distance_metric="great_circle"
    )
    assert found.solve().objective == pytest.approx(100_000, rel=0.01)
    bare = geopandas.GeoDataFrame({"at": [*places]})  # no column is its geometry
    found = PCenter.from_geodataframe(bare, bare, "at", "at", 1)
    assert found.solve().objective == pytest.approx(100_000)


def test_lists_of_what_is_left_are_counted_before_they_are_made() -> None:
    """Sixty-four clients tell about how many pairs a gap leaves."""
    problem = Problem("p-median", clients_of(400), sites_of(400), points(400, 3), 8)
    race = Race(problem, Clock(10.0))
    race.first_plan(None)
    race.ascend(40)
    part, _, _ = race.trimmed()
    assert race.pairs_left() == pytest.approx(len(part.reach.row_site), rel=0.2)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"p_facilities": 1.5}, "whole number, not 1.5"),
        ({"p_facilities": "1"}, "whole number, not '1'"),
        ({"predefined_facilities_arr": [np.nan, 0, 0]}, "0 and 1 only"),
        ({"predefined_facilities_arr": ["a", "", ""]}, "0 and 1 only"),
        ({"predefined_facilities_arr": [1, 1]}, "each once"),
        ({"predefined_facilities_arr": [3]}, "numbers of some"),
        ({"facility_capacities": [5, 5]}, "3 values, not 2"),
        ({"fulfill_predefined_fac": True}, "fulfill_predefined_fac must be False"),
        ({"cost_matrix": [["a", "b", "c"]]}, "numbers only"),
        ({"weights": ["a", "b"]}, "weights must have numbers only"),
        ({"weights": [1]}, "2 values, not 1"),
    ],
)
def test_arguments_of_spopt_that_are_none(given: dict[str, Any], wanted: str) -> None:
    """One clear error; NaN is no site that must be open."""
    usual = {"cost_matrix": np.ones((2, 3)), "weights": [1, 1], "p_facilities": 1}
    with pytest.raises(AumaqError, match=wanted):
        PMedian.from_cost_matrix(**{**usual, **given}).solve()


@pytest.mark.filterwarnings("error")
def test_clients_of_no_weight_may_lack_a_way() -> None:
    """Infinitely far times nothing is nothing, and no warning."""
    rng = np.random.default_rng(1)
    for _ in range(10):
        cost = np.where(rng.random((8, 5)) < 0.2, np.inf, rng.random((8, 5)))
        cost[:, 0] = 9.0
        weights = rng.integers(0, 2, 8)
        median = PMedian.from_cost_matrix(cost, weights, 2).solve()
        assert median.proven
        assert UFLP.from_cost_matrix(cost, weights, rng.random(5)).solve().proven


def test_clients_of_no_weight_have_no_part_in_the_mean() -> None:
    """Even where nothing reaches them."""
    cost = np.array([[1.0, 5.0], [3.0, 5.0], [np.inf, 7.0]])
    found = PMedian.from_cost_matrix(cost, [1, 1, 0], 2).solve()
    assert found.mean_dist == 2.0
    nobody = PMedian.from_cost_matrix(cost[:2], [0, 0], 1).solve()
    assert np.isnan(nobody.mean_dist)
