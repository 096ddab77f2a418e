"""Tables of who pays: sources of money, what each may pay for, private partners."""

from __future__ import annotations

from aumaq.instances.language.texts import say
from aumaq.instances.schema.column import SOURCE, Column, Table
from aumaq.instances.terms import COVERED

SERVICE = Column(
    "service",
    "text",
    "only this service or network, `roads` or `growth_points` (empty: all)",
    default=None,
)
REGION = Column(
    "region", "text", "only what this region pays (empty: all)", default=None
)
FUND = Column("fund", "text", "the source of money", references="funding_sources.fund")

FUNDING_SOURCES = Table(
    "funding_sources",
    "Who pays: budgets of the state, of regions and districts, donors. With a row here"
    " each mln that is spent must be paid by one of them.",
    (
        Column("fund", "text", "code of the source of money"),
        Column("title", "text", "title for readers", default=None),
        Column(
            "kind",
            "text",
            "whose money it is",
            default="national",
            choices=("national", "regional", "district", "private", "donor"),
        ),
        Column(
            "carry_over",
            "flag",
            "whether what is left of a period may be spent later",
            default=False,
        ),
        Column(
            "interest",
            "number",
            "what is carried over grows by this each year, from the start of one period"
            " to the start of the next",
            "share/year",
            0.0,
            low=0.0,
        ),
        SOURCE,
    ),
    key=("fund",),
    rule=say("money of {fund}"),
    is_later=True,
)


FUNDING_LIMITS = Table(
    "funding_limits",
    "What a source has, by period or by year; years of a period add up. A source"
    " without any row has no limit, one with some has nothing in other periods.",
    (
        FUND,
        Column(
            "period",
            "text",
            "period (empty: give a year)",
            default=None,
            references="periods.period",
        ),
        Column("year", "int", "calendar year (0: give a period)", "year", 0),
        Column(
            "amount_mln", "number", "what there is, times budget_factor", "mln", low=0.0
        ),
        SOURCE,
    ),
    key=("fund", "period", "year"),
    is_later=True,
)


FUNDING_ELIGIBILITY = Table(
    "funding_eligibility",
    "What a source may pay for, and which share of it. What no row names it does not"
    " pay.",
    (
        FUND,
        SERVICE,
        REGION,
        Column(
            "covers",
            "text",
            "kind of spending: investment, operation (availability payments to partners"
            " are such), or both",
            default="all",
            choices=tuple(COVERED),
        ),
        Column(
            "share_least",
            "number",
            "it pays at least this share of what all sources pay of such spending in"
            " each period; what partners pay is no part of it",
            "share",
            0.0,
            low=0.0,
            high=1.0,
        ),
        Column(
            "share_most",
            "number",
            "it pays at most this share of what all sources pay of such spending in"
            " each period",
            "share",
            1.0,
            low=0.0,
            high=1.0,
        ),
        SOURCE,
    ),
    key=("fund", "service", "region", "covers"),
    is_later=True,
)


PARTNERSHIPS = Table(
    "partnerships",
    "Private partners: they pay a share of investment, and are paid back year by year.",
    (
        Column("partnership", "text", "code of the partnership"),
        Column("title", "text", "title for readers", default=None),
        SERVICE,
        REGION,
        Column(
            "share_most",
            "number",
            "the partner pays at most this share of the investment",
            "share",
            1.0,
            low=0.0,
            high=1.0,
        ),
        Column(
            "limit_mln", "number", "and at most this in all periods", "mln", low=0.0
        ),
        Column(
            "premium",
            "number",
            "yearly rate at which what the partner paid is paid back with interest",
            "share/year",
            low=0.0,
            high=1.0,
        ),
        Column(
            "term_years",
            "int",
            "yearly payments, all equal; they may go on after the last period",
            "years",
            low=1,
            high=100.0,
        ),
        Column(
            "first_payment_years",
            "int",
            "years from the start of the period of building to the first payment",
            "years",
            1,
            low=0,
            high=50.0,
        ),
        SOURCE,
    ),
    key=("partnership",),
    rule=say("partnership {partnership}"),
    is_later=True,
)


BURDENS = Table(
    "burdens",
    "Limits on what is paid to partners in any calendar year, also after the last"
    " period.",
    (
        Column("burden", "text", "code of the limit"),
        Column("title", "text", "the rule in the reader's language", default=None),
        SERVICE,
        REGION,
        Column("most_mln_per_year", "number", "limit of a year", "mln/year", low=0.0),
        SOURCE,
    ),
    key=("burden",),
    rule=say("payments to partners: at most {most_mln_per_year:g} mln a year"),
    is_later=True,
)


MONEY_TABLES = (
    FUNDING_SOURCES,
    FUNDING_LIMITS,
    FUNDING_ELIGIBILITY,
    PARTNERSHIPS,
    BURDENS,
)
