"""Joined plans on roads that stand: nobody travels where nothing is built.

Blocks that are solved apart take ways that need upgrades at a price, and the upgrades
are blocks of their own. Joined, the upgrades are those that the LP relaxation builds by
half or more. Whoever goes another way takes the fastest standing one to the same
site, which asks nothing of the site, or stays unserved until a search finds
better.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.model import BuiltModel
from aumaq.model.data.services import ServiceData
from aumaq.solvers.compiled import Compiled

HALF = 0.5


@dataclass(frozen=True)
class _Shares:
    """Shares of a service that the model holds, beside what they are about."""

    data: ServiceData
    column: Ints
    option: Ints
    period: Ints
    pair: Ints
    """The same number for shares of a settlement, site, level and period."""
    unserved: Ints  # (I, T) column, -1: none


@dataclass(frozen=True)
class _Roads:
    """The roads of one model: columns, what the relaxation builds, and who goes."""

    upgraded: Ints  # (G, T) column, -1: none
    built: Flags  # (G, T)
    shares: list[_Shares]


class Rerouter:
    """Moves shares of joined plans to ways that stand."""

    def __init__(self, c: Compiled, relaxed: Floats) -> None:
        """Prepare for a model and the solution of its relaxation."""
        self._roads = [_roads(*model, relaxed) for model in c.models]

    @property
    def upgraded(self) -> Ints:
        """The columns of upgrades."""
        columns = [roads.upgraded.ravel() for roads in self._roads]
        found = np.concatenate(columns)
        return found[found >= 0]

    def choices(self) -> Iterator[list[Flags]]:
        """Yield upgrades to build, (G, T) a model: by the relaxation, then none."""
        built = [roads.built for roads in self._roads]
        yield built
        if any(flags.any() for flags in built):
            yield [np.zeros_like(flags) for flags in built]

    def reroute(self, values: Floats, built: list[Flags]) -> Floats:
        """Return the plan with the upgrades *built* and nobody on other ways."""
        values = values.copy()
        for roads, flags in zip(self._roads, built, strict=True):
            known = roads.upgraded >= 0
            values[roads.upgraded[known]] = flags[known]
            for shares in roads.shares:
                _move(values, shares, flags)
        return values


def _roads(model: BuiltModel, place: Ints, relaxed: Floats) -> _Roads:
    upgraded = place[model.upgraded]
    known = upgraded >= 0
    built = np.zeros(upgraded.shape, dtype=bool)
    built[known] = relaxed[upgraded[known]] >= HALF
    return _Roads(
        upgraded,
        np.maximum.accumulate(built, axis=1) if built.size else built,
        [
            _shares(model, place, name)
            for name, d in model.data.services.items()
            if len(d.need_option)
        ],
    )


def _shares(model: BuiltModel, place: Ints, name: str) -> _Shares:
    d, v = model.data.services[name], model.variables[name]
    column = place[v.share]
    here = column >= 0
    option, level, t = v.share_option[here], v.share_level[here], v.share_period[here]
    i, j = d.option_settlement[option], d.option_site[option]
    _, pair = np.unique(np.column_stack([i, j, level, t]), axis=0, return_inverse=True)
    return _Shares(d, column[here], option, t, pair.ravel(), place[v.unserved])


def _move(values: Floats, shares: _Shares, built: Flags) -> None:
    """Move shares from ways that do not stand, in place."""
    d, option, t = shares.data, shares.option, shares.period
    missing = np.zeros((len(d.option_site), built.shape[1]), dtype=np.int64)
    np.add.at(missing, d.need_option, ~built[d.need_upgrade])
    stands = missing[option, t] == 0
    order = np.lexsort((d.option_weight[option], ~stands, shares.pair))
    first = order[np.unique(shares.pair[order], return_index=True)[1]]
    target = first[shares.pair]
    # Nor may anybody go a slower way where a faster one stands.
    strays = ~stands | (target != np.arange(len(target)))
    lost = np.flatnonzero(strays & (values[shares.column] > 0.0))
    amount = values[shares.column[lost]]
    has_way = stands[target[lost]]
    np.add.at(values, shares.column[target[lost[has_way]]], amount[has_way])
    rest = lost[~has_way]
    out = shares.unserved[d.option_settlement[option[rest]], t[rest]]
    can = out >= 0
    np.add.at(values, out[can], amount[~has_way][can])
    kept = np.concatenate([lost[has_way], rest[can]])
    values[shares.column[kept]] = 0.0
