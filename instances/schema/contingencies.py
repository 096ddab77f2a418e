"""Contingencies: links whose loss a network must survive (N-1)."""

from __future__ import annotations

from aumaq.instances.language.texts import say
from aumaq.instances.schema.column import HOLDS_FROM, IS_HARD, SOURCE, Column, Table
from aumaq.instances.schema.networks import NETWORK

CONTINGENCIES = Table(
    "contingencies",
    "Links that may fail, one at a time (N-1): of the load that is met, at least a"
    " share is met after the loss of the link with all its steps. What stands is run"
    " anew then; capacities alone limit flows, and losses are not counted.",
    (
        Column("contingency", "text", "code of the rule"),
        Column("title", "text", "the rule in the reader's language", default=None),
        NETWORK,
        Column(
            "link",
            "text",
            "the link (empty: each link of `min_voltage_kv` and more)",
            default=None,
            references="network_links.link",
        ),
        Column(
            "min_voltage_kv",
            "number",
            "each link of this voltage and more (empty: the link that is named)",
            "kV",
            None,
            low=0.0,
        ),
        Column(
            "served_share",
            "number",
            "of the load that is met otherwise, met without the link",
            "share",
            1.0,
            low=0.0,
            high=1.0,
        ),
        HOLDS_FROM,
        IS_HARD,
        Column(
            "shortfall_mln_per_unit_year",
            "number",
            "price of a unit that is missing after a loss, where it is not hard",
            "mln/unit/year",
            0.0,
            low=0.0,
        ),
        SOURCE,
    ),
    key=("contingency",),
    rule=say("{network}: {served_share:.0%} of what is met is met after a loss"),
    is_later=True,
)
