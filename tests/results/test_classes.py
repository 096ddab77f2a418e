"""Classes of units: the number by silhouette, gaps filled, classes told apart."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from aumaq.instances import OptionError
from aumaq.results.analysis.classes import classify
from aumaq.results.analysis.measures import Measure

MEASURES = (
    Measure("size", "Size", "persons", +1, is_log=True),
    Measure("way", "Way", "min", -1),
    Measure("same", "Same", "share", +1),
    Measure("rare", "Rare", "share", +1),
    Measure("told", "Told", "share"),
)


def groups(centres: list[tuple[float, float]], each: int) -> pd.DataFrame:
    """Return units close about centres (log10 of size, way)."""
    rng = np.random.default_rng(5)
    points = np.repeat(np.array(centres), each, axis=0)
    points = points + rng.normal(0.0, 0.05, points.shape)
    n = len(points)
    rare = np.where(np.arange(n) < n // 3, np.arange(n) / n, np.nan)
    return pd.DataFrame(
        {
            "name": [f"u{k}" for k in range(n)],
            "size": 10.0 ** points[:, 0],
            "way": points[:, 1],
            "same": 1.0,
            "rare": rare,
            "told": rng.normal(size=n),
        }
    )


@pytest.mark.parametrize(
    "centres", [[(0, 0), (9, 9)], [(0, 9), (9, 0), (0, 0)],
                [(0, 0), (0, 9), (9, 0), (9, 9)]],
)  # fmt: skip
def test_silhouette_finds_obvious_groups(centres: list[tuple[float, float]]) -> None:
    """As many classes as there are groups, each group one class."""
    units = groups(centres, 5)
    found = classify(units, MEASURES, "regions")
    assert found.silhouettes.set_index("classes")["is_chosen"].idxmax() == len(centres)
    blocks = found.of.reshape(len(centres), 5)
    assert (blocks == blocks[:, :1]).all()
    assert len(set(blocks[:, 0])) == len(centres)


def test_classes_by_hand() -> None:
    """Class 1 has the highest potential: large, with a short way."""
    units = groups([(0, 9), (9, 0)], 4)
    found = classify(units, MEASURES, "regions")
    assert found.of.tolist() == [2] * 4 + [1] * 4
    # Two groups of equal size about the mean: each is one standard deviation away.
    np.testing.assert_allclose(found.potential, [-1] * 4 + [1] * 4, atol=0.05)
    first = found.classes.iloc[0]
    assert first["members"] == "u4; u5; u6; u7"
    assert first["z_way"] == pytest.approx(-1, abs=0.01)
    assert "size (+1.0)" in first["description"]
    why = found.indicators.set_index("indicator")["left_out_because"]
    assert why.to_dict() == {
        "size": "", "way": "", "same": "the same everywhere",
        "rare": "missing in more than half of the units",
    }  # fmt: skip


def test_a_gap_takes_the_median() -> None:
    """A unit whose indicator is missing is as if it had the median of the others."""
    units = groups([(0, 0), (0, 4), (0, 9)], 3)
    gap = units.assign(way=units["way"].where(units.index != 4))
    given_ = units.assign(way=gap["way"].fillna(gap["way"].median()))
    one, other = (classify(u, MEASURES, "regions") for u in (gap, given_))
    assert one.of.tolist() == other.of.tolist()
    np.testing.assert_allclose(one.potential, other.potential)


@examples(60)
@given(
    values=st.lists(st.sampled_from([1.0, 2.0, 3.0, 7.0]), min_size=4, max_size=9),
    factor=st.sampled_from([0.1, 3.0, 1000.0]),
)
def test_units_of_measurement_do_not_matter(values: list[float], factor: float) -> None:
    """Another unit of an indicator gives the same classes; equal units share one."""
    names = [f"u{k}" for k in range(len(values))]
    rows = pd.DataFrame({"name": names, "way": values})
    one = classify(rows, MEASURES, "regions")
    other = classify(rows.assign(way=rows["way"] * factor), MEASURES, "regions")
    assert one.of.tolist() == other.of.tolist()
    for value in set(values):
        assert len(set(one.of[rows["way"] == value])) == 1
    if len(set(values)) == 1:
        assert "no indicator tells the regions apart" in one.note
        assert one.classes.empty


def test_few_units_and_impossible_numbers() -> None:
    """Three units have no classes, said plainly; nine units no nine classes."""
    few = classify(groups([(0, 0)], 3), MEASURES, "regions")
    assert few.note == (
        "There are no classes: at least 4 regions are needed, here are 3."
    )
    assert few.of.tolist() == [0, 0, 0]
    units = groups([(0, 0), (0, 4), (0, 9)], 3)
    assert classify(units, MEASURES, "regions", 5).of.max() == 5
    with pytest.raises(OptionError, match="expected 2 to 8 classes"):
        classify(units, MEASURES, "regions", 9)


def test_without_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names what to install."""
    monkeypatch.setitem(sys.modules, "sklearn.cluster", None)
    with pytest.raises(OptionError, match=r"pip install 'scikit-learn>="):
        classify(groups([(0, 0), (9, 9)], 3), MEASURES, "regions")
