"""Who pays for a plan whose spending is known, by the model's own rows for money.

Shapes: 2 kinds of spending, S sectors, R regions, T periods, P places. Mln,
undiscounted, counted as in model/families/budgets.py.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.rows import rows_with
from aumaq.instances.schema.growth import GROWTH_POINTS
from aumaq.instances.schema.roads import ROADS
from aumaq.instances.schema.running import STAFF
from aumaq.instances.terms import TERMS
from aumaq.model.algebra import variable
from aumaq.model.built import money_variables
from aumaq.model.context import SPENT, Context
from aumaq.model.data.gathered import ModelData
from aumaq.model.data.merging import merging_mln
from aumaq.model.data.networks import link_regions
from aumaq.model.data.relocations import relocations_of
from aumaq.model.data.services import ServiceData
from aumaq.model.data.staff import staff_data
from aumaq.model.families.budgets import budgets
from aumaq.model.families.funding import funding
from aumaq.model.families.partnerships import partnerships
from aumaq.model.program import Program
from aumaq.model.table import Table, where_true
from aumaq.solvers.highs.matrices import compile_matrices
from aumaq.solvers.highs.solver import Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Decisions, ServiceDecisions, Status
from aumaq.solvers.solution.networks import positive
from aumaq.solvers.start.purse import Purse
from aumaq.solvers.work import Most

UNPAID = 1e3
"""What a mln that nobody pays costs beside all else, mln: as little as can be."""
DUST = 1e-7
"""Relative to what is spent in a cell, unpaid amounts up to this are rounding."""


class Spending(Purse):
    """What is spent, (2, S, R, T)."""

    def __init__(self, data: ModelData) -> None:
        """Start from nothing."""
        self._sectors, self._regions = data.sectors, data.regions
        self._years = data.years
        self._periods = data.instance.period_names
        shape = (2, len(data.sectors), len(data.regions), len(data.periods))
        self.mln = np.zeros(shape)

    def spend(
        self, name: str, regions: Sequence[str], investment: Floats, running: Floats
    ) -> None:
        """Add what is spent: a start's and a year's mln, (P, T)."""
        at = [self._regions.index(region) for region in regions]
        sector = self._sectors.index(name)
        np.add.at(self.mln[0, sector], at, investment)
        np.add.at(self.mln[1, sector], at, running * self._years)

    def spend_on_staff(
        self, regions: Iterable[str], periods: Iterable[str], mln: Floats
    ) -> None:
        """Add what hiring and training cost, by row."""
        sector = self._sectors.index(STAFF)
        at = [self._regions.index(region) for region in regions]
        t = [self._periods.index(period) for period in periods]
        np.add.at(self.mln[1, sector], (at, t), mln)


def spending_of(data: ModelData, plan: Decisions) -> Floats:
    """Return what a plan spends, (2, S, R, T)."""
    found, r = Spending(data), relocations_of(data)
    for name, d in data.services.items():
        own = plan.services[name]
        once = np.einsum("jabt,ab->jt", own.moves, d.transition_mln)
        once += np.einsum("jlt,l->jt", own.renewed, d.renewal_mln)
        once += r.paid_beside(name, plan.relocated, len(d.sites))
        running = np.einsum("jlt,l->jt", own.units, d.opex_mln_per_year)
        running += visits_mln(data, d, own, plan.chosen)
        running += shifts_mln(data, d, own, plan.chosen)
        merging, saved = merging_mln(data, name, plan.merged)
        once, running = once + merging, running - saved
        found.spend(name, d.site_region, once, running)
    for name, n in data.networks.items():
        network, by_link = plan.networks[name], link_regions(n)
        pays = [by_link[e] for e in n.step_link.tolist()]
        prices = n.step_capex_mln, n.step_opex_mln_per_year
        found.spend_lasting(name, pays, *prices, network.steps)
        pays = [n.node_region[i] for i in n.local_node.tolist()]
        prices = n.local_capex_mln, n.local_opex_mln_per_year
        found.spend_lasting(name, pays, *prices, network.local_capacity)
    for name, lasting, stands in (
        (ROADS, data.roads, plan.upgraded),
        (GROWTH_POINTS, data.growth, plan.chosen),
    ):
        prices = lasting.capex_mln, lasting.opex_mln_per_year
        stands = stands.reshape(len(lasting.region), len(data.periods))
        found.spend_lasting(name, lasting.region, *prices, stands)
    if len(plan.hired):
        rows = data.instance.tables["staff_supply"]
        s = staff_data(data)
        mln = plan.hired * s.hire_mln + plan.trained * s.train_mln
        found.spend_on_staff(rows["region"], rows["period"], mln)
    return found.mln


def visits_mln(
    data: ModelData, d: ServiceData, plan: ServiceDecisions, chosen: Ints
) -> Floats:
    """Return what teams and days of mobile services cost a year, (J, T)."""
    rows = data.instance.tables["mobile_services"]
    rows = rows[rows["service"] == d.name]
    found = np.zeros((len(d.sites), len(data.periods)))
    if not plan.teams.size:  # no mobile service, or none decided yet
        return found
    demand = data.growth.demand[d.name].under(chosen)[d.option_settlement]
    own = zip(rows.itertuples(), plan.teams, plan.visited, strict=True)
    for row, teams, share in own:
        days = share * demand / row.units_per_day
        np.add.at(found, d.option_site, days * row.cost_mln_per_day)
        found += teams * row.cost_mln_per_team_year
    return found * data.instance.active_scenario.opex_factor


def shifts_mln(
    data: ModelData, d: ServiceData, plan: ServiceDecisions, chosen: Ints
) -> Floats:
    """Return what who does not fit into the first shift costs a year, (J, T)."""
    found = np.zeros((len(d.sites), len(data.periods)))
    rows = rows_with(data.instance.tables["shifts"], "service", d.name)
    if rows.empty or not plan.share.size:
        return found
    demand = data.growth.demand[d.name].under(chosen)[d.option_settlement]
    np.add.at(found, d.option_site, plan.share * demand)
    beyond = np.maximum(found - np.einsum("jlt,l->jt", plan.units, d.usable), 0.0)
    price = float(rows["cost_mln_per_unit_year"].sum())
    return beyond * price * data.instance.active_scenario.opex_factor


def has_financing(data: ModelData) -> bool:
    """Return whether anybody is asked who pays."""
    return bool(data.funds.funds or data.partners.partnerships)


@dataclass(frozen=True)
class Financing:
    """Who pays, and what nobody pays, (2, S, R, T)."""

    paid: Floats
    partnered: Floats
    unpaid: Floats


def financing(
    data: ModelData, spent: Floats, most: Most, weight: Floats | float = 1.0
) -> Financing | None:
    """Return who pays at least cost, and as little unpaid as can be; None out of time.

    *weight* says of what kind of spending it matters more that it is paid.
    """
    c = Context(Program("financing", TERMS), data)
    block, by = c.block("spent"), SPENT
    where = where_true(spent > 0.0, by, c.tables.names)
    at = tuple(where[key] for key in by)
    known = variable(block, "known", where, by, lower=spent[at], upper=spent[at])
    unpaid = variable(block, "unpaid", where, by, upper=spent[at])
    price = UNPAID * np.broadcast_to(weight, spent.shape)[at]
    c.program.objective["overrun"].append((price, unpaid["var"]))
    c.spending = [_booked(known, 1.0, c), _booked(unpaid, -1.0, c)]
    for family in (partnerships, budgets, funding):
        family(c)
    matrices = compile_matrices(c.program)
    solver = Solver(matrices, SolveOptions(gap=0.0, threads=1))
    solver.limit(most)
    found = solver.run(most.seconds, Silent(), time.monotonic())
    if found.status is not Status.OPTIMAL or found.values is None:
        return None
    values = np.append(found.values, 0.0)
    place = matrices.places(c.program.count)
    paid, partnered = (positive(values[place[v]]) for v in money_variables(c))
    left = np.zeros(spent.shape)
    left[at] = values[place[unpaid["var"]]]
    return Financing(paid, partnered, np.where(left > DUST * (1.0 + spent), left, 0.0))


def _booked(cells: Table, mln: float, c: Context) -> Table:
    is_service = cells["sector"] < len(c.tables.names["service"])
    service = np.where(is_service, cells["sector"], -1)
    own = cells.only("sector", "region", "period", "var")
    return own.plus(service=service, mln=mln, is_operation=cells["kind"] == 1)


def financed_if_no_dearer(
    data: ModelData, found: Decisions, less: Decisions, most: Most
) -> Decisions:
    """Return *less*, which moves less than *found*, with who pays for it.

    It is *found* where less spending is not paid for (a share may hold only as others
    pay for more), or where partners are worth more than the moves cost.
    """
    if not has_financing(data):
        return less
    paid = financing(data, spending_of(data, less), most)
    if paid is None or paid.unpaid.any():
        return found
    fewer = (found.partnered - paid.partnered).sum(axis=(1, 2))
    if (data.partners.worth * fewer).sum() > _saved_mln(data, found, less):
        return found
    return replace(less, paid=paid.paid, partnered=paid.partnered)


def _saved_mln(data: ModelData, found: Decisions, less: Decisions) -> float:
    """Return what fewer moves save, discounted, less what they are worth at the end."""
    total = 0.0
    for name, d in data.services.items():
        fewer = found.services[name].moves - less.services[name].moves
        is_building = np.triu(np.ones_like(d.transition_mln), 1)
        factor = data.df - is_building[:, :, None] * d.residual_factor
        total += float((fewer * d.transition_mln[:, :, None] * factor).sum())
    return total
