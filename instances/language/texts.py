"""Texts that remember how they were made, so that any language can tell them again.

Whatever readers see is made by :func:`say`, and is English there. It keeps its template
and its values; whoever shows it looks the template up in a catalogue and fills in the
same values (see ``Language.tell``). Templates are literals: ``say("...")`` in code, in
templates of pages and in their scripts is all that ``tools/extract_messages.py`` knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from numbers import Number, Real
from typing import Any, Self

LARGEST = 1e15
"""From here on not all digits before the point are known; powers of ten are told."""

Find = Callable[[str, str, int], str]
"""Template for one, template for more ("": no plural), number -> the text to fill."""
TITLE, UNIT = "title", "unit"
"""Contexts of catalogues: what shipped data call things, and what they count in.

The words of the program are without one, so that a village called Total keeps its name.
"""


class Text(str):
    """An English text, the template that it was made of, and the values in it.

    Values are texts or numbers; a place without a value stays as it is until
    :meth:`given` fills it. A value that is a Text itself is told in the reader's
    language as well. ``more`` is the template for another number than 1 of ``n``,
    which is written with separators.
    """

    template: str
    values: Mapping[str, object]
    more: str

    def __new__(
        cls,
        template: str,
        values: Mapping[str, object] | None = None,
        more: str = "",
    ) -> Self:
        """Make the English text."""
        values = dict(values or {})
        chosen = more if more and values.get("n") != 1 else template
        filled = {**values, "n": _counted(values.get("n"), "{:,}".format)}
        places = _Places(filled if more and "n" in values else values)
        text = super().__new__(cls, chosen.format_map(places) if values else chosen)
        text.template, text.values, text.more = template, values, more
        return text

    def __reduce__(self) -> tuple[type[Text], tuple[str, Mapping[str, object], str]]:
        """Survive the way to another process."""
        return Text, (self.template, self.values, self.more)

    def given(self, **values: object) -> Text:
        """Return the text with values, or others, in some of its places."""
        return Text(self.template, {**self.values, **_plain(values)}, self.more)

    def told(
        self,
        find: Find,
        figure: Callable[[float], str],
        separated: Callable[[str], str] = str,
    ) -> str:
        """Return the text with templates that *find* gives for those in English.

        *figure* writes the number of a text that has more than one form, *separated*
        gives a number that is written in English the separators of the language.
        """
        if not self.template:
            return ""

        def told(value: object) -> object:
            if isinstance(value, Text):
                return value.told(find, figure, separated)
            if isinstance(value, Figure):
                return separated(value)
            is_number = isinstance(value, Real) and not isinstance(value, bool)
            return _Number(value, separated) if is_number else value

        chosen = find(self.template, self.more, _count(self.values.get("n", 1)))
        values = {name: told(value) for name, value in self.values.items()}
        if self.more:
            values["n"] = _counted(self.values.get("n"), figure, separated)
        return chosen.format_map(_Places(values)) if self.values else chosen


def _count(number: object) -> int:
    """Return the whole number that has the form of a number.

    Where there are forms for few and for many, a fraction has that of few.
    """
    if not isinstance(number, Real):
        return 1
    return int(float(number)) if float(number).is_integer() else 2


def _counted(
    number: object, figure: Callable[[Any], str], separated: Callable[[str], str] = str
) -> object:
    """Return the number that has the form of a number as it is written."""
    if not isinstance(number, Real):
        return number
    if float(number).is_integer():
        return figure(int(float(number)))
    return separated(f"{number:g}")


class Title(Text):
    """A title of the data: of shipped data catalogues may know it, others stay."""

    context = TITLE

    def __new__(cls, title: str) -> Self:
        """Take a title as it is given."""
        return super().__new__(cls, title)

    def __reduce__(self) -> tuple[type[Title], tuple[str]]:  # type: ignore[override]
        """Survive the way to another process."""
        return type(self), (self.template,)

    def given(self, **_: object) -> Title:
        """Return the title: it has no places, whatever it looks like."""
        return self

    def told(self, find: Find, *_: object) -> str:
        """Return what catalogues call it, the title itself where they do not know."""
        return of_data(self.template, self.context, find)


class Unit(Title):
    """What data count in: known of formulas and of shipped data, as titles are."""

    context = UNIT


def of_data(text: str, context: str, find: Find) -> str:
    """Return a text of the data by what *find* knows in a context, else as it is."""
    key = in_context(text, context)
    found = find(key, "", 1) if text else ""
    return text if found == key else found


def in_context(text: str, context: str) -> str:
    """Return the key of a text in a context, as gettext makes it."""
    return f"{context}\x04{text}" if context else text


class Figure(str):
    """A number as it is written in English; it has no separators but a language's."""


class _Number:
    """A number whose format has the separators of a language."""

    def __init__(self, value: object, separated: Callable[[str], str]) -> None:
        self._value, self._separated = value, separated

    def __format__(self, form: str) -> str:
        return self._separated(format(self._value, form))

    def __repr__(self) -> str:
        return repr(self._value)


class _Places(dict[str, object]):
    """Values of a template; what is missing is its place."""

    def __missing__(self, name: str) -> _Place:
        return _Place(name)


class _Place(str):
    """A place to be filled later, whatever its format."""

    def __format__(self, form: str) -> str:
        return "{" + self + (f":{form}" if form else "") + "}"


def say(template: str, more: str = "", /, **values: object) -> Text:
    """Make a text; ``{places}`` of the template hold the values, as in ``str.format``.

    *more* is the template for another number ``n`` than 1. Without values braces stand
    for themselves; else each place has one (KeyError).
    """
    if values:
        template.format(**values)
    return Text(template, _plain(values), more)


def figure(value: float, digits: int = 6) -> Figure:
    """Return a number with so many digits, and with all that stand before the point."""
    whole = len(f"{abs(value):.0f}") if abs(value) < LARGEST else 0
    return Figure(f"{value:.{max(digits, whole)}g}")


def told_apart(one: float, other: float) -> tuple[Figure, Figure]:
    """Return two numbers with six digits, or as many as it takes to see them differ."""
    for digits in range(6, 18):
        first, second = figure(one, digits), figure(other, digits)
        if first != second or one == other:
            break
    return first, second


def chained(texts: Iterable[str], sign: str = "; ") -> Text:
    """Join texts; each is told in the reader's language."""
    values: dict[str, object] = {f"part{k}": text for k, text in enumerate(texts)}
    return Text(sign.join(f"{{{name}}}" for name in values), values)


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    """Return the values; what is neither a text nor a number as text."""
    return {
        name: value if isinstance(value, str | Number) else str(value)
        for name, value in values.items()
    }
