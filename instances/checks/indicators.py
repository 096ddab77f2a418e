"""Checks of indicators: a formula has what it needs, an expression can be read."""

from __future__ import annotations

import numpy as np

from aumaq.instances.checks.check import Found, Tables, Warn, check, problem
from aumaq.instances.errors import Hints, did_you_mean
from aumaq.instances.expressions import ExpressionError, aggregates, parse
from aumaq.instances.language.texts import say
from aumaq.instances.schema.formulas import FORMULAS
from aumaq.instances.schema.roads import ROADS

HOMES = {
    "service": "services", "network": "networks", "period": "periods",
    "region": "settlements", "district": "settlements", "settlement": "settlements",
}  # fmt: skip
"""Columns of plans that hold codes of the instance, and the table of the codes."""
PARAMETERS = (
    "expression", "service", "network", "minutes", "unpaved_km", "share", "aversion",
)  # fmt: skip


@check("indicators", "services", "networks", about=("indicators",))
def indicators_have_what_they_need(tables: Tables) -> Found:
    """Each formula has its columns filled; the service is one of the right kind."""
    rows = tables["indicators"]
    roles = dict(tables["services"][["service", "role"]].to_numpy().tolist())
    for k, row in enumerate(rows.to_dict("records")):
        formula = FORMULAS[row["formula"]]
        for column in PARAMETERS:
            is_given = row[column] not in ("", 0.0) and row[column] == row[column]
            is_missing = row[column] == "" or row[column] != row[column]
            if column in formula.needs and is_missing:
                text = say("formula {name} needs it", name=formula.name)
                yield problem("indicators", text, k, column)
            elif is_given and column not in (*formula.needs, *formula.takes):
                text = say("formula {name} does not use it", name=formula.name)
                yield Warn(problem("indicators", text, k, column, row[column]))
        if row["applies_to"] != "all" and "applies_to" not in formula.takes:
            text = say(
                "formula {name} counts all settlements: expected all", name=formula.name
            )
            yield problem("indicators", text, k, "applies_to", row["applies_to"])
        if formula.serves and roles.get(row["service"], "serve") != "serve":
            text = say("expected a service that people come to")
            yield problem("indicators", text, k, "service", row["service"])


@check(
    "indicators",
    "services",
    "networks",
    "settlements",
    "periods",
    about=("indicators",),
)
def expressions_can_be_read(tables: Tables) -> Found:
    """Expressions name tables and columns of a plan, and values that there are."""
    rows = tables["indicators"]
    is_own = (rows["formula"] == "expression") & (rows["expression"] != "")
    for k in np.flatnonzero(is_own).tolist():
        text = str(rows["expression"][k])
        try:
            parts = list(aggregates(parse(text)))
        except ExpressionError as error:
            yield problem("indicators", error.text, k, "expression", text[:200])
            continue
        for wanted in (condition for part in parts for condition in part.filters):
            known = _values(tables, wanted.column)
            if known and wanted.value not in known:
                said = say(
                    "{column} {value!r} is nowhere in the instance{hint}",
                    column=wanted.column,
                    value=wanted.value,
                    hint=did_you_mean(str(wanted.value), known),
                )
                yield problem("indicators", said, k, "expression", text[:200])


def names_in(expression: str) -> list[tuple[str, str]]:
    """Return the codes that an expression names, each with a home ``table.column``.

    A code of a service may be that of a network too: the table of money books both so.
    Nothing for an expression that cannot be read.
    """
    try:
        parts = list(aggregates(parse(expression))) if expression else []
    except ExpressionError:
        return []
    wanted = [condition for part in parts for condition in part.filters]
    named = [(w.column, str(w.value)) for w in wanted if w.column in HOMES]
    named += [("network", code) for column, code in named if column == "service"]
    return [(f"{HOMES[column]}.{column}", code) for column, code in named]


def _values(tables: Tables, column: str) -> set[str]:
    """Return what a text column of a plan may hold; nothing where that is not known."""
    if column not in HOMES:
        return set()
    found = set(tables[HOMES[column]][column])
    if column == "service":  # the table of money books networks and roads as services
        found |= {*tables["networks"]["network"], ROADS}
    return found


@check("indicators", "road_classes", "travel", about=("indicators",))
def paved_classes_are_known(tables: Tables) -> Found:
    """An indicator on paved roads needs classes that say so."""
    rows = tables["indicators"]
    asks = np.flatnonzero(rows["formula"] == "share_of_settlements_paved")
    if len(asks) and not (tables["road_classes"]["surface"] == "paved").any():
        text = say(
            "no class of road_classes has the surface `paved`: the share will be of"
            " places without any way"
        )
        yield Warn(problem("indicators", text, asks[0], "formula"))


@check(
    "indicator_targets",
    "indicator_baselines",
    "settlements",
    "instance",
    about=("indicator_targets", "indicator_baselines"),
)
def targets_are_of_regions(tables: Tables) -> Found:
    """Regions exist; a baseline is not of the future."""
    regions = sorted(set(tables["settlements"]["region"]))
    hints = Hints(regions)
    for table in ("indicator_targets", "indicator_baselines"):
        cells = tables[table]["region"]
        for k in np.flatnonzero(~cells.isin([*regions, ""])).tolist():
            hint = hints.near(str(cells[k]))
            text = say("no settlement has this region{hint}", hint=hint)
            yield problem(table, text, k, "region", cells[k])
    base_year = int(tables["instance"]["base_year"].iloc[0])
    years = tables["indicator_baselines"]["year"]
    for k in np.flatnonzero(years > base_year).tolist():
        text = say(
            "is after the base year {base_year} and not used", base_year=base_year
        )
        yield Warn(problem("indicator_baselines", text, k, "year", years[k]))
