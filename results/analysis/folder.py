"""An analysis as a folder: CSV tables, one JSON document, maps, one HTML page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from aumaq.instances.formats.drafts import check_folder, draft_folder
from aumaq.instances.language.texts import say
from aumaq.results.analysis.maps import features
from aumaq.results.analysis.page import analysis_page
from aumaq.results.language import Language

if TYPE_CHECKING:
    from aumaq.results.analysis.analysis import Analysis

RECORD_FILE, PAGE_FILE = "analysis.json", "analysis.html"
MAPS = ("regions", "districts", "settlements")
TABLES = (
    "territory", "regions", "districts", "settlements", "provision",
    "location_quotients", "classes", "class_indicators", "silhouettes",
)  # fmt: skip


def check_target(path: Path) -> None:
    """Raise ExportError unless an analysis may be written to the folder *path*.

    An earlier analysis is replaced; a file, or a folder that holds more, is not.
    """
    names = {
        RECORD_FILE,
        PAGE_FILE,
        *(f"{name}.csv" for name in TABLES),
        *(f"{name}.geojson" for name in MAPS),
    }
    check_folder(
        path,
        RECORD_FILE,
        lambda item: item.name in names and item.is_file(),
        say("an analysis"),
    )


def write_folder(analysis: Analysis, path: Path, lang: Language) -> None:
    """Write all files, the page in a language; an earlier analysis is replaced."""
    check_target(path)
    with draft_folder(path) as draft:
        for name, table in analysis.tables.items():
            table.to_csv(draft / f"{name}.csv", index=False, lineterminator="\n")
        texts = {
            RECORD_FILE: _json(analysis.record()),
            PAGE_FILE: analysis_page(analysis, lang),
            **{f"{name}.geojson": _json(features(analysis, name)) for name in MAPS},
        }
        for name, text in texts.items():
            (draft / name).write_text(text, encoding="utf-8")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
