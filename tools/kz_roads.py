"""Roads that may be improved: corridors, new links.

No public source lists local roads or plans for them, so the candidates are found by
rule: people go from each place to the centres of its district and of its region on the
fastest way of today; links that most people use in a row make one corridor. A corridor
is long rather than split at each junction: with each piece decided by itself, every way
would have a version for every set of pieces.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

Link = tuple[int, int]
Trips = pd.DataFrame

CLASSES = {
    "trunk": (80.0, 80.0, "main road of today", "paved", "assumption"),
    "local": (50.0, 30.0, "local road, not paved", "earth",
              "assumption; wet: earth, mud"),
    "road_path_closure": (70.0, 60.0, "way over main and local roads", "paved",
                          "assumption: a mixture, paved between towns and centres"),
    "paved_local": (70.0, 65.0, "local road, asphalt, category IV", "paved",
                    "assumption, below the design speed of category IV"),
    "road_improved": (100.0, 95.0, "main road after capital repair", "paved",
                      "assumption: the limit outside places is 90 to 110"),
}  # fmt: skip
"""Class of road: km/h when dry, when wet, title, surface, source."""
PRICE = "costs.csv: "
NOT_A_PLAN = "found by rule, no plan of an authority; "
LIFETIME = 25.0
FAR_TRIPS = 0.2
"""Weight of people's way to the nearest other region's centre (assumption)."""
LEAST_SHARE = 0.25
"""A corridor goes on while at least this share of its busiest link's people do."""
LEAST_KM = 5.0
NEW_KM, NEW_DETOUR, NEW_BEND = 25.0, 2.0, 1.15
"""A new link: nearer than this, when the way of today is so many times as long."""


@dataclass(frozen=True)
class Works:
    """What may be built on one class of road; prices are those of costs.csv."""

    today: str
    later: str
    mln_per_km: float
    opex_mln_per_km: float
    price: str
    most_km: float
    most_links: int
    most: int
    most_new: int = 0


PAVING = Works(
    "local", "paved_local", 500.0, 1.55,
    "category IV, asphalt; maintenance, 2 lanes, today half of it (assumption)",
    90.0, 12, 30, 5)  # fmt: skip
REPAIR = Works(
    "road_path_closure", "road_improved", 400.0, 0.3,
    "capital repair, 2 lanes, mean; maintenance, high less low",
    260.0, 4, 40)  # fmt: skip
WORKS = {
    "west-kazakhstan": (PAVING,),
    "kazakhstan": (REPAIR,),
    "kazakhstan-full": (
        replace(PAVING, most=120, most_new=10),
        replace(REPAIR, today="trunk", most_links=30),
    ),
}
"""Works of each instance. Main roads of the largest have many short links."""
NEW_OPEX = 3.05
"""Maintenance of a km, 2 lanes: mean of costs.csv."""


def classes(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the classes of road that links of today or of upgrades have."""
    used = set(tables["road_links"]["road_class"])
    if "road_upgrade_links" in tables:
        used |= set(tables["road_upgrade_links"]["road_class"])
    rows = [(name, *row) for name, row in CLASSES.items() if name in used]
    columns = ["road_class", "speed_kmh", "wet_speed_kmh", "title", "surface"]
    return pd.DataFrame(rows, columns=[*columns, "source"])


class Map:
    """The road graph of today in numbers: minutes from every centre to everywhere."""

    def __init__(self, places: pd.DataFrame, nodes: pd.DataFrame, links: pd.DataFrame):
        """Index nodes by position; the links of *links* are unique pairs."""
        self.codes = pd.Index(nodes["node"])
        self.names = places.set_index("settlement")["name"]
        self.u = self.codes.get_indexer(links["from_node"])
        self.v = self.codes.get_indexer(links["to_node"])
        self.km = links["length_km"].to_numpy()
        self.kind = links["road_class"].to_numpy()
        self.is_synthetic = links["is_synthetic"].to_numpy()
        kmh = np.array([CLASSES[name][0] for name in self.kind])
        self.minutes = self.km / kmh * 60.0
        self.row_of = {
            frozenset(e): k for k, e in enumerate(zip(self.u, self.v, strict=True))
        }

    def matrix(self, minutes: np.ndarray) -> csr_array:
        """Return the graph with such minutes of the links."""
        ends, n = (
            (np.append(self.u, self.v), np.append(self.v, self.u)),
            len(self.codes),
        )
        return csr_array((np.append(minutes, minutes), ends), shape=(n, n))

    def name(self, node: int) -> str:
        """Return the name of a place; crossings of main roads have none."""
        return str(self.names.get(self.codes[node], "main road"))


def centres(places: pd.DataFrame) -> pd.DataFrame:
    """Return places with the centres of their district and region: the largest."""
    by_district = places.groupby(["region", "district"])["population"]
    by_region = places.groupby("region")["population"]
    code = places["settlement"]
    return places.assign(
        district_centre=code[by_district.transform("idxmax")].to_numpy(),
        region_centre=code[by_region.transform("idxmax")].to_numpy(),
    )


def trips(roads: Map, places: pd.DataFrame) -> Trips:
    """Return who goes where: node, target, people."""
    frames = [
        places[["settlement", column, "population"]].set_axis(
            ["node", "target", "people"], axis=1
        )
        for column in ("district_centre", "region_centre")
    ]
    heads = places.drop_duplicates("region_centre")["region_centre"]
    at = roads.codes.get_indexer(heads)
    if len(at) > 1:
        far = dijkstra(roads.matrix(roads.minutes), indices=at)[:, at]
        np.fill_diagonal(far, np.inf)
        people = places.groupby("region_centre")["population"].sum()[heads]
        next_one = heads.to_numpy()[far.argmin(axis=1)]
        frames.append(
            pd.DataFrame(
                {
                    "node": heads.to_numpy(),
                    "target": next_one,
                    "people": people.to_numpy() * FAR_TRIPS,
                }
            )
        )
    rows = pd.concat(frames, ignore_index=True)
    rows = rows[rows["node"] != rows["target"]]
    for name in ("node", "target"):
        rows[name] = roads.codes.get_indexer(rows[name])
    return rows.reset_index(drop=True)


def traffic(roads: Map, going: Trips) -> np.ndarray:
    """Return people on each link, on the fastest ways of today."""
    people = np.zeros(len(roads.km))
    targets = np.unique(going["target"])
    away, before = dijkstra(
        roads.matrix(roads.minutes), indices=targets, return_predecessors=True
    )
    for k, target in enumerate(targets):
        own = going[going["target"] == target]
        load = np.zeros(len(roads.codes))
        np.add.at(load, own["node"].to_numpy(), own["people"].to_numpy())
        for node in np.argsort(-away[k], kind="stable"):
            parent = before[k, node]
            if load[node] and parent >= 0:
                people[roads.row_of[frozenset((node, parent))]] += load[node]
                load[parent] += load[node]
    return people


def corridors(
    roads: Map, people: np.ndarray, stops: set[int], works: Works
) -> list[list[int]]:
    """Return corridors, rows of links in a row, by people x minutes saved."""
    may = (roads.kind == works.today) & (people > 0)
    kmh = CLASSES[works.later][0]
    worth = people * np.maximum(roads.minutes - roads.km / kmh * 60.0, 0.0)
    free = set(np.flatnonzero(may).tolist())
    at: dict[int, list[int]] = {}
    for k in sorted(free):
        for node in (roads.u[k], roads.v[k]):
            at.setdefault(int(node), []).append(k)
    found = []
    for first in np.argsort(-people, kind="stable").tolist():
        if first not in free:
            continue
        chain = [first]
        free.discard(first)
        for end in (int(roads.v[first]), int(roads.u[first])):
            _extend(roads, people, at, free, chain, end, stops, works)
            chain.reverse()
        found.append(chain)
    long = [c for c in found if roads.km[c].sum() >= LEAST_KM]
    return sorted(long, key=lambda c: -worth[c].sum())[: works.most]


def _extend(
    roads: Map, people: np.ndarray, at: dict[int, list[int]], free: set[int],
    chain: list[int], end: int, stops: set[int], works: Works,
) -> None:  # fmt: skip
    """Append links beyond *end*, each time the one that most people use."""
    least = people[chain].max() * LEAST_SHARE
    while end not in stops and len(chain) < works.most_links:
        onward = [k for k in at[end] if k in free and people[k] >= least]
        if not onward:
            return
        link = max(onward, key=lambda k: (people[k], -k))
        if roads.km[chain].sum() + roads.km[link] > works.most_km:
            return
        free.discard(link)
        chain.append(link)
        end = int(roads.u[link] + roads.v[link] - end)


def new_links(roads: Map, places: pd.DataFrame, going: Trips, works: Works) -> list:  # type: ignore[type-arg]
    """Return links that are not there, (from, to, km), by people x minutes saved."""
    a, b, km = gaps(roads, places)
    cost = km / CLASSES[works.later][0] * 60.0
    ends, at = np.unique([a, b], return_inverse=True)
    at_a, at_b = at.reshape(2, -1)
    minutes = dijkstra(roads.matrix(roads.minutes), indices=ends)
    node, target, people = (going[c].to_numpy() for c in ("node", "target", "people"))
    today = _minutes_of(roads, going)
    found: list[tuple[int, int, float]] = []
    while len(found) < works.most_new:
        saved = np.zeros(len(a))
        for part in np.array_split(np.arange(len(a)), 1 + len(a) // 500):
            p, q = minutes[at_a[part]], minutes[at_b[part]]
            through = np.minimum(p[:, node] + q[:, target], q[:, node] + p[:, target])
            saved[part] = np.maximum(today - through - cost[part, None], 0.0) @ people
        k = int(np.argmax(saved))
        found.append((int(a[k]), int(b[k]), round(float(km[k]), 2)))
        p, q = minutes[at_a[k]].copy(), minutes[at_b[k]].copy()
        through = np.minimum(p[node] + q[target], q[node] + p[target])
        today = np.minimum(today, through + cost[k])
        for here, there in ((p, q), (q, p)):
            over = here[ends][:, None] + cost[k] + there[None, :]
            minutes = np.minimum(minutes, over)
    return found


def gaps(roads: Map, places: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return ends and km of links that are not there between near places."""
    own = roads.codes.get_indexer(places["settlement"])
    lat, lon = (
        np.radians(places["lat"].to_numpy()),
        np.radians(places["lon"].to_numpy()),
    )
    x = 6371.0088 * np.column_stack(
        [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)]
    )
    pairs = cKDTree(x).query_pairs(NEW_KM, output_type="ndarray")
    first, second = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))].T
    crow = np.linalg.norm(x[first] - x[second], axis=1)
    by_road, matrix = np.empty(len(first)), roads.matrix(roads.km)
    for part in np.array_split(np.arange(len(own)), 1 + len(own) // 500):
        rows = np.flatnonzero((first >= part[0]) & (first <= part[-1]))
        # Farther than the limit is far enough: infinite.
        away = dijkstra(matrix, indices=own[part], limit=NEW_DETOUR * NEW_KM + 1.0)
        by_road[rows] = away[first[rows] - part[0], own[second[rows]]]
    is_gap = by_road > NEW_DETOUR * crow
    return own[first[is_gap]], own[second[is_gap]], crow[is_gap] * NEW_BEND


def _minutes_of(roads: Map, going: Trips) -> np.ndarray:
    """Return the minutes of each trip on the roads of today."""
    targets, row = np.unique(going["target"], return_inverse=True)
    away = dijkstra(roads.matrix(roads.minutes), indices=targets)
    return away[row, going["node"].to_numpy()]


def upgrades(
    name: str, places: pd.DataFrame, nodes: pd.DataFrame, links: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Return the tables of upgrades of an instance."""
    roads = Map(places, nodes, links)
    places = centres(places)
    going = trips(roads, places)
    people = traffic(roads, going)
    rows, parts, number = [], [], 0
    for works in WORKS[name]:
        stops = _stops(roads, places, works)
        for chain in corridors(roads, people, stops, works):
            number += 1
            code = f"corridor-{number:02d}"
            rows.append(_corridor(roads, places, code, chain, works))
            parts += [(code, roads.codes[roads.u[k]], roads.codes[roads.v[k]],
                       roads.km[k], works.later) for k in chain]  # fmt: skip
    for works in WORKS[name]:
        found = new_links(roads, places, going, works) if works.most_new else []
        for number, (a, b, km) in enumerate(found, 1):
            code = f"new-{number:02d}"
            rows.append(_new(roads, places, code, (a, b), km, works))
            parts.append((code, roads.codes[a], roads.codes[b], km, works.later))
    columns = ["upgrade", "from_node", "to_node", "length_km", "road_class"]
    later = pd.DataFrame(parts, columns=columns)
    return {
        "road_upgrades": pd.DataFrame(rows),
        "road_upgrade_links": later,
    }


def _stops(roads: Map, places: pd.DataFrame, works: Works) -> set[int]:
    """Return nodes at which corridors end: centres; local roads, at main roads too."""
    centre = "district_centre" if works.today == "local" else "region_centre"
    stops = set(roads.codes.get_indexer(places[centre].unique()).tolist())
    if works.today == "local":
        on_main = roads.kind == "trunk"
        stops |= set(np.append(roads.u[on_main], roads.v[on_main]).tolist())
    return stops


def _ends(roads: Map, chain: list[int]) -> list[int]:
    """Return the two ends of links in a row."""
    nodes = np.append(roads.u[chain], roads.v[chain])
    values, counts = np.unique(nodes, return_counts=True)
    return values[counts == 1].tolist()


def _region(roads: Map, places: pd.DataFrame, nodes: list[int]) -> str:
    """Return the region of the first place among nodes."""
    region = places.set_index("settlement")["region"]
    own = [region[c] for c in roads.codes[nodes] if c in region.index]
    return str(own[0]) if own else ""


def _corridor(
    roads: Map, places: pd.DataFrame, code: str, chain: list[int], works: Works
) -> dict[str, object]:
    km, ends = float(roads.km[chain].sum()), _ends(roads, chain)
    inner = np.append(roads.u[chain], roads.v[chain]).tolist()
    return {
        "upgrade": code,
        "title": f"{' - '.join(roads.name(n) for n in ends)}, {km:.0f} km",
        "region": _region(roads, places, [*ends, *inner]),
        "capex_mln": round(km * works.mln_per_km, 1),
        "opex_mln_per_year": round(km * works.opex_mln_per_km, 2),
        "lifetime_years": LIFETIME,
        "is_synthetic": bool(roads.is_synthetic[chain].any()),
        "source": NOT_A_PLAN + PRICE + works.price,
    }


def _new(
    roads: Map, places: pd.DataFrame, code: str, ends: Link, km: float, works: Works
) -> dict[str, object]:
    return {
        "upgrade": code,
        "title": f"new: {' - '.join(roads.name(n) for n in ends)}, {km:.0f} km",
        "region": _region(roads, places, list(ends)),
        "capex_mln": round(km * works.mln_per_km, 1),
        "opex_mln_per_year": round(km * NEW_OPEX, 2),
        "lifetime_years": LIFETIME,
        "is_synthetic": True,
        "source": f"{NOT_A_PLAN}{PRICE}category IV, asphalt; maintenance, 2 lanes",
    }
