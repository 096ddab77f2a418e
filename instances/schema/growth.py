"""Tables of the settlement policy: growth points to choose, and concentration."""

from __future__ import annotations

from aumaq.instances.language.texts import say
from aumaq.instances.schema.column import HOLDS_FROM, SOURCE, Column, Table
from aumaq.instances.schema.networks import FIRST_PERIOD, SYNTHETIC

GROWTH_POINTS = "growth_points"
"""Stands for growth points where tables of money name a service or a network."""
DONORS = ("district", "region", "total", "outside")
"""Who loses the people that a growth point gains."""

GROWTH_TIERS = Table(
    "growth_tiers",
    "Tiers of growth points, and how many of their candidates are chosen: a row for"
    " each limit, over one region or over the whole territory.",
    (
        Column("tier", "text", "code of the tier"),
        Column(
            "region",
            "text",
            "region that the limit counts (empty: the whole territory)",
            default=None,
            references="regions.region",
        ),
        Column("title", "text", "title for readers", default=None),
        Column("min_count", "int", "at least so many are chosen", default=0, low=0),
        Column(
            "max_count",
            "number",
            "at most so many are chosen (empty: any number)",
            default=None,
            low=0.0,
            is_whole=True,
        ),
        Column(
            "by_period",
            "text",
            "`min_count` is reached by this period (empty: the last)",
            default=None,
            references="periods.period",
        ),
        SOURCE,
    ),
    key=("tier", "region"),
    rule=say("number of growth points: {tier}"),
)


GROWTH_CANDIDATES = Table(
    "growth_candidates",
    "Settlements that may be chosen as growth points of a tier. Once chosen, one stays;"
    " a settlement has one tier at most.",
    (
        Column("settlement", "text", "settlement", references="settlements.settlement"),
        Column("tier", "text", "tier", references="growth_tiers.tier"),
        FIRST_PERIOD,
        Column(
            "gain_share",
            "number",
            "people gained while it is a growth point, relative to its own population"
            " in the period",
            "share",
            low=0.0,
            high=1e3,
        ),
        Column(
            "donors",
            "text",
            "where they come from: all other settlements of the district, region or"
            " territory, each losing the same share, or from outside",
            default="region",
            choices=DONORS,
        ),
        Column("capex_mln", "number", "paid when chosen", "mln", 0.0, low=0.0),
        Column(
            "opex_mln_per_year", "number", "paid each year", "mln/year", 0.0, low=0.0
        ),
        Column(
            "lifetime_years",
            "number",
            "life of what is paid when chosen",
            "years",
            25.0,
            low=1.0,
        ),
        SYNTHETIC,
        SOURCE,
    ),
    key=("settlement", "tier"),
)


GROWTH_GAINS = Table(
    "growth_gains",
    "Gains that differ by period, in place of `gain_share` of the candidate.",
    (
        Column("settlement", "text", "settlement", references="settlements.settlement"),
        Column("tier", "text", "tier", references="growth_tiers.tier"),
        Column("period", "text", "period", references="periods.period"),
        Column(
            "gain_share",
            "number",
            "people gained, relative to its own population in the period",
            "share",
            low=0.0,
            high=1e3,
        ),
        SOURCE,
    ),
    key=("settlement", "tier", "period"),
)


CONCENTRATIONS = Table(
    "concentrations",
    "Rules of concentration: of the capacity of higher levels of a service, at least a"
    " share stands in growth points (chosen ones, and settlements flagged so).",
    (
        Column("concentration", "text", "code of the rule"),
        Column("title", "text", "the rule in the reader's language", default=None),
        Column("service", "text", "service", references="services.service"),
        Column("min_level", "int", "counts this level and above", default=1, low=1),
        Column(
            "region",
            "text",
            "counts sites of this region (empty: all)",
            default=None,
            references="regions.region",
        ),
        Column(
            "tier",
            "text",
            "only points chosen for this tier count (empty: all, and flagged ones)",
            default=None,
            references="growth_tiers.tier",
        ),
        Column(
            "share",
            "number",
            "of capacity, in growth points",
            "share",
            low=0.0,
            high=1.0,
        ),
        HOLDS_FROM,
        SOURCE,
    ),
    key=("concentration",),
    rule=say(
        "{share:.0%} of {service} from level {min_level} up stands in growth points"
    ),
)
