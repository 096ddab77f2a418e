"""A whole plan from what is built, without the model: quick, and no optimum.

What is built is given (a start plan, or today's stock carried on). Sites fill from
near to far, networks run at least cost, due facilities are renewed; what hard budgets
do not pay for closes, or is not built. Hard rules beyond these are not looked at: the
audit is the judge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.schema.growth import GROWTH_POINTS
from aumaq.instances.schema.roads import ROADS
from aumaq.model.data.financing import KINDS
from aumaq.model.data.gathered import ModelData
from aumaq.model.data.networks import link_regions
from aumaq.model.data.services import ServiceData
from aumaq.solvers.polish.circles import without_circles
from aumaq.solvers.solution.decisions import (
    Decisions,
    Given,
    NetworkDecisions,
    ServiceDecisions,
)
from aumaq.solvers.start.building_capacity import calmed
from aumaq.solvers.start.catchments import by_programme, lacks, served, use
from aumaq.solvers.start.closing_rules import needed, reopened
from aumaq.solvers.start.feeders import followed
from aumaq.solvers.start.financing import financing, has_financing, spending_of
from aumaq.solvers.start.growth_points import asked_for
from aumaq.solvers.start.hard_budgets import ROUNDING, Cap, HardBudgets
from aumaq.solvers.start.impact_limits import limited
from aumaq.solvers.start.mergers import merged
from aumaq.solvers.start.network_operation import operated
from aumaq.solvers.start.relocations import moved, relocated
from aumaq.solvers.start.share_rules import levelled
from aumaq.solvers.start.site_rules import counted, referred
from aumaq.solvers.start.site_units import (
    affordable,
    arcs,
    carried_on,
    costs,
    moves_between,
    renewals,
    shrunk,
    units_allowed,
)
from aumaq.solvers.start.staff import hires, staffed
from aumaq.solvers.work import Budget, Most

ROUNDS = 6
"""How often sites that serve too few, or lack a higher tier, are made smaller."""
LEAST_EFFORT = 10.0
"""A linear programme may take so long whatever the limit: without it is no plan."""
SPARING = (0.0, 30.0)
"""What a mln of hard budgets costs beyond itself, mln, where networks take from them:
first nothing, then so much that each leaves what others need."""


TRIES, HELD_FROM = 9, 3
"""How often a plan is made smaller for which nobody pays; from which time on what is
taken from one region and period may not be spent in another one."""
USUAL, TINY = 1.5, 1e-9
"""What of spending on all but services matters; less than any mln."""
MUST = 10.0
"""By so much it matters more that what must run is paid for."""


def todays_stock(data: ModelData) -> Decisions:
    """Return what stands if nothing is built but what rules demand."""
    count = len(data.periods)
    services = {
        name: ServiceDecisions.of_units(carried_on(d, arcs(d, data.periods)))
        for name, d in data.services.items()
    }
    networks = {
        name: NetworkDecisions.of_steps(
            np.zeros((len(n.step_link), count), dtype=np.int64)
        )
        for name, n in data.networks.items()
    }
    upgraded = np.zeros((len(data.roads.upgrades), count), dtype=np.int64)
    return Decisions(services, networks, upgraded, asked_for(data))


def with_settled(data: ModelData, built: Decisions, given: Given) -> Decisions:
    """Return what is built with what is settled in its place."""
    services, networks = dict(built.services), dict(built.networks)
    upgraded, chosen = built.upgraded, built.chosen
    if given.services is not None:
        chosen = given.services.chosen
    if given.networks is not None:
        networks, upgraded = dict(given.networks.networks), given.networks.upgraded
    for name, d in data.services.items():
        plan = given.services if d.serves else given.networks
        if plan is not None:
            services[name] = plan.services[name]
    return Decisions(services, networks, upgraded, chosen)


def whole_plan(
    data: ModelData, built: Decisions, given: Given, budget: Budget
) -> Decisions | None:
    """Return all decisions for what is built; None if they do not go together.

    *data* are the numbers under the choice of growth points that *built* makes. What
    cannot be had of *built* stays as today, but for what is settled in *given*.
    """
    caps: list[Cap] = []
    matters: Floats | None = None
    for number in range(TRIES):
        whole = _whole(data, built, given, budget, caps)
        if whole is None or not has_financing(data):
            return whole
        spent, most = spending_of(data, whole), budget.at_least(LEAST_EFFORT)
        weight = _worth(data, whole, spent) if matters is None else matters
        found = financing(data, spent, most, weight)
        if found is None:
            return whole
        whole = replace(whole, paid=found.paid, partnered=found.partnered)
        if not found.unpaid.any():
            return whole
        is_held = number >= HELD_FROM
        caps, matters = _tighter(data, caps, weight, spent, found.unpaid, is_held)
    return whole


def _worth(data: ModelData, plan: Decisions, spent: Floats) -> Floats:
    """Return what of spending matters more: from 1 to 2, by what it spares.

    That is the price of demand that would not be served without it, over its cost.
    """
    found = np.full(spent.shape, USUAL)
    for name, d in data.services.items():
        if not d.serves:
            continue
        sector, spared = data.sectors.index(name), np.zeros(spent.shape[2:])
        home = [data.regions.index(region) for region in d.site_region]
        price = d.unserved_mln_per_unit_year * data.years
        np.add.at(spared, home, _used(d, plan.services[name]) * price)
        cost = spent[:, sector].sum(axis=0)
        found[:, sector] = 1.0 + spared / np.maximum(spared + cost, TINY)
    return found


def _tighter(
    data: ModelData,
    caps: list[Cap],
    weight: Floats,
    spent: Floats,
    unpaid: Floats,
    is_held: bool,
) -> tuple[list[Cap], Floats]:
    """Return limits on what nobody pays, and what matters more that it is paid.

    What a limit did not bring down must run: others are to be without money then. Where
    *is_held*, sectors for which not all is paid do not spend more anywhere.
    """
    weight, by_cell = weight.copy(), {}
    for cap in caps:
        by_cell[cap.covers, cap.service, cap.region, cap.period] = cap
    lacks_money = unpaid > 0.0
    looked_at = lacks_money.copy()
    if is_held:
        looked_at[:, lacks_money.any(axis=(0, 2, 3))] = True
    for kind, sector, region, t in np.argwhere(looked_at).tolist():
        at = kind, sector, region, t
        key = KINDS[kind], data.sectors[sector], data.regions[region], data.periods[t]
        if key in by_cell and spent[at] > by_cell[key].amount_mln * (1.0 + ROUNDING):
            weight[at] *= MUST
        elif lacks_money[at] or key not in by_cell:
            most = max(0.0, float(spent[at] - unpaid[at]))
            by_cell[key] = Cap(key[3], key[1], key[2], key[0], most)
    return list(by_cell.values()), weight


def _whole(
    data: ModelData,
    built: Decisions,
    given: Given,
    budget: Budget,
    caps: Sequence[Cap],
) -> Decisions | None:
    shape = (len(data.roads.upgrades), len(data.periods))
    upgraded = _standing(built.upgraded.reshape(shape), data.roads.first_period)
    steps = _steps(data, built)
    found = _services(data, built, given, upgraded, steps, budget, caps)
    if found is None:
        return None
    services, budgets = found
    services, follows = followed(data, services)
    services = levelled(data, services)
    networks = _networks(data, steps, services, budget, budgets)
    if networks is None:
        return None
    units = {name: own.units for name, own in services.items()}
    people = hires(data, units, budget.at_least(LEAST_EFFORT))
    if people is None:
        return None
    whole = Decisions(
        services,
        networks,
        upgraded,
        built.chosen,
        relocated(data, services),
        follows=follows,
        hired=people[0],
        trained=people[1],
    )
    return without_circles(data, whole)


def _services(
    data: ModelData,
    built: Decisions,
    given: Given,
    upgraded: Ints,
    steps: Mapping[str, Ints],
    budget: Budget,
    caps: Sequence[Cap],
) -> tuple[dict[str, ServiceDecisions], HardBudgets] | None:
    """Return what services do and what it leaves of budgets, None without a way.

    Where more run than may, or a higher tier is missing, facilities are taken out, and
    what may not close is opened again; then all is put together anew: others may be
    near to whom they were.
    """
    wanted = {name: own.units for name, own in built.services.items()}
    allowed = {name: arcs(d, data.periods) for name, d in data.services.items()}
    settled = {
        name: (given.services if d.serves else given.networks) is not None
        for name, d in data.services.items()
    }
    for _ in range(ROUNDS):
        budgets = _budgets(data, upgraded, built.chosen, steps, caps)
        services: dict[str, ServiceDecisions] = {}
        for name, d in data.services.items():
            own = allowed[name], budget, settled[name], budgets
            found = _service(d, wanted[name], upgraded, *own)
            if found is None:
                return None
            budgets.spend(name, d.site_region, *costs(d, found.units, found.moves))
            services[name] = found
        units = {name: own.units for name, own in services.items()}
        used = {name: _used(data.services[name], own) for name, own in services.items()}
        worth = {name: _kept_last(data, name, own) for name, own in used.items()}
        fewer = limited(data, counted(data, units, allowed, worth), allowed, worth)
        fewer = staffed(data, fewer, allowed, worth)
        fewer = calmed(data, fewer, allowed, used)
        fewer = referred(data, fewer, allowed)
        fewer = reopened(data, services, fewer, allowed)
        fewer = merged(data, fewer, allowed, worth)
        fewer = moved(data, fewer, allowed)
        free = [name for name in units if not settled[name]]
        if all((fewer[name] == units[name]).all() for name in free):
            break
        wanted = {**units, **{name: fewer[name] for name in free}}
    return services, budgets


def _used(d: ServiceData, own: ServiceDecisions) -> Floats:
    """Return what each site serves, (J, T)."""
    if not d.serves:
        return np.zeros((len(d.sites), own.units.shape[2]))
    return use(d, own.share * d.demand[d.option_settlement])


def _kept_last(data: ModelData, name: str, used: Floats) -> Floats:
    """Return what sites serve, and more than all where rules on closing keep them."""
    kept = needed(data, data.services[name])
    return np.asarray(used + kept[:, None] * (1.0 + used.max(initial=0.0)))


def _budgets(
    data: ModelData,
    upgraded: Ints,
    chosen: Ints,
    steps: Mapping[str, Ints],
    caps: Sequence[Cap],
) -> HardBudgets:
    """Return what hard budgets leave beside roads, growth points and network steps."""
    budgets = HardBudgets(data, caps)
    for name, lasting, stands in (
        (ROADS, data.roads, upgraded),
        (GROWTH_POINTS, data.growth, chosen),
    ):
        capex, opex = lasting.capex_mln, lasting.opex_mln_per_year
        budgets.spend_lasting(name, lasting.region, capex, opex, stands)
    for name, n in data.networks.items():
        by_link = link_regions(n)
        pays = [by_link[e] for e in n.step_link.tolist()]
        capex, opex = n.step_capex_mln, n.step_opex_mln_per_year
        budgets.spend_lasting(name, pays, capex, opex, steps[name])
    return budgets


def _standing(built: Ints, first: Ints) -> Ints:
    """Return steps or upgrades without what comes before its first period, (G, T)."""
    late = np.arange(built.shape[1])[None, :] < first[:, None]
    return np.maximum.accumulate(np.where(late, 0, built), axis=1)


def _service(
    d: ServiceData,
    units: Ints,
    upgraded: Ints,
    allowed: Flags,
    budget: Budget,
    is_settled: bool,
    budgets: HardBudgets,
) -> ServiceDecisions | None:
    if not is_settled:
        units = units_allowed(d, units, allowed)
        used = np.einsum("jlt,l->jt", units, d.usable)
        if d.serves:
            used = use(d, served(d, units, upgraded))
        units = affordable(d, units, allowed, budgets, used)
    amount = np.zeros((len(d.option_site), allowed.shape[3]))
    if d.serves:
        units, amount = _filled(d, units, upgraded, allowed, budget, is_settled)
        if lacks(d, units, amount):
            return None
    moves = moves_between(d, units, allowed)
    if moves is None:
        return None
    demand = d.demand[d.option_settlement]
    share = np.divide(amount, demand, out=np.zeros_like(amount), where=demand > 0)
    total = np.zeros_like(d.demand)
    np.add.at(total, d.option_settlement, share)
    unserved = np.where(d.demand > 0, np.clip(1.0 - total, 0.0, 1.0), 0.0)
    return ServiceDecisions(units, moves, renewals(d.due, moves), share, unserved)


def _filled(
    d: ServiceData,
    units: Ints,
    upgraded: Ints,
    allowed: Flags,
    budget: Budget,
    is_settled: bool,
) -> tuple[Ints, Floats]:
    """Return units and amounts by option; sites that serve too few are made smaller."""
    amount = served(d, units, upgraded)
    for _ in range(ROUNDS):
        if not lacks(d, units, amount):
            break
        if d.allocation == "free":
            most = budget.at_least(LEAST_EFFORT)
            found = by_programme(d, units, upgraded, most, amount)
            if found is not None:
                return units, found
        smaller = units if is_settled else shrunk(d, units, allowed, use(d, amount))
        if (smaller == units).all():
            break
        units, amount = smaller, served(d, smaller, upgraded)
    return units, amount


def spent_on_networks(data: ModelData, built: Decisions, budget: Budget) -> Floats:
    """Return what networks need at least of each hard budget for what is built, mln."""
    budgets = HardBudgets(data)
    before, steps = budgets.left_mln.copy(), _steps(data, built)
    most = budget.at_least(LEAST_EFFORT)
    _operated(data, steps, built.services, most, budgets, SPARING[-1])
    return before - budgets.left_mln


def _steps(data: ModelData, built: Decisions) -> dict[str, Ints]:
    return {
        name: _standing(built.networks[name].steps, n.step_first)
        for name, n in data.networks.items()
    }


def _networks(
    data: ModelData,
    steps: Mapping[str, Ints],
    services: Mapping[str, ServiceDecisions],
    budget: Budget,
    budgets: HardBudgets,
) -> dict[str, NetworkDecisions] | None:
    """Return how all networks run; if one would take too much, all spare budgets."""
    tries = SPARING if len(budgets.left_mln) else SPARING[:1]
    for k, scarcity in enumerate(tries):
        own = budgets.copied()
        # That there is no way at all may take an LP long to find.
        most = budget.at_least(LEAST_EFFORT)
        if k + 1 < len(tries):
            most = most.within(LEAST_EFFORT)
        found = _operated(data, steps, services, most, own, scarcity)
        if found is not None:
            budgets.left_mln[:] = own.left_mln
            return found
    return None


def _operated(
    data: ModelData,
    steps: Mapping[str, Ints],
    services: Mapping[str, ServiceDecisions],
    most: Most,
    budgets: HardBudgets,
    scarcity: float,
) -> dict[str, NetworkDecisions] | None:
    units = {name: own.units for name, own in services.items()}
    found = {}
    for name, n in data.networks.items():
        own = operated(data, n, units, steps[name], most, budgets, scarcity)
        if own is None:
            return None
        found[name] = own
    return found
