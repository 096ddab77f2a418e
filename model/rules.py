"""The rule that a row of a model enforces."""

from __future__ import annotations

from typing import Any


def rule_id(row: Any) -> str:
    """Return the id of the rule that a row of a model (of Pyomo) enforces."""
    rule, by = row.parent_block().rule_of[row.parent_component().local_name]
    index = row.index()
    index = index if isinstance(index, tuple) else (index,)
    return str(rule.format(**dict(zip(by, index, strict=True))))
