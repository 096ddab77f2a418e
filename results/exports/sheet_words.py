"""What workbooks call tables and words that the program itself makes up.

Codes of the data (services, sites, regions) stay as they are, as the sheets of the
input have them; words of the program are told in the reader's language.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from aumaq.instances.land.forbidden import KINDS as LAND
from aumaq.instances.language.texts import Text, say
from aumaq.instances.schema.dtypes import TEXT
from aumaq.instances.schema.networks import LOAD_UNITS
from aumaq.instances.schema.titles import title_of
from aumaq.results.actions import EVERY
from aumaq.results.indicators.gains import BY
from aumaq.results.language import Language
from aumaq.results.plan.deployment_steps import FACILITY, GROWTH, LINK, LOCAL, ROAD
from aumaq.results.plan.sectors import SECTOR_TITLES
from aumaq.results.plan.terms import ITEMS, SPENDING
from aumaq.results.plan.titles import ANCHOR_KINDS, PAID_FOR, gain_groups

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
NETWORKS = {network: Text(network) for network in LOAD_UNITS}
KINDS: Mapping[str, Mapping[str, Text]] = {
    "anchors": ANCHOR_KINDS,
    "deployment": {
        FACILITY: say("facility"), ROAD: say("road upgrade"), LINK: say("line or main"),
        LOCAL: say("local supply"), GROWTH: say("growth point"),
    },
    "forbidden_land": LAND,
    "forbidden_works": LAND,
}  # fmt: skip
"""Table -> its words for kinds."""
WORDS: Mapping[str, Mapping[str, Text]] = {
    "direction": {"higher": say("more is better"), "lower": say("less is better")},
    "action": EVERY,
    "item": ITEMS, "term": ITEMS,
    "sector": SECTOR_TITLES, "by": BY, "spending": SPENDING,
    "network": NETWORKS, "service": NETWORKS | PAID_FOR,
}  # fmt: skip
"""Column -> its words by code; services of the data have none."""


def sheet_title(name: str, lang: Language) -> str:
    """Return what readers call a table, or a column of one."""
    return lang.tell(TITLES[name]) if name in TITLES else title_of(name, lang.code)


def with_words(
    name: str, table: pd.DataFrame, lang: Language, services: Collection[str] = ()
) -> pd.DataFrame:
    """Return a table with the words of the program in a language.

    *services* are those of the data: they stay as they are, whatever they are called.
    """
    words = {column: WORDS[column] for column in WORDS if column in table}
    costs = {c: word for c, word in WORDS["service"].items() if c not in services}
    if "service" in words:
        words["service"] = costs
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
