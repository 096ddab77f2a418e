"""The model as an LP file: another reader finds the same optimum under any names."""

from __future__ import annotations

import re
from pathlib import Path

import highspy
import pandas as pd
import pytest
from shared_plans import shipped

import aumaq
from aumaq.instances import ExportError
from aumaq.solvers.highs.lp_file import KEYWORDS, Labels, is_fit

NAMES = {
    "differ in a sign": ("x y", "x_y", "x-y"),
    "Kazakh and Russian": ("Ақтөбе", "Актобе", "Актөбе"),
    "begin like numbers": ("1e5", "e12", "2.5"),
    "words of the format": ("end", "free", "st"),
    "very long": ("n" * 300, "n" * 300 + "m", "n" * 299),
    "hostile": ("a\\b", "x >= 3 : y", "end\nbounds\n free"),
}


@pytest.mark.few(1)
@pytest.mark.parametrize("names", NAMES.values(), ids=NAMES)
def test_the_file_has_the_optimum_of_the_solve(tmp_path: Path, names) -> None:  # type: ignore[no-untyped-def]
    """HiGHS reads the file back and finds 780, as by hand for ``tiny``."""
    new = dict(zip(("a", "b", "c"), names, strict=True))
    tiny = shipped()
    tables = {}
    for table, columns in {
        "settlements": ("settlement", "node"), "sites": ("site", "settlement"),
        "facilities": ("site",), "road_nodes": ("node",),
        "road_links": ("from_node", "to_node"),
    }.items():  # fmt: skip
        frame: pd.DataFrame = tiny.table(table)
        tables[table] = frame.assign(**{c: frame[c].map(new) for c in columns})
    file = tmp_path / "new" / "model.lp"
    plan = aumaq.solve(tiny.replace(**tables), gap=0.0, save_lp=file)
    assert plan.objective_mln == pytest.approx(780.0)
    reader = highspy.Highs()
    reader.setOptionValue("output_flag", False)
    assert reader.readModel(str(file)) == highspy.HighsStatus.kOk
    reader.run()
    assert reader.getInfo().objective_function_value == pytest.approx(780.0)
    assert reader.getNumCol() == plan.record["columns"]
    assert [path.name for path in file.parent.iterdir()] == ["model.lp"]


class Named:
    """What has a name."""

    def __init__(self, name: str) -> None:
        self.name = name


def test_names_are_distinct_and_a_note_says_which_is_which() -> None:
    """Whatever the names, labels are fit, different, and lead back to the name."""
    names = [
        "siting.units[x y,1]", "siting.units[x_y,1]", "siting.units[x_y_1]", "end",
        "e1", "1a", "қ[1]", "siting_units_no_1", "a" * 300, "", "plain[a,1]",
    ]  # fmt: skip
    labels = Labels()
    found = [labels(Named(name)) for name in names]
    assert len(set(found)) == len(names)
    assert all(map(is_fit, found))
    assert all(re.fullmatch(r"[A-Za-z0-9_()]+", label) for label in found)
    assert found[-1] == "plain(a_1)"
    kept = {"plain[a,1]", "siting_units_no_1"}
    assert set(labels.notes.values()) | kept == set(names)
    assert all(labels.notes.get(x, y) == y for x, y in zip(found, names, strict=True))
    assert not any(map(is_fit, KEYWORDS))


@pytest.mark.parametrize("name", ["m.nope", "afile/m.lp", "folder"])
def test_a_bad_place_is_told_before_the_solve(tmp_path: Path, name: str) -> None:
    """In Python, too."""
    (tmp_path / "afile").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(ExportError, match=name):
        aumaq.solve(shipped(), save_lp=tmp_path / name)


def test_a_file_that_fails_does_not_cost_the_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The solve goes on; a warning says what was not written."""

    def full(*_: object) -> None:
        raise ExportError("the disk is full")

    monkeypatch.setattr("aumaq.solvers.compiled.write_lp", full)
    with pytest.warns(UserWarning, match="disk is full"):
        plan = aumaq.solve(shipped(), save_lp=tmp_path / "m.lp")
    assert plan.is_verified
