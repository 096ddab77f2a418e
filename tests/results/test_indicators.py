"""Indicators: by hand, as sums over regions, as expressions, against targets."""

from __future__ import annotations

from math import e, log
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from indicator_case import LINK, hand_plan, of, territory
from tiny_instances import Row, Rows

import aumaq
from aumaq.instances import Instance, InstanceError
from aumaq.instances.schema.formulas import FORMULAS
from aumaq.results.indicators import COMPUTED, equity
from aumaq.results.indicators.today import of_today, transport

NAN = np.nan


def measured(instance: Instance, **columns: Any) -> dict[str, list[float]]:
    """Return baseline, p1, p2 of one indicator by region ("": whole)."""
    table = pd.DataFrame([{"indicator": "x", **columns}])
    rows = hand_plan(instance.replace(indicators=table)).indicators
    found = {}
    for region in ("", "R", "Q"):
        part = rows[rows["region"] == region].set_index("period")
        plan = part["plan"].reindex(["p1", "p2"]).tolist()
        base = part["baseline"].iloc[0] if len(part) else NAN
        found[region] = [base, *plan]
    return found


def test_registers_agree() -> None:
    """Every formula of the schema is computed, and no other."""
    assert set(COMPUTED) == set(FORMULAS)


@pytest.fixture(scope="module")
def case() -> Instance:
    """Return the territory, without indicators."""
    return territory()


# Whole territory, R, Q; each today, p1, p2. Demand is 100, 50, 60 people, then twice.
BY_HAND: dict[str, tuple[Row, list[float], list[float], list[float]]] = {
    "population": (
        {}, [210, 210, 420], [150, 150, 300], [60, 60, 120]),
    "share_urban": (
        {}, [160 / 210] * 3, [100 / 150] * 3, [1, 1, 1]),
    "share_in_growth_points": (
        {}, [100 / 210] * 3, [100 / 150] * 3, [0, 0, 0]),
    "places_per_1000": (
        {"service": "s"}, [120e3 / 210, 120e3 / 210, 360e3 / 420],
        [800, 800, 800], [0, 0, 1000]),
    "capacity_to_demand": (
        {"service": "s"}, [120 / 210, 120 / 210, 360 / 420],
        [0.8, 0.8, 0.8], [0, 0, 1]),
    # Today as few minutes as possible: a fills 100 places, b the other 20.
    "share_served": (
        {"service": "s"}, [120 / 210, 120 / 210, 360 / 420],
        [0.8, 0.8, 0.8], [0, 0, 1]),
    "share_within_minutes": (
        {"service": "s", "minutes": 6.0}, [100 / 210, 100 / 210, 360 / 420],
        [100 / 150, 100 / 150, 0.8], [0, 0, 1]),
    "mean_minutes": (
        {"service": "s"}, [200 / 120, 200 / 120, 200 / 360],
        [200 / 120, 200 / 120, 200 / 240], [NAN, NAN, 0]),
    # Who is served: 100 of a on the spot, 20 of b in 10 minutes; in p2 200, 40 in 5,
    # and 120 of c on the spot.
    "gini_minutes": (
        {"service": "s"}, [5 / 6, 5 / 6, 8 / 9], [5 / 6] * 3, [NAN, NAN, 0]),
    "palma_minutes": ({"service": "s"}, [NAN] * 3, [NAN] * 3, [NAN] * 3),
    "theil_minutes": (
        {"service": "s"}, [log(6), log(6), log(9)], [log(6)] * 3, [NAN, NAN, 0]),
    "percentile_minutes": (
        {"service": "s", "share": 0.9}, [10, 10, 5], [10, 10, 5], [NAN, NAN, 0]),
    "kolm_pollak_minutes": (
        {"service": "s", "aversion": 1.0},
        [10 * log((100 + 20 * e) / 120)] * 2 + [5 * log((320 + 40 * e) / 360)],
        [10 * log((100 + 20 * e) / 120)] * 2 + [5 * log((200 + 40 * e) / 240)],
        [NAN, NAN, 0]),
    "access_poverty": (
        {"service": "s", "minutes": 6.0}, [110 / 210, 110 / 210, 60 / 420],
        [50 / 150, 50 / 150, 60 / 300], [1, 1, 0]),
    "e2sfca": (
        {"service": "s", "minutes": 15.0}, [120 / 210, 120 / 210, 360 / 420],
        [0.8, 0.8, 0.8], [0, 0, 1]),
    "share_of_settlements_with_facility": (
        {"service": "s"}, [1 / 3, 1 / 3, 2 / 3], [0.5, 0.5, 0.5], [0, 0, 1]),
    "share_of_settlements_paved": (
        {}, [2 / 3, 2 / 3, 1], [0.5, 0.5, 1], [1, 1, 1]),
    # The centre of R is a: b goes 10 km at 60, then at 120 km/h. c has no district.
    "minutes_to_district_centre": (
        {}, [500 / 150, 500 / 150, 250 / 150], [500 / 150, 500 / 150, 250 / 150],
        [NAN] * 3),
    "minutes_to_region_centre": (
        {}, [500 / 210, 500 / 210, 250 / 210], [500 / 150, 500 / 150, 250 / 150],
        [0, 0, 0]),
    "share_near_district_centre": (
        {"minutes": 8.0}, [100 / 150, 100 / 150, 1], [100 / 150, 100 / 150, 1],
        [NAN] * 3),
    "share_near_region_centre": (
        {"minutes": 8.0}, [160 / 210, 160 / 210, 1], [100 / 150, 100 / 150, 1],
        [1, 1, 1]),
    "share_of_connections_met": (
        {}, [0.5, 0.5, 1], [0, 0, 1], [1, 1, 1]),
    # Today 84 kW are asked for and 60 are there: everybody gets 60 / 84.
    "share_of_settlements_connected": (
        {"network": "power"}, [1, 2 / 3, 1 / 3], [1, 1, 0.5], [1, 0, 0]),
    "share_of_load_from_network": (
        {"network": "power"}, [60 / 84, 60 / 84, 92 / 168],
        [60 / 84, 1, 80 / 120], [60 / 84, 0, 12 / 48]),
    "share_of_settlements_without_shedding": (
        {"network": "power"}, [0, 2 / 3, 2 / 3], [0, 1, 0.5], [0, 0, 1]),
    # c hangs on one line; its own sun gives half of 48 kW in p2. a sheds in p2.
    "share_of_settlements_fed_twice": (
        {"network": "power"}, [0, 2 / 3, 2 / 3], [0, 1, 0.5], [0, 0, 1]),
    "emissions_t": (
        {}, [127, 127, 7 * 3 + 120 + 10], [127, 127, 14 + 120], [0, 0, 7 + 10]),
    "emissions_t_per_1000": (
        {}, [127e3 / 210, 127e3 / 210, 151e3 / 420],
        [127e3 / 150, 127e3 / 150, 134e3 / 300], [0, 0, 17e3 / 120]),
    "travel_km_per_person": (
        {}, [2000 / 210, 2000 / 210, 4000 / 420],
        [2000 / 150, 2000 / 150, 4000 / 300], [0, 0, 0]),
    "transport_mln_per_1000": (
        {}, [100 / 210, 100 / 210, 200 / 420], [100 / 150, 100 / 150, 200 / 300],
        [0, 0, 0]),
    "investment_mln_per_1000": (
        {}, [NAN, 21e3 / 210, 0], [NAN, 12e3 / 150, 0], [NAN, 0, 0]),
    "budget_use": (
        {}, [NAN, 30 / 60, NAN], [NAN, NAN, NAN], [NAN, 9 / 20, NAN]),
    "expression": (
        {"expression": 'sum(unserved.demand, service="s") / sum(population.persons)'},
        [90 / 210, 90 / 210, 60 / 420], [30 / 150, 30 / 150, 60 / 300], [1, 1, 0]),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("formula", FORMULAS)
def test_by_hand(case: Instance, formula: str) -> None:
    """Each formula: today's value, and the plan's in both periods, by region."""
    columns, *wanted = BY_HAND[formula]
    found = measured(case, formula=formula, **columns)
    for region, values in zip(("", "R", "Q"), wanted, strict=True):
        assert found[region] == pytest.approx(values, nan_ok=True), region


def test_catchments_by_hand(case: Instance) -> None:
    """Of two zones: b, 10 of 15 minutes away, weighs 0.68; on new roads 5, and 1."""
    found = measured(
        case, formula="e2sfca", service="s", minutes=15.0, applies_to="rural"
    )
    a = 120 / (100 + 0.68 * 50)
    assert found["R"] == pytest.approx([0.68 * a, 0.68 * a, 240 / 300])


def test_inequality_of_many_ways() -> None:
    """Weighted measures are those of each unit by itself, worked out pair by pair."""
    rng = np.random.default_rng(5)
    minutes, units = rng.uniform(1.0, 90.0, 25).round(), rng.integers(1, 9, 25)
    d = equity.Distribution.of(minutes, units.astype(float))
    one = np.sort(np.repeat(minutes, units))
    apart = np.abs(one[:, None] - one[None, :]).mean()
    assert equity.gini(d) == pytest.approx(apart / 2 / one.mean())
    x = one / one.mean()
    assert equity.theil(d) == pytest.approx((x * np.log(x)).mean())
    tenfold = np.repeat(one, 10)  # so that a tenth and two fifths are whole
    cut = len(one)
    want = tenfold[-cut:].sum() / tenfold[: 4 * cut].sum()
    assert equity.palma(d) == pytest.approx(want)
    for share in (0.1, 0.5, 0.9, 1.0):
        want = np.quantile(one, share, method="inverted_cdf")
        assert equity.percentile(d, share) == want
    k = 2.0 * one.sum() / (one**2).sum()
    assert equity.kolm_pollak(d, 2.0) == pytest.approx(
        np.log(np.exp(k * one).mean()) / k
    )
    assert equity.kolm_pollak(d, 0.0) == pytest.approx(one.mean())


def test_applies_to_some(case: Instance) -> None:
    """Only villages: b alone counts, in top and bottom."""
    found = measured(case, formula="share_served", service="s", applies_to="rural")
    assert found[""] == pytest.approx([0.4, 0.4, 0.4])
    assert found["Q"] == pytest.approx([NAN] * 3, nan_ok=True)


@pytest.mark.slow
def test_unpaved_stretch(case: Instance) -> None:
    """10 km of earth road from b to asphalt are let pass, 9 are not."""
    name = "share_of_settlements_paved"
    assert measured(case, formula=name, unpaved_km=10.0)[""] == [1.0, 1.0, 1.0]
    assert measured(case, formula=name, unpaved_km=9.0)["R"] == [0.5, 0.5, 1.0]


BOTTOMS = {
    "places_per_1000": "people", "capacity_to_demand": "demand",
    "share_served": "demand", "share_within_minutes": "demand",
    "share_urban": "people", "share_in_growth_points": "people",
    "emissions_t_per_1000": "people", "travel_km_per_person": "people",
    "minutes_to_region_centre": "people", "population": "", "emissions_t": "",
}  # fmt: skip
"""What weighs the regions of an indicator (empty: they add up)."""


@pytest.mark.slow
@examples(5)
@given(data=st.data())
def test_regions_make_the_whole(data: st.DataObject) -> None:
    """The territory's value is the sum, or the mean weighted by people or demand."""
    sizes = data.draw(st.lists(st.integers(1, 300), min_size=3, max_size=3))
    case = territory()
    places = case.table("settlements").assign(
        population=[float(size) for size in sizes],
        region=data.draw(st.permutations(["R", "Q", "Q"])),
    )
    chosen = [of(name, **BY_HAND[name][0]) for name in BOTTOMS]
    tables = {"settlements": places, "indicators": pd.DataFrame(chosen)}
    instance = case.replace(**tables, budgets=case.table("budgets").iloc[:0])
    plan = aumaq.solve(instance, gap=0.0)
    people, demand = instance.persons("all"), instance.demand("s")
    regions = places["region"].to_numpy()
    for name, weight in BOTTOMS.items():
        rows = plan.indicators[plan.indicators["indicator"] == name]
        wide = rows.pivot_table(index="region", columns="period", values="plan")
        for t, period in enumerate(instance.period_names):
            parts = wide.loc[["Q", "R"], period].to_numpy()
            sums = [
                {"people": people, "demand": demand}[weight][regions == r, t].sum()
                if weight
                else 1.0
                for r in ("Q", "R")
            ]
            total = np.dot(parts, sums) / (sum(sums) if weight else 1.0)
            assert wide.loc["", period] == pytest.approx(total), (name, period)


def test_expression_of_tables_without_regions(case: Instance) -> None:
    """Budgets are no region's: the territory has a value, the regions have none."""
    found = measured(case, formula="expression", expression="sum(budgets.spent_mln)")
    assert found[""][1:] == [30.0, 0.0]
    assert np.isnan(found["R"]).all()


# -- checks, targets, baselines ------------------------------------------------------


def test_all_mistakes_are_told_with_row_and_column(case: Instance) -> None:
    """Missing and wrong parameters, bad expressions, unknown regions: all at once."""
    rows = [
        of("share_served"),
        of("share_served", indicator="i2", service="plant"),
        of("expression", indicator="i3", expression="sum(allocation.demnd)"),
        of("share_urban", indicator="i4", applies_to="rural"),
        of("share_within_minutes", indicator="i5", service="s"),
        of("expression", indicator="i6", expression="count(money, service='plnt')"),
    ]
    goals = [{"indicator": "i2", "region": "Rr", "target": 1.0}]
    with pytest.raises(InstanceError) as found:
        case.replace(indicators=pd.DataFrame(rows),
                     indicator_targets=pd.DataFrame(goals))  # fmt: skip
    assert "did you mean 'plant'" in str(found.value)
    places = {(p.file, p.row, p.column) for p in found.value.problems}
    assert places == {
        ("indicators.csv", 2, "service"), ("indicators.csv", 3, "service"),
        ("indicators.csv", 4, "expression"), ("indicators.csv", 5, "applies_to"),
        ("indicators.csv", 6, "minutes"), ("indicators.csv", 7, "expression"),
        ("indicator_targets.csv", 2, "region"),
    }  # fmt: skip


def test_targets_and_given_baselines(case: Instance) -> None:
    """At least or at most; the period's own target first; the latest known value."""
    rows = [of("mean_minutes", service="s", direction="lower"), of("population")]
    goals: Rows = [
        {"indicator": "mean_minutes", "target": 1.0},
        {"indicator": "population", "region": "Q", "period": "", "target": 60.0},
        {"indicator": "population", "region": "Q", "period": "p2", "target": 121.0},
    ]
    known: Rows = [
        {"indicator": "population", "region": "Q", "year": year, "value": value}
        for year, value in ((2025, 55.0), (2020, 50.0), (2040, 99.0))
    ]
    instance = case.replace(
        indicators=pd.DataFrame(rows),
        indicator_targets=pd.DataFrame(goals),
        indicator_baselines=pd.DataFrame(known),
    )
    assert any("2026" in problem.message for problem in instance.warnings)
    table = hand_plan(instance).indicators.set_index(["indicator", "region", "period"])
    met = table["is_met"]
    assert [met["mean_minutes", "", p] for p in ("p1", "p2")] == [False, True]
    assert [met["population", "Q", p] for p in ("p1", "p2")] == [True, False]
    assert met["population", "R"].isna().all()
    assert table.loc["population", "Q"]["baseline"].tolist() == [55.0, 55.0]
    assert table.loc["population", "R"]["baseline"].tolist() == [150.0, 150.0]


@examples(25)
@given(data=st.data())
def test_today_goes_the_cheapest_way(data: st.DataObject) -> None:
    """Today's allocation costs what networkx's cheapest flow does."""
    num = st.integers(0, 20)
    people = data.draw(st.lists(st.integers(1, 20), min_size=1, max_size=4))
    rooms = data.draw(st.lists(num, min_size=1, max_size=3))
    pairs = [(i, j) for i in range(len(people)) for j in range(len(rooms))
             if data.draw(st.booleans())]  # fmt: skip
    minutes = [data.draw(num) for _ in pairs]
    graph: nx.DiGraph[Any] = nx.DiGraph()
    graph.add_nodes_from(["from", "to"])
    for i, size in enumerate(people):
        graph.add_edge("from", ("i", i), capacity=size, weight=0)
    for j, size in enumerate(rooms):
        graph.add_edge(("j", j), "to", capacity=size, weight=0)
    for (i, j), time in zip(pairs, minutes, strict=True):
        graph.add_edge(("i", i), ("j", j), weight=time)
    flow = nx.max_flow_min_cost(graph, "from", "to")
    i, j = (np.array([p[k] for p in pairs], dtype=np.int64) for k in (0, 1))
    amount = transport(np.array(people, float), i, j, np.array(minutes, float),
                       np.array(rooms, float))  # fmt: skip
    assert amount.sum() == pytest.approx(sum(flow["from"].values()))
    assert amount @ minutes == pytest.approx(nx.cost_of_flow(graph, flow))


def test_a_shortage_is_shared_as_links_allow() -> None:
    """The line to c carries 6 of 24 kW, so c loses most; a and b share what is left."""
    links = [
        {**LINK, "link": "ab", "from_node": "na", "to_node": "nb"},
        {**LINK, "link": "ac", "from_node": "na", "to_node": "nc", "capacity": 6.0},
    ]
    case = territory(
        network_links=links,
        levels=[{"service": "s", "level": 1, "capacity": 120.0, "capex_mln": 1.0},
                {"service": "plant", "level": 1, "capacity": 36.0, "capex_mln": 1.0}],
    )  # fmt: skip
    loads = of_today(case).tables["loads"].set_index("settlement")
    assert loads["shed"].to_dict() == pytest.approx({"a": 20, "b": 10, "c": 18}, 1e-4)
