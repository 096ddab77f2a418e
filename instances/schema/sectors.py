"""Sectors of a territorial plan, as the general scheme of 2011 lists them."""

from __future__ import annotations

from aumaq.instances.schema.column import Column

SECTORS = (
    "social", "industry", "agriculture", "tourism", "transport", "energy", "water",
    "settlement",
)  # fmt: skip
"""Sectors in the order in which they are told.

``settlement`` is what growth points cost beyond the services that stand in them.
"""

SECTOR = Column(
    "sector",
    "text",
    "sector of the plan that it belongs to (empty: people come to it: social; else that"
    " of its network, energy for power and water for water)",
    default=None,
    choices=SECTORS,
    is_later=True,
)
