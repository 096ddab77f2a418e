"""The analysis of a territory as it is today, before anything is planned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances import Instance, UnknownNameError
from aumaq.instances.arguments import checked
from aumaq.instances.arrays import Floats
from aumaq.instances.language.texts import Text, say
from aumaq.results.analysis import jobs
from aumaq.results.analysis.classes import Classes, Traits, classify, no_classes
from aumaq.results.analysis.connections import connections
from aumaq.results.analysis.folder import write_folder
from aumaq.results.analysis.measures import Measure, measures
from aumaq.results.analysis.people import people
from aumaq.results.analysis.provision import ServiceToday, provision, services_today
from aumaq.results.analysis.units import LEVELS, Units, ratio, units_of
from aumaq.results.language import Language
from aumaq.results.strict_json import strict

CLASSES_OF = ("auto", "regions", "districts", "none")
ENOUGH = 8
"""With so many regions they are classified; with fewer, districts."""


@dataclass(frozen=True)
class Analysis:
    """Tables of a territory as it is today; columns: docs/analysis.md.

    ``territory`` (one row), ``regions``, ``districts``, ``settlements``, ``provision``
    (a row a unit and service), ``location_quotients``, ``classes``, and how these were
    found: ``class_indicators``, ``silhouettes``. ``classes_of`` says what was
    classified (``regions``, ``districts`` or ``none``), ``note`` with what success,
    ``class_traits`` what sets each class apart.
    """

    instance: Instance
    tables: Mapping[str, pd.DataFrame]
    measures: tuple[Measure, ...]
    classes_of: str
    note: Text
    class_traits: tuple[Traits, ...] = ()

    @checked
    def table(self, name: str) -> pd.DataFrame:
        """Return a copy of a table (UnknownNameError if there is none)."""
        if name not in self.tables:
            raise UnknownNameError(say("table"), name, self.tables)
        return self.tables[name].copy(deep=False)

    def record(self) -> dict[str, Any]:
        """Return all of it as plain values for JSON; what is not known is null."""
        return {
            "instance": self.instance.name,
            "title": self.instance.title,
            "scenario": self.instance.scenario,
            "instance_hash": self.instance.content_hash,
            "classes_of": self.classes_of,
            "note": self.note,
            "tables": {
                name: strict(table.to_dict("records"))
                for name, table in self.tables.items()
            },
        }

    @checked
    def to_folder(self, path: Path | str, lang: str = "en") -> None:
        """Write CSV tables, JSON, maps (GeoJSON) and one HTML page into a folder.

        *lang* is the language of the page: en, kk or ru (UnknownNameError if it is
        another). An earlier analysis there is replaced; ExportError if the folder holds
        anything else.
        """
        write_folder(self, Path(path), Language(lang))


@dataclass(frozen=True)
class _Today:
    """What is known of the settlements, before it is summed over units."""

    services: list[ServiceToday]
    shares: dict[str, Floats]
    minutes: dict[str, Floats]


@checked
def analyse(
    instance: Instance, classes_of: str = "auto", class_count: int = 0
) -> Analysis:
    """Return the analysis of a territory as it is in the base year.

    *classes_of*: what is classified, ``regions``, ``districts``, ``none``, or ``auto``
    (regions if there are at least 8, else districts, whichever there are enough of);
    *class_count*: into how many classes (0: as many as give the best silhouette).
    Raises UnknownNameError for another word, OptionError for a number that cannot be,
    or without scikit-learn.
    """
    if classes_of not in CLASSES_OF:
        raise UnknownNameError(say("unit of classes"), classes_of, CLASSES_OF)
    today = _Today(services_today(instance), *connections(instance))
    tables: dict[str, pd.DataFrame] = {}
    services = []
    for level, name in zip(LEVELS, ("territory", "regions", "districts"), strict=True):
        units = units_of(instance.tables, level)
        tables[name], rows = _unit_tables(instance, units, today)
        services.append(rows)
    tables["settlements"] = _settlements(instance, today)
    tables["provision"] = pd.concat(services, ignore_index=True)
    tables["location_quotients"] = jobs.location_quotients(instance.tables)
    found = measures(instance)
    chosen, classes = _classes(tables, found, classes_of, class_count)
    if chosen != "none":
        rows = tables[chosen]
        named = np.flatnonzero(_named(rows))
        of, potential = np.zeros(len(rows), int), np.full(len(rows), np.nan)
        of[named], potential[named] = classes.of, classes.potential
        tables[chosen] = rows.assign(**{"class": of, "potential": potential})
    tables["classes"] = classes.classes
    tables["class_indicators"] = classes.indicators
    tables["silhouettes"] = classes.silhouettes
    return Analysis(
        instance, MappingProxyType(tables), found, chosen, classes.note, classes.traits,
    )  # fmt: skip


def _unit_tables(
    instance: Instance, units: Units, today: _Today
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the table of units and the rows of their provision."""
    settlements = instance.tables["settlements"]
    persons = settlements["population"].to_numpy(dtype=float)
    # Where nobody lives the middle of the places stands for that of the people.
    weights = np.where(units.total(persons)[units.of] > 0, persons, 1.0)
    where = {
        name: units.mean(settlements[name].to_numpy(dtype=float), weights)
        for name in ("lat", "lon")
    }
    parts = [units.names, people(instance.tables, units)]
    if LEVELS[units.level]:
        parts.append(_jobs(instance, units, parts[1]))
    rows = []
    for service in today.services:
        found = provision(service, units)
        wide = found.drop(columns=["service", "norm_per_1000"])
        parts.append(wide.add_prefix(f"{service.service}_"))
        keys = units.names.reindex(columns=["region", "district"], fill_value="")
        rows.append(pd.concat([keys.assign(level=units.level), found], axis=1))
    means = {
        name: units.mean(values, persons)
        for name, values in (today.shares | today.minutes).items()
    }
    parts.append(pd.DataFrame({**means, **where}))
    long = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame()
    return pd.concat(parts, axis=1), long


def _jobs(instance: Instance, units: Units, people: pd.DataFrame) -> pd.DataFrame:
    """Return jobs and jobs per 1,000 people of units; NaN where none are given."""
    columns = LEVELS[units.level]
    given = jobs.jobs_of(instance.tables, units.level)
    keys = pd.MultiIndex.from_frame(units.names[columns]) if len(columns) > 1 else (
        pd.Index(units.names[columns[0]])
    )  # fmt: skip
    count = given.reindex(keys).to_numpy(dtype=float)
    everyone = people.get("recorded_persons", people["persons"])
    everyone = everyone.fillna(people["persons"]).to_numpy(dtype=float)
    return pd.DataFrame({"jobs": count, "jobs_per_1000": ratio(count * 1e3, everyone)})


def _settlements(instance: Instance, today: _Today) -> pd.DataFrame:
    """Return a row a settlement: people, places, minutes, what it is connected to."""
    names = ["settlement", "name", "kind", "region", "district", "centre_of"]
    rows = instance.tables["settlements"]
    frame = rows[[*names, "lat", "lon"]].assign(persons=rows["population"])
    for service in today.services:
        name, minutes = service.service, service.minutes
        reached = np.where(np.isfinite(minutes), minutes, np.nan)
        frame[f"{name}_members_persons"] = service.members
        frame[f"{name}_places"] = service.places
        frame[f"{name}_minutes"] = reached
        frame[f"{name}_standard_minutes"] = service.limit
        frame[f"{name}_is_within_standard"] = service.is_within
    for name, values in today.shares.items():
        frame[f"has_{name.removesuffix('_share')}"] = values
    return frame.assign(**today.minutes)


def _classes(
    tables: Mapping[str, pd.DataFrame],
    found: tuple[Measure, ...],
    classes_of: str,
    class_count: int,
) -> tuple[str, Classes]:
    """Return what is classified, and its classes."""
    count = {name: int(_named(tables[name]).sum()) for name in ("regions", "districts")}
    if classes_of == "none":
        return "none", no_classes(tables["regions"], say("Classes were not asked for."))
    if classes_of != "auto":
        chosen = classes_of
    elif count["regions"] >= ENOUGH:
        chosen = "regions"
    else:
        chosen = max(reversed(count), key=lambda name: min(count[name], ENOUGH))
    rows = tables[chosen]
    rows = rows[_named(rows)].reset_index(drop=True)
    classes = classify(rows, found, chosen, class_count)
    return ("none" if classes.classes.empty else chosen), classes


def _named(rows: pd.DataFrame) -> pd.Series[bool]:
    """Whether a unit has a name of its own: not the settlements without a district."""
    return rows.get("district", rows["region"]) != ""
