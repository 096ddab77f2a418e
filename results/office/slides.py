"""A plan as slides (pptx): charts are those of the program and can be changed there."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
from pptx.enum.text import PP_ALIGN
from pptx.util import Mm, Pt

from aumaq.instances.formats.drafts import save_whole
from aumaq.instances.language.texts import say
from aumaq.results.language import Language, scale_of
from aumaq.results.office.content import Chart, Content, Service, Table
from aumaq.results.office.widths import shares_of_columns

WIDE, HIGH, MARGIN = 338.7, 190.5, 14.0
"""A slide of 16 : 9, mm."""
TITLE_ONLY = 5
AMOUNT = "General"
"""How bars are told: money by its scale has few digits, some behind the point."""
LETTERS_A_LINE, LINES = 115, 15
"""Room for notes on a slide, in letters of 14 points."""


def write(content: Content, path: Path) -> None:
    """Write the slides; of long lists of actions the dearest, and how many."""
    slides = Presentation()
    slides.slide_width, slides.slide_height = Mm(WIDE), Mm(HIGH)
    head = content.headings
    _cover(slides, content)
    for language, text in content.decisions.items():
        _text(_slide(slides, f"{head['decision']} ({language})"), [text], 20)
    _cards(_slide(slides, head["cards"]), content)
    if content.picture:
        slide = _slide(slides, f"{head['map']}: {content.picture_title}")
        _fitted(slide, content.picture)
    for chart in content.access:
        _chart(_slide(slides, f"{head['access']}: {chart.title}"), chart)
    for table in content.tables:
        _table(_slide(slides, table.title), table)
    spending = _by_scale(content.spending, content.lang)
    _chart(_slide(slides, spending.title), spending)
    for service in content.services:
        _service(slides, service, content)
    for page in _packed(content.notes):
        _text(_slide(slides, head["notes"]), page, 14)
    save_whole(slides.save, path)


def _cover(slides: Any, content: Content) -> None:
    slide = slides.slides.add_slide(slides.slide_layouts[TITLE_ONLY])
    slide.shapes.title.text = content.title
    _place(slide.shapes.title, 60.0, 40.0)
    _text(slide, [content.subtitle, *content.cautions], 18, top=105.0)


def _slide(slides: Any, title: str) -> Any:
    slide = slides.slides.add_slide(slides.slide_layouts[TITLE_ONLY])
    slide.shapes.title.text = title
    slide.shapes.title.text_frame.paragraphs[0].font.size = Pt(28)
    _place(slide.shapes.title, 8.0, 20.0)
    return slide


def _place(shape: Any, top: float, height: float) -> None:
    shape.left, shape.top = Mm(MARGIN), Mm(top)
    shape.width, shape.height = Mm(WIDE - 2 * MARGIN), Mm(height)


def _text(slide: Any, texts: list[str], size: int, top: float = 35.0) -> None:
    box = slide.shapes.add_textbox(0, 0, 0, 0)
    _place(box, top, HIGH - top - 10.0)
    box.text_frame.word_wrap = True
    for k, text in enumerate(texts):
        paragraph = box.text_frame.paragraphs[0] if k == 0 else (
            box.text_frame.add_paragraph()
        )  # fmt: skip
        paragraph.text = text
        paragraph.font.size = Pt(size)
        paragraph.space_after = Pt(8)


def _cards(slide: Any, content: Content) -> None:
    across = 3
    width = (WIDE - 2 * MARGIN) / across
    for k, card in enumerate(content.cards):
        box = slide.shapes.add_textbox(
            Mm(MARGIN + k % across * width), Mm(40 + k // across * 65),
            Mm(width - 6), Mm(58),
        )  # fmt: skip
        frame = box.text_frame
        frame.word_wrap = True
        for n, (text, size, bold) in enumerate(
            ((card["title"], 14, False), (card["value"], 26, True),
             ("; ".join(card["beside"]), 14, False))
        ):  # fmt: skip
            line = frame.paragraphs[0] if n == 0 else frame.add_paragraph()
            line.text = text
            line.font.size, line.font.bold = Pt(size), bold


def _fitted(slide: Any, picture: bytes) -> None:
    """Add a picture as large as there is room for it."""
    room = Mm(WIDE - 2 * MARGIN), Mm(HIGH - 38)
    added = slide.shapes.add_picture(BytesIO(picture), 0, Mm(32), height=room[1])
    if added.width > room[0]:
        added.height = int(added.height * room[0] / added.width)
        added.width = room[0]
    added.left = (Mm(WIDE) - added.width) // 2


def _by_scale(chart: Chart, lang: Language) -> Chart:
    """Return amounts in mln as people say them: an axis of 25 trn, not 25,000,000."""
    totals = map(sum, zip(*chart.series.values(), strict=True))
    scale, word = scale_of(max(totals, default=1.0))
    series = {k: [x / scale for x in xs] for k, xs in chart.series.items()}
    title = say("Spending by period, {unit}", unit=word)
    return replace(chart, title=lang.tell(title), series=series)


def _chart(slide: Any, chart: Chart) -> None:
    data = CategoryChartData(number_format="0.0%" if chart.is_share else AMOUNT)
    data.categories = chart.labels
    for name, values in chart.series.items():
        data.add_series(name, values)
    kind = (
        XL_CHART_TYPE.COLUMN_CLUSTERED if chart.is_share
        else XL_CHART_TYPE.COLUMN_STACKED
    )  # fmt: skip
    frame = slide.shapes.add_chart(
        kind, Mm(MARGIN), Mm(34), Mm(WIDE - 2 * MARGIN), Mm(HIGH - 42), data
    )
    drawn = frame.chart
    drawn.has_legend = True
    drawn.legend.position = XL_LEGEND_POSITION.BOTTOM
    drawn.legend.include_in_layout = False
    drawn.font.size = Pt(14)
    ticks = drawn.value_axis.tick_labels
    ticks.number_format = "0%" if chart.is_share else AMOUNT
    ticks.number_format_is_linked = False
    drawn.value_axis.minimum_scale = 0.0  # else bars of 94 % and 99 % look far apart
    if chart.is_share:
        drawn.value_axis.maximum_scale = 1.0
        drawn.plots[0].has_data_labels = True
        drawn.plots[0].data_labels.font.size = Pt(12)


def _packed(notes: list[list[Any]]) -> list[list[str]]:
    """Return the texts of notes by slide: short chapters share it."""
    pages: list[list[str]] = []
    filled = LINES
    for title, texts in notes:
        told = [f"{title}. {texts[0]}", *texts[1:]]
        lines = sum(1 + len(text) // LETTERS_A_LINE for text in told)
        if filled + lines > LINES:
            pages.append([])
            filled = 0
        pages[-1].extend(told)
        filled += lines
    return pages


def _service(slides: Any, service: Service, content: Content) -> None:
    """Add the dearest actions of a service, and say how many there are."""
    slide = _slide(slides, service.title)
    _place(slide.shapes.title, 4.0, 12.0)
    _text(slide, [service.told], 14, top=15.0)
    _table(slide, service.dearest)
    shown = len(service.dearest.rows)
    if service.count > shown:
        told = content.headings["of_all"].format(n=shown, all=service.count)
        _text(slide, [told], 11, top=HIGH - 18.0)


def _table(slide: Any, table: Table) -> None:
    rows = [table.heads, *table.rows]
    frame = slide.shapes.add_table(
        len(rows), len(table.heads), Mm(MARGIN), Mm(32), Mm(WIDE - 2 * MARGIN), Mm(10)
    )
    parts = shares_of_columns(table)
    for column, part in zip(frame.table.columns, parts, strict=True):
        column.width = Mm((WIDE - 2 * MARGIN) * part)
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            cell = frame.table.cell(r, c)
            cell.text = text
            cell.margin_top = cell.margin_bottom = Mm(0.6)
            paragraph = cell.text_frame.paragraphs[0]
            paragraph.font.size = Pt(11)
            if table.is_number[c]:
                paragraph.alignment = PP_ALIGN.RIGHT
