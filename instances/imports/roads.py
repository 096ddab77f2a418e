"""Road nodes, links and classes from a layer of lines, tied to places.

What lines do not reach is joined by straight lines times a detour, flagged as such:
each place ends up on one network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from aumaq.instances.access.options import DETOUR_FACTOR
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.errors import InstanceError, Problem
from aumaq.instances.formats.raw import needed
from aumaq.instances.imports.lines import Network, Plane, feet_of, network_of
from aumaq.instances.imports.recognition import (
    ROAD_NAMES,
    Guess,
    numbers,
    recognised,
)
from aumaq.instances.imports.sources import Source, are_odd, unknown
from aumaq.instances.imports.speeds import OTHER_KMH, speed_of
from aumaq.instances.language.texts import Text, say
from aumaq.instances.scipy_parts import connected_components
from aumaq.instances.straight_lines import STRAIGHT, straight_class

TOLERANCE_M = 30.0
"""Ends of lines so near are one node."""
REACH_KM = 5.0
"""A place farther from every road is joined by a straight line."""
MOST_NAMED = 5
"""Far places that a note names."""
ELSEWHERE_KM = 100.0
"""Roads farther than this from every place are those of another territory."""
NO_CLASS = "road"


@dataclass(frozen=True)
class RoadOptions:
    """How lines become roads: lengths, detour, speeds by class where told."""

    tolerance_m: float = TOLERANCE_M
    reach_km: float = REACH_KM
    detour: float = DETOUR_FACTOR
    speeds_kmh: Mapping[str, float] | None = None


@dataclass(frozen=True)
class Roads:
    """Tables of roads, what columns were taken for, and what was decided."""

    tables: dict[str, pd.DataFrame]
    guesses: list[Guess]
    notes: list[Text]


def roads_of(
    source: Source,
    places: pd.DataFrame,
    given: Mapping[str, str],
    options: RoadOptions,
    *,
    leave_out: bool = False,
) -> Roads:
    """Return road tables from a layer of lines (InstanceError with every problem).

    *places* have name, lat and lon; *given*: ``road_class``, ``speed_kmh``, ``road`` ->
    columns.
    """
    shapely = needed("shapely", "gis")
    guesses = recognised(source.cells, given, ROAD_NAMES)
    column = {guess.role: guess.column for guess in guesses}
    notes = [*source.notes]
    lines, of = _lines(source, given, notes, leave_out=leave_out)
    if not len(lines):
        told = say("has no line longer than the tolerance")
        raise InstanceError([Problem(source.file, told)])
    corners = shapely.get_coordinates(lines)
    turns = np.exp(1j * np.radians(corners[:, 0]))  # 179 and -179 are neighbours
    middle = float(np.degrees(np.angle(turns.mean())))
    plane = Plane(float(np.mean(corners[:, 1])), middle)
    flat = shapely.transform(lines, lambda xy: plane.metres(xy[:, 1], xy[:, 0]))
    points = plane.metres(places["lat"].to_numpy(), places["lon"].to_numpy())
    _check_near(source, flat, points)
    feet = feet_of(flat, points, options.reach_km * 1000.0)
    network = network_of(flat, plane, options.tolerance_m, feet)
    if network.pieces.empty:
        told = say("has no line longer than the tolerance")
        raise InstanceError([Problem(source.file, told)])
    more = _feet_on_main(flat, _parts_of(network, points, options), network, points)
    if len(more):
        feet = pd.concat([feet, more], ignore_index=True)
        network = network_of(flat, plane, options.tolerance_m, feet)
    named, classes = _classes(source, column, options, notes)
    pieces = network.pieces
    rows = of[pieces["line"].to_numpy()]
    pieces = pieces.assign(road_class=named[rows], road=_names(source, column)[rows])
    _tell_far(places, _parts_of(network, points, options).is_far, notes)
    joined = _tied(Network(network.nodes, pieces), points, options, notes)
    tables = _tables(joined, plane, points, classes, source.file, notes)
    return Roads(tables, guesses, notes)


def _check_near(source: Source, lines: np.ndarray, points: Floats) -> None:
    """Refuse roads of another part of the Earth than all places."""
    km = float(feet_of(lines, points)["away"].min()) / 1000.0
    if km > ELSEWHERE_KM:
        told = say(
            "is {km:,.0f} km from the nearest place: in another reference system"
            " (--crs), or x and y in the wrong order?",
            km=km,
        )
        raise InstanceError([Problem(source.file, told)])


def _lines(
    source: Source, given: Mapping[str, str], notes: list[Text], *, leave_out: bool
) -> tuple[np.ndarray, Ints]:
    """Return lines, and the row of each; sets of lines are taken apart."""
    shapely = needed("shapely", "gis")
    problems = [*unknown(source, given, "--road-map", ROAD_NAMES)]
    if source.shapes is None:
        told = say("has no shapes; expected a layer of lines (.shp, .gpkg, .geojson)")
        raise InstanceError([*problems, Problem(source.file, told)])
    shapes = source.shapes
    kind = shapely.get_type_id(shapes)
    is_line = np.isin(kind, (1, 5)) & ~shapely.is_empty(shapes)
    bounds = shapely.bounds(shapes)
    is_sound = (np.abs(bounds[:, [0, 2]]) <= 180.0).all(axis=1)
    is_sound &= (np.abs(bounds[:, [1, 3]]) <= 90.0).all(axis=1) & ~are_odd(shapes)
    bad = np.flatnonzero(~(is_line & is_sound))
    if leave_out and len(bad) < len(shapes) and not problems:
        if len(bad):
            told = say(
                "{n} shape is no line and is left out",
                "{n} shapes are no lines and are left out",
                n=len(bad),
            )
            notes.append(told)
    else:
        told = say("expected a line within the Earth's degrees")
        problems += [
            Problem(source.file, told, source.rows[k], "geometry") for k in bad
        ]
    if problems:
        raise InstanceError(problems)
    rows = np.flatnonzero(is_line & is_sound)
    parts, of = shapely.get_parts(shapes[rows], return_index=True)
    parts = shapely.force_2d(parts)
    is_long = shapely.length(parts) > 0.0
    return parts[is_long], rows[of][is_long]


def _names(source: Source, column: Mapping[str, str]) -> np.ndarray:
    if "road" not in column:
        return np.full(len(source.rows), "", dtype=object)
    return source.cells[column["road"]].to_numpy(dtype=object)


def _classes(
    source: Source, column: Mapping[str, str], options: RoadOptions, notes: list[Text]
) -> tuple[np.ndarray, pd.DataFrame]:
    """Return the class of each row, and the table of classes with their speeds."""
    blank = pd.Series("", index=source.cells.index, dtype=object)
    words = source.cells[column["road_class"]] if "road_class" in column else blank
    named = words.where(words != "", NO_CLASS).astype(object)
    told = dict(options.speeds_kmh or {})
    given = np.full(len(named), np.nan)
    if "speed_kmh" in column:
        cells = source.cells[column["speed_kmh"]]
        given = numbers(cells)
        is_given = np.isfinite(given) & (given >= 1.0) & (given <= 200.0)
        _tell_speeds(cells[~is_given & cells.ne("").to_numpy()], notes)
        faster = pd.Series([f"{n}-{s:g}" for n, s in zip(named, given, strict=True)])
        named = named.where(~is_given, faster)
    rows, unknown = [], []
    for name in dict.fromkeys(named):
        first = int(np.flatnonzero((named == name).to_numpy())[0])
        row = {"road_class": name, "title": name, "source": "assumption"}
        if name in told:
            row |= {"speed_kmh": told[name], "source": "as told"}
        elif str(name).endswith(f"-{given[first]:g}"):
            row |= {"speed_kmh": given[first], "source": source.file}
        elif (speed := speed_of(str(name))) is not None:
            row["speed_kmh"] = speed
        else:
            unknown.append(str(name))
            row["speed_kmh"] = OTHER_KMH
        rows.append(row)
    if not {"road_class", "speed_kmh"} & {*column}:
        notes.append(_tell_no_class(source, rows[0]["speed_kmh"]))
    if unknown:
        text = say(
            "nothing is known of these classes of roads, {speed:g} km/h on each:"
            " {classes}; --speeds CLASS=KMH says otherwise",
            speed=OTHER_KMH,
            classes=", ".join(unknown),
        )
        notes.append(text)
    return named.to_numpy(dtype=object), pd.DataFrame(rows)


def _tell_no_class(source: Source, speed_kmh: float) -> Text:
    """Return what is taken where no column was recognised that says how fast."""
    return say(
        "no column says class or speed of the roads: {speed:g} km/h on all;"
        " --road-map road_class=COLUMN names it, one of {known}",
        speed=speed_kmh,
        known=", ".join(map(str, source.cells)) or "–",
    )


def _tell_speeds(cells: pd.Series[str], notes: list[Text]) -> None:
    """Tell which speeds are none, so that those of the classes count."""
    if cells.empty:
        return
    text = say(
        "{n} speed is no km/h from 1 to 200 and is not taken: {words}",
        "{n} speeds are no km/h from 1 to 200 and are not taken: {words}",
        n=len(cells),
        words=", ".join(cells.unique()[:5]),
    )
    notes.append(text)


@dataclass(frozen=True)
class Parts:
    """Which nodes hang together: part of each, the main one, those with places on them.

    ``is_far``: places that no road reaches.
    """

    part: Ints
    main: int
    used: Ints
    is_far: Flags


def _parts_of(network: Network, points: Floats, options: RoadOptions) -> Parts:
    """Return the parts of a network; most places, then most kilometres, make main."""
    from scipy.sparse import coo_array
    from scipy.spatial import cKDTree

    nodes, pieces = network.nodes, network.pieces
    apart, node = cKDTree(nodes).query(points)
    is_far = apart > options.reach_km * 1000.0
    ends = (pieces["u"].to_numpy(), pieces["v"].to_numpy())
    graph = coo_array((np.ones(len(pieces)), ends), shape=(len(nodes),) * 2)
    count, part = connected_components(graph, directed=False)
    held = np.bincount(part[node[~is_far]], minlength=count)
    lengths = np.bincount(part[ends[0]], pieces["km"], minlength=count)
    main = int(np.lexsort([lengths, held])[-1])
    return Parts(part, main, np.unique(part[node[~is_far]]), is_far)


def _feet_on_main(
    lines: np.ndarray, parts: Parts, network: Network, points: Floats
) -> pd.DataFrame:
    """Return where straight lines from elsewhere will meet the lines of the main part.

    One for each far place, and one for each other part with places.
    """
    pieces = network.pieces
    is_main = parts.part[pieces["u"].to_numpy()] == parts.main
    among = np.unique(pieces["line"].to_numpy()[is_main])
    found = [feet_of(lines[among], points[parts.is_far])]
    for scrap in parts.used[parts.used != parts.main]:
        feet = feet_of(lines[among], network.nodes[parts.part == scrap])
        found.append(feet.nsmallest(1, "away"))
    feet = pd.concat(found, ignore_index=True)
    return feet.assign(line=among[feet["line"].to_numpy(dtype=np.int64)])


def _tied(
    network: Network, points: Floats, options: RoadOptions, notes: list[Text]
) -> Network:
    """Return the network on which all places are, straight lines where it lacks any."""
    from scipy.spatial import cKDTree

    nodes, pieces = network.nodes, network.pieces
    parts = _parts_of(network, points, options)
    part, main, is_far = parts.part, parts.main, parts.is_far
    on_main = np.flatnonzero(part == main)
    tree, extra = cKDTree(nodes[on_main]), []
    for k in np.flatnonzero(is_far).tolist():  # a node of its own, and a way from it
        metres, near = tree.query(points[k])
        extra.append((len(nodes), int(on_main[near]), metres))
        nodes = np.vstack([nodes, points[k]])
    used = parts.used
    for scrap in used[used != main]:
        own = np.flatnonzero(part == scrap)
        metres, near = tree.query(network.nodes[own])
        k = int(np.argmin(metres))
        extra.append((int(own[k]), int(on_main[near[k]]), metres[k]))
    is_kept = np.isin(part[pieces["u"].to_numpy()], [main, *used])
    _tell(pieces, is_kept, len(used) - (main in used), notes)
    added = pd.DataFrame(extra, columns=["u", "v", "km"])
    added["km"] = added["km"] / 1000.0 * options.detour
    added = added.assign(line=-1, road_class=STRAIGHT, road="")
    kept = pieces[is_kept].assign(source="", is_synthetic=False)
    added = added.assign(
        source=f"straight line times {options.detour:g}", is_synthetic=True
    )
    rows = pd.concat([kept, added], ignore_index=True) if extra else kept
    return Network(nodes, rows.reset_index(drop=True))


def _tell_far(places: pd.DataFrame, is_far: np.ndarray, notes: list[Text]) -> None:
    """Name the first of the places that no road reaches."""
    called = places["name"][is_far]
    if len(called):
        text = say(
            "{n} place is far from every road ({places}): a straight line times a"
            " detour joins it",
            "{n} places are far from every road ({places}): straight lines times a"
            " detour join them",
            n=len(called),
            places=", ".join(map(str, called[:MOST_NAMED]))
            + (", ..." if len(called) > MOST_NAMED else ""),
        )
        notes.append(text)


def _tell(
    pieces: pd.DataFrame, is_kept: np.ndarray, scraps: int, notes: list[Text]
) -> None:
    if scraps > 0:
        text = say(
            "{n} part of the roads is joined to the rest by straight lines times a"
            " detour",
            "{n} parts of the roads are joined to the rest by straight lines times a"
            " detour",
            n=int(scraps),
        )
        notes.append(text)
    if not is_kept.all():
        text = say(
            "{km:,.1f} km of roads lead to no place and are left out",
            km=float(pieces["km"][~is_kept].sum()),
        )
        notes.append(text)


def _tables(
    network: Network,
    plane: Plane,
    points: Floats,
    classes: pd.DataFrame,
    file: str,
    notes: list[Text],
) -> dict[str, pd.DataFrame]:
    """Return the tables: nodes only where roads meet, change, or places are."""
    from scipy.spatial import cKDTree

    at = np.unique(network.pieces[["u", "v"]].to_numpy())
    tied = at[cKDTree(network.nodes[at]).query(points)[1]]
    links = _contracted(network.pieces, set(tied.tolist()))
    if STRAIGHT not in set(classes["road_class"]):  # as in a layer that we wrote
        own = pd.DataFrame([straight_class()])
        classes = pd.concat([classes, own], ignore_index=True)
    speed = classes.set_index("road_class")["speed_kmh"].astype(float)
    minutes = links["km"] / links["road_class"].map(speed)
    ends = np.sort(links[["u", "v"]].to_numpy(), axis=1)
    links = links.assign(u=ends[:, 0], v=ends[:, 1], minutes=minutes)
    links = links.sort_values(["minutes", "u", "v"], kind="stable")
    links = links.drop_duplicates(["u", "v"]).sort_values(["u", "v"])
    used = np.unique(links[["u", "v"]].to_numpy())
    name = {int(k): f"n{number}" for number, k in enumerate(used, start=1)}
    lat, lon = plane.degrees(network.nodes[used])
    text = say(
        "roads: {nodes} nodes, {links} links, {km:,.1f} km",
        nodes=len(used),
        links=len(links),
        km=float(links["km"].sum()),
    )
    notes.append(text)
    is_used = classes["road_class"].isin(links["road_class"])
    return {
        "road_nodes": pd.DataFrame(
            {"node": list(name.values()), "lat": lat.round(6), "lon": lon.round(6)}
        ),
        "road_links": pd.DataFrame(
            {
                "from_node": links["u"].map(name).to_numpy(),
                "to_node": links["v"].map(name).to_numpy(),
                "length_km": links["km"].round(4).to_numpy(),
                "road_class": links["road_class"].to_numpy(),
                "road": links["road"].to_numpy(),
                "share_synthetic": links["is_synthetic"].astype(float).to_numpy(),
                "is_synthetic": links["is_synthetic"].to_numpy(dtype=bool),
                "source": links["source"].where(links["source"] != "", file).to_numpy(),
            }
        ),
        "road_classes": classes[is_used].reset_index(drop=True),
    }


SAME = ("road_class", "road", "is_synthetic", "source")
"""What two pieces share that become one."""


def _contracted(pieces: pd.DataFrame, kept: set[int]) -> pd.DataFrame:
    """Return pieces, those of one road that follow each other as one."""
    rows = dict(enumerate(pieces.to_dict("records")))
    around: dict[int, set[int]] = {}
    for k, row in rows.items():
        for end in (row["u"], row["v"]):
            around.setdefault(int(end), set()).add(k)
    following = len(rows)
    for node in sorted(around):
        if node in kept or len(around[node]) != 2:
            continue
        a, b = sorted(around[node])
        if any(rows[a][name] != rows[b][name] for name in SAME):
            continue
        far = [
            int(row["u"] if row["v"] == node else row["v"])
            for row in (rows[a], rows[b])
        ]
        if far[0] == far[1] or node in far:
            continue
        rows[following] = {**rows[a], "u": far[0], "v": far[1],
                           "km": rows[a]["km"] + rows[b]["km"]}  # fmt: skip
        for end, old in zip(far, (a, b), strict=True):
            around[end] = (around[end] - {old}) | {following}
        del rows[a], rows[b], around[node]
        following += 1
    return pd.DataFrame(list(rows.values()))
