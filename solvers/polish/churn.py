"""Facilities that a plan moves about for nothing: taken back.

A plan that is stopped before it is proven best, or in which a move is free, may open
and close one level at one place in one period, build what closes again without ever
being needed, or give up what is missed at once or later. The first are cancelled in
the decisions; the others are tried by the caller: the plan without them is solved once
more, and kept only if it is feasible and no dearer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations, permutations

import numpy as np

from aumaq.instances.arrays import Floats, Ints
from aumaq.model import BuiltModel, ModelData, ServiceData
from aumaq.model.built import ServiceVariables, exists
from aumaq.solvers.solution.decisions import Decisions, ServiceDecisions

SLACK = 1e-6
"""Relative to a capacity, what is missing up to this is rounding."""
Keys = dict[tuple[int, int, int, int], int]
"""(site, from, to, period) -> column of the move."""


def without_rounds(data: ModelData, decisions: Decisions) -> Decisions:
    """Return the decisions without facilities that change places in one period.

    As many stand at each level before and after, at no cost. Only where a renewal that
    is due is spared by leaving the level do moves remain.
    """
    return replace(
        decisions,
        services={
            name: _without_rounds(data.services[name], plan)
            for name, plan in decisions.services.items()
        },
    )


def _without_rounds(d: ServiceData, plan: ServiceDecisions) -> ServiceDecisions:
    moves = plan.moves.copy()
    size = moves.shape[1]
    off = moves.copy()
    off[:, np.arange(size), np.arange(size)] = 0
    crowded = (off > 0).sum(axis=(1, 2)) > 1
    for j, t in np.argwhere(crowded).tolist():
        for levels in _rounds(size):
            ends = (*levels[1:], levels[0])
            count = int(moves[j, levels, ends, t].min())
            if count and _spares_nothing(d, plan, moves, j, t, levels, count):
                moves[j, levels, ends, t] -= count
                moves[j, levels, levels, t] += count
    return replace(plan, moves=moves)


def _rounds(size: int) -> Iterator[tuple[int, ...]]:
    """Yield circles of levels, each once: the shortest first."""
    for length in range(2, size + 1):
        for members in combinations(range(size), length):
            for rest in permutations(members[1:]):
                yield (members[0], *rest)


def _spares_nothing(
    d: ServiceData,
    plan: ServiceDecisions,
    moves: Ints,
    j: int,
    t: int,
    levels: tuple[int, ...],
    count: int,
) -> bool:
    """Return whether no renewal becomes due where *count* facilities stay instead."""
    for level in levels:
        left = moves[j, level].sum(axis=0) - moves[j, level, level]
        left[t] -= count
        settled = np.cumsum(left + plan.renewed[j, level])
        if (d.due[j, level] > settled)[t:].any():
            return False
    return True


@dataclass(frozen=True)
class Change:
    """A change of a plan's values: facilities stay at their level for some periods."""

    columns: Ints
    change: Floats

    def applied(self, values: Floats) -> Floats:
        """Return the values with the change."""
        found = values.copy()
        np.add.at(found, self.columns, self.change)
        return found


def idle_facilities(built: BuiltModel, place: Ints, values: Floats) -> list[Change]:
    """Return what is built and given up later though its site holds enough without.

    The capacity of each site is looked at alone; whether all else allows the change is
    left to a solve.
    """
    found = []
    for name, v in built.variables.items():
        found += _idle(built.data.services[name], v, place, values)
    return found


def _idle(
    d: ServiceData, v: ServiceVariables, place: Ints, values: Floats
) -> list[Change]:
    keys = _moves(v, place)
    ups = [key for key in keys if key[1] < key[2] and values[keys[key]] > 0.5]
    if not ups:
        return []
    unused = _unused(d, v, place, values)
    found = []
    for j, a, b, start in sorted(ups):
        for end in range(start + 1, unused.shape[1]):
            spare = d.usable[b] - d.usable[a]
            if (unused[j, start:end] < spare - SLACK * d.usable[b]).any():
                break
            back = keys.get((j, b, a, end))
            if back is not None and values[back] > 0.5:
                change = _taken_back(v, place, keys, (j, a, b, start, end))
                if change is not None:
                    found.append(change)
                    unused[j, start:end] -= spare
                break
    return found


def _moves(v: ServiceVariables, place: Ints) -> Keys:
    at = (v.move_site, v.move_from, v.move_to, v.move_period, place[v.move])
    rows = zip(*(numbers.tolist() for numbers in at), strict=True)
    return {(j, a, b, t): column for j, a, b, t, column in rows if column >= 0}


def missed_facilities(built: BuiltModel, place: Ints, values: Floats) -> list[Change]:
    """Return what is given up, or made smaller, though keeping it seems cheaper.

    Until the same is built again, or for good. Weighed are running it, what the moves
    cost, and the price of demand that is not served though it could come: all else is
    left to a solve.
    """
    found = []
    for name, v in built.variables.items():
        d = built.data.services[name]
        if d.serves:
            found += _missed(built.data, d, v, place, values)
    return found


def _missed(
    data: ModelData,
    d: ServiceData,
    v: ServiceVariables,
    place: Ints,
    values: Floats,
) -> list[Change]:
    keys, end_of_plan = _moves(v, place), len(data.periods)
    downs = [key for key in keys if key[1] > key[2] and values[keys[key]] > 0.5]
    if not downs:
        return []
    lost, settled = _lost(d, v, place, values), _settled(v, place, keys, values)
    found = []
    for j, a, b, start in sorted(downs):
        later = range(start + 1, end_of_plan)
        again = (t for t in later if _is_done(keys, values, (j, b, a, t)))
        end = next(again, end_of_plan)
        stays = range(start + 1, end)
        if not all(_is_done(keys, values, (j, b, b, t)) for t in stays):
            continue
        more = np.minimum(d.usable[a] - d.usable[b], lost[j, start:end])
        yearly = d.opex_mln_per_year[a] - d.opex_mln_per_year[b]
        yearly = yearly - d.unserved_mln_per_unit_year * more
        once = data.df[start] * d.transition_mln[a, b]
        if end < end_of_plan:
            price = data.df[end] - d.residual_factor[end]
            once += price * d.transition_mln[b, a]
        settled[j, a, start] -= 1.0  # it stays
        late = (d.due[j, a] > np.cumsum(settled[j, a]))[start:]
        due = start + int(np.argmax(late)) if late.any() else None
        if due is not None:
            once -= data.df[due] * d.renewal_mln[a]
        if yearly @ data.ann[start:end] < once:
            change = _taken_back(v, place, keys, (j, a, b, start, end))
            if change is not None and due is not None:
                change = _renewed(change, v, place, (j, a, due))
            if change is not None:
                found.append(change)
                lost[j, start:end] -= more
                if due is not None:
                    settled[j, a, due] += 1.0
                continue
        settled[j, a, start] += 1.0
    return found


def _settled(v: ServiceVariables, place: Ints, keys: Keys, values: Floats) -> Floats:
    """Return how many facilities leave their level or are renewed, (J, L+1, T)."""
    settled = np.zeros(v.units.shape)
    for (j, a, b, t), column in keys.items():
        if a != b:
            settled[j, a, t] += np.round(values[column])
    if v.renewed.size:
        for j, a, t in np.argwhere(exists(v.renewed)).tolist():
            column = place[v.renewed[j, a, t]]
            settled[j, a, t] += np.round(values[column]) if column >= 0 else 0.0
    return settled


def _renewed(
    change: Change,
    v: ServiceVariables,
    place: Ints,
    at: tuple[int, int, int],
) -> Change | None:
    """Return the change with a renewal, None where the model knows none."""
    renewed = place[v.renewed[at]]
    if renewed < 0:
        return None
    columns = np.append(change.columns, renewed)
    return Change(columns, np.append(change.change, 1.0))


def _is_done(keys: Keys, values: Floats, key: tuple[int, int, int, int]) -> bool:
    return key in keys and bool(values[keys[key]] > 0.5)


def _lost(d: ServiceData, v: ServiceVariables, place: Ints, values: Floats) -> Floats:
    """Return the demand that is not served though it could come to a site, (J, T)."""
    share = np.append(values, 0.0)[place[v.unserved]]
    lost = np.zeros((len(d.sites), d.demand.shape[1]))
    first = d.option_way == 0
    missed = (share * d.demand)[d.option_settlement[first]]
    np.add.at(lost, d.option_site[first], missed)
    return lost


def _unused(d: ServiceData, v: ServiceVariables, place: Ints, values: Floats) -> Floats:
    """Return what may be used less what is served, (J, T); of plants it is all."""
    known = np.append(values, 0.0)  # the last one stands for what has no column
    units = known[place[v.units]]
    held = np.einsum("jlt,l->jt", np.round(units), d.usable)
    k, t = v.share_option, v.share_period
    served = np.maximum(known[place[v.share]], 0.0)
    np.subtract.at(
        held, (d.option_site[k], t), served * d.demand[d.option_settlement[k], t]
    )
    return np.asarray(held)


def _taken_back(
    v: ServiceVariables,
    place: Ints,
    keys: Keys,
    path: tuple[int, int, int, int, int],
) -> Change | None:
    """Return the change by which one facility stays at *a* from *start* to *end*.

    With the end of the plan as *end* it never comes back from *b*.
    """
    j, a, b, start, end = path
    moves = [((j, a, b, start), -1.0), ((j, a, a, start), 1.0)]
    if end < v.units.shape[2]:
        moves += [((j, b, a, end), -1.0), ((j, a, a, end), 1.0)]
    for t in range(start + 1, end):
        moves += [((j, b, b, t), -1.0), ((j, a, a, t), 1.0)]
    units = [(place[v.units[j, level, t]], sign) for t in range(start, end)
             for level, sign in ((b, -1.0), (a, 1.0))]  # fmt: skip
    known = all(key in keys for key, _ in moves)
    if not known or any(column < 0 for column, _ in units):
        return None
    columns = [keys[key] for key, _ in moves] + [column for column, _ in units]
    signs = [sign for _, sign in (*moves, *units)]
    return Change(np.array(columns, dtype=np.int64), np.array(signs))
