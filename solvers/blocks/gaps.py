"""Where a search over all blocks goes: where much is lost within or between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aumaq.instances.arrays import Ints

if TYPE_CHECKING:
    from aumaq.solvers.blocks.state import BlockState


def look_at_gaps(run: BlockState) -> None:
    """Let the search go where blocks are far from their bounds, and along roads.

    Of what joining the blocks costs, roads cost most: whoever needs an upgrade
    that is not built was served elsewhere for the facilities that stood.
    """
    block = np.full(len(run.c.matrices.cost), -1)
    for k, part in enumerate(run.parts):
        block[part.columns] = k
    groups: dict[int, list[int]] = {}
    for j, site in enumerate(run.c.sites):
        for k in np.unique(block[site.columns]).tolist():
            groups.setdefault(k, []).append(j)
    values = run.search.values
    assert values is not None
    far = {k: run.parts[k].excess(values) for k in groups if k >= 0}
    chosen = [k for k, distance in far.items() if distance > run.allowed]
    places = [np.array(groups[k]) for k in chosen]
    weights = [far[k] for k in chosen]
    lost = run.lost(run.search.objective)
    along = _sites_along_roads(run)
    if len(along) and lost > run.allowed:
        places, weights = [*places, along], [*weights, lost]
    if places:
        run.search.places.look_at(places, np.array(weights))


def _sites_along_roads(run: BlockState) -> Ints:
    """Return the sites to which anybody goes by a way that needs an upgrade."""
    structure = run.search.solver.structure
    near = np.zeros(len(run.c.matrices.cost), dtype=bool)
    near[structure.neighbours(structure.neighbours(run.joining.upgraded))] = True
    is_near = [bool(near[site.columns].any()) for site in run.c.sites]
    return np.flatnonzero(is_near)
