"""Roads where none are given: straight lines between near places, times a detour.

Each place is joined to its nearest ones, to the nearest in each direction, and to the
neighbours around it (the triangulation of Delaunay): ways are hardly longer than their
own straight line times the detour. Few places are joined each to each, and no way is.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from aumaq.instances.access.options import (
    DETOUR_FACTOR,
    EARTH_RADIUS_KM,
    chord_to_km,
    to_unit_sphere,
)
from aumaq.instances.arrays import Flags, Floats, Ints

STRAIGHT = "straight_line"
"""The class of roads that are straight lines."""
STRAIGHT_KMH = 50.0
"""Mean speed along them: roads between villages, half of them unpaved."""
NEAREST, SECTORS, CANDIDATES = 12, 16, 96
"""Places to which each is joined at least; directions in which it is; places among
which it is looked."""


def straight_links(
    nodes: pd.Series[str], lat: Floats, lon: Floats, detour: float = DETOUR_FACTOR
) -> pd.DataFrame:
    """Return rows of ``road_links`` between places in degrees, all of them joined."""
    pairs = joined_pairs(lat, lon)
    sphere, names = to_unit_sphere(lat, lon), nodes.to_numpy(dtype=object)
    chord = np.linalg.norm(sphere[pairs[:, 0]] - sphere[pairs[:, 1]], axis=1)
    return pd.DataFrame(
        {
            "from_node": names[pairs[:, 0]],
            "to_node": names[pairs[:, 1]],
            "length_km": (chord_to_km(chord) * detour).round(3),
            "road_class": STRAIGHT,
            "share_synthetic": 1.0,
            "is_synthetic": True,
            "source": f"straight line times {detour:g}",
        }
    )


def straight_class(speed_kmh: float = STRAIGHT_KMH) -> dict[str, object]:
    """Return the row of ``road_classes`` for straight lines."""
    return {
        "road_class": STRAIGHT,
        "speed_kmh": speed_kmh,
        "title": "straight line",
        "source": "assumption",
    }


def joined_pairs(lat: Floats, lon: Floats) -> Ints:
    """Return the pairs of places that are joined, (n, 2), each once, in order."""
    n = len(lat)
    if n <= NEAREST + 1:
        first, second = np.triu_indices(n, 1)
        return np.column_stack([first, second]).astype(np.int64)
    from scipy.spatial import Delaunay, cKDTree

    points = _on_a_plane(lat, lon)
    _, near = cKDTree(points).query(points, k=min(n, CANDIDATES + 1))
    first = np.repeat(np.arange(n), near.shape[1])
    is_kept = np.zeros(near.shape, dtype=bool)
    is_kept[:, : NEAREST + 1] = True
    is_kept |= _first_in_sector(points, near)
    # Joggled: places in one line, or at one point, have no triangles otherwise.
    corners = Delaunay(points, qhull_options="QJ Pp").simplices
    ends = [np.column_stack([first, near.ravel()])[is_kept.ravel()]]
    ends += [corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]
    pairs = np.sort(np.concatenate(ends).astype(np.int64), axis=1)
    pairs = np.unique(pairs, axis=0)
    return pairs[pairs[:, 0] != pairs[:, 1]]


def _first_in_sector(points: Floats, near: Ints) -> Flags:
    """Return which of the places *near* each, nearest first, lead in their direction.

    Joined to the nearest of every sector, a graph has short ways (Yao 1982).
    """
    away = points[near] - points[:, None]
    turn = np.arctan2(away[..., 1], away[..., 0]) / (2 * np.pi) + 0.5
    sector = np.minimum((turn * SECTORS).astype(int), SECTORS - 1)
    sector[(away == 0.0).all(axis=2)] = -1  # at the same point: in no direction
    found = np.zeros(near.shape, dtype=bool)
    rows = np.arange(len(near))
    for k in range(SECTORS):
        is_there = sector == k
        has_one = is_there.any(axis=1)
        found[rows[has_one], is_there.argmax(axis=1)[has_one]] = True
    return found


def _on_a_plane(lat: Floats, lon: Floats) -> Floats:
    """Return kilometres from the middle, true enough to say who is near whom."""
    middle = np.radians(np.mean(lat))
    # Degrees from the mean direction: places on both sides of 180 are neighbours.
    turn = np.exp(1j * np.radians(lon))
    east = np.angle(turn / np.mean(turn)) * np.cos(middle)
    north = np.radians(lat) - middle
    return np.column_stack([east, north]) * EARTH_RADIUS_KM
