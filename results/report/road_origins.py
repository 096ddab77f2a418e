"""Where links of roads come from, in words: the notes of shipped data are technical."""

from __future__ import annotations

from aumaq.instances.language.texts import say
from aumaq.results.language import Language

KNOWN = {
    "SYNTHETIC MST+shortcuts": say("assumed between near places"),
    "SYNTHETIC road assumed": say("assumed between near places"),
    "SYNTHETIC joins a loose part": say("assumed, joins a loose part of the network"),
    "path on roads_full, mostly synthetic": say("mostly assumed local roads"),
    "path on roads_full, mostly OSM": say("mostly main roads of OpenStreetMap"),
    "path on roads_full, mostly highway": say(
        "mostly a highway of known course, length approximate"
    ),
    "OSM via scgraph/routrs (chord), length scaled": say(
        "OpenStreetMap, scaled to the known length of the road"
    ),
    "OSM via scgraph/routrs": say("OpenStreetMap, length approximate"),
    "general knowledge": say("general knowledge, approximate"),
    "press figure of the road agency": say("press figure of the road agency"),
    "Wikipedia copy": say("Wikipedia"),
    "estimate: from the place to the main road": say(
        "assumed, from the place to the main road"
    ),
}
"""How a note begins -> what it means to readers; the first that fits counts."""


def origin(note: str, lang: Language) -> str:
    """Return where a link comes from; a note of the user's own stays as it is."""
    known = (text for start, text in KNOWN.items() if note.startswith(start))
    found = next(known, None)
    return note if found is None else lang.tell(found)
