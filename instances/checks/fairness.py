"""Checks of rules of fairness: what is compared is there, and may be compared."""

from __future__ import annotations

from typing import Any

import pandas as pd

from aumaq.instances.checks.check import Found, Tables, check, problem
from aumaq.instances.checks.rules import known_regions, known_tags
from aumaq.instances.language.texts import say
from aumaq.instances.selection import selected


@check("gaps", "settlements", "settlement_tags", "services", about=("gaps",))
def gaps_compare_something(tables: Tables) -> Found:
    """There are two groups at least, of people who travel, whose demand is given."""
    wrong = [*known_regions(tables, "gaps"), *known_tags(tables, "gaps")]
    yield from wrong
    roles = tables["services"].set_index("service")["role"]
    for k, rule in tables["gaps"].iterrows():
        if roles.get(rule["service"], "serve") != "serve":
            text = say("nobody travels to it: expected a service that serves")
            yield problem("gaps", text, k, "service", rule["service"])
        if rule["measure"] == "share" and rule["most"] > 1.0:
            text = say("expected a share from 0 to 1")
            yield problem("gaps", text, k, "most", rule["most"])
        if rule["measure"] == "minutes" and rule["minutes"] == 0.0:
            text = say("expected the minutes as which who is not served counts")
            yield problem("gaps", text, k, "minutes", rule["minutes"])
        if not wrong and compared(tables, rule) < 2:
            text = say("expected two groups at least to compare")
            yield problem("gaps", text, k, "scope", rule["scope"])


def compared(tables: Tables, rule: pd.Series[Any]) -> int:
    """Return how many groups a rule compares."""
    settlements = tables["settlements"][selected(tables, rule)]
    scope = rule["scope"]
    if scope == "tag":
        tags = tables["settlement_tags"]
        own = tags["settlement"].isin(settlements["settlement"])
        return int(tags["tag"][own].nunique())
    names = ["region", "district"] if scope == "district" else [scope]
    return len(settlements[names].drop_duplicates())
