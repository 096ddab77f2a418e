"""Workbooks in the reader's language: titles lead back to columns, nothing is lost."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from command import run
from grid_example import grid_rows
from nasty_cells import INJECTIONS, NASTY, with_cells
from shared_plans import shipped
from tiny_instances import tiny

import aumaq
from aumaq.instances import InstanceError, UnknownNameError
from aumaq.instances.formats.skeleton import write_skeleton
from aumaq.instances.formats.workbook.writer import NOT_TABLES
from aumaq.instances.language.words import LANGUAGES, worded
from aumaq.instances.schema.plan import PLAN, PLAN_TABLES
from aumaq.instances.schema.tables import BY_NAME, TABLES
from aumaq.instances.schema.titles import clashes, title_of
from aumaq.results.exports.sheet_words import sheet_title
from aumaq.results.indicators.table import COLUMNS
from aumaq.results.language import Language
from aumaq.results.plan.plan import Plan
from aumaq.results.plan.summary import sentences

LONGEST_SHEET = 31
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
LIST = re.compile(r"OFFSET\((?:'([^']+)'|(\w+))!\$([A-Z]+)\$2,")


@pytest.mark.parametrize("names", [BY_NAME, [*PLAN_TABLES, "indicators"]])
def test_titles_of_sheets_are_distinct_and_fit(names: list[str]) -> None:
    """In no language two tables have one title; Excel takes every title as a sheet."""
    assert clashes(names) == []
    for code in LANGUAGES:
        titles = [title_of(name, code) for name in names]
        beside = [worded(name, code) for name in NOT_TABLES]
        assert len({t.casefold() for t in titles + beside}) == len(titles + beside)
        for title in titles + beside:
            assert 0 < len(title) <= LONGEST_SHEET, title
            assert not set(title) & set("[]:*?/\\'"), title


def test_titles_of_columns_are_distinct_in_a_table() -> None:
    """In no language a header may mean two columns of its table."""
    columns = {t.name: [column.name for column in t.columns] for t in TABLES}
    columns |= {f"plan {name}": list(of) for name, of in PLAN_TABLES.items()}
    columns["indicators of a plan"] = list(COLUMNS)
    assert {n: clashes(of) for n, of in columns.items() if clashes(of)} == {}


def test_titles_of_columns_leave_units_to_the_header() -> None:
    """*paid [mln]*, not *paid mln [mln]*."""
    columns = {c.name: c.unit for table in (*TABLES, *PLAN) for c in table.columns}
    money = [name for name, unit in columns.items() if unit.startswith("mln")]
    assert money
    assert [n for n in money if "mln" in title_of(n, "en").split()] == []


def test_clash_is_found() -> None:
    """A title that is the name of another column, or its title, is a clash."""
    assert clashes(["capex_mln", "capex"])
    assert clashes(["emissions_t_per_year", "emissions_t_per_unit_year"])


@pytest.mark.slow
@pytest.mark.parametrize("code", LANGUAGES)
def test_round_trip_in_every_language(tmp_path: Path, code: str) -> None:
    """A workbook holds the same content whatever its language, nasty cells and all."""
    nasty = with_cells(list(NASTY[-9:]), [0.1 + 0.2, 2.0, 3.0], [1.0] * 6)
    for k, instance in enumerate((nasty, tiny(**grid_rows()))):
        again = aumaq.read(aumaq.write(instance, tmp_path / f"{k}.xlsx", code))
        assert again == instance
        assert again.content_hash == instance.content_hash
        assert again.outlines == instance.outlines


@pytest.mark.slow
@pytest.mark.parametrize("code", LANGUAGES)
def test_west_kazakhstan_in_every_language(tmp_path: Path, code: str) -> None:
    """So does a real instance with networks and roads."""
    instance = aumaq.read("west-kazakhstan")
    path = aumaq.write(instance, tmp_path / "wk.xlsx", code)
    assert aumaq.read(path).content_hash == instance.content_hash


@pytest.mark.slow
@pytest.mark.parametrize("code", LANGUAGES)
def test_drop_downs_point_at_the_right_column(tmp_path: Path, code: str) -> None:
    """Every list that stands in another sheet is found there under its title."""
    write_skeleton(tmp_path / "t.xlsx", code)
    book, seen = openpyxl.load_workbook(tmp_path / "t.xlsx"), 0
    for table in TABLES:
        sheet = book[title_of(table.name, code)]
        heads = [str(cell.value).split(" [")[0] for cell in sheet[1]]
        assert heads == [title_of(column.name, code) for column in table.columns]
        rules = {str(rule.sqref).split("2:")[0]: rule.formula1
                 for rule in sheet.data_validations.dataValidation}  # fmt: skip
        for cell, column in zip(sheet[1], table.columns, strict=True):
            assert cell.comment.text.startswith(column.name + "\n")
            if column.kind == "flag":
                words = rules[cell.column_letter].strip('"').split(",")
                assert all(word in cell.comment.text for word in words)
                own = [row[0] for row in sheet.iter_rows(
                    2, min_col=cell.column, max_col=cell.column, values_only=True
                ) if row[0] is not None]  # fmt: skip
                assert {str(value).upper() for value in own} <= {
                    word.upper() for word in words
                }
            if column.references:
                found = LIST.match(rules[cell.column_letter])
                assert found, rules[cell.column_letter]
                target, name = column.references.split(".")
                place = book[found[1] or found[2]]
                assert place.title == title_of(target, code)
                head = str(place[f"{found[3]}1"].value).split(" [")[0]
                assert head == title_of(name, code)
                seen += 1
    assert seen == sum(bool(c.references) for t in TABLES for c in t.columns)
    links = [c.hyperlink.location or c.hyperlink.target
             for row in book.worksheets[0].iter_rows() for c in row
             if c.hyperlink]  # fmt: skip
    targets = [link.lstrip("#").split("!")[0].strip("'") for link in links]
    assert targets == [title_of(table.name, code) for table in TABLES]


@pytest.mark.slow
def test_problems_name_what_stands_in_the_workbook(tmp_path: Path) -> None:
    """Sheet and column of a message are those of the workbook, by its language."""
    path = tmp_path / "б.xlsx"
    write_skeleton(path, "ru")
    book = openpyxl.load_workbook(path)
    levels = book["уровни"]
    heads = [str(cell.value) for cell in levels[1]]
    levels.cell(2, heads.index("мощность [единиц]") + 1).value = "много"
    # A header as another language, or a script, writes it.
    levels.cell(1, heads.index("капитальные затраты [млн]") + 1).value = "capex_mln"
    levels.cell(2, heads.index("капитальные затраты [млн]") + 1).value = "дорого"
    groups = book["группы"]
    key = [str(cell.value) for cell in groups[1]].index("группа") + 1
    groups.delete_cols(key)
    book.save(path)
    with pytest.raises(InstanceError) as caught:
        aumaq.read(path)
    found = {(p.file, p.row, p.column) for p in caught.value.problems}
    assert ("б.xlsx, sheet уровни", 2, "мощность") in found
    assert ("б.xlsx, sheet уровни", 2, "capex_mln") in found
    assert ("б.xlsx, sheet группы", 0, "группа") in {(f, 0, c) for f, _, c in found}


@pytest.mark.parametrize(
    ("code", "told"),
    [("en", "sheet road links"), ("ru", "лист участки дорог"),
     ("kk", "жол бөліктері парағы")],
)  # fmt: skip
def test_a_sheet_that_is_not_there_is_called_as_it_would_be(
    tmp_path: Path, code: str, told: str
) -> None:
    """What is said of tables made, such as roads, is in the workbook's language."""
    done = run("new", "m.xlsx", "--lang", code, folder=tmp_path)
    assert done.returncode == 0
    done = run("validate", "m.xlsx", "--lang", code, folder=tmp_path)
    assert f"m.xlsx, {told}" in done.stderr
    assert "road_links" not in done.stderr


@pytest.mark.slow
def test_languages_may_be_mixed_but_not_doubled(tmp_path: Path) -> None:
    """Every sheet is understood by itself; two sheets of one table are a problem."""
    path = tmp_path / "m.xlsx"
    write_skeleton(path, "en")
    plain = aumaq.read(path)
    book = openpyxl.load_workbook(path)
    book["settlements"].title = "  Елді мекендер"
    book["levels"]["A1"] = " УСЛУГА "
    book["levels"].title = "Уровни"
    book.save(path)
    assert aumaq.read(path) == plain
    book.create_sheet("levels")["A1"] = "service"
    book.save(path)
    with pytest.raises(InstanceError, match="holds the same table as") as caught:
        aumaq.read(path)
    assert caught.value.problems[0].file == "m.xlsx, sheet levels"


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Return a plan with networks whose settlements have names in all languages."""
    instance = tiny(**grid_rows())
    rows = instance.table("settlements")
    rows["name_en"] = "Eng " + rows["settlement"]
    rows["name_ru"] = INJECTIONS[0] + rows["settlement"]
    return aumaq.solve(instance.replace(settlements=rows), gap=0.0)


@pytest.mark.slow
@pytest.mark.parametrize("code", LANGUAGES)
def test_plan_in_every_language(plan: Plan, tmp_path: Path, code: str) -> None:
    """Sheets have titles of the language, numbers are those of the plan's tables."""
    lang = Language(code)
    path = plan.export("xlsx", tmp_path / "p.xlsx", code)
    book = openpyxl.load_workbook(path)
    tables = {name: table for name, table in plan.tables.items() if len(table)}
    known = plan.instance.tables["settlements"].set_index("settlement")["name"]
    for name, table in tables.items():
        if "settlement" in table and "name" not in table:  # people read names
            at = list(table.columns).index("settlement") + 1
            tables[name] = table.copy()
            tables[name].insert(at, "name", table["settlement"].map(known))
    titles = [sheet_title(name, lang) for name in (*tables, "gains", "deployment")]
    assert book.sheetnames == [lang.tell("Summary"), *titles, lang.tell("Columns")]
    words = [row[0] for row in book.worksheets[0].iter_rows(values_only=True)]
    assert [text for text in sentences(plan, lang) if text not in words] == []
    listed = list(book.worksheets[-1].iter_rows(min_row=2, values_only=True))
    for name, table in tables.items():
        sheet = book[title_of(name, code)]
        heads = [cell.value for cell in sheet[1]]
        assert [tuple(row[1::2]) for row in listed if row[2] == name] == list(
            zip(heads, map(str, table.columns), strict=True)
        )
        for k, column in enumerate(table.columns, start=1):
            if code != "en":
                assert CYRILLIC.search(heads[k - 1]), heads[k - 1]
            if table[column].dtype.kind in "if":
                cells = [sheet.cell(row + 2, k).value for row in range(len(table))]
                given = table[column].astype(object).where(table[column].notna(), None)
                assert cells == given.tolist(), (name, column)
    names = [str(head) for head in (c.value for c in book[titles[0]][1])]
    column = names.index(title_of("name", code)) + 1
    start = {"en": "Eng ", "kk": "", "ru": INJECTIONS[0]}[code]
    assert str(book[titles[0]].cell(2, column).value).startswith(start)
    cells = [c for s in book.worksheets for row in s.iter_rows() for c in row]
    assert not any(c.data_type in ("f", "e") for c in cells)


@pytest.mark.slow
def test_command_line(plan: Plan, tmp_path: Path) -> None:
    """``new``, ``convert``, ``export`` take --lang; an unknown one is exit code 2."""
    mine, copy = tmp_path / "mine.xlsx", tmp_path / "copy.xlsx"
    assert run("new", mine, "--lang", "kk").returncode == 0
    assert "елді мекендер" in openpyxl.load_workbook(mine).sheetnames
    done = run("convert", mine, copy, "--lang", "ru")
    assert done.returncode == 0, done.stderr
    assert "населённые пункты" in openpyxl.load_workbook(copy).sheetnames
    assert aumaq.read(copy).content_hash == aumaq.read(mine).content_hash
    where = aumaq.write(plan.instance, tmp_path / "base")
    folder = plan.to_csv(tmp_path / "plan")
    plan.to_json(folder / "plan.json")
    book = tmp_path / "p.xlsx"
    done = run("export", folder, "--instance", where, "--to", "xlsx", "--out", book,
               "--lang", "ru")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "объекты" in openpyxl.load_workbook(book).sheetnames
    done = run("convert", mine, tmp_path / "no.xlsx", "--lang", "xx")
    assert done.returncode == 2
    assert "xx" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "no.xlsx").exists()


def test_unknown_language_is_an_error(tmp_path: Path) -> None:
    """A code without a catalogue writes nothing."""
    with pytest.raises(UnknownNameError, match="xx"):
        aumaq.write(shipped(), tmp_path / "t.xlsx", "xx")
    assert list(tmp_path.iterdir()) == []
