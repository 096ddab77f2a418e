"""Travel times and lengths of the audit: its own paths, and which sites are legal.

Straight-line distances are great-circle on a sphere of radius 6371.0088 km.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from aumaq.instances import Instance
from aumaq.instances.access.limits import NO_TIME, TOLERANCE
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.scipy_parts import dijkstra, nearest
from aumaq.results.audit.facts import Facts, Service
from aumaq.results.audit.frames import find, records

RADIUS_KM = 6371.0088
DETOUR = 1.3
CONNECTOR_MINUTES_PER_KM = 60.0 / 30.0
KM_MINUTES = 1e-7
"""Of ways that take equally long the shortest counts: weight of a km beside minutes."""
A_MINUTE = 1.0
"""More than kilometres add to the weight of any way."""
CHUNK = 256
"""Targets of one search for kilometres."""
Minutes = dict[tuple[str, frozenset[str]], Floats]
"""By service and upgrades that stand: minutes from each settlement to each site."""
MOST_KEPT = 10_000_000
"""Minutes of so many pairs are kept after an audit: those of a region are read again
and again, while 600 MB of a country would stand beside all that a solve needs."""
KNOWN: WeakKeyDictionary[Instance, Minutes] = WeakKeyDictionary()


class Travel:
    """Minutes between settlements and sites, from the tables of an instance.

    *built* names the road upgrades that stand in each period. Minutes to the sites of
    *instance* are kept as long as it is, unless they are very many: its plans are
    audited again and again.
    """

    def __init__(
        self, instance: Instance, facts: Facts, built: list[frozenset[str]]
    ) -> None:
        self.facts = facts
        self.built = built
        self.given = facts.tables["travel"]
        self.internal = facts.settlements["internal_minutes"].to_numpy(dtype=float)
        nodes = facts.tables["road_nodes"]
        self.nodes: pd.Index[Any] = pd.Index(nodes["node"])
        self.points = _sphere(nodes["lat"].to_numpy(), nodes["lon"].to_numpy())
        self.paths: dict[tuple[frozenset[str], int], Floats] = {}
        self.graphs: dict[frozenset[str], csr_array] = {}
        pairs = sum(len(facts.ids) * len(s.sites) for s in facts.services.values())
        is_kept = pairs <= MOST_KEPT
        self.known: Minutes = KNOWN.setdefault(instance, {}) if is_kept else {}
        self.links: dict[frozenset[str], pd.DataFrame] = {}
        if not self.has_table:
            self.home_node, self.home_tie = self._tie(facts.settlements)

    @property
    def has_table(self) -> bool:
        """Whether the table ``travel`` is used instead of roads."""
        return len(self.given) > 0

    def minutes(self, service: Service, t: int) -> Floats:
        """Return minutes from each settlement to each site in a period, inf if none.

        *t* = -1 stands for the roads of today. Equal roads give the same array.
        """
        built = self.built[t] if t >= 0 else frozenset()
        key = service.name, built
        if key not in self.known:
            self.known[key] = self._minutes(service, built)
            self.known[key].flags.writeable = False
        return self.known[key]

    def _minutes(self, service: Service, built: frozenset[str]) -> Floats:
        if self.has_table:
            out = self._given(service)
        else:
            node, tie = self._site_nodes(service)
            out = self._between(self.home_node, node, built)
            out += self.internal[:, None] + self.home_tie[:, None] + tie[None, :]
        for j in np.flatnonzero(service.home >= 0):
            i = service.home[j]
            if not (self.has_table and np.isfinite(out[i, j])):
                out[i, j] = self.internal[i]
        return out

    def between_sites(self, lower: Service, upper: Service) -> Floats:
        """Return minutes from sites to sites of another service, on today's roads."""
        if self.has_table:
            out = np.full((len(lower.sites), len(upper.sites)), np.inf)
            is_placed = lower.home >= 0
            out[is_placed] = self._given(upper)[lower.home[is_placed]]
        else:
            node, tie = self._site_nodes(lower)
            far_node, far_tie = self._site_nodes(upper)
            out = (
                self._between(node, far_node, frozenset())
                + tie[:, None]
                + far_tie[None, :]
            )
        same = (lower.home[:, None] == upper.home[None, :]) & (lower.home >= 0)[:, None]
        same |= lower.sites.to_numpy()[:, None] == upper.sites.to_numpy()[None, :]
        out[same] = 0.0
        return out

    def connections(self, t: int) -> Floats:
        """Return minutes of each connection on the roads of a period, node to node."""
        rules = self.facts.tables["connections"]
        a, b = (
            find(self.facts.ids, rules[name])
            for name in ("from_settlement", "to_settlement")
        )
        if not len(rules) or self.has_table:
            return np.zeros(len(rules))
        table = self._between(self.home_node[a], self.home_node[b], self.built[t])
        ways = self.home_tie[a] + self.home_tie[b]
        return np.asarray(table[np.arange(len(a)), np.arange(len(a))] + ways)

    def kilometres(self, service: Service, t: Ints, i: Ints, j: Ints) -> Floats:
        """Return km of the fastest ways of pairs, each in a period; 0 without a way.

        Of equally fast ways the shortest counts.
        """
        km = np.zeros(len(t))
        for built in set(self.built):  # periods of equal roads are walked at once
            equal = [p for p, own in enumerate(self.built) if own == built]
            here = np.isin(t, equal)
            if here.any():
                minutes = self.minutes(service, equal[0])[i[here], j[here]]
                far = float(minutes.max(initial=0.0, where=np.isfinite(minutes)))
                km[here] = self._kilometres(service, built, i[here], j[here], far)
        return km

    def _kilometres(
        self, service: Service, built: frozenset[str], i: Ints, j: Ints, far: float
    ) -> Floats:
        if self.has_table:
            table = self._given(service, "length_km")[i, j]
            return np.where(np.isfinite(table), table, 0.0)
        node, tie = self._site_nodes(service)
        start, target = self.home_node[i], node[j]
        km = self._walked(start, target, built, far)
        km += (self.home_tie[i] + tie[j]) / CONNECTOR_MINUTES_PER_KM
        return np.where(service.home[j] == i, 0.0, km)

    def _walked(
        self, start: Ints, target: Ints, built: frozenset[str], far: float
    ) -> Floats:
        """Return km along the road from node to node, none more than *far* minutes."""
        km = np.zeros(len(start))
        if not len(self.nodes):
            return km
        links = self._links(built)
        size = (len(self.nodes), len(self.nodes))
        ends = links["u"].to_numpy(), links["v"].to_numpy()
        heavy = csr_array((links["weight"].to_numpy(), ends), size)
        length = csr_array((links["km"].to_numpy(), ends), size)
        wanted = np.unique(target)
        for first in range(0, len(wanted), CHUNK):
            part = wanted[first : first + CHUNK]
            _, after = dijkstra(
                heavy, indices=part, return_predecessors=True, limit=far + A_MINUTE
            )
            own = np.flatnonzero((target >= part[0]) & (target <= part[-1]))
            tree, here = np.searchsorted(part, target[own]), start[own]
            while len(own):
                following = after[tree, here]
                goes = following >= 0
                own, tree, here = own[goes], tree[goes], here[goes]
                following = following[goes]
                km[own] += length[here, following]
                here = following
        return km

    def _given(self, service: Service, column: str = "minutes") -> Floats:
        out = np.full((len(self.facts.ids), len(service.sites)), np.inf)
        i = find(self.facts.ids, self.given["settlement"])
        j = find(service.sites, self.given["site"])
        known = (i >= 0) & (j >= 0)
        out[i[known], j[known]] = self.given[column].to_numpy(dtype=float)[known]
        return out

    def _graph(self, built: frozenset[str]) -> csr_array:
        """Return the roads of today and the links of what is built, by minutes."""
        links = self._links(built)
        weight = np.maximum(links["minutes"].to_numpy(), NO_TIME)
        size = (len(self.nodes), len(self.nodes))
        return csr_array((weight, (links["u"].to_numpy(), links["v"].to_numpy())), size)

    def _links(self, built: frozenset[str]) -> pd.DataFrame:
        """Return u, v, minutes, km, weight of links that stand, each way, no doubles.

        Of parallel links the fastest stays, of equally fast ones the shortest.
        """
        if built not in self.links:
            self.links[built] = self._standing_links(built)
        return self.links[built]

    def _standing_links(self, built: frozenset[str]) -> pd.DataFrame:
        tables = self.facts.tables
        later = tables["road_upgrade_links"]
        later = later[later["upgrade"].isin(built)]
        columns = ["from_node", "to_node", "length_km", "road_class"]
        links = pd.concat([tables["road_links"][columns], later[columns]])
        speed: dict[str, float] = {}
        for row in records(tables["road_classes"]):
            is_wet = self.facts.policy["season"] == "wet"
            wet = float(row["wet_speed_kmh"])
            dry = float(row["speed_kmh"])
            speed[str(row["road_class"])] = wet if is_wet and wet == wet else dry
        kmh = np.array([float(speed[name]) for name in links["road_class"]])
        frame = pd.DataFrame(
            {
                "u": find(self.nodes, links["from_node"]),
                "v": find(self.nodes, links["to_node"]),
                "minutes": links["length_km"].to_numpy(dtype=float) / kmh * 60.0,
                "km": links["length_km"].to_numpy(dtype=float),
            }
        )
        swapped = frame.rename(columns={"u": "v", "v": "u"})
        both = pd.concat([frame, swapped])
        both["weight"] = both["minutes"].clip(lower=NO_TIME) + KM_MINUTES * both["km"]
        return both.sort_values("weight").drop_duplicates(["u", "v"])

    def _tie(self, places: pd.DataFrame) -> tuple[Ints, Floats]:
        """Return node and connector minutes of places with node, lat, lon."""
        node = find(self.nodes, places["node"])
        tie = np.zeros(len(node))
        placed = np.isfinite(places[["lat", "lon"]].to_numpy(dtype=float)).all(axis=1)
        free = np.flatnonzero((node < 0) & placed)  # the others follow a settlement
        if len(free) and len(self.nodes):
            points = _sphere(
                places["lat"].to_numpy(dtype=float)[free],
                places["lon"].to_numpy(dtype=float)[free],
            )
            chord, node[free] = nearest(points, self.points)
            km = 2.0 * RADIUS_KM * np.arcsin(np.minimum(chord / 2.0, 1.0))
            tie[free] = km * DETOUR * CONNECTOR_MINUTES_PER_KM
        return node, tie

    def _site_nodes(self, service: Service) -> tuple[Ints, Floats]:
        """Tie sites: by own node, as their settlement, or to the nearest node."""
        node, tie = self._tie(service.table)
        as_home = (service.table["node"] == "").to_numpy() & (service.home >= 0)
        node[as_home] = self.home_node[service.home[as_home]]
        tie[as_home] = self.home_tie[service.home[as_home]]
        return node, tie

    def _between(self, start: Ints, target: Ints, built: frozenset[str]) -> Floats:
        """Return minutes along roads from node to node, inf without a path."""
        if not len(self.nodes):
            return np.full((len(start), len(target)), np.inf)
        if built not in self.graphs:
            self.graphs[built] = self._graph(built)
        missing = [
            int(n) for n in np.unique(target) if (built, int(n)) not in self.paths
        ]
        if missing:  # the graph has both directions of each link
            rows = dijkstra(self.graphs[built], directed=True, indices=missing)
            self.paths.update(zip(((built, n) for n in missing), rows, strict=True))
        out = np.empty((len(target), len(start)))
        for row, n in zip(out, target.tolist(), strict=True):
            row[:] = self.paths[built, n][start]
        return out.T


def _sphere(lat: Floats, lon: Floats) -> Floats:
    a, b = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a)], axis=1)


def longest_trip(facts: Facts, service: Service) -> float:
    """Return the minutes of the longest trip: to the cut-off, or as far as carried."""
    limits = [float(service.row["cutoff_minutes"])]
    for name in ("buses", "mobile_services"):
        rows = facts.tables[name]
        limits += rows.loc[rows["service"] == service.name, "within_minutes"].tolist()
    return max(limits)


def legal_options(
    service: Service, cutoff: float, today: Floats, now: Floats
) -> tuple[Flags, Flags]:
    """Return which sites a settlement may use, and which are options beyond doubt.

    A site within the *cutoff* in minutes *now*, or among the nearest few *today*
    (minutes of both, settlements x sites), and in any case within
    ``served_within_minutes`` *now*. The first mask is generous by the tolerance (ties
    with the last of the nearest sites, rounding at the cut-off), the second is strict.
    """
    nearest = service.row["nearest_sites"]
    shut = service.is_shut[None, :]
    reach = np.where(shut, np.inf, today)
    may = np.where(shut, np.inf, now) <= cutoff + TOLERANCE
    sure = np.where(shut, np.inf, now) <= cutoff - TOLERANCE
    count = min(int(nearest), reach.shape[1])
    short = np.flatnonzero((reach <= cutoff - TOLERANCE).sum(axis=1) < count)
    if len(short):
        part = reach[short]
        order = np.argsort(part, axis=1, kind="stable")[:, :count]
        last = np.take_along_axis(part, order[:, -1:], axis=1)
        finite = np.isfinite(part)
        may[short] |= finite & (part <= last + TOLERANCE)
        first = np.zeros_like(finite)
        np.put_along_axis(first, order, True, axis=1)
        sure[short] |= first & finite
    farthest = float(service.row["served_within_minutes"])
    if not np.isnan(farthest):
        may &= now <= farthest + TOLERANCE
        sure &= now <= farthest - TOLERANCE
    return may, sure
