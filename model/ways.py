"""Ways against others of their settlement: the nearest site, the fastest way."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from aumaq.model.context import Context
from aumaq.model.data.services import ServiceData
from aumaq.model.table import Column, Table

WAY = ("service", "settlement", "site", "way", "period")
Find = Callable[[ServiceData], Iterable[tuple[int, Iterable[int]]]]
"""Yields an option with others of its settlement that give way to it."""


def against(c: Context, find: Find) -> Table:
    """Return each option with each of its others: keys of the first, ``other``."""
    pairs = [
        (s, option, other)
        for s, d in enumerate(c.data.services.values())
        for option, others in find(d)
        for other in others
    ]
    service, option, other = np.array(pairs, dtype=np.int64).reshape(-1, 3).T
    columns = {"service": service, "option": option, "other": other}
    found, options = Table(columns, c.tables.names), c.tables.options
    keys = ("service", "settlement", "site", "way", "option")
    row = found.find(options, ("service", "option"))
    return options.only(*keys).where(row).plus(other=other)


def going(c: Context, pairs: Table) -> Table:
    """Return the shares that go one of the others, with the keys of the first."""
    share = c.share.only("service", "option", "period", "var")
    return share.join(
        pairs.plus(first=pairs["option"], option=pairs["other"]), ("service", "option")
    )


def upgrades_needed(c: Context, where: Table) -> tuple[Table, Column]:
    """Return the upgrades that ways need, built by a period, and how many they are."""
    needs = where.join(c.tables.needs, ("service", "option"))
    built = c.upgraded.only("upgrade", "period", "var")
    number = np.bincount(needs.find(where, WAY), minlength=len(where))
    return needs.join(built, ("upgrade", "period")), number
