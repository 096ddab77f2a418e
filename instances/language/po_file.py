"""Reading catalogues (``.po`` files, as GNU gettext's manual describes them).

A page in three languages needs thousands of messages at once, and a process that solves
a small instance takes a tenth of its time for them if a general parser reads them. What
is read here is what ``tools/extract_messages.py`` writes: UTF-8. A message in a context
is known by :func:`aumaq.instances.language.texts.in_context`.
"""

from __future__ import annotations

import re

from aumaq.instances.language.texts import in_context

KEY = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?)? ?"(.*)"')
ESCAPE = re.compile(r"\\(.)")
ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}


def messages_of(text: str) -> dict[str, tuple[str, ...]]:
    """Return message -> its forms; the head of the file is the message ``""``.

    Messages that are not translated, are marked as fuzzy, or are obsolete are left out.
    """
    found = {}
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        lines = block.split("\n")
        if any(line.startswith("#,") and "fuzzy" in line for line in lines):
            continue
        parts = _parts(lines)
        if not parts:
            continue
        forms = tuple(value for key, value in parts.items() if "msgstr" in key)
        if any(forms):
            found[in_context(parts["msgid"], parts.get("msgctxt", ""))] = forms
    return found


def plural_rule(head: str) -> str:
    """Return the rule of plural forms in the head of a catalogue, as C writes it."""
    rule = re.search(r"plural=([^;]+);", head)
    return rule.group(1) if rule else "n != 1"


def _parts(lines: list[str]) -> dict[str, str]:
    """Return msgid, msgstr ... -> text; a line without a name goes on with the last."""
    parts: dict[str, list[str]] = {}
    texts: list[str] = []
    for line in lines:
        if line.startswith("#") or (match := KEY.match(line)) is None:
            continue
        if match[1]:
            texts = parts[match[1]] = []
        texts.append(match[2])
    return {key: _plain("".join(texts)) for key, texts in parts.items()}


def _plain(text: str) -> str:
    if "\\" not in text:
        return text
    return ESCAPE.sub(lambda found: ESCAPED.get(found[1], found[1]), text)
