"""Standard output and errors: whatever they can show, and even if they are closed.

A console may lack letters and signs (cp1251, cp866, ascii): what it lacks is shown by
the nearest that it has, and never ends the work.
"""

from __future__ import annotations

import codecs
import os
import sys
import unicodedata
from functools import partial

SIGNS = {
    "→": "->", "←": "<-", "−": "-", "–": "-", "—": "-", "•": "*", "·": "-", "≥": ">=",
    "≤": "<=", "≈": "~", "×": "x", "±": "+-", "²": "2", "³": "3", "✓": "+", "✗": "x",
    "…": "...", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'",
    "№": "No.", "°": " deg", "₸": "KZT", "€": "EUR", "₽": "RUB", "─": "-", "━": "-",
    "│": "|", "┃": "|",
}  # fmt: skip
"""Signs that some encodings lack."""
KAZAKH = dict(zip("әғқңөұүһіӘҒҚҢӨҰҮҺІ", "агкноуухиАГКНОУУХИ", strict=True))
"""Kazakh letters by the nearest Russian ones."""
LATIN = dict(
    word.split(":")
    for word in (
        "а:a", "б:b", "в:v", "г:g", "д:d", "е:e", "ё:e", "ж:zh", "з:z", "и:i", "й:i",
        "к:k", "л:l", "м:m", "н:n", "о:o", "п:p", "р:r", "с:s", "т:t", "у:u", "ф:f",
        "х:kh", "ц:ts", "ч:ch", "ш:sh", "щ:shch", "ъ:'", "ы:y", "ь:'", "э:e", "ю:iu",
        "я:ia", "ә:a", "ғ:gh", "қ:q", "ң:ng", "ө:o", "ұ:u", "ү:u", "һ:h", "і:i",
    )
)  # fmt: skip
"""Cyrillic letters by Latin ones, where there are no others."""


def prepare() -> None:
    """Make the standard streams show what they can of anything."""
    for number, name, mode in ((1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:  # closed: a file opened next would be taken
            _fill(number)
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115
        stream = getattr(sys, name)
        if hasattr(stream, "reconfigure"):
            handler = f"readable-{stream.encoding}"
            codecs.register_error(handler, partial(_readable, stream.encoding))
            stream.reconfigure(errors=handler)


def _fill(number: int) -> None:
    """Open nothing as a file of the system that is closed."""
    try:
        os.fstat(number)
    except OSError:
        nothing = os.open(os.devnull, os.O_WRONLY)
        if nothing != number:
            os.dup2(nothing, number)
            os.close(nothing)


def flush() -> None:
    """Write what is still to be written; OSError if that cannot be done."""
    try:
        sys.stdout.flush()
    except ValueError:  # closed by a reader of ours
        return


def abandon() -> None:
    """Write to nowhere from here on: the reader is gone, or its disk is full."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            try:
                os.dup2(nothing, stream.fileno())
            except (OSError, ValueError):
                continue
    os.close(nothing)


def line(text: object = "") -> None:
    """Print a line on standard output."""
    sys.stdout.write(f"{text}\n")


def _readable(encoding: str, error: UnicodeError) -> tuple[str, int]:
    """Return what stands for characters that an encoding lacks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return "".join(_nearest(letter, encoding) for letter in wrong), error.end


def _nearest(letter: str, encoding: str) -> str:
    """Return the first of the stand-ins of a character that can be shown."""
    latin = LATIN.get(letter.lower(), "")
    plain = unicodedata.normalize("NFKD", letter)
    without_marks = "".join(c for c in plain if not unicodedata.combining(c))
    for found in (
        SIGNS.get(letter),
        KAZAKH.get(letter),
        latin.capitalize() if letter.isupper() else latin,
        without_marks,
    ):
        if found and _fits(found, encoding):
            return found
    return "" if unicodedata.combining(letter) else "?"


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
