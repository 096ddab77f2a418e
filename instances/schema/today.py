"""Tables that describe the territory of today: past population, districts, jobs.

Plans do not use them; the analysis does.
"""

from __future__ import annotations

from aumaq.instances.schema.column import SOURCE, Column, Table

REGION = Column("region", "text", "region", references="regions.region")

REGION_HISTORY = Table(
    "region_history",
    "Population of the regions in past years, villages outside the instance included.",
    (
        REGION,
        Column("year", "int", "year", "year"),
        Column("persons", "number", "inhabitants", "persons", low=0.0),
        Column(
            "persons_urban",
            "number",
            "of them in cities and towns (empty: not known)",
            "persons",
            None,
            low=0.0,
        ),
        Column(
            "is_break",
            "flag",
            "whether the borders changed since the year before; growth is then"
            " measured from this year on",
            default=False,
        ),
        SOURCE,
    ),
    key=("region", "year"),
)


DISTRICTS = Table(
    "districts",
    "Areas of the districts that `settlements` names.",
    (
        REGION,
        Column("district", "text", "district, as in `settlements`"),
        Column("area_km2", "number", "area", "km2", low=0.0),
        SOURCE,
    ),
    key=("region", "district"),
)


JOBS = Table(
    "jobs",
    "Jobs of today by sector.",
    (
        REGION,
        Column(
            "district",
            "text",
            "district, as in `settlements` (empty: not known)",
            default=None,
        ),
        Column("sector", "text", "sector of the economy"),
        Column("jobs", "number", "people who work in it", "persons", low=0.0),
        SOURCE,
    ),
    key=("region", "district", "sector"),
)
