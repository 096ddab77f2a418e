"""Mean speeds by class of road, where the planner gives none: a table to look at.

Classes are those of OpenStreetMap, technical categories and administrative classes;
speeds are assumptions of mean, not of highest, speed.
"""

from __future__ import annotations

from aumaq.instances.imports.recognition import plain

SPEEDS_KMH = {
    "motorway": 105.0, "trunk": 85.0, "primary": 75.0, "secondary": 65.0,
    "tertiary": 55.0, "unclassified": 45.0, "residential": 35.0, "service": 20.0,
    "living street": 15.0, "road": 45.0, "track": 25.0, "path": 10.0,
    "i": 85.0, "ii": 80.0, "iii": 70.0, "iv": 60.0, "v": 45.0,
    "1": 85.0, "2": 80.0, "3": 70.0, "4": 60.0, "5": 45.0,
    "республиканская": 80.0, "федеральная": 80.0, "международная": 85.0,
    "областная": 65.0, "региональная": 65.0, "районная": 55.0, "местная": 50.0,
    "республикалық": 80.0, "халықаралық": 85.0, "облыстық": 65.0, "аудандық": 55.0,
    "жергілікті": 50.0, "main": 80.0, "regional": 65.0, "local": 55.0,
    "paved": 70.0, "asphalt": 70.0, "gravel": 45.0, "earth": 35.0, "dirt": 30.0,
    "асфальт": 70.0, "асфальтобетон": 70.0, "щебень": 50.0, "гравий": 45.0,
    "грунт": 35.0, "грунтовая": 35.0, "қиыршық тас": 45.0, "топырақ": 35.0,
}  # fmt: skip
"""Class, in plain words -> mean speed."""
OTHER_KMH = 50.0
"""Mean speed of a class of which nothing is known."""


def speed_of(road_class: str) -> float | None:
    """Return the mean speed of a class in km/h, None where it is not known."""
    words = plain(road_class).removesuffix(" link").removesuffix(" категория")
    return SPEEDS_KMH.get(words)
