"""Catalogues are read as babel reads them."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from aumaq.instances.language.po_file import messages_of, plural_rule
from aumaq.instances.language.texts import in_context

ROOT = Path(__file__).parents[2]
CATALOGUES = sorted(ROOT.glob("*/**/LC_MESSAGES/*.po"))
CATALOGUES = [path for path in CATALOGUES if ".venv" not in path.parts]
ODD = r"""
msgid ""
msgstr "Plural-Forms: nplurals=2; plural=n > 1;\n"

#, fuzzy
msgid "guessed"
msgstr "nope"

#. A comment
#, python-brace-format
msgid "one \"{n}\"\tof\n"
"two \\ lines"
msgid_plural "more"
msgstr[0] "un \"{n}\"\n"
msgstr[1] "plusieurs \\"
msgid "untranslated"
msgstr ""

msgctxt "title"
msgid "one thing"
msgstr "une chose"

#~ msgid "gone"
#~ msgstr "parti"
""".replace('msgid "untranslated"', '\nmsgid "untranslated"')


NAMES = [*(path.parts[-3] + path.stem for path in CATALOGUES), "odd"]


@pytest.mark.parametrize("content", [*CATALOGUES, ODD], ids=NAMES)
def test_messages_are_those_of_babel(content: Path | str) -> None:
    """The same messages with the same forms, and the same rule of plurals."""
    text = content if isinstance(content, str) else content.read_text(encoding="utf-8")
    known = read_po(BytesIO(text.encode()))
    wanted = {
        in_context(m.id if isinstance(m.id, str) else m.id[0], m.context or ""): (
            (m.string,) if isinstance(m.string, str) else tuple(m.string)
        )
        for m in known
        if m.id and m.string and not m.fuzzy and any(m.string)
    }
    found = messages_of(text)
    head = "".join(found.pop("", ()))
    assert found == wanted
    assert len(CATALOGUES) == 4
    assert plural_rule(head).strip(" ()") == known.plural_expr.strip(" ()")


KAZAKH = [path for path in CATALOGUES if path.parts[-3] == "kk"]
ENDING = re.compile(r"\}-(?:[дтн][ае]н?|[нд]ың|[нд]ің|[гғқк][ае])\b")


@pytest.mark.parametrize("file", KAZAKH, ids=lambda path: path.stem)
def test_no_kazakh_ending_follows_a_place(file: Path) -> None:
    """Which ending a number or a name takes depends on how it sounds."""
    assert ENDING.search("{n}-ден көп")
    told = messages_of(file.read_text(encoding="utf-8"))
    assert len(told) > 100
    assert not {key: t for key, t in told.items() if any(map(ENDING.search, t))}
