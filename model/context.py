"""What rule families share while the model is built: its variables, as tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aumaq.instances import UnknownNameError
from aumaq.instances.language.texts import say
from aumaq.model.amount import Amount
from aumaq.model.data.enough import FlowLimits
from aumaq.model.data.gathered import ModelData
from aumaq.model.data.tables import Tables, amounts, tables_of
from aumaq.model.program import Block, Program
from aumaq.model.table import Table

Numbers = NDArray[Any]
FORMULATIONS = ("strong", "weak")
SPENT = ("kind", "sector", "region", "period")
PAID = ("fund", *SPENT)
PARTNERED = ("partnership", "sector", "region", "period")
PLACE = ("service", "settlement", "period")
SITE = ("service", "site", "period")
FACILITY = ("service", "site", "level", "period")


@dataclass
class Network:
    """The variables of one network, each a table with a column ``var``."""

    flow: Table
    """circuit, way, period; its link, number (of the step, 0: today), tail, head."""
    step: Table
    """link, number, period."""
    local_capacity: Table
    """option, node, period."""
    local_supply: Table
    supply: Table
    """service, site, level, period; its source, node."""
    limits: FlowLimits
    fed: Table = field(init=False)
    """node, period where there are facilities."""
    shed: Table = field(init=False)
    """node, period where there is any load."""
    angle: Table = field(init=False)
    """node, period; only with angles."""


@dataclass
class Context:
    """The model under construction."""

    program: Program
    data: ModelData
    formulation: str = "strong"
    look_up: Callable[[], None] = lambda: None
    """Called where a family has done a large part; may raise to end the building."""
    units: Table = field(init=False)
    moves: Table = field(init=False)
    renewed: Table = field(init=False)
    relocated: Table = field(init=False)
    """relocation, level, period: what moves to another site."""
    replaced: Table = field(init=False)
    """service, region, period, mln: what relocations change of the cost of moves."""
    second: Table = field(init=False)
    """service, site, level (as offered), period: demand served in second shift."""
    hired: Table = field(init=False)
    """profession, region, period of each row of supply; who is trained likewise."""
    trained: Table = field(init=False)
    share: Table = field(init=False)
    bused: Table = field(init=False)
    """Of ``share``, who rides a bus: service, settlement, option, level, period."""
    visited: Table = field(init=False)
    """Of ``share``, who is visited: mobile_service, service, ..., option, period."""
    teams: Table = field(init=False)
    """mobile_service, service, site, period: teams based there."""
    merged: Table = field(init=False)
    """merger, period: whether a pair that may merge has done so."""
    follows: Table = field(init=False)
    """feeder, site, to_site, period: where who goes to the one goes on, if chosen."""
    unserved: Table = field(init=False)
    upgraded: Table = field(init=False)
    chosen: Table = field(init=False)
    demand: Amount = field(init=False)
    """Units of demand, by service, settlement and period where there may be any."""
    load: dict[str, Amount] = field(default_factory=dict)
    """By network, units of load of people and industry at each node and period."""
    networks: dict[str, Network] = field(default_factory=dict)
    spending: list[Table] = field(default_factory=list)
    """is_operation, service (-1: none), sector, region, period, mln of each var."""
    paid: Table = field(init=False)
    """What funds pay, mln: fund, kind, sector, region, period."""
    partnered: Table = field(init=False)
    """What partners pay, mln: partnership, sector, region, period."""

    def __post_init__(self) -> None:
        """Check the options; start from numbers without any decision."""
        if self.formulation not in FORMULATIONS:
            raise UnknownNameError(say("formulation"), self.formulation, FORMULATIONS)
        self.tables: Tables = tables_of(self.data)
        self.demand = Amount(self.tables.demand, PLACE)
        for name, n in self.data.networks.items():
            names = {**self.tables.names, "node": n.nodes}
            at = amounts(self.data.growth.load[name], "node")
            self.load[name] = Amount(Table(at.columns, names), ("node", "period"))

    @property
    def is_strong(self) -> bool:
        """Whether allocation keeps the level index."""
        return self.formulation == "strong"

    def block(self, name: str) -> Block:
        """Add and return the block of a family."""
        return self.program.block(name)

    def rules(self, name: str) -> tuple[list[Any], Table]:
        """Return the rows of a table of the instance, and its columns."""
        frame = self.data.instance.tables[name]
        if not len(frame):  # most are empty, and a data frame is slow to say so
            nothing = np.zeros(0, dtype=np.int64)
            return [], Table(dict.fromkeys(frame.columns, nothing), {})
        columns = {key: frame[key].to_numpy() for key in frame.columns}
        return list(frame.itertuples()), Table(columns, {})

    def running(self, service: str, level: int) -> Table:
        """Return the units of a service from a level up."""
        position = self.tables.names["service"].index(service)
        is_own = self.units["service"] == position
        return self.units.where(is_own & (self.units["level"] >= level))

    def pay(self, term: str, mln: Any, of: Table) -> None:
        """Add discounted *mln* per unit of each variable to an objective term.

        A term that is none of ``aumaq.instances.terms.TERMS`` is a KeyError.
        """
        price = np.broadcast_to(mln, len(of))
        entry = price[price != 0.0], of["var"][price != 0.0]
        self.program.objective[term].append(entry)

    def spend(self, kind: str, service: str | None, mln: Any, of: Table) -> None:
        """Record undiscounted spending (``investment`` or ``operation``), mln per unit.

        The table says region and period, and the service where that is None.
        """
        if service is not None:
            of = of.plus(sector=self.tables.names["sector"].index(service))
        elif "sector" not in of.columns:
            of = of.plus(sector=of["service"])
        is_service = of["sector"] < len(self.tables.names["service"])
        of = of.plus(service=np.where(is_service, of["sector"], -1))
        of = of.only("service", "sector", "region", "period", "var")
        rows = of.plus(is_operation=kind == "operation", mln=mln)
        self.spending.append(rows.where(rows["mln"] != 0.0))
