"""Tables of the territory: regions, settlements, people."""

from __future__ import annotations

from aumaq.instances.schema.column import SOURCE, Column, Table

WHO = ("all", "urban", "rural", "remote", "border", "growth_point")
"""Kinds of settlements that a rule may count."""

ONLY_REGION = Column(
    "region",
    "text",
    "only settlements of this region (empty: of all)",
    default=None,
    is_later=True,
)
ONLY_TAG = Column(
    "tag",
    "text",
    "only settlements with this tag of `settlement_tags` (empty: with any or none)",
    default=None,
    is_later=True,
)
"""Where rules count, beside ``applies_to``."""

REGIONS = Table(
    "regions",
    "Names of the regions in several languages.",
    (
        Column("region", "text", "code or name, as in `settlements`"),
        Column("name", "text", "name"),
        Column("name_en", "text", "name in English", default=None),
        Column("name_kk", "text", "name in Kazakh", default=None),
        Column("name_ru", "text", "name in Russian", default=None),
        Column("area_km2", "number", "area (empty: not known)", "km2", None, low=0.0),
        SOURCE,
    ),
    key=("region",),
)


SETTLEMENTS = Table(
    "settlements",
    "The demand points.",
    (
        Column("settlement", "text", "code"),
        Column("name", "text", "name"),
        Column("name_en", "text", "name in English", default=None),
        Column("name_kk", "text", "name in Kazakh", default=None),
        Column("name_ru", "text", "name in Russian", default=None),
        Column(
            "kind",
            "text",
            "kind; city and town count as urban",
            choices=("city", "town", "village"),
        ),
        Column("region", "text", "region", references="regions.region"),
        Column("district", "text", "district", default=None),
        Column("lat", "number", "latitude, WGS 84", "degrees", low=-90.0, high=90.0),
        Column("lon", "number", "longitude, WGS 84", "degrees", low=-180.0, high=180.0),
        Column(
            "population", "number", "inhabitants in the base year", "persons", low=0.0
        ),
        Column(
            "internal_minutes",
            "number",
            "usual trip inside the settlement",
            "min",
            0.0,
            low=0.0,
        ),
        Column("is_remote", "flag", "tighter guarantees may apply", default=False),
        Column("is_border", "flag", "in the border area", default=False),
        Column("is_growth_point", "flag", "growth point of the policy", default=False),
        Column(
            "agglomeration", "text", "agglomeration that it belongs to", default=None
        ),
        Column(
            "centre_of",
            "text",
            "seat of its `district`, `region` or `nation`, the highest of them (empty:"
            " of none; a unit without a seat is seen from its largest settlement)",
            default=None,
            choices=("district", "region", "nation"),
        ),
        Column(
            "node",
            "text",
            "road node (empty: the nearest one)",
            default=None,
            references="road_nodes.node",
            may_lose=True,
        ),
        Column("coord_source", "text", "where the coordinates come from", default=None),
        Column("pop_source", "text", "where the population comes from", default=None),
        Column(
            "is_synthetic",
            "flag",
            "whether coordinates or population are estimates",
            default=False,
        ),
    ),
    key=("settlement",),
    is_required=True,
    example=(
        {
            "settlement": "a",
            "name": "Alpha",
            "kind": "town",
            "region": "R",
            "lat": 50.0,
            "lon": 70.0,
            "population": 4000.0,
        },
        {
            "settlement": "b",
            "name": "Beta",
            "kind": "village",
            "region": "R",
            "lat": 50.1,
            "lon": 70.1,
            "population": 600.0,
        },
    ),
)


SETTLEMENT_TAGS = Table(
    "settlement_tags",
    "Groups of settlements of the planner's own: a settlement may be in many.",
    (
        Column("settlement", "text", "settlement", references="settlements.settlement"),
        Column("tag", "text", "name of the group; rules name it in their column `tag`"),
        SOURCE,
    ),
    key=("settlement", "tag"),
    is_later=True,
)


POPULATION = Table(
    "population",
    "Persons by settlement, scenario, period and group. A settlement and group that"
    " occur here must have every period of every projection that is not computed (table"
    " `projections`); others follow `growth`.",
    (
        Column("settlement", "text", "settlement", references="settlements.settlement"),
        Column("scenario", "text", "projection named by the scenario"),
        Column("period", "text", "period", references="periods.period"),
        Column("group", "text", "group, or `all` for all inhabitants"),
        Column("persons", "number", "persons, mean of the period", "persons", low=0.0),
    ),
    key=("settlement", "scenario", "period", "group"),
)


GROWTH = Table(
    "growth",
    "Population of a region relative to the base year; without rows nothing grows.",
    (
        Column("scenario", "text", "projection named by the scenario"),
        Column(
            "region", "text", "region (empty: all regions without a row)", default=None
        ),
        Column("period", "text", "period", references="periods.period"),
        Column("factor", "number", "population times this", "factor", low=0.0),
        SOURCE,
    ),
    key=("scenario", "region", "period"),
)
