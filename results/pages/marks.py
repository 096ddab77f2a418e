"""Marks of maps: what is done at a site, in the order in which the first one counts."""

from __future__ import annotations

from dataclasses import dataclass

from aumaq.instances.language.texts import Text, say
from aumaq.results.actions import DONE
from aumaq.results.language import Language


@dataclass(frozen=True)
class Mark:
    """A mark: what it says, its colour, its shape as a path (SVG) and in matplotlib."""

    title: Text
    colour: str
    path: str
    marker: str = ""


CROSS = "M-6-4L-4-6L0-2L4-6L6-4L2 0L6 4L4 6L0 2L-4 6L-6 4L-2 0Z"
PLUS = "M-2-6H2V-2H6V2H2V6H-2V2H-6V-2H-2Z"
ACTIONS = {
    "open": Mark(DONE["open"], "#0072b2", "M0-6L6 5L-6 5Z", "^"),
    "enlarge": Mark(DONE["enlarge"], "#009e73", PLUS, "P"),
    "reduce": Mark(DONE["reduce"], "#e69f00", "M0 6L6-5L-6-5Z", "v"),
    "close": Mark(say("closed, at least in part"), "#d55e00", CROSS, "X"),
    "renew": Mark(DONE["renew"], "#cc79a7", "M-5-5H5V5H-5Z", "s"),
    "keep": Mark(DONE["keep"], "#6b7782", "M0-4A4 4 0 1 1-.01-4Z", "o"),
}
"""Shape and colour both tell the action (colours of Okabe and Ito)."""
STAR = "M0-7L2-2H7L3 1.5L4.5 7L0 3.5L-4.5 7L-3 1.5L-7-2H-2Z"
ANCHOR = {"anchor": Mark(say("plant, farm, resort, port or zone"), "#000000", STAR)}
"""What stands by itself and brings jobs, people and load: no part of any service."""
MAIN_ACTIONS = tuple(ACTIONS)
"""A site with several actions in a period is drawn with the first of these."""


def marks_of(marks: dict[str, Mark], lang: Language) -> dict[str, dict[str, str]]:
    """Return marks as the script of a page draws them."""
    return {
        name: {"title": lang.tell(m.title), "fill": m.colour, "shape": m.path}
        for name, m in marks.items()
    }
