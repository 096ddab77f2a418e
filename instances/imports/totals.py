"""Rows that add up the others: people end their lists with them, and they are none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from aumaq.instances.imports.recognition import plain, recognised
from aumaq.instances.imports.sources import Source
from aumaq.instances.language.texts import say

WORDS = {
    "всего", "итого", "итог", "total", "totals", "subtotal", "барлығы", "жиыны",
    "жиынтығы",
}  # fmt: skip
"""What a row of a total begins with: "Итого по району"."""
BEFORE = {"grand", "sub", "общий"}
"""What may stand before: "Grand total"."""
BLANKS = ("", "-", "–", "—", "x", "х")
"""What stands for no coordinate in a row of a total."""


def without_totals(
    source: Source, given: Mapping[str, str], names: Mapping[str, Iterable[str]]
) -> Source:
    """Return a source without its totals, which are told.

    A row is one if its first cell that is no number says so and it has no place: a
    village may be called as it likes. *given*, *names*: as for :func:`recognised`.
    """
    known = {k: column for k, column in given.items() if column in source.cells}
    has_points = source.shapes is not None
    found = recognised(source.cells, known, names, has_points=has_points)
    places = [g.column for g in found if g.role in ("lat", "lon")]
    cells = source.cells.to_dict("records")
    totals = np.array(
        [
            _is_total(row.values()) and all(row[c].lower() in BLANKS for c in places)
            for row in cells
        ],
        dtype=bool,
    )
    if source.shapes is not None:
        totals &= np.array([shape is None for shape in source.shapes])
    if not totals.any() or totals.all():
        return source
    rows = [source.rows[k] for k in np.flatnonzero(totals).tolist()]
    told = say(
        "{n} row of a total is left out: {rows}",
        "{n} rows of totals are left out: {rows}",
        n=len(rows),
        rows=", ".join(map(str, rows[:20])) + (", ..." if len(rows) > 20 else ""),
    )
    kept = np.flatnonzero(~totals).tolist()
    changed = {
        "cells": source.cells.iloc[kept].reset_index(drop=True),
        "rows": [source.rows[k] for k in kept],
        "shapes": None if source.shapes is None else source.shapes[kept],
        "notes": (*source.notes, told),
    }
    return Source(**{**vars(source), **changed})


def _is_total(cells: Iterable[str]) -> bool:
    """Whether the first cell with letters begins with a word of totals."""
    for cell in cells:
        words = [word for word in plain(cell).split() if not word.isdigit()]
        if words:
            return words[0] in WORDS or (
                words[0] in BEFORE and not WORDS.isdisjoint(words[1:2])
            )
    return False
