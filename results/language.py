"""Words and numbers in the reader's language: one gettext catalogue a language.

English is the key. A language is passed along, never a global state. Catalogues are
``locale/LANGUAGE/LC_MESSAGES/aumaq.po``, on top of those of the schema
(:mod:`aumaq.instances.language.words`); ``tools/extract_messages.py`` keeps them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from gettext import NullTranslations
from math import isfinite
from typing import TYPE_CHECKING, Any

from aumaq.instances.language.texts import TITLE, UNIT, Text, of_data, say
from aumaq.instances.language.words import (
    LANGUAGES,
    catalogue,
    check_language,
    schema_words,
)
from aumaq.results.bounds import SURE, decimals, rounded_down, rounded_up
from aumaq.results.shares import at_most, marked

# Heavy packages are imported where they are used: --help in English needs none.
if TYPE_CHECKING:
    import pandas as pd

    from aumaq.instances.errors import Told

__all__ = ["ENGLISH", "LANGUAGES", "Language", "scale_of"]

POINTS = say("pp")
"""What differences of shares are measured in: percentage points."""
SCALES = ((1e6, say("trn")), (1e3, say("bn")), (1.0, say("mln")), (1e-6, say("")))
"""Mln -> what people call so much money; from each size on."""
MOST_WRITTEN_OUT = 1e21
"""From here on a number is told by a power of ten: nobody counts its digits."""
HYPHEN = re.compile(r"([<> ]*)-")
"""The sign of a number as computers write it, in front; not that of an exponent."""
GAP_DIGITS = 2
"""Digits of a gap, wherever it is told: two figures of one gap would read as doubt."""
MONEY_DIGITS = 3
"""Digits of money in sentences; tables have more."""


@lru_cache
def _catalogue(code: str) -> NullTranslations:
    found = catalogue("aumaq.results.locale", "aumaq", code)
    found.add_fallback(schema_words(code))
    return found


def signed(number: str) -> str:
    """Return a number with a minus, no hyphen; none before what rounds to nothing.

    It stays as wide if it stands in a column. The script of the pages does the same
    (``signed`` in ``page.js``).
    """
    sign = HYPHEN.match(number)
    if sign is None:
        return number
    if re.search("[1-9]", number):
        return f"{sign[1]}−{number[sign.end() :]}"
    found = sign[1] + number[sign.end() :]
    return found.rjust(len(number)) if number.startswith(" ") else found


@lru_cache
def _number_format(code: str, digits: int) -> tuple[Any, Any]:
    """Return pattern and locale of numbers: a page has thousands of them."""
    from babel import Locale
    from babel.numbers import parse_pattern

    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return parse_pattern(pattern), Locale.parse(code)


def _decimals_of(form: str, value: float) -> int:
    """Return how many decimals a format leaves of a number."""
    digits = int(form[:-1].partition(".")[2] or 0)
    if form.endswith("g"):
        return decimals(value, digits)
    return digits + 2 if form.endswith("%") else digits


def scale_of(amount_mln: float) -> tuple[float, Text]:
    """Return in what an amount of money is told: how many mln it is, and its word."""
    return next(((s, w) for s, w in SCALES if abs(amount_mln) >= s), SCALES[-1])


@dataclass(frozen=True)
class Language:
    """A language by its code (UnknownNameError if there is no catalogue)."""

    code: str = "en"

    def __post_init__(self) -> None:
        """Refuse a code without a catalogue."""
        check_language(self.code)

    @cached_property
    def _words(self) -> NullTranslations:
        return _catalogue(self.code)

    def tell(self, told: str | Told, **values: object) -> str:
        """Return a text, an error or a problem in this language, *values* filled in.

        A text that does not know how it was made is translated if the catalogue knows
        it, else it stays as it is.
        """
        from aumaq.instances.language.texts import Text

        text = told if isinstance(told, str) else told.text
        if not isinstance(text, Text):
            return self.word(text)
        if values:
            text = text.given(**values)
        return text.told(self._found, self.number, self.separated)

    def separated(self, number: str) -> str:
        """Return a number that is written in English with the language's separators."""
        return number if self.code == "en" else number.translate(self._separators)

    def _found(self, one: str, more: str, number: int) -> str:
        """Return the template to fill in for that in English."""
        if more:
            return self._words.ngettext(one, more, number)
        return self._words.gettext(one)

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number with the separators of the language."""
        if not isfinite(value):
            return "–"
        if abs(value) >= MOST_WRITTEN_OUT:
            return signed(f"{value:.3g}")
        from babel.numbers import format_decimal

        pattern, place = _number_format(self.code, digits)
        return signed(str(format_decimal(value, format=pattern, locale=place)))

    def count(self, value: float) -> str:
        """Return a count of people: whole, below 10 with a digit if it is not."""
        return self.number(value, 1 if 0 < value < 10 and value % 1 else 0)

    def share(self, value: float, digits: int = 1) -> str:
        """Return a share as percent; 0 and 100 are told of nothing and all alone."""
        mark, value = marked(value, digits)
        sign = "%" if self.code == "en" else "\u00a0%"
        return mark + self.number(100.0 * value, digits) + sign

    def points(self, value: float, digits: int = 1) -> str:
        """Return a difference of shares in percentage points."""
        mark, value = marked(value, digits)
        return f"{mark}{self.number(100.0 * value, digits)}\u00a0{self.tell(POINTS)}"

    def at_most(self, value: float, digits: int = GAP_DIGITS) -> str:
        """Return a share that bounds another from above: it is rounded up."""
        return self.share(at_most(value, digits), digits)

    def money(
        self, amount_mln: float, currency: str = "", digits: int = MONEY_DIGITS
    ) -> str:
        """Return an amount of money, in mln, as people say it: 57.4 trn KZT.

        Three digits as a rule; from a thousand mln on it is told in bn or trn, below
        one in whole units. The script of the pages does the same (``money`` in
        ``page.js``).
        """
        if not isfinite(amount_mln):
            return "–"
        amount = float(f"{amount_mln:.{digits}g}")
        scale, word = scale_of(amount)
        shown, most = amount / scale, digits - 1
        places = next(
            d for d in range(digits) if d == most or abs(shown - round(shown, d)) < 1e-6
        )
        number = self.number(shown, places if word else 0)
        parts = [number, self.tell(word), currency]
        return "\u00a0".join(filter(None, parts))

    def figure(self, value: float, form: str = ",.0f") -> str:
        """Return a number by a format of Python, with the language's separators.

        Per cent are those of :meth:`share`.
        """
        mark = ""
        if form.endswith("%"):
            mark, value = marked(value, int(form[:-1].partition(".")[2] or 0))
        found = format(value, form)
        if "e+" in found and abs(value) < MOST_WRITTEN_OUT:
            found = format(float(found.replace(",", "")), ",.0f")
        found = signed((mark + found.lstrip()).rjust(len(found)) if mark else found)
        return self.separated(found)

    def at_least_money(
        self, amount_mln: float, currency: str = "", digits: int = MONEY_DIGITS
    ) -> str:
        """Return an amount that bounds another from below: it is rounded down."""
        down = rounded_down(amount_mln, decimals(amount_mln, digits))
        return self.money(down, currency, digits)

    def lower(self, value: float, form: str = ",.0f") -> str:
        """Return a number that bounds another from below, by a format of Python."""
        return self.figure(rounded_down(value, _decimals_of(form, value)), form)

    def upper(self, value: float, form: str = ",.0f") -> str:
        """Return a number that bounds another from above, by a format of Python.

        Of a share a solver's dust is none.
        """
        digits = _decimals_of(form, value)
        is_share = form.endswith("%")
        up = at_most(value, digits - 2) if is_share else rounded_up(value, digits)
        return self.figure(up, form)

    def bound(
        self, bound: float, value: float, form: str = ",.0f", *, is_above: bool = False
    ) -> str:
        """Return a bound beside the value that it bounds, rounded to its side.

        Where they are the same, so are their figures: another would read as doubt.
        """
        if abs(bound - value) <= SURE * max(1.0, abs(value)):
            return self.figure(value, form)
        return (self.upper if is_above else self.lower)(bound, form)

    @cached_property
    def _separators(self) -> dict[int, str]:
        from babel.numbers import get_decimal_symbol, get_group_symbol

        group, point = get_group_symbol(self.code), get_decimal_symbol(self.code)
        return str.maketrans({",": group, ".": point, "%": "\u00a0%"})

    def names(self, rows: pd.DataFrame, key: str) -> list[str]:
        """Return names in this language where known, else ``name``, else the code."""
        columns = [rows[name].tolist() for name in (f"name_{self.code}", "name")
                   if name in rows]  # fmt: skip
        return [
            next((name for name in names if isinstance(name, str) and name), str(code))
            for *names, code in zip(*columns, rows[key].tolist(), strict=True)
        ]

    def site_names(
        self, places: pd.DataFrame, homes: Iterable[str], names: Iterable[str]
    ) -> list[str]:
        """Return names of sites: of a settlement's own site, the settlement's name.

        *places* are the settlements, *homes* their codes, a site each; a site that is
        called otherwise than its settlement keeps its *name*.
        """
        codes = places["settlement"]
        local = dict(zip(codes, self.names(places, "settlement"), strict=True))
        given = dict(zip(codes, places["name"], strict=True))
        return [
            local[home] if home in local and name in (given[home], "") else name
            for home, name in zip(homes, names, strict=True)
        ]

    def word(self, word: str) -> str:
        """Return a word of the program, translated if the catalogue knows it.

        What a user may have written is none: see :meth:`title` and :meth:`unit`.
        """
        return self._words.gettext(word) if word else ""

    def title(self, title: str, code: str = "") -> str:
        """Return a title of the data, its *code* where it has none.

        Titles of shipped data are translated; all others, and codes, stay as they are.
        """
        return of_data(title, TITLE, self._found) if title else code

    def titles(self, titles: Iterable[Any]) -> list[str]:
        """Return titles of the data; where there is none, nothing."""
        return [self.title(str(title)) for title in titles]

    def unit(self, unit: str) -> str:
        """Return what a service or an indicator counts in: "unit" where it is not said.

        Units of formulas and of shipped data are translated, others stay.
        """
        return of_data(unit, UNIT, self._found) if unit else self.tell(say("unit"))

    def units(self, units: Iterable[Any]) -> list[str]:
        """Return units of the data; where there is none, nothing."""
        return [self.unit(str(unit)) if unit else "" for unit in units]

    def code_words(self, code: str) -> str:
        """Return the name of a table in words, translated if the catalogue knows it."""
        found = self.word(code)
        return self.word(code.replace("_", " ")) if found == code else found


ENGLISH = Language()
