"""Tables from which the future population is computed: ages, rates, trends, levers."""

from __future__ import annotations

from aumaq.instances.schema.column import SOURCE, Column, Table

OF_PROJECTION = Column(
    "projection",
    "text",
    "projection (empty: all)",
    default=None,
    references="projections.projection",
)
OF_REGION = Column("region", "text", "region (empty: all)", default=None)
FROM_YEAR = Column("first_year", "int", "holds from this year (0: always)", "year", 0)
ALL_AGES = -1
OF_AGE = Column(
    "from_age",
    "int",
    "first age of the age group (-1: all ages)",
    "years",
    ALL_AGES,
    low=-1.0,
)
SEXES = ("female", "male")

PROJECTIONS = Table(
    "projections",
    "Projections that are computed: a scenario that names one takes its people from"
    " there, not from `population` or `growth`.",
    (
        Column("projection", "text", "name, as scenarios give it"),
        Column("title", "text", "title for readers", default=None),
        Column(
            "start_year",
            "int",
            "year of the populations of `settlements` (0: the base year)",
            "year",
            0,
        ),
        Column(
            "step_years",
            "int",
            "length of a step, and width of the age groups",
            "years",
            5,
            low=1,
            high=100,
        ),
        Column(
            "migration",
            "text",
            "between regions: `none`, by `rates` (table `migration_rates`) or by"
            " `gravity`: people move in proportion to the population of the other"
            " region, over distance to the power `gravity_exponent`",
            default="rates",
            choices=("none", "rates", "gravity"),
        ),
        Column(
            "gravity_share_per_year",
            "number",
            "share of a region's people who move to another one in a year",
            "share/year",
            0.01,
            low=0.0,
            high=1.0,
        ),
        Column(
            "gravity_exponent",
            "number",
            "power of distance",
            default=1.0,
            low=0.0,
            high=10.0,
        ),
        Column(
            "uses_totals",
            "flag",
            "whether results are rescaled to `population_totals`",
            default=True,
        ),
        Column(
            "trend_half_life_years",
            "number",
            "time in which trends of settlements fade to a half (empty: never)",
            "years",
            None,
            low=0.1,
        ),
        Column(
            "empty_below_persons",
            "number",
            "smaller settlements empty; their people move within the region",
            "persons",
            0.0,
            low=0.0,
        ),
        Column(
            "male_birth_share",
            "number",
            "boys among births",
            "share",
            0.512,
            low=0.0,
            high=1.0,
        ),
        SOURCE,
    ),
    key=("projection",),
)

COHORTS = Table(
    "cohorts",
    "People by age group in the start year. Only proportions within a region count:"
    " its total is that of its settlements. The last group is open.",
    (
        OF_REGION,
        Column(
            "sex",
            "text",
            "`female`, `male`, or empty on every row: both together",
            default=None,
            choices=SEXES,
        ),
        Column("from_age", "int", "first age of the age group", "years", low=0),
        Column("persons", "number", "persons", "persons", low=0.0),
        SOURCE,
    ),
    key=("region", "sex", "from_age"),
)

FERTILITY = Table(
    "fertility",
    "Births by age of the mother; of rows that fit, the one that names most counts. A"
    " group without a row that fits has no births; `validate` warns of regions without"
    " any.",
    (
        OF_PROJECTION,
        OF_REGION,
        FROM_YEAR,
        Column("from_age", "int", "first age of the age group", "years", low=0),
        Column(
            "births_per_woman_year",
            "number",
            "births a year per woman of the group",
            "births/woman/year",
            low=0.0,
            high=1.0,
        ),
        SOURCE,
    ),
    key=("projection", "region", "first_year", "from_age"),
)

SURVIVAL = Table(
    "survival",
    "Share of an age group still alive a step later; of the rows that fit, the one that"
    " names most counts. Of a group without a row that fits nobody dies; `validate`"
    " warns of each.",
    (
        OF_PROJECTION,
        OF_REGION,
        FROM_YEAR,
        Column(
            "sex", "text", "`female`, `male` (empty: both)", default=None, choices=SEXES
        ),
        Column(
            "from_age",
            "int",
            "first age of the group at the start of the step (-1: born during it)",
            "years",
            low=-1.0,
        ),
        Column("share", "number", "still alive at its end", "share", low=0.0, high=1.0),
        SOURCE,
    ),
    key=("projection", "region", "first_year", "sex", "from_age"),
)

MIGRATION_RATES = Table(
    "migration_rates",
    "Migration between regions.",
    (
        OF_PROJECTION,
        Column("from_region", "text", "region that people leave"),
        Column("to_region", "text", "region where they go"),
        FROM_YEAR,
        OF_AGE,
        Column(
            "share_per_year",
            "number",
            "share of the people of the first who move in a year",
            "share/year",
            low=0.0,
            high=1.0,
        ),
        SOURCE,
    ),
    key=("projection", "from_region", "to_region", "first_year", "from_age"),
)

EXTERNAL_MIGRATION = Table(
    "external_migration",
    "Net migration from abroad.",
    (
        OF_PROJECTION,
        Column("region", "text", "region"),
        FROM_YEAR,
        OF_AGE,
        Column(
            "persons_per_year",
            "number",
            "arrivals less departures; without an age spread like the people there",
            "persons/year",
        ),
        SOURCE,
    ),
    key=("projection", "region", "first_year", "from_age"),
)

POPULATION_TOTALS = Table(
    "population_totals",
    "Official totals that a projection is rescaled to, in a straight line between the"
    " years given. Where they cover the start year only their growth counts.",
    (
        OF_PROJECTION,
        Column("region", "text", "region (empty: all together)", default=None),
        Column("year", "int", "year", "year"),
        Column("persons", "number", "persons", "persons", low=0.0),
        SOURCE,
    ),
    key=("projection", "region", "year"),
)

CENSUSES = Table(
    "censuses",
    "People of settlements in two earlier years or more; the last two make the trend.",
    (
        Column("settlement", "text", "settlement", references="settlements.settlement"),
        Column("year", "int", "year", "year"),
        OF_AGE,
        Column("persons", "number", "persons", "persons", low=0.0),
        SOURCE,
    ),
    key=("settlement", "year", "from_age"),
)

SETTLEMENT_TRENDS = Table(
    "settlement_trends",
    "Trends of settlements without two censuses.",
    (
        Column("settlement", "text", "settlement", references="settlements.settlement"),
        Column(
            "growth_per_year",
            "number",
            "continuous rate, relative to the region's other settlements",
            "1/year",
            low=-1.0,
            high=1.0,
        ),
        SOURCE,
    ),
    key=("settlement",),
)

LEVERS = Table(
    "levers",
    "Settlement policy of a projection.",
    (
        Column("projection", "text", "projection", references="projections.projection"),
        Column(
            "lever",
            "text",
            "`growth_points`, `agglomerations`: they receive at least this share of the"
            " region's net growth; `border`: this share of what border settlements"
            " would lose stays; `retention`: the same where services are kept",
            choices=("growth_points", "agglomerations", "border", "retention"),
        ),
        OF_REGION,
        FROM_YEAR,
        Column("share", "number", "share", "share", low=0.0, high=1.0),
        Column(
            "max_growth_per_year",
            "number",
            "no growth point or agglomeration grows faster because of the lever"
            " (empty: no limit)",
            "share/year",
            None,
            low=0.0,
        ),
        SOURCE,
    ),
    key=("projection", "lever", "region", "first_year"),
)

ANNOUNCED_SITES = Table(
    "announced_sites",
    "Industrial and agricultural sites that are announced: they bring jobs and people.",
    (
        Column("announced_site", "text", "name"),
        OF_PROJECTION,
        Column("settlement", "text", "settlement", references="settlements.settlement"),
        Column("sector", "text", "industry, agriculture, ...", default=None),
        Column("year", "int", "year in which it opens", "year"),
        Column("jobs", "number", "jobs", "jobs", low=0.0),
        Column(
            "persons_per_job",
            "number",
            "people who move in for a job, families included",
            "persons/job",
            1.0,
            low=0.0,
        ),
        Column(
            "comes_from",
            "text",
            "they come from the same `region`, from all other regions (`nation`) or"
            " from `abroad`",
            default="region",
            choices=("region", "nation", "abroad"),
        ),
        SOURCE,
    ),
    key=("announced_site", "projection"),
)

PROJECTION_TABLES = (
    PROJECTIONS, COHORTS, FERTILITY, SURVIVAL, MIGRATION_RATES, EXTERNAL_MIGRATION,
    POPULATION_TOTALS, CENSUSES, SETTLEMENT_TRENDS, LEVERS, ANNOUNCED_SITES,
)  # fmt: skip
"""Everything that a computed projection is made from."""
