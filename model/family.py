"""Registration of rule families and the order in which they are built."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aumaq.model.context import Context

Builder = Callable[["Context"], None]


@dataclass(frozen=True)
class Family:
    """A rule family: its name, what must be built before it, and its builder.

    ``couples``: its rows tie together services and places that are independent
    otherwise (a budget, say); methods may price such rows. ``adds_to``, ``reads``:
    sums that families share (``demand``, ``load``, ``spending``); who reads one is
    built after all who add to it, and knows none of them.
    """

    name: str
    needs: tuple[str, ...]
    build: Builder
    couples: bool = False
    adds_to: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()


FAMILIES: dict[str, Family] = {}


def family(
    *,
    needs: Iterable[str] = (),
    couples: bool = False,
    adds_to: Iterable[str] = (),
    reads: Iterable[str] = (),
) -> Callable[[Builder], Builder]:
    """Register a builder under its own name; *needs* are families that it builds on."""

    def register(build: Builder) -> Builder:
        name = build.__name__
        if name in FAMILIES:
            raise ValueError(f"rule family {name!r} is registered twice")
        FAMILIES[name] = Family(
            name, tuple(needs), build, couples, tuple(adds_to), tuple(reads)
        )
        return build

    return register


def feeds(giver: Family, reader: Family) -> bool:
    """Return whether a family adds to a sum that another one reads."""
    return any(amount in giver.adds_to for amount in reader.reads)


def in_build_order(families: Iterable[Family]) -> list[Family]:
    """Return families so that each comes after what it needs.

    A need that is not there is an error (ValueError), never a warning. The order
    does not depend on the order of registration.
    """
    by_name = {f.name: f for f in sorted(families, key=lambda f: f.name)}
    for item in by_name.values():
        for need in item.needs:
            if need not in by_name:
                raise ValueError(
                    f"rule family {item.name!r} needs {need!r}, which is not built"
                )
    before = {
        f.name: {*f.needs, *(g.name for g in by_name.values() if feeds(g, f))}
        for f in by_name.values()
    }
    sorter = TopologicalSorter({name: sorted(found) for name, found in before.items()})
    return [by_name[name] for name in sorter.static_order()]
