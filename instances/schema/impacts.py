"""Tables of impacts: land taken, emissions, abstraction of water, and limits."""

from __future__ import annotations

from aumaq.instances.language.texts import say
from aumaq.instances.schema.column import IS_HARD, SOURCE, Column, Table
from aumaq.instances.schema.land import ZONE_KINDS

INCLUDED = ("footprint", "emissions")
"""Kinds of impacts that tables of facilities and local supply hold already."""
CAUSES = ("facility", "supply", "local_supply", "local_capacity", "travel")
"""What an impact is of."""

IMPACTS = Table(
    "impacts",
    "Loads on the environment: land taken, emissions of a kind, water abstracted.",
    (
        Column("impact", "text", "code"),
        Column("title", "text", "title for readers", default=None),
        Column("unit", "text", "what it is measured in: ha, t/year, m3/day"),
        Column(
            "includes",
            "text",
            "what is counted beside `impact_rates`: `footprint`: `levels.footprint_ha`;"
            " `emissions`: the columns of emissions in `levels` and `local_supplies`"
            " (empty: nothing)",
            default=None,
            choices=INCLUDED,
        ),
        SOURCE,
    ),
    key=("impact",),
    is_later=True,
)


IMPACT_RATES = Table(
    "impact_rates",
    "What one of a thing adds to an impact. A row of a level counts before one of all"
    " levels, a row of a service before one of all.",
    (
        Column("impact", "text", "the impact", references="impacts.impact"),
        Column(
            "of",
            "text",
            "`facility`: one that runs; `supply`: a unit that it feeds into a network;"
            " `local_supply`: a unit supplied locally; `local_capacity`: a unit"
            " installed; `travel`: a km of a person on the way to a service",
            choices=CAUSES,
        ),
        Column(
            "service",
            "text",
            "the service (empty: of local supply; or travel to all services)",
            default=None,
            references="services.service",
        ),
        Column("level", "int", "the level (0: each)", "level", 0, low=0),
        Column(
            "network",
            "text",
            "network of local supply (empty: of anything else)",
            default=None,
            references="networks.network",
        ),
        Column("option", "text", "its option (empty: each)", default=None),
        Column("rate", "number", "units of the impact, a year, for one", low=0.0),
        SOURCE,
    ),
    key=("impact", "of", "service", "level", "network", "option"),
    is_later=True,
)


IMPACT_LIMITS = Table(
    "impact_limits",
    "How much of an impact there may be in a period: a cap, a sustainable yield,"
    " hectares of a kind of land. With a price it may be passed; a cap of 0 with a"
    " price is a price on every unit. What stands today counts.",
    (
        Column("limit", "text", "code of the limit"),
        Column("period", "text", "period", references="periods.period"),
        Column("impact", "text", "the impact", references="impacts.impact"),
        Column("title", "text", "the rule in the reader's language", default=None),
        Column(
            "region",
            "text",
            "of what stands, is fed in or sets out in this region (empty: all)",
            default=None,
        ),
        Column(
            "zone",
            "text",
            "of what stands in this zone; nobody travels there (empty: anywhere)",
            default=None,
            references="zones.zone",
        ),
        Column(
            "kind",
            "text",
            "of what stands in zones of this kind (empty: anywhere)",
            default=None,
            choices=ZONE_KINDS,
        ),
        Column("most", "number", "so much, in the unit of the impact", low=0.0),
        IS_HARD,
        Column(
            "excess_mln_per_unit_year",
            "number",
            "price of a unit above it (0: what is above it is told, no more)",
            "mln/unit/year",
            0.0,
            low=0.0,
        ),
        SOURCE,
    ),
    key=("limit", "period"),
    rule=say("limit {limit}"),
    is_later=True,
)

IMPACT_TABLES = (IMPACTS, IMPACT_RATES, IMPACT_LIMITS)
"""Tables of impacts, in the order in which they are told."""
