"""The table of pairs of facilities that may merge."""

from __future__ import annotations

from aumaq.instances.language.texts import say
from aumaq.instances.schema.column import SOURCE, Column, Table

POSSIBLE_MERGERS = Table(
    "possible_mergers",
    "Two sites of a service that may become one, if that pays: from the period in which"
    " they merge exactly one facility runs at the two together, of `least_level` or"
    " more, and the people whose facility of today is there (see `closing_rules`) go to"
    " no other. What closing and enlarging cost says the service; the merger has a cost"
    " of its own, once, and saves something each year. Once merged, they stay so."
    " (`mergers` has pairs that must merge.)",
    (
        Column("possible_merger", "text", "code of the pair"),
        Column("service", "text", "the service", references="services.service"),
        Column("site", "text", "one of the sites", references="sites.site"),
        Column("other_site", "text", "the other one", references="sites.site"),
        Column(
            "cost_mln", "number", "what merging costs, once, as closing does", "mln",
            0.0, low=0.0,
        ),
        Column(
            "saving_mln_per_year",
            "number",
            "what it costs less to run the merged facility: an administration, say; no"
            " more than what its smallest level costs to run",
            "mln/year",
            0.0,
            low=0.0,
        ),
        Column(
            "least_level",
            "int",
            "what it gives: the merged facility has this level, or a higher one",
            "level",
            1,
            low=1,
        ),
        Column(
            "first_period",
            "text",
            "not before this period (empty: the first)",
            default=None,
            references="periods.period",
        ),
        Column("title", "text", "the pair in the reader's language", default=None),
        SOURCE,
    ),
    key=("possible_merger",),
    rule=say("{service}: {site} and {other_site} may become one"),
    is_later=True,
)  # fmt: skip
