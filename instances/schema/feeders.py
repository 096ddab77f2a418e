"""Tables of who goes on where: from one site of a service to one of another."""

from __future__ import annotations

from aumaq.instances.language.texts import say
from aumaq.instances.schema.column import HOLDS_FROM, SOURCE, Column, Table

FEEDERS = Table(
    "feeders",
    "Who goes to one site of a service goes on together to one site of another: the"
    " pupils of a primary school to one secondary school, the patients of a medical"
    " point to one hospital. Of a settlement the share that goes to a site goes, in the"
    " other service, to the follow-on of that site, or is not served there. Who is not"
    " served by the first service is free, and so is who has no demand of it.",
    (
        Column("feeder", "text", "code of the pattern"),
        Column(
            "service", "text", "the service from which", references="services.service"
        ),
        Column("to_service", "text", "the one to which", references="services.service"),
        Column(
            "is_chosen",
            "flag",
            "whether each site without a row in `feeder_sites` has one follow-on, which"
            " is chosen for every period (otherwise who goes there is free)",
            default=True,
        ),
        HOLDS_FROM,
        Column("title", "text", "the rule in the reader's language", default=None),
        SOURCE,
    ),
    key=("feeder",),
    rule=say("Who goes to one site of {service} goes on to one of {to_service}"),
    is_later=True,
)

FEEDER_SITES = Table(
    "feeder_sites",
    "Follow-ons that are given: who goes to the one site goes on to the other.",
    (
        Column("feeder", "text", "the pattern", references="feeders.feeder"),
        Column("site", "text", "a site of its service", references="sites.site"),
        Column(
            "to_site", "text", "a site of its other service", references="sites.site"
        ),
        SOURCE,
    ),
    key=("feeder", "site"),
    is_later=True,
)

FEEDER_TABLES = (FEEDERS, FEEDER_SITES)
"""These tables, in the order in which they are told."""
