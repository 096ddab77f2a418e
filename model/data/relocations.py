"""Numbers of relocations: when which facility may move, and what that changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.model.data.gathered import ModelData
from aumaq.model.data.services import possible_moves
from aumaq.model.table import positions


@dataclass(frozen=True)
class Relocations:
    """Relocations (R) by their rows; L+1 levels of the service that has most.

    ``opening_mln``, ``closing_mln``: what is paid beside what opening at the one site
    and closing at the other cost, mln; they make up its own cost.
    """

    codes: tuple[str, ...]
    service: tuple[str, ...]
    site: Ints  # (R,) of the service
    to_site: Ints  # (R,)
    may: Flags  # (R, L+1, T)
    is_forced: Flags  # (R,)
    opening_mln: Floats  # (R, L+1)
    closing_mln: Floats  # (R, L+1)

    def paid_beside(self, name: str, moved: Ints, sites: int) -> Floats:
        """Return what relocations change of the cost of moves at sites, mln, (J, T)."""
        found = np.zeros((sites, self.may.shape[2]))
        if moved.size:
            own = np.array([service == name for service in self.service], dtype=bool)
            opening = np.einsum("rlt,rl->rt", moved, self.opening_mln)
            closing = np.einsum("rlt,rl->rt", moved, self.closing_mln)
            np.add.at(found, self.to_site[own], opening[own])
            np.add.at(found, self.site[own], closing[own])
        return found


def relocations_of(data: ModelData) -> Relocations:
    """Return the relocations of an instance."""
    rows = data.instance.tables["relocations"]
    count, size = len(data.periods), 1
    for name in set(rows["service"]):
        size = max(size, data.services[name].num_levels + 1)
    may = np.zeros((len(rows), size, count), dtype=bool)
    opening, closing = np.zeros((len(rows), size)), np.zeros((len(rows), size))
    ends = np.zeros((2, len(rows)), dtype=np.int64)
    factor = data.instance.active_scenario.capex_factor
    moves = {
        name: possible_moves(data.services[name], data.periods)
        for name in set(rows["service"])
    }
    for r, rule in enumerate(rows.itertuples()):
        d = data.services[rule.service]
        ends[:, r] = positions((rule.site, rule.to_site), d.sites)
        levels = slice(0, d.num_levels + 1)
        leaves, arrives = np.zeros(may.shape[1:], bool), np.zeros(may.shape[1:], bool)
        site, before, after, period = moves[rule.service].T
        goes = (site == ends[0, r]) & (before > 0) & (after == 0)
        leaves[before[goes], period[goes]] = True
        comes = (site == ends[1, r]) & (before == 0) & (after > 0)
        arrives[after[comes], period[comes]] = True
        first, last = positions((rule.first_period, rule.last_period), data.periods)
        t = np.arange(count)
        in_time = (t >= first) & (t <= (last if last >= 0 else count))
        may[r] = leaves & arrives & in_time
        opening[r, levels] = rule.cost_mln * factor - d.transition_mln[0]
        closing[r, levels] = -d.transition_mln[:, 0]
    return Relocations(
        tuple(rows["relocation"]),
        tuple(rows["service"]),
        ends[0],
        ends[1],
        may,
        rows["is_forced"].to_numpy(dtype=bool),
        opening,
        closing,
    )
