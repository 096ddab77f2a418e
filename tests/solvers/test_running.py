"""Second shift, staff and building capacity against enumeration, alone and in pairs."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pandas as pd
import pytest
from differences import differences, differences_by_blocks
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from running_rows import DRAWN
from tiny_instances import some, tiny, tiny_instances

import aumaq

SETS = [*((name,) for name in DRAWN), *combinations(DRAWN, 2)]


@pytest.mark.slow
@pytest.mark.parametrize("names", SETS, ids="+".join)
@examples(60)
@given(data=st.data())
def test_as_enumerated(names: tuple[str, ...], data: st.DataObject) -> None:
    """Both formulations and all kinds of allocation find the optimum."""
    kind = data.draw(st.sampled_from(["free", "whole", "nearest"]))
    instance = data.draw(tiny_instances(allocation=kind, running=frozenset(names)))
    assert differences(instance, data.draw(st.sampled_from(["strong", "weak"]))) == []


@st.composite
def crowded(draw: st.DrawFn, kind: str) -> aumaq.Instance:
    """Draw instances with few places, in which a second shift and its staff pay."""
    usual = draw(tiny_instances(kind, running=frozenset(["shifts", "staff"])))
    rows = {name: table.to_dict("records") for name, table in usual.tables.items()}
    for row in rows["services"]:
        row["may_be_unserved"], row["unserved_mln_per_unit_year"] = True, 0.5
    for row in rows["levels"]:
        row["capacity"], row["min_use"] = row["capacity"] / 2.0, 0.0
    for row in rows["staff_supply"]:
        row["most_hired"], row["hire_mln"] = None, draw(some(0.02, 0.1, 0.5))
    for row in rows["standards"] + rows["budgets"] + rows["gaps"]:
        row["is_hard"] = False
    rows["shifts"][0]["from_level"] = 1
    tables = {name: pd.DataFrame(part) for name, part in rows.items() if part}
    return usual.replace(**tables)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["free", "whole", "nearest"])
@examples(40)
@given(data=st.data())
def test_staff_of_a_second_shift_as_enumerated(kind: str, data: st.DataObject) -> None:
    """Who goes where, in which shift, and who is hired: the optimum of all at once."""
    instance = data.draw(crowded(kind))
    assert differences(instance, data.draw(some("strong", "weak"))) == []


def school(
    staff_share: float, formulation: str, pupils: float = 130.0, **site: Any
) -> aumaq.Plan:
    """Solve a school of 100 places, or of 160, for pupils who are taught."""
    instance = tiny(
        settlements=[{"settlement": "a", "population": pupils},
                     {"settlement": "b", "population": 0.0}],
        travel=[{"settlement": "b", "site": "a", "minutes": 30.0}],
        policies=[{"discount_rate": 0.0, "count_residual_value": False,
                   "allow_reducing": False}],
        services=[{"service": "s", "unserved_mln_per_unit_year": 9.0,
                   "max_use_share": 0.8}],
        levels=[{"service": "s", "level": level, "capacity": size, "capex_mln": 10.0}
                for level, size in ((1, 125.0), (2, 200.0))],
        sites=[{"site": "a", "service": "s", "settlement": "a", **site}],
        facilities=[{"service": "s", "site": "a", "level": level}
                    for level in range(1, int(site.get("max_units", 0)) + 1)],
        shifts=[{"service": "s", "extra_share": 0.5, "cost_mln_per_unit_year": 0.0,
                 "staff_share": staff_share}],
        professions=[{"profession": name} for name in ("teacher", "cook")],
        staff_needs=[
            {"profession": "teacher", "service": "s", "level": 1, "posts": 10.0},
            {"profession": "teacher", "service": "s", "level": 2, "posts": 14.0},
            {"profession": "cook", "service": "s", "level": 2, "posts": 4.0},
        ],
        staff_supply=[{"profession": name, "region": "R", "period": "p1",
                       "available": 0.0, "hire_mln": 1.0}
                      for name in ("teacher", "cook")],
    )  # fmt: skip
    return aumaq.solve(instance, gap=0.0, formulation=formulation)


@pytest.mark.parametrize(("formulation", "staff_share", "teachers", "cooks"), [
    ("strong", 1.0, 13.0, 0.0), ("weak", 0.5, 11.5, 0.0), ("strong", 0.0, 10.0, 0.0),
])  # fmt: skip
def test_who_is_in_second_shift_is_taught(
    formulation: str, staff_share: float, teachers: float, cooks: float
) -> None:
    """30 are beyond 100 places: a tenth of a teacher each; no cook works there."""
    plan = school(staff_share, formulation, max_level=1)
    found = plan.table("staff").set_index("profession")["needed"]
    assert found["teacher"] == pytest.approx(teachers)
    assert found["cook"] == pytest.approx(cooks)
    assert plan.objective_mln == pytest.approx(10.0 + teachers + cooks)


def test_where_running_is_dearer_hiring_is() -> None:
    """Twice the costs of running: 13 teachers are hired for 2 mln each."""
    scenario = pd.DataFrame([{"scenario": "base", "opex_factor": 2.0}])
    instance = school(1.0, "strong", max_level=1).instance.replace(scenarios=scenario)
    plan = aumaq.solve(instance, gap=0.0)
    assert plan.record["problems"] == []
    assert plan.table("staff")["cost_mln"].sum() == pytest.approx(26.0)
    assert plan.objective_mln == pytest.approx(10.0 + 26.0)


@pytest.mark.slow
@pytest.mark.parametrize("formulation", ["strong", "weak"])
def test_the_level_that_stands_says_who_teaches_the_second_shift(
    formulation: str,
) -> None:
    """Of the level built, and at a site of two of the one where it takes least.

    30 beyond 160 places take 14 / 160 teachers and 4 / 160 cooks each; beyond 100 + 160
    a teacher for ten in the small school is cheaper than these.
    """
    large = school(1.0, formulation, pupils=190.0, max_units=1, status="existing")
    found = large.table("staff").set_index("profession")["needed"]
    assert found.to_dict() == pytest.approx({"teacher": 16.625, "cook": 4.75})
    both = school(1.0, formulation, pupils=290.0, max_units=2, status="existing")
    hired = both.table("staff").set_index("profession")["hired"]
    assert hired.to_dict() == pytest.approx({"teacher": 27.0, "cook": 4.0})
    assert large.record["problems"] == both.record["problems"] == []


def test_who_was_hired_or_trained_stays() -> None:
    """Nine posts: 7 + 2 hired, then 4 + 2 of these + 2 trained + 1, then all of them.

    Trained is who may be, as hiring costs more: each period its posts add up.
    """
    periods = [{"period": f"p{n}", "first_year": 2026 + 5 * n, "years": 5}
               for n in range(3)]  # fmt: skip
    supply = [
        {"profession": "teacher", "region": "R", "period": f"p{n}", "available": there,
         "hire_mln": 2.0, "train_mln": 1.0, "most_trained": trained}
        for n, (there, trained) in enumerate([(7.0, 2.0), (4.0, 0.0), (4.0, 0.0)])
    ]  # fmt: skip
    plan = aumaq.solve(
        tiny(
            periods=periods,
            settlements=[{"settlement": "a"}],
            services=[{"service": "s", "unserved_mln_per_unit_year": 50.0}],
            levels=[{"service": "s", "level": 1, "capacity": 200.0, "capex_mln": 1.0}],
            sites=[{"site": "a", "service": "s", "settlement": "a"}],
            travel=[{"settlement": "a", "site": "a", "minutes": 1.0}],
            professions=[{"profession": "teacher"}],
            staff_needs=[{"profession": "teacher", "service": "s", "level": 1,
                          "posts": 9.0}],
            staff_supply=supply,
        ),
        gap=0.0,
    )  # fmt: skip
    rows = plan.table("staff")
    assert rows["stayed"].tolist() == pytest.approx([0.0, 4.0, 5.0])
    there = rows["available"] + rows["stayed"] + rows["hired"]
    assert there.tolist() == pytest.approx(rows["needed"].tolist())


@pytest.mark.parametrize(("most_mln", "merged"), [(3.0, 1), (2.9, 0)])
def test_a_merger_is_work_of_builders(most_mln: float, merged: int) -> None:
    """Closing a school takes 1 mln, merging 2: with 3 both can be done."""
    sites = [{"site": x, "service": "s", "settlement": x, "status": "existing"}
             for x in "ab"]  # fmt: skip
    plan = aumaq.solve(
        tiny(
            sites=sites,
            facilities=[{"service": "s", "site": x, "level": 1} for x in "ab"],
            levels=[{"service": "s", "level": 1, "capacity": 200.0, "capex_mln": 500.0,
                     "opex_mln_per_year": 9.0, "closing_mln": 1.0}],
            possible_mergers=[{"possible_merger": "m", "service": "s", "site": "a",
                               "other_site": "b", "cost_mln": 2.0,
                               "saving_mln_per_year": 5.0}],
            building_capacity=[{"building_capacity": "k", "period": "p1",
                                "most_mln": most_mln}],
        ),
        gap=0.0,
    )  # fmt: skip
    assert len(plan.table("merged")) == merged
    # Without a merger one may still close: 1 mln of work.
    spent = plan.table("building_capacity")["spent_mln"].item()
    assert spent == pytest.approx(3.0 if merged else 1.0)


@pytest.mark.slow
@pytest.mark.parametrize("names", [(name,) for name in DRAWN], ids="+".join)
@examples(20)
@given(data=st.data())
def test_by_blocks(names: tuple[str, ...], data: st.DataObject) -> None:
    """The blocks method prices the rules: bound and plan are right."""
    instance = data.draw(tiny_instances(running=frozenset(names)))
    assert differences_by_blocks(instance) == []
