"""A plan as a text document (docx)."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.image.image import Image
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from aumaq.instances.formats.drafts import save_whole
from aumaq.results.office.content import Chart, Content, Table, told
from aumaq.results.office.widths import shares_of_columns

NAMESPACE = nsdecls("w")
LONGEST_TITLE = 255
"""Characters of a property of a document."""
SMALL = 16
"""Size of the text of tables, half points."""
FONT = "Arial"
"""Has the letters of Kazakh; those of the template's own headings have them not
everywhere."""
WIDE, HIGH, MARGIN = 297, 210, 18
"""A4 across, mm."""
ROOM_MM = WIDE - 2 * MARGIN, HIGH - 2 * MARGIN - 20
"""Room for a picture under its heading."""
TWIPS = 56.7
"""In a millimetre."""
SHORT = 12
"""Rows of a table that is kept on one page."""


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
        _picture(document, content.picture)
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
    save_whole(document.save, path)


def _page(document: Any) -> None:
    """Set A4 across, so that tables fit."""
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(WIDE), Mm(HIGH)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Mm(MARGIN))
    for style in ("Normal", "Title", "Heading 1", "Heading 2"):
        _letters(document.styles[style])
    document.styles["Normal"].font.size = Pt(10)
    number = section.footer.paragraphs[0]
    number.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    number._p.append(parse_xml(f'<w:fldSimple {NAMESPACE} w:instr="PAGE"/>'))


def _letters(style: Any) -> None:
    """Set the font of a style for all letters; else its theme's has the last word."""
    style.font.name = FONT
    fonts = style.element.rPr.rFonts
    for kind in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.attrib.pop(qn(f"w:{kind}Theme"), None)
        fonts.set(qn(f"w:{kind}"), FONT)


def _picture(document: Any, picture: bytes) -> None:
    """Add a picture as large as a page has room for below its heading."""
    size = Image.from_file(BytesIO(picture))
    scale = min(ROOM_MM[0] / size.px_width, ROOM_MM[1] / size.px_height)
    document.add_picture(BytesIO(picture), width=Mm(size.px_width * scale))


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
        title = document.add_paragraph()
        title.add_run(table.title).bold = True
        title.paragraph_format.keep_with_next = True
    rows = [*([table.heads] if table.heads else []), *table.rows]
    added = document.add_table(rows=0, cols=max(map(len, rows), default=1))
    added.style = "Light Grid Accent 1" if table.heads else "Table Grid"
    widths = [int(ROOM_MM[0] * TWIPS * part) for part in shares_of_columns(table)]
    added.autofit = False
    for column, width in zip(added._tbl.tblGrid.gridCol_lst, widths, strict=True):
        column.set(qn("w:w"), str(width))
    for k, row in enumerate(rows):
        is_head = bool(table.heads) and k == 0
        # The last row of a page is not its head, and short tables are not cut.
        is_kept = is_head or (len(rows) <= SHORT and k < len(rows) - 1)
        cells = "".join(
            _cell(text, width, is_number=number, is_head=is_head, is_kept=is_kept)
            for text, width, number in zip(row, widths, table.is_number, strict=True)
        )
        head = "<w:tblHeader/>" if is_head else ""
        added._tbl.append(
            parse_xml(
                f"<w:tr {NAMESPACE}><w:trPr><w:cantSplit/>{head}</w:trPr>{cells}</w:tr>"
            )
        )
    document.add_paragraph()


def _cell(
    text: str, width: int, *, is_number: bool, is_head: bool, is_kept: bool
) -> str:
    side = '<w:jc w:val="right"/>' if is_number else ""
    bold = "<w:b/>" if is_head else ""
    kept = "<w:keepNext/>" if is_kept else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p><w:pPr>{kept}'
        f'<w:spacing w:after="0"/>{side}</w:pPr><w:r><w:rPr>{bold}'
        f'<w:sz w:val="{SMALL}"/></w:rPr><w:t xml:space="preserve">{escape(text)}</w:t>'
        "</w:r></w:p></w:tc>"
    )
