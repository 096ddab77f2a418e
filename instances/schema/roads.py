"""Tables of the roads: graph, upgrades, connections, travel times given outright."""

from __future__ import annotations

from aumaq.instances.language.texts import say
from aumaq.instances.schema.column import HOLDS_FROM, IS_HARD, SOURCE, Column, Table
from aumaq.instances.schema.networks import FIRST_PERIOD, SYNTHETIC

ROADS = "roads"
"""Stands for road upgrades where tables of money name a service or a network."""

ROAD_NODES = Table(
    "road_nodes",
    "Nodes of the road graph.",
    (
        Column("node", "text", "code"),
        Column("lat", "number", "latitude", "degrees", low=-90.0, high=90.0),
        Column("lon", "number", "longitude", "degrees", low=-180.0, high=180.0),
    ),
    key=("node",),
)


ROAD_LINKS = Table(
    "road_links",
    "Links of the road graph, both ways.",
    (
        Column("from_node", "text", "one end", references="road_nodes.node"),
        Column("to_node", "text", "other end", references="road_nodes.node"),
        Column("length_km", "number", "length", "km", low=0.0),
        Column("road_class", "text", "class", references="road_classes.road_class"),
        Column("road", "text", "number or name of the road", default=None),
        Column(
            "share_synthetic",
            "number",
            "share of it that runs on made-up roads; a link may stand for a way over"
            " many roads",
            "share",
            0.0,
            low=0.0,
            high=1.0,
        ),
        SYNTHETIC,
        SOURCE,
    ),
)


ROAD_CLASSES = Table(
    "road_classes",
    "Speed by class of road.",
    (
        Column("road_class", "text", "name of the class"),
        Column("speed_kmh", "number", "mean speed", "km/h", low=1.0, high=200.0),
        Column(
            "wet_speed_kmh",
            "number",
            "mean speed in the wet season (empty: the same)",
            "km/h",
            None,
            low=1.0,
            high=200.0,
        ),
        Column("title", "text", "title for readers", default=None),
        Column(
            "surface",
            "text",
            "surface (empty: not known)",
            default=None,
            choices=("paved", "gravel", "earth"),
        ),
        SOURCE,
    ),
    key=("road_class",),
)


TRAVEL = Table(
    "travel",
    "Travel times given outright; used instead of the road graph where present.",
    (
        Column("settlement", "text", "from", references="settlements.settlement"),
        Column("site", "text", "to", references="sites.site"),
        Column("minutes", "number", "time", "min", low=0.0),
        Column(
            "length_km",
            "number",
            "length; where it is not given it is 0, and what is paid a kilometre is 0"
            " too",
            "km",
            0.0,
            low=0.0,
        ),
    ),
    key=("settlement", "site"),
)


ROAD_UPGRADES = Table(
    "road_upgrades",
    "What may be built on roads: a link, or a corridor of links built as one; once"
    " built never undone.",
    (
        Column("upgrade", "text", "code"),
        Column("title", "text", "title for readers", default=None),
        Column(
            "region",
            "text",
            "region whose budget pays (empty: none)",
            default=None,
            references="regions.region",
        ),
        Column("capex_mln", "number", "building all its links", "mln", low=0.0),
        Column(
            "opex_mln_per_year",
            "number",
            "running it, beyond what its links cost today",
            "mln/year",
            0.0,
            low=0.0,
        ),
        FIRST_PERIOD,
        Column("lifetime_years", "number", "life of the road", "years", 25.0, low=1.0),
        SYNTHETIC,
        SOURCE,
    ),
    key=("upgrade",),
)


ROAD_UPGRADE_LINKS = Table(
    "road_upgrade_links",
    "The links of each upgrade: links of today that become faster, or new ones.",
    (
        Column("upgrade", "text", "upgrade", references="road_upgrades.upgrade"),
        Column("from_node", "text", "one end", references="road_nodes.node"),
        Column("to_node", "text", "other end", references="road_nodes.node"),
        Column("length_km", "number", "length once built", "km", low=0.0),
        Column(
            "road_class",
            "text",
            "class once built",
            references="road_classes.road_class",
        ),
    ),
    key=("upgrade", "from_node", "to_node"),
)


CONNECTIONS = Table(
    "connections",
    "Rules of connectivity: one settlement reaches another by road within a time.",
    (
        Column("connection", "text", "code of the rule"),
        Column("title", "text", "the rule in the reader's language", default=None),
        Column("from_settlement", "text", "from", references="settlements.settlement"),
        Column("to_settlement", "text", "to", references="settlements.settlement"),
        Column("minutes", "number", "within this time", "min", low=0.0),
        HOLDS_FROM,
        IS_HARD,
        Column(
            "shortfall_mln_per_year",
            "number",
            "price of a year in which it does not hold",
            "mln/year",
            0.0,
            low=0.0,
        ),
        SOURCE,
    ),
    key=("connection",),
    rule=say(
        "{from_settlement} reaches {to_settlement} within {n} minute",
        "{from_settlement} reaches {to_settlement} within {n} minutes",
    ),
)
