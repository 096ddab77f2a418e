"""Coordinate reference systems that files name, and the way to degrees of WGS 84.

A description may name files of grids, anywhere: such ones are refused. Nothing is
fetched from a network.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from aumaq.instances.errors import UnreadableError
from aumaq.instances.formats.files import parsing
from aumaq.instances.formats.raw import needed
from aumaq.instances.language.texts import say

ReferenceSystem = Any
"""What pyproj knows as a CRS; or :data:`DEGREES`."""
DEGREES = "EPSG:4326"
"""WGS 84, longitudes and latitudes in degrees: nothing is to be done."""
DIGITS = 7
"""Decimals of degrees that are left of what is moved."""
_BEFORE = r"(?:urn:ogc:def:crs:|https?://www\.opengis\.net/def/crs/)?"
_CODE = re.compile(_BEFORE + r"(EPSG|ESRI)[:/](?:[\d.]*[:/])?(\d+)", re.IGNORECASE)
_DEGREES = re.compile(_BEFORE + r"OGC[:/](?:1\.3[:/])?(?:CRS)?84", re.IGNORECASE)
_NAMES_FILES = ("grids", "parameterfile", "proj4", "boundcrs", "coordinateoperation")


def coded(code: int, register: str = "EPSG") -> ReferenceSystem:
    """Return a system by its number in the register of EPSG, or that of ESRI."""
    if (register, code) == ("EPSG", 4326):
        return DEGREES
    pyproj = needed("pyproj", "gis")
    with parsing(say("names a coordinate reference system that is not known")):
        return pyproj.CRS.from_authority(register, code)


def named(name: str) -> ReferenceSystem | None:
    """Return a system by its name in old GeoJSON: ``urn:ogc:def:crs:EPSG::32642``.

    None if it is no such name.
    """
    if _DEGREES.fullmatch(name):
        return DEGREES
    found = _CODE.fullmatch(name)
    return coded(int(found[2]), found[1].upper()) if found else None


def described(text: str) -> ReferenceSystem | None:
    """Return a system from Well-Known Text (None if there is no text)."""
    if not text.strip() or text.strip().lower() in ("undefined", "unknown"):
        return None
    pyproj = needed("pyproj", "gis")
    refusal = say("describes a coordinate reference system that is not understood")
    with parsing(refusal):
        if any(word in text.lower() for word in _NAMES_FILES):
            raise UnreadableError(
                say("describes a coordinate reference system that names other files")
            )
        crs = pyproj.CRS.from_wkt(text)
        code = crs.to_epsg()
    return DEGREES if code == 4326 else crs


def to_wgs84(x: Any, y: Any, crs: ReferenceSystem) -> tuple[Any, Any]:
    """Return longitudes and latitudes; those in degrees stay to the last bit.

    Others are moved to the centimetre: no digits beyond it mean anything.
    """
    if crs == DEGREES:
        return x, y
    pyproj = needed("pyproj", "gis")
    pyproj.network.set_network_enabled(active=False)
    way = pyproj.Transformer.from_crs(crs, DEGREES, always_xy=True)
    lon, lat = (np.round(found, DIGITS) for found in way.transform(x, y))
    return lon, lat
