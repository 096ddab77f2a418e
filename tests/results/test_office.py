"""Documents for offices: read back by the libraries of their formats."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import typer
from shared_plans import best_plan
from typer.testing import CliRunner

from aumaq.cli import app
from aumaq.instances import OptionError
from aumaq.instances.language.texts import say
from aumaq.results.indicators.today import of_today
from aumaq.results.language import LANGUAGES, Language
from aumaq.results.office import OFFICE, write_office
from aumaq.results.office.content import Table, clean, content
from aumaq.results.plan.cautions import again, cautions
from aumaq.results.plan.plan import Plan
from aumaq.results.report.actions import action_list
from aumaq.results.report.cards import sure
from aumaq.results.report.decision import decision
from aumaq.results.report.finance import PAID


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Return the best plan of the small instance."""
    return best_plan()


@pytest.fixture(scope="module", params=list(LANGUAGES))
def code(request: Any) -> str:
    """Return a language."""
    return str(request.param)


def decisions(plan: Plan) -> list[str]:
    """Return the decision in every language."""
    today = of_today(plan.instance)
    return [decision(plan, today, Language(code)) for code in LANGUAGES]


@pytest.mark.few(1)
def test_text_holds_the_decision_and_every_action(
    plan: Plan, tmp_path: Path, code: str
) -> None:
    """In all languages, and as many rows of actions as the list has; heads repeat."""
    docx = pytest.importorskip("docx")
    path = write_office(plan, tmp_path / "plan.docx", "docx", code)
    document = docx.Document(str(path))
    paragraphs = [paragraph.text for paragraph in document.paragraphs]
    assert set(decisions(plan)) <= set(paragraphs)
    lang = Language(code)
    rows = action_list(plan, lang)["rows"]
    where = lang.tell(say("Where"))
    listed = [t for t in document.tables if t.rows[0].cells[0].text == where]
    cells = [row.cells[0].text for table in listed for row in table.rows[1:]]
    assert sorted(cells) == sorted(row[1] for row in rows)
    assert all("w:tblHeader" in table._tbl.xml for table in listed)


@pytest.mark.parametrize("to", list(OFFICE))
@pytest.mark.parametrize("name", ["Al\x01pha\x0b <b>&", "w" * 3000, "word " * 2000])
@pytest.mark.slow
def test_names_of_any_kind_are_written(
    plan: Plan, tmp_path: Path, to: str, name: str
) -> None:
    """Control signs, and texts that are higher than a page in one cell."""
    pytest.importorskip({"docx": "docx", "pptx": "pptx", "pdf": "fpdf"}[to])
    whole = content(plan, Language("en"))
    whole = replace(whole, title=clean(name), cautions=[clean(name)])
    table = Table(name, [name, name], [[name, name]], [False, False])
    whole = replace(whole, tables=[clean(table)])
    path = tmp_path / f"plan.{to}"
    import_module(OFFICE[to]).write(whole, path)
    assert path.stat().st_size > 0


def test_no_sign_is_left_that_xml_refuses() -> None:
    """In tables within tables, too; line breaks and tabs stay."""
    table = clean(Table("a\x00b", ["c\x1f"], [["d\ud800\n\te\uffff"]], [False]))
    assert table == Table("ab", ["c"], [["d\n\te"]], [False])


@pytest.mark.few(1)
def test_slides_hold_decision_charts_and_figures(
    plan: Plan, tmp_path: Path, code: str
) -> None:
    """Charts are those of the program, with the shares of the page."""
    pptx = pytest.importorskip("pptx")
    path = write_office(plan, tmp_path / "plan.pptx", "pptx", code)
    shapes = [s for slide in pptx.Presentation(str(path)).slides for s in slide.shapes]
    texts = [s.text_frame.text for s in shapes if s.has_text_frame]
    assert set(decisions(plan)) <= set(texts)
    charts = [s.chart for s in shapes if s.has_chart]
    services = sum(map(plan.instance.serves, plan.instance.service_names))
    assert len(charts) == services + 1
    assert all(
        0.0 <= v <= 1.0 for p in charts[0].plots for s in p.series for v in s.values
    )


@pytest.mark.parametrize(("million", "word"), [(1.0, "млн"), (1e6, "трлн")])
@pytest.mark.parametrize("times", [0.0, 1.0])
def test_the_chart_of_money_tells_it_as_people_do(
    plan: Plan, tmp_path: Path, million: float, word: str, times: float
) -> None:
    """In trn where it is so much; a plan that spends nothing has a slide, too."""
    pptx = pytest.importorskip("pptx")
    money = plan.table("money")
    money["amount_mln"] *= million * times
    paid = money[money["item"].isin(PAID)]["amount_mln"].sum() / million
    shown = replace(plan, tables={**plan.tables, "money": money})
    path = write_office(shown, tmp_path / "plan.pptx", "pptx", "ru")
    slides = pptx.Presentation(str(path)).slides
    slide = next(s for s in list(slides)[::-1] if any(x.has_chart for x in s.shapes))
    chart = next(shape.chart for shape in slide.shapes if shape.has_chart)
    total = sum(v for p in chart.plots for s in p.series for v in s.values)
    assert total == pytest.approx(paid, abs=0.1)
    assert slide.shapes.title.text.endswith(f", {word if times else 'млн'}")


@pytest.mark.slow
def test_paper_has_the_letters_of_kazakh(plan: Plan, tmp_path: Path) -> None:
    """Each letter of the decision in Kazakh is in the letters that the file carries."""
    pytest.importorskip("fpdf")
    path = write_office(plan, tmp_path / "plan.pdf", "pdf", "kk")
    data = path.read_bytes()
    assert data.startswith(b"%PDF")
    known = data.decode("latin-1")  # glyph -> letter, as readers and searches need it
    kazakh = decisions(plan)[list(LANGUAGES).index("kk")]
    letters = {char for char in kazakh if char.isalpha()}
    assert {char for char in letters if f"> <{ord(char):04X}>" not in known} == set()


@pytest.mark.slow
def test_command_writes_one_plan_and_refuses_two(plan: Plan, tmp_path: Path) -> None:
    """Several plans are for the page; a folder of plans stands for all of them."""
    pytest.importorskip("docx")
    for name in ("b2", "b10"):
        plan.to_csv(tmp_path / "sweep" / name)
    folder, out = str(tmp_path / "sweep"), tmp_path / "x.docx"
    result = CliRunner().invoke(
        app, ["report", folder, "--to", "docx", "--out", str(out)]
    )
    assert isinstance(result.exception, OptionError)
    assert not out.exists()
    one = str(tmp_path / "sweep" / "b2")
    result = CliRunner().invoke(app, ["report", one, "--to", "docx", "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert out.stat().st_size > 10_000
    result = CliRunner().invoke(app, ["report", folder])
    assert result.exit_code == 0, result.output
    page = (tmp_path / "sweep" / "report.html").read_text("utf-8")
    assert page.index("<h2>b2</h2>") < page.index("<h2>b10</h2>")


def test_every_format_is_one_of_the_command() -> None:
    """What is registered can be asked for."""
    from aumaq.cli_report import Kind

    assert {kind.value for kind in Kind} == {"html", *OFFICE}


def test_a_map_has_room_under_its_heading_in_a_text(plan: Plan, tmp_path: Path) -> None:
    """A square map is no wider than the page is high; short tables are not cut."""
    docx, qn = pytest.importorskip("docx"), pytest.importorskip("docx.oxml.ns").qn
    from PIL import Image

    square = BytesIO()
    Image.new("RGB", (400, 400)).save(square, "PNG")
    whole = replace(content(plan, Language("kk")), picture=square.getvalue())
    import_module(OFFICE["docx"]).write(whole, tmp_path / "plan.docx")
    document = docx.Document(str(tmp_path / "plan.docx"))
    (page,) = document.sections
    room = page.page_height - page.top_margin - page.bottom_margin
    assert document.inline_shapes[0].height < 0.9 * room
    for table in document.tables:
        kept = [row.cells[0].paragraphs[0].paragraph_format for row in table.rows]
        assert [bool(p.keep_with_next) for p in kept] == [True] * (len(kept) - 1) + [
            False
        ]
        widths = [int(c.get(qn("w:w"))) for c in table._tbl.tblGrid.gridCol_lst]
        assert len(widths) == 1 or len(set(widths)) > 1


def test_slides_break_no_word_and_bars_begin_at_nothing(
    plan: Plan, tmp_path: Path
) -> None:
    """A head of one long word over short cells; notes of few lines share a slide."""
    pptx = pytest.importorskip("pptx")
    word = "қысқартылады"
    row = ["Батыс Қазақстан облысы, Орал қаласы", word, "1", "дәрігерлік амбулатория"]
    table = Table("t", ["Өңір", "Іс-шара", "Қамтылады", "Бұрын"], [row], [False] * 4)
    whole = replace(content(plan, Language("kk")), tables=[table])
    import_module(OFFICE["pptx"]).write(whole, tmp_path / "plan.pptx")
    slides = pptx.Presentation(str(tmp_path / "plan.pptx")).slides
    drawn = [shape.chart for slide in slides for shape in slide.shapes
             if shape.has_chart]  # fmt: skip
    assert {chart.value_axis.minimum_scale for chart in drawn} == {0.0}
    made = next(s.table for slide in slides for s in slide.shapes if s.has_table)
    letters = [column.width.mm / 2.5 for column in made.columns]
    longest = [
        max(len(word) for text in pair for word in text.split())
        for pair in zip(table.heads, row, strict=True)
    ]
    assert all(have > need for have, need in zip(letters, longest, strict=True))
    notes = [s for s in slides if s.shapes.title.text == whole.headings["notes"]]
    assert len(notes) == 1


def test_a_page_for_a_meeting_names_no_options(plan: Plan) -> None:
    """What to type is told on the terminal, and where the proof stands."""
    record = {**plan.record, "status": "time_limit", "bound_mln": 1.0}
    draft = replace(plan, record=record)
    assert len(cautions(draft)) > 1
    assert not any("--" in text for text in cautions(draft))
    command, *words = again(draft).partition(" (")[0].split()[1:]
    assert command == "solve"  # `aumaq plan` has no --start
    tree: Any = typer.main.get_command(app)
    with tree.commands[command].make_context(command, words) as context:
        assert context.params["start"] == "FOLDER"
        assert context.params["time_limit"] > 0.0
    assert not again(plan)


def test_nobody_is_told_that_nearly_all_could_be_saved(plan: Plan) -> None:
    """A bound that says next to nothing is no figure: card and decision say so."""
    today = of_today(plan.instance)
    for bound, told in ((plan.objective_mln / 10.0, "hardly known"), (None, "unknown")):
        gap = {"bound_mln": bound, "gap": 0.9} if bound else {"gap": float("inf")}
        draft = replace(plan, record={**plan.record, "status": "time_limit", **gap})
        card = sure(draft, today, Language("en"))
        assert card.value == told
        assert "could be saved" not in decision(draft, today, Language("en"))
