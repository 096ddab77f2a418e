"""Where decisions differ: land, and a mark for each site, as inline SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from aumaq.results.comparison.names import service_titles
from aumaq.results.language import Language
from aumaq.results.report.territory import territory

if TYPE_CHECKING:
    from aumaq.results.comparison.comparison import Comparison

WIDTH = 1000.0
MOST_MARKS = 2500
KINDS = ("only_a", "only_other", "changed")
"""A facility stands in A only, in the other plan only, or otherwise (size, time)."""


def difference_map(comparison: Comparison, lang: Language) -> dict[str, Any] | None:
    """Return size, outlines and marks in drawing units; None where nothing has a place.

    Marks: letter of the plan, service, kind (of :data:`KINDS`), x, y, text.
    """
    first = comparison.plans[0].instance
    land = territory(first, lang)
    rows = _rows(comparison)
    if rows.empty:
        return None
    rings = [ring for shape in land["outlines"] for ring in shape["rings"]]
    lon = [*rows["lon"], *(x for ring in rings for x, _ in ring)]
    lat = [*rows["lat"], *(y for ring in rings for _, y in ring)]
    stretch = float(np.cos(np.radians((min(lat) + max(lat)) / 2)))
    scale = (WIDTH - 40.0) / max((max(lon) - min(lon)) * stretch, 1e-6)
    height = min(scale * (max(lat) - min(lat)) + 40.0, 2 * WIDTH)

    def x(degrees: Any) -> Any:
        return np.round(20.0 + (degrees - min(lon)) * stretch * scale, 1)

    def y(degrees: Any) -> Any:
        return np.round(20.0 + (max(lat) - degrees) * scale, 1)

    titles = service_titles(comparison, lang)
    return {
        "width": WIDTH,
        "height": round(height),
        "outlines": [
            "M" + "L".join(f"{x(a)} {y(b)}" for a, b in ring) + "Z" for ring in rings
        ],
        "services": {s: titles.get(s, s) for s in dict.fromkeys(rows["service"])},
        "total": len(rows),
        "marks": [
            {
                "plan": row.plan, "service": row.service, "kind": row.kind,
                "x": x(row.lon), "y": y(row.lat),
                "text": f"{row.name}, {titles.get(row.service, row.service)}:"
                        f" A {row.before or '–'}; {row.plan} {row.after or '–'}",
            }
            for row in rows.head(MOST_MARKS).itertuples(index=False)
        ],
    }  # fmt: skip


def _rows(comparison: Comparison) -> pd.DataFrame:
    """Return facilities that differ, each site once: what stands there at last."""
    rows = comparison.table("decision_changes")
    rows = rows[rows["kind"] == "facility"]
    columns = ["service", "site", "lat", "lon"]
    places = [
        p.instance.service_sites(service)[columns]
        for p in comparison.plans
        for service in p.instance.service_names
    ]
    known = pd.concat(places).drop_duplicates(["service", "site"])
    known = known.rename(columns={"site": "code"})
    last = rows.groupby(["plan", "service", "code"], sort=False).agg(
        name=("name", "last"), before=("before", "last"), after=("after", "last")
    )
    found = last.reset_index().merge(known, on=["service", "code"], how="left")
    found = found.dropna(subset=["lat", "lon"])
    is_first, is_other = found["after"] == "", found["before"] == ""
    found["kind"] = np.select([is_first, is_other], KINDS[:2], KINDS[2])
    # What stands on one side only is drawn last: on top.
    order = found["kind"].map({"changed": 0}).fillna(1)
    return found.loc[order.sort_values(kind="stable").index].reset_index(drop=True)
