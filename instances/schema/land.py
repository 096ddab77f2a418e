"""Tables of the land: zones, what each permits, and what is forbidden near them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aumaq.instances.language.texts import Text, say
from aumaq.instances.schema.column import SOURCE, Column, Table

ZONE_KINDS = (
    "residential", "agricultural", "forest", "industrial", "recreational",
    "protected", "hazard",
)  # fmt: skip
"""Kinds of zones; a hazard is a flood plain, a landslide, a polluted site."""

ZONES = Table(
    "zones",
    "Parts of the land of one kind: an outline, a circle, or just a code that"
    " `site_zones` names. Zones may overlap: a place lies in each of them.",
    (
        Column("zone", "text", "code"),
        Column("title", "text", "name for readers", default=None),
        Column("kind", "text", "what the land is for", choices=ZONE_KINDS),
        Column(
            "outline",
            "text",
            "`POLYGON ((lon lat, ...))` or `MULTIPOLYGON (...)` in degrees; a ring"
            " within a ring is a hole (empty: a circle, or what `site_zones` says)",
            default=None,
        ),
        Column(
            "lat", "number", "latitude of the centre of a circle", "degrees", None,
            low=-90.0, high=90.0,
        ),
        Column(
            "lon", "number", "longitude of the centre of a circle", "degrees", None,
            low=-180.0, high=180.0,
        ),
        Column("radius_km", "number", "radius of a circle", "km", None, low=0.0),
        SOURCE,
    ),
    key=("zone",),
    is_later=True,
)  # fmt: skip


SITE_ZONES = Table(
    "site_zones",
    "In which zones a site lies, where it is known better than from outlines: these,"
    " and no others, are then the zones of the site.",
    (
        Column("service", "text", "the service", references="services.service"),
        Column("site", "text", "the site", references="sites.site"),
        Column("zone", "text", "the zone", references="zones.zone"),
        SOURCE,
    ),
    key=("service", "site", "zone"),
    is_later=True,
)


ZONE_PERMITS = Table(
    "zone_permits",
    "What zones of a kind permit. The closest row counts: one of the service before one"
    " of all, of these the highest level that is not above; without a row all is"
    " permitted. What stands may stay and be renewed, but not grow, shrink or open anew"
    " at a level that is not permitted.",
    (
        Column("kind", "text", "kind of zone", choices=ZONE_KINDS),
        Column(
            "service",
            "text",
            "the service (empty: all)",
            default=None,
            references="services.service",
        ),
        Column(
            "from_level", "int", "holds for this level and above", "level", 1, low=1
        ),
        Column("is_permitted", "flag", "whether it may be built there"),
        SOURCE,
    ),
    key=("kind", "service", "from_level"),
    is_later=True,
)


BUFFERS = Table(
    "buffers",
    "What may not be built within a distance of zones, protected land or hazards, say;"
    " in the zones themselves it may not, either. What stands may stay, as under"
    " `zone_permits`.",
    (
        Column("buffer", "text", "code of the rule"),
        Column("title", "text", "the rule in the reader's language", default=None),
        Column(
            "zone",
            "text",
            "around this zone (empty: around all of the kind)",
            default=None,
            references="zones.zone",
        ),
        Column(
            "kind",
            "text",
            "around all zones of this kind (empty: around the zone)",
            default=None,
            choices=ZONE_KINDS,
        ),
        Column("distance_km", "number", "within this distance", "km", low=0.0),
        Column(
            "service",
            "text",
            "the service that is forbidden (empty: all)",
            default=None,
            references="services.service",
        ),
        Column("from_level", "int", "from this level up", "level", 1, low=1),
        SOURCE,
    ),
    key=("buffer",),
    is_later=True,
)

WORKS = {
    "roads": say("roads"),
    "links": say("lines and mains"),
    "local_supply": say("local supply"),
}
"""What may be forbidden in zones beside facilities, in words."""


def _works(row: Mapping[str, Any]) -> Text:
    """Return what a rule on works in zones asks for."""
    form = say("{zone_work}: no {works} where the land is {kind}")
    return form.given(zone_work=row["zone_work"], works=WORKS[row["of"]],
                      kind=row["kind"])  # fmt: skip


ZONE_WORKS = Table(
    "zone_works",
    "Roads, lines, mains and local supply that may not be built in zones of a kind. A"
    " road or link lies in a zone if the straight line between its ends crosses it;"
    " local supply stands at the node that it feeds. What stands may stay.",
    (
        Column("zone_work", "text", "code of the rule"),
        Column("title", "text", "the rule in the reader's language", default=None),
        Column("kind", "text", "kind of zone", choices=ZONE_KINDS),
        Column(
            "of",
            "text",
            "what may not be built: upgrades of `roads`, steps of `links` of networks,"
            " or `local_supply`",
            choices=tuple(WORKS),
        ),
        Column(
            "network",
            "text",
            "of links and local supply: of this network (empty: of all)",
            default=None,
            references="networks.network",
        ),
        Column(
            "option", "text", "this option of local supply (empty: all)", default=None
        ),
        Column(
            "is_only_new",
            "flag",
            "whether only what is new is forbidden: a road or link that has no capacity"
            " today; what is there may be widened",
            default=False,
        ),
        SOURCE,
    ),
    key=("zone_work",),
    rule=_works,
    is_later=True,
)

LAND_TABLES = (ZONES, SITE_ZONES, ZONE_PERMITS, BUFFERS, ZONE_WORKS)
"""Tables of the land, in the order in which they are told."""
