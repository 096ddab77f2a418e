"""Names of settlements in Latin letters, and titles in place of codes."""

from __future__ import annotations

import importlib.util
import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from shared_plans import shipped

import aumaq
from aumaq.instances.rules import _in as rules_in
from aumaq.instances.schema.column import Table
from aumaq.instances.schema.tables import TABLES
from aumaq.results.language import Language
from aumaq.results.report.document import document

TOOLS = Path(__file__).parents[2] / "tools"
CYRILLIC = re.compile("[\u0400-\u04ff]")


def tool() -> Any:
    """Return tools/kz_names.py as a module."""
    spec = importlib.util.spec_from_file_location("kz_names", TOOLS / "kz_names.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("kazakh", "russian", "latin"),
    [
        ("Ақкөл", "Акколь", "Aqkol"),
        ("Шүлбі", "Шульбинск", "Shulbi"),
        ("Жаңа Қаратон", "Жана Каратон", "Zhanga Qaraton"),
        ("", "Щучинск", "Shchuchinsk"),
        ("", "Еленовка", "Yelenovka"),
        ("", "Алексеевка", "Alekseyevka"),
        ("", "Объезд 7", "Obyezd 7"),
        ("سەمەي", "Семей", "Semey"),
    ],
)
def test_romanisation(kazakh: str, russian: str, latin: str) -> None:
    """Letters are those of BGN/PCGN; what is no Kazakh falls back to Russian."""
    assert tool().latin_name(kazakh, russian) == latin


@pytest.mark.parametrize("name", ["kazakhstan", "west-kazakhstan", "kazakhstan-full"])
def test_shipped_settlements_have_latin_names(name: str) -> None:
    """Every settlement and region has a name in Latin letters; cities as known."""
    folder = Path(str(files("aumaq.instances.data").joinpath(name)))
    tables = {
        table: pd.read_csv(folder / f"{table}.csv", dtype=str, keep_default_na=False)
        for table in ("settlements", "regions")
    }
    for table in tables.values():
        names = table["name_en"]
        assert (names != "").all()
        assert names.str.isascii().all(), names[~names.str.isascii()].tolist()
    rows = tables["settlements"]
    rows = rows[rows["kind"] == "city"].set_index("name_ru")["name_en"]
    for russian, english in (
        ("Астана", "Astana"), ("Алматы", "Almaty"), ("Шымкент", "Shymkent"),
        ("Семей", "Semey"), ("Актау", "Aktau"), ("Уральск", "Uralsk"),
        ("Караганда", "Karaganda"), ("Усть-Каменогорск", "Ust-Kamenogorsk"),
    ):  # fmt: skip
        if russian in rows or name != "west-kazakhstan":
            assert rows[russian] == english


def test_names_by_language() -> None:
    """A reader sees the name of the language, else the name, else the code."""
    rows = pd.DataFrame(
        {
            "settlement": ["a", "b", "c"],
            "name": ["А", "Б", ""],
            "name_en": ["A", "", ""],
            "name_ru": ["", "Бэ", ""],
        }
    )
    assert Language("en").names(rows, "settlement") == ["A", "Б", "c"]
    assert Language("ru").names(rows, "settlement") == ["А", "Бэ", "c"]
    assert Language("kk").names(rows, "settlement") == ["А", "Б", "c"]


@pytest.mark.slow
def test_report_has_titles_in_place_of_codes() -> None:
    """Standards and classes of roads show their titles; without one the code."""
    rows = [
        {"standard": code, "service": "school", "minutes": 0.0, "share": 1.0,
         "title": title, "shortfall_mln_per_unit_year": 0.001}
        for code, title in (
            ("one", "Rural pupils reach school within 30 minutes"), ("two", ""),
        )
    ]  # fmt: skip
    base = shipped().base
    service = str(base["services"]["service"].iloc[0])
    standards = pd.DataFrame(rows).assign(service=service, minutes=1.0)
    settlements = base["settlements"].assign(name_en="Place")
    settlements["name"] = "Село"
    instance = aumaq.from_tables(
        {**base, "standards": standards, "settlements": settlements}
    )
    plan = aumaq.solve(instance, gap=0.0)
    for code, title in (
        ("en", "Rural pupils reach school within 30 minutes"),
        ("ru", "Сельские ученики добираются до школы за 30 минут"),
    ):
        found = document([plan], Language(code))
        missed = json.dumps(found["runs"][0]["tables"]["missed"], ensure_ascii=False)
        assert title in missed
        assert '"two"' in missed
        assert '"one"' not in missed
    assert not CYRILLIC.search(json.dumps(document([plan], Language()))), "a name"


RULES = [table for table in TABLES if table.rule]
CODES = {"region": "R", "period": "p2", "first_period": "p2"}
KINDS: dict[str, Any] = {"text": "x", "int": 1, "number": 1.0, "flag": False}


def titles_of(table: Table, *rows: dict[str, Any]) -> list[str]:
    """Return what rules of a table are called that differ as these rows do."""
    usual = {
        c.name: c.choices[0] if c.choices
        else KINDS[c.kind] if c.is_required or c.kind != "text" else ""
        for c in table.columns
    }  # fmt: skip
    frame = pd.DataFrame([{**usual, "title": "", **row} for row in rows])
    regions = pd.DataFrame([{"region": "R", "name": "North"}])
    periods = pd.DataFrame({"period": ["p1", "p2"]})
    named = pd.DataFrame({"service": ["x"], "network": ["x"], "title": [""]})
    tables = dict.fromkeys(("services", "networks"), named)
    tables |= {"regions": regions, "periods": periods, table.name: frame}
    return [str(rule.title) for rule in rules_in(table, tables)]


@pytest.mark.parametrize("table", RULES, ids=lambda table: table.name)
@pytest.mark.parametrize("title", ["", "A rule"])
def test_rules_of_a_table_are_told_apart(table: Table, title: str) -> None:
    """By region and time where they have some, else by their codes."""
    code = table.key[0]
    free = [
        c.name for c in table.columns if c.name in CODES and c.name not in table.key
    ]
    for column in free:
        one, other = titles_of(
            table,
            {code: "a", "title": title},
            {code: "b", "title": title, column: CODES[column]},
        )
        assert one != other
        assert other.endswith((", North", ", p2", ", from p2 on"))
    one, other = titles_of(
        table, {code: "a", "title": title}, {code: "b", "title": title}
    )
    assert one != other
    if not title:
        for column in free:  # of one alone, too
            (alone,) = titles_of(table, {code: "a", column: CODES[column]})
            assert ("North" if column == "region" else "p2") in alone
