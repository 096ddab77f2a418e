"""What workbooks call tables and words that the program itself makes up.

Codes of the data (services, sites, regions) stay as they are, as the sheets of the
input have them; words of the program are told in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from aumaq.instances.language.texts import Text, say
from aumaq.instances.schema.dtypes import TEXT
from aumaq.instances.schema.titles import title_of
from aumaq.results.actions import DONE
from aumaq.results.indicators.gains import BY
from aumaq.results.language import Language
from aumaq.results.plan.deployment_steps import FACILITY, LINK, ROAD
from aumaq.results.plan.sectors import SECTOR_TITLES
from aumaq.results.plan.terms import ITEMS
from aumaq.results.plan.titles import ANCHOR_KINDS, gain_groups

TITLES = {
    "gains": say("Who gains, who loses"),
    "deployment": say("Order of deployment"),
    "people_who_come": say("People who come"),
    "by": say("grouped by"),
    "gain": say("shorter way"),
    "lose": say("longer way"),
    "minutes_before": say("minutes today"),
    "minutes_after": say("minutes then"),
    "within_before": say("within the norm today"),
    "within_after": say("within the norm then"),
    "gain_persons": say("gain, people × services"),
    "total_mln": say("cost so far"),
    "total_gain_persons": say("gain so far, people × services"),
    "after": say("after steps"),
}
"""Tables and columns beside those of a plan."""
KINDS: Mapping[str, Mapping[str, Text]] = {
    "anchors": ANCHOR_KINDS,
    "deployment": {
        FACILITY: say("facility"), ROAD: say("road upgrade"), LINK: say("line or main"),
    },
}  # fmt: skip
"""Table -> its words for kinds."""
WORDS: Mapping[str, Mapping[str, Text]] = {
    "direction": {"higher": say("more is better"), "lower": say("less is better")},
    "action": DONE, "item": ITEMS, "term": ITEMS, "sector": SECTOR_TITLES, "by": BY,
}  # fmt: skip
"""Column -> its words by code."""


def sheet_title(name: str, lang: Language) -> str:
    """Return what readers call a table, or a column of one."""
    return lang.tell(TITLES[name]) if name in TITLES else title_of(name, lang.code)


def with_words(name: str, table: pd.DataFrame, lang: Language) -> pd.DataFrame:
    """Return a table with the words of the program in a language."""
    words = {column: WORDS[column] for column in WORDS if column in table}
    if name in KINDS:
        words["kind"] = KINDS[name]
    told = {
        column: [_told(cell, known, lang) for cell in table[column]]
        for column, known in words.items()
    }
    if name == "gains":
        told["group"] = gain_groups(table, {}, lang)
    return table.assign(
        **{c: pd.Series(cells, table.index, dtype=TEXT) for c, cells in told.items()}
    )


def with_told(table: pd.DataFrame, lang: Language) -> pd.DataFrame:
    """Return a table with titles and units of the data in a language where known."""
    tells = {"title": lang.titles, "unit": lang.units}
    told = {c: tell(table[c]) for c, tell in tells.items() if c in table}
    return table.assign(
        **{c: pd.Series(cells, table.index, dtype=TEXT) for c, cells in told.items()}
    )


def _told(cell: str, words: Mapping[str, Text], lang: Language) -> str:
    return lang.tell(words[cell]) if cell in words else cell
