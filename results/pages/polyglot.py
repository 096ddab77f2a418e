"""Several languages at once, for a page in which its reader chooses one.

A text is kept once with what each language says, and stands in the data of the page as
a *reference*: its number between two marks of Unicode's private use, base 36. The
script of the page puts the words of one language in their places (``page.js``).
References may stand inside other texts, so that all code that tells texts one after the
other works with this as with one language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aumaq.instances.language.texts import Text
from aumaq.results.language import LANGUAGES, MONEY_DIGITS, Language

if TYPE_CHECKING:
    import pandas as pd

    from aumaq.instances.errors import Told

OPENS, CLOSES = "\ue000", "\ue001"
"""Around the number of a text."""
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_REFERENCE = re.compile(f"{OPENS}([0-9a-z]+){CLOSES}")


@dataclass(frozen=True)
class Polyglot(Language):
    """All languages at once; ``code`` is the one in which the page opens."""

    languages: tuple[Language, ...] = tuple(map(Language, LANGUAGES))
    texts: list[tuple[str, ...]] = field(default_factory=list, compare=False)
    _known: dict[tuple[str, ...], str] = field(default_factory=dict, compare=False)
    _done: dict[tuple[object, ...], str] = field(default_factory=dict, compare=False)

    def pools(self) -> dict[str, list[str]]:
        """Return what each language says, by its code, in the order of the numbers."""
        return {
            lang.code: [texts[k] for texts in self.texts]
            for k, lang in enumerate(self.languages)
        }

    def read(self, text: str, code: str = "") -> str:
        """Return a text with the words of a language (the page's own) put in."""
        codes = [lang.code for lang in self.languages]
        own = codes.index(code or self.code)

        def found(match: re.Match[str]) -> str:
            return _REFERENCE.sub(found, self.texts[int(match[1], 36)][own])

        return _REFERENCE.sub(found, text)

    def tell(self, told: str | Told, **values: object) -> str:
        """Return a reference to the text in every language."""
        text = told if isinstance(told, str) else told.text
        if not isinstance(text, Text):
            return self.word(text)
        if values:
            text = text.given(**values)
        return self._of(lambda lang: lang.tell(text))

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number with the separators of every language."""
        return self._once(
            ("number", float(value), digits), lambda lang: lang.number(value, digits)
        )

    def share(self, value: float, digits: int = 1) -> str:
        """Return a share as per cent in every language."""
        return self._once(
            ("share", float(value), digits), lambda lang: lang.share(value, digits)
        )

    def points(self, value: float, digits: int = 1) -> str:
        """Return a difference of shares in points in every language."""
        return self._of(lambda lang: lang.points(value, digits))

    def money(
        self, amount_mln: float, currency: str = "", digits: int = MONEY_DIGITS
    ) -> str:
        """Return an amount of money as people say it in every language."""
        return self._of(lambda lang: lang.money(amount_mln, currency, digits))

    def at_least_money(
        self, amount_mln: float, currency: str = "", digits: int = MONEY_DIGITS
    ) -> str:
        """Return an amount rounded down as people say it in every language."""
        return self._of(lambda lang: lang.at_least_money(amount_mln, currency, digits))

    def figure(self, value: float, form: str = ",.0f") -> str:
        """Return a number by a format of Python in every language."""
        return self._of(lambda lang: lang.figure(value, form))

    def names(self, rows: pd.DataFrame, key: str) -> list[str]:
        """Return names in every language where known, else ``name``, else the code."""
        columns = [lang.names(rows, key) for lang in self.languages]
        return [self._kept(names) for names in zip(*columns, strict=True)]

    def word(self, word: str) -> str:
        """Return a word of the program in every language."""
        return self._once(("word", word), lambda lang: lang.word(word))

    def title(self, title: str, code: str = "") -> str:
        """Return a title of the data, its *code* if it has none, in every language."""
        return self._once(("title", title, code), lambda lang: lang.title(title, code))

    def unit(self, unit: str) -> str:
        """Return a unit of the data in every language."""
        return self._once(("unit", unit), lambda lang: lang.unit(unit))

    def code_words(self, code: str) -> str:
        """Return the name of a table in words, in every language."""
        return self._of(lambda lang: lang.code_words(code))

    def _once(self, key: tuple[object, ...], tell: Callable[[Language], str]) -> str:
        """Return what is told, asked for once only: a page repeats its numbers."""
        if key not in self._done:
            self._done[key] = self._of(tell)
        return self._done[key]

    def _of(self, tell: Callable[[Language], str]) -> str:
        return self._kept([tell(lang) for lang in self.languages])

    def _kept(self, texts: Sequence[str]) -> str:
        """Return a reference to texts; the text itself where all say the same."""
        found = tuple(texts)
        if all(text == found[0] for text in found):
            return found[0]
        if found not in self._known:
            number = _digits(len(self.texts))
            self._known[found] = f"{OPENS}{number}{CLOSES}"
            self.texts.append(found)
        return self._known[found]


def _digits(number: int) -> str:
    """Return a number as the script of the page reads it, base 36."""
    found = DIGITS[number % 36]
    while number := number // 36:
        found = DIGITS[number % 36] + found
    return found
