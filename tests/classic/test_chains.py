"""Plants in chains over years: by hand, by enumeration, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import run
from scipy.optimize import linprog

from aumaq.classic.chains.lengths import length_km
from aumaq.classic.chains.problem import Chain
from aumaq.classic.chains.reading import read
from aumaq.classic.chains.solution import Solution, broken, costs, processed
from aumaq.classic.chains.solving import solve
from aumaq.instances.errors import InstanceError, NoPlanError, UnreadableError
from aumaq.results.studies.bench.cases import cases_of
from aumaq.results.studies.bench.methods import answer_of

HERE = {"latitude (deg)": 0.0, "longitude (deg)": 0.0}
OPENING, FIXED = "opening cost ($)", "fixed operating cost ($)"
VARIABLE = "variable operating cost ($/tonne)"
TRANSPORT = "transportation cost ($/km/tonne)"


def size(opening: Any, fixed: Any, variable: Any) -> dict[str, Any]:
    """Return what a size of a plant costs."""
    return {OPENING: opening, FIXED: fixed, VARIABLE: variable}


def single(amount: list[float], **location: Any) -> dict[str, Any]:
    """Return a file of the earlier layout: one product, one centre, one plant."""
    years = len(amount)
    amounts = {"mine": {**HERE, "amount (tonne)": amount}}
    return {
        "parameters": {"time horizon (years)": years},
        "products": {"ore": {TRANSPORT: 1.0, "initial amounts": amounts}},
        "plants": {"mill": {"input": "ore", "locations": {"here": HERE | location}}},
    }


def chain_of(folder: Path, content: dict[str, Any], name: str = "own.json") -> Chain:
    """Write a file and read it."""
    (folder / name).write_text(json.dumps(content), encoding="utf-8")
    return read(folder / name)


def solved(folder: Path, content: dict[str, Any]) -> tuple[Chain, Solution]:
    """Return a chain and its optimum, which is proven and recomputed."""
    chain = chain_of(folder, content)
    found = solve(chain)
    assert found.proven
    assert not broken(chain, found.plan)
    return chain, found


def test_what_is_stored_waits_for_a_cheaper_year(tmp_path: Path) -> None:
    """Of 10 t, 4 may wait: 6 x 5, 4 x 2 of storing, 4 x 1; none waits at the end."""
    storage = {"cost ($/tonne)": [2.0, 0.0], "limit (tonne)": 4.0}
    sizes = {"20": size([0, 0], [0, 0], [5.0, 1.0])}
    content = single([10.0, 0.0], storage=storage, **{"capacities (tonne)": sizes})
    chain, found = solved(tmp_path, content)
    assert found.objective == pytest.approx(42.0)
    assert costs(chain, found.plan)["storage"].tolist() == [8.0, 0.0]
    assert processed(chain, found.plan)[0].tolist() == [6.0, 4.0]
    late = single([0.0, 10.0], storage=storage, **{"capacities (tonne)": sizes})
    assert solved(tmp_path, late)[1].objective == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("later", "initial", "expected"),
    [
        (160.0, 0.0, 100 + 15 * 3 + 5 + (5 + 15)),  # as late as possible
        (220.0, 0.0, 100 + 15 * 3 + (5 + 15) + (5 + 15)),  # 6 a tonne next year
        (160.0, 20.0, 5 * 3 + (5 + 10) + (5 + 15)),  # it is there, 10 above the least
    ],
)
def test_a_plant_grows_between_its_sizes(
    tmp_path: Path, later: float, initial: float, expected: float
) -> None:
    """Opening and fixed costs of a tonne above 10 are those between 10 and 30."""
    sizes = {"10": size([100, 100], 5, 0), "30": size([160, later], 25, 0)}
    given = {"capacities (tonne)": sizes, "initial capacity (tonne)": initial}
    _, found = solved(tmp_path, single([10.0, 25.0], **given))
    assert found.objective == pytest.approx(expected)


@pytest.mark.parametrize(
    ("building", "expected"), [(None, 100 + 3 + 3), ([1, 2], 50 + 3), ([2], 50 + 3)]
)
def test_plants_are_opened_in_years_of_building(
    tmp_path: Path, building: list[int] | None, expected: float
) -> None:
    """In the first year alone if nothing is said, though it is needed in the second."""
    sizes = {"10": size([100, 50], 3, 0)}
    content = single([0.0, 10.0], **{"capacities (tonne)": sizes})
    if building is not None:
        content["parameters"]["building period (years)"] = building
    chain, found = solved(tmp_path, content)
    assert found.objective == pytest.approx(expected)
    if expected == 50 + 3:
        early = replace(chain, may_build=np.array([True, False]))
        told = "opened when nothing may be built"
        assert any(told in text for text in broken(early, found.plan))


def test_disposal_is_limited_over_all_centres(tmp_path: Path) -> None:
    """3 t of 8 + 4 may go, at 1 a tonne; what is left is milled at 10, and 2 wanted."""
    content = single([8.0], **{"capacities (tonne)": {"9": size(0, 0, 10)}})
    ore = content["products"]["ore"]
    ore["initial amounts"]["other"] = {**HERE, "amount (tonne)": 4.0}
    ore |= {"disposal limit (tonne)": 3.0, "disposal cost ($/tonne)": 1.0}
    ore["acquisition cost ($/tonne)"] = 2.0
    chain, found = solved(tmp_path, content)
    assert found.objective == pytest.approx(3 * 1 + 9 * (10 + 2))
    assert costs(chain, found.plan)["collection"].tolist() == [18.0]
    ore["disposal limit (tonne)"] = 2.9
    with pytest.raises(NoPlanError, match="neither processed nor disposed"):
        solve(chain_of(tmp_path, content))


def loop() -> dict[str, Any]:
    """Return a file of the later layout: two mines, a maker, a shop that takes back."""
    goods = {"A": {}, "B": {}, "new": {}, "used": {}}
    mines = {
        name: {
            **HERE, "input": None, "outputs": [name],
            "fixed output (tonne)": {name: amount},
            "variable output (tonne/tonne)": {name: 0},
            "collection cost ($/tonne)": {name: cost},
            "disposal limit (tonne)": {name: None},
        }
        for name, amount, cost in (("A", 8, 2), ("B", 5, 3))
    }  # fmt: skip
    shop = {
        **HERE, "input": "new", "outputs": ["used"], "revenue ($/tonne)": 10,
        "operating cost ($)": 7, "fixed output (tonne)": {"used": 0},
        "variable output (tonne/tonne)": {"used": [0, 0.5]},
        "disposal limit (tonne)": {"used": [None, None]},
        "disposal cost ($/tonne)": {"used": 1},
    }  # fmt: skip
    maker = {
        **HERE, "input mix (%)": {"A": 80, "B": 20}, "output (tonne)": {"new": 1},
        "processing emissions (tonne)": {"CO2": 2},
        "capacities": [{"size (tonne)": 100, **size(3, 1, 1)}],
    }  # fmt: skip
    return {
        "parameters": {"time horizon (years)": 2},
        "products": {name: one | {TRANSPORT: 0.1} for name, one in goods.items()},
        "centers": {**mines, "shop": shop},
        "plants": {"maker": maker},
    }


def test_a_loop_of_centres_and_plants(tmp_path: Path) -> None:
    """Mixes, revenue, what comes back a year later, limits and penalties of a gas."""
    content = loop()
    _, found = solved(tmp_path, content)
    assert found.objective == pytest.approx(3 + 2 + 20 + 44 + 14 - 200 + 5)
    gas = {"limit (tonne)": [10, None], "penalty ($/tonne)": 0.5}
    content["emissions"] = {"CO2": gas}
    _, found = solved(tmp_path, content)
    assert found.objective == pytest.approx(3 + 2 + 15 + 33 + 14 + 15 - 150 + 2.5)


def drawn(seed: int) -> dict[str, Any]:
    """Return two centres, three plants of two sizes, two years in which to build."""
    rng = np.random.default_rng(seed)

    def place() -> dict[str, float]:
        latitude, longitude = rng.uniform(0, 1, 2).round(2)
        return {"latitude (deg)": latitude, "longitude (deg)": longitude}

    def costs_of(extra: int) -> dict[str, Any]:
        opening = (extra + rng.integers(100, 400, 2)).tolist()
        return size(opening, (extra / 10 + rng.integers(5, 30, 2)).tolist(), 2.0)

    amounts = {
        name: place() | {"amount (tonne)": rng.integers(3, 12, 2).tolist()}
        for name in "ab"
    }
    locations = {
        name: place() | {"capacities (tonne)": {"8": costs_of(0), "20": costs_of(300)}}
        for name in "xyz"
    }
    return {
        "parameters": {"time horizon (years)": 2, "building period (years)": [1, 2]},
        "products": {"ore": {TRANSPORT: 0.3, "initial amounts": amounts}},
        "plants": {"mill": {"input": "ore", "locations": locations}},
    }


def enumerated(chain: Chain) -> float:
    """Return the least cost over all years of opening, flows and growth by an LP.

    Columns: flows of year 1 and 2 (centre by centre), then growth of year 1 and 2.
    """
    plants, centres = chain.plants, chain.centres
    km = np.array([[length_km(c.place, p.place) for p in plants] for c in centres])
    flow = np.tile((0.3 * km + 2.0).ravel(), 2)
    best = np.inf
    for years in product((0, 1, 2), repeat=3):  # 2: never
        is_open = np.array([[year <= t for t in (0, 1)] for year in years])
        paid = sum(
            plant.fixed_cost @ row + (plant.opening_cost[year] if year < 2 else 0.0)
            for plant, row, year in zip(plants, is_open, years, strict=True)
        )
        growth = [
            [p.expansion_cost[t] + p.fixed_cost_above[t:].sum() for p in plants]
            for t in (0, 1)
        ]
        equal, rows, right = np.zeros((4, 18)), np.zeros((12, 18)), np.zeros(12)
        arises = np.zeros(4)
        for t, c in product((0, 1), (0, 1)):
            equal[2 * t + c, 6 * t + 3 * c : 6 * t + 3 * c + 3] = 1.0
            arises[2 * t + c] = centres[c].fixed_output["ore"][t]
        for t, p in product((0, 1), range(3)):
            grown = [12 + 3 * s + p for s in range(t + 1)]
            rows[3 * t + p, [6 * t + p, 6 * t + 3 + p]] = 1.0
            rows[3 * t + p, grown] = -1.0
            right[3 * t + p] = 8.0 * is_open[p, t]
            rows[6 + 3 * t + p, grown] = 1.0
            right[6 + 3 * t + p] = 12.0 * is_open[p, t]
        prices = np.concatenate([flow, *growth])
        found = linprog(prices, rows, right, equal, arises)
        best = min(best, paid + found.fun) if found.success else best
    return best


@pytest.mark.parametrize("seed", range(4))
def test_optimum_of_all_years_of_opening(tmp_path: Path, seed: int) -> None:
    """Against all 27 choices of when to open three plants."""
    chain, found = solved(tmp_path, drawn(seed))
    assert found.objective == pytest.approx(enumerated(chain), rel=1e-7)


CORRUPTIONS = {
    "more or less ore": {"sent": 1.0},
    "more than its capacity": {"extra": -3.0, "is_open": False},
    "closed or shrinks": {"is_open": False},
    "stores too much": {"stored": 1.0},
    "disposes of too much": {"disposed": 1e3},
}


@pytest.mark.parametrize("told", CORRUPTIONS)
def test_a_corrupted_plan_is_found(tmp_path: Path, told: str) -> None:
    """What is wrong is told from the data and the plan alone."""
    content = single([10.0, 15.0], **{"initial capacity (tonne)": 5.0})
    sizes = {"10": size(1, 1, 1), "30": size(3, 3, 1)}
    content["plants"]["mill"]["locations"]["here"]["capacities (tonne)"] = sizes
    content["plants"]["mill"]["outputs (tonne/tonne)"] = {"waste": 0.5}
    content["products"]["waste"] = {TRANSPORT: 1.0}
    disposal = {"waste": {"cost ($/tonne)": 1.0, "limit (tonne)": 100.0}}
    content["plants"]["mill"]["locations"]["here"]["disposal"] = disposal
    chain, found = solved(tmp_path, content)
    changes = {}
    for name, value in CORRUPTIONS[told].items():
        table = getattr(found.plan, name).copy()
        table[-1, -1] = value if name == "is_open" else table[-1, -1] + value
        changes[name] = table
    assert any(told in text for text in broken(chain, replace(found.plan, **changes)))


def test_lengths_are_those_of_relog(tmp_path: Path) -> None:
    """Straight lines as its tests have them, unless results lie beside the file."""
    assert length_km((44.881, -87.623), (43.881, -87.623)) == 111.118
    assert length_km((41.881, -87.623), (44.881, -87.623)) == 333.262
    content = single([10.0], **{"capacities (tonne)": {"20": size(0, 0, 0)}})
    table = "source,destination,distance (km)\nmine,mill (here),7.5\n"
    (tmp_path / "own_transportation.csv").write_text(table)
    chain, found = solved(tmp_path, content)
    assert found.objective == pytest.approx(75.0)
    assert "own_transportation.csv" in chain.notes[0]
    senders = {"Origin": {"mine": {"Distance (km)": 3.0}}}
    told = {"Plants": {"mill": {"here": {"Input": senders}}}}
    (tmp_path / "own_solution.json").write_text(json.dumps(told))
    assert solved(tmp_path, content)[1].objective == pytest.approx(30.0)
    (tmp_path / "own_solution.json").write_text("{}")
    with pytest.raises(UnreadableError, match=r"own_solution\.json"):
        read(tmp_path / "own.json")


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    """Each problem with the way to its field."""
    sizes = {"10": size([1], 1, 1), "many": size(1, 1, 2)}
    content = single([10.0, 15.0], **{"capacities (tonne)": sizes})
    content["products"]["ore"][TRANSPORT] = "dear"
    content["plants"]["mill"] |= {"input": "oar", "outputs (tonne/tonne)": {"tin": 1}}
    del content["plants"]["mill"]["locations"]["here"]["latitude (deg)"]
    with pytest.raises(InstanceError) as error:
        chain_of(tmp_path, content)
    told = str(error.value)
    here = "own.json: plants: mill: locations: here: "
    for expected in (
        "own.json: products: ore: transportation cost ($/km/tonne): is no number",
        "own.json: plants: mill: input: is the name of no product (value: 'oar')",
        "outputs (tonne/tonne): tin: is the name of no product",
        f"{here}latitude (deg): is missing",
        f"{here}capacities (tonne): sizes must be numbers",
        f"{here}capacities (tonne): 10: opening cost ($): has 1 value, not one",
        f"{here}capacities (tonne): all sizes must have the same variable",
    ):
        assert expected in told
    three = {str(k): size(1, 1, 1) for k in (1, 2, 3)}
    for sizes in ({}, three):
        content = single([10.0], **{"capacities (tonne)": sizes})
        with pytest.raises(InstanceError, match="one size or two, not"):
            chain_of(tmp_path, content)
    for wrong in ([], {"parameters": {}}, {"parameters": {"time horizon (years)": 0}}):
        with pytest.raises(InstanceError, match=r"own\.json: parameters: time horizon"):
            chain_of(tmp_path, wrong)  # type: ignore[arg-type]


def test_commands_know_chains(tmp_path: Path) -> None:
    """Described and solved by what is in it, written whole; bad input ends with 2."""
    file, target = tmp_path / "own.json", tmp_path / "out"
    chain_of(tmp_path, loop())
    done = run("describe", file)
    assert done.returncode == 0, done.stderr
    assert "plants in chains" in done.stdout
    done = run("solve", file, "--json", "--out", target)
    record = json.loads(done.stdout)
    assert record["objective"] == record["bound"] == pytest.approx(-112.0)
    assert record["plants"][0] == {
        "plant": "maker", "year": 1, "capacity_t": 100.0, "processed_t": 10.0,
        "stored_t": 0.0,
    }  # fmt: skip
    assert {path.name for path in target.iterdir()} == {
        "solution.json", "plants.csv", "flows.csv",
    }  # fmt: skip
    done = run("convert", file, tmp_path / "converted")
    assert (done.returncode, "solve the file itself" in done.stderr) == (2, True)
    asked = cases_of([str(tmp_path)])
    assert [case.kind for case in asked] == ["chain"]
    found = answer_of(asked[0], "aumaq", 60.0, 0)
    assert (found.status, found.objective) == ("optimal", pytest.approx(-112.0))
    assert answer_of(asked[0], "highs", 60.0, 0).status == "unknown to the method"
    assert run("solve", file, "--out", target).returncode == 2
    assert run("solve", file, "--p", 3).returncode == 2
    file.write_text(file.read_text()[:300])
    done = run("describe", file)
    assert done.returncode == 2
    assert done.stderr.startswith("own.json: is not valid JSON")
    assert "Traceback" not in done.stderr
