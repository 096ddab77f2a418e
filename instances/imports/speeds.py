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
    "асфальт": 70.0, "асфальтобетон": 70.0, "щебень": 50.0, "щебеночная": 50.0,
    "гравий": 45.0, "грунт": 35.0, "грунтовая": 35.0, "қиыршық тас": 45.0,
    "топырақ": 35.0,
}  # fmt: skip
"""Class, in plain words -> mean speed."""
OTHER_KMH = 50.0
"""Mean speed of a class of which nothing is known."""


WRITTEN_SHORT = {
    "р н": "районная", "рн": "районная", "р он": "районная", "м з": "местная",
    "о з": "областная", "х а": "халықаралық", "р мәнді": "республикалық",
}  # fmt: skip
"""Classes of which only single letters are written ("р-н", "м/з"), in plain words."""
SHORTEST, LONGEST_ENDING = 3, 3
"""Letters that a shortened word keeps, and that a declined one may change."""
OF_CATEGORY = ("кат", "тех", "санат", "cat")
"""What begins the words beside the number of a technical category."""


def speed_of(road_class: str) -> float | None:
    """Return the mean speed of a class in km/h, None where it is not known.

    Words may be shortened or declined: "респ.", "областного значения".
    """
    words = plain(road_class).removesuffix(" link")
    if words in SPEEDS_KMH:
        return SPEEDS_KMH[words]
    for short, meant in WRITTEN_SHORT.items():
        if f"{words} ".startswith(f"{short} "):
            return SPEEDS_KMH[meant]
    first, *rest = words.split() or [""]
    if rest and all(word.startswith(OF_CATEGORY) for word in rest):
        return SPEEDS_KMH.get(first)
    speeds = {speed for known, speed in SPEEDS_KMH.items() if _is_same(first, known)}
    return speeds.pop() if len(speeds) == 1 else None


def _is_same(word: str, known: str) -> bool:
    """Whether a word is a known one, cut off or with another ending."""
    if len(word) < SHORTEST or len(known) < SHORTEST:
        return False
    stem = known[:-LONGEST_ENDING]
    return known.startswith(word) or (len(stem) > SHORTEST and word.startswith(stem))
