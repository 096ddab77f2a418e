"""The language of whoever reads what the command line says."""

from __future__ import annotations

import os
import sys

from aumaq.results.language import ENGLISH, LANGUAGES, Language

VARIABLE = "AUMAQ_LANG"
"""The variable that holds the code of a language."""


def reader() -> Language:
    """Return the language of ``--lang``, else of ``AUMAQ_LANG``, else English.

    What is no known code is told elsewhere, in English.
    """
    code = os.environ.get(VARIABLE, "")
    for word, after in zip(sys.argv, [*sys.argv[1:], ""], strict=True):
        if word == "--lang":
            code = after
        elif word.startswith("--lang="):
            code = word.removeprefix("--lang=")
    return Language(code) if code in LANGUAGES else ENGLISH
