"""The words of the schema in the reader's language: catalogues, and how to ask them.

English is the key. The catalogues here hold the titles of tables and columns, units and
the guide of the workbook; those of reports are in a later layer, on top of these.
``tools/extract_messages.py`` keeps both.
"""

from __future__ import annotations

from functools import lru_cache
from gettext import NullTranslations, c2py
from importlib.resources import files

from aumaq.instances.errors import UnknownNameError
from aumaq.instances.language.po_file import messages_of, plural_rule
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


class Catalogue(NullTranslations):
    """Messages of a ``.po`` file, looked up as gettext does, without a ``.mo``.

    Compiling takes longer than all else that a small page needs of its texts.
    """

    def __init__(self, text: str) -> None:
        """Take what is translated in the text of the file."""
        super().__init__()
        self._forms = messages_of(text)
        self._form_of = c2py(plural_rule("".join(self._forms.pop("", ()))))

    def gettext(self, message: str) -> str:
        """Return a message in the language; a fallback's word, or itself, if none."""
        found = self._forms.get(message)
        return found[0] if found else super().gettext(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the form of a message for a number of things."""
        found = self._forms.get(msgid1, ())
        form = self._form_of(n) if len(found) > 1 else len(found)
        if form < len(found) and found[form]:
            return found[form]
        return super().ngettext(msgid1, msgid2, n)


def catalogue(package: str, domain: str, code: str) -> NullTranslations:
    """Return ``CODE/LC_MESSAGES/DOMAIN.po`` of a package; English needs none."""
    check_language(code)
    if code == "en":
        return NullTranslations()
    path = files(package).joinpath(code, "LC_MESSAGES", f"{domain}.po")
    return Catalogue(path.read_text(encoding="utf-8"))


def worded(text: str, code: str, **values: object) -> str:
    """Return a text of the schema in a language, its {places} filled in."""
    found = schema_words(code).gettext(text) if text else ""
    return found.format(**values) if values else found
