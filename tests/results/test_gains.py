"""Who gains and who loses: by hand, against today and against another plan."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from tiny_instances import tiny
from two_regions import two_regions

import aumaq
from aumaq.results import Plan
from aumaq.results.exports.sheet_words import with_told, with_words
from aumaq.results.indicators.gains import gains_of
from aumaq.results.indicators.today import of_today
from aumaq.results.language import Language
from aumaq.results.report.findings import who_gains


def moved(to: str) -> Plan:
    """Return the plan in which the only school stands at a place: two cost too much."""
    sites = [
        {"site": site, "service": "s", "settlement": site,
         "status": "required" if site == to else other}
        for site, other in (("a", "existing"), ("b", "candidate"))
    ]  # fmt: skip
    levels = [{"service": "s", "level": 1, "capacity": 250.0, "capex_mln": 5.0,
               "opex_mln_per_year": 1000.0}]  # fmt: skip
    standards = [{"standard": "near", "service": "s", "minutes": 10.0, "share": 1.0}]
    instance = two_regions(most=1.0).replace(
        sites=pd.DataFrame(sites),
        standards=pd.DataFrame(standards),
        levels=pd.DataFrame(levels),
    )
    return aumaq.solve(instance, gap=0.0)


def of(rows: pd.DataFrame, by: str, group: str) -> dict[str, Any]:
    """Return the row of a group."""
    found = rows[(rows["by"] == by) & (rows["group"] == group)]
    assert len(found) == 1
    return found.iloc[0].to_dict()


@pytest.mark.slow
def test_the_school_moves() -> None:
    """All of b save 30 minutes, all of a go them: against today and the plan before."""
    stays, goes = moved("a"), moved("b")
    compared = aumaq.compare([stays, goes]).table("gains")
    for rows in (gains_of(goes), compared):
        lost, won = of(rows, "region", "R"), of(rows, "region", "Q")
        assert (lost["demand"], lost["lose"], lost["gain"]) == (100.0, 100.0, 0.0)
        assert (won["demand"], won["lose"], won["gain"]) == (100.0, 0.0, 100.0)
        assert (lost["minutes_before"], lost["minutes_after"]) == (0.0, 30.0)
        assert (won["minutes_before"], won["minutes_after"]) == (30.0, 0.0)
        assert (lost["within_before"], lost["within_after"]) == (1.0, 0.0)
        assert of(rows, "kind", "town") == won | {"by": "kind", "group": "town"}
        everybody = of(rows, "total", "")
        assert (everybody["gain"], everybody["lose"]) == (100.0, 100.0)
        assert everybody["minutes_before"] == everybody["minutes_after"] == 15.0
        assert of(rows, "tag", "x")["lose"] == 100.0
        assert of(rows, "size", "<500")["demand"] == 200.0
    assert set(compared["plan"]) == {"B"}
    nobody = gains_of(stays)
    assert (nobody["gain"].sum(), nobody["lose"].sum()) == (0.0, 0.0)


def test_who_is_not_served_loses() -> None:
    """A hard gap leaves three quarters of a at home: as far as the longest trip."""
    rows = gains_of(aumaq.solve(two_regions(), gap=0.0))
    lost = of(rows, "region", "R")
    assert lost["lose"] == 100.0
    assert lost["minutes_after"] == pytest.approx(0.75 * 60.0)


@pytest.mark.slow
def test_a_longer_longest_trip_makes_nobody_lose() -> None:
    """With a bus for 90 minutes as many of a stay at home: as far away as before."""
    bus = pd.DataFrame([{"service": "s", "within_minutes": 90.0}])
    with_bus = aumaq.solve(two_regions().replace(buses=bus), gap=0.0)
    plans = [aumaq.solve(two_regions(), gap=0.0), with_bus]
    for pair in (plans, plans[::-1]):
        rows = aumaq.compare(pair).table("gains")
        same = of(rows, "region", "R")
        assert (same["gain"], same["lose"]) == (0.0, 0.0)
        assert same["minutes_before"] == pytest.approx(0.75 * 90.0)
        assert same["minutes_after"] == pytest.approx(0.75 * 90.0)


@pytest.mark.slow
def test_where_readers_find_it(tmp_path: Path) -> None:
    """The page, the workbook and a file beside the tables tell it."""
    plan = moved("b")
    plan.to_html(tmp_path / "plan.html")
    assert "Who gains and who loses against today" in (
        (tmp_path / "plan.html").read_text(encoding="utf-8")
    )
    plan.to_excel(tmp_path / "plan.xlsx")
    sheets = pd.read_excel(tmp_path / "plan.xlsx", sheet_name=None)
    assert any("gain" in name.lower() for name in sheets)


def test_where_nobody_is_served_there_is_no_way() -> None:
    """The longest trip stands for who is not served, but is nobody's way."""
    plan = aumaq.solve(tiny(), gap=0.0)
    everybody = of(gains_of(plan), "total", "")
    assert np.isnan(everybody["minutes_before"])
    assert everybody["minutes_after"] == 0.0
    assert everybody["gain"] == everybody["demand"] == 200.0
    (told,) = who_gains(plan, of_today(plan.instance), Language("en"))
    assert told["minutes"] == [None, 0.0]


@pytest.mark.slow
def test_places_by_name_agree_with_who_gains(browser: Any, tmp_path: Path) -> None:
    """Who was not served counts in the lists as in the bars: longest trip, then none.

    The 100 of b have no place today, and a school of their own by the plan.
    """
    site = {"site": "b", "service": "s", "settlement": "b", "status": "required"}
    near = two_regions().table("services").assign(cutoff_minutes=20.0)
    plan = aumaq.solve(
        two_regions().replace(
            services=near,
            sites=pd.DataFrame([{**site, "site": "a", "settlement": "a",
                                 "status": "existing"}, site]),
        ),
        gap=0.0,
    )  # fmt: skip
    (row,) = who_gains(plan, of_today(plan.instance), Language("en"))
    assert row["gain"] == 100
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(plan.to_html(tmp_path / "page.html").as_uri())
    (cells,) = page.eval_on_selector_all(
        "#winners tbody tr", "rows => rows.map((row) => row.innerText.split('\\t'))"
    )
    assert cells[3:] == ["20", "0", "−20"]
    assert page.is_hidden("#losers")
    page.close()


@pytest.mark.slow
def test_sheets_are_in_the_language_of_the_workbook(tmp_path: Path) -> None:
    """Titles, headers and words of the program have no English; codes stay."""
    plan = moved("b")
    book = openpyxl.load_workbook(plan.to_excel(tmp_path / "book.xlsx", "ru"))
    rows = {sheet.title: list(sheet.values) for sheet in book}
    for sheet in list(book)[1:-1]:
        assert not re.search("[A-Za-z]{3,}", sheet.title)
        heads = [str(cell).replace("KZT", "") for cell in rows[sheet.title][0]]
        assert not re.search("[A-Za-z]{3,}", " ".join(heads))
    gains = rows["Кто выигрывает, кто теряет"]
    by, group = gains[0].index("по чему сгруппировано"), gains[0].index("группа")
    told = {(row[by], row[group]) for row in gains[1:]}
    assert {("все", "все"), ("регион", "R"), ("вид поселения", "сёла")} <= told
    acts = rows["мероприятия"]
    assert {row[acts[0].index("мероприятие")] for row in acts[1:]} <= {
        "открывается", "закрывается", "сохраняется"
    }  # fmt: skip
    assert "строительство" in {row[0] for row in rows["целевая функция"]}


def test_words_of_indicators_are_told_in_the_workbook() -> None:
    """What is better, and the unit; what no catalogue knows stays."""
    table = pd.DataFrame({"unit": ["persons", "сом"], "direction": ["higher", "lower"]})
    told = with_words("indicators", table, Language("kk"))
    assert told["direction"].tolist() == ["көп болғаны жақсы", "аз болғаны жақсы"]
    assert with_told(table, Language("kk"))["unit"].tolist() == ["адам", "сом"]
