"""Industrial, agricultural and tourist sites as anchors of jobs, people and load."""

from __future__ import annotations

from aumaq.instances.schema.column import SOURCE, Column, Table
from aumaq.instances.schema.networks import SYNTHETIC

ANCHOR_KINDS = ("industry", "agriculture", "tourism", "port", "zone")

ANCHORS = Table(
    "anchors",
    "Plants, farms, resorts, ports and economic zones: once open, each brings jobs,"
    " people and load to a settlement. People come on top of every projection, from"
    " outside; whom `announced_sites` moves in a projection is not said here again.",
    (
        Column("anchor", "text", "code"),
        Column("title", "text", "title for readers", default=None),
        Column("kind", "text", "what it is", choices=ANCHOR_KINDS),
        Column(
            "settlement",
            "text",
            "settlement where its people live; its load is at the nodes that feed it",
            references="settlements.settlement",
        ),
        Column(
            "first_period",
            "text",
            "first period in which it is open (empty: the first)",
            default=None,
            references="periods.period",
        ),
        Column("jobs", "number", "people who work there", "jobs", 0.0, low=0.0),
        Column(
            "persons_per_job",
            "number",
            "people who move in for a job, families included (0: those who work there"
            " are counted among the people already)",
            "persons/job",
            0.0,
            low=0.0,
        ),
        Column("power_kw", "number", "load of power", "kW", 0.0, low=0.0),
        Column("water_m3_per_day", "number", "load of water", "m3/day", 0.0, low=0.0),
        Column(
            "lat",
            "number",
            "latitude, for readers (empty: that of its settlement)",
            "degrees",
            None,
            low=-90.0,
            high=90.0,
        ),
        Column(
            "lon",
            "number",
            "longitude, for readers (empty: that of its settlement)",
            "degrees",
            None,
            low=-180.0,
            high=180.0,
        ),
        SYNTHETIC,
        SOURCE,
    ),
    key=("anchor",),
    is_later=True,
)
