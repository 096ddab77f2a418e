"""Check the roads of the compiled instances; exits 1 where something is wrong.

    python tools/kz_check_roads.py [NAME ...]

Ways over the road graph are compared with known distances between cities
(``instances/data/road_distances.csv``: approximate public figures, each with its source
and its tolerance), and with straight lines; the graph is one piece, has each pair of
nodes once and no link shorter than the ground between its ends. Only the tables are
read, with none of the code that plans on them.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

DATA = Path(__file__).parent.parent / "instances" / "data"
NAMES = ("kazakhstan", "west-kazakhstan", "kazakhstan-full")
EARTH_KM = 6371.0088
SLACK_KM = 0.5
"""A link may be shorter than the straight line by this: coordinates are rounded."""
CITY_PEOPLE, NEAR_KM, MOST_DETOUR = 60_000, 600.0, 1.8
"""Cities so large and so near are at most so many times the straight line apart."""
CASPIAN = "a gulf of the Caspian and salt flats: the road goes by Beyneu"
BALKHASH = "lake Balkhash and desert: the road goes round by the south"
LONG_WAYS = {
    frozenset(("Актау", "Атырау")): CASPIAN,
    frozenset(("Атырау", "Жанаозен")): CASPIAN,
    frozenset(("Балхаш", "Талдыкорган")): BALKHASH,
    frozenset(("Балхаш", "Сарканд")): BALKHASH,
    frozenset(("Балхаш", "Семей")): "no main road round the east end of lake Balkhash",
}
"""Pairs of cities that are truly farther apart by road, and why."""


@dataclass(frozen=True)
class Roads:
    """Tables of one instance, as they lie in its folder."""

    settlements: pd.DataFrame
    nodes: pd.DataFrame
    links: pd.DataFrame
    classes: pd.DataFrame

    @classmethod
    def of(cls, folder: Path) -> Roads:
        """Read them from the folder of an instance."""
        files = ("settlements", "road_nodes", "road_links", "road_classes")
        return cls(*(pd.read_csv(folder / f"{name}.csv") for name in files))


class Ways:
    """Shortest and fastest ways from some settlements to all."""

    def __init__(self, roads: Roads, sources: list[str]) -> None:
        """Search the graph; each pair of nodes must occur once."""
        self.row = {code: k for k, code in enumerate(sources)}
        self.column = {code: k for k, code in enumerate(roads.nodes["node"])}
        start, end = _ends(roads)
        km = roads.links["length_km"].to_numpy()
        speed = roads.classes.set_index("road_class")["speed_kmh"]
        hours = km / roads.links["road_class"].map(speed).to_numpy()
        self.km = _graph(start, end, km, len(self.column))
        at = [self.column[code] for code in sources]
        self.shortest_km = dijkstra(self.km, indices=at)
        _, self.before = dijkstra(
            _graph(start, end, hours, len(self.column)),
            indices=at,
            return_predecessors=True,
        )

    def shortest(self, source: str, target: str) -> float:
        """Return km of the shortest way, infinite where there is none."""
        return float(self.shortest_km[self.row[source], self.column[target]])

    def fastest(self, source: str, target: str) -> float:
        """Return km of the fastest way, on which plans let people travel."""
        row, node, km = self.row[source], self.column[target], 0.0
        while node != self.column[source]:
            parent = self.before[row, node]
            if parent < 0:
                return np.inf
            km += float(self.km[parent, node])
            node = parent
        return km


def _ends(roads: Roads) -> tuple[np.ndarray, np.ndarray]:
    codes = pd.Index(roads.nodes["node"])
    start, end = (
        codes.get_indexer(roads.links[name]) for name in ("from_node", "to_node")
    )
    return start, end


def _graph(start: np.ndarray, end: np.ndarray, cost: np.ndarray, n: int) -> csr_array:
    both = (np.append(start, end), np.append(end, start))
    return csr_array((np.append(cost, cost), both), shape=(n, n))


def straight_km(a: pd.DataFrame, b: pd.DataFrame) -> np.ndarray:
    """Return km over the ground between points, row by row (haversine)."""
    lat, lon, lat_2, lon_2 = (
        np.radians(frame[name].to_numpy())
        for frame in (a, b)
        for name in ("lat", "lon")
    )
    half = (
        np.sin((lat_2 - lat) / 2) ** 2
        + np.cos(lat) * np.cos(lat_2) * np.sin((lon_2 - lon) / 2) ** 2
    )
    return 2 * EARTH_KM * np.arcsin(np.sqrt(half))


def graph_faults(roads: Roads) -> list[str]:
    """Return what is wrong with the graph itself."""
    start, end = _ends(roads)
    if min(start.min(), end.min()) < 0:
        return ["links name nodes that are not there"]
    pairs = pd.DataFrame(np.sort(np.column_stack([start, end]), axis=1))
    found = [
        f"{roads.links['from_node'][k]} - {roads.links['to_node'][k]}: a second link"
        for k in np.flatnonzero(pairs.duplicated())
    ]
    crow = straight_km(roads.nodes.iloc[start], roads.nodes.iloc[end])
    found += [
        f"{roads.links['from_node'][k]} - {roads.links['to_node'][k]}:"
        f" {roads.links['length_km'][k]:g} km, {crow[k]:.1f} km straight"
        for k in np.flatnonzero(roads.links["length_km"] < crow - SLACK_KM)
    ]
    n = len(roads.nodes)
    pieces = connected_components(_graph(start, end, np.ones(len(start)), n))[0]
    if pieces > 1:
        found.append(f"the graph is in {pieces} pieces")
    lost = ~roads.settlements["node"].isin(roads.nodes["node"])
    found += [f"{name}: no road node" for name in roads.settlements["name"][lost]]
    return found


def within(roads: Roads, known: pd.DataFrame) -> pd.DataFrame:
    """Return the known distances whose both ends are in the instance."""
    codes = set(roads.settlements["settlement"])
    is_in = known["from_settlement"].isin(codes) & known["to_settlement"].isin(codes)
    return known[is_in].reset_index(drop=True)


def distance_faults(roads: Roads, known: pd.DataFrame) -> list[str]:
    """Return known distances that the shortest or the fastest way misses."""
    known, found = within(roads, known), []
    node = roads.settlements.set_index("settlement")["node"]
    ways = Ways(roads, sorted(set(node[known["from_settlement"]])))
    for row in known.itertuples():
        ends = node[row.from_settlement], node[row.to_settlement]
        for title, way in (("shortest", ways.shortest), ("fastest", ways.fastest)):
            km = way(*ends)
            if abs(km / row.km - 1.0) > row.tolerance:
                found.append(
                    f"{row.from_name} - {row.to_name}: the {title} way has {km:.0f} km,"
                    f" known are {row.km:g} ({row.source})"
                )
    return found


def detour_faults(roads: Roads) -> list[str]:
    """Return pairs of cities that are much farther apart by road than straight."""
    cities = roads.settlements[roads.settlements["population"] > CITY_PEOPLE]
    ways, found = Ways(roads, cities["node"].tolist()), []
    pairs = cities.merge(cities, how="cross", suffixes=("", "_2"))
    pairs = pairs[pairs["settlement"] < pairs["settlement_2"]]
    other = pairs[["lat_2", "lon_2"]].set_axis(["lat", "lon"], axis=1)
    pairs = pairs.assign(crow=straight_km(pairs, other)).query("crow < @NEAR_KM")
    for row in pairs.itertuples():
        km = ways.fastest(row.node, row.node_2)
        is_told = frozenset((row.name, row.name_2)) in LONG_WAYS
        if km > MOST_DETOUR * row.crow and not is_told:
            found.append(
                f"{row.name} - {row.name_2}: {km:.0f} km by road,"
                f" {row.crow:.0f} km straight"
            )
    return found


def faults(roads: Roads, known: pd.DataFrame) -> list[str]:
    """Return everything that is wrong; ways only where the graph is sound."""
    return graph_faults(roads) or distance_faults(roads, known) + detour_faults(roads)


def known_distances() -> pd.DataFrame:
    """Return the known distances: settlements by code, km, tolerance, source."""
    return pd.read_csv(DATA / "road_distances.csv")


def main() -> None:
    """Check instances by name, all if none is given."""
    known, is_sound = known_distances(), True
    for name in sys.argv[1:] or NAMES:
        roads = Roads.of(DATA / name)
        found = faults(roads, known)
        print(f"{name}: {len(roads.links)} links, {len(within(roads, known))} known"
              f" distances, {len(found)} faults")  # fmt: skip
        print(*(f"  {fault}" for fault in found), sep="\n", end="\n" if found else "")
        is_sound &= not found
    sys.exit(0 if is_sound else 1)


if __name__ == "__main__":
    main()
