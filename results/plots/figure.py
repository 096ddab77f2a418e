"""The sheet that figures are drawn on: sizes, colours, and how it is saved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill
from typing import Any

from aumaq.instances import OptionError
from aumaq.instances.arguments import checked
from aumaq.instances.extras import install_command
from aumaq.instances.formats.drafts import draft_file
from aumaq.instances.formats.targets import probe_file
from aumaq.instances.language.texts import figure as told
from aumaq.instances.language.texts import say
from aumaq.results.language import Language

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#6b7782")
"""Okabe and Ito (2008), *Color Universal Design*; yellow is too pale for lines."""
DASHES = ("-", "--", "-.", ":")
"""Lines differ by more than colour."""
INK, SOFT, LAND = "#1d2733", "#8a949d", "#f3f1ea"
STYLE = {
    "axes.axisbelow": True,
    "axes.edgecolor": SOFT,
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.constrained_layout.use": True,
    "axes.labelsize": 8.0,
    "axes.titlesize": 9.0,
    "font.size": 8.0,
    "grid.color": "#e3e7eb",
    "legend.fontsize": 7.5,
    "legend.columnspacing": 1.0,
    "legend.frameon": False,
    "legend.handlelength": 1.6,
    "pdf.fonttype": 42,  # text stays text
    "svg.fonttype": "none",
    "svg.hashsalt": "aumaq",  # the same figure gives the same file
    "text.parse_math": False,  # names may hold a dollar sign
}
WIDTH_MM, MM = 150.0, 25.4
"""Default width of a sheet (a column of a journal: 85, a page: 174); mm an inch."""
NARROW_MM = 120.0
"""Narrower sheets have fewer numbers and columns beside each other."""
LONG = 5
"""Characters of numbers of which few fit beside each other."""
WITHOUT_DATE = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {}}
ENDINGS = tuple(f".{kind}" for kind in WITHOUT_DATE)
"""Of files that figures are written to."""


@dataclass(frozen=True)
class Figure:
    """A drawn figure; ``figure`` is matplotlib's own, to change what one likes."""

    figure: Any

    @checked
    def save(self, path: str | Path) -> Path:
        """Write the figure as SVG, PDF or PNG, by the ending of *path*."""
        path = Path(path)
        probe_file(path, ENDINGS)
        kind = path.suffix.lower().lstrip(".")
        with draft_file(path) as draft, styled():
            self.figure.savefig(draft, format=kind, metadata=WITHOUT_DATE[kind],
                                dpi=200)  # fmt: skip
        return path


@contextmanager
def styled() -> Iterator[None]:
    """Hold our style for the block; the caller's settings come back after it."""
    try:
        import matplotlib as mpl
    except ImportError as error:
        raise OptionError(
            say(
                "figures need the extra plots: {command}",
                command=install_command("plots"),
            )
        ) from (error)
    with mpl.rc_context(STYLE):
        yield


@contextmanager
def sheet(
    width_mm: float = WIDTH_MM, height_mm: float = 0.0, on: Any = None
) -> Iterator[tuple[Any, Any]]:
    """Give a matplotlib figure (or the part *on* of one) and axes, without any window.

    Text is 7.5 to 9 points whatever the width: print the figure at its own size. The
    height is chosen if it is 0. Raises OptionError for a width that no page has.
    """
    if not 60.0 <= width_mm <= 400.0:
        raise OptionError(
            say(
                "width must be from 60 to 400 mm, not {width_mm}",
                width_mm=told(width_mm),
            )
        )
    height_mm = height_mm or max(0.6 * width_mm, 62.0)
    with styled():
        from matplotlib.figure import Figure as Sheet

        figure = on or Sheet(figsize=(width_mm / MM, height_mm / MM))
        yield figure, figure.add_subplot()


def columns(width_mm: float) -> int:
    """Return how many columns a legend has room for."""
    return 2 if width_mm < NARROW_MM else 4


def title_text(text: str, width_mm: float) -> str:
    """Return a title in lines that fit over the axes."""
    return fill(text, int(0.4 * width_mm))


def label_text(text: str, width_mm: float) -> str:
    """Return an entry of the legend in lines that fit its column."""
    return fill(text, int(width_mm / columns(width_mm) / 1.5) - 4)


def with_numbers(axis: Any, words: Language) -> None:
    """Label an axis with few numbers as the language writes them."""
    from matplotlib.ticker import MaxNLocator

    inches = axis.axes.figure.bbox.width / axis.axes.figure.dpi
    is_long = len(_number(round(axis.get_view_interval()[1]), words)) > LONG
    is_narrow = axis.axis_name == "x" and inches * MM < NARROW_MM and is_long
    axis.set_major_locator(MaxNLocator(nbins=3 if is_narrow else 6))
    axis.set_major_formatter(lambda value, _: _number(value, words))


def _number(value: float, words: Language) -> str:
    digits = len(f"{abs(value):.10g}".partition(".")[2])
    return words.number(value, digits)
