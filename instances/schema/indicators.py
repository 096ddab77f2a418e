"""Tables of indicators: what is monitored, its targets, and given baselines."""

from __future__ import annotations

from aumaq.instances.schema.column import SOURCE, Column, Table
from aumaq.instances.schema.formulas import FORMULAS

INDICATOR = Column(
    "indicator", "text", "the indicator", references="indicators.indicator"
)
REGION = Column("region", "text", "region (empty: the whole territory)", default=None)

INDICATORS = Table(
    "indicators",
    "What is monitored, by region and period of any plan; the formulas are in"
    " [indicators.md](indicators.md).",
    (
        Column("indicator", "text", "code"),
        Column("title", "text", "title for readers", default=None),
        Column("unit", "text", "unit (empty: the formula's)", default=None),
        Column("formula", "text", "how it is computed", choices=tuple(FORMULAS)),
        Column(
            "expression",
            "text",
            "the user's own formula, where `formula` is `expression`",
            default=None,
        ),
        Column(
            "service",
            "text",
            "service that the formula is about",
            default=None,
            references="services.service",
        ),
        Column(
            "network",
            "text",
            "network that the formula is about",
            default=None,
            references="networks.network",
        ),
        Column("minutes", "number", "limit of the formula", "min", None, low=0.0),
        Column(
            "unpaved_km",
            "number",
            "longest unpaved stretch that still counts as paved access",
            "km",
            0.0,
            low=0.0,
        ),
        Column(
            "applies_to",
            "text",
            "which settlements count",
            default="all",
            choices=("all", "urban", "rural", "remote", "border", "growth_point"),
        ),
        Column(
            "direction",
            "text",
            "whether a higher or a lower value is better",
            default="higher",
            choices=("higher", "lower"),
        ),
        Column("digits", "int", "decimals shown", "", 3, low=0, high=9),
        SOURCE,
        Column(
            "share",
            "number",
            "of the demand, in `percentile_minutes`",
            "share",
            None,
            low=0.0,
            high=1.0,
            is_later=True,
        ),
        Column(
            "aversion",
            "number",
            "aversion to inequality in `kolm_pollak_minutes`: 0 is the mean, 1 usual",
            "",
            None,
            low=0.0,
            high=10.0,
            is_later=True,
        ),
    ),
    key=("indicator",),
)

INDICATOR_TARGETS = Table(
    "indicator_targets",
    "Values to be reached: with the direction `higher` at least, with `lower` at most.",
    (
        INDICATOR,
        REGION,
        Column(
            "period",
            "text",
            "period (empty: each one without a row of its own)",
            default=None,
            references="periods.period",
        ),
        Column("target", "number", "value to be reached, unit of the indicator"),
        SOURCE,
    ),
    key=("indicator", "region", "period"),
)

INDICATOR_BASELINES = Table(
    "indicator_baselines",
    "Known values; the latest up to the base year takes the place of the value that is"
    " computed from what stands today.",
    (
        INDICATOR,
        REGION,
        Column("year", "int", "year of the value", "year"),
        Column("value", "number", "value, unit of the indicator"),
        SOURCE,
    ),
    key=("indicator", "region", "year"),
)
