"""Tables of rules on what becomes of facilities and of those who go there."""

from __future__ import annotations

from aumaq.instances.language.texts import say
from aumaq.instances.schema.column import HOLDS_FROM, SOURCE, Column, Table

CLASSES = ("all", "urban", "rural", "remote", "border", "growth_point")
"""Classes of settlements that a rule may be about."""
OF_WHOM = (
    Column("service", "text", "the service", references="services.service"),
    Column(
        "settlement",
        "text",
        "only this settlement (empty: all that the other columns let in)",
        default=None,
        references="settlements.settlement",
    ),
    Column(
        "region", "text", "only settlements of this region (empty: all)", default=None
    ),
    Column(
        "applies_to",
        "text",
        "which settlements count",
        default="all",
        choices=CLASSES,
    ),
    Column(
        "population_least",
        "number",
        "only settlements of so many inhabitants today, or more",
        "persons",
        0.0,
        low=0.0,
    ),
    Column(
        "population_most",
        "number",
        "only settlements of so many inhabitants today, or fewer (empty: any)",
        "persons",
        None,
        low=0.0,
    ),
)
"""Columns that say which service and which settlements a rule is about."""

CLOSING_RULES = Table(
    "closing_rules",
    "When a facility may close: not the only one of a settlement, or only if nobody"
    " then has much farther to go. Today's facility of a settlement is the nearest that"
    " stands, in minutes on today's roads, within the cut-off of the service (with"
    " `nearest_sites` above 0 however far), never beyond `served_within_minutes`.",
    (
        Column("closing", "text", "code of the rule"),
        *OF_WHOM,
        Column(
            "keep_only",
            "flag",
            "whether a settlement that has the service, today or in a period, keeps one"
            " facility of it at its sites from then on",
            default=True,
        ),
        Column(
            "extra_minutes_most",
            "number",
            "where no facility runs any more at today's site of a settlement (at none"
            " of them, if several are equally near), all of its people are served, and"
            " at most so many minutes farther than today (empty: any)",
            "min",
            None,
            low=0.0,
        ),
        Column("title", "text", "the rule in the reader's language", default=None),
        SOURCE,
    ),
    key=("closing",),
    rule=say("{service}: rule {closing} on closing"),
    is_later=True,
)

TOGETHER_RULES = Table(
    "together_rules",
    "Settlements whose people are not split over sites, of services that split others"
    " (`allocation` not `whole`): all of them go to one site, or none is served.",
    (
        Column("together", "text", "code of the rule"),
        *OF_WHOM,
        Column("title", "text", "the rule in the reader's language", default=None),
        SOURCE,
    ),
    key=("together",),
    rule=say("{service}: settlements of rule {together} are not split"),
    is_later=True,
)

MERGERS = Table(
    "mergers",
    "Two sites of a service of which one is left: from a period on exactly one facility"
    " runs at the two together, whichever is better, and the people whose facility of"
    " today is there (see `closing_rules`) go to no other.",
    (
        Column("merger", "text", "code of the rule"),
        Column("service", "text", "the service", references="services.service"),
        Column("site", "text", "one of the sites", references="sites.site"),
        Column("other_site", "text", "the other one", references="sites.site"),
        HOLDS_FROM,
        Column("title", "text", "the rule in the reader's language", default=None),
        SOURCE,
    ),
    key=("merger",),
    rule=say("{service}: {site} and {other_site} become one"),
    is_later=True,
)

CLOSING_TABLES = (CLOSING_RULES, TOGETHER_RULES, MERGERS)
"""These tables, in the order in which they are told."""
