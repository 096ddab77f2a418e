"""An analysis as one page with a map."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from aumaq.instances.language.texts import Text, say
from aumaq.results.analysis.classes import described
from aumaq.results.analysis.maps import Unit, outlines, unit_of
from aumaq.results.analysis.measures import Measure
from aumaq.results.language import Language
from aumaq.results.pages.grid import Column, grid
from aumaq.results.pages.page import MAP_SCRIPTS, page
from aumaq.results.pages.territory import region_names

if TYPE_CHECKING:
    from aumaq.results.analysis.analysis import Analysis

LEVELS = {"regions": say("Regions"), "districts": say("Districts")}
DIGITS = 7
"""Significant digits of the values on the page; the tables have all."""
SHOWN_ROWS = 500
"""So many sectors of a level are on the page; the CSV files hold all rows."""


def analysis_page(analysis: Analysis, lang: Language) -> str:
    """Return the page as text."""
    instance = analysis.instance
    data = page_data(analysis, lang)
    # The title of a combined scenario is that of its parts, joined.
    parts = (instance.active_scenario.title or instance.scenario).split(", ")
    estimates = [
        f"{lang.word(name).replace('_', ' ')} {lang.share(share, 0)}"
        for name, share in instance.synthetic_share.items()
    ]
    return page(
        "analysis.html",
        lang,
        data,
        scripts=(*MAP_SCRIPTS, "analysis.js"),
        title=lang.title(instance.title, instance.name),
        scenario=", ".join(lang.titles(parts)),
        facts=_facts(analysis, lang),
        note=analysis.note,
        silhouettes=analysis.tables["silhouettes"].to_dict("records"),
        estimates=", ".join(estimates),
        has_sectors=bool(data["tables"]["sectors"]["rows"]),
    )


def page_data(analysis: Analysis, lang: Language) -> dict[str, Any]:
    """Return what the page's script shows: levels, measures, values, outlines."""
    shapes = {unit: _rings(s) for unit, s in outlines(analysis.instance).items()}
    levels = {name: _level(analysis, name, shapes, lang) for name in LEVELS}
    levels = {name: level for name, level in levels.items() if level["names"]}
    start = analysis.classes_of
    land = [polygons for (_, district), polygons in shapes.items() if not district]
    return {
        "levels": list(levels.values()),
        "start": list(levels).index(start) if start in levels else 0,
        "land": [rings for polygons in land for rings in polygons],
        "descriptions": _descriptions(analysis, lang),
        "tables": {
            "classes": _classes(analysis, lang),
            "sectors": _sectors(analysis, lang),
        },
    }


def _level(
    analysis: Analysis,
    name: str,
    shapes: dict[Unit, list[Any]],
    lang: Language,
) -> dict[str, Any]:
    rows = analysis.tables[name]
    if name == "districts":
        rows = rows[rows["district"] != ""]
    shown = [
        _measured(measure, rows[measure.column], lang)
        for measure in analysis.measures
        if measure.column in rows and rows[measure.column].notna().any()
    ]
    if "class" in rows:
        of = rows["class"].where(rows["class"] > 0)
        classes = Measure("class", say("Class"), say("class"))
        potential = Measure(
            "potential", say("Socio-economic potential"), say("standard deviations")
        )
        shown = [
            _measured(classes, of, lang),
            _measured(potential, rows["potential"], lang),
            *shown,
        ]
    return {
        "title": lang.tell(LEVELS[name]),
        "measures": shown,
        "names": _names(analysis, rows, lang),
        "persons": _short(rows["persons"]),
        "lat": rows["lat"].round(4).tolist(),
        "lon": rows["lon"].round(4).tolist(),
        "rings": [shapes.get(unit_of(row), []) for row in rows.to_dict("records")],
    }


def _measured(
    measure: Measure, values: pd.Series[Any], lang: Language
) -> dict[str, Any]:
    kind = str(measure.unit) if measure.unit in ("share", "class") else "number"
    return {
        "title": lang.tell(measure.title),
        "unit": lang.tell(measure.unit),
        "kind": kind,
        "values": _short(values),
    }


def _names(analysis: Analysis, rows: pd.DataFrame, lang: Language) -> list[str]:
    """Return the names of units: a district with its region."""
    regions = region_names(analysis.instance, lang)
    found = [regions[region] for region in rows["region"]]
    if "district" not in rows:
        return found
    nowhere = lang.tell(say("no district"))
    return [
        f"{district or nowhere}, {region}"
        for district, region in zip(rows["district"], found, strict=True)
    ]


def _short(values: pd.Series[Any]) -> list[float]:
    return [float(f"{value:.{DIGITS}g}") for value in values.to_numpy(dtype=float)]


def _rings(shape: dict[str, Any]) -> list[list[list[list[float]]]]:
    """Return the polygons of a shape, each its rings, [[lon, lat], ...] each."""
    parts = shape["coordinates"]
    polygons = [parts] if shape["type"] == "Polygon" else parts
    return [
        [[[round(x, 3), round(y, 3)] for x, y, *_ in ring] for ring in polygon]
        for polygon in polygons
    ]


def _descriptions(analysis: Analysis, lang: Language) -> list[str]:
    return [
        lang.tell(say("class {n}: {description}", n=k, description=text))
        for k, text in enumerate(
            (described(traits, lang) for traits in analysis.class_traits), start=1
        )
    ]


def _classes(analysis: Analysis, lang: Language) -> dict[str, Any]:
    """Return the table of classes, their members by name."""
    rows, members = analysis.tables["classes"], list[str]()
    if len(rows):
        units = analysis.tables[analysis.classes_of]
        names = pd.Series(_names(analysis, units, lang), index=units.index)
        members = ["; ".join(names[units["class"] == k]) for k in rows["class"]]
    traits = [described(traits, lang) for traits in analysis.class_traits]
    columns = [
        Column(say("Class"), rows["class"].tolist(), "number"),
        Column(say("Units of territory"), rows["units"].tolist(), "number"),
        Column(say("Potential"), rows["potential"].tolist(), "number", 2),
        Column(say("What sets it apart"), traits),
        Column(say("Members"), members),
    ]
    return grid("classes", say("Classes by socio-economic potential"), columns, lang)


def _sectors(analysis: Analysis, lang: Language) -> dict[str, Any]:
    """Return the table of sectors that weigh more in a unit than elsewhere."""
    rows = analysis.tables["location_quotients"]
    found: list[tuple[Any, ...]] = []
    for level, table in (("region", "regions"), ("district", "districts")):
        units = analysis.tables[table]
        names = dict(
            zip(
                map(unit_of, units.to_dict("records")),
                _names(analysis, units, lang),
                strict=True,
            )
        )
        high = rows[(rows["level"] == level) & (rows["location_quotient"] > 1.0)]
        high = high.sort_values("location_quotient", ascending=False, kind="stable")
        found += [
            (names[unit_of(row)], row["sector"], row["jobs"], row["location_quotient"])
            for row in high.head(SHOWN_ROWS).to_dict("records")
        ]
    unit, sector, jobs, quotient = zip(*found, strict=True) if found else [()] * 4
    columns = [
        Column(say("unit of territory"), unit),
        Column(say("Sector"), sector),
        Column(say("Jobs"), jobs, "number"),
        Column(say("Location quotient"), quotient, "number", 3),
    ]
    title = say("Sectors that weigh more than elsewhere")
    return grid("sectors", title, columns, lang)


def _facts(analysis: Analysis, lang: Language) -> Iterable[tuple[str, str]]:
    """Yield what is known of the whole territory: title, value as text."""
    row = analysis.tables["territory"].iloc[0]
    yield lang.tell(say("Settlements")), lang.number(row["settlements"])
    yield lang.tell(say("People in them")), lang.number(row["persons"])
    for measure in analysis.measures:
        value = float(row.get(measure.column, np.nan))
        if measure.column != "persons" and np.isfinite(value):
            yield lang.tell(measure.title), _told(value, measure.unit, lang)


def _told(value: float, unit: Text, lang: Language) -> str:
    if unit == "share":
        return lang.share(value)
    digits = 0 if abs(value) >= 100 or value.is_integer() else 2
    return f"{lang.number(value, digits)} {lang.tell(unit)}"
