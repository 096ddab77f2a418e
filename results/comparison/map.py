"""Where decisions differ: the land, and a mark for each site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from aumaq.instances.language.texts import say
from aumaq.results.comparison.names import place_names, service_titles
from aumaq.results.language import Language
from aumaq.results.pages.marks import Mark
from aumaq.results.pages.territory import territory

if TYPE_CHECKING:
    from aumaq.results.comparison.comparison import Comparison

MOST_MARKS = 2500
MARKS = {
    "only_a": Mark(say("stands in A only"), "#d55e00", "M0-6L6 5H-6Z"),
    "only_other": Mark(
        say("stands in the other plan only"), "#0072b2", "M-5-5H5V5H-5Z"
    ),
    "changed": Mark(say("another size"), "#f0e442", "M0-5A5 5 0 1 0 .01-5Z"),
}
"""A facility stands in A only, in the other plan only, or otherwise (size, time)."""
KINDS = tuple(MARKS)


def difference_map(comparison: Comparison, lang: Language) -> dict[str, Any] | None:
    """Return the territory and marks; None where nothing that differs has a place.

    Marks: letter of the plan, service, kind (of :data:`KINDS`), place, name, and what
    is told of it.
    """
    rows = _rows(comparison)
    if rows.empty:
        return None
    shown = rows.head(MOST_MARKS)
    shown = shown.assign(name=place_names(comparison, shown, lang))
    titles = service_titles(comparison, lang)
    return {
        "territory": territory(comparison.plans[0].instance, lang),
        "services": {s: titles.get(s, s) for s in dict.fromkeys(rows["service"])},
        "total": len(rows),
        "marks": [
            {
                "plan": row.plan, "service": row.service, "kind": row.kind,
                "lat": round(row.lat, 4), "lon": round(row.lon, 4), "name": row.name,
                "told": [titles.get(row.service, row.service),
                         f"A: {lang.tell(row.before) or '–'}",
                         f"{row.plan}: {lang.tell(row.after) or '–'}"],
            }
            for row in shown.itertuples(index=False)
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
    last = rows.drop_duplicates(["plan", "service", "code"], keep="last")
    found = last.merge(known, on=["service", "code"], how="left")
    found = found.dropna(subset=["lat", "lon"])
    is_first, is_other = found["after"] == "", found["before"] == ""
    found["kind"] = np.select([is_first, is_other], KINDS[:2], KINDS[2])
    # What stands on one side only is drawn last: on top.
    order = found["kind"].map({"changed": 0}).fillna(1)
    return found.loc[order.sort_values(kind="stable").index].reset_index(drop=True)
