"""What bounds something is rounded so that it still does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_instances import tiny

import aumaq
from aumaq.results.bounds import decimals, rounded_down, rounded_up
from aumaq.results.comparison.sentences import sentences
from aumaq.results.explanations.ranges import Difference
from aumaq.results.language import ENGLISH, LANGUAGES, Language
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
