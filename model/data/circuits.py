"""Circuits of a network: what a flow is of, either way.

Shapes: C circuits, in the order of :func:`circuits`.
"""

from __future__ import annotations

import numpy as np

from aumaq.instances.arrays import Floats, Ints
from aumaq.model.data.networks import NetworkData

WAYS = ("out", "back")
"""From the link's first node to its second, and back."""


def circuits(n: NetworkData) -> tuple[Ints, Ints]:
    """Return link and step (-1: today) of each circuit, (C,)."""
    link = np.arange(len(n.links))
    if not n.has_angles:
        return link, np.full(len(link), -1)
    today = link[n.link_capacity > 0]
    steps = np.arange(len(n.step_link))
    no_step = np.full(len(today), -1)
    return np.concatenate([today, n.step_link]), np.concatenate([no_step, steps])


def susceptance(n: NetworkData, link: Ints, step: Ints) -> Floats:
    """Return the susceptance of each circuit, (C,), units of flow a radian."""
    if not len(n.step_susceptance):
        return n.link_susceptance[link]
    return np.where(step < 0, n.link_susceptance[link], n.step_susceptance[step])
