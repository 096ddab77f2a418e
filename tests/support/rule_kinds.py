"""Kinds of rules: what is left of an id without the names of an instance."""

from __future__ import annotations

from aumaq.instances.rules import (
    BY_MONEY,
    BY_NETWORK,
    BY_POLICY,
    BY_ROADS,
    BY_SERVICE,
    OF_PLANS,
    PREFIXES,
)
from aumaq.instances.schema.tables import TABLES

KINDS = {
    *BY_SERVICE,
    *(f"network:{kind}" for kind in BY_NETWORK),
    *(f"roads:{kind}" for kind in BY_ROADS),
    *(f"growth:{kind}" for kind in BY_POLICY),
    *(f"funding:{kind}" for kind in BY_MONEY),
    *(PREFIXES.get(table.key[0], table.key[0]) for table in TABLES if table.rule),
    *OF_PLANS,
}
"""All that the catalogue of rules has."""


def kind_of(rule: str) -> str:
    """Return the kind of a rule id: ``siting:school`` is ``siting``."""
    head, *rest = rule.split(":")
    if head == "network":
        return f"network:{rest[1]}"
    return (
        f"{head}:{rest[0]}"
        if head in ("roads", "growth", "funding", "futures")
        else head
    )
