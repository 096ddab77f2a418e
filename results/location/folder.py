"""An answer as a folder: CSV, GeoJSON, JSON, and a page that opens offline."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from aumaq.instances import ExportError
from aumaq.instances.formats.drafts import check_folder, draft_folder
from aumaq.instances.language.texts import say
from aumaq.results.language import Language
from aumaq.results.location.telling import html
from aumaq.results.strict_json import strict

if TYPE_CHECKING:
    from aumaq.results.location.answer import Location

RECORD_FILE = "location.json"
FILES = ("sites.csv", "places.csv", "location.geojson", RECORD_FILE, "location.html")


def check_answer_folder(path: Path, *, overwrite: bool = False) -> None:
    """Raise ExportError unless an answer may be written to the folder *path*."""
    own = say("an answer of locate")
    check_folder(path, RECORD_FILE, lambda item: item.name in FILES, own)
    if (path / RECORD_FILE).is_file() and not overwrite:
        raise ExportError(
            say("{path} holds an earlier answer; --overwrite replaces it", path=path)
        )


def write_answer(
    found: Location, path: Path, lang: str = "en", *, overwrite: bool = False
) -> Path:
    """Write all files; they appear together or not at all."""
    words = Language(lang)
    check_answer_folder(path, overwrite=overwrite)
    with draft_folder(path) as draft:
        for name, table in (("sites", found.sites), ("places", found.places)):
            table.to_csv(draft / f"{name}.csv", index=False, lineterminator="\n")
        for name, content in (
            ("location.geojson", _collection(found)),
            (RECORD_FILE, found.record()),
        ):
            text = json.dumps(strict(content), ensure_ascii=False, allow_nan=False)
            (draft / name).write_text(text, encoding="utf-8")
        (draft / "location.html").write_text(_page(found, words), encoding="utf-8")
    return path


def _collection(found: Location) -> dict[str, Any]:
    """Return sites and places with coordinates as points; WGS 84, longitude first."""
    features = [
        *_points(found.sites, "site"),
        *_points(found.places, "place"),
    ]
    return {"type": "FeatureCollection", "features": features}


def _points(rows: pd.DataFrame, kind: str) -> list[dict[str, Any]]:
    placed = rows.dropna(subset=["lat", "lon"])
    found = []
    for row in placed.to_dict("records"):
        lon, lat = (round(float(row.pop(name)), 6) for name in ("lon", "lat"))
        geometry = {"type": "Point", "coordinates": [lon, lat]}
        values = {str(key): _plain(value) for key, value in row.items()}
        found.append(
            {"type": "Feature", "geometry": geometry,
             "properties": {"kind": kind, **values}}
        )  # fmt: skip
    return found


def _plain(value: Any) -> Any:
    """Return a value of a cell for JSON: nothing where there is none."""
    return None if value is None or value != value else value


def _page(found: Location, words: Language) -> str:
    title = escape(found.texts(words)[0])
    return (
        f'<!doctype html>\n<html lang="{words.code}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>body{{font:16px/1.5 sans-serif;margin:1rem auto;"
        "max-width:60rem;padding:0 1rem;color:#222}td,th{padding:.2rem .8rem;"
        "text-align:right}</style></head><body><main>"
        f"{html(found, words).replace('<h3>', '<h1>').replace('</h3>', '</h1>')}"
        "</main></body></html>\n"
    )
