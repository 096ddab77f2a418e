"""Layers of geographic files: tables whose places are points, or lines between nodes.

The point of a record is its ``lat`` and ``lon``, said once: moved in a geographic
program, the record moves. Lines between nodes are drawn for the eye only; the nodes
that a link names count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Floats
from aumaq.instances.errors import Problem, UnreadableError
from aumaq.instances.formats.geographic.geojson import read_geojson
from aumaq.instances.formats.geographic.geopackage_reader import opened
from aumaq.instances.formats.geographic.places import (
    NO_SHAPE,
    Layer,
    longitudes_and_latitudes,
    outlines,
)
from aumaq.instances.formats.geographic.shapefile import read_shapefile
from aumaq.instances.formats.raw import Raw, needed
from aumaq.instances.land.meridian import pieces
from aumaq.instances.language.texts import say
from aumaq.instances.schema.tables import BY_NAME

WGS_84 = "EPSG:4326"
SUFFIXES = (".geojson", ".gpkg", ".shp")
"""What may stand in place of the CSV file of a table with places."""
NODES_OF = {"road_links": "road_nodes", "road_upgrade_links": "road_nodes",
            "network_links": "network_nodes"}  # fmt: skip
"""Tables of links -> the table of their nodes."""
READERS = {".geojson": read_geojson, ".shp": read_shapefile}
"""Readers of files that hold one layer."""
RECORD_NUMBERS = ("fid", "ogc_fid")
"""Columns in which programs keep the numbers of records: they say nothing."""
SHORT_NAME = 10
"""Characters that a shapefile keeps of a column's name."""


def has_place(table: str) -> bool:
    """Whether records of a table of the schema have latitude and longitude."""
    return {"lat", "lon"} <= {column.name for column in BY_NAME[table].columns}


def layer_of(name: str, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return a table as a layer: points, lines between its nodes, or without either.

    A table in which some record has only one of latitude and longitude keeps them as
    columns: no point can hold that.
    """
    geopandas = needed("geopandas", "gis")
    shapely = needed("shapely", "gis")
    frame = tables[name]
    if {"lat", "lon"} <= set(frame.columns):
        lat, lon = frame["lat"].to_numpy(), frame["lon"].to_numpy()
        is_blank = np.isnan(lat)
        if (is_blank != np.isnan(lon)).any():
            return frame
        points = shapely.points(lon, lat)
        points[is_blank] = None
        rest = frame.drop(columns=["lat", "lon"])
        return geopandas.GeoDataFrame(rest, geometry=points, crs=WGS_84)
    if name in NODES_OF:
        lines = lines_between(frame, tables[NODES_OF[name]])
        return geopandas.GeoDataFrame(frame, geometry=lines, crs=WGS_84)
    return frame


def lines_between(links: pd.DataFrame, nodes: pd.DataFrame) -> Any:
    """Return a line for each link from node to node (None where one is missing)."""
    by = ["network"] if "network" in nodes and "network" in links else []
    index = pd.MultiIndex.from_frame(nodes[[*by, "node"]])
    place = nodes[["lat", "lon"]].to_numpy(dtype=float)
    ends = []
    for end in ("from_node", "to_node"):
        keys = pd.MultiIndex.from_frame(links[[*by, end]])
        ends.append(index.get_indexer(keys))
    start, stop = ends
    known = (start >= 0) & (stop >= 0)
    lines = np.full(len(links), None, dtype=object)
    lines[known] = shapes_of_lines(place[start[known]], place[stop[known]])
    return lines


def shapes_of_lines(start: Floats, end: Floats) -> Any:
    """Return shapes between points (lat, lon); of two lines over the 180th meridian."""
    shapely = needed("shapely", "gis")
    line, first, last = pieces(start, end)
    lines = shapely.linestrings(np.stack([first, last], axis=1)[:, :, ::-1])
    if len(lines) == len(start):
        return lines
    return np.array(shapely.multilinestrings(lines, indices=line), dtype=object)


def read_layer(path: Path, layer: str, table: str, raw: Raw) -> None:
    """Read a layer as a table; its points, in any known system, in degrees."""
    place = say("{file}, layer {table}", file=path.name, table=layer)
    raw.labels[table] = place
    try:
        if path.suffix.lower() == ".gpkg":
            with opened(path) as package:
                take_layer(package.read(layer), place, table, raw)
        else:
            found = READERS[path.suffix.lower()](path)
            take_layer(found, place, table, raw)
    except UnreadableError as error:
        message = say("is not a readable layer: {error}", error=error.text)
        raw.refuse(table, Problem(place, message))


def take_layer(layer: Layer, place: str, table: str, raw: Raw) -> None:
    """Hand over the records of a layer; UnreadableError if points cannot be moved."""
    raw.rows[table] = layer.numbers
    known = [column.name for column in BY_NAME[table].columns]
    frame = layer.cells.drop(
        columns=[
            name
            for name in layer.cells.columns
            if name not in known and name.lower() in RECORD_NUMBERS
        ]
    )
    if layer.shapes is not None and "outline" in known:
        layer = _with_outlines(layer, frame)
    if layer.shapes is not None and has_place(table):
        points = longitudes_and_latitudes(layer, place, table, raw)
        if points is None:
            return
        frame["lon"], frame["lat"] = points
    raw.tables[table] = _long_names(frame, table)


def _with_outlines(layer: Layer, frame: pd.DataFrame) -> Layer:
    """Write polygons into the column ``outline``; return the layer without them.

    In a system that is not known they stay, and are told of as all shapes are.
    """
    found = outlines(layer)
    if found is None or not any(found):
        return layer
    given = frame["outline"] if "outline" in frame else [None] * len(found)
    frame["outline"] = [drawn or own for drawn, own in zip(found, given, strict=True)]
    shapes = [
        NO_SHAPE if drawn else shape
        for drawn, shape in zip(found, layer.shapes or [], strict=True)
    ]
    return replace(layer, shapes=shapes)


def _long_names(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Return the frame with names of columns that a shapefile cut off made whole."""
    known = [column.name for column in BY_NAME[table].columns]
    found = {}
    for name in map(str, frame.columns):
        whole = [word for word in known if word[:SHORT_NAME] == name]
        if name not in known and len(whole) == 1:
            found[name] = whole[0]
    return frame.rename(columns=found)
