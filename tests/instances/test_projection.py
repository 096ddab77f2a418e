"""Projections: by hand, conserved, never below zero; levers do what they say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from command import run
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from projection_example import BASE, PLACES, example
from shared_plans import shipped

import aumaq
from aumaq.instances import InstanceError, UnknownNameError
from aumaq.instances.people.projection.run import Projection
from aumaq.instances.people.projection.trends import hamilton_perry

TREND = BASE["projections"][0]


def changed(**values: Any) -> dict[str, list[dict[str, Any]]]:
    """Return the row of ``projections`` with other values."""
    return {"projections": [{**TREND, **values}]}


def people(found: Projection) -> pd.Series[Any]:
    """Return people of settlements in the last year."""
    rows = found.population
    return rows[rows["year"] == found.years[-1]].set_index("settlement")["persons"]


def test_two_regions_equal_the_hand_calculation() -> None:
    """Every number of docs/projections.md."""
    instance = example()
    found = instance.projection
    assert found.years == (2020, 2040, 2060)
    a, b = found.ledger[found.ledger["year"] == 2020].to_dict("records")
    numbers = ["start", "births", "deaths", "migration_in", "migration_out", "external",
               "announced", "adjustment", "end"]  # fmt: skip
    assert [a[n] for n in numbers] == pytest.approx(
        [1000, 173.5, 234.675, 0, 93.8825, 0, 0, 0, 844.9425]
    )
    assert [b[n] for n in numbers] == pytest.approx(
        [500, 99, 88.95, 93.8825, 0, 100, 0, 0, 703.9325]
    )
    ages = found.ages.query("region == 'A' and year == 2040")["persons"]
    assert list(ages) == pytest.approx([148.3425, 264.6, 432.0])
    # 600 e^0.2 and 400 share 844.9425.
    weights = 600 * np.exp(0.2), 400.0
    a1 = 844.9425 * weights[0] / sum(weights)
    assert a1 == pytest.approx(546.598, abs=5e-4)
    expected = [a1, 844.9425 - a1, 703.9325]
    assert instance.persons("all")[:, 0] == pytest.approx(expected)
    young = instance.persons("young")[:, 0]
    assert young[:2] == pytest.approx(np.array(expected[:2]) * 148.3425 / 844.9425)


@st.composite
def futures(draw: st.DrawFn) -> dict[str, Any]:
    """Draw rates, trends, levers, totals and sites at random."""
    share = st.floats(0, 1)
    codes = [code for code, *_ in PLACES]
    tables: dict[str, Any] = {
        "settlements": [
            {**row, "is_growth_point": draw(st.booleans()),
             "is_border": draw(st.booleans()),
             "agglomeration": draw(st.sampled_from(["", "x"])),
             "population": draw(st.sampled_from([0.0, 1.0, 90.0, 5e4]))}
            for row in BASE["settlements"]
        ],
        "fertility": [{"from_age": 20, "births_per_woman_year": draw(share)}],
        "survival": [
            {"from_age": age, "share": draw(share)} for age in (-1, 0, 20, 40)
        ],
        "migration_rates": [
            {"from_region": "A", "to_region": "B", "share_per_year": draw(share) / 20},
            {"from_region": "B", "to_region": "A", "share_per_year": draw(share) / 20},
        ],
        "external_migration": [
            {"region": "B", "persons_per_year": draw(st.floats(-2e3, 2e3))},
            {"region": "A", "from_age": 20,
             "persons_per_year": draw(st.floats(-2e3, 2e3))},
        ],
        "settlement_trends": [
            {"settlement": code, "growth_per_year": draw(st.floats(-0.2, 0.2))}
            for code in codes
        ],
        "levers": [
            {"projection": "trend", "lever": lever, "share": draw(share),
             "max_growth_per_year": draw(st.sampled_from([None, 0.0, 0.02]))}
            for lever in ("growth_points", "agglomerations", "border", "retention")
        ],
        "announced_sites": [
            {"announced_site": f"s{k}", "settlement": draw(st.sampled_from(codes)),
             "year": draw(st.integers(2015, 2060)), "jobs": draw(st.floats(0, 1e4)),
             "comes_from": draw(st.sampled_from(["region", "nation", "abroad"]))}
            for k in range(2)
        ],
        **changed(
            migration=draw(st.sampled_from(["none", "rates", "gravity"])),
            empty_below_persons=draw(st.sampled_from([0.0, 60.0])),
            trend_half_life_years=draw(st.sampled_from([None, 10.0])),
            uses_totals=draw(st.booleans()),
            gravity_share_per_year=draw(share) / 20,
        ),
    }  # fmt: skip
    if draw(st.booleans()):
        tables["population_totals"] = [
            {"region": draw(st.sampled_from(["", "A"])), "year": year, "persons": n}
            for year, n in ((2040, draw(st.floats(0, 1e5))), (2050, 100.0))
        ]
        tables["population_totals"][1]["region"] = tables["population_totals"][0][
            "region"
        ]
    if draw(st.booleans()):
        tables["cohorts"] = []
        for name in ("fertility", "survival", "external_migration"):
            tables[name] = []
    return tables


@examples(60)
@given(futures())
def test_totals_are_conserved_and_nothing_is_negative(tables: dict[str, Any]) -> None:
    """Start + births - deaths + migration = end, in every table, for any policy."""
    found = example(**tables).projection
    ledger = found.ledger
    change = (
        ledger["births"] - ledger["deaths"] + ledger["migration_in"]
        - ledger["migration_out"] + ledger["external"] + ledger["announced"]
        + ledger["adjustment"]
    )  # fmt: skip
    size = 1.0 + ledger[["start", "end"]].max(axis=None)
    assert np.allclose(ledger["start"] + change, ledger["end"], atol=1e-9 * size)
    moved = ledger.groupby("year")[["migration_in", "migration_out"]].sum()
    assert np.allclose(moved["migration_in"], moved["migration_out"], atol=1e-9 * size)
    flows = ["births", "deaths", "migration_in", "migration_out"]
    assert (ledger[flows].to_numpy() >= -1e-9 * size).all()
    assert (found.people >= 0).all()
    assert (found.cohorts >= -1e-9 * size).all()
    if found.cohorts.size:
        by_age = found.cohorts.sum(axis=(1, 2)).T
        by_place = found.totals.pivot(index="year", columns="region", values="persons")
        assert np.allclose(by_age, by_place, atol=1e-9 * size)
    rows = found.rows().pivot(
        index=["settlement", "period"], columns="group", values="persons"
    )
    if "young" in rows:
        assert (rows["young"] <= rows["all"] * (1 + 1e-9) + 1e-6).all()


def test_totals_given_are_met_in_growth_or_outright() -> None:
    """With the start year covered growth counts, otherwise persons do."""
    totals = [{"region": "A", "year": y, "persons": n} for y, n in
              ((2020, 2000), (2060, 3000))]  # fmt: skip
    found = example(population_totals=totals).projection.totals
    ends = found[found["year"] == 2040].set_index("region")["persons"]
    assert ends["A"] == pytest.approx(1250)
    assert ends["B"] == pytest.approx(703.9325)
    whole = [{"year": 2040, "persons": 3000}]
    found = example(population_totals=whole).projection.totals
    assert found[found["year"] == 2040]["persons"].sum() == pytest.approx(3000)


def test_growth_points_receive_their_share_within_the_limit() -> None:
    """Half of the net growth goes to a small growth point, or what it may take."""
    places = [dict(row) for row in BASE["settlements"]]
    places[1] |= {"is_growth_point": True, "population": 100.0}
    places[0]["population"] = 900.0
    totals = [{"region": "A", "year": y, "persons": n} for y, n in
              ((2020, 1000), (2060, 1400))]  # fmt: skip
    lever = {"projection": "trend", "lever": "growth_points", "share": 0.5}
    plain = {
        "settlements": places,
        "population_totals": totals,
        "settlement_trends": [],
    }
    for limit, expected in ((None, 200.0), (0.02, 100 * 1.02**20)):
        found = example(**plain, levers=[{**lever, "max_growth_per_year": limit}])
        rows = found.projection.population.query("year == 2040 and region == 'A'")
        assert list(rows["persons"]) == pytest.approx([1200 - expected, expected])


def test_retention_follows_the_services_that_a_plan_keeps() -> None:
    """A declining settlement loses less the more services stay near it."""
    trend = [{"settlement": "a2", "growth_per_year": -0.05}]
    totals = [{"region": "A", "year": y, "persons": 1000} for y in (2020, 2060)]
    lever = [{"projection": "trend", "lever": "retention", "share": 0.5}]
    instance = example(settlement_trends=trend, population_totals=totals, levers=lever)
    by_kept = [
        people(instance.with_kept_services({"a2": kept}).projection)["a2"]
        for kept in (0.0, 0.5, 1.0)
    ]
    assert by_kept[0] < by_kept[1] < by_kept[2] < 400
    assert by_kept[0] == pytest.approx(people(instance.projection)["a2"])


def test_small_settlements_empty_and_sites_bring_people() -> None:
    """People of an emptied village stay in the region; arrivals stay on top."""
    trend = [{"settlement": "a2", "growth_per_year": -0.1}]
    found = example(settlement_trends=trend, **changed(empty_below_persons=100.0))
    ends = people(found.projection)
    assert ends["a2"] == 0.0
    site = {"announced_site": "mine", "settlement": "a2", "year": 2030, "jobs": 50.0,
            "persons_per_job": 2.0, "comes_from": "abroad"}  # fmt: skip
    plain, more = example(), example(announced_sites=[site])
    grown = more.projection.ledger["end"].sum() - plain.projection.ledger["end"].sum()
    assert more.projection.ledger["announced"].sum() == pytest.approx(100.0)
    assert grown > 100.0
    gain = more.persons("all")[:, 0] - plain.persons("all")[:, 0]
    assert gain == pytest.approx([0.0, 100.0, 0.0])


def test_hamilton_perry_by_hand() -> None:
    """Ratios of cohorts to themselves, children per adult (three groups of 15)."""
    # After 15 years 80 of 100 children are 15-29; of 100 + 50 above 15, 60 are 30+.
    early, late = np.array([100.0, 100.0, 50.0]), np.array([85.0, 80.0, 60.0])
    path = hamilton_perry(early, late, [0, 15, 30], 15, 1)
    young_adults, old = 0.8 * 85.0, 0.4 * (80.0 + 60.0)
    children = 85.0 / (80.0 + 60.0) * (young_adults + old)
    assert path == pytest.approx([225.0, children + young_adults + old])
    rows = [
        {"settlement": "a1", "year": year, "from_age": 15 * k, "persons": n}
        for year, counts in ((1990, early), (2005, late))
        for k, n in enumerate(counts)
    ]
    found = example(censuses=rows, settlement_trends=[]).projection
    grown = people(found)
    assert grown["a1"] / grown["a2"] != pytest.approx(600 / 400)


def test_a_plan_for_computed_people_is_verified_and_read_back(tmp_path: Path) -> None:
    """The verifier and a plan folder see the same people."""
    instance = example()
    plan = aumaq.solve(instance, gap=0.0)
    assert plan.is_verified
    served = plan.allocation["demand"].sum() + plan.unserved["demand"].sum()
    assert served == pytest.approx(instance.demand("s").sum())
    assert aumaq.Plan.read(plan.to_csv(tmp_path / "plan"), instance).is_verified
    active = aumaq.from_tables(instance.tables)
    assert np.array_equal(active.demand("s"), instance.demand("s"))


def test_all_that_is_wrong_is_told_at_once() -> None:
    """Ages, regions, rates and groups that cannot be."""
    with pytest.raises(InstanceError) as caught:
        example(
            cohorts=[{"region": "A", "from_age": 5, "persons": 1}],
            fertility=[{"from_age": 7, "births_per_woman_year": 0.1}],
            migration_rates=[
                {"from_region": "A", "to_region": "A", "share_per_year": 0.2}
            ],
            external_migration=[{"region": "Z", "persons_per_year": 1}],
            population=[{"settlement": "a1", "scenario": "trend", "period": "p1",
                         "group": "all", "persons": 1}],
        )  # fmt: skip
    text = str(caught.value)
    for part in ("age groups in cohorts from 0 on", "no such age group",
                 "expected two regions", "leave in a step", "no settlement has this",
                 "is computed", "missing regions"):  # fmt: skip
        assert part in text
    with pytest.raises(UnknownNameError, match="projection 'base'"):
        shipped().with_scenario("base").projection  # noqa: B018


@pytest.mark.slow
def test_the_command_shows_and_writes(tmp_path: Path) -> None:
    """``aumaq project`` prints a ledger, writes tables, and overwrites nothing else."""
    aumaq.write(example(), tmp_path / "two")
    out = tmp_path / "out"
    done = run("project", tmp_path / "two", "--json", "--out", out)
    record = json.loads(done.stdout)
    assert record["ledger"][0]["births"] == pytest.approx(173.5)
    assert pd.read_csv(out / "population.csv")["persons"].sum() > 0
    assert "all" in run("project", tmp_path / "two").stdout
    (out / "mine.txt").write_text("mine")
    assert run("project", tmp_path / "two", "--out", out).returncode == 2
