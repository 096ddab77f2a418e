"""What a chain of plants is: products, centres, plants, years, and how far it is.

A centre gives out products, some of them for what it took in years before; a plant
takes a mix of products and makes others of it. What arises is sent on or disposed of.
It is the problem of RELOG (Argonne National Laboratory), whose files are read; formula:
docs/classic.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from aumaq.classic.chains.lengths import Place, length_km
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.language.texts import Text

Series = Floats
"""(T,) one value a year."""


@dataclass(frozen=True)
class Product:
    """What is sent, and how much of it may be disposed of at all places together."""

    name: str
    transport_cost: Series  # $ a km and tonne
    emissions: dict[str, Series]  # tonnes of a gas, a km and tonne
    disposal_limit: Series  # tonnes


@dataclass(frozen=True)
class Disposal:
    """Of one product at one place."""

    cost: Series  # $ a tonne
    limit: Series  # tonnes


@dataclass(frozen=True)
class Centre:
    """Takes one product or none, and gives out others."""

    name: str
    place: Place
    input: str  # empty: takes nothing
    revenue: Series  # $ a tonne taken
    operating_cost: Series  # $
    fixed_output: dict[str, Series]  # tonnes of each product given out
    later_output: dict[str, Floats]  # (years later,) tonnes for a tonne taken
    collection_cost: dict[str, Series]  # $ a tonne sent
    disposal: dict[str, Disposal]  # of each product given out


@dataclass(frozen=True)
class Store:
    """One product that a plant takes: its share, and what may wait until next year."""

    share: Series  # of what is processed
    cost: Series  # $ a tonne and year
    limit: Series  # tonnes


@dataclass(frozen=True)
class Plant:
    """A place where a plant is, or may be built and later made larger."""

    name: str
    place: Place
    stores: dict[str, Store]  # of each product taken
    output: dict[str, Series]  # tonnes of each product made, for a tonne processed
    disposal: dict[str, Disposal]  # of each product made
    emissions: dict[str, Series]  # tonnes of a gas, for a tonne processed
    least_size: float  # tonnes a year
    most_size: float
    initial_capacity: float  # 0: is not there yet
    opening_cost: Series  # $, of the least size
    expansion_cost: Series  # $ a tonne above it
    fixed_cost: Series  # $ a year, of the least size
    fixed_cost_above: Series  # $ a year and tonne above it
    variable_cost: Series  # $ a tonne processed

    @property
    def is_there(self) -> bool:
        """Whether it stands before the first year."""
        return self.initial_capacity > 0

    @property
    def initial_extra(self) -> float:
        """Tonnes above the least size before the first year."""
        return max(0.0, self.initial_capacity - self.least_size)


@dataclass(frozen=True)
class Gas:
    """How much may be emitted by plants and transport, and what a tonne costs."""

    name: str
    limit: Series
    penalty: Series


@dataclass(frozen=True)
class Arcs:
    """Who may send what to whom. A arcs; centres are numbered first, then plants."""

    source: Ints  # (A,)
    target: Ints  # (A,)
    product: Ints  # (A,)
    length_km: Floats  # (A,)


@dataclass(frozen=True)
class Chain:
    """One question. C centres, P plants, M products, T years."""

    name: str
    years: int
    products: tuple[Product, ...]
    centres: tuple[Centre, ...]
    plants: tuple[Plant, ...]
    may_build: Flags  # (T,) whether plants may be opened
    gases: tuple[Gas, ...] = ()
    limits_plants: bool = True  # whether limits of products count plants, too
    lengths_km: dict[tuple[str, str], float] = field(default_factory=dict)  # if known
    notes: tuple[Text, ...] = ()

    @property
    def places(self) -> tuple[Centre | Plant, ...]:
        """Centres, then plants."""
        return (*self.centres, *self.plants)

    @cached_property
    def outlets(self) -> list[tuple[int, int]]:
        """Place and product of all that is given out."""
        number = {product.name: m for m, product in enumerate(self.products)}
        return [(u, number[m]) for u, place in enumerate(self.places)
                for m in place.disposal]  # fmt: skip

    @cached_property
    def inlets(self) -> list[tuple[int, int]]:
        """Plant (from 0 on) and product of all that plants take."""
        number = {product.name: m for m, product in enumerate(self.products)}
        return [(p, number[m]) for p, plant in enumerate(self.plants)
                for m in plant.stores]  # fmt: skip

    @cached_property
    def arcs(self) -> Arcs:
        """From each place that gives a product out to all others that take it."""
        takers: dict[int, list[int]] = {}
        for p, m in self.inlets:
            takers.setdefault(m, []).append(len(self.centres) + p)
        number = {product.name: m for m, product in enumerate(self.products)}
        for c, centre in enumerate(self.centres):
            if centre.input:
                takers.setdefault(number[centre.input], []).append(c)
        rows = [(u, v, m) for u, m in self.outlets for v in takers.get(m, ()) if u != v]
        source, target, product = np.array(rows, int).reshape(-1, 3).T
        km = [self._length_km(int(u), int(v)) for u, v, _ in rows]
        return Arcs(source, target, product, np.array(km, float))

    def _length_km(self, source: int, target: int) -> float:
        one, other = self.places[source], self.places[target]
        known = self.lengths_km.get((one.name, other.name))
        return length_km(one.place, other.place) if known is None else known
