"""Distances between clients and sites: a matrix, some pairs, or points.

Points never become a matrix: neighbours are found in a k-d tree of the sites. The
distance rules of TSPLIB and the great circle are monotone in the straight line between
points (of the unit sphere for the latter), so its order is theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from aumaq.instances.arrays import Flags, Floats, Ints

Sites32 = NDArray[np.int32]
EARTH_M = 6_378_100.0
"""Radius of the earth, m, of the published MCLP cases."""
TSPLIB_EARTH_KM = 6378.388
TSPLIB_PI = 3.141592
"""As TSPLIB 95 has it: of long distances the digits it cuts off count."""
RULES = ("euclid", "floor", "nearest", "ceil", "att", "geo", "great_circle")
"""How the straight line becomes a distance; the codes of kernels are positions here."""
WHOLE = 16 * 2.0**-52
"""Relative; a scaled line so near a whole number is one, its digits are rounding."""
CHUNK = 4_000_000
"""Numbers that a block of a matrix of points may have."""


@dataclass(frozen=True)
class Neighbours:
    """The nearest sites of each client, the nearest first. I clients, K pairs."""

    first: Ints  # (I+1,) pairs of client i: first[i] ... first[i+1] - 1
    site: Sites32  # (K,)
    length: Floats  # (K,)
    complete: Flags  # (I,) whether no other site can be reached at all

    @property
    def counts(self) -> Ints:
        """How many sites each client has here, (I,)."""
        return np.diff(self.first)


class Distances(Protocol):
    """Distances of all pairs; infinite where a site cannot serve a client."""

    @property
    def shape(self) -> tuple[int, int]:
        """Number of clients and of sites."""

    def block(self, clients: slice, sites: Sequence[int] | Ints) -> Floats:
        """Return distances of some clients (rows) to some sites (columns)."""

    def nearest(self, count: int) -> Neighbours:
        """Return the *count* nearest sites of each client."""

    def within(self, radius: float) -> Neighbours:
        """Return the sites of each client that are no farther than *radius*."""


@dataclass(frozen=True)
class Dense:
    """A whole matrix."""

    matrix: Floats  # (I, J)

    @property
    def shape(self) -> tuple[int, int]:
        """Number of clients and of sites."""
        return self.matrix.shape[0], self.matrix.shape[1]

    def block(self, clients: slice, sites: Sequence[int] | Ints) -> Floats:
        """Return distances of some clients to some sites."""
        return np.asarray(self.matrix[clients][:, np.asarray(sites, int)])

    def nearest(self, count: int) -> Neighbours:
        """Return the *count* nearest sites of each client, equal ones by number."""
        count = min(count, self.shape[1])
        order = np.argsort(self.matrix, axis=1, kind="stable")[:, :count]
        length = np.take_along_axis(self.matrix, order, axis=1)
        reachable = np.isfinite(self.matrix).sum(axis=1)
        return _ragged(order, length, np.isfinite(length), reachable <= count)

    def within(self, radius: float) -> Neighbours:
        """Return the sites of each client that are no farther than *radius*."""
        near = self.matrix <= radius
        client, site = np.nonzero(near)
        whole = near.sum(axis=1) >= np.isfinite(self.matrix).sum(axis=1)
        return _by_client(client, site, self.matrix[near], self.shape[0], whole)


@dataclass(frozen=True)
class Sparse:
    """Some pairs only; all others are out of reach. K pairs."""

    client: Ints  # (K,)
    site: Ints  # (K,)
    length: Floats  # (K,)
    shape: tuple[int, int]

    def block(self, clients: slice, sites: Sequence[int] | Ints) -> Floats:
        """Return distances of some clients to some sites."""
        start, stop, _ = clients.indices(self.shape[0])
        column = np.full(self.shape[1], -1)
        column[np.asarray(sites, int)] = np.arange(len(sites))
        wanted = (self.client >= start) & (self.client < stop)
        wanted &= column[self.site] >= 0
        found = np.full((stop - start, len(sites)), np.inf)
        rows, columns = self.client[wanted] - start, column[self.site[wanted]]
        np.minimum.at(found, (rows, columns), self.length[wanted])
        return found

    def nearest(self, count: int) -> Neighbours:
        """Return the *count* nearest sites of each client."""
        whole = self.within(np.inf)
        place = np.arange(len(whole.site)) - np.repeat(whole.first[:-1], whole.counts)
        kept = place < count
        client = np.repeat(np.arange(self.shape[0]), whole.counts)[kept]
        return _by_client(
            client, whole.site[kept].astype(int), whole.length[kept], self.shape[0],
            whole.counts <= count,
        )  # fmt: skip

    def within(self, radius: float) -> Neighbours:
        """Return the sites of each client that are no farther than *radius*."""
        near = (self.length <= radius) & np.isfinite(self.length)
        farther = np.bincount(self.client[~near], minlength=self.shape[0])
        return _by_client(
            self.client[near], self.site[near], self.length[near], self.shape[0],
            farther == 0,
        )  # fmt: skip


@dataclass(frozen=True)
class Points:
    """Coordinates and a rule; see :func:`plane` and :func:`sphere`."""

    clients: Floats  # (I, 3)
    sites: Floats  # (J, 3)
    rule: str  # of RULES
    scale: float = 1.0  # radius of the sphere, or what a unit of coordinates counts

    @property
    def shape(self) -> tuple[int, int]:
        """Number of clients and of sites."""
        return len(self.clients), len(self.sites)

    def block(self, clients: slice, sites: Sequence[int] | Ints) -> Floats:
        """Return distances of some clients to some sites."""
        away = self.clients[clients][:, None, :] - self.sites[np.asarray(sites, int)]
        return lengths(np.sqrt((away**2).sum(axis=2)), self.rule, self.scale)

    def nearest(self, count: int) -> Neighbours:
        """Return the *count* nearest sites of each client."""
        n, m = self.shape
        count = min(count, m)
        chord, site = cKDTree(self.sites).query(self.clients, count)
        chord, site = chord.reshape(n, count), site.reshape(n, count)
        length = lengths(chord, self.rule, self.scale)
        whole = np.full(n, count >= m)
        return _ragged(site, length, np.isfinite(length), whole)

    def within(self, radius: float) -> Neighbours:
        """Return the sites of each client that are no farther than *radius*."""
        reach = chord_of(radius, self.rule, self.scale)
        lists = cKDTree(self.sites).query_ball_point(self.clients, reach * (1 + 1e-9))
        counts = np.array([len(found) for found in lists])
        client = np.repeat(np.arange(len(counts)), counts)
        site = np.fromiter((j for found in lists for j in found), int, counts.sum())
        away = self.clients[client] - self.sites[site]
        length = lengths(np.sqrt((away**2).sum(axis=1)), self.rule, self.scale)
        near = length <= radius
        whole = np.bincount(client[near], minlength=len(counts)) >= self.shape[1]
        return _by_client(client[near], site[near], length[near], len(counts), whole)


def plane(clients: Floats, sites: Floats, rule: str = "euclid") -> Points:
    """Return distances of points in a plane, (I, 2) and (J, 2)."""
    return Points(_flat(clients), _flat(sites), rule, 10**-0.5 if rule == "att" else 1)


def sphere(
    clients: Floats, sites: Floats, radius: float = EARTH_M, rule: str = "great_circle"
) -> Points:
    """Return distances on a sphere of latitudes and longitudes in degrees."""
    return Points(_on_sphere(clients), _on_sphere(sites), rule, radius)


def is_scalable(distances: Distances) -> bool:
    """Whether distances are no roundings of what lies between points."""
    return not isinstance(distances, Points) or distances.rule in (
        "euclid", "great_circle",
    )  # fmt: skip


def in_unit(distances: Distances, unit: float) -> Distances:
    """Return distances counted in another unit, if they are no roundings."""
    if isinstance(distances, Dense):
        return Dense(distances.matrix / unit)
    if isinstance(distances, Sparse):
        return replace(distances, length=distances.length / unit)
    assert isinstance(distances, Points)
    return replace(distances, scale=distances.scale / unit)


def lengths(chord: Floats, rule: str, scale: float) -> Floats:
    """Return distances of straight lines under a rule; TSPLIB 95, section 2."""
    if rule in ("geo", "great_circle"):
        arc = scale * 2.0 * np.arcsin(np.minimum(chord / 2.0, 1.0))
        if rule != "geo":
            return arc
        return np.where(chord > 0.0, np.floor(arc + 1.0), 0.0)  # nothing from itself
    line = chord * scale
    if scale != 1.0 and rule != "euclid":
        whole = np.floor(line + 0.5)
        line = np.where(np.abs(line - whole) <= WHOLE * line, whole, line)
    if rule == "floor":
        return np.floor(line)
    if rule == "nearest":
        return np.floor(line + 0.5)
    return np.ceil(line) if rule in ("ceil", "att") else line


def chord_of(length: float, rule: str, scale: float) -> float:
    """Return a straight line that none within a distance is longer than."""
    if rule in ("geo", "great_circle"):
        return 2.0 * float(np.sin(min(length / scale / 2.0, np.pi / 2)))
    return (length + (0.0 if rule == "euclid" else 1.0)) / scale


def _flat(points: Floats) -> Floats:
    points = np.asarray(points, float)
    return np.column_stack([points, np.zeros((len(points), 3 - points.shape[1]))])


def _on_sphere(degrees: Floats) -> Floats:
    lat, lon = np.radians(np.asarray(degrees, float)).T
    flat = np.cos(lat)
    return np.column_stack([flat * np.cos(lon), flat * np.sin(lon), np.sin(lat)])


def _ragged(site: Ints, length: Floats, kept: Flags, complete: Flags) -> Neighbours:
    """Return neighbours of rows that are sorted already."""
    first = np.concatenate([[0], np.cumsum(kept.sum(axis=1))])
    return Neighbours(first, site[kept].astype(np.int32), length[kept], complete)


def _by_client(
    client: Ints, site: Ints, length: Floats, n: int, complete: Flags
) -> Neighbours:
    """Return neighbours of pairs in any order."""
    order = np.lexsort((site, length, client))
    first = np.concatenate([[0], np.cumsum(np.bincount(client, minlength=n))])
    found = site[order].astype(np.int32)
    return Neighbours(first, found, np.asarray(length[order], float), complete)
