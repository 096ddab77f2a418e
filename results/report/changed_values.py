"""What was changed in the data before planning: by the scenario, or by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aumaq.instances.language.texts import Text, chained, say
from aumaq.instances.scenarios.changes import ACTIONS, CHANGE
from aumaq.instances.schema.tables import BY_NAME
from aumaq.instances.schema.titles import english_title
from aumaq.results.language import Language

if TYPE_CHECKING:
    from aumaq.instances import Instance

MOST_TOLD = 20
"""Changes that are told one by one; how many more there are is said."""
SIGNS = {"set": "=", "times": "×", "plus": "+"}


def changed_values(instance: Instance, lang: Language) -> list[Text]:
    """Say which values of the data were changed, in the order in which they were."""
    rows = instance.base["overrides"]
    told = [
        _told(row, lang)
        for name in instance.active_scenario.overrides
        for row in rows[rows["override"] == name].to_dict("records")
    ]
    if (left := len(told) - MOST_TOLD) > 0:
        told[MOST_TOLD:] = [say("and {n} more", "and {n} more", n=left)]
    return told


def _told(row: dict[str, str], lang: Language) -> Text:
    rows = _rows(row["table"], row["where"], lang)
    if row["action"] not in SIGNS:
        is_new = row["action"] == "add"
        done = say("a row is added") if is_new else say("rows are left out")
        return chained([Text(rows), done], ": ")
    title = _title(row["table"], row["column"], lang)
    return Text(f"{rows}: {title} {SIGNS[row['action']]} {row['value']}")


def varied(change: str, lang: Language) -> str:
    """Return what a change without its value (``levels.capex_mln*``) varies."""
    found = CHANGE.fullmatch(f"{change}0")
    if found is None or found["table"] not in BY_NAME:
        return change
    rows = _rows(found["table"], found["where"] or "", lang)
    title = _title(found["table"], found["column"], lang)
    return f"{rows}: {title} {SIGNS[ACTIONS[found['sign']]]}"


def _rows(table: str, where: str, lang: Language) -> str:
    """Return what readers call a table, and which rows of it are meant."""
    return lang.code_words(table) + (f" ({where})" if where else "")


def _title(table: str, column: str, lang: Language) -> str:
    """Return what readers call a column; one of the user's own keeps its name."""
    known = {c.name for c in BY_NAME[table].columns}
    return lang.word(english_title(column)) if column in known else column
