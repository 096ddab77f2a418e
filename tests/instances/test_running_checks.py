"""What cannot be of second shift, staff, buses and building capacity is told."""

from __future__ import annotations

import pytest
from tiny_instances import Rows, tiny

import aumaq
from aumaq.instances.rules import rules_of

SHIFT = {"service": "s", "extra_share": 0.5, "cost_mln_per_unit_year": 0.1}
LIMIT = {"shift_limit": "k", "service": "s", "period": "p1", "most_share": 0.1}
NEED = {"profession": "t", "service": "s", "level": 1, "posts": 3.0}
SUPPLY = {"profession": "t", "region": "R", "period": "p1", "available": 2.0}
BUS = {"service": "s", "within_minutes": 30.0}
MOBILE = {"mobile_service": "m", "service": "s", "days_per_year": 40.0,
          "units_per_day": 2.0, "within_minutes": 30.0}  # fmt: skip
RULE = {"building_capacity": "b", "period": "p1", "most_changes": 1.0}
SOUND: dict[str, Rows] = {
    "shifts": [SHIFT],
    "shift_limits": [LIMIT],
    "professions": [{"profession": "t"}],
    "staff_needs": [NEED],
    "staff_supply": [SUPPLY],
    "buses": [BUS],
    "mobile_services": [MOBILE],
    "building_capacity": [RULE],
}


def test_what_is_sound_is_read() -> None:
    """All tables together are no problem."""
    assert len(tiny(**SOUND).table("staff_supply")) == 1


@pytest.mark.parametrize(
    ("table", "row", "told"),
    [
        (
            "shifts",
            {**SHIFT, "from_level": 2},
            "column from_level: s has levels up to 1",
        ),
        ("shifts", {**SHIFT, "extra_share": -0.1}, "column extra_share"),
        ("shift_limits", {**LIMIT, "region": "X"}, "column region: no settlement has"),
        ("shift_limits", {**LIMIT, "period": "p7"}, "column period: no such period"),
        ("staff_needs", {**NEED, "level": 4}, "column level: s has levels up to 1"),
        ("staff_needs", {**NEED, "profession": "z"}, "column profession: no such"),
        ("staff_supply", {**SUPPLY, "region": "X"}, "column region: no settlement"),
        ("buses", {**BUS, "service": "z"}, "column service: no such service"),
        ("mobile_services", {**MOBILE, "service": "z"}, "column service: no such"),
        (
            "mobile_services",
            {**MOBILE, "from_level": 2},
            "column from_level: s has levels up to 1",
        ),
        ("mobile_services", {**MOBILE, "region": "X"}, "column region: no settlement"),
        ("mobile_services", {**MOBILE, "tag": "X"}, "column tag: no settlement has"),
        ("mobile_services", {**MOBILE, "days_per_year": 400.0}, "column days_per_year"),
        ("mobile_services", {**MOBILE, "units_per_day": 0.0}, "column units_per_day"),
        ("building_capacity", {**RULE, "most_changes": None}, "column most_mln: empty"),
        ("building_capacity", {**RULE, "region": "X"}, "column region: no settlement"),
        ("building_capacity", {**RULE, "most_changes": 0.5}, "expected a whole number"),
    ],
)
def test_what_cannot_be(table: str, row: dict[str, object], told: str) -> None:
    """Each mistake is told by row and column."""
    with pytest.raises(aumaq.InstanceError, match=told):
        tiny(**{**SOUND, table: [row]})


CARRIERS = pytest.mark.parametrize("table", ["buses", "mobile_services"])


@CARRIERS
def test_minutes_beyond_which_nobody_is_served_are_told(table: str) -> None:
    """Nobody goes farther than 60 minutes: 61 promise what nobody gets."""
    services = [{"service": "s", "served_within_minutes": 60.0}]
    for minutes, count in ((60.0, 0), (61.0, 1)):
        rows = [{**SOUND[table][0], "within_minutes": minutes}]
        told = [str(w) for w in tiny(services=services, **{table: rows}).warnings]
        assert sum("served_within_minutes of s, 60," in text for text in told) == count


@CARRIERS
def test_who_is_carried_goes_beyond_the_cutoff(table: str) -> None:
    """A cut-off of 15 minutes: where 45 are ridden all sites within 45 are options."""
    away = {"a": 20.0, "b": 45.0, "c": 46.0}
    instance = tiny(
        services=[{"service": "s", "cutoff_minutes": 15.0,
                   "unserved_mln_per_unit_year": 1.0}],
        settlements=[{"settlement": "home"}],
        sites=[{"site": site, "service": "s", "lat": 50.0, "lon": 70.0}
               for site in away],
        levels=[{"service": "s", "level": 1, "capacity": 50.0, "capex_mln": 1.0}],
        travel=[{"settlement": "home", "site": site, "minutes": minutes}
                for site, minutes in away.items()],
        **{table: [{**SOUND[table][0], "within_minutes": 10.0}]},
    )  # fmt: skip
    assert list(instance.access("s")["site"]) == ["a"]  # the nearest, however far
    farther = instance.with_changes([f"{table}.within_minutes=45"])
    assert list(farther.access("s")["site"]) == ["a", "b"]
    plan = aumaq.solve(farther, gap=0.0)
    assert plan.is_verified
    assert sorted(plan.table("allocation")["site"]) == ["a", "b"]
    # The same plan, where nobody is carried so far: the second opinion names the way.
    audit = aumaq.verify(instance, plan.tables, claimed_objective_mln=None)
    assert "b" in " ".join(str(line) for line in audit.problems)


def test_a_hard_standard_may_be_kept_by_a_bus_and_demand_by_a_second_shift() -> None:
    """What no school near can do, and no first shift holds, is no contradiction."""
    must = {"service": "s", "may_be_unserved": False, "unserved_mln_per_unit_year": 1.0}
    plan = aumaq.solve(
        tiny(
            services=[must],
            levels=[{"service": "s", "level": 1, "capacity": 150.0, "capex_mln": 9.0}],
            sites=[{"site": "a", "service": "s", "settlement": "a"}],
            travel=[{"settlement": "b", "site": "a", "minutes": 30.0}],
            standards=[{"standard": "n", "service": "s", "minutes": 10.0, "share": 1.0,
                        "is_hard": True}],
            shifts=[SHIFT],
            buses=[BUS],
        ),
        gap=0.0,
    )  # fmt: skip
    assert plan.is_verified
    assert plan.table("second_shift")["demand"].tolist() == pytest.approx([50.0])
    assert plan.table("bused")["demand"].tolist() == pytest.approx([100.0])
    assert plan.unserved.empty


def test_a_hard_standard_may_be_kept_by_visits() -> None:
    """Teams go where no site is near: as many as the days ask for, by hand."""
    mobile = {
        **MOBILE, "most_teams": 3, "cost_mln_per_team_year": 0.1,
        "cost_mln_per_day": 0.01, "cost_per_km": 300.0,
    }  # fmt: skip
    plan = aumaq.solve(
        tiny(
            levels=[{"service": "s", "level": 1, "capacity": 250.0, "capex_mln": 9.0}],
            sites=[{"site": "a", "service": "s", "settlement": "a"}],
            travel=[{"settlement": "b", "site": "a", "minutes": 30.0,
                     "length_km": 20.0}],
            standards=[{"standard": "n", "service": "s", "minutes": 10.0, "share": 1.0,
                        "is_hard": True}],
            mobile_services=[mobile],
        ),
        gap=0.0,
    )  # fmt: skip
    assert plan.is_verified
    visits, teams = plan.table("visits"), plan.table("mobile_teams")
    assert visits["demand"].tolist() == pytest.approx([100.0])
    assert visits["days"].tolist() == pytest.approx([50.0])
    # 50 days of 0.01, and 40 km each at 300
    assert visits["cost_mln_per_year"].tolist() == pytest.approx([0.5 + 0.6])
    assert teams["teams"].tolist() == [2]
    assert teams["cost_mln_per_year"].tolist() == pytest.approx([0.2])


def test_a_rule_without_a_title_names_its_service_as_readers_do() -> None:
    """In lists of rules and clashes a service has its title, as everywhere else."""
    rows: dict[str, Rows] = {
        "services": [{"service": "s", "title": "School"}],
        "counts": [{"count": "c", "service": "s", "most": 1}],
        "shifts": [SHIFT],
        "shift_limits": [LIMIT],
    }
    known = rules_of(tiny(**rows))
    assert str(known["count:c"].title) == "at most 1 facility of School"
    assert str(known["shift_limit:k"].title) == "School: few in second shift"


def test_what_is_about_nothing_is_odd() -> None:
    """A mobile service for no settlement, a count where there is no site: told."""
    rows: dict[str, Rows] = {
        "mobile_services": [{**MOBILE, "applies_to": "border"}],
        "counts": [{"count": "c", "service": "s", "most": 0, "applies_to": "urban"}],
    }
    told = [str(warning) for warning in tiny(**rows).warnings]
    assert any("mobile_services.csv, row 2, column applies_to" in t for t in told)
    assert any(
        "counts.csv, row 2, column applies_to: counts nothing" in t for t in told
    )
    assert len(told) == 2
    assert tiny(**SOUND).warnings == ()
