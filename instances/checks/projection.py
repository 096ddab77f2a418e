"""Checks of computed projections: ages fit steps, regions and names are known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from aumaq.instances.checks.check import Found, Tables, Warn, check, problem
from aumaq.instances.errors import Hints
from aumaq.instances.language.texts import say
from aumaq.instances.people import demand
from aumaq.instances.schema.projection import ALL_AGES

WITH_REGION = ("cohorts", "fertility", "survival", "external_migration",
               "population_totals", "levers")  # fmt: skip
WITH_PROJECTION = ("fertility", "survival", "migration_rates", "external_migration",
                   "population_totals", "levers", "announced_sites")  # fmt: skip


@check(
    "settlements",
    *WITH_REGION,
    "migration_rates",
    about=(*WITH_REGION, "migration_rates"),
)
def regions_of_projections(tables: Tables) -> Found:
    """Regions that rates, totals and levers name have settlements."""
    known = sorted(set(tables["settlements"]["region"]))
    columns = [(name, "region") for name in WITH_REGION]
    columns += [("migration_rates", "from_region"), ("migration_rates", "to_region")]
    hints = Hints(known)
    for table, column in columns:
        cells = tables[table][column]
        for i in np.flatnonzero(~cells.isin([*known, ""])):
            hint = hints.near(str(cells[i]))
            yield problem(
                table,
                say("no settlement has this region{hint}", hint=hint),
                i,
                column,
                cells[i],
            )


@check("projections", "population", "cohorts")
def projections_are_computed_once(tables: Tables) -> Found:
    """A computed projection has no rows of its own in `population`."""
    computed = set(tables["projections"]["projection"])
    rows = tables["population"]["scenario"]
    for i in np.flatnonzero(rows.isin(computed) & ~rows.duplicated()):
        yield problem(
            "population",
            say(
                "this projection is computed (table projections); expected no"
                " rows of it here"
            ),
            i,
            "scenario",
            rows[i],
        )
    if len(tables["projections"]) and tables["cohorts"].empty:
        yield Warn(
            problem(
                "cohorts", say("no age groups: regions grow by population_totals only")
            )
        )


@check("projections", "cohorts", "settlements")
def cohorts_are_complete(tables: Tables) -> Found:
    """Age groups start at 0, are as wide as a step, and are there in all regions."""
    cohorts = tables["cohorts"]
    if cohorts.empty:
        return
    ages = np.array(sorted(set(cohorts["from_age"])))
    steps = tables["projections"]["step_years"]
    for i in steps.index:
        wanted = np.arange(len(ages)) * int(steps[i])
        if not np.array_equal(ages, wanted):
            yield problem(
                "projections",
                say(
                    "expected age groups in cohorts from 0 on, each as wide as a"
                    " step; they start at {ages}",
                    ages=", ".join(map(str, ages)),
                ),
                i,
                "step_years",
                steps[i],
            )
    mixed = (cohorts["sex"] == "").any() and (cohorts["sex"] != "").any()
    if mixed:
        i = int(np.flatnonzero(cohorts["sex"] == "")[0])
        yield problem(
            "cohorts", say("expected a sex on every row, or on none"), i, "sex"
        )
    has = {str(region) for region in cohorts["region"]}
    if "" not in has:
        missing = sorted(set(tables["settlements"]["region"]) - has)
        if missing:
            yield problem(
                "cohorts",
                say(
                    "missing regions (or rows with an empty region for all"
                    " others): {missing}",
                    missing=", ".join(missing),
                ),
            )
    sums = cohorts.groupby("region")["persons"].sum()
    for region in sums.index[sums <= 0]:
        yield problem("cohorts", say("expected some people"), None, "persons", region)


@check(
    "cohorts",
    *WITH_PROJECTION,
    about=("fertility", "survival", "migration_rates", "external_migration"),
)
def ages_are_known(tables: Tables) -> Found:
    """Rates name age groups that there are."""
    known = {int(age) for age in tables["cohorts"]["from_age"]} | {ALL_AGES}
    for table in ("fertility", "survival", "migration_rates", "external_migration"):
        cells = tables[table]["from_age"]
        for i in np.flatnonzero(~cells.isin(known)):
            ages = ", ".join(str(age) for age in sorted(known))
            yield problem(
                table,
                say("no such age group; expected one of {ages}", ages=ages),
                i,
                "from_age",
                cells[i],
            )


@check("groups", "cohorts", "projections")
def groups_have_ages(tables: Tables) -> Found:
    """A group from ages has a beginning below its end, and something to count."""
    groups = tables["groups"]
    given = groups["from_age"].notna()
    for i in np.flatnonzero(~given & groups["to_age"].notna()):
        yield problem("groups", say("expected from_age too"), i, "from_age")
    for i in np.flatnonzero(given & (groups["to_age"] <= groups["from_age"])):
        yield problem(
            "groups",
            say("expected more than from_age"),
            i,
            "to_age",
            groups["to_age"][i],
        )
    for i in np.flatnonzero(given & (groups["group"] == demand.ALL)):
        yield problem(
            "groups",
            say("all inhabitants have no ages"),
            i,
            "from_age",
            groups["from_age"][i],
        )


@check(
    "projections",
    "migration_rates",
    "cohorts",
    "settlements",
    about=("migration_rates",),
)
def migration_is_possible(tables: Tables) -> Found:
    """Nobody moves to where they are; no more people leave than there are."""
    rates = tables["migration_rates"]
    for i in np.flatnonzero(rates["from_region"] == rates["to_region"]):
        yield problem(
            "migration_rates",
            say("expected two regions"),
            i,
            "to_region",
            rates["to_region"][i],
        )
    keys = ["projection", "from_region", "first_year", "from_age"]
    sums = rates.groupby(keys)["share_per_year"].sum()
    step = int(tables["projections"]["step_years"].max()) if len(
        tables["projections"]) else 1  # fmt: skip
    for names, total in sums[sums * step > 1.0].items():
        yield problem(
            "migration_rates",
            say(
                "{total:.2f} of the people leave in a step of {step} years;"
                " expected at most 1",
                total=total * step,
                step=step,
            ),
            None,
            "from_region",
            str(names[1]),
        )


@check("announced_sites", "settlements", about=("announced_sites",))
def others_can_come(tables: Tables) -> Found:
    """People come from the nation only where there is another region."""
    if tables["settlements"]["region"].nunique() > 1:
        return
    rows = tables["announced_sites"]["comes_from"]
    for i in np.flatnonzero(rows == "nation"):
        yield problem(
            "announced_sites",
            say("there is no other region; expected region or abroad"),
            i,
            "comes_from",
            rows[i],
        )


@check("projections", "periods", "instance", about=("projections",))
def projections_begin_in_time(tables: Tables) -> Found:
    """A projection starts before the middle of the first period."""
    rows = tables["projections"]
    first = tables["periods"]["first_year"].iloc[0]
    late = (rows["start_year"] != 0) & (rows["start_year"] > first)
    for i in np.flatnonzero(late):
        yield problem(
            "projections",
            say("expected a year up to {first}", first=first),
            i,
            "start_year",
            rows["start_year"][i],
        )


@check("levers", "settlements", about=("levers",))
def levers_meet_settlements(tables: Tables) -> Found:
    """A lever for growth points or agglomerations finds some."""
    places = tables["settlements"]
    there = {
        "growth_points": places["is_growth_point"],
        "agglomerations": places["agglomeration"] != "",
        "border": places["is_border"],
        "retention": pd.Series(True, index=places.index),
    }
    for i, row in tables["levers"].iterrows():
        some = there.get(str(row["lever"]))
        if some is None:
            continue
        here = some & ((places["region"] == row["region"]) | (row["region"] == ""))
        if not here.any():
            yield Warn(
                problem(
                    "levers",
                    say("no settlement is meant"),
                    int(str(i)),
                    "lever",
                    row["lever"],
                )
            )
