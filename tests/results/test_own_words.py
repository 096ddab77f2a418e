"""What users call things is theirs: no word of the program stands in its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from eventful_plan import eventful

import aumaq
from aumaq.instances import Instance, from_tables
from aumaq.instances.language.po_file import messages_of
from aumaq.instances.language.texts import Title, Unit
from aumaq.results.comparison.page import write_comparison
from aumaq.results.exports.sheet_words import with_words
from aumaq.results.exports.workbook import write_workbook
from aumaq.results.language import Language
from aumaq.results.office.content import content
from aumaq.results.report.page import report_page

CATALOGUE = Path(__file__).parents[2] / "results/locale/ru/LC_MESSAGES/aumaq.po"
CALLED = ("title", "name")
"""Columns in which users call things as they like."""
CODES = {
    "a": "changed", "b": "city", "old": "closed", "p": "new", "R": "total",
    "plant": "no", "s": "open", "near": "share", "solar": "person", "state": "staff",
    "p1": "yes",
}  # fmt: skip
"""Code of the case -> a word of the program that a user might take for one."""


MARK = "qq"
"""What makes a word one that is found nowhere else; it sorts as it did."""


def program_words() -> list[str]:
    """Return texts of the program that are no titles of shipped data."""
    known = messages_of(CATALOGUE.read_text(encoding="utf-8"))
    titles = {key.partition("\x04")[2] for key in known}
    found = [text for text in known if re.fullmatch("[A-Za-z][A-Za-z ]+[a-z]", text)]
    return [text for text in found if {text, text.lower()}.isdisjoint(titles)]


def mapped(
    tables: Mapping[str, pd.DataFrame], words: Mapping[str, str]
) -> dict[str, pd.DataFrame]:
    """Return tables with other texts in the cells that hold those of *words*."""
    return {
        name: table.assign(
            **{
                str(column): table[column].map(lambda cell: words.get(cell, cell))
                for column in table
                if table[column].dtype == "str"
            }
        )
        for name, table in tables.items()
    }


def called(instance: Instance) -> Instance:
    """Return the instance with a marked word of the program as each title and code."""
    words = iter(program_words()[::7])
    tables = mapped(instance.base, {code: word + MARK for code, word in CODES.items()})
    for name, table in tables.items():
        for column in CALLED:
            if column in table and (name, column) != ("instance", "name"):
                marked = [next(words) + MARK for _ in range(len(table))]
                table[column] = pd.Series(marked, table.index, dtype="str")
    return from_tables(tables)


@cache
def marked() -> aumaq.Plan:
    """Return a plan whose titles and codes are found nowhere else."""
    units = ({}, {"unit": "closed"})
    base = eventful(
        indicators=[
            {"indicator": f"i{k}", "formula": "share_served", "service": "s", **unit}
            for k, unit in enumerate(units)
        ],
        settlement_tags=[{"settlement": "a", "tag": "city"}],
    )
    return aumaq.solve(called(base), gap=0.0)


def shown(plan: aumaq.Plan, code: str, folder: Path) -> str:
    """Return what readers of a language see of a plan, wherever they look."""
    other = plan.tables["facilities"].iloc[1:]
    other = replace(plan, tables={**plan.tables, "facilities": other})
    write_comparison(aumaq.compare(plan, other), folder / "compare.html", code)
    write_workbook(plan, folder / "plan.xlsx", code)
    book = openpyxl.load_workbook(folder / "plan.xlsx", read_only=True)
    cells = [row for sheet in book for row in sheet.iter_rows(values_only=True)]
    paper = replace(content(plan, Language(code)), picture=None)
    page = report_page([plan], Language(code))
    comparison = (folder / "compare.html").read_text(encoding="utf-8")
    return "\n".join([page, comparison, *map(str, cells), repr(paper)])


@pytest.mark.slow
@pytest.mark.parametrize("code", ["ru", "kk"])
def test_no_title_and_no_code_is_taken_for_a_word(code: str, tmp_path: Path) -> None:
    """Where all is called as the program speaks, the same stands in the same places."""
    plan = marked()
    cells = {x for t in plan.instance.base.values() for x in t.to_numpy().ravel()}
    words = {str(x): str(x)[: -len(MARK)] for x in cells if str(x).endswith(MARK)}
    own = [word for word in words.values() if Language(code).word(word) != word]
    assert len(own) > 40
    tables, base = (mapped(t, words) for t in (plan.tables, plan.instance.base))
    other = replace(plan, instance=from_tables(base), tables=tables)
    told, wanted = (
        shown(one, code, tmp_path).replace(MARK, "").splitlines()
        for one in (other, plan)
    )
    assert told == wanted


def test_no_code_of_the_program_is_left_in_a_workbook(tmp_path: Path) -> None:
    """Sheets in Russian hold words of another language only where these are data."""
    write_workbook(marked(), tmp_path / "plan.xlsx", "ru")
    first, *sheets, last = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    assert (first.title, last.title) == ("Сводка", "Столбцы")
    cells = {
        str(cell)
        for sheet in sheets
        for row in sheet.iter_rows(values_only=True)
        for cell in row
        if MARK not in str(cell) and re.search("[A-Za-z]{3}", str(cell))
    }
    own = {"all", "base", "cap", "city", "closed", "hub", "road", "teacher"}
    assert {cell for cell in cells if "KZT" not in cell} - {
        "None",
        "True",
        "False",
    } <= own
    costs = pd.DataFrame({"service": ["staff", "roads", "s"]}, dtype="str")
    told = with_words("money", costs, Language("ru"), ["staff", "s"])["service"]
    assert told.tolist() == ["staff", "Дороги", "s"]


def test_titles_of_shipped_data_are_known_as_titles_only() -> None:
    """The word "School" is a title, "share" a unit, and neither is the other."""
    lang = Language("ru")
    assert lang.title("School") == lang.tell(Title("School")) == "Школа"
    assert lang.unit("share") == lang.tell(Unit("share")) == "доля"
    for text in ("share", "Total", "open", "{n}"):
        assert lang.title(text) == lang.tell(Title(text)) == text
    assert lang.unit("School") == "School"
    assert lang.title("", "total") == "total"
    assert lang.unit("") == "единица"
