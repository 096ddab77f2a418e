"""Values inside an HTML page."""

from __future__ import annotations

import json
from typing import Any

from aumaq.results.exports.json_file import strict

SHOWN_ROWS = 500
"""Longer tables are cut on a page; the CSV files hold all rows."""


def embedded_json(value: Any) -> str:
    """Return JSON that cannot end the script element which holds it."""
    try:
        text = _compact(value)
    except ValueError:  # a number that is not finite somewhere: look at each value
        text = _compact(strict(value))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def number(value: object) -> str:
    """Return a cell as text: thousands set apart, short numbers kept."""
    if isinstance(value, float):
        if value != value:
            return "–"
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)
