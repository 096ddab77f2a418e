"""A block of the model under way: its best plan, its bound, what it may still gain."""

from __future__ import annotations

from dataclasses import dataclass

from aumaq.solvers.highs import Floats, Matrices, Outcome
from aumaq.solvers.splitting import Bools, Ints


@dataclass
class Part:
    """A block under way. Objective and bound in priced costs."""

    matrices: Matrices
    columns: Ints
    relaxed: Floats
    units: Bools
    start: tuple[Ints, Floats]
    bound: float
    seconds: float
    objective: float = float("inf")
    values: Floats | None = None
    is_busy: bool = False
    is_rounded: bool = False
    is_visited: bool = False
    gained: float = float("inf")

    @property
    def promise(self) -> float:
        """What another visit may gain a second: no more than is left to gain.

        A visit twice as long is hoped to gain twice as much as the last one did.
        """
        return min(self.distance, 2.0 * self.gained) / self.seconds

    @property
    def distance(self) -> float:
        """Objective minus bound."""
        return self.objective - self.bound

    def take(self, outcome: Outcome, *, has_bound: bool) -> None:
        """Keep what an outcome adds."""
        if outcome.values is not None and outcome.objective < self.objective:
            self.objective, self.values = outcome.objective, outcome.values
        if has_bound:
            self.bound = max(self.bound, outcome.bound)
