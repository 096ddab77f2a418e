"""Tables as Python holds them: what becomes a data frame, and what cannot.

A GeoDataFrame is a table whose points are ``lat`` and ``lon``; shapes of other tables
are for the eye only and are left out, as everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.errors import Problem
from aumaq.instances.language.texts import say
from aumaq.instances.schema.tables import BY_NAME

DEGREES = "EPSG:4326"


def frames_of(
    tables: Mapping[str, Any],
) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """Return the tables that are data frames, and what is wrong with the others.

    None stands for a table that is not there.
    """
    found: dict[str, pd.DataFrame] = {}
    problems: list[Problem] = []
    for name, given in tables.items():
        if given is None:
            continue
        if not isinstance(given, pd.DataFrame):
            kind = type(given).__name__
            text = say(
                "expected a data frame (pandas.DataFrame), not {kind}", kind=kind
            )
            problems.append(Problem(_place(name), text))
            continue
        frame = _without_shapes(str(name), given, problems)
        if frame is not None:
            found[str(name)] = _with_text_names(frame)
    return found, problems


def _place(name: str) -> str:
    """Return what a table is called in problems."""
    table = BY_NAME.get(name)
    return str(name) if table is None or table.in_toml else table.file


def _with_text_names(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table with names of columns that are texts; keys become columns."""
    if any(name is not None for name in frame.index.names):
        lost = [n for n in frame.index.names if n is not None and n not in frame]
        frame = frame.reset_index(level=lost) if lost else frame
    if all(isinstance(name, str) for name in frame.columns):
        return frame
    return frame.rename(columns=str)


def _without_shapes(
    name: str, frame: pd.DataFrame, problems: list[Problem]
) -> pd.DataFrame | None:
    """Return the table with points as ``lat`` and ``lon``, None where there is none."""
    shapes = getattr(frame, "_geometry_column_name", None)
    if shapes is None or shapes not in frame.columns:
        return frame
    rest = pd.DataFrame(frame.drop(columns=shapes))
    table = BY_NAME.get(name)
    if table is None or "lat" not in {column.name for column in table.columns}:
        return rest
    points: Any = frame[shapes]
    if points.crs is None:
        text = say("has no coordinate reference system; give it one")
        problems.append(Problem(_place(name), text, column=shapes))
        return None
    is_there = ~(points.isna() | points.is_empty).to_numpy()
    is_odd = is_there & (points.geom_type != "Point").to_numpy()
    for row in np.flatnonzero(is_odd).tolist():
        kind = str(points.iloc[row].geom_type)
        text = say("expected a point")
        problems.append(Problem(_place(name), text, row + 2, shapes, kind))
    if is_odd.any():
        return None
    degrees = points.to_crs(DEGREES)
    return rest.assign(
        lat=degrees.y.where(is_there).to_numpy(),
        lon=degrees.x.where(is_there).to_numpy(),
    )
