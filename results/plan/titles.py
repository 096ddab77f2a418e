"""Titles for codes, in the reader's language: services, networks, levels, money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from aumaq.instances.language.texts import Text, Title, say
from aumaq.instances.schema.growth import GROWTH_POINTS
from aumaq.instances.schema.roads import ROADS
from aumaq.instances.schema.running import STAFF
from aumaq.results.indicators.gains import WORDED
from aumaq.results.indicators.gains import WORDS as GROUPS
from aumaq.results.language import Language
from aumaq.results.plan.terms import ITEMS

if TYPE_CHECKING:
    from aumaq.instances import Instance

PAID_FOR = {
    ROADS: say("Roads"),
    STAFF: say("Staff"),
    GROWTH_POINTS: say("Growth points"),
}
"""What costs money beside services and networks: its code -> its title."""


ANCHOR_KINDS = {
    "industry": say("industry"),
    "agriculture": say("agriculture"),
    "tourism": say("tourism"),
    "port": say("port"),
    "zone": say("economic zone"),
}
"""Kind of anchor -> what readers call it."""


def titles_of(instance: Instance, lang: Language) -> dict[str, str]:
    """Return the title of everything that costs: services, networks, roads."""
    found = {code: lang.tell(title) for code, title in PAID_FOR.items()}
    found |= titles_by_code(instance.tables["services"], "service", lang)
    return found | network_titles(instance, lang)


def network_titles(instance: Instance, lang: Language) -> dict[str, str]:
    """Return network -> title; without one, the word of the program for its code."""
    rows = instance.tables["networks"]
    return {
        code: lang.title(title) or lang.word(code)
        for code, title in zip(rows["network"], rows["title"], strict=True)
    }


def titles_by_code(rows: pd.DataFrame, key: str, lang: Language) -> dict[str, str]:
    """Return code -> title in the language; the code where there is no title.

    Of rows with one code (a limit of several periods, say) the first title counts.
    """
    found: dict[str, str] = {}
    for code, title in zip(rows[key], rows["title"], strict=True):
        found[code] = found.get(code) or title
    return {code: lang.title(title, code) for code, title in found.items()}


def kind_names(lang: Language) -> dict[tuple[str, str], str]:
    """Return scope and code -> the name of a kind of settlements, as of a group."""
    return {("kind", kind): lang.tell(word) for kind, word in GROUPS.items()}


def gain_groups(
    rows: pd.DataFrame, regions: Mapping[str, str], lang: Language
) -> list[str]:
    """Return what readers call the groups of people in a table of gains.

    Classes of size and tags of the data are called by their codes.
    """
    return [
        regions.get(group, group)
        if by == "region"
        else lang.tell(GROUPS[group])
        if by in WORDED and group in GROUPS
        else group
        for by, group in zip(rows["by"], rows["group"], strict=True)
    ]


def level_title(title: str, level: int) -> Text:
    """Return the title of a level, its number where it has none."""
    return Title(title) or say("level {n}", n=level)


def item_title(item: str, lang: Language) -> str:
    """Return the title of an item of money."""
    return lang.tell(ITEMS[item])
