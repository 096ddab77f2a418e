"""Services without a facility, demand or allocation: every page, figure and export."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_instances import Rows, tiny

import aumaq
from aumaq.instances import Instance
from aumaq.results.language import ENGLISH
from aumaq.results.plan.cautions import cautions
from aumaq.results.plots.measures import measure

PERIODS: Rows = [
    {"period": "p1", "first_year": 2026, "years": 5},
    {"period": "p2", "first_year": 2031, "years": 5},
]
DEAR: Rows = [{"service": "s", "level": 1, "capacity": 100.0, "capex_mln": 1e5}]


def site(code: str, status: str, first_period: str = "") -> dict[str, str]:
    """Return a row of ``sites``."""
    return {"site": code, "service": "s", "settlement": code, "status": status,
            "first_period": first_period}  # fmt: skip


def closes_at_once() -> Instance:
    """Return two villages whose only school closes at once; a new one is too dear."""
    stock: Rows = [{"service": "s", "site": "a", "level": 1}]
    sites: Rows = [site("a", "forbidden"), site("b", "candidate")]
    return tiny(periods=PERIODS, levels=DEAR, sites=sites, facilities=stock)


def nobody_lives_here() -> Instance:
    """Return two villages without people."""
    empty: Rows = [{"settlement": code, "population": 0.0} for code in "ab"]
    return tiny(periods=PERIODS, settlements=empty)


def opens_later() -> Instance:
    """Return two villages where schools open from the second period on."""
    sites: Rows = [site(code, "candidate", "p2") for code in "ab"]
    return tiny(periods=PERIODS, sites=sites)


def opens_never() -> Instance:
    """Return two villages where opening does not pay."""
    return tiny(periods=PERIODS, levels=DEAR)


@pytest.mark.slow
@pytest.mark.parametrize(
    "made",
    [closes_at_once, nobody_lives_here, opens_later, opens_never],
)
def test_all_is_shown_and_written(made: object, tmp_path: Path) -> None:
    """Nothing that shows or writes a plan needs something to run."""
    assert callable(made)
    plan = aumaq.solve(made(), gap=0.0)
    assert plan.is_verified
    assert not cautions(plan)
    plan.to_html(tmp_path / "page.html")
    plan.to_csv(tmp_path / "plan")
    plan.to_json(tmp_path / "plan.json")
    plan.to_geojson(tmp_path / "plan.geojson")
    plan.to_excel(tmp_path / "plan.xlsx")
    plan.to_gpkg(tmp_path / "plan.gpkg")
    for figure in (plan.plot.map(), plan.plot.access_curve(), plan.plot.budget()):
        figure.save(tmp_path / "figure.svg")
    aumaq.plot_pareto([plan], "investment_mln", "unserved_share")
    aumaq.compare([plan, plan]).to_html(tmp_path / "compare.html")
    aumaq.analyse(plan.instance)


def test_units_of_services_are_not_added() -> None:
    """Of two services one serves all of 200 people, one none of 20: half, not 1/11."""
    services: Rows = [
        {"service": "s", "unserved_mln_per_unit_year": 1.0},
        {"service": "r", "unserved_mln_per_unit_year": 1.0, "demand_per_person": 0.1},
    ]
    sites: Rows = [
        {**site(code, "candidate"), "service": s} for s in "sr" for code in "ab"
    ]
    levels: Rows = [
        {"service": "s", "level": 1, "capacity": 200.0, "capex_mln": 10.0},
        {"service": "r", "level": 1, "capacity": 200.0, "capex_mln": 1e5},
    ]
    plan = aumaq.solve(tiny(services=services, sites=sites, levels=levels), gap=0.0)
    for name, value in (
        ("unserved_share", 0.5),
        ("unserved_share:s", 0.0),
        ("unserved_share:r", 1.0),
        ("mean_minutes", 15.0),
    ):
        assert measure(name, [plan], ENGLISH).value(plan) == pytest.approx(value)
