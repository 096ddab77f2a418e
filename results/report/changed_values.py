"""What was changed in the data before planning: by the scenario, or by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aumaq.instances.language.texts import Text, chained, say
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
    table = lang.code_words(row["table"])
    where = f" ({row['where']})" if row["where"] else ""
    if row["action"] not in SIGNS:
        is_new = row["action"] == "add"
        done = say("a row is added") if is_new else say("rows are left out")
        return chained([Text(f"{table}{where}"), done], ": ")
    known = {c.name for c in BY_NAME[row["table"]].columns}
    column = row["column"]
    title = lang.cell(english_title(column)) if column in known else column
    return Text(f"{table}{where}: {title} {SIGNS[row['action']]} {row['value']}")
