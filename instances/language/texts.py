"""Texts that remember how they were made, so that any language can tell them again.

A message is made once, where the mistake is found, and is English there. It keeps its
template and its values; whoever shows it may look the template up in a catalogue and
fill in the same values (see ``Language.tell``). Templates are literals, so that the
catalogues can be kept whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from numbers import Number

LARGEST = 1e15
"""From here on not all digits before the point are known; powers of ten are told."""

Find = Callable[[str, str, int], str]
"""Template for one, template for more ("": no plural), number -> the text to fill."""


class Text(str):
    """An English text, the template that it was made of, and the values in it.

    Values are texts or numbers. A value that is a Text itself is told in the reader's
    language as well. ``more`` is the template for another number than 1 of ``n``.
    """

    template: str
    values: Mapping[str, object]
    more: str

    def __new__(
        cls,
        template: str,
        values: Mapping[str, object] | None = None,
        more: str = "",
    ) -> Text:
        """Make the English text."""
        values = dict(values or {})
        chosen = more if more and values["n"] != 1 else template
        text = super().__new__(cls, chosen.format(**values) if values else chosen)
        text.template, text.values, text.more = template, values, more
        return text

    def __reduce__(self) -> tuple[type[Text], tuple[str, Mapping[str, object], str]]:
        """Survive the way to another process."""
        return Text, (self.template, self.values, self.more)

    def given(self, **values: object) -> Text:
        """Return the text with other values in some of its places."""
        return Text(self.template, {**self.values, **_plain(values)}, self.more)

    def told(self, find: Find) -> str:
        """Return the text with templates that *find* gives for those in English."""
        if not self.template:
            return ""
        number = self.values.get("n", 1)
        chosen = find(self.template, self.more, number if type(number) is int else 1)
        if not self.values:
            return chosen
        values = {
            name: value.told(find) if isinstance(value, Text) else value
            for name, value in self.values.items()
        }
        return chosen.format(**values)


@dataclass(frozen=True)
class Pattern:
    """A text of which some values are not known yet."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict)

    def filled(self, **values: object) -> Text:
        """Return the text with the values that were missing."""
        return say(self.template, **self.values, **values)


def say(template: str, /, **values: object) -> Text:
    """Make a text; ``{places}`` of the template hold the values, as in ``str.format``.

    Without values braces stand for themselves.
    """
    return Text(template, _plain(values))


def say_many(one: str, more: str, /, *, n: int, **values: object) -> Text:
    """Make a text whose form depends on the number *n*."""
    return Text(one, {"n": n, **_plain(values)}, more)


def pattern(template: str, /, **values: object) -> Pattern:
    """Make a text whose other places are filled later."""
    return Pattern(template, _plain(values))


def figure(value: float, digits: int = 6) -> str:
    """Return a number with so many digits, and with all that stand before the point."""
    whole = len(f"{abs(value):.0f}") if abs(value) < LARGEST else 0
    return f"{value:.{max(digits, whole)}g}"


def told_apart(one: float, other: float) -> tuple[str, str]:
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
