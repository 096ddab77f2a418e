"""Pieces of a graph: nodes that are joined, by a link or over others.

A digitising error leaves scraps that touch nothing; who is tied to one reaches nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from aumaq.instances.access.options import (
    DETOUR_FACTOR,
    Places,
    chord_to_km,
    to_unit_sphere,
)
from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.language.texts import Text, say
from aumaq.instances.scipy_parts import connected_components, nearest

if TYPE_CHECKING:
    from aumaq.instances.instance import Instance


@dataclass(frozen=True)
class Pieces:
    """The pieces of a graph, largest first.

    ``of_node``: the piece of each node; ``sizes``: nodes of each piece.
    """

    of_node: Ints
    sizes: Ints


def pieces_of(graph: csr_array) -> Pieces:
    """Return the pieces of a graph of links in either direction."""
    count, label = connected_components(graph, directed=False)
    sizes = np.bincount(label, minlength=count)
    order = np.argsort(-sizes, kind="stable")
    rank = np.empty(count, dtype=np.int64)
    rank[order] = np.arange(count)
    return Pieces(rank[label], sizes[order].astype(np.int64))


def road_pieces(instance: Instance) -> Pieces:
    """Return the pieces of the road graph of today."""
    return pieces_of(instance.road_graph.minutes)


def cut_off(instance: Instance, places: Places, lat: Floats, lon: Floats) -> list[Text]:
    """Return why each place reaches next to nothing; ``""`` where it does not.

    A place is cut off if it is tied to a piece of road other than the largest, whatever
    is built. The distance is that of a connector to the nearest node of the largest.
    """
    graph = instance.road_graph
    if not graph.num_nodes:
        return [say("")] * len(places.node)
    everything = np.ones(len(instance.upgrade_names), dtype=bool)
    pieces = pieces_of(instance.roads.graph(everything).minutes)
    large = np.flatnonzero(pieces.of_node == 0)
    is_off = pieces.of_node[places.node] != 0
    texts = [say("")] * len(places.node)
    if not is_off.any():
        return texts
    points = to_unit_sphere(lat[is_off], lon[is_off])
    chord, closest = nearest(points, graph.points[large])
    codes = graph.codes.to_numpy(dtype=object)
    km = chord_to_km(chord) * DETOUR_FACTOR
    for at, place in enumerate(np.flatnonzero(is_off).tolist()):
        node = int(places.node[place])
        texts[place] = say(
            "it is tied to {node}, on a piece of road with {n} node that is cut off"
            " from the large piece of {large}; the nearest node of the large one is"
            " {near}, {km:.2f} km away",
            "it is tied to {node}, on a piece of road with {n} nodes that is cut off"
            " from the large piece of {large}; the nearest node of the large one is"
            " {near}, {km:.2f} km away",
            n=int(pieces.sizes[pieces.of_node[node]]),
            node=codes[node],
            large=len(large),
            near=codes[large[closest[at]]],
            km=float(km[at]),
        )
    return texts
