"""``aumaq new --with``: a short template, to be filled with a list of places.

What it does not hold the instance has made (``instance.fill_missing``): it is valid as
it stands, and with any other places in the table of settlements.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from aumaq.instances.formats.drafts import draft_of
from aumaq.instances.formats.norms import OF_SERVICES, ROAD_CLASSES, norms
from aumaq.instances.formats.skeleton import check_skeleton, write_texts
from aumaq.instances.formats.template_parts import SERVICES, shown_columns, tables_of
from aumaq.instances.formats.workbook.writer import write_workbook
from aumaq.instances.language.words import check_language
from aumaq.instances.schema.tables import BY_NAME
from aumaq.instances.straight_lines import straight_class

CLASSES: tuple[dict[str, object], ...] = (
    {"road_class": "main", "speed_kmh": 80.0, "title": "main road", "surface": "paved"},
    {"road_class": "local", "speed_kmh": 60.0, "title": "local road",
     "surface": "paved"},
    {"road_class": "earth", "speed_kmh": 40.0, "title": "earth road",
     "surface": "earth"},
)  # fmt: skip
FILLED = ("policies", "groups", "services", "levels", "settlements")
"""Tables with rows to begin with; a row of another would name places that go."""


def write_template(
    path: Path,
    parts: Sequence[str] = (SERVICES,),
    lang: str = "en",
    country: str = "",
    services: Sequence[str] = (),
) -> list[str]:
    """Write the tables of parts to a new workbook or folder; return their names.

    *country*: whose norms fill levels, prices and standards. Raises UnknownNameError
    for an unknown part, language, country or service, ExportError if *path* exists.
    """
    check_language(lang)
    check_skeleton(path)
    tables = template_tables(parts, country, services)
    shown = shown_columns(tables)
    with draft_of(path) as draft:
        if path.suffix.lower() == ".xlsx":
            write_workbook(tables, None, draft, lang, shown)
        else:
            write_texts(tables, shown, draft, lang)
    return list(tables)


def template_tables(
    parts: Sequence[str], country: str = "", services: Sequence[str] = ()
) -> dict[str, pd.DataFrame]:
    """Return the tables of a template by name, those without rows empty."""
    names = tables_of(parts)
    given: Mapping[str, pd.DataFrame] = norms(country, services) if country else {}
    names += [name for name in OF_SERVICES if name in given and name not in names]
    found = {}
    for name in (name for name in BY_NAME if name in names):
        rows = BY_NAME[name].example if name in FILLED else ()
        found[name] = given.get(name, pd.DataFrame(list(rows), dtype=object))
    (head,) = BY_NAME["instance"].example
    found["instance"] = pd.DataFrame(
        [{**head, "currency": "KZT", "fill_missing": True}], dtype=object
    )
    if ROAD_CLASSES in found:
        rows = given.get(ROAD_CLASSES, pd.DataFrame(list(CLASSES), dtype=object))
        straight = pd.DataFrame([straight_class()], dtype=object)
        found[ROAD_CLASSES] = pd.concat([rows, straight], ignore_index=True)
    return found
