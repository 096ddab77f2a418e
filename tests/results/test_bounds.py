"""What bounds something is rounded so that it still does."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_instances import tiny

import aumaq
from aumaq.cli_pareto import _cell
from aumaq.results.bounds import decimals, rounded_down, rounded_up
from aumaq.results.comparison.sentences import sentences
from aumaq.results.explanations.ranges import Difference
from aumaq.results.language import ENGLISH, LANGUAGES, Language
from aumaq.results.location.telling import lines
from aumaq.results.plan.aims import aims_of
from aumaq.results.plan.proof import proof


@given(st.floats(-1e12, 1e12), st.integers(-3, 6))
def test_a_bound_is_kept(value: float, digits: int) -> None:
    """Down is never above, up never below, both less than a unit away."""
    unit = 10.0**-digits
    below, above = rounded_down(value, digits), rounded_up(value, digits)
    dust = 2e-3 * unit + 1e-15 * abs(value)
    assert value - unit - dust <= below <= value + dust
    assert value - dust <= above <= value + unit + dust


def test_by_hand() -> None:
    """Round numbers stay, a hair of a solver's does not count."""
    assert rounded_down(57.39, 1) == 57.3
    assert rounded_up(57.31, 1) == 57.4
    assert rounded_down(-8.01, 1) == -8.1
    assert rounded_down(0.3, 1) == rounded_up(0.3, 1) == 0.3
    assert rounded_down(19.9999999999, 1) == 20.0
    assert rounded_down(57_399.0, -2) == 57_300.0
    assert decimals(57_399.0, 3) == -2
    assert decimals(0.05739, 3) == 4
    assert ENGLISH.lower(1299.97, ",.1f") == "1,299.9"
    assert ENGLISH.upper(1299.91, ",.1f") == "1,300.0"
    assert ENGLISH.upper(0.12341, ".2%") == "12.35%"
    assert ENGLISH.lower(0.99999999, ",.6g") == "0.999999"


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_no_plan_costs_less_than_what_is_told(code: str) -> None:
    """A bound of 1,237,800 mln is told as 1.23 trn, not as 1.24; at no gap none is."""
    plan, lang = aumaq.solve(tiny(), gap=0.0), Language(code)
    assert proof(plan, lang)[0].count(plan.instance.currency) == 1
    told = {"bound_mln": 1_237_800.0, "objective_mln": 1_300_000.0}
    record = {**plan.record, **told, "gap": 1.0 - 1_237_800.0 / 1_300_000.0}
    sentence = proof(replace(plan, record=record), lang)[0]
    assert lang.money(1_230_000.0) in sentence
    assert lang.money(1_240_000.0) not in sentence


@pytest.mark.slow
def test_ranges_hold_what_they_bound() -> None:
    """A difference of 12.34 to 12.34 mln lies between 12.3 and 12.4."""
    plan = aumaq.solve(tiny(), gap=0.0)
    dear = {**plan.record}
    for key in ("objective_mln", "bound_mln"):
        dear[key] = plan.record[key] + 12.34
    found = aumaq.compare(plan, replace(plan, record=dear))
    assert "is +12.3 to +12.4 mln" in " ".join(sentences(found, ENGLISH)["B"])
    told = Difference(1234567.8, float("inf")).told(ENGLISH, "KZT")
    assert told == "at least 1,234,560 mln KZT"


def test_a_bound_that_is_met_has_one_figure() -> None:
    """Beside a value a bound is rounded to its side; where it is met, as the value."""
    assert ENGLISH.bound(6569.66, 6569.66, ",.1f") == "6,569.7"
    assert ENGLISH.bound(6569.66, 6570.0, ",.1f") == "6,569.6"
    assert ENGLISH.bound(200.31, 200.0, ",.1f", is_above=True) == "200.4"
    assert ENGLISH.upper(0.0080001, ".2%") == "0.81%"
    assert ENGLISH.upper(1e-10, ".2%") == "0.00%"


def test_an_answer_that_is_proven_has_one_figure() -> None:
    """Of 3,240.4 people no more than 3,240 are within: not 3,241, as if one lacked."""
    clients = pd.DataFrame({"client": ["a", "b"], "people": [3240.4, 100.0]})
    ways = pd.DataFrame(
        [("a", "a", 0.0), ("a", "b", 44.46), ("b", "a", 44.46), ("b", "b", 0.0)],
        columns=["client", "site", "distance"],
    )
    for goal, minutes, one, other in (
        ("cover", 20.0, "3,240", "3,241"),
        ("worst_minutes", None, "44.5", "44.4"),
    ):
        found = aumaq.locate(clients, goal, distances=ways, new=1, minutes=minutes)
        told = " ".join(lines(found, ENGLISH))
        assert one in told
        assert other not in told


def test_notebooks_and_fronts_round_bounds_to_their_side() -> None:
    """A bound of 38,268.35 is shown as 38,268.3, a gap of 0.8001 % as 0.81 %."""
    plan = aumaq.solve(tiny(), gap=0.0)
    told = {"objective_mln": 38_576.3, "bound_mln": 38_268.35, "gap": 0.008001}
    text = replace(plan, record={**plan.record, **told})._repr_html_()
    assert "38,268.3 mln" in text
    assert "0.81%" in text
    aims = {aim.name: aim for aim in aims_of(tiny(), ["cost", "cover"], 20.0)}
    row = {"cost": 100.0, "cover": 200.0, "gap": 0.00001, "bound": 99.996}
    assert _cell("bound", row, aims) == "99.99"
    assert _cell("gap", row, aims) == "0.01%"
    assert _cell("bound", {**row, "best": "cover", "bound": 200.001}, aims) == "200.01"
    assert _cell("bound_cover", {**row, "bound_cover": 200.001}, aims) == "200.01"
