"""Messages in every language: whatever is told is told wholly."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aumaq.instances.language.texts import Text
from aumaq.results.language import ENGLISH, Language
from aumaq.solvers import ProgressEvent

PLACE = re.compile(r"\{(\w*)[^{}]*\}")
OTHERS = ("kk", "ru")


def parts(text: object) -> Iterator[Text]:
    """Yield a text and the texts in it."""
    if isinstance(text, Text):
        yield text
        for value in text.values.values():
            yield from parts(value)


def assert_told_wholly(text: Text) -> None:
    """Every template in a text is known in every language, and English is as it was."""
    assert ENGLISH.tell(text) == str(text)
    for code in OTHERS:
        lang = Language(code)
        for part in parts(text):
            if any(map(str.isalpha, PLACE.sub("", part.template))):
                assert lang.tell(part) != str(part), part.template


class Heard:
    """Keeps the phases that are told of the progress."""

    def __init__(self) -> None:
        """Begin with none."""
        self.phases: list[Text] = []

    def update(self, event: ProgressEvent) -> None:
        """Keep the phase of an event."""
        assert type(event.phase) is Text
        self.phases.append(event.phase)
