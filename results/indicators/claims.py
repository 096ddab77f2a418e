"""Indicators that lie beside a plan, held against what its tables say."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from aumaq.instances.language.texts import say, told_apart
from aumaq.results.audit import Finding
from aumaq.results.indicators.table import COLUMNS, SAME

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

RULE = "indicators"
DEFINITIONS = 2
"""Goes up when an indicator comes to mean something else: plans of before are told."""
MOST_SHOWN = 20


def wrong_claims(plan: Plan, claims: pd.DataFrame) -> list[Finding]:
    """Return what is wrong with *claims*, cells as they were read from a file."""
    own = plan.indicators
    missing = [name for name in COLUMNS if name not in claims.columns]
    if missing or len(own) != len(claims):
        text = say(
            "expected {rows} rows of the columns {columns}",
            rows=len(own),
            columns=", ".join(COLUMNS),
        )
        return [Finding(RULE, say("table {name}", name=RULE), text, float("nan"))]
    found = []
    for name, kind in COLUMNS.items():
        for k, (claim, right) in enumerate(zip(claims[name], own[name], strict=True)):
            if not _is_same(claim, right, kind):
                found.append(_told(k, name, claim, right))
    return found[:MOST_SHOWN]


def _is_same(claim: Any, right: Any, kind: str) -> bool:
    is_blank = claim is None or claim == "" or claim is pd.NA or claim != claim
    if pd.isna(right) or is_blank:
        return bool(pd.isna(right) or right == "") and is_blank
    if kind != "float64":
        return str(claim) == str(right)
    try:
        return bool(np.isclose(float(claim), right, rtol=SAME, atol=0.0))
    except (TypeError, ValueError):
        return False


def _told(k: int, name: str, claim: Any, right: Any) -> Finding:
    shown: tuple[str, str] = str(claim), str(right)
    with suppress(TypeError, ValueError):
        shown = told_apart(float(claim), float(right))
    text = say(
        "{column} is {value} in the plan, {limit} when recomputed",
        column=name,
        value=shown[0],
        limit=shown[1],
    )
    return Finding(RULE, say("row {row}", row=k + 1), text, float("nan"))
