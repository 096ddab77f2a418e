"""A plan on paper (pdf), with letters of every language."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import matplotlib as mpl
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

from aumaq.results.office.content import Content, Table
from aumaq.results.office.text import cards_table, chart_table
from aumaq.results.office.widths import widths_of_columns

FONT = "DejaVu"
"""Comes with matplotlib and has the letters of Kazakh."""
INK, SOFT, SHADE = (29, 39, 51), (91, 104, 117), (233, 240, 244)
SIZE = 9.0
LONGEST_CELL = 300
"""Letters of a cell."""
TABLE = 3
"""Level of the titles of tables."""


class Paper(FPDF):  # type: ignore[misc]  # the library has no types here
    """An A4 sheet across: the title above, the number of the page below."""

    def __init__(self, title: str) -> None:
        """Load the letters."""
        super().__init__(orientation="L", format="A4")
        folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
        self.add_font(FONT, "", folder / "DejaVuSans.ttf")
        self.add_font(FONT, "B", folder / "DejaVuSans-Bold.ttf")
        self.name_of_plan = title
        self.set_margin(15)
        self.set_auto_page_break(auto=True, margin=15)
        self.set_title(title)

    def header(self) -> None:
        """Name the plan on all pages but the first."""
        if self.page_no() > 1:
            self.set_font(FONT, "", 8)
            self.set_text_color(*SOFT)
            self.cell(0, 5, self.name_of_plan, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
            self.ln(2)

    def footer(self) -> None:
        """Number the pages."""
        self.set_y(-11)
        self.set_font(FONT, "", 8)
        self.set_text_color(*SOFT)
        self.cell(0, 5, f"{self.page_no()} / {{nb}}", align="R")

    def text_block(self, text: str, size: float = SIZE, *, bold: bool = False) -> None:
        """Write a paragraph over the whole width."""
        self.set_font(FONT, "B" if bold else "", size)
        self.set_text_color(*INK)
        self.multi_cell(
            0, size * 0.5, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )
        self.ln(1.5)

    def heading(self, text: str, level: int) -> None:
        """Write a heading, on a new page if little of this one is left."""
        if self.will_page_break(60 if level == 1 else 30):
            self.add_page()
        self.ln(2)
        if level < TABLE:  # tables may follow any heading; outlines leave no level out
            self.start_section(text, level - 1)
        self.text_block(text, {1: 15.0, 2: 11.5}.get(level, 10.0), bold=True)

    def rows(self, table: Table) -> None:
        """Write a whole table; its head is repeated on every page."""
        if table.title:
            self.heading(table.title, TABLE)
        self.set_font(FONT, "", 8)
        self.set_text_color(*INK)
        sides = tuple("RIGHT" if number else "LEFT" for number in table.is_number)
        with self.table(
            col_widths=widths_of_columns(table), text_align=sides, line_height=4.2,
            padding=(0.8, 2.0, 0.8, 0.8),
            borders_layout="HORIZONTAL_LINES", first_row_as_headings=bool(table.heads),
            headings_style=FontFace(emphasis="BOLD", fill_color=SHADE),
        ) as made:  # fmt: skip
            for row in [*([table.heads] if table.heads else []), *table.rows]:
                made.row([_short(text) for text in row])
        self.ln(3)


def write(content: Content, path: Path) -> None:
    """Write the pages: decision, figures, map, summary, actions, what it rests on."""
    paper = Paper(content.title)
    head = content.headings
    paper.add_page()
    paper.text_block(content.title, 20, bold=True)
    paper.text_block(content.subtitle, 11)
    for text in content.cautions:
        paper.text_block(text, bold=True)
    paper.heading(head["decision"], 1)
    for language, text in content.decisions.items():
        paper.text_block(language, 10, bold=True)
        paper.text_block(text, 10)
    paper.heading(head["cards"], 1)
    paper.rows(cards_table(content))
    if content.picture:
        paper.add_page()
        paper.heading(f"{head['map']}: {content.picture_title}", 1)
        paper.image(BytesIO(content.picture), w=paper.epw, h=paper.eph - 22,
                    keep_aspect_ratio=True)  # fmt: skip
    _summary(paper, content)
    paper.heading(head["access"], 1)
    for chart in content.access:
        paper.rows(chart_table(chart, content))
    paper.heading(head["money"], 1)
    for table in (chart_table(content.spending, content), *content.tables):
        paper.rows(table)
    _actions(paper, content)
    paper.output(str(path))


def _summary(paper: Paper, content: Content) -> None:
    paper.add_page()
    paper.heading(content.headings["summary"], 1)
    for title, texts in content.summary.items():
        paper.heading(title, 2)
        for text in texts:
            paper.text_block(f"• {text}")


def _actions(paper: Paper, content: Content) -> None:
    paper.heading(content.headings["actions"], 1)
    for service in content.services:
        paper.heading(service.title, 2)
        paper.text_block(service.told)
        for table in service.tables:
            paper.rows(table)
    paper.heading(content.headings["notes"], 1)
    for title, texts in content.notes:
        paper.heading(title, 2)
        for text in texts:
            paper.text_block(f"• {text}")


def _short(text: str) -> str:
    """Return a text for a cell: a row higher than the page cannot be drawn."""
    return text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}…"
