"""Values inside an HTML page."""

from __future__ import annotations

import json
from typing import Any

from aumaq.results.exports.json_file import strict

SHOWN_ROWS = 500
"""Longer tables are cut on a page; the CSV files hold all rows."""


def embedded_json(value: Any) -> str:
    """Return JSON that cannot end the script element which holds it."""
    text = json.dumps(strict(value), ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def number(value: object) -> str:
    """Return a cell as text: thousands set apart, short numbers kept."""
    if isinstance(value, float):
        if value != value:
            return "–"
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)
