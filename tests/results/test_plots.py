"""Figures: what is drawn is what the plan says, in files that are vectors."""

from __future__ import annotations

import random
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from command import run
from grid_example import grid_rows
from matplotlib.collections import LineCollection
from shared_plans import shipped
from store_case import NASTY, both_plans
from tiny_instances import tiny

import aumaq
from aumaq.instances import ExportError, OptionError, UnknownNameError
from aumaq.results.plots import KINDS
from aumaq.results.plots.curves import access_curve
from aumaq.results.plots.measures import MEASURES
from aumaq.results.plots.pareto import efficient

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def plan() -> aumaq.Plan:
    """Return the plan of the shipped tiny instance without a school for Gamma.

    As shipped that costs as much as a school, and either plan may be found.
    """
    instance = shipped()
    services = instance.table("services").assign(unserved_mln_per_unit_year=0.99)
    return aumaq.solve(instance.replace(services=services), gap=0.0)


def texts(file: Path) -> list[str]:
    """Return the texts of an SVG file."""
    root = ET.parse(file).getroot()
    assert root.tag == f"{SVG}svg"
    return ["".join(node.itertext()).strip() for node in root.iter(f"{SVG}text")]


def test_map_marks_what_is_done(plan: aumaq.Plan, tmp_path: Path) -> None:
    """The legend counts sites by their main action; who is not served is shown."""
    figure = plan.plot.map().figure
    axes = figure.axes[0]
    drawn = {c.get_label(): c.get_offsets() for c in axes.collections}
    assert [tuple(p) for p in drawn["enlarged (1)"]] == [(70.0, 50.0)]
    assert [tuple(p) for p in drawn["some demand not served"]] == [(70.8, 50.0)]
    assert len(drawn["settlement"]) == 2
    found = texts(plan.plot.map().save(tmp_path / "map.svg"))
    assert "School, by the end of 2031-35" in found
    assert "enlarged (1)" in found


def test_map_sets_built_lines_apart() -> None:
    """One line stands, one is built; both are drawn where they lie."""
    rows = grid_rows()
    for k, node in enumerate(rows["network_nodes"]):
        node["lon"] = 70.0 + k
    axes = aumaq.solve(tiny(**rows), gap=0.0).plot.map().figure.axes[0]
    lines = {
        c.get_label(): [s.tolist() for s in c.get_segments()]
        for c in axes.collections
        if str(c.get_label()).startswith("power")
    }
    assert lines == {
        "power": [[[70.0, 50.0], [71.0, 50.0]]],
        "power, built": [[[71.0, 50.0], [72.0, 50.0]]],
    }


def test_villages_on_one_line_fill_the_map(plan: aumaq.Plan) -> None:
    """They are all as far north: the map is as wide as they lie."""
    axes = plan.plot.map().figure.axes[0]
    lon = plan.instance.table("settlements")["lon"]
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    assert west < lon.min() < lon.max() < east
    assert (lon.max() - lon.min()) / (east - west) > 0.9
    assert north - south < east - west


def test_roads_far_beyond_the_places_do_not_shrink_the_map(plan: aumaq.Plan) -> None:
    """They are drawn once, and the map is that of the places."""
    instance = plan.instance
    nodes, links = instance.table("road_nodes"), instance.table("road_links")
    far = nodes.tail(1).assign(node="far", lat=60.0, lon=100.0)
    road = links.tail(1).assign(to_node="far", length_km=3000.0)
    more = {
        name: pd.concat([*rows], ignore_index=True)
        for name, rows in (("road_nodes", (nodes, far)), ("road_links", (links, road)))
    }
    axes = aumaq.solve(instance.replace(**more), gap=0.0).plot.map().figure.axes[0]
    before = plan.plot.map().figure.axes[0]
    assert axes.get_xlim() == pytest.approx(before.get_xlim())
    assert axes.get_ylim() == pytest.approx(before.get_ylim())
    lines = [c for c in axes.collections if isinstance(c, LineCollection)]
    assert sum(len(c.get_segments()) for c in lines) == len(links) + 1


def test_access_curve_is_that_of_the_allocation(plan: aumaq.Plan) -> None:
    """By hand: 80 pupils live by the school, 80 are 15 minutes away, 40 unserved."""
    rows = plan.allocation[plan.allocation["period"] == "2031-35"]
    minutes, share = access_curve(rows, 200.0)
    assert minutes.tolist() == [0.0, 0.0, 15.0]
    assert share.tolist() == pytest.approx([0.0, 0.4, 0.8])
    line = plan.plot.access_curve("2026-30").figure.axes[0].lines[0]
    assert line.get_ydata()[-1] == pytest.approx(
        1.0 - plan.unserved.query("period == '2026-30'")["demand"].sum() / 200.0
    )


def test_budget_draws_spending_and_limits(plan: aumaq.Plan) -> None:
    """Bars are as high as what is spent; without budgets they are the investment."""
    bars = [b.get_height() for b in plan.plot.budget().figure.axes[0].patches]
    built = plan.money[plan.money["item"] == "building"]
    assert sum(bars) == pytest.approx(built["amount_mln"].sum())
    assert sum(bars) > 0
    budgets = plan.instance.table("budgets").reindex(range(1)).assign(
        budget="purse", period="2026-30", amount_mln=700.0, covers="investment",
        title="", service="", region="", is_hard=True, overrun_price=0.0, source="",
    )  # fmt: skip
    again = aumaq.solve(plan.instance.replace(budgets=budgets), gap=0.0)
    axes = again.plot.budget().figure.axes[0]
    spent = again.budgets["spent_mln"].tolist()
    assert [b.get_height() for b in axes.patches] == pytest.approx([*spent, 0.0])
    limits = [s[0, 1] for c in axes.collections for s in c.get_segments() if len(s)]
    assert limits[0] == 700.0


def test_convergence_draws_the_trace(plan: aumaq.Plan) -> None:
    """The last points are objective and bound; a record without a trace is told."""
    best, bound = plan.plot.convergence().figure.axes[0].lines
    assert best.get_ydata()[-1] == pytest.approx(plan.objective_mln)
    assert bound.get_ydata()[-1] == pytest.approx(plan.bound_mln)
    bare = replace(plan, record={**plan.record, "trace": []})
    with pytest.raises(OptionError, match="no bounds over time"):
        bare.plot.convergence()


def test_efficient_points_by_definition() -> None:
    """A point is efficient iff no other is as small in both and smaller in one."""
    draw = random.Random(7)
    for _ in range(50):
        points = [(draw.randint(0, 5), draw.randint(0, 5)) for _ in range(8)]
        expected = [
            not any(q != p and q[0] <= p[0] and q[1] <= p[1] for q in points)
            for p in points
        ]
        assert efficient(np.array(points)).tolist() == expected


@pytest.mark.slow
def test_pareto_names_plans_and_measures(tmp_path: Path) -> None:
    """Every plan is a point with its name, on the measures asked for."""
    plans = both_plans()
    drawn = aumaq.plot_pareto(plans, "investment_mln", "mean_minutes")
    points = [tuple(p) for c in drawn.figure.axes[0].collections
              for p in c.get_offsets()]  # fmt: skip
    assert sorted(points) == [(12.0, 0.0), (20.0, 0.0)]
    found = texts(drawn.save(tmp_path / "p.svg"))
    assert {
        "inertial",
        "managed",
        "investment, mln",
        "mean minutes of those served, mean of services",
    } <= set(found)
    with pytest.raises(UnknownNameError, match="measure 'money'"):
        aumaq.plot_pareto(plans, "money")
    assert MEASURES["unserved_share"].value(plans[0]) == 0.0


def test_names_are_text_and_no_markup(tmp_path: Path) -> None:
    """A name with dollars and angle brackets is drawn as it is."""
    plans = both_plans()
    names = [NASTY, "$\\broken{"]
    found = texts(aumaq.plot_pareto(plans, names=names).save(tmp_path / "p.svg"))
    assert set(names) <= set(found)


@pytest.mark.slow
def test_files_are_vectors_and_the_same_again(plan: aumaq.Plan, tmp_path: Path) -> None:
    """SVG and PDF by the ending, byte for byte the same twice; other endings told."""
    for kind, draw in KINDS.items():
        one, two = (draw(plan.plot).save(tmp_path / f"{k}.svg") for k in "ab")
        assert one.read_bytes() == two.read_bytes(), kind
        assert "<image" not in one.read_text(encoding="utf-8")
    pdf = plan.plot.budget().save(tmp_path / "deep" / "b.pdf")
    assert pdf.read_bytes().startswith(b"%PDF")
    with pytest.raises(ExportError, match=r"must end in \.svg"):
        plan.plot.budget().save(tmp_path / "b.doc")
    with pytest.raises(UnknownNameError, match="period '2050'"):
        plan.plot.map(period="2050")
    with pytest.raises(UnknownNameError, match="service 'scool'"):
        plan.plot.map("scool")


def test_a_missing_extra_is_named(
    plan: aumaq.Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without matplotlib the error says what to install."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(OptionError, match=r"pip install 'matplotlib>="):
        plan.plot.budget()


@pytest.mark.slow
def test_command_line_draws(plan: aumaq.Plan, tmp_path: Path) -> None:
    """Each kind as a process; a wrong kind ends with 2 and names the right ones."""
    plan.to_csv(tmp_path / "plan")
    for kind in (*KINDS, "pareto"):
        done = run("plot", "plan", "--kind", kind, "--out", f"{kind}.svg",
                   folder=tmp_path)  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert texts(tmp_path / f"{kind}.svg")
    wrong = run("plot", "plan", "--kind", "mapp", "--out", "x.svg", folder=tmp_path)
    assert wrong.returncode == 2
    assert "did you mean 'map'" in wrong.stderr
    many = run("plot", "plan", "plan", "--kind", "map", "--out", "x.svg",
               folder=tmp_path)  # fmt: skip
    assert many.returncode == 2
    assert not (tmp_path / "x.svg").exists()


def test_axes_are_measures_terms_and_indicators() -> None:
    """A term, an indicator (of which much is good) and bounds as bars, by hand."""
    one, two = both_plans()
    loose = replace(two, record={**two.record, "bound_mln": 9.0})
    drawn = aumaq.plot_pareto([one, loose], "objective_mln", "indicator:served")
    axes = drawn.figure.axes[0]
    (bars,) = (c for c in axes.collections if hasattr(c, "get_segments"))
    ends = sorted(sorted(x for x, _ in segment) for segment in bars.get_segments())
    assert ends == [[9.0, 12.0], [20.0, 20.0]]
    fuller = replace(one, tables={**one.tables})
    frame = one.indicators.assign(plan=2.0, direction="higher")
    fuller.__dict__["_indicators"] = frame
    two = replace(two)  # others read the plan as it was solved
    two.__dict__["_indicators"] = two.indicators.assign(plan=1.0)
    both = aumaq.plot_pareto([fuller, two], "term:building", "indicator:served")
    best = both.figure.axes[0].collections[0].get_offsets()
    assert sorted(map(tuple, best)) == [(12.0, 1.0), (20.0, 2.0)]
    with pytest.raises(UnknownNameError, match="measure 'indicator:serve'"):
        aumaq.plot_pareto([one], "indicator:serve")


def test_sensitivity_goes_by_the_budget() -> None:
    """Plans are joined in the order of their budgets; without one that is told."""
    one, two = both_plans()
    limits = [two.budgets.reindex(range(1)).assign(limit_mln=x) for x in (30.0, 10.0)]
    plans = [replace(p, tables={**p.tables, "budgets": b})
             for p, b in zip((two, one), limits, strict=True)]  # fmt: skip
    line = aumaq.plot_sensitivity(plans).figure.axes[0].lines[0]
    assert line.get_xydata().tolist() == [[10.0, 20.0], [30.0, 12.0]]
    with pytest.raises(OptionError, match="no budget_mln in the plans of inertial"):
        aumaq.plot_sensitivity([one])


@pytest.mark.parametrize("width_mm", [85.0, 174.0])
@pytest.mark.parametrize("lang", ["en", "kk", "ru"])
def test_figures_are_legible_in_the_readers_language(
    plan: aumaq.Plan, lang: str, width_mm: float, tmp_path: Path
) -> None:
    """At a column's and a page's width no text is below 7 points, and it is as wide."""
    figure = plan.plot.sized(lang, width_mm).access_curve()
    file = figure.save(tmp_path / "a.svg")
    root = ET.parse(file).getroot()
    points = float(str(root.get("width")).removesuffix("pt"))
    assert points / 72 * 25.4 == pytest.approx(width_mm, abs=0.5)
    sizes = [t.get_fontsize() for t in figure.figure.findobj(match=None)
             if hasattr(t, "get_fontsize")]  # fmt: skip
    assert min(sizes) >= 7.0
    words = {"en": "minutes", "kk": "минут", "ru": "минуты"}
    assert words[lang] in texts(file)


@pytest.mark.slow
def test_the_sheet_has_all_figures(plan: aumaq.Plan, tmp_path: Path) -> None:
    """plan.plot() draws four; what a plan has no data for is said in its place."""
    bare = replace(plan, record={**plan.record, "trace": []})
    found = texts(bare.plot().save(tmp_path / "sheet.svg"))
    assert "the plan's record has no bounds over time" in found
    in_russian = texts(bare.plot("ru").save(tmp_path / "ru.svg"))
    assert "в записи плана" in " ".join(in_russian)
    assert len(plan.plot().figure.findobj(lambda a: hasattr(a, "get_xlabel"))) == 4
