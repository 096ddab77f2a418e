"""Titles for codes, in the reader's language: services, networks, levels, money."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from aumaq.instances.language.texts import Text, say
from aumaq.instances.schema.growth import GROWTH_POINTS
from aumaq.instances.schema.roads import ROADS
from aumaq.instances.schema.running import STAFF
from aumaq.results.language import Language
from aumaq.results.plan.terms import ITEMS

if TYPE_CHECKING:
    from aumaq.instances import Instance


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
    found = {
        ROADS: lang.tell(say("Roads")),
        STAFF: lang.tell(say("Staff")),
        GROWTH_POINTS: lang.tell(say("Growth points")),
    }
    for table, key in (("services", "service"), ("networks", "network")):
        found |= titles_by_code(instance.tables[table], key, lang)
    return found


def titles_by_code(rows: pd.DataFrame, key: str, lang: Language) -> dict[str, str]:
    """Return code -> title in the language; the code where there is no title.

    Of rows with one code (a limit of several periods, say) the first title counts.
    """
    found: dict[str, str] = {}
    for code, title in zip(rows[key], rows["title"], strict=True):
        found[code] = found.get(code) or title
    return {code: lang.cell(title or code) for code, title in found.items()}


def level_title(title: str, level: int) -> Text:
    """Return the title of a level, its number where it has none."""
    return Text(title) or say("level {n}", n=level)


def item_title(item: str, lang: Language) -> str:
    """Return the title of an item of money."""
    return lang.cell(ITEMS[item])
