"""Tables of fairness: how far regions, districts and kinds of places may differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aumaq.instances.language.texts import Text, say
from aumaq.instances.schema.column import HOLDS_FROM, IS_HARD, SOURCE, Column, Table
from aumaq.instances.schema.territory import ONLY_REGION, ONLY_TAG, WHO

OF_SHARE, OF_MINUTES = "share", "minutes"


def _gap(row: Mapping[str, Any]) -> Text:
    """Return what a rule on a gap asks for."""
    form = (
        say("{scope}: the best and the worst differ by at most {points:g} percentage"
            " points of {service} demand within {n} minute",
            "{scope}: the best and the worst differ by at most {points:g} percentage"
            " points of {service} demand within {n} minutes")
        if row["measure"] == OF_SHARE
        else say("{scope}: the best and the worst differ by at most {n} minute on the"
                 " way to {service}",
                 "{scope}: the best and the worst differ by at most {n} minutes on the"
                 " way to {service}")
    )  # fmt: skip
    n = row["minutes"] if row["measure"] == OF_SHARE else row["most"]
    points = round(100.0 * float(row["most"]), 9)
    return form.given(
        **{**row, "n": n, "points": points, "scope": SCOPES[row["scope"]]}
    )


SCOPES = {
    "region": say("regions"),
    "district": say("districts"),
    "kind": say("cities, towns and villages"),
    "tag": say("groups of settlements"),
}
"""What is compared with each other, in words."""

GAPS = Table(
    "gaps",
    "Bounds on the gap between the best and the worst group of settlements. With"
    " `growth_candidates` it is that of the people who live there under the choice. Who"
    " is visited at home (`mobile_services`) goes no minutes; of a share he counts as"
    " in standards. A bus makes no way shorter.",
    (
        Column("gap", "text", "code of the rule"),
        Column("service", "text", "the service", references="services.service"),
        Column("title", "text", "the rule in the reader's language", default=None),
        Column(
            "measure",
            "text",
            "what is compared: the `share` of demand within `minutes`, or the mean"
            " `minutes` of all demand",
            default=OF_SHARE,
            choices=(OF_SHARE, OF_MINUTES),
        ),
        Column(
            "scope",
            "text",
            "what the groups are: a `region`, a `district`, a `kind` of settlement"
            " (city, town, village), or a `tag` of `settlement_tags` each",
            default="region",
            choices=tuple(SCOPES),
        ),
        Column(
            "minutes",
            "number",
            "of the measure `share`: the time limit; of `minutes`: who is not served,"
            " or goes farther, counts with so many",
            "min",
            low=0.0,
        ),
        Column(
            "most",
            "number",
            "the difference may be so large: a share from 0 to 1, or minutes",
            low=0.0,
        ),
        Column(
            "applies_to", "text", "which settlements count", default="all", choices=WHO
        ),
        replace(ONLY_REGION, is_later=False),
        replace(ONLY_TAG, is_later=False),
        HOLDS_FROM,
        IS_HARD,
        Column(
            "excess_mln_per_year",
            "number",
            "price of a difference that is larger by 1 (all of a share, a minute)",
            "mln/year",
            0.0,
            low=0.0,
        ),
        SOURCE,
    ),
    key=("gap",),
    rule=_gap,
    is_later=True,
)

FAIRNESS_TABLES = (GAPS,)
