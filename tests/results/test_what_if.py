"""What if: locked plans are the best of those that are left; differences are proven."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from choosing_case import Case, Outcome, cases
from command import run
from eventful_plan import eventful
from examples import examples
from golden_cases import roads
from hypothesis import given
from hypothesis import strategies as st
from shared_plans import best_plan, shipped
from tiny_instances import tiny

import aumaq
from aumaq.instances import InstanceError, NoPlanError
from aumaq.results.comparison.decisions import changed_decisions
from aumaq.results.studies.choosing.what_if import under_changes
from aumaq.solvers.methods import METHODS

Lock = tuple[str, str, int]
"""Action, site, level (0: any)."""
SAME = {"rel": 1e-6, "abs": 1e-6}
locks = st.lists(
    st.tuples(
        st.sampled_from(["lock", "forbid"]),
        st.sampled_from("abc"),
        st.sampled_from([0, 0, 1, 2]),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda lock: lock[1],
)


def keeps(plan: Outcome, lock: Lock) -> bool:
    """Return whether a plan keeps a lock."""
    action, site, level = lock
    there = plan.levels["abc".index(site)]
    return (there == level if level else there > 0) == (action == "lock")


def text(lock: Lock) -> str:
    """Return a lock as one writes it."""
    _, site, level = lock
    return f"site={site},level={level}" if level else f"site={site}"


@pytest.mark.slow
@examples(40)
@given(case=cases(), drawn=locks, method=st.sampled_from(sorted(METHODS)))
def test_locked_plans_are_the_best_that_keep_the_locks(
    case: Case, drawn: list[Lock], method: str
) -> None:
    """The optimum of enumeration, what the locks cost, no method that forgets them."""
    plans = case.plans()
    free = min(plan.cost for plan in plans)
    kept = [plan.cost for plan in plans if all(keeps(plan, lock) for lock in drawn)]
    before = aumaq.solve(case.instance, gap=0.0)
    rows = aumaq.lock_rows(
        *([text(lock) for lock in drawn if lock[0] == action]
          for action in ("lock", "forbid"))
    )  # fmt: skip
    found = aumaq.what_if(before, locks=rows, gap=0.0, method=method)
    assert found.after.is_verified
    least, most = found.difference_at_least_mln, found.difference_at_most_mln
    assert least - 1e-6 <= min(kept) - free <= most + 1e-6
    if method != "decomposed":  # it promises a bound, not an optimum
        assert found.after.objective_mln == pytest.approx(min(kept), **SAME)
    decided = found.after.facilities.set_index("site")["level"].to_dict()
    levels = tuple(int(decided.get(site, 0)) for site in "abc")
    assert all(keeps(Outcome(levels, 0, 0, 0, 0, 0), lock) for lock in drawn)
    assert len(found.frozen) == len(drawn)
    again = aumaq.lock_rows([text(drawn[0])], [text(drawn[0])])
    with pytest.raises((NoPlanError, InstanceError)):
        aumaq.what_if(before, locks=again, gap=0.0)


@pytest.mark.slow
def test_what_is_frozen_stays_though_prices_change() -> None:
    """All frozen is the plan scored; a scored plan decides nothing."""
    plan, dear = best_plan(), ["levels.opex_mln_per_year*2"]
    everything = aumaq.lock_rows(freeze=["all"])
    frozen = aumaq.what_if(plan, changes=dear, locks=everything, gap=0.0)
    scored = aumaq.score(plan, changes=dear, gap=0.0)
    (other,) = scored.cases.values()
    assert other is not None
    assert frozen.after.objective_mln == pytest.approx(other.objective_mln)
    assert frozen.scored is not None
    assert frozen.scored.objective_mln == pytest.approx(other.objective_mln)
    assert frozen.decisions.empty
    assert len(frozen.inputs) == 2
    again = aumaq.what_if(plan, changes=dear, gap=0.0)
    assert again.after.objective_mln < other.objective_mln
    under = under_changes(plan, dear, gap=0.0)
    assert under.objective_mln == pytest.approx(other.objective_mln)
    assert under.bound_mln == pytest.approx(again.after.objective_mln)
    assert (under.is_verified, under.status) == (True, "gap_left")
    assert changed_decisions(plan, under).empty
    running = plan.money.set_index("item")["amount_mln"]["operation"].sum()
    assert scored.rows["difference_mln"].tolist() == pytest.approx([0.0, running])


@pytest.mark.slow
def test_a_rule_that_decisions_break_is_told() -> None:
    """A plan that cannot pay under a budget has no score, and the table says so."""
    budget = pd.DataFrame([{"budget": "all", "period": "2026-30", "title": "all",
                            "covers": "investment", "amount_mln": 600.0,
                            "is_hard": True}])  # fmt: skip
    plan = aumaq.solve(shipped().replace(budgets=budget), gap=0.0)
    found = aumaq.score(plan, changes=["budgets.amount_mln*0.2"], gap=0.0)
    assert found.rows["status"].tolist() == ["optimal", "no_plan"]
    assert "hard rule" in found.rows["message"][1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the plan of the tiny instance."""
    target = tmp_path_factory.mktemp("plans")
    best_plan().to_csv(target / "plan")
    return target


@pytest.mark.slow
def test_the_command_tells_what_changed(folder: Path) -> None:
    """Locks of a file and a line, JSON, files beside the plan that is written."""
    text = "action,service,site,level,period\nforbid,,a,,\nfreeze,school,c,,2026-30\n"
    (folder / "locks.csv").write_text(text)
    words = ("--locks", "locks.csv", "--lock", "site=b", "--gap", 0, "--json")
    done = run("what-if", "plan", *words, "--out", "again", folder=folder)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {row["action"] for row in found["frozen"]} == {"lock", "forbid", "freeze"}
    plan = aumaq.find_plan(str(folder / "again"))
    assert plan.is_verified
    assert plan.objective_mln == pytest.approx(found["after"]["objective_mln"])
    assert "a" not in set(plan.facilities["site"])
    decided = pd.read_csv(folder / "again" / "decisions.csv")
    assert len(decided) == len(found["decisions"]) > 0
    assert found["difference_at_least_mln"] <= found["difference_mln"] + 1e-9


@pytest.mark.slow
def test_commands_read_plans_where_values_are_changed(folder: Path) -> None:
    """Running twice as dear costs as much as the audit says that running costs."""
    plan, written = best_plan(), folder / "plan"
    running = plan.money.set_index("item")["amount_mln"]["operation"].sum()
    dear = ("--set", "levels.opex_mln_per_year*2")
    plan.to_csv(folder / "same")
    told = json.loads(run("compare", written, folder / "same", *dear, "--json").stdout)
    costs = [row["objective_mln"] for row in told["plans"]]
    assert costs == pytest.approx([plan.objective_mln + running] * 2)
    for words in (("indicators", written), ("explain", written)):
        usual, changed = (run(*words, *more, "--json") for more in ((), dear))
        assert (usual.returncode, changed.returncode) == (0, 0)
        is_other = json.loads(usual.stdout) != json.loads(changed.stdout)
        assert is_other == (words[0] == "explain")
    wrong = run("explain", written, "--set", "levels.nosuch*2")
    assert (wrong.returncode, "nosuch" in wrong.stderr) == (2, True)


@pytest.mark.slow
def test_every_wrong_lock_is_told_once(folder: Path) -> None:
    """Exit code 2, all problems with file and row, nothing written."""
    rows = "action,site,level\nlokc,a,1\nlock,zz,\nlock,a\n"
    (folder / "wrong.csv").write_text(rows)
    for words, places in (
        (("--locks", "wrong.csv", "--lock", "sit=a"),
         [("sit=a", 0), ("wrong.csv", 2), ("wrong.csv", 4)]),
        (("--lock", "site=zz", "--forbid", "site=a,level=9"),
         [("--forbid site=a,level=9", 0), ("--lock site=zz", 0)]),
        (("--lock", "site=a", "--forbid", "site=a"), [("locks", 0)]),
    ):  # fmt: skip
        done = run("what-if", "plan", *words, "--json", "--out", "no", folder=folder)
        assert done.returncode == 2
        problems = json.loads(done.stdout)["problems"]
        assert sorted((p["file"], p["row"]) for p in problems) == places
        assert not (folder / "no").exists()


@pytest.mark.parametrize(
    ("locks", "told"),
    [
        ({"lock": ["site=b,level=1", "site=b,level=2"]}, "b, 2026-30, 2031-35: locks"),
        ({"lock": ["site=b"], "freeze": ["all"]}, "b, 2026-30, 2031-35: locks"),
        ({"lock": ["site=b,level=1"], "forbid": ["site=b,period=2031-35"]},
         "b, 2031-35: locks"),
        ({"lock": ["site=b,level=1"], "forbid": ["site=b,level=1,period=2026-30"]},
         "b, 2026-30: one lock"),
    ],
)  # fmt: skip
def test_locks_of_a_site_and_its_levels_clash(
    locks: dict[str, list[str]], told: str
) -> None:
    """One place holds one level; frozen as it is, nothing stands at b."""
    with pytest.raises(InstanceError) as caught:
        aumaq.what_if(best_plan(), locks=aumaq.lock_rows(**locks))
    (problem,) = caught.value.problems
    assert str(problem.message).startswith(f"school, {told}")


@pytest.mark.slow
def test_what_is_built_early_stays() -> None:
    """A road asked for in the first period cannot be forbidden in the second."""
    plan = aumaq.solve(roads(), threads=1)
    rows = aumaq.lock_rows(["upgrade=g0,period=p1"], forbid=["upgrade=g0,period=p2"])
    with pytest.raises(InstanceError, match="g0, p2: one lock asks for it"):
        aumaq.what_if(plan, locks=rows)


@pytest.mark.slow
def test_locks_that_rules_forbid_are_named() -> None:
    """Two schools may run at all: a third one is asked for, and has no room."""
    count = [{"count": "few", "service": "school", "most": 2.0, "from_level": 1}]
    instance = shipped().edit().replace("counts", pd.DataFrame(count)).instance
    plan = aumaq.solve(instance, gap=0.0, threads=1)
    rows = aumaq.lock_rows(lock=[f"site={site}" for site in "abc"])
    with pytest.raises(NoPlanError, match="lock site=a, lock site=b, lock site=c"):
        aumaq.what_if(plan, locks=rows, gap=0.0)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["direct", "blocks"])
def test_levels_of_no_use_can_be_locked(method: str) -> None:
    """The upper level is dearer and holds more than can come: it is built if asked."""
    ways = ((0.0, 10.0, 20.0), (10.0, 0.0, 15.0), (20.0, 15.0, 0.0))
    case = Case((20.0, 30.0, 50.0), ways, (100.0, 200.0), (5.0, 9.0), (0.5, 1.0), 1.0)
    before = aumaq.solve(case.instance, gap=0.0)
    for site in range(3):
        rows = aumaq.lock_rows([f"site={'abc'[site]},level=2"])
        found = aumaq.what_if(before, locks=rows, gap=0.0, method=method).after
        best = min(plan.cost for plan in case.plans() if plan.levels[site] == 2)
        assert found.objective_mln == pytest.approx(best, **SAME)
        assert found.is_verified
        (scored,) = aumaq.score(found).cases.values()
        assert scored is not None
        assert scored.objective_mln == pytest.approx(best, **SAME)


@pytest.mark.slow
def test_links_roads_and_growth_points_can_be_locked() -> None:
    """All frozen costs the same; what the plan has may be asked for, not taken away."""
    plan = aumaq.solve(eventful(), gap=0.0)
    frozen = aumaq.what_if(plan, locks=aumaq.lock_rows(freeze=["all"]), gap=0.0)
    assert frozen.after.objective_mln == pytest.approx(plan.objective_mln, **SAME)
    assert set(frozen.frozen["kind"]) == {"facility", "link", "upgrade", "growth"}
    (link, step) = plan.table("network_steps")[["link", "step"]].iloc[0]
    keys = [f"link={link},step={step}", "upgrade=u", "settlement=b,tier=t"]
    kept = aumaq.what_if(plan, locks=aumaq.lock_rows(keys), gap=0.0)
    assert kept.after.objective_mln == pytest.approx(plan.objective_mln, **SAME)
    assert kept.difference_at_least_mln == pytest.approx(0.0, abs=1e-6)
    for key in keys[1:]:  # a connection and a least number ask for them
        with pytest.raises(NoPlanError):
            aumaq.what_if(plan, locks=aumaq.lock_rows(forbid=[key]), gap=0.0)
    without = aumaq.what_if(plan, locks=aumaq.lock_rows(forbid=[keys[0]]), gap=0.0)
    assert link not in set(without.after.table("network_steps")["link"])
    assert without.difference_at_least_mln > 0.0


@pytest.mark.slow
def test_a_growth_point_is_not_locked_before_its_first_period() -> None:
    """It may be one from p2 on: a lock in p1 was forgotten, and is refused."""
    plan = aumaq.solve(
        tiny(
            periods=[{"period": p, "first_year": y, "years": 5}
                     for p, y in (("p1", 2026), ("p2", 2031))],
            growth_tiers=[{"tier": "t"}],
            growth_candidates=[{"settlement": "b", "tier": "t", "gain_share": 0.1,
                                "first_period": "p2", "capex_mln": 1.0}],
        ),
        gap=0.0,
    )  # fmt: skip
    with pytest.raises(InstanceError, match="or the first period forbids it"):
        aumaq.what_if(plan, locks=aumaq.lock_rows(["settlement=b,period=p1"]))
    later = aumaq.what_if(plan, locks=aumaq.lock_rows(["settlement=b,period=p2"]))
    rows = later.after.table("growth_points")
    assert rows.loc[rows["is_chosen"], "period"].tolist() == ["p2"]


@pytest.mark.slow
def test_the_command_tells_titles_and_no_empty_table(folder: Path) -> None:
    """Services have titles; where nothing is decided otherwise no table stands."""
    words = ("--freeze", "all", "--set", "levels.capex_mln*1.1", "--lang", "ru")
    same = run("what-if", "plan", *words, folder=folder)
    assert same.returncode == 0, same.stderr
    assert "Услуга" not in same.stdout
    other = run("what-if", "plan", "--forbid", "site=a", "--lang", "ru", folder=folder)
    assert other.returncode == 0, other.stderr
    assert "Что " in other.stdout
    assert "Где" in other.stdout
    assert "условие" not in other.stdout
