"""Values changed by a line: what an edited table gives, in every scenario, last."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from tiny_instances import tiny
from variants import OVERRIDES, SCENARIOS, VARIANTS

import aumaq
from aumaq.instances import Instance, InstanceError
from aumaq.instances.scenarios.changes import CHANGE, _row

CHANGES = ["levels.capex_mln*2", "settlements[settlement=a].population+5"]


def changing() -> Instance:
    """Return two villages with scenarios whose overrides change prices too."""
    return tiny(scenarios=SCENARIOS, variants=VARIANTS, overrides=OVERRIDES)


def test_an_edited_table_gives_the_same() -> None:
    """Factors, differences and rows mean what they mean in a table."""
    instance = changing()
    levels, people = (instance.table(name) for name in ("levels", "settlements"))
    levels["capex_mln"] *= 2
    people.loc[people["settlement"] == "a", "population"] += 5
    edited = instance.replace(levels=levels, settlements=people)
    found = instance.with_changes(CHANGES)
    for name in ("levels", "settlements", "sites", "budgets"):
        pd.testing.assert_frame_equal(found.tables[name], edited.tables[name])


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("уровни.капитальные затраты [млн]*2", "levels.capex_mln*2"),
        ("levels.capex*2", "levels.capex_mln*2"),
        ("projections.half-life of trends - 5", "projections.trend_half_life_years-5"),
        ("Деңгейлер.күрделі шығын*2", "levels.capex_mln*2"),
        ("площадки[населённый пункт=b].статус=требуется",
         "sites[settlement=b].status=required"),
        ("населённые пункты[вид=село; название=A-1].население+5",
         "settlements[kind=village; name=A-1].population+5"),
    ],
)  # fmt: skip
def test_words_of_a_sheet_mean_its_names(told: str, meant: str) -> None:
    """Tables, columns and choices by their titles in any language."""
    found = CHANGE.fullmatch(told)
    same = CHANGE.fullmatch(meant)
    assert found is not None
    assert same is not None
    assert _row(found, "") == _row(same, "")


@pytest.mark.parametrize("scenario", ["base", "other", "other+dear+tight"])
def test_changes_come_last_in_every_scenario(scenario: str) -> None:
    """Overrides of scenarios and variants do not undo what was asked for."""
    found = changing().with_changes(["levels.capex_mln=7"]).with_scenario(scenario)
    assert set(found.tables["levels"]["capex_mln"]) == {7.0}


def test_changes_add_up() -> None:
    """A second change goes on from the first, and both are kept."""
    twice = changing().with_changes(["levels.capex_mln*2"]).with_changes(CHANGES[:1])
    assert twice.levels("s")["capex_mln"].tolist() == [40.0]
    kept = twice.base["overrides"]
    assert (kept["override"] == "always").sum() == 2


def test_what_a_variant_adds_can_be_changed() -> None:
    """Its rows stand in no other scenario, where the change means nothing."""
    found = changing().with_scenario("other+tight")
    found = found.with_changes(["budgets.amount_mln*2"])
    assert found.tables["budgets"]["amount_mln"].tolist() == [10.0]
    assert found.with_scenario("base").tables["budgets"].empty
    with pytest.raises(InstanceError, match="budgets has no rows here"):
        changing().with_changes(["budgets.amount_mln*2"])
    with pytest.raises(InstanceError, match="no row of budgets is meant"):
        found.with_changes(["budgets[budget=zz].amount_mln*2"])
    rows = [*OVERRIDES, {"override": "always", "table": "budgets", "where": "budget=zz",
                         "column": "amount_mln", "value": "1"}]  # fmt: skip
    with pytest.raises(InstanceError, match="no row of budgets is meant"):
        tiny(scenarios=SCENARIOS, variants=VARIANTS, overrides=rows)


def test_every_wrong_change_is_told() -> None:
    """All at once, each by its own text."""
    wrong = {
        "nonsense": "expected table.column=value",
        "levls.capex_mln*2": "no such table, did you mean 'levels'",
        "levels.capx*2": "no such column in levels",
        "levels[service=zz].capex_mln*2": "no row of levels is meant",
        "budgets.amount_mln*2": "budgets has no rows here",
        "levels.capex_mln*x": "expected a finite number",
        "levels.capex_mln*1,2": "decimals have a point: 1.2",
        "settlements.lat=95": "expected at most 90",
    }
    with pytest.raises(InstanceError) as caught:
        changing().with_changes(list(wrong))
    told = {problem.file: str(problem.message) for problem in caught.value.problems}
    assert set(told) == set(wrong)
    assert all(expected in told[text] for text, expected in wrong.items())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "place"),
    [("mine.xlsx", "mine.xlsx, sheet sites"), ("mine.parquet", "sites.parquet")],
)
def test_what_is_wrong_under_changes_is_told_where_it_stands(
    tmp_path: Path, file: str, place: str
) -> None:
    """Errors and warnings name the sheet that is open, not a CSV file; rows, too."""
    known = aumaq.read(aumaq.write(aumaq.read("tiny"), tmp_path / file))
    row = {"mine.xlsx": 3, "mine.parquet": 2}[file]
    with pytest.raises(InstanceError) as caught:
        known.with_changes(["settlements[settlement=b].settlement=zz"])
    wrong = caught.value.problems
    assert place in {problem.file for problem in wrong}
    assert row in {problem.row for problem in wrong if problem.file == place}
    (odd,) = known.with_changes(["settlements.population=0"]).warnings
    assert odd.file == place.replace("sites", "levels")
    assert re.search(r"serves [\d,]+, and may be built at \d+ sites? whose", str(odd))
    rows = known.table("levels").assign(min_population=0.0)
    assert known.replace(levels=rows).whereabouts is not None
