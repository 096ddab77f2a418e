"""Conflicts and relaxations against enumeration of all sets of rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from brute_force import best_plan_cost
from clashing_instances import (
    KEPT,
    clashing,
    conflicts_by_enumeration,
    least_weight,
)
from command import run
from examples import examples
from hypothesis import given
from tiny_instances import tiny

import aumaq
from aumaq.instances import Instance
from aumaq.results.language import Language
from aumaq.solvers.conflicts.relaxation import TOUCHED


def limits_of(found: aumaq.Conflicts) -> list[dict[str, Any]]:
    """Return rule and key of each limit."""
    return [{"rule": limit.rule, **limit.of} for limit in found.system.limits]


@pytest.mark.slow
@examples(40)
@given(instance=clashing())
def test_all_conflicts_are_those_of_enumeration(instance: Instance) -> None:
    """All conflicts, each minimal, and all smallest sets to give up: no others."""
    found = aumaq.conflicts(instance, most=None, keep=KEPT)
    conflicts, lost = conflicts_by_enumeration(instance, limits_of(found))
    assert {frozenset(c.limits) for c in found.found.conflicts} == conflicts
    assert set(found.found.lost) == lost
    assert found.found.is_all
    assert all(c.is_minimal for c in found.found.conflicts)


@pytest.mark.slow
@examples(40)
@given(instance=clashing(allocation="whole"))
def test_the_cheapest_relaxation_is_that_of_enumeration(instance: Instance) -> None:
    """No change of the rules that makes a plan possible weighs less."""
    found = aumaq.conflicts(instance, keep=KEPT)
    way = found.cheapest
    assert way is not None
    assert way.is_proven
    least = least_weight(instance, limits_of(found), TOUCHED)
    assert way.weight == pytest.approx(least, abs=1e-5)


def crowded() -> Instance:
    """Two villages of 150 people, one school of 100 at most, and little money."""
    return tiny(
        services=[{"service": "s", "may_be_unserved": False}],
        settlements=[
            {"settlement": "a", "population": 80.0},
            {"settlement": "b", "population": 70.0},
        ],
        budgets=[{"budget": "all", "period": "p1", "amount_mln": 12.0,
                  "is_hard": True, "title": "Money of the district"}],
        counts=[{"count": "few", "service": "s", "most": 1}],
    )  # fmt: skip


def test_a_conflict_worked_by_hand() -> None:
    """150 people, 100 places a school: money for one, or at most one, is too little."""
    found = aumaq.conflicts(crowded(), most=None).record()
    rules = [{rule["rule"] for rule in c["rules"]} for c in found["conflicts"]]
    everyone = {"allocation:s", "capacity:s"}
    assert sorted(map(sorted, rules)) == sorted(
        map(sorted, ({"budget:all", *everyone}, {"count:few", *everyone}))
    )
    # Leaving a third of each village unserved weighs less than half a school more.
    (way,) = found["cheapest"]["rules"]
    assert way["rule"] == "allocation:s"
    assert way["amount"] == pytest.approx(1.0 / 3.0)
    assert way["where"] == ["A p1", "B p1"]


@pytest.mark.parametrize(
    ("row", "told", "how"),
    [
        ({"region": "R", "most_mln": 12.0}, "North, p1: at most 12 mln KZT",
         "raise it to 30 mln KZT, 150.0% more"),
        ({"service": "s", "most_changes": 2.0},
         "School, p1: at most 2 (changes of facilities)", "let it be missed by 1"),
        ({"region": "R", "service": "s", "most_mln": 12.0, "most_changes": 2.0},
         "North: School, p1", "give it up"),
    ],
)  # fmt: skip
def test_builders_tell_where_and_when(row: dict[str, Any], told: str, how: str) -> None:
    """Three schools for 10 mln each must open in p1; in p2 nothing is limited.

    A limit without a title names its place and its period, and gives way by its number.
    """
    instance = tiny(
        periods=[{"period": p, "first_year": y, "years": 5}
                 for p, y in (("p1", 2026), ("p2", 2031))],
        regions=[{"region": "R", "name": "North"}],
        services=[{"service": "s", "title": "School", "may_be_unserved": False}],
        settlements=[{"settlement": h} for h in "abc"],
        sites=[{"site": h, "service": "s", "settlement": h} for h in "abc"],
        travel=[{"settlement": "a", "site": "b", "minutes": 500.0}],
        building_capacity=[{"building_capacity": "k", "period": "p2",
                            "most_mln": 0.0, "region": "R"},
                           {"building_capacity": "k", "period": "p1", **row}],
    )  # fmt: skip
    found = aumaq.conflicts(instance, most=None, keep=["allocation:s", "capacity:s"])
    record = found.record()
    (conflict,) = record["conflicts"]
    texts = {rule["rule"]: rule["text"] for rule in conflict["rules"]}
    name = "no more building at once than can be done, "
    assert texts["building_capacity:k"] == name + told
    (way,) = record["cheapest"]["rules"]
    assert (way["text"], way["how"]) == (name + told, how)


def test_who_goes_on_together_may_clash() -> None:
    """120 leave one school together, and no next one holds more than 100."""
    rows: dict[str, Any] = {
        "services": [{"service": x, "may_be_unserved": False} for x in "sh"],
        "settlements": [{"settlement": v, "population": 60.0} for v in "ab"],
        "sites": [{"site": f"{x}{v}", "service": x, "settlement": v}
                  for x, v in ("sa", "ha", "hb")],
        "levels": [{"service": x, "level": 1, "capacity": holds, "capex_mln": 10.0}
                   for x, holds in (("s", 200.0), ("h", 100.0))],
        "travel": [{"settlement": v, "site": f"{x}{w}", "minutes": 10.0}
                   for v in "ab" for x, w in ("sa", "ha", "hb") if v != w],
    }  # fmt: skip
    on = [{"feeder": "on", "service": "s", "to_service": "h"}]
    assert aumaq.conflicts(tiny(**rows)).is_possible
    found = aumaq.conflicts(tiny(**rows, feeders=on), most=None).record()
    (conflict,) = found["conflicts"]
    assert conflict["is_minimal"]
    rules = {rule["rule"] for rule in conflict["rules"]}
    assert rules == {"feeder:on", "allocation:s", "allocation:h", "capacity:h"}
    assert found["is_all"]


@pytest.mark.parametrize(
    ("few", "also"),
    [({"days_per_year": 50.0}, True), ({"most_share": 0.5}, True), ({}, False)],
)
def test_teams_that_cannot_visit_all_may_clash(
    few: dict[str, float], also: bool
) -> None:
    """All 100 of b are to be near, 30 minutes away: a team visits 50 of them at most.

    Where it may visit all, there is a plan.
    """
    team = {"mobile_service": "bus", "service": "s", "units_per_day": 1.0,
            "days_per_year": 100.0, "within_minutes": 40.0,
            "counts_in_standards": True, "title": "Health bus", **few}  # fmt: skip
    near = {"standard": "near", "service": "s", "minutes": 10.0, "share": 1.0,
            "scope": "total", "is_hard": True}  # fmt: skip
    instance = tiny(
        sites=[{"site": "a", "service": "s", "settlement": "a"}],
        levels=[{"service": "s", "level": 1, "capacity": 200.0, "capex_mln": 10.0}],
        travel=[{"settlement": "b", "site": "a", "minutes": 30.0}],
        mobile_services=[team],
        standards=[near],
    )
    found = aumaq.conflicts(instance, most=None).record()
    assert found["is_possible"] is not also
    rules = [{rule["rule"] for rule in c["rules"]} for c in found["conflicts"]]
    assert all(c["is_minimal"] for c in found["conflicts"])
    assert rules == [{"standard:near", "mobile_service:bus"}] * also
    told = [rule["text"] for c in found["conflicts"] for rule in c["rules"]]
    assert ("Health bus" in str(told)) == also


NOTHING: dict[str, Any] = {"budget": "b", "period": "p1", "amount_mln": 0.0,
                           "covers": "investment", "is_hard": True}  # fmt: skip
FUND: dict[str, Any] = {
    "funding_sources": [{"fund": "n", "title": "State"}],
    "funding_limits": [{"fund": "n", "period": "p1", "amount_mln": 5.0}],
    "funding_eligibility": [{"fund": "n"}],
}


@pytest.mark.parametrize(
    ("payers", "rules", "how"),
    [
        # Two schools of 10 mln. Of a budget of 0 what is left to pay is the most ever.
        (FUND, {"fund:n": "State, p1: at most 5 mln KZT"},
         "raise it to 20 mln KZT, 300.0% more"),
        ({"budgets": [NOTHING],
          "partnerships": [{"partnership": "ppp", "share_most": 1.0, "limit_mln": 5.0,
                            "premium": 0.0, "term_years": 1, "title": "PPP"}]},
         {"partnership:ppp": "PPP: at most 5 mln KZT",
          "budget:b": "b, p1: at most 0 mln KZT"},
         "raise it to 15 mln KZT"),
    ],
)  # fmt: skip
def test_who_may_not_pay_enough_clashes(
    payers: dict[str, Any], rules: dict[str, str], how: str
) -> None:
    """Limits of funds and partners are rules as budgets are, and may give way."""
    instance = tiny(services=[{"service": "s", "may_be_unserved": False}], **payers)
    assert best_plan_cost(instance) is None
    keep = ["allocation:s", "capacity:s"]
    found = aumaq.conflicts(instance, most=None, keep=keep).record()
    (conflict,) = found["conflicts"]
    assert conflict["is_minimal"]
    assert {rule["rule"]: rule["text"] for rule in conflict["rules"]} == rules
    (way,) = found["cheapest"]["rules"]
    assert (way["how"], found["cheapest"]["is_proven"]) == (how, True)


def test_a_limit_of_nothing_weighs_the_same_in_any_unit() -> None:
    """With no budget and at most one school of 10 mln: in tenge as in millions."""
    few = [{"count": "few", "service": "s", "least": 1}]
    for unit in (1.0, 1e3):
        level = {"service": "s", "level": 1, "capacity": 100.0, "capex_mln": 10 * unit}
        clash = tiny(levels=[level], counts=few, budgets=[NOTHING])
        cheapest = aumaq.conflicts(clash, keep=["count:few"]).record()["cheapest"]
        assert cheapest["weight"] == pytest.approx(0.5 + TOUCHED)
        (way,) = cheapest["rules"]
        assert way["how"] == f"raise it to {10 * unit:,.0f} mln KZT"


def test_what_is_kept_never_gives_way() -> None:
    """With demand and capacity kept, money and count must give way."""
    keep = ["allocation:s", "capacity:s"]
    found = aumaq.conflicts(crowded(), most=None, keep=keep).record()
    rules = {way["rule"]: way["amount"] for way in found["cheapest"]["rules"]}
    assert rules == pytest.approx({"budget:all": 20.0 / 12.0 - 1.0, "count:few": 1.0})
    assert [len(c["rules"]) for c in found["conflicts"]] == [1, 1]
    with pytest.raises(aumaq.UnknownNameError, match="did you mean 'capacity:s'"):
        aumaq.conflicts(crowded(), keep=["capacity:x"])


def test_forbidden_land() -> None:
    """Forbidden land has no variable in a solve, and is told as the rule that it is."""
    instance = tiny(
        counts=[{"count": "some", "service": "s", "least": 1}],
        zones=[{"zone": "park", "kind": "protected", "lat": 50.0, "lon": 70.0,
                "radius_km": 50.0}],
        zone_permits=[{"kind": "protected", "service": "", "is_permitted": False}],
    )  # fmt: skip
    found = aumaq.conflicts(instance, most=None).record(Language("ru"))
    (conflict,) = found["conflicts"]
    assert conflict["is_minimal"]
    assert [(rule["rule"], rule.get("site")) for rule in conflict["rules"]] == [
        ("count:some", None), ("land:s", "a"), ("land:s", "b"),
    ]  # fmt: skip


def test_forbidden_sites() -> None:
    """Two villages reach one school of 100 and a forbidden site: 110 people clash."""
    people = {"a": 80.0, "b": 70.0, "c": 40.0}
    instance = tiny(
        services=[{"service": "s", "may_be_unserved": False}],
        settlements=[{"settlement": v, "population": n} for v, n in people.items()],
        sites=[
            {"site": v, "service": "s", "settlement": v,
             "status": "forbidden" if v == "c" else "candidate"}
            for v in people
        ],
        travel=[{"settlement": "b", "site": "c", "minutes": 20.0},
                {"settlement": "c", "site": "b", "minutes": 20.0}],
    )  # fmt: skip
    (conflict,) = aumaq.conflicts(instance, most=None).record()["conflicts"]
    assert conflict["is_minimal"]
    assert sorted(rule["rule"] for rule in conflict["rules"]) == [
        "allocation:s", "capacity:s", "forbidden:s",
    ]  # fmt: skip


def test_what_stands_at_a_forbidden_site() -> None:
    """One school of 100 is too few for 150 people, and today's one must close."""
    instance = tiny(
        services=[{"service": "s", "may_be_unserved": False}],
        settlements=[{"settlement": v, "population": people}
                     for v, people in (("a", 75.0), ("b", 75.0), ("far", 10.0))],
        sites=[{"site": v, "service": "s", "settlement": v,
                "status": "forbidden" if v == "a" else "candidate"}
               for v in ("a", "b", "far")],
        facilities=[{"service": "s", "site": "a", "level": 1}],
    )  # fmt: skip
    (conflict,) = aumaq.conflicts(instance, most=None).record()["conflicts"]
    assert conflict["is_minimal"]
    assert sorted(rule["rule"] for rule in conflict["rules"]) == [
        "allocation:s", "capacity:s", "forbidden:s",
    ]  # fmt: skip


@pytest.mark.parametrize(("money", "is_possible"), [(15.0, True), (5.0, False)])
def test_a_forbidden_site_that_is_nearer(money: float, is_possible: bool) -> None:
    """People of c may go to the nearest site, b: the one at a is forbidden."""
    instance = tiny(
        services=[{"service": "s", "may_be_unserved": False, "cutoff_minutes": 10.0,
                   "nearest_sites": 1}],
        settlements=[{"settlement": v, "population": people}
                     for v, people in (("a", 0.0), ("b", 0.0), ("c", 60.0))],
        sites=[{"site": v, "service": "s", "settlement": v, "status": status}
               for v, status in (("a", "forbidden"), ("b", "candidate"))],
        travel=[{"settlement": "c", "site": v, "minutes": minutes}
                for v, minutes in (("a", 20.0), ("b", 30.0))],
        budgets=[{"budget": "m", "period": "p1", "amount_mln": money,
                  "is_hard": True}],
    )  # fmt: skip
    assert (best_plan_cost(instance) is not None) == is_possible
    found = aumaq.conflicts(instance, most=None).record()
    assert found["is_possible"] == is_possible
    rules = [{rule["rule"] for rule in c["rules"]} for c in found["conflicts"]]
    assert rules == [{"budget:m", "allocation:s"}] * (not is_possible)


def powered(may_shed: bool = False, **more: Any) -> Instance:
    """A plant feeds A, and B behind it over a line of 2: each asks for 10."""
    nowhere = {"group": "", "cutoff_minutes": None}
    rows: dict[str, Any] = {
        "services": [{"service": "s"}, {"service": "plant", "role": "supply",
                                        "network": "power", **nowhere}],
        "sites": [*({"site": v, "service": "s", "settlement": v} for v in "ab"),
                  {"site": "plant", "service": "plant", "settlement": "a"}],
        "levels": [{"service": x, "level": 1, "capacity": 100.0, "capex_mln": 1.0}
                   for x in ("s", "plant")],
        "networks": [{"network": "power", "title": "Power", "may_shed": may_shed}],
        "network_nodes": [
            {"network": "power", "node": v, "settlement": v, "lat": 50.0, "lon": 70.0}
            for v in "ab"
        ],
        "network_links": [{"network": "power", "link": "ab", "from_node": "a",
                           "to_node": "b", "capacity": 2.0, "length_km": 1.0}],
        "load_rates": [{"network": "power", "units_per_person": 0.1}],
    }  # fmt: skip
    return tiny(**{**rows, **more})


def test_load_that_may_not_be_shed() -> None:
    """The line carries 2 of 10: four fifths are shed, or the line gives way."""
    assert aumaq.conflicts(powered(may_shed=True)).is_possible
    found = aumaq.conflicts(powered(), most=None)
    (conflict,) = found.record()["conflicts"]
    assert conflict["is_minimal"]
    assert [(rule["rule"], rule["text"]) for rule in conflict["rules"]] == [
        ("network:power:capacity",
         "Power: no line or main carries more than it can: A – B"),
        ("network:power:balance",
         "Power: all load of people and industry is to be met"),
    ]  # fmt: skip
    cheapest = found.record()["cheapest"]
    (way,) = cheapest["rules"]
    assert (way["rule"], way["where"]) == ("network:power:balance", ["B p1"])
    assert way["amount"] == pytest.approx(0.8)
    assert cheapest["is_proven"]
    assert found.found.is_all


@pytest.mark.parametrize("unit", [1.0, 1e3])
def test_supply_without_end(unit: float) -> None:
    """Diesel of any size, at no cost, gives B the 8 that the line does not carry.

    It may emit nothing. No plan has use for more of it than all load, 20: of that the
    limit gives way by 8, whatever the unit.
    """
    diesel = {"network": "power", "option": "diesel", "settlement": "b",
              "capex_mln_per_unit": 0.0, "emissions_t_per_unit_year": unit}  # fmt: skip
    clash = powered(
        local_supplies=[diesel],
        impacts=[{"impact": "co2", "unit": "t", "includes": "emissions"}],
        impact_limits=[{"limit": "none", "period": "p1", "impact": "co2", "most": 0.0,
                        "is_hard": True}],
    )  # fmt: skip
    kept = ["network:power:capacity", "network:power:balance"]
    found = aumaq.conflicts(clash, most=None, keep=kept).record()
    (conflict,) = found["conflicts"]
    assert [rule["rule"] for rule in conflict["rules"]] == ["limit:none"]
    (way,) = found["cheapest"]["rules"]
    assert way["how"] == f"raise it to {8 * unit:,.0f} t"
    assert found["cheapest"]["weight"] == pytest.approx(8 / 20 + TOUCHED, rel=1e-4)


def test_load_without_any_source() -> None:
    """With no plant at all only the load itself can give way."""
    rows = powered().base
    tables = ("services", "levels", "sites")
    less = {name: rows[name][rows[name]["service"] == "s"] for name in tables}
    found = aumaq.conflicts(powered().replace(**less), most=None).record()
    (conflict,) = found["conflicts"]
    assert [rule["rule"] for rule in conflict["rules"]] == ["network:power:balance"]
    assert conflict["is_minimal"]
    assert found["cheapest"]["rules"][0]["amount"] == pytest.approx(1.0)


def test_what_no_rule_explains() -> None:
    """The load is kept, and nothing feeds it: no plan, whatever is given up."""
    rows = powered().base
    tables = ("services", "levels", "sites", "network_links")
    less = {name: rows[name].iloc[:0] for name in ("network_links",)}
    less |= {name: rows[name][rows[name]["service"] == "s"] for name in tables[:3]}
    dark = powered().replace(**less)
    found = aumaq.conflicts(dark, most=None, keep=["network:power:balance"])
    (conflict,) = found.record()["conflicts"]
    assert conflict == {"is_minimal": True, "rules": []}
    assert found.found.is_all
    assert found.cheapest is None
    assert found.sentences()[0].startswith("Proven: there is no plan whichever rules")


def test_possible_is_told() -> None:
    """An instance with a plan has no conflicts."""
    found = aumaq.conflicts(tiny())
    assert found.is_possible is True
    assert found.sentences() == ["There is a plan: all rules can hold together."]


@pytest.mark.slow
def test_the_commands_tell(tmp_path: Path) -> None:
    """A solve without a plan says what clashes; ``conflicts`` says all of it."""
    aumaq.write(crowded(), tmp_path / "in")
    done = run("solve", "in", "--out", "out", "--quiet", folder=tmp_path)
    assert done.returncode == 1
    assert "Money of the district, p1: at most 12 mln" in done.stderr or (
        "at most 1 facility of s" in done.stderr
    )
    assert done.stderr.strip().endswith("aumaq conflicts in")  # as it was given
    done = run("conflicts", "in", "--all", "--json", "--lang", "kk", folder=tmp_path)
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert told["is_all"]
    assert len(told["conflicts"]) == 2
    assert all(c["is_minimal"] for c in told["conflicts"])
    done = run("conflicts", "in", "--keep", "budgets:all", folder=tmp_path)
    assert done.returncode == 2
    assert "did you mean 'budget:all'" in done.stderr


@pytest.mark.parametrize(
    ("facilities", "people", "share"),
    [(1, 250.0, 1.5), (2, 250.0, 0.25), (3, 500.0, 2.0 / 3.0), (5, 505.0, 0.01)],
)
def test_all_facilities_of_a_site_hold_more_alike(
    facilities: int, people: float, share: float
) -> None:
    """Money for so many schools of 100 at one site: 250 people in two take 125 each."""
    instance = tiny(
        settlements=[{"settlement": "a", "population": people}],
        services=[{"service": "s", "may_be_unserved": False}],
        sites=[{"site": "a", "service": "s", "settlement": "a", "max_units": 7}],
        levels=[{"service": "s", "level": 1, "capacity": 100.0, "capex_mln": 10.0}],
        travel=[{"settlement": "a", "site": "a", "minutes": 0.0}],
        budgets=[{"budget": "b", "period": "p1", "amount_mln": 10.0 * facilities,
                  "is_hard": True}],
    )  # fmt: skip
    way = aumaq.conflicts(instance, keep=["allocation:s", "budget:b"]).cheapest
    assert way is not None
    assert way.is_proven
    assert way.amounts == pytest.approx((share,), abs=1e-6)


GRID = """function mpc = x
mpc.bus = [
1 3 20 0 0 0 1 1 0 240 1 1.1 0.9;
2 1 0 0 0 0 1 1 0 240 1 1.1 0.9;
];
mpc.gen = [2 0 0 10 -10 1 100 1 10 0];
mpc.ne_branch = [1 2 0 0.1 0 100 0 0 0 0 1 0 0 7];
"""
MAINS = """?SNDlib native format; type: network; version: 1.0
NODES (
 A ( 0 0 )
 B ( 1 1 )
 C ( 1 2 )
)
LINKS (
 AB ( A B ) 5 0 1 0 ( )
 AC ( A C ) 5 0 1 0 ( 4 1 )
)
DEMANDS (
 d ( A B ) 1 9 UNLIMITED
)
"""


@pytest.mark.parametrize(
    ("name", "text", "share", "where"),
    [("grid.m", GRID, "50.0%", "bus 1"), ("mains.txt", MAINS, "44.5%", "B")],
)
def test_a_network_alone_tells_what_clashes(
    tmp_path: Path, name: str, text: str, share: str, where: str
) -> None:
    """10 MW for a load of 20; a main that carries 5 of 9 units, 4 / 9 are too much."""
    (tmp_path / name).write_text(text)
    found = run("solve", str(tmp_path / name))
    assert found.returncode == 1
    told = " ".join((found.stdout + found.stderr).split())
    assert "allow more supply or wider links" in told
    assert f"leave up to {share} of a place's load unmet where: {where} year" in told
