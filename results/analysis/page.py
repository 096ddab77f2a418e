"""An analysis as one page with a map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from aumaq.results.analysis.maps import Unit, outlines, unit_of
from aumaq.results.language import ENGLISH, Language
from aumaq.results.pages import page

if TYPE_CHECKING:
    from aumaq.results.analysis.analysis import Analysis

LEVELS = {"regions": "Regions", "districts": "Districts"}
SHOWN_ROWS = 500
"""Longer tables are cut on the page; the CSV files hold all rows."""
DIGITS = 7
"""Significant digits of the values on the page; the tables have all."""


def analysis_page(analysis: Analysis, lang: Language = ENGLISH) -> str:
    """Return the page as text."""
    instance = analysis.instance
    return page(
        "analysis.html",
        lang,
        page_data(analysis),
        scripts=("analysis.js",),
        styles=("report.css", "analysis.css"),
        title=instance.title or instance.name,
        scenario=instance.active_scenario.title or instance.scenario,
        facts=_facts(analysis),
        note=analysis.note,
        classes=analysis.tables["classes"].to_dict("records"),
        silhouettes=analysis.tables["silhouettes"].to_dict("records"),
        estimates=instance.synthetic_share,
        number=number,
        specialised=_specialised(analysis),
    )


def page_data(analysis: Analysis) -> dict[str, Any]:
    """Return what the page's script draws: levels, measures, values, outlines."""
    shapes = {unit: _rings(s) for unit, s in outlines(analysis.instance).items()}
    levels = [_level(analysis, name, shapes) for name in LEVELS]
    levels = [level for level in levels if level["names"]]
    land = [rings for (_, district), rings in shapes.items() if not district]
    classes = analysis.tables["classes"]
    return {
        "levels": levels,
        "land": [ring for rings in land for ring in rings],
        "classes": classes["description"].tolist(),
        "classesOf": LEVELS.get(analysis.classes_of, ""),
    }


def _level(
    analysis: Analysis, name: str, shapes: dict[Unit, list[Any]]
) -> dict[str, Any]:
    rows = analysis.tables[name]
    if name == "districts":
        rows = rows[rows["district"] != ""]
    shown = [
        {"title": m.title, "unit": m.unit, "values": _short(rows[m.column])}
        for m in analysis.measures
        if m.column in rows and rows[m.column].notna().any()
    ]
    if "class" in rows:
        of = rows["class"].where(rows["class"] > 0)
        classes = {"title": "Class", "unit": "class", "values": _short(of)}
        potential = {"title": "Socio-economic potential", "unit": "standard deviations",
                     "values": _short(rows["potential"])}  # fmt: skip
        shown = [classes, potential, *shown]
    return {
        "title": LEVELS[name],
        "measures": shown,
        "names": rows["name"].tolist(),
        "persons": _short(rows["persons"]),
        "lat": rows["lat"].round(4).tolist(),
        "lon": rows["lon"].round(4).tolist(),
        "rings": [shapes.get(unit_of(row), []) for row in rows.to_dict("records")],
    }


def _short(values: pd.Series[Any]) -> list[float]:
    return [float(f"{value:.{DIGITS}g}") for value in values.to_numpy(dtype=float)]


def _rings(shape: dict[str, Any]) -> list[list[list[float]]]:
    """Return the rings of a polygon or of several, [[lon, lat], ...] each."""
    parts = shape["coordinates"]
    polygons = [parts] if shape["type"] == "Polygon" else parts
    rings = [ring for polygon in polygons for ring in polygon]
    return [[[round(x, 3), round(y, 3)] for x, y, *_ in ring] for ring in rings]


def _specialised(analysis: Analysis) -> list[tuple[str, str, float, float]]:
    """Return unit, sector, jobs, quotient where a sector weighs more than elsewhere."""
    rows = analysis.tables["location_quotients"]
    found = []
    for name, level in (("regions", "region"), ("districts", "district")):
        units = analysis.tables[name]
        names = {unit_of(row): row["name"] for row in units.to_dict("records")}
        high = rows[(rows["level"] == level) & (rows["location_quotient"] > 1.0)]
        high = high.sort_values("location_quotient", ascending=False, kind="stable")
        found += [
            (names[unit_of(row)], row["sector"], row["jobs"], row["location_quotient"])
            for row in high.head(SHOWN_ROWS).to_dict("records")
        ]
    return found


def _facts(analysis: Analysis) -> list[tuple[str, str]]:
    """Return what is known of the whole territory, as text."""
    row = analysis.tables["territory"].iloc[0]
    facts = [
        ("Settlements", number(int(row["settlements"]))),
        ("People in them", number(round(float(row["persons"])))),
    ]
    for measure in analysis.measures:
        value = float(row.get(measure.column, np.nan))
        if measure.column != "persons" and np.isfinite(value):
            text = f"{value:.1%}" if measure.unit == "share" else (
                f"{number(value)} {measure.unit}"
            )  # fmt: skip
            facts.append((measure.title, text))
    return facts


def number(value: object) -> str:
    """Return a cell as text: thousands set apart, short numbers kept."""
    if isinstance(value, float):
        if value != value:
            return "–"
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)
