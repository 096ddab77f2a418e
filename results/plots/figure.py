"""The sheet that figures are drawn on: sizes, colours, and how it is saved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aumaq.instances import ExportError, OptionError
from aumaq.instances.texts import say
from aumaq.results.exports.atomic import draft_file

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
    "font.size": 9.0,
    "grid.color": "#e3e7eb",
    "legend.frameon": False,
    "pdf.fonttype": 42,  # text stays text
    "svg.fonttype": "none",
    "svg.hashsalt": "aumaq",  # the same figure gives the same file
    "text.parse_math": False,  # names may hold a dollar sign
}
WITHOUT_DATE = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {}}


@dataclass(frozen=True)
class Figure:
    """A drawn figure; ``figure`` is matplotlib's own, to change what one likes."""

    figure: Any

    def save(self, path: str | Path) -> Path:
        """Write the figure as SVG, PDF or PNG, by the ending of *path*."""
        path = Path(path)
        kind = path.suffix.lower().lstrip(".")
        if kind not in WITHOUT_DATE:
            known = ", ".join(f".{name}" for name in WITHOUT_DATE)
            raise ExportError(
                say(
                    "{path}: figures end in {known}; nothing was written",
                    path=path,
                    known=known,
                )
            )
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
            say("figures need the extra: pip install 'aumaq[plots]'")
        ) from (error)
    with mpl.rc_context(STYLE):
        yield


@contextmanager
def sheet(width: float = 6.0, height: float = 3.6) -> Iterator[tuple[Any, Any]]:
    """Give a matplotlib figure (inches) and its axes, without any window."""
    with styled():
        from matplotlib.figure import Figure as Sheet

        figure = Sheet(figsize=(width, height))
        yield figure, figure.add_subplot()


def with_commas(axis: Any) -> None:
    """Label an axis with whole numbers, thousands set apart."""
    axis.set_major_formatter(lambda value, _: f"{value:,.10g}")
