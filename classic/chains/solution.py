"""A plan of a chain, and its independent recomputation from flows and plants."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aumaq.classic.chains.problem import Chain, Plant
from aumaq.classic.solution import Proof
from aumaq.instances.arrays import Flags, Floats
from aumaq.instances.language.texts import Text, say

TOLERANCE = 1e-6
"""Relative to the greatest amount, of rows of a plan."""
TERMS = ("opening", "expansion", "fixed operating", "variable operating", "storage",
         "transport", "disposal", "collection", "centre operating", "revenue",
         "emissions")  # fmt: skip
"""What is paid; revenue is counted as what is earned."""


@dataclass(frozen=True)
class Plan:
    """What is built, sent, stored and disposed of; the rest follows."""

    is_open: Flags  # (P, T)
    extra: Floats  # (P, T) capacity above the least size
    stored: Floats  # (S, T) of each inlet of the chain, at the end of the year
    sent: Floats  # (A, T) of each arc
    disposed: Floats  # (O, T) of each outlet


@dataclass(frozen=True)
class Solution(Proof):
    """A plan, what it costs by recomputation, and what no plan can cost less than."""

    plan: Plan
    seconds: float


def received(chain: Chain, plan: Plan) -> Floats:
    """Return what each place takes, (C + P, T)."""
    found = np.zeros((len(chain.places), chain.years))
    np.add.at(found, chain.arcs.target, plan.sent)
    return found


def processed(chain: Chain, plan: Plan) -> Floats:
    """Return what each plant processes: what came less what was put by, (P, T)."""
    found = received(chain, plan)[len(chain.centres) :].copy()
    for k, (p, _) in enumerate(chain.inlets):
        found[p] -= np.diff(plan.stored[k], prepend=0.0)
    return found


def costs(chain: Chain, plan: Plan) -> dict[str, Floats]:
    """Return what is paid under each of TERMS, (T,) each."""
    found = {term: np.zeros(chain.years) for term in TERMS}
    worked = processed(chain, plan)
    for p, plant in enumerate(chain.plants):
        new = np.diff(plan.is_open[p].astype(float), prepend=float(plant.is_there))
        more = np.diff(plan.extra[p], prepend=plant.initial_extra)
        found["opening"] += plant.opening_cost * new
        found["expansion"] += plant.expansion_cost * more
        found["fixed operating"] += (
            plant.fixed_cost * plan.is_open[p] + plant.fixed_cost_above * plan.extra[p]
        )
        found["variable operating"] += plant.variable_cost * worked[p]
    for k, (p, m) in enumerate(chain.inlets):
        store = chain.plants[p].stores[chain.products[m].name]
        found["storage"] += store.cost * plan.stored[k]
    for k, (u, m) in enumerate(chain.outlets):
        disposal = chain.places[u].disposal[chain.products[m].name]
        found["disposal"] += disposal.cost * plan.disposed[k]
    _add_sent(chain, plan, found)
    for centre in chain.centres:
        found["centre operating"] += centre.operating_cost
    for gas in chain.gases:
        emitted = sum(emissions(chain, plan, gas.name))
        found["emissions"] += gas.penalty * emitted
    return found


def _add_sent(chain: Chain, plan: Plan, found: dict[str, Floats]) -> None:
    """Add what is paid and earned for what is sent."""
    arcs, n = chain.arcs, len(chain.centres)
    for a, amount in enumerate(plan.sent):
        product = chain.products[arcs.product[a]]
        u, v = arcs.source[a], arcs.target[a]
        found["transport"] += product.transport_cost * arcs.length_km[a] * amount
        if u < n:
            paid = chain.centres[u].collection_cost[product.name]
            found["collection"] += paid * amount
        if v < n:
            found["revenue"] += chain.centres[v].revenue * amount


def total(found: dict[str, Floats]) -> Floats:
    """Return what is paid less what is earned, (T,)."""
    signs = {"revenue": -1.0}
    return np.sum([signs.get(term, 1.0) * paid for term, paid in found.items()], axis=0)


def emissions(chain: Chain, plan: Plan, gas: str) -> tuple[Floats, Floats]:
    """Return the tonnes of a gas by plants and by transport, (T,) each."""
    plants, transport = np.zeros(chain.years), np.zeros(chain.years)
    for plant, worked in zip(chain.plants, processed(chain, plan), strict=True):
        plants += plant.emissions.get(gas, 0.0) * worked
    for a, amount in enumerate(plan.sent):
        rate = chain.products[chain.arcs.product[a]].emissions.get(gas, 0.0)
        transport += rate * chain.arcs.length_km[a] * amount
    return plants, transport


def gases_of(chain: Chain) -> list[str]:
    """Return the names of all gases that plants or transport emit."""
    emitted = [plant.emissions for plant in chain.plants]
    emitted += [product.emissions for product in chain.products]
    named = {name for gases in emitted for name in gases}
    return sorted(named | {gas.name for gas in chain.gases})


def broken(chain: Chain, plan: Plan) -> list[Text]:
    """Return what is wrong with a plan; nothing of the programme is used."""
    tables = plan.extra, plan.stored, plan.sent, plan.disposed
    room = TOLERANCE * max(1.0, *(float(t.max(initial=0.0)) for t in tables))
    wrong = []
    if any((table < -room).any() for table in tables):
        wrong.append(say("an amount is negative"))
    wrong += _broken_outlets(chain, plan, room)
    worked = processed(chain, plan)
    for p, plant in enumerate(chain.plants):
        wrong += _broken_plant(chain, plan, p, worked[p], room)
        for k, (owner, m) in enumerate(chain.inlets):
            if owner == p:
                name = chain.products[m].name
                wrong += _broken_store(chain, plan, plant, (k, name), worked[p], room)
    for gas in chain.gases:
        emitted = sum(emissions(chain, plan, gas.name))
        if (emitted > gas.limit * (1 + TOLERANCE) + room).any():
            wrong.append(say("more {gas} is emitted than is allowed", gas=gas.name))
    return wrong


def _broken_outlets(chain: Chain, plan: Plan, room: float) -> list[Text]:
    """Return what is wrong with what is given out and disposed of."""
    wrong, arcs = [], chain.arcs
    taken, worked = received(chain, plan), processed(chain, plan)
    together = np.zeros((len(chain.products), chain.years))
    for k, (u, m) in enumerate(chain.outlets):
        place, product = chain.places[u], chain.products[m]
        if isinstance(place, Plant):
            made = place.output[product.name] * worked[u - len(chain.centres)]
        else:
            later = np.convolve(
                taken[u], np.append(place.later_output[product.name], 0)
            )
            made = place.fixed_output[product.name] + later[: chain.years]
        own = (arcs.source == u) & (arcs.product == m)
        gone = plan.sent[own].sum(axis=0) + plan.disposed[k]
        if (abs(made - gone) > room).any():
            told = say("{place} gives out more or less {product} than it has",
                       place=place.name, product=product.name)  # fmt: skip
            wrong.append(told)
        is_over = plan.disposed[k] > place.disposal[product.name].limit + room
        if is_over.any():
            wrong.append(say("{place} disposes of too much {product}",
                             place=place.name, product=product.name))  # fmt: skip
        if chain.limits_plants or u < len(chain.centres):
            together[m] += plan.disposed[k]
    for product, gone in zip(chain.products, together, strict=True):
        if (gone > product.disposal_limit + room).any():
            told = say("too much {product} is disposed of", product=product.name)
            wrong.append(told)
    return wrong


def _broken_plant(
    chain: Chain, plan: Plan, p: int, worked: Floats, room: float
) -> list[Text]:
    """Return what is wrong with how large a plant is, and what it processes."""
    plant, is_open, extra = chain.plants[p], plan.is_open[p], plan.extra[p]
    wrong = []
    most = np.where(is_open, plant.most_size - plant.least_size, 0.0)
    has = np.where(is_open, plant.least_size, 0.0) + extra
    if (extra > most + room).any() or (worked > has + room).any():
        wrong.append(say("{place} has more than its capacity", place=plant.name))
    new = np.diff(is_open.astype(float), prepend=float(plant.is_there))
    shrinks = np.diff(extra, prepend=plant.initial_extra) < -room
    if (new < 0).any() or shrinks.any():
        wrong.append(say("{place} is closed or shrinks", place=plant.name))
    if (new[~chain.may_build] > 0).any():
        told = say("{place} is opened when nothing may be built", place=plant.name)
        wrong.append(told)
    return wrong


def _broken_store(
    chain: Chain,
    plan: Plan,
    plant: Plant,
    inlet: tuple[int, str],
    worked: Floats,
    room: float,
) -> list[Text]:
    """Return what is wrong with one product that a plant takes."""
    k, name = inlet
    store, wrong = plant.stores[name], []
    arcs, number = chain.arcs, [product.name for product in chain.products].index(name)
    place = len(chain.centres) + chain.plants.index(plant)
    own = (arcs.target == place) & (arcs.product == number)
    used = plan.sent[own].sum(axis=0) - np.diff(plan.stored[k], prepend=0.0)
    if (abs(used - store.share * worked) > room).any():
        wrong.append(say("{place} takes another mix than it needs", place=plant.name))
    if (plan.stored[k] > store.limit + room).any() or plan.stored[k, -1] > room:
        told = say("{place} stores too much {product}", place=plant.name, product=name)
        wrong.append(told)
    return wrong
