"""From files of others to the tables of an instance, and a mapping to keep."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from aumaq.instances.access.options import DETOUR_FACTOR
from aumaq.instances.errors import (
    InstanceError,
    Problem,
    UnknownNameError,
    UnreadableError,
)
from aumaq.instances.formats.drafts import draft_of
from aumaq.instances.formats.skeleton import write_texts
from aumaq.instances.formats.targets import safe_name
from aumaq.instances.formats.template import template_tables
from aumaq.instances.formats.template_parts import SERVICES, shown_columns
from aumaq.instances.formats.workbook.writer import write_workbook
from aumaq.instances.imports.facilities import facilities_of
from aumaq.instances.imports.mapping import Mapped
from aumaq.instances.imports.places import places_of
from aumaq.instances.imports.recognition import Guess
from aumaq.instances.imports.roads import (
    REACH_KM,
    TOLERANCE_M,
    RoadOptions,
    roads_of,
)
from aumaq.instances.imports.sources import Source, read_source
from aumaq.instances.instance import Instance, from_tables
from aumaq.instances.language.texts import Text, say
from aumaq.instances.straight_lines import straight_class, straight_links

OF_FILE = "#"
"""Between a file of facilities and its layer or sheet: ``stock.xlsx#Schools``."""


@dataclass(frozen=True)
class Import:
    """What was made: tables, the instance that they are, guesses, notes, mapping."""

    tables: dict[str, pd.DataFrame]
    instance: Instance
    guesses: dict[str, list[Guess]]
    notes: list[Text]
    mapping: Mapped


@dataclass(frozen=True)
class Wishes:
    """What an import is asked for beside its files; mappings name columns by role."""

    name: str
    parts: Sequence[str] = (SERVICES,)
    country: str = ""
    services: Sequence[str] = ()
    leave_out: bool = False
    facilities: Mapping[str, Path] = field(default_factory=dict)
    mapped: Mapped = field(default_factory=Mapped)


def imported(places: Path, roads: Path | None, wishes: Wishes) -> Import:
    """Return the instance of a list of places, and of a layer of roads if any.

    Raises InstanceError with every problem of the files.
    """
    asked = wishes.mapped
    region = str(asked.places.get("region") or wishes.name)
    template = template_tables(wishes.parts, wishes.country, wishes.services)
    source = _source(places, asked.places)
    found = places_of(
        source, asked.places.get("columns", {}), region, leave_out=wishes.leave_out
    )
    head = template["instance"].assign(
        name=safe_name(wishes.name), title=wishes.name, source=source.file
    )
    tables = {**template, "instance": head, "settlements": found.settlements}
    guesses, notes = {source.file: found.guesses}, list(found.notes)
    keep: dict[str, Any] = {**asked.places, "region": region}
    mapping = Mapped(keep | {"columns": _columns(found.guesses)})
    if roads is None:
        _add_straight_lines(tables, asked.roads, notes)
    else:
        lines = _source(roads, asked.roads, "--road-layer")
        options = _options(asked.roads)
        made = roads_of(
            lines,
            found.settlements,
            asked.roads.get("columns", {}),
            options,
            leave_out=wishes.leave_out,
        )
        tables |= made.tables
        guesses[_named(lines, guesses)] = made.guesses
        notes += made.notes
        classes = made.tables["road_classes"]
        speeds = classes.set_index("road_class")["speed_kmh"].astype(float).to_dict()
        own = {**asked.roads, "columns": _columns(made.guesses), "speeds_kmh": speeds}
        mapping = Mapped(mapping.places, own)
    if wishes.facilities:
        own = _add_facilities(tables, wishes, guesses, notes)
        mapping = Mapped(mapping.places, mapping.roads, {"columns": own})
    return Import(tables, from_tables(tables), guesses, notes, mapping)


def _add_facilities(
    tables: dict[str, pd.DataFrame],
    wishes: Wishes,
    guesses: dict[str, list[Guess]],
    notes: list[Text],
) -> dict[str, str]:
    """Add what stands today; return the columns that say it."""
    given, found = wishes.mapped.facilities.get("columns", {}), []
    _check_lists(given, tables["levels"]["service"].unique().tolist())
    columns: dict[str, str] = {}
    for service, named in wishes.facilities.items():
        path, layer = _parted(named)
        asked = {"crs": wishes.mapped.places.get("crs", ""), "layer": layer}
        option = f"--facilities {service}={path.name}{OF_FILE}NAME"
        source = _source(path, asked, option)
        own = _of_list(given, service)
        stock = facilities_of(source, service, tables, own, leave_out=wishes.leave_out)
        found.append(stock.rows)
        guesses[_named(source, guesses)] = stock.guesses
        notes += stock.notes
        read = _columns(stock.guesses)
        several = len(wishes.facilities) > 1
        columns |= {f"{service}.{k}" if several else k: v for k, v in read.items()}
    tables["facilities"] = pd.concat(found, ignore_index=True)
    return columns


def _parted(named: Path) -> tuple[Path, str]:
    """Return the file and the layer or sheet of ``stock.xlsx#Schools``."""
    file, mark, layer = str(named).rpartition(OF_FILE)
    return (Path(file), layer) if mark and not named.exists() else (named, "")


def _named(source: Source, told: Collection[str]) -> str:
    """Return what a source is called: its file, of which another part was told."""
    if source.file not in told:
        return source.file
    return f"{source.file} ({source.layer or len(told) + 1})"


def _of_list(given: Mapping[str, str], service: str) -> dict[str, str]:
    """Return columns by role: those of all lists, and of the list of one service."""
    mark = f"{service}."
    own = {k.removeprefix(mark): v for k, v in given.items() if k.startswith(mark)}
    return {k: v for k, v in given.items() if "." not in k} | own


def _check_lists(given: Mapping[str, str], services: Collection[str]) -> None:
    """Raise OptionError where columns are those of a list that no service has."""
    for key in given:
        service, mark, _ = key.partition(".")
        if mark and service not in services:
            raise UnknownNameError(say("service"), service, services)


def write_import(found: Import, path: Path, lang: str = "en") -> None:
    """Write what was made as a new workbook or folder, as a template is."""
    shown = shown_columns(found.tables)
    with draft_of(path) as draft:
        if path.suffix.lower() == ".xlsx":
            write_workbook(found.tables, None, draft, lang, shown)
        else:
            write_texts(found.tables, shown, draft, lang)


def _source(path: Path, settings: Mapping[str, Any], option: str = "--layer") -> Source:
    layer, crs = (str(settings.get(key, "")) for key in ("layer", "crs"))
    try:
        return read_source(path, layer, crs, option)
    except UnreadableError as error:
        raise InstanceError([Problem(path.name, error.text)]) from None


def _columns(guesses: Sequence[Guess]) -> dict[str, str]:
    return {guess.role: guess.column for guess in guesses}


def _options(settings: Mapping[str, Any]) -> RoadOptions:
    return RoadOptions(
        float(settings.get("tolerance_m", TOLERANCE_M)),
        float(settings.get("reach_km", REACH_KM)),
        float(settings.get("detour", DETOUR_FACTOR)),
        settings.get("speeds_kmh", {}),
    )


def _add_straight_lines(
    tables: dict[str, pd.DataFrame], settings: Mapping[str, Any], notes: list[Text]
) -> None:
    """Say that straight lines stand for roads; write them where not as by default."""
    detour = float(settings.get("detour", DETOUR_FACTOR))
    row = straight_class()
    text = say(
        "no roads are given: straight lines times {detour:g} at {speed:g} km/h",
        detour=detour,
        speed=row["speed_kmh"],
    )
    notes.append(text)
    if detour == DETOUR_FACTOR:
        return
    rows = tables["settlements"]
    nodes = rows[["settlement", "lat", "lon"]].rename(columns={"settlement": "node"})
    lat, lon = (nodes[name].to_numpy(dtype=float) for name in ("lat", "lon"))
    tables["road_nodes"] = nodes
    tables["road_links"] = straight_links(nodes["node"], lat, lon, detour)
    tables["road_classes"] = pd.DataFrame([row])
