"""What ``validate --deep`` says cannot work has no plan, by enumeration."""

from __future__ import annotations

from pathlib import Path

import pytest
from brute_force import best_plan_cost
from command import run
from examples import examples
from hypothesis import assume, given
from hypothesis import strategies as st
from tiny_instances import some, tiny

from aumaq.instances import Instance, InstanceError
from aumaq.instances.checks.deep import deep_problems


@st.composite
def crowded(draw: st.DrawFn) -> Instance:
    """Draw villages that must be served, with places that may be too few."""
    villages = "abc"
    try:
        return tiny(
            services=[{"service": "s", "may_be_unserved": False}],
            settlements=[
                {"settlement": v, "population": float(draw(some(20, 50, 80, 110)))}
                for v in villages
            ],
            sites=[{"site": v, "service": "s", "settlement": v} for v in villages],
            travel=[
                {"settlement": v, "site": w, "minutes": draw(some(20.0, 90.0))}
                for v in villages for w in villages if v != w
            ],
            levels=[{"service": "s", "level": 1, "capacity": 100.0, "capex_mln": 1.0}],
            standards=[
                {"standard": f"d{k}", "service": "s", "applies_to": "all",
                 "is_hard": True, "scope": draw(some("total", "settlement")),
                 "minutes": draw(some(0.0, 30.0)), "share": draw(some(0.6, 0.9))}
                for k in range(draw(some(0, 0, 1)))
            ],
        )  # fmt: skip
    except InstanceError:
        assume(False)
        raise


@examples(60)
@given(instance=crowded())
def test_demand_that_does_not_fit(instance: Instance) -> None:
    """Told only where there is no plan; without standards, wherever there is none."""
    problems, best = deep_problems(instance), best_plan_cost(instance)
    if problems:
        assert best is None, problems
    if not len(instance.tables["standards"]):
        assert bool(problems) == (best is None)


MONEY = [{"budget": "m", "period": "p1", "amount_mln": 15.0, "is_hard": True}]
PEOPLE = [{"settlement": "a", "population": 80.0}, {"settlement": "b",
                                                   "population": 70.0}]  # fmt: skip


def test_figures() -> None:
    """Money, counts and required sites, each with what there is and what it takes."""
    must = [{"service": "s", "may_be_unserved": False}]
    dear = tiny(services=must, settlements=PEOPLE, budgets=MONEY,
                levels=[{"service": "s", "level": 1, "capacity": 100.0,
                         "capex_mln": 12.0}])  # fmt: skip
    (found,) = deep_problems(dear)
    assert "until p1 there are 15 mln in all" in found.message
    assert "costs 18 mln at least (s 18)" in found.message
    few = tiny(services=must, settlements=PEOPLE,
               counts=[{"count": "one", "service": "s", "most": 1}])  # fmt: skip
    (found,) = deep_problems(few)
    assert "so many hold 100 at their largest, but 150 are" in found.message
    sites = [{"site": v, "service": "s", "settlement": v, "status": "required"}
             for v in "ab"]  # fmt: skip
    (found,) = deep_problems(tiny(sites=sites, budgets=MONEY))
    assert "costs 20 mln at least" in found.message
    counts = [{"count": "one", "service": "s", "most": 1.0},
              {"count": "two", "service": "s", "region": "R", "period": "p1",
               "from_level": 1, "least": 2.0}]  # fmt: skip
    opposed = tiny(settlements=PEOPLE, counts=counts)
    (found,) = deep_problems(opposed)
    assert "so many are asked for, but one allows 1 at most" in found.message
    years = [{"period": f"p{k}", "first_year": 2025 + k, "years": 1} for k in (1, 2)]
    (found,) = deep_problems(tiny(periods=years, sites=sites, budgets=MONEY))
    assert "until p1 there are 15 mln in all" in found.message
    for instance in (dear, few, opposed, tiny(sites=sites, budgets=MONEY)):
        assert best_plan_cost(instance) is None


def test_the_command(tmp_path: Path) -> None:
    """``--deep`` exits with 2 and names the row; without it all is valid."""
    import aumaq

    few = tiny(services=[{"service": "s", "may_be_unserved": False}],
               settlements=PEOPLE,
               counts=[{"count": "one", "service": "s", "most": 1}])  # fmt: skip
    aumaq.write(few, tmp_path / "in")
    assert run("validate", "in", folder=tmp_path).returncode == 0
    done = run("validate", "in", "--deep", folder=tmp_path)
    assert done.returncode == 2
    assert "counts.csv, row 2, column most" in done.stderr
    with pytest.raises(InstanceError, match="so many hold 100"):
        aumaq.check_deeply(few)
    aumaq.check_deeply(aumaq.read("tiny"))
