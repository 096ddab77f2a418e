"""Straight lines in degrees, the shorter way round the globe.

Between 179.9 and -179.9 degrees lie 0.2 degrees, not 359.8: such a line is cut at the
180th meridian, as RFC 7946 (GeoJSON, 3.1.9) asks for.
"""

from __future__ import annotations

import numpy as np

from aumaq.instances.arrays import Floats, Ints

HALF_ROUND = 180.0
"""Degrees from a meridian to the one opposite."""
LON = 1
"""Column of the longitude in points (N, 2): lat, lon."""


def turned(degrees: Floats) -> Floats:
    """Return differences of longitude as the shorter way round, signed."""
    return np.asarray((degrees + HALF_ROUND) % (2.0 * HALF_ROUND) - HALF_ROUND)


def pieces(start: Floats, end: Floats) -> tuple[Ints, Floats, Floats]:
    """Return of which line each piece is, and the ends of pieces: (lat, lon) as given.

    A line over the 180th meridian has two pieces, one after the other; others have one.
    """
    over = np.abs(end[:, LON] - start[:, LON]) > HALF_ROUND
    line = np.repeat(np.arange(len(start)), 1 + over)
    first, last = start[line].astype(float), end[line].astype(float)
    k = np.flatnonzero(over) + np.arange(int(over.sum()))  # the first of two pieces
    side = np.where(start[over, LON] < 0.0, -HALF_ROUND, HALF_ROUND)
    way = turned(end[over, LON] - start[over, LON])
    share = (side - start[over, LON]) / np.where(way == 0.0, 1.0, way)
    lat = start[over, 0] + share * (end[over, 0] - start[over, 0])
    last[k] = np.column_stack([lat, side])
    first[k + 1] = np.column_stack([lat, -side])
    return line, first, last
