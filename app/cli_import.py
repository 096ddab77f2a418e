"""``aumaq import``: lists of places and layers of roads made into an instance."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aumaq import documents, words
from aumaq.instances.language.texts import Text, say
from aumaq.option_groups import grouped
from aumaq.options import AsJson, Lang, listed, read_instance, tell_warnings
from aumaq.streams import line
from aumaq.words import t

if TYPE_CHECKING:
    from aumaq.instances.imports.assembly import Import, Wishes
    from aumaq.instances.imports.mapping import Mapped

LENGTHS = {"tolerance_m": "tolerance", "reach_km": "reach", "detour": "detour"}
"""Setting of a mapping file -> the option that says it."""
ENDING = "-mapping.toml"
"""What the mapping file is called behind the name of the output."""


@dataclass(frozen=True)
class OfPlaces:
    """The list of places, and how it is read."""

    places: Annotated[
        Path,
        typer.Argument(
            metavar="PLACES",
            help="list of places: .csv, .xlsx, .gpkg, .shp, .geojson",
        ),
    ]
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--map", help="columns: name=NAME_RU,population=POP_2021", metavar="PAIRS"
        ),
    ] = None
    layer: Annotated[
        str, typer.Option(help="layer or sheet of the places, where there are several")
    ] = ""
    region: Annotated[
        str, typer.Option(help="region of places without one (default: the name)")
    ] = ""
    skip: Annotated[
        bool, typer.Option("--skip", help="leave out rows that cannot be read")
    ] = False


@dataclass(frozen=True)
class OfRoads:
    """The layer of roads, how it is read, and what joins its lines and the places."""

    roads: Annotated[
        Path | None, typer.Option(help="layer of road lines: .shp, .gpkg, .geojson")
    ] = None
    road_columns: Annotated[
        list[str] | None,
        typer.Option(
            "--road-map", help="columns: road_class=CLASS,road=REF", metavar="PAIRS"
        ),
    ] = None
    road_layer: Annotated[str, typer.Option(help="layer of the roads")] = ""
    speeds: Annotated[
        list[str] | None,
        typer.Option(help="km/h by class: primary=80,track=20", metavar="PAIRS"),
    ] = None
    tolerance: Annotated[
        float | None,
        typer.Option(help="metres within which ends of roads meet (30)"),
    ] = None
    reach: Annotated[
        float | None,
        typer.Option(help="km within which a place is on a road (5)"),
    ] = None
    detour: Annotated[
        float | None,
        typer.Option(help="straight lines times this, where no road is (1.3)"),
    ] = None


@dataclass(frozen=True)
class OfFacilities:
    """Lists of what stands today, and how they are read."""

    facilities: Annotated[
        list[str] | None,
        typer.Option(
            help="what stands today, a list a service: school=schools.csv, or"
            " school=stock.xlsx#Schools",
            metavar="PAIRS",
        ),
    ] = None
    facility_columns: Annotated[
        list[str] | None,
        typer.Option(
            "--facility-map",
            help="columns: settlement=VILLAGE,capacity=PLACES",
            metavar="PAIRS",
        ),
    ] = None


@dataclass(frozen=True)
class Given:
    """All files that are read, and what holds for each of them."""

    of_places: OfPlaces
    of_roads: OfRoads
    stock: OfFacilities
    mapping: Annotated[
        Path | None, typer.Option(help="mapping file of an earlier import")
    ] = None
    crs: Annotated[
        str, typer.Option(help="reference system where none is named: EPSG:32642")
    ] = ""


@dataclass(frozen=True)
class Sheets:
    """What the instance has beside the places."""

    parts: Annotated[
        str, typer.Option("--with", help="more sheets, as of `aumaq new`")
    ] = "services"
    norms: Annotated[
        str, typer.Option(help="fill in levels, prices and standards of a country: kz")
    ] = ""
    services: Annotated[
        str, typer.Option(help="with --norms, only these: school,hospital")
    ] = ""


@grouped
def import_(
    *,
    out: Annotated[Path, typer.Option("--out", help="new: mine.xlsx or a folder")],
    given: Given,
    sheets: Sheets,
    lang: Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Make an instance of a list of places and, if there is one, a layer of roads."""
    from aumaq.instances.formats.targets import probe_new
    from aumaq.instances.imports.assembly import imported, write_import
    from aumaq.instances.interruption import finishing

    probe_new(out, (".xlsx",))  # before the work
    kept = out.with_name(out.stem + ENDING)
    is_new = given.mapping is None or given.mapping.resolve() != kept.resolve()
    if is_new:
        probe_new(kept, (".toml",))
    wishes = _wishes(out.stem, given, sheets)
    found = imported(given.of_places.places, given.of_roads.roads, wishes)
    with finishing():
        write_import(found, out, lang)
        if is_new:
            _keep(found, kept, out)
    found = _as_written(found, out)
    if as_json:
        documents.tell(_document(found, out, kept))
        return
    _tell(found)
    line(t(say("written to {target}; what was taken for what is in {file}",
               target=out, file=kept)))  # fmt: skip
    line(t(say("next: aumaq plan {target}", target=out)))


def _keep(found: Import, kept: Path, out: Path) -> None:
    """Write the mapping file; without room for it there is no instance either."""
    from aumaq.instances.errors import ExportError
    from aumaq.instances.formats.drafts import draft_of
    from aumaq.instances.imports.mapping import mapping_text

    try:
        with draft_of(kept) as draft:
            draft.write_text(mapping_text(found.mapping), encoding="utf-8")
    except ExportError:
        shutil.rmtree(out) if out.is_dir() else out.unlink()
        raise


def _as_written(found: Import, out: Path) -> Import:
    """Return what was made with warnings that name sheets, rows as they were written.

    The files of a template have lines of explanation, and a workbook sheets.
    """
    if not found.instance.warnings:
        return found
    return replace(found, instance=read_instance(str(out)))


def _wishes(name: str, given: Given, sheets: Sheets) -> Wishes:
    """Return what the instance is to be like, and how the files are read."""
    from aumaq.instances.imports.assembly import Wishes
    from aumaq.instances.imports.mapping import pairs_of

    asked = _asked(_read(given.mapping), given)
    lists = pairs_of(given.stock.facilities or [], "--facilities")
    files = {service: Path(file) for service, file in lists.items()}
    return Wishes(
        name, listed(sheets.parts), sheets.norms, listed(sheets.services),
        given.of_places.skip, files, asked,
    )  # fmt: skip


def _asked(before: Mapped, given: Given) -> Mapped:
    """Return what columns are and how they are read: of a mapping file, and asked."""
    from aumaq.instances.imports.mapping import LIMITS, Mapped, pairs_of

    places, roads, crs = given.of_places, given.of_roads, given.crs
    own = {"layer": places.layer, "crs": crs, "region": places.region}
    own_roads = {
        "layer": roads.road_layer,
        "crs": crs if roads.roads else "",
        "tolerance_m": roads.tolerance,
        "reach_km": roads.reach,
        "detour": roads.detour,
    }
    for key, option in LENGTHS.items():
        _check_limit(option, own_roads[key], LIMITS[key])
    facility_columns = pairs_of(given.stock.facility_columns or [], "--facility-map")
    return Mapped(
        _joined(before.places, own, columns=pairs_of(places.columns or [], "--map")),
        _joined(
            before.roads,
            own_roads,
            columns=pairs_of(roads.road_columns or [], "--road-map"),
            speeds_kmh=_speeds(pairs_of(roads.speeds or [], "--speeds")),
        ),
        _joined(before.facilities, {}, columns=facility_columns),
    )


def _check_limit(option: str, value: Any, limits: tuple[float, float]) -> None:
    from aumaq.instances.errors import OptionError

    least, most = limits
    if value is None or least <= value <= most:  # never for nan
        return
    raise OptionError(
        say(
            "--{option} expects {least:g} to {most:,g}, got {value:g}",
            option=option,
            least=least,
            most=most,
            value=value,
        )
    )


def _read(mapping: Path | None) -> Mapped:
    from aumaq.instances.errors import InstanceError, Problem, UnreadableError
    from aumaq.instances.imports.mapping import Mapped, read_mapping

    if mapping is None:
        return Mapped()
    try:
        return read_mapping(mapping)
    except UnreadableError as error:
        raise InstanceError([Problem(mapping.name, error.text)]) from None


def _joined(
    before: Any, own: dict[str, Any], **pairs: dict[str, Any]
) -> dict[str, Any]:
    """Return settings of a mapping file with those of the command before them."""
    found = {**before, **{k: v for k, v in own.items() if v not in ("", None)}}
    for key, given in pairs.items():
        if given or before.get(key):
            found[key] = {**before.get(key, {}), **given}
    return found


def _speeds(pairs: dict[str, str]) -> dict[str, float]:
    from aumaq.instances.errors import OptionError

    found = {}
    for name, text in pairs.items():
        try:
            found[name] = float(text)
        except ValueError:
            found[name] = 0.0
        if not 1.0 <= found[name] <= 200.0:
            raise OptionError(
                say(
                    "--speeds expects 1 to 200 km/h for {name}, got {text!r}",
                    name=name,
                    text=text,
                )
            )
    return found


def _tell(found: Import) -> None:
    own = [c for c in found.tables["settlements"] if c.startswith("x_")]
    for k, (file, guesses) in enumerate(found.guesses.items()):
        line(f"{file}:")
        for guess in guesses:
            line(f"  {guess.role:12} {guess.column:24} {t(guess.why)}")
        if own and k == 0:  # the places come first
            line("  " + t(say("kept as columns of your own: {columns}",
                              columns=", ".join(own))))  # fmt: skip
    for note in found.notes:
        line(t(note))
    tell_warnings(found.instance)
    count = len(found.instance.settlement_ids)
    line(words.spoken().tell(say("{n} place", "{n} places", n=count)))


def _document(found: Import, out: Path, kept: Path) -> dict[str, Any]:
    def said(text: Text) -> str:
        return words.spoken().tell(text)

    return {
        "status": "imported",
        "out": str(out),
        "mapping": str(kept),
        "places": len(found.instance.settlement_ids),
        "columns": {
            file: {guess.role: guess.column for guess in guesses}
            for file, guesses in found.guesses.items()
        },
        "notes": [said(note) for note in found.notes],
        "warnings": [said(problem.text) for problem in found.instance.warnings],
    }
