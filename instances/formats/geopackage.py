"""An instance as a GeoPackage: every table a layer, settlements and nodes as points.

Geographic programs open, show and edit it. Latitude and longitude are those of the
points (:mod:`aumaq.instances.formats.layers`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from aumaq.instances.errors import ExportError, InstanceError, Problem
from aumaq.instances.formats.layers import NODES_OF, layer_of, read_layer
from aumaq.instances.formats.outline_text import joined, pieces
from aumaq.instances.formats.raw import Raw, build, needed
from aumaq.instances.instance import Instance
from aumaq.instances.tables import BY_NAME, OWN_COLUMN_PREFIX
from aumaq.instances.texts import pattern, say

OUTLINES = "outlines_geojson"
OF_PROGRAMS = ("layer_styles", "qgis_projects")
"""Tables that geographic programs keep beside the layers."""


def write_geopackage(
    tables: Mapping[str, pd.DataFrame], outlines: dict[str, Any] | None, path: Path
) -> None:
    """Write tables by name to a new file; those without rows are left out.

    Raises ExportError where a text holds the character NUL.
    """
    with quick():
        for name, frame in tables.items():
            if len(frame):
                layer = layer_of(name, tables)
                write_layer(path, name, layer, is_line=name in NODES_OF)
        if outlines is not None:
            write_layer(path, OUTLINES, pd.DataFrame({"piece": pieces(outlines)}))


@contextmanager
def quick() -> Iterator[None]:
    """Do not wait for the disk after each layer: what is written is a draft."""
    pyogrio = needed("pyogrio", "gis")
    option = "OGR_SQLITE_SYNCHRONOUS"
    before = pyogrio.get_gdal_config_option(option)
    pyogrio.set_gdal_config_options({option: "OFF"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({option: before})


def write_layer(
    path: Path, name: str, frame: pd.DataFrame, *, is_line: bool = False
) -> None:
    """Add a layer to a GeoPackage, new or not: points, lines, or a mere table."""
    pyogrio = needed("pyogrio", "gis")
    for column in frame.select_dtypes("str"):
        if frame[column].str.contains("\0", regex=False).any():
            raise ExportError(
                say(
                    "table {name}, column {column}: a GeoPackage holds no NUL"
                    " characters; nothing was written",
                    name=name,
                    column=column,
                )
            )
    more = {}
    if "geometry" in frame:
        more = {"geometry_type": "LineString" if is_line else "Point"}
    pyogrio.write_dataframe(
        frame, path, layer=name, driver="GPKG", append=path.exists(), **more
    )


def read_geopackage(path: Path) -> Instance:
    """Read a GeoPackage (InstanceError with every problem found)."""
    pyogrio = needed("pyogrio", "gis")
    raw = Raw(label=pattern("{file}, layer {table}", file=path.name))
    try:
        layers = [str(name) for name, _ in pyogrio.list_layers(path)]
    except pyogrio.errors.DataSourceError as error:
        problem = Problem(
            path.name, say("is not a readable GeoPackage: {error}", error=error)
        )
        raise InstanceError([problem]) from None
    for name in layers:
        if name in OF_PROGRAMS or name.startswith(OWN_COLUMN_PREFIX):
            continue
        if name == OUTLINES:
            rows = pyogrio.read_dataframe(path, layer=name)
            raw.outlines = joined(rows["piece"], raw.where(name), raw.problems)
        elif name in BY_NAME:
            read_layer(path, name, name, raw)
        else:
            raw.tables[name] = pd.DataFrame()  # told as an unknown table
    return build(raw)
