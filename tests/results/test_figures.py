"""A figure of a plan is the same wherever it is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
from golden_cases import growth
from indicator_case import of, territory

import aumaq
from aumaq.instances import Instance
from aumaq.instances.access.limits import TOLERANCE
from aumaq.results import Plan
from aumaq.results.comparison.decisions import investment as compared_investment
from aumaq.results.comparison.indicators import key_figures
from aumaq.results.exports.plan_styles import plan_styles
from aumaq.results.indicators.state import bare
from aumaq.results.indicators.today import of_today
from aumaq.results.language import ENGLISH
from aumaq.results.plan import figures
from aumaq.results.plan.growth import demand_of
from aumaq.results.plan.summary import sentences
from aumaq.results.plots.curves import access_curve
from aumaq.results.plots.measures import measure
from aumaq.results.report import findings
from aumaq.results.report.access_bars import access_bars
from aumaq.results.studies import coordination, sweep_task

MINUTES = 12.0
INDICATORS = pd.DataFrame(
    [
        of("share_served", service="s"),
        of("mean_minutes", service="s"),
        of("share_within_minutes", service="s", minutes=MINUTES),
        of("investment_mln_per_1000"),
        of("population"),
    ]
)


def moving() -> Instance:
    """Return people who move to growth points, and one service that they go to."""
    instance = growth()
    own = ("services", "levels", "sites", "together_rules")
    return instance.replace(**{
        name: rows[rows["service"] != "k"]
        for name in own
        for rows in [instance.table(name)]
    })  # fmt: skip


CASES = {"people double": territory, "people move": moving}


@pytest.fixture(scope="module", params=CASES)
def plan(request: pytest.FixtureRequest) -> Plan:
    """Return a plan that leaves demand and load unmet, and closes something."""
    found = aumaq.solve(CASES[request.param]().replace(indicators=INDICATORS), gap=0.0)
    assert found.is_verified
    money = found.tables["money"].copy()
    built = money.index[money["item"] == "building"]
    money.loc[built[0], "item"] = "closing"
    return replace(found, tables={**found.tables, "money": money})


def indicator(plan: Plan, name: str) -> list[float]:
    """Return an indicator of the whole territory by period."""
    rows = plan.indicators
    rows = rows[(rows["indicator"] == name) & (rows["region"] == "")]
    return (
        rows.set_index("period")["plan"].loc[list(plan.instance.period_names)].tolist()
    )


def compared(plan: Plan, figure: str, of_what: str) -> list[float]:
    """Return a figure of the comparison by period."""
    rows = key_figures([plan])
    return rows.loc[(rows["figure"] == figure) & (rows["of"] == of_what), "A"].tolist()


@pytest.mark.slow
def test_share_served(plan: Plan) -> None:
    """By period: indicator, comparison, report; of all periods: studies and plots."""
    found, periods = figures.served_share(plan), plan.instance.period_names
    own, demand = found.by_period.loc["s"].tolist(), demand_of(plan, "s")
    lost = plan.unserved.groupby("period")["demand"].sum()
    lost = lost.reindex(periods, fill_value=0.0)
    assert lost.sum() > 0
    assert own == pytest.approx((1.0 - lost / demand.sum(axis=0)).tolist())
    assert own == indicator(plan, "share_served")
    assert own == compared(plan, "demand served", "s")
    told = {row["label"]: row["value"] for row in findings.key_figures(plan, ENGLISH)}
    assert told[f"s: served in {periods[-1]}"] == own[-1]
    overall = found.overall["s"]
    assert overall == pytest.approx(1.0 - lost.sum() / demand.sum())
    assert overall == coordination.figures(plan)["served_share"]["s"]
    assert overall == sweep_task._row(plan, 0.0)["s_served_share"]
    assert 1.0 - overall == measure("unserved_share:s", [plan], ENGLISH).value(plan)


def test_unserved_share(plan: Plan, tmp_path: Path) -> None:
    """The layers of a GIS tell the worst of a settlement: no sum of different units."""
    table = pd.DataFrame(
        demand_of(plan, "s"),
        plan.instance.settlement_ids,
        plan.instance.period_names,
    )
    lost = plan.unserved.pivot(index="settlement", columns="period", values="demand")
    expected = (lost.reindex_like(table) / table).max(axis=1).fillna(0.0).tolist()
    assert 0.0 < max(expected) <= 1.0
    rows = geopandas.read_file(plan.export("geojson", tmp_path / "plan.geojson"))
    places = rows[rows["kind"] == "settlement"]
    layer = geopandas.read_file(
        plan.to_gpkg(tmp_path / "plan.gpkg"), layer="settlements"
    )
    for found in (places, layer):
        assert found["unserved_share"].tolist() == pytest.approx(expected)
    filters = {rule.filter for rule in plan_styles(plan)["settlements"]}
    assert all('"unserved_share"' in text for text in filters)


def test_mean_minutes(plan: Plan) -> None:
    """The same; of all periods it is the mean of those served, not of the periods."""
    found, rows = figures.mean_minutes(plan), plan.allocation
    own, demand = found.by_period.loc["s"].tolist(), rows["demand"].sum()
    assert own == indicator(plan, "mean_minutes")
    assert own == compared(plan, "minutes of those served", "s")
    overall = found.overall["s"]
    assert overall == pytest.approx((rows["demand"] * rows["minutes"]).sum() / demand)
    assert overall == coordination.figures(plan)["mean_minutes"]["s"]
    assert overall == measure("mean_minutes:s", [plan], ENGLISH).value(plan)


def test_load_not_met(plan: Plan) -> None:
    """By period: comparison and summary; of all periods: studies."""
    found, (network,) = figures.shed_share(plan), plan.instance.network_names
    loads = plan.table("loads").groupby("period", sort=False)
    sums = loads[["shed", "base_load", "facility_load"]].sum()
    whole = sums["base_load"] + sums["facility_load"]
    own = found.by_period.loc[network].tolist()
    assert own == pytest.approx((sums["shed"] / whole).tolist())
    assert own == compared(plan, "load not met", network)
    (told,) = [text for text in sentences(plan) if "of what is needed comes" in text]
    for share, period in zip(own, plan.instance.period_names, strict=True):
        assert (f"{ENGLISH.share(share)} ({period})" in told) == (share > 0)
    overall = coordination.figures(plan)["shed_share"][network]
    assert overall == pytest.approx(sums["shed"].sum() / whole.sum())
    assert overall == found.overall[network]


def test_investment(plan: Plan) -> None:
    """What is closed counts as well, as it does for the budgets."""
    rows = plan.money[plan.money["item"].isin(["building", "closing", "renewal"])]
    assert "closing" in set(rows["item"])
    whole = pytest.approx(rows["amount_mln"].sum())
    assert figures.investment(plan, "service").sum() == whole
    assert sum(coordination.figures(plan)["investment_mln"].values()) == whole
    assert sweep_task._row(plan, 0.0)["investment_mln"] == whole
    assert measure("investment_mln", [plan], ENGLISH).value(plan) == whole
    table = key_figures([plan])
    assert table.loc[table["figure"] == "investment", "A"].sum() == whole
    for key in ("service", "region"):
        assert compared_investment([plan], key)["A"].sum() == whole
    told = [row["value"] for row in findings.key_figures(plan, ENGLISH)]
    assert whole in told
    people = np.array(indicator(plan, "population"))
    spent = indicator(plan, "investment_mln_per_1000") * people / 1000.0
    by_period = figures.investment(plan, "period")
    names = list(plan.instance.period_names)
    assert spent.tolist() == pytest.approx(
        by_period.reindex(names).fillna(0.0).tolist()
    )
    bare_of_budgets = plan.instance.replace(budgets=plan.instance.table("budgets")[:0])
    tables = {**plan.tables, "budgets": plan.budgets[:0]}
    drawn = replace(plan, instance=bare_of_budgets, tables=tables).plot.budget()
    assert sum(bar.get_height() for bar in drawn.figure.axes[0].patches) == whole


def test_access_curves(plan: Plan) -> None:
    """Indicator, report and plot reach the same share within a time."""
    period, demand = plan.instance.period_names[-1], demand_of(plan, "s")[:, -1].sum()
    rows = plan.allocation
    rows = rows[(rows["service"] == "s") & (rows["period"] == period)]
    (share,) = figures.share_within(rows, np.array([MINUTES]), demand)
    assert share == pytest.approx(indicator(plan, "share_within_minutes")[-1])
    minutes, shares = access_curve(rows, demand)
    assert shares[minutes <= MINUTES][-1] == share
    told = access_bars(plan, of_today(plan.instance), "s")
    (within,) = figures.share_within(rows, np.array([told["minutes"][0]]), demand)
    assert told["shares"][-1][0] == pytest.approx(within, abs=1e-4)


def test_a_limit_is_kept_up_to_the_tolerance() -> None:
    """As everywhere: a plot does not lose who comes in 30 minutes and a rounding."""
    rows = pd.DataFrame({"minutes": [30.0 + TOLERANCE / 2, 31.0], "demand": [3.0, 1.0]})
    assert figures.share_within(rows, np.array([30.0]), 4.0).tolist() == [0.75]
    assert figures.share_within(rows, np.array([30.0]), 0.0).tolist() == [1.0]


def test_demand_under_the_choice(plan: Plan) -> None:
    """Indicators and plan agree on who lives where."""
    assert bare(plan).demand("s").tolist() == demand_of(plan, "s").tolist()
