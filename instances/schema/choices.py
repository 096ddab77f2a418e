"""Words of drop-down lists in the reader's language, and the way back.

A cell that takes one of a few words may hold a word of any language in a workbook;
everywhere else, and to whatever reads it, it is the word of the schema.
"""

from __future__ import annotations

from functools import lru_cache

from aumaq.instances.language.texts import say
from aumaq.instances.language.words import LANGUAGES, worded
from aumaq.instances.schema.column import Column
from aumaq.instances.schema.titles import folded

FLAG_WORDS = {True: say("yes"), False: say("no")}


def has_words(column: Column) -> bool:
    """Whether cells of a column take one of a few words."""
    return bool(column.choices) or column.kind == "flag"


@lru_cache(maxsize=512)
def choice_words(choices: tuple[str, ...], code: str) -> tuple[str, ...]:
    """Return the words of a list in a language, in order.

    It has its own where one is not translated or two are alike; a word with a comma
    could not stand in the list of a rule.
    """
    if code == "en":
        return choices
    words = tuple(worded(choice.replace("_", " "), code) for choice in choices)
    is_clear = len({folded(word) for word in words}) == len(words)
    is_whole = not any(map(str.isascii, words))
    return words if is_clear and is_whole and "," not in "".join(words) else choices


def flag_words(code: str) -> tuple[str, str]:
    """Return what stands for true and false: Excel's own words in English."""
    if code == "en":
        return "TRUE", "FALSE"
    return worded(FLAG_WORDS[True], code), worded(FLAG_WORDS[False], code)


def shown_choice(column: Column, cell: object, code: str) -> object:
    """Return a cell as a reader of the language knows it."""
    if code != "en" and column.kind == "flag" and isinstance(cell, bool):
        return flag_words(code)[0 if cell else 1]
    if code == "en" or not column.choices or cell not in column.choices:
        return cell
    return choice_words(column.choices, code)[column.choices.index(str(cell))]


def meant_choice(column: Column, cell: str) -> str:
    """Return the word of the schema that a cell means; the cell if it is none."""
    if cell in column.choices:
        return cell
    return _meanings(column.choices, column.kind == "flag").get(folded(cell), cell)


@lru_cache(maxsize=512)
def _meanings(choices: tuple[str, ...], is_flag: bool) -> dict[str, str]:
    found: dict[str, str] = {}
    for code in LANGUAGES:
        if code == "en":
            continue
        for word, choice in zip(choice_words(choices, code), choices, strict=True):
            found.setdefault(folded(word), choice)
        if is_flag:
            for word, choice in zip(flag_words(code), ("TRUE", "FALSE"), strict=True):
                found.setdefault(folded(word), choice)
    return found
