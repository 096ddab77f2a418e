"""Units of sites without a model: today's stock carried on, moves, renewals.

Shapes: J sites, L levels (0: empty places), T periods.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.model.data.services import ServiceData, possible_moves
from aumaq.solvers.start.hard_budgets import HardBudgets


def arcs(d: ServiceData, periods: tuple[str, ...]) -> Flags:
    """Return which moves the rules of siting allow, (J, L+1, L+1, T)."""
    size = d.num_levels + 1
    allowed = np.zeros((len(d.sites), size, size, len(periods)), dtype=bool)
    allowed[tuple(possible_moves(d, periods).T)] = True
    return allowed


def carried_on(d: ServiceData, allowed: Flags) -> Ints:
    """Return today's units in every period, (J, L+1, T), but for what rules demand.

    What is forbidden closes, what is required opens at its smallest level.
    """
    units = np.repeat(d.stock[:, :, None], allowed.shape[3], axis=2)
    for j in np.flatnonzero(d.status == "forbidden").tolist():
        units[j, 1:], units[j, 0] = 0, d.places[j]
    for j in np.flatnonzero(d.status == "required").tolist():
        first = int(d.first_period[j])
        levels = np.flatnonzero(allowed[j, 0, :, first])
        levels = levels[levels > 0]
        if not units[j, 1:, first].sum() and len(levels):
            units[j, 0, first:] -= 1
            units[j, levels[0], first:] += 1
    return units


def units_allowed(d: ServiceData, units: Ints, allowed: Flags) -> Ints:
    """Return units of which every change is allowed: elsewhere today's carried on."""
    found, own = units.copy(), carried_on(d, allowed)
    for j in np.flatnonzero((units != own).any(axis=(1, 2))).tolist():
        if _moved(d, j, units[j], allowed[j]) is None:
            found[j] = own[j]
    return found


def moves_between(d: ServiceData, units: Ints, allowed: Flags) -> Ints | None:
    """Return the moves that make the units of today those of each period, or None."""
    moves = np.zeros(allowed.shape, dtype=np.int64)
    before = np.concatenate([d.stock[:, :, None], units[:, :, :-1]], axis=2)
    level = np.arange(d.num_levels + 1)
    moves[:, level, level] = np.minimum(before, units)
    for j in np.flatnonzero((before != units).any(axis=(1, 2))).tolist():
        own = _moved(d, j, units[j], allowed[j])
        if own is None:
            return None
        moves[j] = own
    return moves


def moves_at(d: ServiceData, j: int, units: Ints, allowed: Flags) -> Ints | None:
    """Return the moves of one site, (L+1, L+1, T), that make its *units*, or None."""
    return _moved(d, j, units, allowed)


def _moved(d: ServiceData, j: int, units: Ints, allowed: Flags) -> Ints | None:
    """Return the moves of one site, (L+1, L+1, T), or None; locked ones stay."""
    size, count = units.shape
    moves = np.zeros((size, size, count), dtype=np.int64)
    before = d.stock[j]
    if (units < 0).any() or (units.sum(axis=0) != d.places[j]).any():
        return None
    if (units[:, :] > 0)[~d.is_built[j]].any() or (units < d.locked[j][:, None]).any():
        return None
    for t in range(count):
        stay = np.minimum(before, units[:, t])
        moves[np.arange(size), np.arange(size), t] = stay
        leaving, arriving = before - stay, units[:, t] - stay
        for a in np.flatnonzero(leaving)[::-1].tolist():
            for b in np.flatnonzero(allowed[a, :, t])[::-1].tolist():
                number = min(leaving[a], arriving[b])
                moves[a, b, t] += number
                leaving[a] -= number
                arriving[b] -= number
        if leaving.any():
            return None
        before = units[:, t]
    return moves


def renewals(due: Ints, moves: Ints) -> Ints:
    """Return what is renewed, (J, L+1, T): all that is due and has not left."""
    is_other = ~np.eye(moves.shape[1], dtype=bool)
    left = np.einsum("jabt,ab->jat", moves, is_other).cumsum(axis=2)
    needed = np.maximum(due.cumsum(axis=2) - left, 0)
    # What is due in one period cannot be undone by leaving in a later one.
    total = np.maximum.accumulate(needed, axis=2)
    return np.diff(total, axis=2, prepend=0)


def affordable(
    d: ServiceData, units: Ints, allowed: Flags, budgets: HardBudgets, used: Floats
) -> Ints:
    """Return units with fewer where hard budgets do not pay for all of them.

    *used* is what each site serves, (J, T): what costs most for what it serves goes
    first. It stays as it was before; where that does not do, facilities close.
    """
    units, moves = units.copy(), moves_between(d, units, allowed)
    if moves is None:
        return units
    for limit in budgets.limits(d.name, d.site_region):
        t = limit.period
        spent = np.where(limit.pays, limit.counted(*costs(d, units, moves)), 0.0)
        over = float(spent.sum()) - limit.left_mln - limit.rounding_mln
        worth = np.divide(used[:, t], spent, out=np.zeros(len(spent)), where=spent > 0)
        order = np.argsort(worth, kind="stable")
        for fewer in (_as_before, _closed):
            for j in order[spent[order] > 0.0].tolist():
                for trial in fewer(d.stock[j], units[j], t):
                    own = _moved(d, j, trial, allowed[j]) if over > 0.0 else None
                    if own is None:
                        continue
                    spends = limit.counted(*costs(d, trial[None], own[None], j))[0]
                    if spends < spent[j]:
                        over -= spent[j] - spends
                        spent[j], units[j], moves[j] = spends, trial, own
    return units


def costs(
    d: ServiceData, units: Ints, moves: Ints, site: int | None = None
) -> tuple[Floats, Floats]:
    """Return mln at the start of a period, and a year's, (J, T); or of one site."""
    due = d.due if site is None else d.due[site : site + 1]
    once = np.einsum("jabt,ab->jt", moves, d.transition_mln)
    once += np.einsum("jlt,l->jt", renewals(due, moves), d.renewal_mln)
    return once, np.einsum("jlt,l->jt", units, d.opex_mln_per_year)


def _as_before(stock: Ints, units: Ints, t: int) -> Iterator[Ints]:
    """Yield units of a site that stay from a period on as they were before it."""
    before = units[:, t - 1] if t else stock
    trial = units.copy()
    trial[:, t:] = before[:, None]
    yield trial


def _closed(stock: Ints, units: Ints, t: int) -> Iterator[Ints]:
    """Yield units of a site with one facility less from a period on, two less, ...

    Of many more go at a time: an eighth of those that are gone.
    """
    for a in range(len(stock) - 1, 0, -1):
        left, gone = int(units[a, t:].min()), 0
        while left > 0:
            number = min(left, max(1, gone // 8))
            units = _changed(units, a, 0, t, number)
            left, gone = left - number, gone + number
            yield units


def shrunk(d: ServiceData, units: Ints, allowed: Flags, used: Floats) -> (
    Ints
):  # fmt: skip
    """Return units with fewer where fewer come than must, if that is allowed.

    *used* is what each site serves, (J, T). From the period on, one facility at a time
    goes to the largest level that is used enough, or closes.
    """
    units = units.copy()
    least = np.einsum("jlt,l->jt", units, d.min_use)
    short = used < least - 1e-9 * (1.0 + least)
    for j in np.flatnonzero(short.any(axis=1)).tolist():
        t = int(np.flatnonzero(short[j])[0])
        running = [x for x in np.flatnonzero(units[j, :, t]).tolist() if x > 0]
        for a in sorted(running, key=lambda level: -d.min_use[level]):
            others = least[j, t:].max() - d.min_use[a]
            room = float(used[j, t:].min()) - others
            fits = [b for b in range(a) if b == 0 or d.min_use[b] <= room]
            trial = next(
                (
                    moved
                    for b in reversed(fits)
                    if _moved(d, j, moved := _changed(units[j], a, b, t), allowed[j])
                    is not None
                ),
                None,
            )
            if trial is not None:
                units[j] = trial
                break
    return units


def lowered(
    d: ServiceData, units: Ints, allowed: Flags, alone: Flags, level: int
) -> Ints:
    """Return units below *level* from the first period on in which a site is alone.

    *alone* is (J, T). Facilities go to the largest level below that rules of siting
    allow, or close; where they may not, they stay.
    """
    units = units.copy()
    stands = units[:, level:].sum(axis=1) > 0
    for j in np.flatnonzero((alone & stands).any(axis=1)).tolist():
        t = int(np.flatnonzero(alone[j] & stands[j])[0])
        for b in range(level - 1, -1, -1):
            trial = units[j].copy()
            trial[b, t:] += trial[level:, t:].sum(axis=0)
            trial[level:, t:] = 0
            if _moved(d, j, trial, allowed[j]) is not None:
                units[j] = trial
                break
    return units


def changed_by_one(
    d: ServiceData, j: int, units: Ints, allowed: Flags, t: int
) -> Iterator[tuple[Ints, Ints]]:
    """Yield what a site may do otherwise from a period on, with all of its moves.

    It stays as it was before, or one facility more is at another level; or it comes to
    a level one period earlier, to leave it then.
    """
    levels = range(len(units))
    trials = [next(_as_before(d.stock[j], units, t))]
    trials += [
        _changed(units, a, b, t)
        for a, b in itertools.permutations(levels, 2)
        if units[a, t:].min() > 0
    ]
    if t:
        trials += [
            _changed(_changed(units, a, b, t - 1), b, c, t)
            for a, b, c in itertools.product(levels, repeat=3)
            if b not in (a, c) and units[a, t - 1 :].min() > 0
        ]
    for trial in trials:
        moves = _moved(d, j, trial, allowed)
        if moves is not None:
            yield trial, moves


def _changed(units: Ints, a: int, b: int, t: int, number: int = 1) -> Ints:
    """Return the units of a site with so many at *b* instead of *a* from *t* on."""
    changed = units.copy()
    changed[a, t:] -= number
    changed[b, t:] += number
    return changed
