"""What rule families share while the model is built.

Variables are kept as arrays of Pyomo variables beside the numbers that they belong
to; rows are written as sparse triplets. This keeps building fast (no look-up by
index tuple) and every row tied to its rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aumaq.instances import UnknownNameError
from aumaq.instances.language.texts import say
from aumaq.model.algebra import linear, pyo
from aumaq.model.data.enough import FlowLimits
from aumaq.model.data.gathered import ModelData

Objects = NDArray[np.object_]
Numbers = NDArray[Any]
FORMULATIONS = ("strong", "weak")


def exists(variables: Objects) -> NDArray[np.bool_]:
    """Return where an array of variables holds one (and not None)."""
    return np.asarray(variables != np.array(None), dtype=bool)


def nothing() -> Objects:
    """Return an array without variables."""
    return np.zeros(0, dtype=object)


@dataclass
class Spending:
    """Undiscounted spending, term by term: rows of (kind, service, region, period)."""

    kind: list[str] = field(default_factory=list)
    service: list[str] = field(default_factory=list)
    region: list[str] = field(default_factory=list)
    period: list[int] = field(default_factory=list)
    amount_mln: list[float] = field(default_factory=list)
    variable: list[Any] = field(default_factory=list)


@dataclass
class ServiceVariables:
    """Variables of one service beside their indices.

    ``units`` is (J, L+1, T) with None where a level is not built; the other arrays
    are parallel: entry k of ``move`` belongs to site ``move_site[k]`` and so on.
    """

    units: Objects
    move: Objects
    move_site: Numbers
    move_from: Numbers
    move_to: Numbers
    move_period: Numbers
    renewed: Objects = field(default_factory=nothing)  # (J, L+1, T)
    share: Objects = field(default_factory=nothing)
    share_option: Numbers = field(default_factory=nothing)
    share_level: Numbers = field(default_factory=nothing)
    share_period: Numbers = field(default_factory=nothing)
    unserved: Objects = field(default_factory=nothing)  # (I, T)


@dataclass
class NetworkVariables:
    """Variables of one network beside their indices.

    ``flow`` is (C, 2, T): circuit, direction, period. With angles each step of a link
    is a circuit of its own (``circuit_step``, -1: what stands today); otherwise a
    link is one circuit that its steps widen.
    """

    circuit_link: Numbers
    circuit_step: Numbers
    flow: Objects
    step: Objects  # (G, T) 1 once it is built
    local_capacity: Objects  # (O, T)
    local_supply: Objects  # (O, T)
    supply: Objects
    supply_source: Numbers
    supply_level: Numbers
    supply_period: Numbers
    limits: FlowLimits
    fed: Objects = field(default_factory=nothing)  # (N, T) None: no sites there
    shed: Objects = field(default_factory=nothing)  # (N, T)
    angle: Objects = field(default_factory=nothing)  # (N, T)


@dataclass
class Context:
    """The model under construction."""

    model: pyo.ConcreteModel
    data: ModelData
    formulation: str = "strong"
    look_up: Callable[[], None] = lambda: None
    """Called where a family has done a large part; may raise to end the building."""
    variables: dict[str, ServiceVariables] = field(default_factory=dict)
    networks: dict[str, NetworkVariables] = field(default_factory=dict)
    upgraded: Objects = field(default_factory=nothing)  # (G, T) roads
    chosen: Objects = field(default_factory=nothing)  # (K, T) growth points
    objective: dict[str, list[tuple[float, Any]]] = field(default_factory=dict)
    spending: Spending = field(default_factory=Spending)

    def __post_init__(self) -> None:
        """Check the options."""
        if self.formulation not in FORMULATIONS:
            raise UnknownNameError(say("formulation"), self.formulation, FORMULATIONS)

    def block(self, name: str) -> pyo.Block:
        """Add and return the block of a family; ``block.rule_of`` maps its rows."""
        block = pyo.Block(concrete=True)
        self.model.add_component(name, block)
        block.rule_of = {}
        return block

    def pay(self, term: str, mln: Numbers, variables: Objects) -> None:
        """Add discounted *mln* per unit of each variable to an objective term."""
        entries = self.objective.setdefault(term, [])
        entries.extend(
            (float(c), v) for c, v in zip(mln, variables, strict=True) if c != 0.0
        )

    def spend(
        self,
        kind: str,
        service: str,
        regions: Sequence[str],
        periods: Numbers,
        mln: Numbers,
        variables: Objects,
    ) -> None:
        """Record undiscounted spending (``investment`` or ``operation``)."""
        book = self.spending
        for region, t, amount, variable in zip(
            regions, periods, mln, variables, strict=True
        ):
            if amount != 0.0:
                book.kind.append(kind)
                book.service.append(service)
                book.region.append(region)
                book.period.append(int(t))
                book.amount_mln.append(float(amount))
                book.variable.append(variable)


@dataclass(frozen=True)
class BuiltModel:
    """A finished model: Pyomo, and the arrays to read a solution with."""

    model: pyo.ConcreteModel
    data: ModelData
    variables: dict[str, ServiceVariables]
    networks: dict[str, NetworkVariables]
    upgraded: Objects  # (G, T) roads
    chosen: Objects  # (K, T) growth points
    formulation: str


def add_variables(
    block: pyo.Block, name: str, index: list[tuple[Any, ...]], **options: Any
) -> Objects:
    """Add an indexed variable; return its members in the order of *index*."""
    variable = pyo.Var(pyo.Set(initialize=index, ordered=True), **options)
    block.add_component(name, variable)
    members = np.empty(len(index), dtype=object)
    members[:] = list(variable.values())
    return members


class Rows:
    """Rows of one constraint, collected as triplets and written at once.

    ``index`` names the rows and ``ids`` their rules; a family appends to both.
    """

    def __init__(self, block: pyo.Block, name: str) -> None:
        """Start the rows ``block.name``."""
        self._block = block
        self._name = name
        self.index: list[tuple[Any, ...]] = []
        self.ids: list[str] = []
        self._row: list[Numbers] = []
        self._coefficient: list[Numbers] = []
        self._variable: list[Objects] = []

    def add(self, row: Numbers, coefficient: Any, variable: Objects) -> None:
        """Add coefficient x variable to rows; arrays of one length, or a number."""
        row = np.asarray(row, dtype=np.int64)
        self._row.append(row)
        self._coefficient.append(np.broadcast_to(coefficient, row.shape))
        self._variable.append(variable)

    def write(self, lower: Any, upper: Any) -> None:
        """Write rows ``lower <= sum <= upper``; a number, one a row, or None: no limit.

        Rows without any term are checked: 0 must lie within the limits, or the row
        is written on a fixed zero so that it stays visible as infeasible.
        """
        index, count = self.index, len(self.index)
        row = np.concatenate(self._row) if self._row else np.zeros(0, dtype=np.int64)
        order = np.argsort(row, kind="stable")
        cuts = np.searchsorted(row[order], np.arange(count + 1))
        all_coefficients = np.concatenate([*self._coefficient, np.zeros(0)])[order]
        members = np.concatenate([*self._variable, np.zeros(0, dtype=object)])[order]
        coefficients, variables = all_coefficients.tolist(), members.tolist()
        low = None if lower is None else np.broadcast_to(lower, count).tolist()
        high = None if upper is None else np.broadcast_to(upper, count).tolist()
        bodies = {}
        for k, key in enumerate(index):
            a, b = cuts[k], cuts[k + 1]
            lo, hi = low and low[k], high and high[k]
            if a == b:
                if (lo or 0.0) <= 0.0 <= (0.0 if hi is None else hi):
                    continue
                terms = linear([1.0], [self._zero()])
            else:
                terms = linear(coefficients[a:b], variables[a:b])
            bodies[key] = (lo, terms, hi)
        self._block.add_component(
            self._name,
            pyo.Constraint(
                pyo.Set(initialize=list(bodies), ordered=True),
                rule=lambda _, *key: bodies[key],
            ),
        )
        self._block.rule_of[self._name] = dict(zip(index, self.ids, strict=True))

    def _zero(self) -> Any:
        if self._block.component("zero") is None:
            self._block.zero = pyo.Var(bounds=(0.0, 0.0))
        return self._block.zero
