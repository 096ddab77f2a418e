"""Agglomerations: how many people they may hold, and what people ask for inside.

Which settlements are of one, the column ``agglomeration`` of ``settlements`` says.
"""

from __future__ import annotations

from aumaq.instances.language.texts import say
from aumaq.instances.schema.column import SOURCE, Column, Table

AGGLOMERATIONS = Table(
    "agglomerations",
    "Limits on the growth of agglomerations: their settlements together never hold more"
    " people. Computed projections keep to it, what is too much goes to the rest of the"
    " region; growth points are chosen so that it holds.",
    (
        Column("agglomeration", "text", "agglomeration, as in `settlements`"),
        Column("title", "text", "title for readers", default=None),
        Column(
            "period",
            "text",
            "period (empty: every one without a row of its own)",
            default=None,
            references="periods.period",
        ),
        Column(
            "max_persons", "number", "people, mean of the period", "persons", low=0.0
        ),
        SOURCE,
    ),
    key=("agglomeration", "period"),
    rule=say("people in the agglomeration {agglomeration}"),
    is_later=True,
)


AGGLOMERATION_DEMAND = Table(
    "agglomeration_demand",
    "Urban demand: how much more, or less, a person in an agglomeration asks for.",
    (
        Column("agglomeration", "text", "agglomeration, as in `settlements`"),
        Column("service", "text", "service, or network for the load of people"),
        Column(
            "factor",
            "number",
            "demand or load of people inside, relative to what it is otherwise",
            "factor",
            low=0.0,
        ),
        SOURCE,
    ),
    key=("agglomeration", "service"),
    is_later=True,
)
