"""Tables of facilities that move, and of who goes on where."""

from __future__ import annotations

from aumaq.instances.language.texts import say
from aumaq.instances.schema.column import SOURCE, Column, Table

RELOCATIONS = Table(
    "relocations",
    "A facility that may move to another site, with its level and what it holds: it"
    " closes at one site and opens at the other in the same period, and its own cost is"
    " paid instead of what closing and opening would cost. At its new site it counts as"
    " built in that period: what it cost is worth the rest of its life at the end, and"
    " no renewal is due. It happens once, or never. For all other rules it is a closure"
    " and an opening, which must be allowed.",
    (
        Column("relocation", "text", "code of the relocation"),
        Column("service", "text", "the service", references="services.service"),
        Column("site", "text", "from this site", references="sites.site"),
        Column("to_site", "text", "to this one", references="sites.site"),
        Column(
            "cost_mln", "number", "what it costs, whatever the level", "mln", low=0.0
        ),
        Column(
            "first_period",
            "text",
            "not before this period (empty: the first)",
            default=None,
            references="periods.period",
        ),
        Column(
            "last_period",
            "text",
            "not after this period (empty: the last)",
            default=None,
            references="periods.period",
        ),
        Column(
            "is_forced",
            "flag",
            "whether it must happen in one of these periods; otherwise it may",
            default=False,
        ),
        Column("title", "text", "what it is called", default=None),
        SOURCE,
    ),
    key=("relocation",),
    rule=say("{service}: from {site} to {to_site}"),
    is_later=True,
)

MOVING_TABLES = (RELOCATIONS,)
"""These tables, in the order in which they are told."""
