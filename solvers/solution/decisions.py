"""What a method returns: decisions as plain arrays, and what is known about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

from aumaq.instances.arrays import Floats, Ints
from aumaq.model.data.gathered import ModelData


class Status(StrEnum):
    """Why a solve stopped. Whether it holds a plan is ``Solution.decisions``."""

    OPTIMAL = "optimal"
    """The plan is proven best, up to the solver's tolerances."""
    GAP_REACHED = "gap_reached"
    """The plan is proven to be within the gap that was asked for."""
    GAP_LEFT = "gap_left"
    """The method ended by itself, but the plan is not proven as was asked: with whole
    numbers it costs more than the solver says, or nothing was left to try."""
    TIME_LIMIT = "time_limit"
    """The time was up; the plan, if any, is the best so far."""
    WORK_LIMIT = "work_limit"
    """The work that was allowed is done; the plan, if any, is the best so far."""
    INTERRUPTED = "interrupted"
    """The user stopped it; the plan, if any, is the best so far."""
    INFEASIBLE = "infeasible"
    """There is no plan that obeys all hard rules: proven."""
    UNBOUNDED = "unbounded"
    """The cost has no lower limit: the prices of the instance are wrong."""
    CONTRADICTED = "contradicted"
    """The plan costs less than the bound allows: one of the two is wrong."""
    ERROR = "error"
    """The solver failed; its own words are in ``Solution.message``."""


@dataclass(frozen=True)
class ServiceDecisions:
    """What a plan decides for one service.

    Shapes: J sites, L+1 levels (0: empty places), T periods, I settlements, K access
    options (rows of ``Instance.access``).
    """

    units: Ints  # (J, L+1, T)
    moves: Ints  # (J, L+1, L+1, T): site, from, to, period
    renewed: Ints  # (J, L+1, T)
    share: Floats  # (K, T) of the demand that there is, summed over levels
    unserved: Floats  # (I, T) share of the demand that there is
    bused: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    """(K, T) of the demand that there is, who rides a bus; empty: nobody."""
    visited: Floats = field(default_factory=lambda: np.zeros((0, 0, 0)))
    """(M, K, T) of the demand that there is, whom each mobile service visits."""
    teams: Ints = field(default_factory=lambda: np.zeros((0, 0, 0), dtype=np.int64))
    """(M, J, T) teams of each mobile service, in the order of the table."""

    @classmethod
    def of_units(cls, units: Ints) -> ServiceDecisions:
        """Return what is built and nothing else: methods complete the rest."""
        nothing = np.zeros((0, units.shape[2]))
        moves = np.zeros((0, 0, 0, 0), dtype=np.int64)
        return cls(units, moves, np.zeros_like(units), nothing, nothing)


@dataclass(frozen=True)
class NetworkDecisions:
    """What a plan decides for one network, in its units.

    Shapes: G upgrade steps, C circuits, O local options, S sources, L levels, N nodes,
    T periods, in the order of ``NetworkData``.
    """

    steps: Ints  # (G, T) 1 once built
    flow: Floats  # (C, 2, T) what enters, out and back
    local_capacity: Floats  # (O, T)
    local_supply: Floats  # (O, T)
    supply: Floats  # (S, L+1, T)
    shed: Floats  # (N, T)
    angle: Floats  # (N, T) rad; 0 without angles

    @classmethod
    def of_steps(cls, steps: Ints) -> NetworkDecisions:
        """Return what is built and nothing else: methods complete the rest."""
        nothing = np.zeros((0, steps.shape[1]))
        return cls(steps, *(nothing,) * 6)


@dataclass(frozen=True)
class Decisions:
    """All that a plan decides, by service, by network, and on roads."""

    services: dict[str, ServiceDecisions]
    networks: dict[str, NetworkDecisions] = field(default_factory=dict)
    upgraded: Ints = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))
    """(G, T) 1 once a road upgrade is built."""
    chosen: Ints = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))
    """(K, T) 1 once a candidate is a growth point."""
    relocated: Ints = field(default_factory=lambda: np.zeros((0, 0, 0), dtype=np.int64))
    """(relocations, L+1, T) 1 if a facility moves; empty: none does."""
    merged: Ints = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))
    """(possible mergers, T) 1 once a pair has merged; empty: none does."""
    follows: Ints = field(default_factory=lambda: np.zeros((0, 4), dtype=np.int64))
    """(N, 4) feeder, site, follow-on, period: where who goes there goes on, if that is
    chosen; in no order."""
    hired: Floats = field(default_factory=lambda: np.zeros(0))
    """(R,) people, for each row of ``staff_supply``; empty: not decided yet."""
    trained: Floats = field(default_factory=lambda: np.zeros(0))
    """(R,) likewise."""
    paid: Floats = field(default_factory=lambda: np.zeros((0,) * 5))
    """(F, kinds, sectors, regions, T) mln that funds pay."""
    partnered: Floats = field(default_factory=lambda: np.zeros((0,) * 4))
    """(P, sectors, regions, T) mln that partners pay."""


@dataclass(frozen=True)
class Given:
    """Decisions that come with a solve: an offer to start from, and what is settled.

    ``services`` settles the units of services that people come to, and the growth
    points, which are chosen where people are served; ``networks`` settles the units of
    plants and stations, steps of links and road upgrades (local supply is free).
    """

    start: Decisions | None = None
    services: Decisions | None = None
    networks: Decisions | None = None
    data: ModelData | None = None
    """The numbers of the instance, if they were gathered before."""
    resumed: Any = None
    """What an earlier run of the same solve knew (``Saved``), if this one goes on."""
    locks: Any = None
    """Limits on single decisions (``Locks``)."""
    is_measured: bool = False
    """Whether the model comes with what plans are measured by beside their cost."""


Slacks = dict[tuple[str, tuple[str, ...]], tuple[float, float]]
"""(name of a priced slack, its index) -> its amount, and its price, mln a unit."""


@dataclass(frozen=True)
class Weighed:
    """What the model's own objective weighs under a solution."""

    terms: dict[str, float]
    """Terms of the objective, discounted mln."""
    slacks: Slacks
    """Priced slacks of rules."""
    saved_terms: frozenset[str] = frozenset()
    """Terms that may be less in the decisions, of which something was taken out."""
    saved_slacks: frozenset[str] = frozenset()
    """Slacks of rules that may be less for the same reason."""


@dataclass(frozen=True)
class Solution:
    """The outcome of a method. Money in discounted mln."""

    status: Status
    objective_mln: float
    bound_mln: float
    decisions: Decisions | None
    seconds: dict[str, float]
    size: dict[str, int]
    message: str = ""
    trace: list[tuple[float, float, float]] = field(default_factory=list)
    """(seconds, incumbent, bound) over time."""
    extra: dict[str, Any] = field(default_factory=dict)
    values: Floats | None = None
    """Of the columns of the model that was solved."""
    weighed: Weighed | None = None
    """What the model weighs under it; None where no model was solved."""
    relaxed: Any = None
    """The outcome of its LP relaxation, where a method solved that."""
    save_lp: Callable[[Path], None] | None = None
    """Writes the model that was solved as an LP file."""
