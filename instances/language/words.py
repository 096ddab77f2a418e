"""The words of the schema in the reader's language: catalogues, and how to ask them.

English is the key. The catalogues here hold the titles of tables and columns, units and
the guide of the workbook; those of reports are in a later layer, on top of these.
``tools/extract_messages.py`` keeps both.
"""

from __future__ import annotations

from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from aumaq.instances.errors import UnknownNameError
from aumaq.instances.language.texts import say

LANGUAGES = {"en": "English", "kk": "Қазақша", "ru": "Русский"}
"""Code -> name in the language itself."""


def check_language(code: str) -> None:
    """Raise UnknownNameError if there is no catalogue for a code."""
    if code not in LANGUAGES:
        raise UnknownNameError(say("language"), code, LANGUAGES)


@lru_cache
def schema_words(code: str) -> NullTranslations:
    """Return the catalogue of the schema in a language (UnknownNameError if none)."""
    return catalogue("aumaq.instances.language.locale", "schema", code)


def catalogue(package: str, domain: str, code: str) -> NullTranslations:
    """Return ``CODE/LC_MESSAGES/DOMAIN.po`` of a package; English needs none."""
    check_language(code)
    if code == "en":
        return NullTranslations()
    # Imported where they are used: help in English needs none of it.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    path = files(package).joinpath(code, "LC_MESSAGES", f"{domain}.po")
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(path.read_bytes()), locale=code))
    compiled.seek(0)
    return GNUTranslations(compiled)


def worded(text: str, code: str, **values: object) -> str:
    """Return a text of the schema in a language, its {places} filled in."""
    found = schema_words(code).gettext(text) if text else ""
    return found.format(**values) if values else found
