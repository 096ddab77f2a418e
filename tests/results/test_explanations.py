"""Facilities, settlements and rules of plans explained, against enumeration."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from brute_force import best_plan_cost
from command import run
from examples import examples
from hypothesis import assume, given
from shared_plans import best_plan
from tiny_instances import tiny, tiny_instances

import aumaq
from aumaq.instances import Instance
from aumaq.results.language import Language
from aumaq.results.report.own_places import own_places
from aumaq.results.studies.choosing.alternatives import alternatives
from aumaq.results.studies.choosing.lock_rows import LockRow
from aumaq.results.studies.choosing.what_if import what_if
from aumaq.results.studies.facility import explain_site, ranking
from aumaq.results.studies.rule import explain_rule
from aumaq.results.studies.settlement import explain_settlement


def best(instance: Instance, change: str) -> float | None:
    """Return the optimum of enumeration after a change of the tables."""
    return best_plan_cost(instance.with_changes([change]))


@pytest.mark.slow
@examples(60)
@given(instance=tiny_instances(allocation="free"))
def test_the_plan_without_a_facility(instance: Instance) -> None:
    """The range holds what enumeration says, and the upper bound is above it."""
    now = best_plan_cost(instance)
    assume(now is not None)
    assert now is not None
    plan = aumaq.solve(instance, gap=0.05)
    served = plan.facilities[plan.facilities["used"] > 0]
    assume(len(served))
    service, site = served[["service", "site"]].iloc[0]
    try:
        change = f"sites[service={service}; site={site}].status=forbidden"
        without = best(instance, change)
    except aumaq.InstanceError:
        assume(False)
        raise
    found = explain_site(plan, site, service)
    if without is None:
        assert found.difference is None
        assert found.why
        return
    room = 1e-5 * max(1.0, abs(now))
    assert found.difference is not None
    assert found.difference.least <= without - now + room
    assert found.difference.most >= without - now - room
    if found.at_most_mln == found.at_most_mln:  # a plan is left
        assert found.at_most_mln >= without - plan.objective_mln - room


PLAIN = [{"discount_rate": 0.0, "value_of_time_per_hour": 0.0,
          "count_residual_value": False}]  # fmt: skip
UNWANTED: dict[str, Any] = {
    "services": [{"service": "s", "unserved_mln_per_unit_year": 0.05}],
    "sites": [{"site": v, "service": "s", "settlement": v, "status": status}
              for v, status in (("a", "required"), ("b", "candidate"))],
}  # fmt: skip
"""A school for 10 mln is required where nobody served costs 5 mln."""
FAR: dict[str, Any] = {
    "services": [{"service": "s", "unserved_mln_per_unit_year": 1.0,
                  "cutoff_minutes": 10.0, "nearest_sites": 1}],
    "settlements": [{"settlement": v, "population": people}
                    for v, people in (("a", 100.0), ("b", 0.0), ("c", 100.0))],
    "sites": [{"site": v, "service": "s", "settlement": v, "max_units": units}
              for v, units in (("a", 1), ("b", 2))],
    "travel": [{"settlement": x, "site": y, "minutes": minutes}
               for x, y, minutes in (("a", "b", 30.0), ("b", "a", 30.0),
                                     ("c", "a", 20.0), ("c", "b", 30.0))],
}  # fmt: skip
"""One of two villages of 100 is served at a; without a, both go to two schools at b."""


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "less"), [(UNWANTED, 5.0), (FAR, 90.0)])
def test_less_without_a_facility(rows: dict[str, Any], less: float) -> None:
    """Without it fewer must stand, or people may go elsewhere: that may be cheaper."""
    instance = tiny(policies=PLAIN, **rows)
    now = best_plan_cost(instance)
    without = best(instance, "sites[site=a].status=forbidden")
    assert now is not None
    assert without == pytest.approx(now - less)
    found = explain_site(aumaq.solve(instance, gap=0.0), "a", "s")
    assert found.difference is not None
    assert (found.difference.least, found.difference.most) == pytest.approx(
        (-less, -less), rel=1e-3
    )
    told = " ".join(found.sentences())
    assert f"{less:g} mln KZT less: today's rules do not allow that plan." in told


@pytest.mark.slow
def test_a_facility_of_its_own_comes_when_it_is_cheapest() -> None:
    """A site may be built on from the second period: then it costs 2 mln too much."""
    instance = tiny(
        policies=PLAIN,
        periods=[{"period": "p1", "first_year": 2026, "years": 2},
                 {"period": "p2", "first_year": 2028, "years": 1}],
        services=[{"service": "s", "unserved_mln_per_unit_year": 0.08}],
        settlements=[{"settlement": "a"}],
        sites=[{"site": "a", "service": "s", "settlement": "a",
                "first_period": "p2"}],
        travel=[{"settlement": "a", "site": "a", "minutes": 0.0}],
    )  # fmt: skip
    # In p2 alone a school for 10 mln saves 8 mln.
    assert best_plan_cost(instance) == pytest.approx(24.0)
    told = explain_settlement(aumaq.solve(instance, gap=0.0), "a")
    (own,) = told.services
    assert own.difference is not None
    assert own.difference.least == pytest.approx(2.0, rel=1e-3)
    assert own.difference.most == pytest.approx(2.0, rel=1e-3)
    assert "would make the best plan 2 mln KZT dearer" in told.sentences()[-2]


@pytest.mark.slow
def test_a_settlement_with_several_sites() -> None:
    """A forbidden site beside a free one bars nothing, and the better site counts."""
    instance = tiny(
        settlements=[{"settlement": "a"}, {"settlement": "b"}],
        services=[{"service": "s", "unserved_mln_per_unit_year": 0.0005}],
        sites=[{"site": "a1", "service": "s", "settlement": "a",
                "status": "forbidden"},
               {"site": "a2", "service": "s", "settlement": "a"},
               {"site": "a3", "service": "s", "settlement": "a"},
               {"site": "b1", "service": "s", "settlement": "b",
                "status": "forbidden"}],
        travel=[{"settlement": "a", "site": site, "minutes": minutes}
                for site, minutes in (("a1", 0.0), ("a2", 90.0), ("a3", 5.0))],
    )  # fmt: skip
    plan = aumaq.solve(instance, gap=0.0)
    (own,) = explain_settlement(plan, "a").services
    with_one = min(best(instance, f"sites[site={s}].status=required")
                   for s in ("a2", "a3"))  # fmt: skip
    assert own.difference is not None
    assert own.difference.most == pytest.approx(with_one - plan.objective_mln)
    assert own.difference.least == pytest.approx(own.difference.most, rel=1e-3)
    (other,) = explain_settlement(plan, "b").services
    assert [str(text) for text in other.reasons] == ["The site is forbidden."]


@pytest.mark.slow
def test_the_best_plan_is_not_one_that_was_held_back() -> None:
    """A plan under a lock, of a goal, or unlike another: its bound is not of all plans.

    Twice the price of running makes the best plan dearer by 180 mln, from wherever one
    asks, and nothing changed changes nothing.
    """
    free = best_plan()
    row = LockRow("lock", {"site": "b", "level": "2"}, "test")
    held = what_if(free, locks=[row], gap=0.0).after
    unlike = alternatives(free.instance, 3).plans[2]
    other = aumaq.solve(free.instance, goal="mean_minutes", gap=0.0)
    rule = "capacity:school"
    usual = explain_rule(free, rule).difference
    dearer = what_if(free, changes=["levels.opex_mln_per_year*2"], gap=0.0)
    for plan in (held, unlike, other):
        assert plan.objective_mln > free.objective_mln + 1.0
        same = what_if(plan, gap=0.0)
        assert same.difference_at_least_mln == pytest.approx(0.0, abs=1e-3)
        assert same.difference_at_most_mln == pytest.approx(0.0, abs=1e-3)
        twice = what_if(plan, changes=["levels.opex_mln_per_year*2"], gap=0.0)
        assert twice.difference_at_least_mln == pytest.approx(dearer.difference_mln)
        assert twice.difference_at_most_mln == pytest.approx(dearer.difference_mln)
        found = explain_rule(plan, rule).difference
        assert found is not None
        assert usual is not None
        assert found.least == pytest.approx(usual.least, abs=1e-3)


@pytest.mark.slow
def test_a_facility_read_as_a_planner_would() -> None:
    """Who comes, where else they could go, what it saves, and the next best site."""
    told = explain_site(best_plan(), "a", "school").sentences()
    assert told[0] == (
        "School in Alpha, 2031-35: level 2, serves 160 (pupil) from Alpha, Beta;"
        " it holds 200."
    )
    assert told[1] == (
        "Were it closed, none of the 160 (pupil) would have another in reach."
    )
    assert "1,220 mln KZT more" in told[2]
    assert told[3] == "The best plan without it costs 300 mln KZT more."
    assert "Beta" in told[4]


def test_a_settlement_read_as_a_planner_would() -> None:
    """Beta goes to Alpha: a school of its own costs 400 mln, 120 mln too much."""
    told = explain_settlement(best_plan(), "b").sentences()
    assert "100.0% to Alpha, 15 minutes" in told[1]
    assert (
        "A facility here, running in 2031-35, would make the best plan 120 mln"
        in told[3]
    )
    assert "400 mln KZT now, became 30.0% cheaper" in told[4]
    own = explain_settlement(best_plan(), "a", "school").record()["services"][0]
    assert own["reasons"] == ["A facility of its own is open here."]


@pytest.mark.slow
def test_why_nothing_may_stand() -> None:
    """A forbidden site, none, a place too small: by explain and on the page alike."""
    instance = tiny(
        settlements=[{"settlement": v, "population": p}
                     for v, p in zip("abcde", (90.0, 60.0, 50.0, 20.0, 70.0),
                                     strict=True)],
        sites=[{"site": v, "service": "s", "settlement": v, "status": status}
               for v, status in zip("abde", ("candidate", "forbidden", "candidate",
                                             "candidate"), strict=True)],
        levels=[{"service": "s", "level": 1, "capacity": 400.0, "capex_mln": 10.0,
                 "min_population": 40.0}],
        travel=[{"settlement": v, "site": "a", "minutes": 10.0} for v in "bcde"],
    )  # fmt: skip
    plan = aumaq.solve(instance, gap=0.0)
    page = own_places(plan, "s", Language())
    on_page = [page["told"][k] for k in page["of"]]
    for settlement, reason in (
        ("b", "The site is forbidden."),
        ("c", "There is no site for one here: see the table sites."),
        ("d", "The smallest level is for places of 40 people and more; here live 20."),
        ("e", "Nothing forbids one here; the plan found it cheaper without."),
    ):
        found = explain_settlement(plan, settlement).record()["services"][0]
        assert found["reasons"] == [reason]
        assert on_page[instance.settlement_ids.index(settlement)] == reason


@pytest.mark.slow
def test_a_rule_and_its_price() -> None:
    """Money for two schools of three: the price, and what the plan saves without."""
    instance = tiny(
        settlements=[{"settlement": v, "population": 60.0} for v in "ab"],
        services=[{"service": "s", "unserved_mln_per_unit_year": 1.0}],
        budgets=[{"budget": "m", "period": "p1", "amount_mln": 12.0,
                  "is_hard": True}],
    )  # fmt: skip
    plan = aumaq.solve(instance, gap=0.0)
    found = explain_rule(plan, "budget:m")
    with_it, without = best_plan_cost(instance), best(instance, "budgets.amount_mln=99")
    assert with_it is not None
    assert without is not None
    assert found.difference is not None
    assert found.difference.least == pytest.approx(without - with_it)
    assert found.difference.most == pytest.approx(without - with_it)
    capacity = explain_rule(plan, "allocation:s")
    assert capacity.binding > 0
    with pytest.raises(aumaq.UnknownNameError, match="did you mean 'budget:m'"):
        explain_rule(plan, "budget:x")


def test_a_rule_that_weighs_two_things_binds_where_there_is_something() -> None:
    """A full school binds, a per cent of it is a pupil; one that is never full does
    not, nor does an empty place.
    """
    instance = tiny(
        settlements=[{"settlement": v, "population": n}
                     for v, n in (("a", 120.0), ("b", 0.5), ("c", 50.0))],
        services=[{"service": "s", "unserved_mln_per_unit_year": 1.0,
                   "served_within_minutes": 60.0}],
        levels=[{"service": "s", "level": 1, "capacity": 100.0, "capex_mln": 50.0}],
        travel=[{"settlement": v, "site": w, "minutes": 900.0}
                for v, w in ("ab", "ac", "bc")],
        sites=[{"service": "s", "site": v, "settlement": v} for v in "abc"],
    )  # fmt: skip
    with_it = best_plan_cost(instance)
    assert with_it is not None
    found = explain_rule(aumaq.solve(instance, gap=0.0), "capacity:s")
    assert found.binding == 1
    more = best(instance, "levels.capacity=101")
    assert more is not None
    assert found.saves_mln == pytest.approx(with_it - more)


@pytest.mark.slow
def test_what_is_not_in_the_model_has_a_price() -> None:
    """The land, and a site that is shut: what is saved without, by enumeration.

    The rules of others hold on; what holds of any plan is no rule to ask about.
    """
    rows: dict[str, Any] = {
        "settlements": [{"settlement": v, "population": 60.0} for v in "ab"],
        "services": [{"service": s, "unserved_mln_per_unit_year": 1.0} for s in "sq"],
        "levels": [{"service": s, "level": 1, "capacity": 60.0, "capex_mln": 12.0}
                   for s in "sq"],
        "sites": [{"service": s, "site": s + v, "settlement": v}
                  for s in "sq" for v in "ab"],
        "travel": [{"settlement": v, "site": s + v, "minutes": 1.0}
                   for s in "sq" for v in "ab"],
    }  # fmt: skip
    shut = [row | {"status": "forbidden"} if row["site"] == "sb" else row
            for row in rows["sites"]]  # fmt: skip
    zone = {"zone": "park", "kind": "protected", "lat": 0.0, "lon": 0.0,
            "radius_km": 20000.0}  # fmt: skip
    buffer = {"buffer": "near", "zone": "park", "distance_km": 1.0}
    free, rules = best_plan_cost(tiny(**rows)), {
        "forbidden:s": {"sites": shut},
        "land:s": {"zones": [zone], "buffers": [buffer]},
    }  # fmt: skip
    permit = {"kind": "protected", "is_permitted": False}
    for rule, more in (
        *rules.items(), ("land:s", {"zones": [zone], "zone_permits": [permit]}),
    ):  # fmt: skip
        plan = aumaq.solve(tiny(**rows | more), gap=0.0)
        found = explain_rule(plan, rule)
        assert free is not None
        assert found.difference is not None
        # The land forbids both services; without its rule for one the other is shut.
        saved = plan.objective_mln - free
        saved /= 2.0 if rule == "land:s" else 1.0
        assert saved > 0.0
        assert found.difference.least == pytest.approx(-saved)
        assert found.difference.most == pytest.approx(-saved)
        assert found.rows == 0
    for rule in ("record", "access:s", "bus:s"):
        with pytest.raises(aumaq.UnknownNameError, match="unknown rule"):
            explain_rule(plan, rule)


@pytest.mark.slow
def test_the_command(tmp_path: Path) -> None:
    """One facility in words, all of them as a table and as data for a page."""
    best_plan().to_csv(tmp_path / "plan")
    done = run("explain", "plan", "--site", "a", "--lang", "ru", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 5
    for file in ("all.csv", "all.json"):
        done = run("explain", "plan", "--out", file, folder=tmp_path)
        assert done.returncode == 0, done.stderr
    with (tmp_path / "all.csv").open(encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    data = json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))
    assert [row["site"] for row in rows] == [row["site"] for row in data] == ["a", "c"]
    assert float(rows[0]["replacement_at_most_mln"]) == pytest.approx(1220.0)
    done = run("explain", "plan", "--site", "x", folder=tmp_path)
    assert done.returncode == 2
    assert "unknown site 'x'" in done.stderr
    assert len(ranking(best_plan(), lang=Language("kk"))) == 2


def test_what_may_be_used_is_told_beside_what_it_holds() -> None:
    """Of 100 places 90 may be used: a school of 90 pupils is full."""
    plan = aumaq.solve(
        tiny(
            services=[{"service": "s", "max_use_share": 0.9,
                       "unserved_mln_per_unit_year": 1.0}],
            settlements=[{"settlement": "a", "population": 90.0}],
            sites=[{"site": "a", "service": "s", "settlement": "a"}],
            levels=[{"service": "s", "level": 1, "capacity": 100.0, "capex_mln": 1.0}],
            travel=[{"settlement": "a", "site": "a", "minutes": 0.0}],
        )
    )  # fmt: skip
    told = explain_site(plan, "a").sentences()
    assert "serves 90 (person) from A; it holds 100." in told[0]
    assert told[1] == "Of what it holds 90.0% may be used: 90 (person)."


def test_a_site_where_nothing_runs_is_no_unknown_one() -> None:
    """It is told apart from a name that the instance does not have."""
    plan = aumaq.solve(aumaq.read("tiny"), gap=0.0)
    for site, error, told in (
        ("b", aumaq.OptionError, "nothing runs at b"),
        ("z", aumaq.UnknownNameError, "site 'z'"),
    ):
        with pytest.raises(error, match=told):
            explain_site(plan, site)
