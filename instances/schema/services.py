"""Tables of the services: levels, sites, facilities, rules on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aumaq.instances.language.texts import Text, say
from aumaq.instances.schema.column import HOLDS_FROM, IS_HARD, SOURCE, Column, Table
from aumaq.instances.schema.territory import ONLY_REGION, ONLY_TAG, WHO
from aumaq.instances.terms import COVERED

LEVELS = Table(
    "levels",
    "Size classes of each service, 1, 2, ... in order of capacity.",
    (
        Column("service", "text", "the service", references="services.service"),
        Column("level", "int", "1 for the smallest, without holes", low=1),
        Column("title", "text", "title for readers", default=None),
        Column("capacity", "number", "capacity of one facility", "units", low=0.0),
        Column("capex_mln", "number", "building one anew", "mln", low=0.0),
        Column("opex_mln_per_year", "number", "running one", "mln/year", low=0.0),
        Column("closing_mln", "number", "closing one", "mln", 0.0, low=0.0),
        Column(
            "min_use",
            "number",
            "demand that one must serve at least",
            "units",
            0.0,
            low=0.0,
        ),
        Column(
            "min_population",
            "number",
            "fewest inhabitants today of the settlement in which one may be built; what"
            " stands may stay (0: any)",
            "persons",
            0.0,
            low=0.0,
        ),
        Column("load_kw", "number", "load on the power network", "kW", 0.0, low=0.0),
        Column(
            "load_m3_per_day",
            "number",
            "load on the water network",
            "m3/day",
            0.0,
            low=0.0,
        ),
        Column("footprint_ha", "number", "land", "ha", 0.0, low=0.0),
        Column(
            "emissions_t_per_year",
            "number",
            "emissions, CO2 equivalent",
            "t/year",
            0.0,
            low=0.0,
        ),
        Column(
            "supply_mln_per_unit_year",
            "number",
            "supplying a unit, fuel above all (`supply` services)",
            "mln/unit/year",
            0.0,
            low=0.0,
        ),
        Column(
            "supply_emissions_t_per_unit_year",
            "number",
            "emissions of a unit supplied",
            "t/unit/year",
            0.0,
            low=0.0,
        ),
        SOURCE,
    ),
    key=("service", "level"),
    is_required=True,
    example=(
        {
            "service": "school",
            "level": 1,
            "capacity": 100.0,
            "capex_mln": 900.0,
            "opex_mln_per_year": 60.0,
        },
        {
            "service": "school",
            "level": 2,
            "capacity": 600.0,
            "capex_mln": 4080.0,
            "opex_mln_per_year": 270.0,
        },
    ),
)


TRANSITIONS = Table(
    "transitions",
    "Exceptions to the usual price or permission of a change of level.",
    (
        Column("service", "text", "the service", references="services.service"),
        Column("from_level", "int", "level before, 0 for none", low=0),
        Column("to_level", "int", "level after, 0 for none", low=0),
        Column("is_allowed", "flag", "whether the change may happen", default=True),
        Column(
            "cost_mln", "number", "its cost (empty: the usual)", "mln", None, low=0.0
        ),
    ),
    key=("service", "from_level", "to_level"),
)


SITES = Table(
    "sites",
    "Places where a service may stand.",
    (
        Column("site", "text", "code of the place"),
        Column("service", "text", "the service", references="services.service"),
        Column(
            "settlement",
            "text",
            "where it is (empty: give lat and lon)",
            default=None,
            references="settlements.settlement",
        ),
        Column(
            "lat",
            "number",
            "latitude (empty: the settlement's)",
            "degrees",
            None,
            low=-90.0,
            high=90.0,
        ),
        Column(
            "lon",
            "number",
            "longitude (empty: the settlement's)",
            "degrees",
            None,
            low=-180.0,
            high=180.0,
        ),
        Column(
            "node",
            "text",
            "road node (empty: the settlement's or the nearest)",
            default=None,
            references="road_nodes.node",
            may_lose=True,
        ),
        Column(
            "status",
            "text",
            "`existing`: something stands there; `candidate`: something may;"
            " `required`: something must; `forbidden`: nothing may, what stands"
            " there closes at once",
            choices=("existing", "required", "candidate", "forbidden"),
        ),
        # More at one place are a mistyped number, and each is looked at alone.
        Column("max_units", "int", "facilities that fit", "facilities", 1, 1, 10_000),
        Column(
            "max_level", "int", "highest level that fits (0: any)", "level", 0, low=0
        ),
        Column(
            "first_period",
            "text",
            "first period in which one may open or must be open (empty: the first)",
            default=None,
            references="periods.period",
        ),
        Column(
            "network_node",
            "text",
            "node that a `supply` service feeds (empty: the settlement's)",
            default=None,
            references="network_nodes.node",
            may_lose=True,
        ),
        Column(
            "max_supply",
            "number",
            "what may be drawn in a year on end, a sustainable yield (empty: any)",
            "units",
            None,
            low=0.0,
        ),
    ),
    key=("service", "site"),
    is_required=True,
    example=(
        {"site": "a", "service": "school", "settlement": "a", "status": "existing"},
        {"site": "b", "service": "school", "settlement": "b", "status": "candidate"},
    ),
)


FACILITIES = Table(
    "facilities",
    "What stands before the first period.",
    (
        Column("service", "text", "the service", references="services.service"),
        Column("site", "text", "the site", references="sites.site"),
        Column("level", "int", "its level", low=1),
        Column("units", "int", "so many of this level", "facilities", 1, low=1),
        Column(
            "is_locked", "flag", "whether they must stay as they are", default=False
        ),
        Column(
            "renew_by_year",
            "int",
            "year by which they must be renewed, or leave the level (0: never)",
            "year",
            0,
        ),
        Column(
            "is_synthetic",
            "flag",
            "whether this is an estimate, not a fact",
            default=False,
        ),
        SOURCE,
    ),
    key=("service", "site", "level", "renew_by_year"),
    example=({"service": "school", "site": "a", "level": 1},),
)


STANDARDS = Table(
    "standards",
    "Rules on access: a share of the demand within so many minutes.",
    (
        Column("standard", "text", "code of the rule"),
        Column("service", "text", "the service", references="services.service"),
        Column("title", "text", "the rule in the reader's language", default=None),
        Column(
            "applies_to", "text", "which settlements count", default="all", choices=WHO
        ),
        Column(
            "scope",
            "text",
            "where the share must be reached",
            default="settlement",
            choices=("settlement", "district", "region", "total"),
        ),
        Column("minutes", "number", "time limit", "min", low=0.0),
        Column(
            "share",
            "number",
            "share of the demand within it",
            "share",
            low=0.0,
            high=1.0,
        ),
        HOLDS_FROM,
        IS_HARD,
        Column(
            "shortfall_mln_per_unit_year",
            "number",
            "price of a unit of demand below the share",
            "mln/unit/year",
            0.0,
            low=0.0,
        ),
        SOURCE,
        ONLY_REGION,
        ONLY_TAG,
    ),
    key=("standard",),
    rule=say(
        "{share:.0%} of {service} demand within {n} minute",
        "{share:.0%} of {service} demand within {n} minutes",
    ),
    example=(
        {
            "standard": "school:near",
            "service": "school",
            "minutes": 30.0,
            "share": 0.9,
            "shortfall_mln_per_unit_year": 0.5,
            "title": "90 % of pupils within 30 minutes",
        },
    ),
)


REFERRALS = Table(
    "referrals",
    "A facility needs an open one of a higher tier near it.",
    (
        Column("referral", "text", "code of the rule"),
        Column("service", "text", "the lower tier", references="services.service"),
        Column(
            "from_level", "int", "holds for this level and above", "level", 1, low=1
        ),
        Column("to_service", "text", "the higher tier", references="services.service"),
        Column("to_level", "int", "that level or above", "level", 1, low=1),
        Column("minutes", "number", "within this time by road", "min", low=0.0),
        Column("title", "text", "the rule in the reader's language", default=None),
        SOURCE,
    ),
    key=("referral",),
    rule=say("{service} needs {to_service} near it"),
)


def _count(row: Mapping[str, Any]) -> Text:
    """Return what a rule on a count asks for."""
    least, most = row["least"], row["most"]
    if least == most:
        form = say("exactly {most:g} {what} of {service}")
    elif least != least:
        form = say("at most {most:g} {what} of {service}")
    elif most != most:
        form = say("at least {least:g} {what} of {service}")
    else:
        form = say("{least:g} to {most:g} {what} of {service}")
    one, more = COUNTED[row["what"]]
    what = one if (least if most != most else most) == 1 else more
    text = form.given(**{**row, "what": what})
    return say("{rule}, over all periods", rule=text) if row["is_total"] else text


COUNTED = {
    "facilities": (say("facility"), say("facilities")),
    "openings": (say("opening"), say("openings")),
    "closures": (say("closure"), say("closures")),
    "enlargements": (say("enlargement"), say("enlargements")),
    "reductions": (say("reduction"), say("reductions")),
}
"""What a rule on a count may count, in words: one of it, more."""

COUNTS = Table(
    "counts",
    "At least, at most or exactly so many facilities of a service, or changes of them.",
    (
        Column("count", "text", "code of the rule"),
        Column("service", "text", "the service", references="services.service"),
        Column("from_level", "int", "counts this level and above", "level", 1, low=1),
        Column(
            "region", "text", "only sites in this region (empty: all)", default=None
        ),
        Column(
            "period",
            "text",
            "in this period (empty: in each, or all together with `is_total`)",
            default=None,
            references="periods.period",
        ),
        Column(
            "most",
            "number",
            "at most so many (empty: any number)",
            "facilities",
            None,
            low=0.0,
            is_whole=True,
        ),
        Column("title", "text", "the rule in the reader's language", default=None),
        SOURCE,
        Column(
            "least",
            "number",
            "at least so many; the same as `most`: exactly so many (empty: any number)",
            "facilities",
            None,
            low=0.0,
            is_later=True,
            is_whole=True,
        ),
        Column(
            "what",
            "text",
            "what is counted: `facilities` that run in a period, or those that change"
            " at its start: `openings`, `closures`, `enlargements`, `reductions`",
            default="facilities",
            choices=tuple(COUNTED),
            is_later=True,
        ),
        Column(
            "to_level",
            "int",
            "counts this level and below (0: any); of changes the larger of the levels"
            " before and after is looked at",
            "level",
            0,
            low=0,
            is_later=True,
        ),
        Column(
            "applies_to",
            "text",
            "only sites in these settlements; a site without a settlement counts in"
            " `all` alone",
            default="all",
            choices=WHO,
            is_later=True,
        ),
        ONLY_TAG,
        Column(
            "is_total",
            "flag",
            "whether the changes of all periods count together, so that the limits hold"
            " once; not of `facilities`, which run in each period",
            default=False,
            is_later=True,
        ),
    ),
    key=("count",),
    rule=_count,
    is_later=True,
)


BUDGETS = Table(
    "budgets",
    "Limits on spending by period.",
    (
        Column("budget", "text", "code of the budget"),
        Column("period", "text", "period", references="periods.period"),
        Column("title", "text", "title for readers", default=None),
        Column("amount_mln", "number", "limit for the whole period", "mln", low=0.0),
        Column(
            "covers",
            "text",
            "what it limits: investment, operation (of facilities, links and roads;"
            " supply and transport are in no budget), or both",
            default="investment",
            choices=tuple(COVERED),
        ),
        Column(
            "service",
            "text",
            "only this service (empty: all)",
            default=None,
            references="services.service",
        ),
        Column(
            "region", "text", "only sites in this region (empty: all)", default=None
        ),
        Column(
            "is_hard",
            "flag",
            "whether it must hold; otherwise it is priced",
            default=True,
        ),
        Column(
            "overrun_price",
            "number",
            "price of a mln above the limit",
            "mln/mln",
            0.0,
            low=0.0,
        ),
        SOURCE,
    ),
    key=("budget", "period"),
    rule=say("budget {budget}"),
)


RULE_TABLES = (STANDARDS, REFERRALS, COUNTS, BUDGETS)
"""Rules on services, in the order in which they are told."""
