"""What the choice of growth points does to people: who moves where, linear in it.

A growth point gains ``gain_share`` of its own population of the period. The people
come from its donors, who all lose the same share of their inhabitants: whoever moves
stays what he is (a pupil stays a pupil), so that every group is conserved. People from
outside are composed as those of the growth point itself.

Shapes: K candidates, I settlements, T periods.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.people.loads import everyone

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Moves:
    """Who moves if a candidate is a growth point."""

    settlement: Ints  # (K,)
    gain_share: Floats  # (K, T) of its own people; 0 before its first period
    is_donor: Flags  # (K, I); none if they come from outside
    loss_share: Floats  # (K, T) of the people of each donor

    def effect(self, members: Floats) -> Floats:
        """Return the change of a group's *members* (I, T) by each choice, (K, I, T)."""
        leaving = self.loss_share[:, None, :] * members
        change = np.where(self.is_donor[:, :, None], -leaving, 0.0)
        k = np.arange(len(self.settlement))
        change[k, self.settlement] = self.gained(members)
        return change

    def gained(self, members: Floats) -> Floats:
        """Return how many of a group each candidate gains, (K, T)."""
        pool = self.is_donor.astype(float) @ members
        own = self.gain_share * members[self.settlement]
        has_donors = self.is_donor.any(axis=1, keepdims=True)
        return np.where(has_donors, self.loss_share * pool, own)

    def most(self, members: Floats) -> Floats:
        """Return the most members that there may be under any choice, (I, T)."""
        # A settlement has one tier: of its candidacies the largest gain counts.
        extra = np.zeros_like(members)
        np.maximum.at(extra, self.settlement, self.gained(members))
        return members + extra

    def largest_loss_share(self) -> Floats:
        """Return the share of people that leave under the worst choice, (I, T)."""
        loss = self.is_donor[:, :, None] * self.loss_share[:, None, :]
        total = np.zeros(loss.shape[1:])
        for place in np.unique(self.settlement):
            total += loss[self.settlement == place].max(axis=0)
        return total


def first_periods(tables: Tables) -> Ints:
    """Return the first period of each candidate, (K,)."""
    names = pd.Index(tables["periods"]["period"])
    found = names.get_indexer(tables["growth_candidates"]["first_period"])
    return np.maximum(found, 0).astype(np.int64)


def moves(tables: Tables, projection: str) -> Moves:
    """Return who moves by each candidate under a projection."""
    rows, people = tables["growth_candidates"], everyone(tables, projection)
    places = tables["settlements"]
    settlement = pd.Index(places["settlement"]).get_indexer(rows["settlement"])
    gain, is_donor = _gain_shares(tables), np.zeros((len(rows), len(places)), bool)
    label = {
        "district": (places["region"] + "/" + places["district"]).to_numpy(object),
        "region": places["region"].to_numpy(object),
        "total": np.full(len(places), "", dtype=object),
    }
    for k, donors in enumerate(rows["donors"]):
        if donors in label:
            is_donor[k] = label[donors] == label[donors][settlement[k]]
            is_donor[k, settlement[k]] = False
    pool = is_donor.astype(float) @ people
    loss = np.divide(
        gain * people[settlement], pool, out=np.zeros_like(pool), where=pool > 0
    )
    return Moves(settlement.astype(np.int64), gain, is_donor, loss)


def _gain_shares(tables: Tables) -> Floats:
    """Return gains by candidate and period, 0 before the first period, (K, T)."""
    rows, own = tables["growth_candidates"], tables["growth_gains"]
    periods = pd.Index(tables["periods"]["period"])
    gain = np.repeat(rows["gain_share"].to_numpy(float)[:, None], len(periods), axis=1)
    key = ["settlement", "tier"]
    k = pd.MultiIndex.from_frame(rows[key]).get_indexer(
        pd.MultiIndex.from_frame(own[key])
    )
    t = periods.get_indexer(own["period"])
    known = (k >= 0) & (t >= 0)
    gain[k[known], t[known]] = own["gain_share"].to_numpy(float)[known]
    is_early = np.arange(len(periods))[None, :] < first_periods(tables)[:, None]
    return np.where(is_early, 0.0, gain)


def after_moves(
    tables: Tables, projection: str, members: Floats, chosen: Ints
) -> Floats:
    """Return members of a group, or their demand, once people have moved, (I, T).

    They move to the growth points that are *chosen*, (K, T).
    """
    if not len(chosen):
        return members
    change = moves(tables, projection).effect(members)
    return np.asarray(members + np.einsum("kit,kt->it", change, chosen))


def chosen_of(tables: Tables, table: pd.DataFrame) -> Ints:
    """Return the choice that a table ``growth_points`` tells, (K, T)."""
    rows, key = tables["growth_candidates"], ["settlement", "tier"]
    periods = pd.Index(tables["periods"]["period"])
    chosen = np.zeros((len(rows), len(periods)), dtype=np.int64)
    own = table[table["is_chosen"].astype(bool)]
    k = pd.MultiIndex.from_frame(rows[key]).get_indexer(
        pd.MultiIndex.from_frame(own[key])
    )
    t = periods.get_indexer(own["period"])
    known = (k >= 0) & (t >= 0)
    chosen[k[known], t[known]] = 1
    return chosen
