"""Layers of geographic files: tables whose places are points, or lines between nodes.

The point of a record is its ``lat`` and ``lon``, said once: moved in a geographic
program, the record moves. Lines between nodes are drawn for the eye only; the nodes
that a link names count.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.errors import Problem
from aumaq.instances.formats.raw import Raw, needed
from aumaq.instances.tables import BY_NAME
from aumaq.instances.texts import say

WGS_84 = "EPSG:4326"
SUFFIXES = (".geojson", ".gpkg", ".shp")
"""What may stand in place of the CSV file of a table with places."""
NODES_OF = {"road_links": "road_nodes", "road_upgrade_links": "road_nodes",
            "network_links": "network_nodes"}  # fmt: skip
"""Tables of links -> the table of their nodes."""
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
    shapely = needed("shapely", "gis")
    by = ["network"] if "network" in nodes and "network" in links else []
    index = pd.MultiIndex.from_frame(nodes[[*by, "node"]])
    place = nodes[["lon", "lat"]].to_numpy()
    ends = []
    for end in ("from_node", "to_node"):
        keys = pd.MultiIndex.from_frame(links[[*by, end]])
        ends.append(index.get_indexer(keys))
    start, stop = ends
    known = (start >= 0) & (stop >= 0)
    lines = np.full(len(links), None, dtype=object)
    pairs = np.stack([place[start[known]], place[stop[known]]], axis=1)
    lines[known] = shapely.linestrings(pairs)
    return lines


def read_layer(path: Path, layer: str, table: str, raw: Raw) -> None:
    """Read a layer as a table; its points, in any known system, as lat and lon."""
    pyogrio = needed("pyogrio", "gis")
    needed("geopandas", "gis")
    place = say("{file}, layer {table}", file=path.name, table=layer)
    raw.labels[table] = place
    try:
        with warnings.catch_warnings():
            # Of fields of types that no table has.
            warnings.simplefilter("ignore")
            frame = pyogrio.read_dataframe(path, layer=layer, fid_as_index=True)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raw.refuse(
            table, Problem(place, say("is not a readable layer: {error}", error=error))
        )
        return
    raw.rows[table] = frame.index.tolist()
    frame = frame.reset_index(drop=True)
    if "geometry" in frame:
        rest = pd.DataFrame(frame.drop(columns="geometry"))
        if has_place(table):
            points = _points(frame, place, raw, table)
            if points is None:
                return
            rest["lon"], rest["lat"] = points
        frame = rest
    raw.tables[table] = pd.DataFrame(_long_names(frame, table))


def _points(frame: Any, place: str, raw: Raw, table: str) -> Any:
    """Return longitudes and latitudes; None and problems if there are other shapes."""
    shapely = needed("shapely", "gis")
    if frame.crs is None:
        message = say("has no coordinate reference system; give it one")
        raw.refuse(table, Problem(place, message))
        return None
    # Without the transformation numbers stay as they are, to the last digit.
    if frame.crs.to_epsg() != 4326:
        frame = frame.to_crs(WGS_84)
    shapes = frame.geometry.to_numpy()
    kinds, is_blank = shapely.get_type_id(shapes), shapely.is_missing(shapes)
    is_blank |= shapely.is_empty(shapes)
    single = (kinds == 4) & (shapely.get_num_geometries(shapes) == 1)
    shapes = np.where(single, shapely.get_geometry(shapes, 0), shapes)
    bad = ~is_blank & (kinds != 0) & ~single
    for position in np.flatnonzero(bad).tolist():
        row, kind = raw.rows[table][position], shapes[position].geom_type
        message = say("expected a point")
        raw.refuse(table, Problem(place, message, row, "geometry", kind))
    if bad.any():
        return None
    return shapely.get_x(shapes), shapely.get_y(shapes)


def _long_names(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Return the frame with names of columns that a shapefile cut off made whole."""
    known = [column.name for column in BY_NAME[table].columns]
    found = {}
    for name in map(str, frame.columns):
        whole = [word for word in known if word[:SHORT_NAME] == name]
        if name not in known and len(whole) == 1:
            found[name] = whole[0]
    return frame.rename(columns=found)
