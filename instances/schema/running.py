"""Tables of how facilities are run: second shift, staff, what may change at once."""

from __future__ import annotations

from dataclasses import replace

from aumaq.instances.language.texts import say
from aumaq.instances.schema.column import SOURCE, Column, Table
from aumaq.instances.schema.territory import ONLY_REGION, ONLY_TAG, WHO

STAFF = "staff"
"""What pays for hiring and training, where money and budgets name a service."""

_PERIOD = Column(
    "period", "text", "the period it holds in", references="periods.period"
)
_REGION = Column(
    "region", "text", "only sites in this region (empty: all)", default=None
)
_TITLE = Column("title", "text", "the rule in the reader's language", default=None)

SHIFTS = Table(
    "shifts",
    "A second shift: dearer places in the facilities that run.",
    (
        Column("service", "text", "the service", references="services.service"),
        Column(
            "from_level",
            "int",
            "facilities of this level and above may have one",
            "level",
            1,
            low=1,
        ),
        Column(
            "extra_share",
            "number",
            "places that it adds, of what a plan may use of a facility",
            "share",
            low=0.0,
        ),
        Column(
            "cost_mln_per_unit_year",
            "number",
            "what a place that is used in it costs a year",
            "mln/unit/year",
            low=0.0,
        ),
        Column(
            "staff_share",
            "number",
            "posts for each unit of demand in it, of what a place of the first shift"
            " takes in a facility of the level that stands there (`staff_needs`): 1 is"
            " as many, 0 none, for whom its price pays for all who work in it",
            "share",
            1.0,
            low=0.0,
            is_later=True,
        ),
        SOURCE,
    ),
    key=("service",),
    is_later=True,
)

SHIFT_LIMITS = Table(
    "shift_limits",
    "Largest share of demand in second shift; a period without a row has no limit.",
    (
        Column("shift_limit", "text", "code of the rule"),
        _PERIOD,
        Column("service", "text", "the service", references="shifts.service"),
        _REGION,
        Column(
            "most_share",
            "number",
            "of the demand of the region's settlements so much may be in second shift"
            " at its sites",
            "share",
            low=0.0,
        ),
        _TITLE,
        SOURCE,
    ),
    key=("shift_limit", "period"),
    rule=say("{service}: few in second shift"),
    is_later=True,
)

PROFESSIONS = Table(
    "professions",
    "Who works in facilities: teachers, doctors, nurses.",
    (
        Column("profession", "text", "code of the profession"),
        _TITLE,
        SOURCE,
    ),
    key=("profession",),
    rule=say("staff for what runs: {profession}"),
    is_later=True,
)

STAFF_NEEDS = Table(
    "staff_needs",
    "Posts that must be filled in each running facility; who is in a second shift takes"
    " posts beside these (`shifts`, `staff_share`).",
    (
        Column(
            "profession",
            "text",
            "the profession",
            references="professions.profession",
        ),
        Column("service", "text", "the service", references="services.service"),
        Column("level", "int", "in facilities of this level", "level", low=1),
        Column("posts", "number", "posts in one", "jobs", low=0.0),
        SOURCE,
    ),
    key=("profession", "service", "level"),
    is_later=True,
)

STAFF_SUPPLY = Table(
    "staff_supply",
    "Staff of a region in a period, and what more may be had. A region and period"
    " without a row has as many as it needs.",
    (
        Column(
            "profession",
            "text",
            "the profession",
            references="professions.profession",
        ),
        Column("region", "text", "the region"),
        _PERIOD,
        Column("available", "number", "who is there by itself", "jobs", low=0.0),
        Column(
            "most_hired",
            "number",
            "most that may be brought in from elsewhere at its start; they stay"
            " (empty: any number)",
            "jobs",
            None,
            low=0.0,
        ),
        Column("hire_mln", "number", "bringing one in", "mln", 0.0, low=0.0),
        Column(
            "most_trained",
            "number",
            "most that may be trained during it; they work from the next period on",
            "jobs",
            0.0,
            low=0.0,
        ),
        Column("train_mln", "number", "training one", "mln", 0.0, low=0.0),
        SOURCE,
    ),
    key=("profession", "region", "period"),
    is_later=True,
)

BUILDING_CAPACITY = Table(
    "building_capacity",
    "How much may change at once; a period without a row has no limit.",
    (
        Column("building_capacity", "text", "code of the rule"),
        _PERIOD,
        _REGION,
        Column(
            "service",
            "text",
            "only this service (empty: all)",
            default=None,
            references="services.service",
        ),
        Column(
            "most_mln",
            "number",
            "building, closing, renewing, relocating and merging facilities takes so"
            " much at most in the period; roads, networks and growth points have"
            " builders of their own (empty: no limit)",
            "mln",
            None,
            low=0.0,
        ),
        Column(
            "most_changes",
            "number",
            "so many facilities at most open, close, change their level or are renewed"
            " in the period (empty: no limit)",
            "facilities",
            None,
            low=0.0,
            is_whole=True,
        ),
        _TITLE,
        SOURCE,
    ),
    key=("building_capacity", "period"),
    rule=say("no more building at once than can be done"),
    is_later=True,
)

BUSES = Table(
    "buses",
    "A bus that takes people to a service: who rides counts as near in its standards.",
    (
        Column("service", "text", "the service", references="services.service"),
        Column(
            "within_minutes",
            "number",
            "longest ride, one way; so long a way is an option beyond the cut-off, too",
            "min",
            low=0.0,
        ),
        Column(
            "cost_mln_per_unit_year",
            "number",
            "a seat for a unit of demand a year, beside what the kilometres cost",
            "mln/unit/year",
            0.0,
            low=0.0,
        ),
        Column(
            "cost_per_km",
            "number",
            "a unit's trip, a kilometre, beside `transport_cost_per_km`",
            "currency/trip/km",
            0.0,
            low=0.0,
        ),
        SOURCE,
    ),
    key=("service",),
    is_later=True,
)

MOBILE_SERVICES = Table(
    "mobile_services",
    "Teams that serve people at home on visit days: a doctor, an X-ray bus, a library."
    " Who is visited belongs to the facility where the team is based, takes one of its"
    " places, and does not travel.",
    (
        Column("mobile_service", "text", "code of the rule"),
        Column("service", "text", "the service", references="services.service"),
        Column(
            "from_level",
            "int",
            "teams are based at facilities that run, of this level and above",
            "level",
            1,
            low=1,
        ),
        Column(
            "most_teams",
            "int",
            "so many teams at most for each of them",
            default=1,
            low=1,
        ),
        Column(
            "days_per_year",
            "number",
            "days of visits of a team",
            "days/year",
            low=1.0,
            high=366.0,
        ),
        Column(
            "units_per_day",
            "number",
            "units of demand that are served all year by a day of visits a year",
            "units",
            low=0.001,
        ),
        Column(
            "cost_mln_per_team_year",
            "number",
            "a team, whatever it does",
            "mln/team/year",
            0.0,
            low=0.0,
        ),
        Column(
            "cost_mln_per_day", "number", "a day of visits", "mln/day", 0.0, low=0.0
        ),
        Column(
            "cost_per_km",
            "number",
            "a kilometre of the team: it goes out and back on each day",
            "currency/km",
            0.0,
            low=0.0,
        ),
        Column(
            "within_minutes",
            "number",
            "longest way from its base; so long a way is an option beyond the"
            " cut-off, too",
            "min",
            low=0.0,
        ),
        Column(
            "applies_to", "text", "which settlements count", default="all", choices=WHO
        ),
        replace(ONLY_REGION, is_later=False),
        replace(ONLY_TAG, is_later=False),
        Column(
            "population_most",
            "number",
            "only settlements of so many inhabitants today, or fewer (empty: any)",
            "persons",
            None,
            low=0.0,
        ),
        Column(
            "most_share",
            "number",
            "of a settlement's demand so much may be served at home",
            "share",
            1.0,
            low=0.0,
            high=1.0,
        ),
        Column(
            "counts_in_standards",
            "flag",
            "whether who is visited counts as near in standards",
            default=True,
        ),
        _TITLE,
        SOURCE,
    ),
    key=("mobile_service",),
    rule=say("a mobile service does what it can: {mobile_service}"),
    is_later=True,
)

RUNNING_TABLES = (
    SHIFTS, SHIFT_LIMITS, PROFESSIONS, STAFF_NEEDS, STAFF_SUPPLY, BUILDING_CAPACITY,
    BUSES, MOBILE_SERVICES,
)  # fmt: skip
