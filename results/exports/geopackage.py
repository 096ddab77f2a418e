"""A plan as a GeoPackage: its tables as layers, the map below them, styles for QGIS."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from aumaq.instances import ExportError, Problem
from aumaq.instances.errors import UnreadableError
from aumaq.instances.formats.drafts import draft_file
from aumaq.instances.formats.geographic.geopackage import quick, write_layer
from aumaq.instances.formats.geographic.geopackage_reader import check_magic
from aumaq.instances.formats.geographic.layers import (
    WGS_84,
    layer_of,
    lines_between,
    shapes_of_lines,
)
from aumaq.instances.formats.raw import needed
from aumaq.instances.language.texts import say
from aumaq.instances.schema.plan import PLAN_TABLES
from aumaq.results.exports.json_file import (
    PlanFiles,
    instance_document,
    instance_of,
)
from aumaq.results.exports.plan_styles import drawn_first, plan_styles
from aumaq.results.exports.plan_tables import checked_tables
from aumaq.results.exports.qgis_style import write_styles
from aumaq.results.exports.record import (
    UNREADABLE,
    parsed,
    record_problems,
    unreadable,
    why,
)
from aumaq.results.plan.figures import unserved_share
from aumaq.results.strict_json import strict

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

RECORD, INSTANCE = "record", "instance"
MAP = {"settlements": "settlements", "roads": "road_links",
       "network_links": "network_links"}  # fmt: skip
"""Layers of the territory below those of the plan -> table of the instance."""
LINES = (
    "allocation",
    "flows",
    "network_steps",
    "connections",
    "roads",
    "network_links",
)
Geometry = Any
"""An array of shapes, None where a record has no place."""


def write_geopackage(plan: Plan, path: Path) -> None:
    """Write the GeoPackage; an earlier file is replaced. WGS 84.

    Tables of the plan keep their names and columns; records stand at their site,
    settlement or node, allocation, flows and connections are lines.
    """
    geopandas = needed("geopandas", "gis")
    kinds: set[str] = set()
    with draft_file(path) as draft, quick():
        _write_map(plan, draft, kinds)
        for name, table in plan.tables.items():
            shapes = _shapes(plan, name, table) if len(table) else None
            if shapes is None:
                write_layer(draft, name, table)
                continue
            kinds.add(name)
            frame = geopandas.GeoDataFrame(table, geometry=shapes, crs=WGS_84)
            if name == "road_upgrades":
                _write_shapes(draft, name, frame, "MultiLineString")
            else:
                write_layer(draft, name, frame, is_line=name in LINES)
        carried = instance_document(plan.instance)
        for name, content in ((RECORD, strict(dict(plan.record))), (INSTANCE, carried)):
            text = json.dumps(content, ensure_ascii=False)
            write_layer(draft, name, pd.DataFrame({"json": [text]}))
        styles = plan_styles(plan)
        shown = {k: rules for k, rules in styles.items() if k in kinds}
        write_styles(draft, shown, drawn_first(plan))


def read_geopackage(path: Path) -> PlanFiles:
    """Read a plan (ExportError if it is none)."""
    try:
        check_magic(path)  # a library would follow what other formats name
    except UnreadableError as error:
        raise ExportError(
            say("{path}: is no readable GeoPackage: {error}", path=path,
                error=error.text)
        ) from None  # fmt: skip
    pyogrio = needed("pyogrio", "gis")
    try:
        names = {str(name) for name, _ in pyogrio.list_layers(path)}
    except pyogrio.errors.DataSourceError as error:
        raise ExportError(
            say("{path}: is no readable GeoPackage: {error}", path=path, error=error)
        ) from None
    if RECORD not in names:
        raise ExportError(
            say(
                "{path}: is no plan of aumaq: layer {layer} is missing",
                path=path,
                layer=RECORD,
            )
        )

    def rows(name: str) -> pd.DataFrame:
        return pyogrio.read_dataframe(path, layer=name, read_geometry=False)

    def place(name: str) -> str:
        return say("{file}, table {table}", file=path.name, table=name)

    def content(name: str) -> tuple[Any, list[Problem]]:
        cells = rows(name).get("json", [])
        text = str(cells[0]) if len(cells) else ""
        return parsed(text, place(name))

    try:
        record, problems = content(RECORD)
        problems = problems or record_problems(record, place(RECORD))
        raw = {name: rows(name) for name in PLAN_TABLES if name in names}
        carried, more = content(INSTANCE) if INSTANCE in names else (None, [])
    except UNREADABLE as error:
        raise unreadable(path, [Problem(path.name, why(error))]) from None
    tables, found = checked_tables(raw, place, first_row=1)
    if problems or found or more:
        raise unreadable(path, [*problems, *found, *more])
    reader = None if carried is None else partial(instance_of, carried, str(path))
    return PlanFiles(record, tables, reader)


def _write_map(plan: Plan, path: Path, kinds: set[str]) -> None:
    """Write outlines, settlements with what they lack, roads and networks."""
    tables = dict(plan.instance.tables)
    lost = unserved_share(plan).to_numpy(dtype=float)
    tables["settlements"] = tables["settlements"].assign(unserved_share=lost)
    for layer, name in MAP.items():
        if len(tables[name]):
            write_layer(path, layer, layer_of(name, tables), is_line=layer in LINES)
            kinds.add(layer)
    features = [
        feature
        for feature in (plan.instance.outlines or {}).get("features", [])
        if (feature.get("geometry") or {}).get("type") in ("Polygon", "MultiPolygon")
    ]
    if features:
        geopandas = needed("geopandas", "gis")
        frame = geopandas.GeoDataFrame.from_features(features, crs=WGS_84)
        _write_shapes(path, "outlines", frame, "MultiPolygon")
        kinds.add("outlines")


def _write_shapes(path: Path, name: str, frame: Any, geometry_type: str) -> None:
    needed("pyogrio", "gis").write_dataframe(
        frame, path, layer=name, driver="GPKG", append=path.exists(),
        geometry_type=geometry_type, promote_to_multi=True,
    )  # fmt: skip


def _shapes(plan: Plan, name: str, table: pd.DataFrame) -> Geometry | None:
    """Return where the records of a table are; None if they are nowhere."""
    tables, columns = plan.instance.tables, set(table.columns)
    if name == "road_upgrades":
        return _upgrades(plan, table)
    if {"network", "from_node", "to_node"} <= columns:
        return lines_between(table, tables["network_nodes"])
    if {"settlement", "site", "share"} <= columns:
        return _lines(_settlements(plan, table["settlement"]), _sites(plan, table))
    if "from_settlement" in columns:
        ends = (table["from_settlement"], table["to_settlement"])
        return _lines(*(_settlements(plan, end) for end in ends))
    if {"service", "site"} <= columns:
        return _points(_sites(plan, table))
    if {"network", "node"} <= columns:
        nodes = tables["network_nodes"]
        index = pd.MultiIndex.from_frame(nodes[["network", "node"]])
        row = index.get_indexer(pd.MultiIndex.from_frame(table[["network", "node"]]))
        return _points(_at(nodes, row))
    if "settlement" in columns:
        return _points(_settlements(plan, table["settlement"]))
    return None


def _at(places: pd.DataFrame, row: Any) -> Any:
    """Return (lon, lat) of rows, NaN for -1, (n, 2)."""
    found = places[["lon", "lat"]].to_numpy(dtype=float)[row]
    return np.where((row >= 0)[:, None], found, np.nan)


def _settlements(plan: Plan, names: pd.Series[str]) -> Any:
    places = plan.instance.tables["settlements"]
    return _at(places, pd.Index(places["settlement"]).get_indexer(names))


def _sites(plan: Plan, table: pd.DataFrame) -> Any:
    found = np.full((len(table), 2), np.nan)
    for service in table["service"].unique():
        here = (table["service"] == service).to_numpy()
        sites = plan.instance.service_sites(service)
        row = pd.Index(sites["site"]).get_indexer(table["site"][here])
        found[here] = _at(sites, row)
    return found


def _points(places: Any) -> Geometry:
    shapes = needed("shapely", "gis").points(places)
    shapes[np.isnan(places).any(axis=1)] = None
    return shapes


def _lines(start: Any, stop: Any) -> Geometry:
    """Return lines; None where both ends are one place."""
    pairs = np.stack([start, stop], axis=1)
    known = ~np.isnan(pairs).any(axis=(1, 2)) & (start != stop).any(axis=1)
    lines = np.full(len(pairs), None, dtype=object)
    lines[known] = shapes_of_lines(*pairs[known][:, :, ::-1].swapaxes(0, 1))
    return lines


def _upgrades(plan: Plan, table: pd.DataFrame) -> Geometry:
    """Return the links of each upgrade as one shape."""
    shapely = needed("shapely", "gis")
    links = plan.instance.tables["road_upgrade_links"]
    lines = lines_between(links, plan.instance.tables["road_nodes"])
    by_upgrade = pd.Series(lines, dtype=object).groupby(links["upgrade"]).agg(list)
    shapes = np.full(len(table), None, dtype=object)
    for k, upgrade in enumerate(table["upgrade"]):
        lines = [x for x in by_upgrade[upgrade] if x]
        shapes[k] = shapely.multilinestrings(shapely.get_parts(lines))
    return shapes
