"""The reference system of a file that is imported: its own, or the one that was asked.

``--crs`` holds for several files at a time, of which some name their system: that of a
file holds for it, as far as its coordinates can be in it. What is not used is said.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from aumaq.instances.errors import UnreadableError
from aumaq.instances.formats.geographic.geojson import system_named
from aumaq.instances.formats.geographic.reference_systems import (
    DEGREES,
    ReferenceSystem,
    described,
    named,
    to_wgs84,
)
from aumaq.instances.language.texts import Text, say

SAME_DEGREES = 1e-5
"""A metre: two names of one system differ by less."""
COLLECTIONS = (".geojson", ".json")
"""Files whose coordinates are degrees if they say nothing (RFC 7946)."""


def asked_for(crs: str) -> ReferenceSystem | None:
    """Return the system of an option, None if it says nothing."""
    if not crs:
        return None
    found = named(crs) or described(crs)
    if found is None:
        raise UnreadableError(
            say("no reference system {crs!r}; expected one as EPSG:32642", crs=crs)
        )
    return found


def system_of(
    path: Path, told: str | None, asked: ReferenceSystem | None, x: Any, y: Any
) -> tuple[ReferenceSystem, tuple[Text, ...]]:
    """Return the system of a layer, and what is to be said of it.

    *told*: what its library takes for it; *x*, *y*: coordinates. UnreadableError if
    there is no system that they can be in.
    """
    own = _own(path, told, is_needed=asked is None)
    if own is None or asked is None:
        found = asked if own is None else own
        if found is None and path.suffix.lower() in COLLECTIONS:
            found = DEGREES
        if found is None:
            raise UnreadableError(
                say(
                    "has no coordinate reference system; name it with --crs"
                    " EPSG:32642, say"
                )
            )
        if wrong := no_metres(x, y, found):
            raise UnreadableError(wrong)
        return found, ()
    if not _fits(x, y, own):
        note = say(
            "{file} names {own}, in which its coordinates cannot be: {asked} of --crs"
            " is used",
            file=path.name, own=title(own), asked=title(asked),
        )  # fmt: skip
        if wrong := no_metres(x, y, asked):
            raise UnreadableError(wrong)
        return asked, (note,)
    if _are_same(to_wgs84(x, y, own), to_wgs84(x, y, asked)):
        return own, ()
    note = say(
        "{file} names its reference system, {own}: --crs {asked} is not used for it; if"
        " {own} is wrong, correct the file",
        file=path.name, own=title(own), asked=title(asked),
    )  # fmt: skip
    return own, (note,)


def no_metres(x: Any, y: Any, system: ReferenceSystem) -> Text | None:
    """Return what is said of degrees that are to be metres, None if they are not."""
    if _is_of_degrees(system) or not _are_degrees(x, y):
        return None
    return say(
        "holds degrees, it seems: no coordinate is above {most:.3g}, and {system} has"
        " metres; --crs EPSG:4326 says so",
        most=float(np.nanmax(np.abs([x, y]))),
        system=title(system),
    )


def title(system: ReferenceSystem) -> str:
    """Return what a system is called: its code, else its name."""
    if system == DEGREES:
        return DEGREES
    authority = system.to_authority()
    return ":".join(authority) if authority else str(system.name)


def _own(path: Path, told: str | None, *, is_needed: bool) -> ReferenceSystem | None:
    """Return the system that a file names; one that is not understood is told if it
    *is_needed*.
    """
    try:
        if path.suffix.lower() in COLLECTIONS:
            return system_named(path)
        return (named(told) or described(told)) if told else None
    except UnreadableError:
        if is_needed:
            raise
        return None


def _fits(x: Any, y: Any, system: ReferenceSystem) -> bool:
    """Whether most coordinates can be in a system."""
    if _are_degrees(x, y) and not _is_of_degrees(system):
        return False
    lon, lat = to_wgs84(x, y, system)
    is_possible = (np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)
    return not len(is_possible) or float(np.mean(is_possible)) > 0.5


def _are_degrees(x: Any, y: Any) -> bool:
    """Whether all coordinates could be degrees: in metres, a yard around the origin."""
    finite = np.isfinite(x) & np.isfinite(y)
    within = (np.abs(x) <= 180.0) & (np.abs(y) <= 90.0)
    return bool(finite.any() and within[finite].all())


def _is_of_degrees(system: ReferenceSystem) -> bool:
    return bool(system == DEGREES or system.is_geographic)


def _are_same(here: tuple[Any, Any], there: tuple[Any, Any]) -> bool:
    """Whether places are the same in two systems, those aside that are in neither."""
    pairs = zip(here, there, strict=True)
    apart = [np.nan_to_num(np.abs(np.subtract(a, b)), nan=0.0) for a, b in pairs]
    return not any(bool((gap > SAME_DEGREES).any()) for gap in apart)
