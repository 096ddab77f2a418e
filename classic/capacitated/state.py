"""What a run knows so far: the best plan, the best bound, the clock, who listens."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from aumaq.classic.capacitated.relaxation import Data
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.interruption import is_asked
from aumaq.instances.language.texts import Text, say
from aumaq.solvers.progress import Progress, ProgressEvent

ROUNDING = 1e-6
"""Relative to a cost: what is not worth looking for."""


@dataclass
class Plan:
    """Sites that stand, and parts (client, site, share) of demand at them."""

    cost: float
    is_open: Flags  # (M,)
    client: Ints  # (K,)
    site: Ints  # (K,)
    share: Floats  # (K,)

    @property
    def place(self) -> Ints:
        """The site (N,) of each client, where each has one."""
        found = np.empty(len(self.client), np.int64)
        found[self.client] = self.site
        return found


@dataclass
class State:
    """A run. ``data.may`` and ``data.must`` shrink as sites are decided."""

    data: Data
    seconds: float
    gap: float
    progress: Progress
    seed: int = 0
    started: float = field(default_factory=time.monotonic)
    plan: Plan | None = None
    bound: float = -np.inf
    trace: list[tuple[float, float, float]] = field(default_factory=list)
    is_infeasible: bool = False

    def __post_init__(self) -> None:
        """Note whether all costs are whole numbers: so is that of the best plan."""
        costs = self.data.cost[np.isfinite(self.data.cost)]
        whole = np.array_equal(costs, np.round(costs)) and np.array_equal(
            self.data.fixed_cost, np.round(self.data.fixed_cost)
        )
        self.step = 1.0 if whole and self.data.is_single else 0.0

    @property
    def cost(self) -> float:
        """Cost of the best plan, inf without one."""
        return np.inf if self.plan is None else self.plan.cost

    @property
    def cutoff(self) -> float:
        """What a plan must not exceed to be better by something that counts."""
        if not np.isfinite(self.cost):
            return np.inf
        return self.cost - max(self.step * (1 - 1e-4), 1e-9 * abs(self.cost))

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self.seconds - (time.monotonic() - self.started)

    @property
    def is_over(self) -> bool:
        """Whether to stop: proven near enough, out of time, or asked to."""
        return self.is_near or self.left <= 0.05 or is_asked() or self.is_infeasible

    @property
    def is_near(self) -> bool:
        """Whether the gap is what was asked for."""
        if self.plan is None:
            return False
        return self.cost - self.bound <= max(self.gap, 1e-9) * abs(self.cost) + 1e-9

    def offer(self, plan: Plan, phase: Text) -> bool:
        """Keep a plan if it is better than what there is."""
        if plan.cost >= self.cost - 1e-9 * abs(plan.cost):
            return False
        self.plan = plan
        self.bound = min(self.bound, plan.cost)
        self.tell(phase)
        return True

    def raise_bound(self, value: float, phase: Text) -> None:
        """Keep a bound if it is better; whole costs lift it to the next whole one."""
        if self.step and np.isfinite(value):
            value = float(np.ceil(value - 1e-6 * max(1.0, abs(value)) ** 0.5))
        value = min(value, self.cost)
        if value > self.bound:
            self.bound = value
            self.tell(phase)

    def tell(self, phase: Text) -> None:
        """Note bound and cost, and tell them."""
        now = time.monotonic() - self.started
        self.trace.append((now, self.bound, self.cost))
        best = self.cost if self.plan is not None else float("nan")
        self.progress.update(ProgressEvent(phase, now, self.bound, best))


@dataclass
class Watching:
    """Takes bounds that HiGHS reports of a relaxation for those of the run."""

    state: State
    is_bound: bool

    def update(self, event: ProgressEvent) -> None:
        """Keep the bound of a relaxation."""
        if self.is_bound and np.isfinite(event.bound_mln):
            # What HiGHS reports before its root is solved may be of a smaller MIP;
            # such values are taken at its end only (solver.reported_bound).
            self.state.progress.update(
                ProgressEvent(
                    say("proving"),
                    time.monotonic() - self.state.started,
                    max(self.state.bound, min(event.bound_mln, self.state.cost)),
                    self.state.cost,
                )
            )
