"""The tiny instance with cells that files and spreadsheets like to spoil."""

from __future__ import annotations

from shared_plans import shipped

import aumaq
from aumaq.instances import Instance

INJECTIONS = ('=HYPERLINK("http://x","y")', "+1+1", "-2+3", "@SUM(A1)", "#N/A", "=")
NASTY = (
    *INJECTIONS, "007", "1e5", "TRUE", "None", "nan", "a,b;c\"d'", "two\nlines",
    "_x000D_", "_x0041_x0042_", "x005F_", "bell\x07", "a\rb", "қазақ", "a [km]",
)  # fmt: skip


def with_cells(names: list[str], people: list[float], places: list[float]) -> Instance:
    """Return the tiny instance with other names, inhabitants and places."""
    base = shipped().base
    rows = base["settlements"].copy()
    rows["name"] = [name or "n" for name in names[:3]]
    rows["district"], rows["coord_source"] = names[-6:-3], names[-3:]
    rows["population"], rows["lat"], rows["lon"] = people, places[:3], places[3:]
    rows["x_own"] = rows["x_bell\x07_x0041_"] = names[:3]
    outlines = {"type": "FeatureCollection", "features": [], "note": names[0]}
    tables = {**base, "settlements": rows}
    return aumaq.instances.from_tables(tables, outlines=outlines)
