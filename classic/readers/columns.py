"""Columns of a table of costs: what their usual names tell."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from aumaq.instances.arrays import Floats

LENGTHS = ("distance", "dist", "cost", "time", "minutes", "travel_time", "length",
           "km", "metres", "meters", "km_total", "total_cost")  # fmt: skip
SHORT = {"i", "j", "d"}
"""A long table of letters alone; one of them would rather be a site's name."""
CLIENTS = ("client", "customer", "demand_point", "demand_id", "demand_name",
           "demand_code", "demand_no", "demand_nr", "settlement", "student", "origin",
           "from", "tract")  # fmt: skip
SITES = ("site", "facility", "store", "school", "depot", "warehouse", "plant",
         "candidate", "destination", "to")  # fmt: skip
DEMAND = "demand"
WEIGHTS = ("weight", "weights", "population", "pop", "persons", DEMAND)
"""The first of them that a table has weighs; a demand, if nothing else does."""
CORNERS = ("id", "name", "index", "node", "point", "place", "city", "town", "village",
           "zone", "area", "region", "district", "od", "o/d", "i")  # fmt: skip
"""What may stand above names of clients."""
ASIDE = ("id", "index", "lat", "latitude", "lon", "lng", "long", "longitude",
         "capacity", "fixed_cost")  # fmt: skip
"""What else tables tell of a client or a site; none is a site or a distance."""
PLANE = ("x", "y")
"""Coordinates, if sites have longer names."""
SUMMARIES = {
    "total": "sum", "sum": "sum", "mean": "mean", "average": "mean", "avg": "mean",
    "min": "min", "minimum": "min", "nearest": "min", "max": "max", "maximum": "max",
}  # fmt: skip
"""Columns made of the others, if they have these values; else such a name is a site."""
UNIT = re.compile(r"\s*[(\[][^()\[\]]*[)\]]$")
"""As in Distance (km)."""
ENDING = re.compile(
    r"(_in)?_(id|name|no|nr|code|m|km|min|mins|minutes|metres|meters|s|h)$"
)
"""What a usual name may end in."""


class Amounts(NamedTuple):
    """Columns of weights and of demands, None where there is none."""

    weight: int | None
    demand: int | None

    def told(self, header: Sequence[str]) -> list[str]:
        """Return what was taken for what."""
        if self.weight is None or self.demand is None:
            return []
        names = header[self.weight], header[self.demand]
        if names[0] == names[1]:
            return [f"weights and demands: {names[0]}"]
        return [f"weights: {names[0]}", f"demands: {names[1]}"]


def usual(header: Sequence[str]) -> list[str]:
    """Return names of columns in small letters without what they may end in."""
    return [_usual(word) for word in header]


def _usual(word: str) -> str:
    plain = re.sub(r"[\s_-]+", "_", UNIT.sub("", word.strip().lower()))
    return plain if plain in (*CLIENTS, *LENGTHS) else ENDING.sub("", plain)


def amounts_of(names: Sequence[str], columns: Sequence[int]) -> Amounts:
    """Return which of some columns are weights and demands."""
    found = sorted(
        (k for k in columns if names[k] in WEIGHTS),
        key=lambda k: WEIGHTS.index(names[k]),
    )
    weight = found[0] if found else None
    return Amounts(weight, next((k for k in found if names[k] == DEMAND), weight))


def clients_that_are_demands(
    names: Sequence[str], is_number: Callable[[int], bool]
) -> list[int]:
    """Return a column of demands that names clients, if no other can.

    It has other words than numbers, or all others but one are something else.
    """
    demands = [k for k, name in enumerate(names) if name == DEMAND]
    if not demands or any(name in CLIENTS for name in names):
        return []
    others = [k for k in range(len(names)) if not is_known(names[k])]
    return demands[:1] if len(others) < 2 or not is_number(demands[0]) else []


def is_known(name: str) -> bool:
    """Whether a column is a length, an amount or told beside them."""
    is_aside = name in ASIDE and name not in CORNERS
    return is_aside or name in (*LENGTHS, "d", *WEIGHTS)


def are_aside(names: Sequence[str], columns: Sequence[int]) -> list[int]:
    """Return which of some columns are no sites, though they have numbers."""
    found = [k for k in columns if names[k] in (*ASIDE, *WEIGHTS)]
    in_plane = [k for k in columns if names[k] in PLANE]
    others = [k for k in columns if k not in (*found, *in_plane)]
    is_pair = sorted(names[k] for k in in_plane) == list(PLANE)
    if is_pair and others and all(len(names[k]) > 1 for k in others):
        found += in_plane
    return found


def is_summary(name: str, values: Floats, others: Floats) -> bool:
    """Whether a column is a sum, mean or extreme of the others, (I, J)."""
    if name not in SUMMARIES or not others.shape[1]:
        return False
    there = np.isfinite(others)
    known = np.where(there, others, 0.0)
    made = {
        "sum": known.sum(axis=1),
        "mean": known.sum(axis=1) / np.maximum(there.sum(axis=1), 1),
        "min": others.min(axis=1),
        "max": np.where(there, others, -np.inf).max(axis=1),
    }[SUMMARIES[name]]
    return bool(np.allclose(values, made, rtol=0.01, atol=0.01))
