"""What is exported is read back by other software."""

from __future__ import annotations

from pathlib import Path

import geopandas
import pytest
from shared_plans import shipped

import aumaq
from aumaq.results.plan.plan import Plan

NASTY = "</script><img src=x onerror=alert(1)> \u2028 & \"'"


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Return a plan of the tiny instance in which a settlement has a nasty name."""
    instance = shipped()
    settlements = instance.table("settlements")
    settlements.loc[0, "name"] = NASTY
    return aumaq.solve(instance.replace(settlements=settlements), gap=0.0)


def test_geojson_opens_in_gis(plan: Plan, tmp_path: Path) -> None:
    """Geopandas finds every facility and settlement where it is."""
    rows = geopandas.read_file(plan.export("geojson", tmp_path / "plan.geojson"))
    assert rows.crs.to_epsg() == 4326
    facilities = rows[rows["kind"] == "facility"]
    assert len(facilities) == len(plan.facilities)
    settlements = plan.instance.table("settlements")
    places = rows[rows["kind"] == "settlement"]
    assert places.geometry.x.tolist() == pytest.approx(settlements["lon"].tolist())
    assert places.geometry.y.tolist() == pytest.approx(settlements["lat"].tolist())
    assert places["name"].iloc[0] == NASTY


@pytest.mark.slow
def test_page_says_what_it_is_worth(plan: Plan, tmp_path: Path) -> None:
    """Objective, gap and verification stand in the summary."""
    page = plan.export("html", tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Every rule and sum was recomputed and holds" in page
    assert f"{plan.objective_mln:,.0f}" in page
