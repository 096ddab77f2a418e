"""Lines cut into pieces that meet at nodes: at crossings, and where ends are near.

A plane in metres serves to see what is near; lengths are those on the Earth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.access.options import EARTH_RADIUS_KM, chord_to_km, to_unit_sphere
from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.formats.raw import needed
from aumaq.instances.scipy_parts import connected_components


@dataclass(frozen=True)
class Plane:
    """Metres east and north of the middle of what is looked at."""

    lat: float
    lon: float

    def metres(self, lat: Floats, lon: Floats) -> Floats:
        """Return points in degrees as (n, 2) metres."""
        turn = (np.asarray(lon) - self.lon + 180.0) % 360.0 - 180.0
        scale = np.radians(1.0) * EARTH_RADIUS_KM * 1000.0
        east = turn * scale * np.cos(np.radians(self.lat))
        return np.column_stack([east, (np.asarray(lat) - self.lat) * scale])

    def degrees(self, metres: Floats) -> tuple[Floats, Floats]:
        """Return latitudes and longitudes of points in metres."""
        scale = np.radians(1.0) * EARTH_RADIUS_KM * 1000.0
        lon = self.lon + metres[:, 0] / (scale * np.cos(np.radians(self.lat)))
        return self.lat + metres[:, 1] / scale, (lon + 180.0) % 360.0 - 180.0


@dataclass(frozen=True)
class Network:
    """Nodes in metres (n, 2), and pieces between them: ends, km, line of each."""

    nodes: Floats
    pieces: pd.DataFrame


def network_of(
    lines: Any, plane: Plane, tolerance_m: float, feet: pd.DataFrame
) -> Network:
    """Return the network that lines in metres make.

    Lines are cut where they cross or touch, where an end of one lies on another, and at
    the *feet* of places. Ends within the tolerance are one node.
    """
    cuts = pd.concat(
        [
            _crossings(lines),
            _near_ends(lines, tolerance_m),
            feet,
        ],
        ignore_index=True,
    )
    pieces = _pieces(lines, plane, cuts, tolerance_m)
    ends = np.concatenate(
        [pieces[["x1", "y1"]].to_numpy(), pieces[["x2", "y2"]].to_numpy()]
    )
    node, places = _joined(ends, tolerance_m)
    half = len(pieces)
    found = pd.DataFrame(
        {
            "u": node[:half],
            "v": node[half:],
            "km": pieces["km"],
            "line": pieces["line"],
        }
    )
    found = found[found["u"] != found["v"]].reset_index(drop=True)
    return Network(places, found)


def _crossings(lines: Any) -> pd.DataFrame:
    """Return where lines meet: the line, and metres along it."""
    shapely = needed("shapely", "gis")
    first, second = shapely.STRtree(lines).query(lines, predicate="intersects")
    is_once = first < second
    first, second = first[is_once], second[is_once]
    met = shapely.intersection(lines[first], lines[second])
    parts, of = shapely.get_parts(met, return_index=True)
    is_line = shapely.get_type_id(parts) == 1  # they run together: cut at its ends
    points = np.concatenate(
        [
            parts[~is_line],
            shapely.get_point(parts[is_line], 0),
            shapely.get_point(parts[is_line], -1),
        ]
    )
    of = np.concatenate([of[~is_line], of[is_line], of[is_line]])
    at = np.concatenate([first[of], second[of]])
    both = np.concatenate([points, points])
    return pd.DataFrame({"line": at, "at": shapely.line_locate_point(lines[at], both)})


def _near_ends(lines: Any, tolerance_m: float) -> pd.DataFrame:
    """Return where ends of lines lie on others, give or take the tolerance."""
    shapely = needed("shapely", "gis")
    ends = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    which, line = shapely.STRtree(lines).query(
        ends, predicate="dwithin", distance=tolerance_m
    )
    return pd.DataFrame(
        {"line": line, "at": shapely.line_locate_point(lines[line], ends[which])}
    )


def feet_of(lines: Any, points: Floats, reach_m: float | None = None) -> pd.DataFrame:
    """Return where lines are nearest to points (n, 2): point, line, metres along, away.

    Points farther than *reach_m* from every line have none.
    """
    shapely = needed("shapely", "gis")
    shapes = shapely.points(points)
    (which, line), away = shapely.STRtree(lines).query_nearest(
        shapes,
        max_distance=None if reach_m is None else max(reach_m, 1e-6),
        return_distance=True,
        all_matches=False,
    )
    at = shapely.line_locate_point(lines[line], shapes[which])
    return pd.DataFrame({"point": which, "line": line, "at": at, "away": away})


def _pieces(
    lines: Any, plane: Plane, cuts: pd.DataFrame, tolerance_m: float
) -> pd.DataFrame:
    """Return the pieces of lines between cuts: ends in metres, km, line."""
    shapely = needed("shapely", "gis")
    length = shapely.length(lines)
    by_line = cuts.groupby("line")["at"].apply(np.array).to_dict()
    corners, of = shapely.get_coordinates(lines, return_index=True)
    starts = np.searchsorted(of, np.arange(len(lines) + 1))
    lat, lon = plane.degrees(corners)
    sphere = to_unit_sphere(lat, lon)
    steps_km = chord_to_km(np.linalg.norm(np.diff(sphere, axis=0), axis=1))
    steps_m = np.linalg.norm(np.diff(corners, axis=0), axis=1)
    found = []
    for k in range(len(lines)):
        a, b = starts[k], starts[k + 1]
        along = np.concatenate([[0.0], np.cumsum(steps_m[a : b - 1])])
        km = np.concatenate([[0.0], np.cumsum(steps_km[a : b - 1])])
        at = _apart(by_line.get(k, np.zeros(0)), length[k], tolerance_m)
        x = np.interp(at, along, corners[a:b, 0])
        y = np.interp(at, along, corners[a:b, 1])
        passed = np.interp(at, along, km)
        found.append(
            np.column_stack(
                [x[:-1], y[:-1], x[1:], y[1:], np.diff(passed), np.full(len(at) - 1, k)]
            )
        )
    names = ["x1", "y1", "x2", "y2", "km", "line"]
    rows = pd.DataFrame(np.concatenate(found), columns=names)
    return rows.astype({"line": "int64"})


def _apart(cuts: Floats, length: float, tolerance_m: float) -> Floats:
    """Return both ends and the cuts between, none nearer than the tolerance."""
    kept = [0.0]
    for at in np.sort(cuts):
        if at - kept[-1] > tolerance_m and length - at > tolerance_m:
            kept.append(float(at))
    return np.array([*kept, length])


def _joined(ends: Floats, tolerance_m: float) -> tuple[Ints, Floats]:
    """Return the node of each end, and where nodes are: in the middle of their ends."""
    from scipy.sparse import coo_array
    from scipy.spatial import cKDTree

    pairs = cKDTree(ends).query_pairs(max(tolerance_m, 1e-3), output_type="ndarray")
    shape = (len(ends), len(ends))
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=shape)
    count, node = connected_components(graph, directed=False)
    sums = np.column_stack(
        [np.bincount(node, ends[:, axis], minlength=count) for axis in (0, 1)]
    )
    return node.astype(np.int64), sums / np.bincount(node, minlength=count)[:, None]
