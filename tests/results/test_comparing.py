"""Comparisons list exactly what differs, on paper, as JSON and on the page."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from command import run
from pages import assert_fetches_nothing
from shared_plans import best_plan
from store_case import NASTY, both_plans
from tiny_instances import tiny
from told import assert_told_wholly

import aumaq
from aumaq.instances import OptionError
from aumaq.instances.language.texts import Text
from aumaq.results.comparison.names import named
from aumaq.results.comparison.sentences import is_conclusive, sentences
from aumaq.results.comparison.text import DIFFERENCES, shown_rows
from aumaq.results.language import ENGLISH, Language


def rows(found: aumaq.Comparison, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """Return rows of a table as tuples of the columns asked for."""
    frame = found.table(table)
    return list(frame[list(columns)].itertuples(index=False, name=None))


def test_known_differences_and_no_others() -> None:
    """Two futures of two villages: every row of every table is known."""
    found = aumaq.compare(both_plans())
    assert rows(found, "settings", "setting", "A", "B") == [
        ("scenario", "inertial", "managed")
    ]
    assert rows(found, "input_changes", "plan", "table", "change", "key", "column",
                "before", "after") == [
        ("B", "scenarios", "changed", "", "scenario", "inertial", "managed"),
        ("B", "scenarios", "changed", "", "title", "Inertial", "Managed"),
        ("B", "scenarios", "changed", "", "projection", "inertial", "managed"),
        ("B", "levels", "changed", "service s, level 1", "capex_mln", 10.0, 12.0),
        ("B", "growth", "added", "region R, period p1", "", "", "factor 1.0"),
        ("B", "growth", "added", "region Q, period p1", "", "", "factor 0.0"),
    ]  # fmt: skip
    assert rows(found, "input_counts", "table", "added", "removed", "changed") == [
        ("scenarios", 0, 0, 3), ("levels", 0, 0, 1), ("growth", 2, 0, 0),
    ]  # fmt: skip
    assert rows(found, "people", "A", "B", "B-A") == [(200.0, 100.0, -100.0)]
    assert rows(found, "people_by_region", "region", "A", "B", "B-A") == [
        ("R", 100.0, 100.0, 0.0), ("Q", 100.0, 0.0, -100.0),
    ]  # fmt: skip
    assert rows(found, "decision_changes", "kind", "service", "code", "period", "name",
                "region", "before", "after") == [
        ("facility", "s", "b", "p1", "B", "Q", "1 × level 1", ""),
        ("action", "s", "b", "p1", "B", "Q", "1 opened, level 0 → 1", ""),
    ]  # fmt: skip
    assert rows(found, "decision_counts", "kind", "A", "B", "B otherwise") == [
        ("facility", 2.0, 1.0, 1), ("action", 2.0, 1.0, 1),
    ]  # fmt: skip
    assert rows(found, "actions", "service", "action", "A", "B", "B-A") == [
        ("s", "open", 2.0, 1.0, -1.0)
    ]
    assert rows(found, "money", "service", "item", "A", "B", "B-A") == [
        ("s", "building", 20.0, 12.0, -8.0)
    ]
    assert rows(found, "figures", "figure", "of", "A", "B") == [
        ("demand served", "s", 1.0, 1.0), ("minutes of those served", "s", 0.0, 0.0),
        ("investment", "s", 20.0, 12.0),
    ]  # fmt: skip
    assert rows(found, "indicators", "indicator", "A", "B", "B-A") == [
        ("served", 1.0, 1.0, 0.0)
    ]
    served = found.table("indicators_by_region").set_index("region")
    assert pd.isna(served.loc["Q", "B"])  # nobody there to serve
    assert rows(found, "objective", "term", "A", "B", "B-A") == [
        ("building", 20.0, 12.0, -8.0), ("objective", 20.0, 12.0, -8.0),
    ]  # fmt: skip
    assert rows(found, "money_by_region", "region", "A", "B", "B-A") == [
        ("Q", 10.0, 0.0, -10.0), ("R", 10.0, 12.0, 2.0),
    ]  # fmt: skip
    assert sentences(found, ENGLISH) == {
        "B": [
            "Inputs differ in these tables: scenarios, levels, growth.",
            "People in p1: −100 (−50.00%); by region most: Q −100.",
            "Objective (money and points): −8.0 mln (−40.00%). The sign is proven:"
            " between the best possible plans the difference is −8.0 to −8.0 mln.",
            "In money alone: −8.0 mln KZT (−40.00%).",
            "Decisions differ at 1 place, by service: s 1.",
            "Investment by service, mln: s −8.0.",
            "Investment by region, mln: Q −10.0; R +2.0.",
        ]
    }


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("a_bound", "b_bound", "is_sure", "interval"),
    [
        (20.0, 12.0, True, "−8.0 to −8.0"),
        (12.5, 11.0, True, "−9.0 to −0.5"),  # B's cost is below A's bound
        (11.0, 12.0, False, "−8.0 to +1.0"),  # A's best may cost 11, B's 12
    ],
)
def test_a_difference_within_the_gaps_is_inconclusive(
    a_bound: float, b_bound: float, is_sure: bool, interval: str
) -> None:
    """By hand: A costs 20, B 12; B is surely cheaper iff 12 is below A's bound."""
    a, b = (
        replace(plan, record={**plan.record, "bound_mln": bound, "gap": 0.1})
        for plan, bound in zip(both_plans(), (a_bound, b_bound), strict=True)
    )
    found = aumaq.compare([a, b])
    assert is_conclusive(found, "B") is is_sure
    (cost,) = (s for s in sentences(found, ENGLISH)["B"] if s.startswith("Objective"))
    assert interval in cost
    assert ("inconclusive" in cost) is not is_sure
    assert any("by chance" in s for s in sentences(found, ENGLISH)["B"])


def test_targets_that_only_one_plan_meets_are_named() -> None:
    """A target met by B only is in the table and in the sentences of B."""
    a, b = both_plans()
    for plan, value, met in ((a, 0.4, False), (b, 0.9, True)):
        rows_ = plan.indicators.assign(target=0.8, plan=value)
        rows_["is_met"] = pd.array([met] * len(rows_), dtype="boolean")
        plan.__dict__["_indicators"] = rows_
    found = aumaq.compare([a, b])
    assert rows(found, "targets", "target", "A", "A met", "B", "B met") == [
        (0.8, 0.4, "no", 0.9, "yes")
    ]
    told = sentences(found, ENGLISH)["B"][-1]
    assert told.startswith("Targets met in B only: ")


@pytest.mark.slow
def test_the_same_plan_does_not_differ() -> None:
    """A plan beside itself: no input, no decision, no figure is shown."""
    plan, _ = both_plans()
    found = aumaq.compare([plan, plan, plan])
    for name in ("settings", "input_changes", "decision_changes"):
        assert found.table(name).empty, name
    for name in DIFFERENCES:
        assert len(found.table(name))
        assert shown_rows(found, name).empty, name


@pytest.mark.slow
def test_the_other_way_round_is_the_mirror_image() -> None:
    """Added becomes removed, before becomes after, differences change their sign."""
    one, two = both_plans()
    there, back = aumaq.compare([one, two]), aumaq.compare([two, one])
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    columns = ("table", "key", "column")
    assert {
        (*map(str, r[:3]), turned[r[3]], r[5], r[4])
        for r in rows(there, "input_changes", *columns, "change", "before", "after")
    } == {
        (*map(str, r[:3]), r[3], r[4], r[5])
        for r in rows(back, "input_changes", *columns, "change", "before", "after")
    }
    for name in ("money", "objective", "people"):
        a, b = there.table(name), back.table(name)
        assert a["B-A"].tolist() == pytest.approx((-b["B-A"]).tolist()), name


def test_steps_upgrades_and_points_by_the_period_they_begin() -> None:
    """Roads, networks and growth points: later, left out, and new are told apart."""
    plan, _ = both_plans()
    upgrades = [("east", "East road", "R", "p1", 3.0, 2.0),
                ("west", "West road", "Q", "p1", 5.0, 4.0)]  # fmt: skip
    heads = ["upgrade", "title", "region", "period", "length_km", "capex_mln"]
    one = pd.DataFrame(upgrades, columns=heads)
    two = one.iloc[1:].assign(period="p2")
    steps = pd.DataFrame(
        [("power", "ab", "a", "b", "p1", 2, 1.0, 1.0)],
        columns=["network", "link", "from_node", "to_node", "period", "step",
                 "capacity", "capex_mln"],
    )  # fmt: skip
    points = pd.DataFrame(
        [("a", "A", "R", "town", period, period == "p2") for period in ("p1", "p2")],
        columns=["settlement", "name", "region", "tier", "period", "is_chosen"],
    )
    before = replace(plan, tables={**plan.tables, "road_upgrades": one})
    after = replace(
        plan,
        tables={**plan.tables, "road_upgrades": two, "network_steps": steps,
                "growth_points": points},
    )  # fmt: skip
    from aumaq.results.comparison.decisions import changed_decisions

    changes = changed_decisions(before, after)
    told = changes[["kind", "service", "code", "name", "before", "after"]]
    assert list(told.itertuples(index=False, name=None)) == [
        ("road upgrade", "roads", "east", "East road", "p1", ""),
        ("road upgrade", "roads", "west", "West road", "p1", "p2"),
        ("network step", "power", "ab, step 2", "a – b", "", "p1"),
        ("growth point", "town", "a", "A", "", "p2"),
    ]


@pytest.mark.slow
def test_instances_may_differ_in_everything() -> None:
    """Rows of one and the other instance are removed and added; JSON stays strict."""
    one, _ = both_plans()
    other = best_plan()
    found = aumaq.compare([one, one, other], ["a", "b", "c"])
    record = json.loads(json.dumps(found.record(), allow_nan=False))
    assert {row["plan"] for row in record["input_changes"]} == {"C"}
    levels = [r for r in record["input_changes"] if r["table"] == "levels"]
    assert [r["change"] for r in levels] == ["removed", "added", "added"]
    figures = {(r["figure"], r["of"]): r for r in record["figures"]}
    assert figures["demand served", "school"]["A"] is None
    with pytest.raises(OptionError, match="2 to 26 plans"):
        aumaq.compare([one])


@pytest.mark.slow
def test_page_is_escaped_and_whole(tmp_path: Path) -> None:
    """Names cannot break out; all parts are there; nothing is fetched."""
    found = aumaq.compare(both_plans(NASTY), ["<i>one</i>", "two"])
    page = found.to_html(tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<img src=x" not in page
    assert "<i>one" not in page
    assert "\\u003cimg src=x onerror=alert(1)\\u003e \\u0026 $x^2$" in page
    assert_fetches_nothing(page)
    parts = re.findall(r'<div id="(\w+)" class="table">', page)
    assert parts == ["plans", "people", "people_by_region", "settings",
                     "input_counts", "input_changes", "money_by_service",
                     "money_by_region", "actions", "decision_counts", "money",
                     "decision_changes", "gains", "objective", "figures",
                     "indicators_by_region"]  # fmt: skip
    content = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', page)
    assert content
    tables = {table["name"]: table for table in json.loads(content[1])["tables"]}
    assert list(tables) == parts
    cells = [
        (value, text, way)
        for table in tables.values()
        for columns in zip(table["rows"], table["texts"], table["ways"], strict=True)
        for value, text, way in zip(*columns, strict=True)
    ]
    assert (-8.0, "−8", "less") in cells


def two_in_three_languages() -> aumaq.Comparison:
    """Compare a plan with one of the same village that opens nothing and builds a step
    of a link; the village has a name in every language.
    """
    names = {"name": "Village", "name_ru": "Село", "name_kk": "Ауыл"}
    instance = tiny(settlements=[{"settlement": "a", **names}, {"settlement": "b"}])
    plan = aumaq.solve(instance, gap=0.0)
    steps = pd.DataFrame(
        [("water", "ab", "a", "b", "p1", 2, 1.0, 1.0)],
        columns=["network", "link", "from_node", "to_node", "period", "step",
                 "capacity", "capex_mln"],
    )  # fmt: skip
    supply = pd.DataFrame(
        [("water", "a", "a", "x", "p1", 1234.56)],
        columns=["network", "node", "settlement", "option", "period", "capacity"],
    )
    made = {"network_steps": steps, "local_supply": supply}
    bare = {name: plan.table(name).iloc[:0] for name in ("facilities", "actions")}
    kept = {**plan.record, "kept_services": {"a": 0.5}}
    other = replace(plan, tables={**plan.tables, **bare, **made}, record=kept)
    return aumaq.compare([plan, other])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lang", "name", "cells"),
    [
        ("en", "Village", ["1 × level 1", "1 opened, level 0 → 1", "ab, step 2"]),
        ("kk", "Ауыл", ["1 × 1-деңгей", "ашылады: 1, деңгей 0 → 1", "ab, 2-саты"]),
        ("ru", "Село", ["1 × уровень 1", "открывается: 1, уровень 0 → 1",
                        "ab, ступень 2"]),
    ],
)  # fmt: skip
def test_decisions_are_told_in_the_readers_language(
    tmp_path: Path, lang: str, name: str, cells: list[str]
) -> None:
    """Texts, names and numbers of decisions, in tables and on the map."""
    found = two_in_three_languages()
    page = found.to_html(tmp_path / "page.html", lang).read_text(encoding="utf-8")
    match = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', page)
    assert match
    data = json.loads(match[1])
    tables = {table["name"]: table for table in data["tables"]}
    decided, settings = tables["decision_changes"], tables["settings"]
    told = [text for row in decided["texts"] for text in row]
    number = {"en": "1,235 m3/day", "kk": "1\xa0235 м³/тәул",
              "ru": "1\xa0235 м³/сут"}[lang]  # fmt: skip
    assert {*cells, name, number} <= set(told)
    assert [mark["name"] for mark in data["map"]["marks"]] == [name, "B"]
    assert data["map"]["marks"][0]["told"][1] == f"A: {cells[0]}"
    if lang != "en":
        heads = [column["title"] for column in decided["columns"]]
        kept = [text for row in settings["texts"] for text in row]
        rest = " ".join([*told, *heads, *kept, str(data["map"]["marks"])])
        rest = re.sub(r"'\w+':|\(\w{8}\)|\bab\b|'changed'|'only_a'", "", rest)
        assert re.findall("[A-Za-z]{2,}", rest) == []


def test_texts_of_a_comparison_are_told_wholly() -> None:
    """Whatever a table says in our words, every catalogue knows."""
    found = two_in_three_languages()
    texts = [
        cell
        for table in found.tables.values()
        for row in table.itertuples(index=False, name=None)
        for cell in row
        if isinstance(cell, Text)
    ]
    assert len(texts) == 7
    for text in texts:
        assert_told_wholly(text)


@pytest.mark.slow
def test_command_line_compares(tmp_path: Path) -> None:
    """Folder and JSON file; text names the plans, the page is written."""
    one, two = both_plans("[red]B[/red]")
    aumaq.write(one.instance, tmp_path / "mine")
    one.to_csv(tmp_path / "one")
    two.to_json(tmp_path / "two.json")
    words = ("--instance", "mine", "--html", "page.html")
    done = run("compare", "one", "two.json", *words, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    for text in ("A · inertial", "B · managed", "[red]B[/red]", "1 opened, level 0 → 1",
                 "Investment by region",
                 "service s, level 1"):  # fmt: skip
        assert text in done.stdout
    assert "<h2" in (tmp_path / "page.html").read_text(encoding="utf-8")
    same = run("compare", "one", "one", "--instance", "mine", folder=tmp_path)
    assert "Decisions that differ: no difference" in same.stdout
    again = run("compare", "one", "two.json", "--instance", "mine", "--lang", "ru",
                folder=tmp_path)  # fmt: skip
    assert "Знак доказан" in again.stdout
    wrong = run("compare", "one", "one", "--lang", "xx", folder=tmp_path)
    assert wrong.returncode == 2


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "kk", "ru"])
@pytest.mark.parametrize("width", [1400, 400])
def test_page_works_in_a_browser(
    browser: Any, tmp_path: Path, lang: str, width: int
) -> None:
    """No error, nothing wider than the screen; tables sort by keyboard, the map shows
    the facilities of the service that is chosen.
    """
    tiny_plan = best_plan()
    empty = tiny_plan.facilities.iloc[:0]
    other = replace(tiny_plan, tables={**tiny_plan.tables, "facilities": empty})
    page_file = aumaq.compare([tiny_plan, other]).to_html(tmp_path / "p.html", lang)
    page = browser.new_page(viewport={"width": width, "height": 900})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else 0)
    page.goto(page_file.as_uri())
    overflow = "document.documentElement.scrollWidth > innerWidth"
    assert not page.evaluate(overflow)
    count = page.locator("#count").inner_text()
    assert count == str(tiny_plan.facilities["site"].nunique())
    button = page.locator("#plans th button").first
    button.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    cells = page.locator("#plans tbody tr td:first-child").all_inner_texts()
    assert cells == ["B", "A"]
    page.close()
    assert errors == []


def test_settings_and_rows_are_told_in_words() -> None:
    """Options, versions, tables, columns, keys: nothing in English but codes."""
    one, other = both_plans()
    options = {**other.record["options"]}
    options |= {
        "time_limit": 7.0, "gap": 0.5, "threads": 9, "seed": 4, "work_limit": 2.0,
        "save_lp": "1", "workers": 3, "cluster": "1", "cluster_security": "1",
        "checkpoint": "1", "formulation": "1", "method": "1",
    }  # fmt: skip
    record = {**other.record, "options": options, "versions": {"python": "3"}}
    found = aumaq.compare(one, replace(other, record=record))
    codes = r"\b(s|a|b|R|Q|p1|inertial|managed|Inertial|Managed|python|aumaq|highspy|"
    codes += r"pyomo|numpy|pandas|scipy|tiny|A|B)\b"
    for code in ("ru", "kk"):
        for table, columns in {
            "settings": ["setting"], "input_counts": ["table"],
            "input_changes": ["table", "change", "key", "column", "before", "after"],
        }.items():  # fmt: skip
            rows = named(found.table(table), found, Language(code))[columns]
            told = rows.astype(str).to_numpy().ravel().tolist()
            left = [re.sub(codes, "", text) for text in told]
            assert [text for text in left if re.search("[A-Za-z]", text)] == []
    told = named(found.table("settings"), found, ENGLISH)["setting"].tolist()
    assert {"time limit, s", "gap asked for", "version of python"} <= {*told}


@pytest.mark.slow
def test_regions_called_like_a_word_keep_their_name() -> None:
    """A region is a name of the user's, whatever words of the program it is like."""
    places = [{"settlement": "a", "region": "roads"}, {"settlement": "b"}]
    plan = aumaq.solve(tiny(settlements=places), gap=0.0)
    found = aumaq.compare([plan, plan])
    rows = named(found.table("gains"), found, Language("ru"))
    assert "roads" in set(rows["group"][rows["by"] == "регион"])
