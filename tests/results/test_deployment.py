"""The order of deployment: what works after any step, the best gain first."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pandas as pd
import pytest
from coupled_instances import coupled_instances
from examples import examples
from growth_instances import growth_instances
from hypothesis import assume, given
from hypothesis import strategies as st
from tiny_instances import tiny

import aumaq
from aumaq.instances import Instance
from aumaq.instances.errors import NoPlanError
from aumaq.results.language import ENGLISH
from aumaq.results.plan.deployment import ordered
from aumaq.results.plan.deployment_limits import Limit
from aumaq.results.plan.deployment_steps import Key, Step
from aumaq.results.report.running import order


@st.composite
def some_steps(draw: st.DrawFn) -> dict[Key, Step]:
    """Draw steps, each relying on some of those before it in a hidden order."""
    keys: list[Key] = [("facility", "s", name, "grow") for name in "abcdef"]
    hidden = draw(st.permutations(keys[: draw(st.integers(1, 6))]))
    found: dict[Key, Step] = {}
    for k, key in enumerate(hidden):
        after = {one for one in hidden[:k] if draw(st.sampled_from([0, 0, 1]))}
        cost = draw(st.sampled_from([0.0, 1.0, 2.0, 5.0]))
        gain = draw(st.sampled_from([0.0, 0.0, 10.0, 40.0]))
        found[key] = Step(key, "open", "R", 1, cost, gain, after)
    return {key: found[key] for key in sorted(found)}


@examples(300)
@given(some_steps())
def test_what_a_step_relies_on_comes_before_it(steps: dict[Key, Step]) -> None:
    """Every step occurs once, after all that it relies on; no better one was left."""
    order = ordered(steps)
    assert sorted(order) == sorted(steps)
    for k, key in enumerate(order):
        assert steps[key].after <= set(order[:k])
    free = [key for key in steps if not steps[key].after]
    alone = [key for key in order if key in free]
    worth = {k: steps[k].gain / max(steps[k].cost_mln, 1e-6) for k in steps}
    lends = {one for step in steps.values() for one in step.after}
    plain = [worth[key] for key in alone if key not in lends]
    assert plain == sorted(plain, reverse=True)


@examples(60)
@given(some_steps())
def test_the_first_set_has_the_best_gain_of_all(steps: dict[Key, Step]) -> None:
    """No start of any allowed order gains more for its money than the first step with
    what it relies on (where such steps cost and gain anything).
    """
    order = ordered(steps)

    def best_ratio(sequence: tuple[Key, ...]) -> float:
        gain = cost = best = 0.0
        for key in sequence:
            gain, cost = gain + steps[key].gain, cost + steps[key].cost_mln
            best = max(best, gain / max(cost, 1e-6))
        return best

    single = {
        key: {one for one in steps if one == key or _relies(key, one, steps)}
        for key in steps
    }
    right = max(
        sum(steps[k].gain for k in own) / max(sum(steps[k].cost_mln for k in own), 1e-6)
        for own in single.values()
    )
    assert best_ratio(tuple(order)) >= right - 1e-9
    allowed = [
        one
        for one in permutations(steps)
        if all(steps[k].after <= set(one[:n]) for n, k in enumerate(one))
    ]
    assert tuple(order) in allowed


@examples(300)
@given(st.data())
def test_no_step_breaks_a_limit_while_another_does_not(data: st.DataObject) -> None:
    """Of all that could be done at each step; and all is done, breaking it or not."""
    steps = data.draw(some_steps())
    changes = st.sampled_from([0.0, 0.0, -1.0, 1.0, 2.0])
    limits = [
        Limit(float(data.draw(st.integers(0, 3))), low, high,
              {key: change for key in steps if (change := data.draw(changes))})
        for low, high in ((1.0, 99.0), (-99.0, 2.0))
    ]  # fmt: skip

    def breaks(done: list[Key], block: list[Key]) -> bool:
        for limit in limits:
            now = limit.now + sum(limit.effect.get(one, 0.0) for one in done)
            for one in block:
                change = limit.effect.get(one, 0.0)
                now += change
                low, high = now < limit.least, now > limit.most
                if (change < 0.0 and low) or (change > 0.0 and high):
                    return True
        return False

    order = ordered(steps, limits)
    assert sorted(order) == sorted(steps)
    for k, key in enumerate(order):
        assert steps[key].after <= set(order[:k])
        if breaks(order[:k], [key]):
            free = [one for one in order[k:] if steps[one].after <= set(order[:k])]
            assert all(breaks(order[:k], [one]) for one in free)


def _relies(key: Key, other: Key, steps: dict[Key, Step]) -> bool:
    return any(one == other or _relies(one, other, steps) for one in steps[key].after)


def test_a_school_closes_after_the_one_that_takes_its_pupils() -> None:
    """The new school of b takes over from a, which closes; the road is there first."""
    plan = aumaq.solve(
        tiny(
            policies=[{"discount_rate": 0.0, "count_residual_value": False,
                       "value_of_time_per_hour": 0.0}],
            levels=[
                {"service": "s", "level": 1, "capacity": 100.0, "capex_mln": 5.0,
                 "opex_mln_per_year": 30.0},
                {"service": "s", "level": 2, "capacity": 250.0, "capex_mln": 9.0,
                 "opex_mln_per_year": 1.0},
            ],
            sites=[
                {"site": "a", "service": "s", "settlement": "a", "max_level": 1,
                 "status": "existing"},
                {"site": "b", "service": "s", "settlement": "b"},
            ],
            facilities=[{"service": "s", "site": "a", "level": 1}],
        ),
        gap=0.0,
    )  # fmt: skip
    rows = plan.deployment
    assert rows["action"].tolist() == ["open", "close"]
    assert rows["code"].tolist() == ["b", "a"]
    assert rows["gain_persons"].tolist() == [200.0, 0.0]
    assert rows["after"].tolist() == ["", "1"]
    assert rows["total_mln"].iloc[-1] == plan.actions["cost_mln"].sum()
    shown = [column["title"] for column in order(plan, ENGLISH)["columns"]]
    assert "Gain so far, people × services" in shown  # it adds over services


def test_one_at_a_site_is_renewed_at_once_and_another_closes_last() -> None:
    """Three schools at a for 90 of its 100 pupils, two of them old: one of these is
    renewed for the 30 whom it holds, the other closes once b has a place for 40.
    """
    instance = tiny(
        policies=[{"discount_rate": 0.0, "count_residual_value": False,
                   "value_of_time_per_hour": 0.0}],
        settlements=[{"settlement": "a"}, {"settlement": "b", "population": 20.0}],
        levels=[{"service": "s", "level": 1, "capacity": 30.0, "capex_mln": 20.0,
                 "closing_mln": 3.0},
                {"service": "s", "level": 2, "capacity": 60.0, "capex_mln": 30.0}],
        sites=[{"site": "a", "service": "s", "settlement": "a", "max_units": 3,
                "max_level": 1, "status": "existing"},
               {"site": "b", "service": "s", "settlement": "b"}],
        facilities=[{"service": "s", "site": "a", "level": 1, "units": 2,
                     "renew_by_year": 2026},
                    {"service": "s", "site": "a", "level": 1}],
        counts=[{"count": what, "service": "s", "what": what, "least": 1, "most": 1}
                for what in ("openings", "closures")],
    )  # fmt: skip
    rows = aumaq.solve(instance, gap=0.0).deployment
    told = rows[["code", "action", "units", "cost_mln", "gain_persons", "after"]]
    assert told.to_numpy().tolist() == [
        ["a", "renew", 1, 10.0, 30.0, ""],
        ["b", "open", 1, 30.0, 60.0, ""],
        ["a", "close", 1, 3.0, 0.0, "2"],
    ]


@pytest.mark.slow
def test_a_road_stands_before_the_school_that_is_reached_on_it() -> None:
    """Every step of a plan on roads is told; sums are those of the plan's tables."""
    from two_villages import two_villages

    plan = aumaq.solve(two_villages(10.0, load_kw=5.0), gap=0.0)
    rows = plan.deployment
    paid = (
        plan.actions["cost_mln"].sum() + plan.table("road_upgrades")["capex_mln"].sum()
    )
    assert set(rows["kind"]) >= {"road upgrade"}
    assert rows.groupby("period")["total_mln"].last().sum() == paid
    at = rows.set_index(["period", "step"])
    for (period, step), row in at.iterrows():
        assert all(int(k) < step for k in str(row["after"]).split("; ") if k)
        assert isinstance(period, str)
    assert isinstance(rows, pd.DataFrame)


def fed(**more: list[dict[str, Any]]) -> Instance:
    """Return two schools for which everything that feeds them is yet to be built.

    A plant at the hub, a line of today, a station for b; works that draw power, a main.
    """
    feeds = {"role": "supply", "cutoff_minutes": None, "group": ""}
    power, water = {"network": "power"}, {"network": "water"}
    grid = [("hub", "", power), ("na", "a", power), ("nb", "b", power),
            ("wa", "a", water), ("wb", "b", water)]  # fmt: skip
    line = {"length_km": 1.0, "capacity": 0.0}
    rows: dict[str, list[dict[str, Any]]] = {
        "services": [
            {"service": "s", "unserved_mln_per_unit_year": 1.0},
            {**feeds, **power, "service": "plant"},
            {**feeds, **water, "service": "works"},
            {**feeds, **power, "service": "station", "role": "carry"},
        ],
        "levels": [
            {"service": "s", "level": 1, "capacity": 100.0, "capex_mln": 10.0,
             "load_kw": 10.0, "load_m3_per_day": 5.0},
            {"service": "plant", "level": 1, "capacity": 40.0, "capex_mln": 50.0},
            {"service": "works", "level": 1, "capacity": 40.0, "capex_mln": 30.0,
             "load_kw": 5.0},
            {"service": "station", "level": 1, "capacity": 40.0, "capex_mln": 20.0},
        ],
        "sites": [
            {"site": "a", "service": "s", "settlement": "a"},
            {"site": "b", "service": "s", "settlement": "b"},
            {"site": "p", "service": "plant", "settlement": "a",
             "network_node": "hub"},
            {"site": "w", "service": "works", "settlement": "a", "network_node": "wa"},
            {"site": "t", "service": "station", "settlement": "b"},
        ],
        "travel": [{"settlement": "a", "site": "b", "minutes": 500.0}],
        "networks": [power, water],
        "network_nodes": [
            {**network, "node": node, "lat": 50.0, "lon": 70.0, "settlement": home}
            for node, home, network in grid
        ],
        "network_links": [
            {**line, **power, "link": "e0", "from_node": "hub", "to_node": "na",
             "capacity": 60.0},
            {**line, **power, "link": "e1", "from_node": "na", "to_node": "nb",
             "station": "t"},
            {**line, **water, "link": "m", "from_node": "wb", "to_node": "wa"},
        ],
        "link_upgrades": [
            {**water, "link": "m", "step": 1, "capacity": 20.0, "capex_mln": 2.0}
        ],
    }  # fmt: skip
    return tiny(**{**rows, **more})


@pytest.mark.slow
def test_what_feeds_others_comes_before_them() -> None:
    """Plant, then works, main and station; over a line of today and one run backward.

    School b needs its station and main; these come after what feeds them.
    """
    rows = aumaq.solve(fed(), gap=0.0).deployment.set_index("code")
    code = {str(step): code for code, step in rows["step"].items()}
    after = {
        name: {code[step] for step in told.split("; ") if step}
        for name, told in rows["after"].items()
    }
    assert after == {
        "p": set(), "w": {"p"}, "t": {"p"}, "m 1": {"w"},
        "a": {"p", "w"}, "b": {"t", "m 1"},
    }  # fmt: skip


POWER = {
    "networks": [{"network": "power", "shed_mln_per_unit_year": 9.0}],
    "network_nodes": [
        {"network": "power", "node": f"n{x}", "settlement": x, "lat": 50.0 + k,
         "lon": 70.0}
        for k, x in enumerate("ab")
    ],
    "local_supplies": [
        {"network": "power", "option": "solar panels", "capex_mln_per_unit": 0.05}
    ],
}  # fmt: skip
"""Nodes without any line, at each of which panels may stand."""


def after_by_code(rows: pd.DataFrame) -> dict[str, set[str]]:
    """Return kind and code of each step, with those of the steps that it relies on."""
    told = rows["kind"] + ": " + rows["code"]
    name = dict(zip(rows["step"].astype(str), told, strict=True))
    after = [{name[k] for k in one.split("; ") if k} for one in rows["after"]]
    return dict(zip(told, after, strict=True))


@pytest.mark.slow
def test_local_supply_stands_before_what_draws_on_it() -> None:
    """Panels of 10 kW for the school, 10 more once it is enlarged; all costs twice."""
    level = {"service": "s", "capacity": 100.0, "capex_mln": 1.0, "load_kw": 10.0}
    instance = tiny(
        **POWER,
        policies=[{"discount_rate": 0.0, "count_residual_value": False}],
        periods=[{"period": p, "first_year": y, "years": 5}
                 for p, y in (("p1", 2026), ("p2", 2031))],
        scenarios=[{"scenario": "base", "capex_factor": 2.0}],
        settlements=[{"settlement": "a"}, {"settlement": "b", "population": 0.0}],
        growth=[{"scenario": "base", "period": "p1", "factor": 1.0},
                {"scenario": "base", "period": "p2", "factor": 2.0}],
        sites=[{"site": "a", "service": "s", "settlement": "a"}],
        travel=[{"settlement": "b", "site": "a", "minutes": 30.0}],
        levels=[{**level, "level": 1, "opex_mln_per_year": 0.1},
                {**level, "level": 2, "opex_mln_per_year": 0.5, "capacity": 200.0,
                 "capex_mln": 2.0, "load_kw": 20.0}],
    )  # fmt: skip
    plan = aumaq.solve(instance, gap=0.0)
    rows = plan.deployment
    columns = ["period", "kind", "code", "settlement", "action", "cost_mln",
               "gain_persons", "after"]  # fmt: skip
    panels, school = ("local supply", "na solar panels", "a"), ("facility", "a", "a")
    assert rows[columns].to_numpy().tolist() == [
        ["p1", *panels, "build", 1.0, 0.0, ""],
        ["p1", *school, "open", 2.0, 100.0, "1"],
        ["p2", *panels, "enlarge", 1.0, 0.0, ""],
        ["p2", *school, "enlarge", 2.0, 100.0, "1"],
    ]
    money = plan.table("money")
    assert (
        rows["cost_mln"].sum() == money[money["item"] == "building"]["amount_mln"].sum()
    )
    shown = order(plan, ENGLISH)
    assert [row[3] for row in shown["rows"]] == ["A, solar panels", "A"] * 2


def growing(**more: list[dict[str, Any]]) -> Instance:
    """Return b, where 100 live, that must be chosen: 100 of the 200 of a move there.

    b needs a school for 200; that of a, for 200, is too large then.
    """
    level = {"service": "s", "closing_mln": 0.5}
    return tiny(**{
        "periods": [{"period": "p1", "first_year": 2026, "years": 10}],
        "settlements": [{"settlement": "a", "population": 200.0},
                        {"settlement": "b"}],
        "levels": [{**level, "level": 1, "capacity": 100.0, "capex_mln": 5.0,
                    "opex_mln_per_year": 1.0},
                   {**level, "level": 2, "capacity": 200.0, "capex_mln": 9.0,
                    "opex_mln_per_year": 3.0}],
        "sites": [{"site": "a", "service": "s", "settlement": "a",
                   "status": "existing"},
                  {"site": "b", "service": "s", "settlement": "b"}],
        "facilities": [{"service": "s", "site": "a", "level": 2}],
        "travel": [{"settlement": "a", "site": "b", "minutes": 500.0}],
        "growth_tiers": [{"tier": "t", "min_count": 1}],
        "growth_candidates": [{"settlement": "b", "tier": "t", "gain_share": 1.0,
                               "donors": "region", "capex_mln": 3.0}],
        **more,
    })  # fmt: skip


SCHOOL_B, SCHOOL_A, POINT = "facility: b", "facility: a", "growth point: b"
PANELS_B = "local supply: nb solar panels"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rules", "after"),
    [
        ({}, {SCHOOL_B: set(), POINT: {SCHOOL_B}, SCHOOL_A: {POINT}}),
        # What counts in the point alone waits for it.
        ({"concentrations": [{"concentration": "c", "service": "s", "share": 0.6}]},
         {POINT: set(), SCHOOL_B: {POINT}, SCHOOL_A: {POINT}}),
        ({"concentrations": [{"concentration": "c", "service": "s", "share": 0.0,
                              "tier": "u"}],
          "growth_tiers": [{"tier": "t", "min_count": 1}, {"tier": "u"}]},
         {SCHOOL_B: set(), POINT: {SCHOOL_B}, SCHOOL_A: {POINT}}),
        # Whoever comes draws power.
        ({**POWER, "load_rates": [{"network": "power", "units_per_person": 0.1}]},
         {PANELS_B: set(), "local supply: na solar panels": set(), SCHOOL_B: set(),
          POINT: {SCHOOL_B, PANELS_B}, SCHOOL_A: {POINT}}),
    ],
)  # fmt: skip
def test_a_growth_point_comes_after_what_serves_those_who_come(
    rules: dict[str, Any], after: dict[str, set[str]]
) -> None:
    """Who comes counts there, who lives there already at the school."""
    plan = aumaq.solve(growing(**rules), gap=0.0)
    assert plan.record["problems"] == []
    rows = plan.deployment
    assert after_by_code(rows) == after
    told = (rows["kind"] + ": " + rows["code"]).tolist()
    gains = dict(zip(told, rows["gain_persons"], strict=True))
    assert {k: v for k, v in gains.items() if v} == {SCHOOL_B: 100.0, POINT: 100.0}
    costs = dict(zip(told, rows["cost_mln"], strict=True))
    assert (costs[SCHOOL_B], costs[POINT]) == (9.0, 3.0)
    assert rows["action"].tolist()[told.index(POINT)] == "choose"


@pytest.mark.parametrize("most", [None, 250.0])
def test_an_agglomeration_never_holds_too_many(most: float | None) -> None:
    """Two points: c brings 100 to a of 200 in one, d takes 100 from there.

    d is the dearer one, and comes first where no more than 250 may live there.
    """
    people = {"a": 200.0, "c": 100.0, "d": 100.0, "e": 100.0}
    district = {"a": "x", "c": "y", "d": "x", "e": "y"}
    limit = [{"agglomeration": "g", "max_persons": most}] if most else []
    instance = tiny(
        settlements=[{"settlement": h, "population": n, "district": district[h],
                      "agglomeration": "g" if h in "ac" else ""}
                     for h, n in people.items()],
        sites=[{"site": h, "service": "s", "settlement": h} for h in "ac"],
        travel=[{"settlement": i, "site": j, "minutes": 5.0}
                for i in people for j in "ac" if i != j],
        agglomerations=[{**row, "max_persons": row["max_persons"] + 100.0}
                        for row in limit],
        growth_tiers=[{"tier": "t", "min_count": 2}],
        growth_candidates=[
            {"settlement": h, "tier": "t", "gain_share": 1.0, "donors": "district",
             "capex_mln": cost} for h, cost in (("c", 1.0), ("d", 2.0))
        ],
    )  # fmt: skip
    rows = aumaq.solve(instance, gap=0.0).deployment
    chosen = rows.loc[rows["kind"] == "growth point", "code"].tolist()
    assert chosen == (["d", "c"] if most else ["c", "d"])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("others", "most", "order"),
    [("", 10.0, ["a", "p"]), ("q", 10.0, ["p", "a"]), ("q", 5.0, ["a", "p"])],
)
def test_a_plant_goes_after_what_draws_on_it(
    others: str, most: float, order: list[str]
) -> None:
    """The plant costs less to close, but waits for the school that has no other one.

    Another is one if its site yields the 10 kW that are drawn.
    The school at b, which stays, needs no power.
    """
    stock = [("s", "a"), ("s", "b"), ("plant", "p"), *(("plant", q) for q in others)]
    level = {"level": 1, "capex_mln": 9.0}
    instance = tiny(
        settlements=[{"settlement": "a"}, {"settlement": "b"}],
        services=[{"service": "s"},
                  {"service": "plant", "role": "supply", "network": "power",
                   "cutoff_minutes": None, "group": ""}],
        levels=[{**level, "service": "s", "capacity": 200.0, "load_kw": 10.0,
                 "closing_mln": 2.0},
                {**level, "service": "plant", "capacity": 10.0, "closing_mln": 1.0}],
        sites=[{"service": s, "site": x, "settlement": x if s == "s" else "a",
                "status": "forbidden" if x in "ap" else "required",
                "max_supply": most if x == "q" else None}
               for s, x in stock]
        + [{"service": "plant", "site": "free", "settlement": "a"}],
        facilities=[{"service": s, "site": x, "level": 1} for s, x in stock],
        travel=[{"settlement": "a", "site": "b", "minutes": 10.0}],
        networks=[{"network": "power"}],
        network_nodes=[{"network": "power", "node": "n", "settlement": "a",
                        "lat": 50.0, "lon": 70.0}],
    )  # fmt: skip
    assert aumaq.solve(instance, gap=0.0).deployment["code"].tolist() == order


STATUS = {"keep": "required", "open": "required", "close": "forbidden"}


def two_tiers(
    does: dict[str, str], people: dict[str, float], minutes: float,
    **rules: list[dict[str, Any]],
) -> Instance:  # fmt: skip
    """Return clinics (s) that need a hospital (h) so near; sites are "sa", "hb", ...

    What opens and closes is given; closing a hospital is cheaper than a clinic.
    """
    sites = [{"site": x, "service": x[0], "settlement": x[1], "status": STATUS[what]}
             for x, what in does.items()]  # fmt: skip
    level = {"level": 1, "capacity": 300.0, "capex_mln": 2.0}
    ways = {"ab": 20.0, "bc": 30.0, "ac": 50.0}
    return tiny(
        settlements=[{"settlement": h, "population": people[h]} for h in "abc"],
        services=[{"service": s, "unserved_mln_per_unit_year": 1.0} for s in "sh"],
        levels=[{**level, "service": "s", "closing_mln": 1.0},
                {**level, "service": "h", "closing_mln": 0.5}],
        sites=sites,
        facilities=[{"service": x[0], "site": x, "level": 1}
                    for x, what in does.items() if what != "open"],
        travel=[{"settlement": i, "site": x, "minutes": ways[min(i, j) + max(i, j)]}
                for x in does for j in (x[1],) for i in "abc" if i != j],
        referrals=[{"referral": "up", "service": "s", "to_service": "h",
                    "minutes": minutes}],
        **rules,
    )  # fmt: skip


@st.composite
def drawn_tiers(draw: st.DrawFn) -> Instance:
    """Draw what stands, opens and closes, with a count and a rule on closing."""
    some = st.sampled_from
    kinds = some(["keep", "open", "close", "close", "none"])
    does = {s + x: draw(kinds) for s in "sh" for x in "abc"}
    does = {x: what for x, what in does.items() if what != "none"}
    assume({x[0] for x in does} == {"s", "h"})
    least = draw(st.integers(0, 3))
    try:
        return two_tiers(
            does, {x: draw(some([0.0, 0.0, 100.0])) for x in "abc"},
            draw(some([0.0, 20.0, 30.0])),
            counts=[{"count": "few", "service": draw(some("sh")), "least": least}],
            closing_rules=[{"closing": "keep", "service": draw(some("sh")),
                            "settlement": draw(some("abc"))}],
        )  # fmt: skip
    except aumaq.InstanceError:
        assume(False)
        raise


@pytest.mark.slow
@pytest.mark.parametrize(
    ("does", "minutes", "rules", "order"),
    [
        # A clinic goes before the hospital that it needs.
        ({"sa": "keep", "ha": "keep", "sb": "close", "hb": "close"}, 0.0, {},
         ["sb", "hb"]),
        # One stays: what takes over the referral is there first.
        ({"sb": "keep", "ha": "close", "hb": "open", "hc": "keep"}, 20.0, {},
         ["hb", "ha"]),
        # Without a rule what costs least comes first, with one the fewest that run.
        ({"sa": "keep", "ha": "keep", "hb": "close", "hc": "open"}, 0.0, {},
         ["hb", "hc"]),
        ({"sa": "keep", "ha": "keep", "hb": "close", "hc": "open"}, 0.0,
         {"counts": [{"count": "few", "service": "h", "least": 2}]}, ["hc", "hb"]),
        # Of the most that may run none is built before another closes.
        ({"sa": "keep", "ha": "keep", "hb": "close", "hc": "open"}, 0.0,
         {"counts": [{"count": "few", "service": "h", "most": 2}],
          "levels": [{"service": s, "level": 1, "capacity": 300.0, "capex_mln": 0.2,
                      "closing_mln": 0.5} for s in "sh"]}, ["hb", "hc"]),
        # The teacher of the clinic that closes goes on to the one that opens.
        ({"sa": "keep", "ha": "keep", "sb": "close", "hb": "keep", "sc": "open",
          "hc": "keep"}, 0.0,
         {"professions": [{"profession": "nurse"}],
          "staff_needs": [{"profession": "nurse", "service": "s", "level": 1,
                           "posts": 1.0}],
          "staff_supply": [{"profession": "nurse", "region": "R", "period": "p1",
                            "available": 2.0, "most_hired": 0.0}],
          "levels": [{"service": s, "level": 1, "capacity": 300.0, "capex_mln": 0.2,
                      "closing_mln": 0.5} for s in "sh"]}, ["sb", "sc"]),
    ],
)  # fmt: skip
def test_rules_that_hold_all_along(
    does: dict[str, str], minutes: float, rules: dict[str, Any], order: list[str]
) -> None:
    """Nobody lives where anything changes, so that nobody needs to be taken over."""
    levels = rules.pop("levels", None)
    instance = two_tiers(does, {"a": 100.0, "b": 0.0, "c": 0.0}, minutes, **rules)
    if levels:
        frame = pd.DataFrame(levels).assign(opex_mln_per_year=0.0)
        instance = instance.replace(levels=frame)
    plan = aumaq.solve(instance, gap=0.0)
    assert plan.record["problems"] == []
    assert plan.deployment["code"].tolist() == order


@pytest.mark.slow
@examples(300)
@given(drawn_tiers())
def test_what_holds_before_and_after_holds_at_each_step(instance: Instance) -> None:
    """Referrals, the fewest that run and the only one of a settlement: by counting."""
    try:
        plan = aumaq.solve(instance, gap=0.0)
    except NoPlanError:
        assume(False)
        raise
    stock, tables = instance.table("facilities"), instance.tables
    running = set(zip(stock["service"], stock["site"], strict=True))
    far = tables["referrals"]["minutes"].iloc[0]
    pairs = instance.site_minutes("s", "h")
    names = [instance.service_sites(s)["site"].tolist() for s in "sh"]
    near = {(names[0][j], names[1][k]) for j, k, minutes in
            zip(pairs["j"], pairs["k"], pairs["minutes"], strict=True)
            if minutes <= far}  # fmt: skip

    def broken() -> set[object]:
        lone = {
            site
            for s, site in running
            if s == "s" and not any((site, up) in near for t, up in running if t == "h")
        }
        few, keep = tables["counts"].iloc[0], tables["closing_rules"].iloc[0]
        number = sum(s == few["service"] for s, _ in running)
        gone = (keep["service"], keep["service"] + keep["settlement"]) not in running
        return lone | ({"few"} if number < few["least"] else set()) | (
            {"keep"} if gone else set())  # fmt: skip

    before = broken()
    for row in plan.deployment.itertuples():
        running ^= {(row.service, row.code)}
        assert broken() <= before, row
        before = broken()
    assert broken() <= {"keep"}  # of a settlement that never had one


@pytest.mark.slow
@examples(60)
@given(st.data())
def test_steps_are_all_that_is_paid_at_once(data: st.DataObject) -> None:
    """With networks, local supply and growth points: sums of a period are its money."""
    kind = data.draw(st.sampled_from(["power", "water"]))
    instance = data.draw(growth_instances(coupled_instances(kind)))
    try:
        plan = aumaq.solve(instance, gap=0.0)
    except NoPlanError:
        assume(False)
        raise
    money, rows = plan.table("money"), plan.deployment
    paid = money[money["item"].isin(["building", "renewal", "closing"])]
    for period in instance.period_names:
        whole, told = (
            own.loc[own["period"] == period, column].sum()
            for own, column in ((paid, "amount_mln"), (rows, "cost_mln"))
        )
        assert told == pytest.approx(whole, abs=1e-6)
    points = plan.table("growth_points")
    chosen = points[points["is_chosen"]].groupby(["settlement", "tier"]).ngroups
    assert (rows["kind"] == "growth point").sum() == chosen
