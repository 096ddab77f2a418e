"""At most so many facilities: without time, at best, and what cannot be."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from two_schools import NO_TIME, SCHOOLS, two_schools

import aumaq
from aumaq.instances import Instance


def few(most: int, **columns: Any) -> Instance:
    """Return two villages with a school each, of which so many may run."""
    rule = {"count": "few", "service": "s", "most": most, **columns}
    return two_schools().replace(counts=pd.DataFrame([rule]))


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("rule", "left"),
    [
        ({"most": 2}, []),
        ({"most": 1}, ["b"]),  # of 100 and 80 pupils
        ({"most": 0}, ["a", "b"]),
        ({"most": 0, "region": "R"}, ["a"]),
        ({"most": 0, "from_level": 1, "period": "p1", "region": "Q"}, ["b"]),
    ],
)
def test_what_closes(rule: dict[str, Any], left: list[str]) -> None:
    """The school that serves fewer closes; the first plan is the best one here."""
    for options in ({"time_limit": NO_TIME}, {"gap": 0.0}):
        plan = aumaq.solve(few(**rule), **options)
        assert plan.record["problems"] == []
        assert sorted(plan.table("unserved")["settlement"]) == left


@pytest.mark.parametrize(
    ("rule", "locked", "told"),
    [
        ({"most": 1}, True, "row 2, column most: 2 facilities must run"),
        ({"most": 1, "region": "S"}, False, "column region: no settlement has this"),
        ({"most": 1, "from_level": 2}, False, "from_level: s has levels up to 1"),
        ({"most": -1}, False, "column most: "),
        ({"most": 1, "period": "p9"}, False, "column period: no such period"),
    ],
)
def test_what_cannot_be(rule: dict[str, Any], locked: bool, told: str) -> None:
    """Each mistake is told by row and column."""
    facilities = pd.DataFrame(SCHOOLS).assign(is_locked=locked, renew_by_year=0)
    tables = {"facilities": facilities}
    if locked:
        few(1, region="Q").replace(**tables)  # one of them is in each region
    with pytest.raises(aumaq.InstanceError, match=told):
        few(**rule).replace(**tables)
