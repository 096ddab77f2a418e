"""GeoDataFrames as clients and sites: points, metrics, reference systems."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from scipy.spatial.distance import cdist

from aumaq.classic.distances import Dense, Distances, plane, sphere
from aumaq.instances.arrays import Floats
from aumaq.instances.errors import ArgumentError, OptionError
from aumaq.instances.language.texts import say

ON_EARTH = "great_circle"
"""The metric of latitudes and longitudes, in metres."""
MOST_PAIRS = 400_000_000
"""Of metrics that need a matrix; of more it would take over 3 GB."""


def distances_of(
    clients: Any, sites: Any, client_column: str, site_column: str, metric: str
) -> Distances:
    """Return distances between the places of two GeoDataFrames.

    Both columns need the same reference system. *metric* is one that SciPy's ``cdist``
    knows, of a projected system, or ``great_circle``. Shapes count by their centroid.
    """
    columns = (clients, client_column), (sites, site_column)
    places = [column_of(frame, name) for frame, name in columns]
    systems = [_system_of(frame, name) for frame, name in columns]
    if systems[0] != systems[1]:
        raise OptionError(say("clients and sites are in two reference systems"))
    _check_system(systems[0], metric)
    found = [
        _points(values, name) for values, (_, name) in zip(places, columns, strict=True)
    ]
    if metric == "euclidean":
        return plane(found[0], found[1])
    if metric == ON_EARTH:
        return sphere(found[0][:, ::-1], found[1][:, ::-1])  # latitude first
    if len(found[0]) * len(found[1]) > MOST_PAIRS:
        told = say("{n:,} pairs are too many for distance_metric {metric!r}, at most"
                   " {most:,}", n=len(found[0]) * len(found[1]), metric=metric,
                   most=MOST_PAIRS)  # fmt: skip
        raise OptionError(told, ["distance_metric"])
    try:
        return Dense(np.asarray(cdist(*found, metric), float))
    except (TypeError, ValueError):
        told = say(
            "distance_metric must be 'euclidean', 'great_circle' or another that"
            " scipy.spatial.distance.cdist knows, not {metric!r}", metric=metric,
        )  # fmt: skip
        raise OptionError(told, ["distance_metric"]) from None


def _system_of(frame: Any, column: str) -> Any:
    """Return the reference system of a column; of plain objects it is the frame's."""
    places = frame[column]
    return places.crs if hasattr(places, "crs") else getattr(frame, "crs", None)


def _check_system(crs: Any, metric: str) -> None:
    """Refuse degrees as lengths in a plane, and lengths as degrees."""
    is_geographic = crs is not None and crs.is_geographic
    if is_geographic and metric != ON_EARTH:
        told = say(
            "{crs} has degrees, which are no lengths: project clients and sites first"
            " (to_crs), or take distance_metric='great_circle' for metres",
            crs=crs.name,
        )  # fmt: skip
        raise OptionError(told, ["distance_metric"])
    in_degrees = is_geographic and all(
        axis.unit_name == "degree" for axis in crs.axis_info[:2]
    )
    if metric == ON_EARTH and not in_degrees:
        told = say("distance_metric='great_circle' needs degrees of longitude and"
                   " latitude: to_crs('EPSG:4326')")  # fmt: skip
        raise OptionError(told, ["distance_metric"])


def _points(places: Any, name: str) -> Floats:
    """Return x and y of places, (N, 2); of shapes other than points the centroid."""
    if not all(hasattr(place, "geom_type") and not place.is_empty for place in places):
        told = say("column {name!r} must have a place in each row", name=name)
        raise ArgumentError(told)
    if not all(place.geom_type == "Point" for place in places):
        told = say("column {name!r} has shapes other than points: their centroids are"
                   " taken", name=name)  # fmt: skip
        warnings.warn(told, UserWarning, stacklevel=2)
        places = [place.centroid for place in places]
    return np.array([[place.x, place.y] for place in places]).reshape(-1, 2)


def column_of(frame: Any, name: str | None) -> Any:
    """Return the values of a column, None without a name."""
    if name is None:
        return None
    if name not in frame.columns:
        known = ", ".join(map(str, frame.columns))
        told = say(
            "there is no column {name!r}; known: {known}", name=name, known=known
        )
        raise ArgumentError(told)
    return frame[name].to_numpy()
