"""What a rule costs, as a range: the true price lies within it."""

from __future__ import annotations

import pytest
from tiny_instances import tiny
from variants import OVERRIDES

import aumaq
from aumaq.results.studies.rule_prices import rule_prices


@pytest.mark.slow
def test_the_price_is_within_the_range() -> None:
    """Solved to the end it is a point; from bounds that are far it is a range."""
    instance = tiny(
        overrides=OVERRIDES,
        variants=[{"variant": "dear", "axis": "prices", "overrides": "dear-schools"},
                  {"variant": "more", "axis": "running", "overrides": "more"}],
    )  # fmt: skip
    found = aumaq.sweep(instance, "each", jobs=1, gap=0.0)
    names = found.rows["scenario"].tolist()
    assert names == ["base", "base+dear", "base+more"]
    cost = dict(zip(names, found.rows["objective_mln"], strict=True))
    exact = rule_prices(found.rows).set_index("variant")
    assert list(exact.index) == ["dear", "more"]
    for variant, row in exact.iterrows():
        price = cost[f"base+{variant}"] - cost["base"]
        assert row["found_mln"] == pytest.approx(price)
        assert row["least_mln"] == pytest.approx(price, abs=1e-4)
        assert row["most_mln"] == pytest.approx(price, abs=1e-4)
    assert exact["is_certain"]["more"]
    rough = found.rows.assign(bound_mln=found.rows["bound_mln"] - 1e3)
    wide = rule_prices(rough).set_index("variant")
    assert not wide["is_certain"].any()
    assert (wide["least_mln"] < exact["found_mln"]).all()
    assert (wide["most_mln"] > exact["found_mln"]).all()
    assert rule_prices(found.rows.assign(verified=False)).empty
