"""Checks of agglomerations: they are there, and what they hold fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aumaq.instances.checks.check import Found, Tables, Warn, check, problem
from aumaq.instances.errors import did_you_mean
from aumaq.instances.language.texts import figure, say
from aumaq.instances.people.agglomerations import limited
from aumaq.instances.people.growth import moves
from aumaq.instances.people.loads import everyone

if TYPE_CHECKING:
    from aumaq.instances.instance import Instance

ROUNDING = 1e-9


@check(
    "agglomerations",
    "agglomeration_demand",
    "settlements",
    "services",
    "networks",
    about=("agglomerations", "agglomeration_demand"),
)
def agglomerations_are_known(tables: Tables) -> Found:
    """Settlements belong to them; demand is that of a service or network."""
    known = sorted(set(tables["settlements"]["agglomeration"]) - {""})
    for name in ("agglomerations", "agglomeration_demand"):
        rows = tables[name]
        for k in rows.index[~rows["agglomeration"].isin(known)]:
            code = str(rows["agglomeration"][k])
            text = say(
                "no settlement is in this agglomeration{hint}",
                hint=did_you_mean(code, known),
            )
            yield problem(name, text, k, "agglomeration", code)
    services, rows = tables["services"], tables["agglomeration_demand"]
    asked = [
        *services.loc[services["role"] == "serve", "service"],
        *tables["networks"]["network"],
    ]
    for k in rows.index[~rows["service"].isin(asked)]:
        code = str(rows["service"][k])
        text = say(
            "no service that people come to, and no network{hint}",
            hint=did_you_mean(code, asked),
        )
        yield problem("agglomeration_demand", text, k, "service", code)


def agglomerations_can_hold(instance: Instance) -> Found:
    """No limit is below what every choice of growth points leaves inside."""
    tables = instance.tables
    codes, inside, most = limited(tables)
    if not codes:
        return
    projection = instance.active_scenario.projection
    people = everyone(tables, projection)
    change = moves(tables, projection).effect(people)
    fewest = inside @ people
    fewest += np.minimum(np.einsum("ai,kit->akt", inside, change), 0.0).sum(axis=1)
    usual, rows = inside @ people, tables["agglomerations"]
    for a, code in enumerate(codes):
        over = np.flatnonzero(usual[a] > most[a] * (1.0 + ROUNDING))
        for t in over[:1].tolist():
            text = say(
                "in {period} {people} people live there without any growth point"
                " (projection and anchors); expected at least that",
                period=instance.period_names[t],
                people=figure(round(float(usual[a, t]), 1)),
            )
            named = rows["agglomeration"] == code
            own = rows[named & rows["period"].isin(["", instance.period_names[t]])]
            k = own.sort_values("period").index[-1]
            cell = figure(float(most[a, t]))
            found = problem("agglomerations", text, k, "max_persons", cell)
            hopeless = fewest[a, t] > most[a, t] * (1.0 + ROUNDING)
            yield found if hopeless else Warn(found)
