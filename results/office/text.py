"""A plan as a text document (docx)."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm, Pt

from aumaq.results.office.content import Chart, Content, Table, told

NAMESPACE = nsdecls("w")
LONGEST_TITLE = 255
"""Characters of a property of a document."""
SMALL = 16
"""Size of the text of tables, half points."""


def write(content: Content, path: Path) -> None:
    """Write the document; heads of tables are repeated on every page."""
    document = Document()
    _page(document)
    document.core_properties.title = content.title[:LONGEST_TITLE]
    document.add_heading(content.title, 0)
    document.add_paragraph(content.subtitle)
    for text in content.cautions:
        document.add_paragraph().add_run(text).bold = True
    head = content.headings
    document.add_heading(head["decision"], 1)
    for language, text in content.decisions.items():
        document.add_heading(language, 2)
        document.add_paragraph(text)
    document.add_heading(head["cards"], 1)
    _table(document, cards_table(content))
    if content.picture:
        document.add_heading(f"{head['map']}: {content.picture_title}", 1)
        document.add_picture(BytesIO(content.picture), width=Mm(255))
    document.add_heading(head["summary"], 1)
    for title, texts in content.summary.items():
        document.add_heading(title, 2)
        for text in texts:
            document.add_paragraph(text, style="List Bullet")
    document.add_heading(head["access"], 1)
    for chart in content.access:
        _table(document, chart_table(chart, content))
    document.add_heading(head["money"], 1)
    for table in (chart_table(content.spending, content), *content.tables):
        _table(document, table)
    _actions(document, content)
    document.add_heading(head["notes"], 1)
    for title, texts in content.notes:
        document.add_heading(title, 2)
        for text in texts:
            document.add_paragraph(text, style="List Bullet")
    document.save(str(path))


def _page(document: Any) -> None:
    """Set A4 across, so that tables fit."""
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Mm(18))
    document.styles["Normal"].font.name = "Arial"
    document.styles["Normal"].font.size = Pt(10)


def _actions(document: Any, content: Content) -> None:
    document.add_heading(content.headings["actions"], 1)
    for service in content.services:
        document.add_heading(service.title, 2)
        document.add_paragraph(service.told)
        for table in service.tables:
            _table(document, table)


def cards_table(content: Content) -> Table:
    """Return the cards as a table."""
    rows = [
        [card["title"], card["value"], "; ".join(card["beside"])]
        for card in content.cards
    ]
    return Table("", [], rows, [False] * 3)


def chart_table(chart: Chart, content: Content) -> Table:
    """Return a chart as a table: a row a label."""
    kind = "share" if chart.is_share else "number"
    rows = [
        [label, *(told(values[k], kind, 0, content.lang)
                  for values in chart.series.values())]
        for k, label in enumerate(chart.labels)
    ]  # fmt: skip
    heads = ["", *chart.series]
    return Table(chart.title, heads, rows, [False, *[True] * len(chart.series)])


def _table(document: Any, table: Table) -> None:
    """Add a table, made as XML in one go: cell by cell takes minutes for thousands."""
    if table.title:
        document.add_paragraph().add_run(table.title).bold = True
    rows = [*([table.heads] if table.heads else []), *table.rows]
    added = document.add_table(rows=0, cols=max(map(len, rows), default=1))
    added.style = "Light Grid Accent 1" if table.heads else "Table Grid"
    for k, row in enumerate(rows):
        is_head = bool(table.heads) and k == 0
        cells = "".join(
            _cell(text, is_number=number, is_head=is_head)
            for text, number in zip(row, table.is_number, strict=True)
        )
        head = "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>" if is_head else ""
        added._tbl.append(parse_xml(f"<w:tr {NAMESPACE}>{head}{cells}</w:tr>"))
    document.add_paragraph()


def _cell(text: str, *, is_number: bool, is_head: bool) -> str:
    side = '<w:jc w:val="right"/>' if is_number else ""
    bold = "<w:b/>" if is_head else ""
    return (
        f'<w:tc><w:p><w:pPr><w:spacing w:after="0"/>{side}</w:pPr><w:r><w:rPr>{bold}'
        f'<w:sz w:val="{SMALL}"/></w:rPr><w:t xml:space="preserve">{escape(text)}</w:t>'
        "</w:r></w:p></w:tc>"
    )
