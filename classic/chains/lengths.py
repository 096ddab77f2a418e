"""How far it is from place to place, as RELOG measures it, or as its results say."""

from __future__ import annotations

import csv
import math
from io import StringIO
from pathlib import Path
from typing import Any

from aumaq.instances.errors import UnreadableError
from aumaq.instances.formats.files import parsing, read_json, text_of
from aumaq.instances.language.texts import say

Place = tuple[float, float]
"""Latitude and longitude in degrees."""
Lengths = dict[tuple[str, str], float]
"""Kilometres from a place to another, by their names."""
RADIUS_KM = 6378.137
FLATTENING = 1 / 298.257223563
"""Of the ellipsoid WGS84."""
DIGITS = 3
TABLE = "_transportation.csv"


def length_km(one: Place, other: Place) -> float:
    """Return the straight line between two points of WGS84, through the ground."""
    return round(math.dist(_in_space(one), _in_space(other)), DIGITS)


def _in_space(place: Place) -> tuple[float, float, float]:
    latitude, longitude = map(math.radians, place)
    eccentricity = FLATTENING * (2 - FLATTENING)
    normal = RADIUS_KM / math.sqrt(1 - eccentricity * math.sin(latitude) ** 2)
    flat = normal * math.cos(latitude)
    height = normal * (1 - eccentricity) * math.sin(latitude)
    return flat * math.cos(longitude), flat * math.sin(longitude), height


def lengths_beside(path: Path) -> tuple[Lengths, str]:
    """Return the lengths that results beside a file know, and the file they are in.

    Beside ``x.json`` that is ``x_solution.json``, or a table ``y_transportation.csv``
    where x begins with y. Raises UnreadableError that names the file.
    """
    solution = path.with_name(f"{path.stem}_solution.json")
    tables = [table for table in sorted(path.parent.glob(f"*{TABLE}"))
              if path.stem.startswith(table.name.removesuffix(TABLE))]  # fmt: skip
    found = solution if solution.is_file() else next(iter(tables), None)
    if found is None:
        return {}, ""
    try:
        with parsing(say("holds no distances that can be read")):
            known = _of_table(found) if found.suffix == ".csv" else _of_solution(found)
    except UnreadableError as error:
        told = say("{file}: {told}", file=found.name, told=error.text)
        raise UnreadableError(told) from None
    return known, found.name


def _of_table(path: Path) -> Lengths:
    rows = csv.DictReader(StringIO(text_of(path)))
    return {(row["source"], row["destination"]): float(row["distance (km)"])
            for row in rows}  # fmt: skip


def _of_solution(path: Path) -> Lengths:
    """Return the lengths to each plant that a solution tells of."""
    found: Lengths = {}
    kinds: dict[str, Any] = read_json(path)["Plants"]
    for kind, locations in kinds.items():
        for location, plant in locations.items():
            target = plant_name(kind, location)
            for origin, senders in plant["Input"].items():
                for sender, sent in senders.items():
                    is_centre = origin == "Origin"
                    source = sender if is_centre else plant_name(origin, sender)
                    found[source, target] = float(sent["Distance (km)"])
    return found


def plant_name(kind: str, location: str) -> str:
    """Return the name of a kind of plants at a location."""
    return f"{kind} ({location})"
