"""Outlines as text in pieces: what formats hold that have no place for GeoJSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from aumaq.instances.errors import Problem
from aumaq.instances.texts import say

PIECE = 15_000
"""Characters a piece: what a cell of a workbook holds, even if all are escaped."""


def pieces(outlines: dict[str, Any]) -> list[str]:
    """Return the GeoJSON as ASCII text in pieces that do not start with a formula."""
    text = json.dumps(outlines)
    return [text[start : start + PIECE] for start in range(0, len(text), PIECE)]


def joined(
    parts: Iterable[str], place: str, problems: list[Problem]
) -> dict[str, Any] | None:
    """Return outlines from their pieces; None and a problem if it is no GeoJSON."""
    try:
        return dict(json.loads("".join(parts)))
    except (ValueError, TypeError) as error:
        problems.append(
            Problem(place, say("is not valid GeoJSON: {error}", error=error))
        )
        return None
