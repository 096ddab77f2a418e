"""Checks of scenarios: what they name is there, and every override means something."""

from __future__ import annotations

import numpy as np

from aumaq.instances.checks.check import Found, Tables, Warn, check, problem
from aumaq.instances.errors import Hints
from aumaq.instances.language.texts import say
from aumaq.instances.scenarios.overrides import (
    ALWAYS,
    listed,
    overridden,
    with_all_added,
)
from aumaq.instances.scenarios.scenario import JOIN, MOST_CHECKED, count_names


@check("scenarios", "variants", "overrides")
def scenarios_name_overrides(tables: Tables) -> Found:
    """Sets of overrides exist and are used; names do not hold the sign that joins."""
    known = set(tables["overrides"]["override"])
    used = {ALWAYS}
    hints = Hints(known)
    for table, code in (("scenarios", "scenario"), ("variants", "variant")):
        rows = tables[table]
        for i in rows.index:
            name = str(rows[code][i])
            if JOIN in name and len(tables["variants"]):
                yield problem(
                    table,
                    say("expected a name without {mark!r}", mark=JOIN),
                    i,
                    code,
                    name,
                )
            for wanted in listed(str(rows["overrides"][i])):
                used.add(wanted)
                if wanted not in known:
                    hint = hints.near(wanted)
                    yield problem(
                        table,
                        say("no such set in overrides{hint}", hint=hint),
                        i,
                        "overrides",
                        wanted,
                    )
    codes = tables["overrides"]["override"]
    for i in np.flatnonzero(~codes.isin(used) & ~codes.duplicated()):
        yield Warn(
            problem(
                "overrides",
                say("no scenario or variant names this set"),
                i,
                "override",
                codes[i],
            )
        )
    clash = tables["variants"]["variant"].isin(tables["scenarios"]["scenario"])
    for i in np.flatnonzero(clash):
        name = tables["variants"]["variant"][i]
        yield problem("variants", say("is the name of a scenario"), i, "variant", name)


@check("scenarios", "variants")
def scenarios_can_be_tried(tables: Tables) -> Found:
    """So many combinations of variants that only each by itself is checked."""
    count = count_names(tables)
    if count > MOST_CHECKED:
        text = say(
            "variants make {count:,} scenarios; each variant is checked alone",
            count=count,
        )
        yield Warn(problem("variants", text))


@check("scenarios")
def some_scenario_counts(tables: Tables) -> Found:
    """Not all futures have the weight 0."""
    if len(tables["scenarios"]) and not (tables["scenarios"]["probability"] > 0).any():
        yield problem(
            "scenarios",
            say("expected a weight above 0 in some scenario"),
            0,
            "probability",
            0,
        )


@check("overrides", naming="table")
def overrides_mean_something(tables: Tables) -> Found:
    """Each override names a table, rows, a column and a value that it may have."""
    for name in dict.fromkeys(tables["overrides"]["override"]):
        # What always applies comes last: after the rows that other sets add.
        whole = with_all_added(tables) if name == ALWAYS else tables
        yield from overridden(whole, [name])[1]
