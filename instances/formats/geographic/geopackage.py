"""An instance as a GeoPackage: every table a layer, settlements and nodes as points.

Geographic programs open, show and edit it. Latitude and longitude are those of the
points (:mod:`aumaq.instances.formats.geographic.layers`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from aumaq.instances.errors import ExportError, InstanceError, Problem, UnreadableError
from aumaq.instances.formats.geographic.geopackage_reader import GeoPackage, opened
from aumaq.instances.formats.geographic.layers import NODES_OF, layer_of, take_layer
from aumaq.instances.formats.geographic.outline_text import joined, pieces
from aumaq.instances.formats.raw import Raw, build, check_any, needed
from aumaq.instances.instance import Instance
from aumaq.instances.language.texts import say
from aumaq.instances.schema.tables import BY_NAME, OWN_COLUMN_PREFIX

OUTLINES = "outlines_geojson"


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
        is_cut = is_line and (frame.geom_type == "MultiLineString").any()
        kind = "MultiLineString" if is_cut else "LineString" if is_line else "Point"
        more = {"geometry_type": kind, "promote_to_multi": bool(is_cut)}
    errors = pyogrio.errors
    try:
        pyogrio.write_dataframe(
            frame, path, layer=name, driver="GPKG", append=path.exists(), **more
        )
    except (errors.DataSourceError, errors.DataLayerError) as error:
        # The columns are ours: what fails is the place, a full disk as a rule.
        raise OSError(str(error)) from error


def read_geopackage(path: Path) -> Instance:
    """Read a GeoPackage (InstanceError with every problem found)."""
    raw = Raw(label=say("{file}, layer {table}").given(file=path.name))
    try:
        with opened(path) as package:
            for name in package.names():
                _read_table(package, name, raw)
    except UnreadableError as error:
        raise InstanceError([Problem(path.name, error.text)]) from None
    check_any(raw, path.name)
    return build(raw)


def _read_table(package: GeoPackage, name: str, raw: Raw) -> None:
    if name.startswith(OWN_COLUMN_PREFIX):
        return
    place = raw.where(name)
    try:
        if name == OUTLINES:
            parts = package.read(name).cells.get("piece", ())
            raw.outlines = joined(parts, place, raw.problems)
        elif name in BY_NAME:
            take_layer(package.read(name), place, name, raw)
        else:
            raw.tables[name] = pd.DataFrame()  # told as an unknown table
    except UnreadableError as error:
        message = say("is not a readable layer: {error}", error=error.text)
        raw.refuse(name, Problem(place, message))
