"""Options of a solve, checked once."""

from __future__ import annotations

import math
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from aumaq.instances import OptionError
from aumaq.instances.texts import chained, say
from aumaq.model import FORMULATIONS


@dataclass(frozen=True)
class SolveOptions:
    """Options that every method understands.

    ``time_limit`` in seconds of the whole solve (building included), ``gap`` relative
    to the objective, ``threads`` of the MIP solver (default: all cores).
    """

    method: str = "auto"
    time_limit: float = 120.0
    gap: float = 0.01
    threads: int | None = None
    seed: int = 0
    formulation: str = "strong"
    save_lp: Path | None = None

    def __post_init__(self) -> None:
        """Raise OptionError naming every option that makes no sense."""
        wrong = []
        if not (self.time_limit > 0 and math.isfinite(self.time_limit)):
            wrong.append(
                say(
                    "time limit must be above 0 seconds, not {time_limit}",
                    time_limit=self.time_limit,
                )
            )
        if not 0 <= self.gap < 1:
            wrong.append(
                say(
                    "gap must be from 0 to below 1 (0.01 is 1 %), not {gap}",
                    gap=self.gap,
                )
            )
        if self.threads is not None and self.threads < 1:
            wrong.append(
                say("threads must be at least 1, not {threads}", threads=self.threads)
            )
        if self.seed < 0:
            wrong.append(say("seed must be at least 0, not {seed}", seed=self.seed))
        if self.formulation not in FORMULATIONS:
            known = chained(FORMULATIONS, say(" or "))
            wrong.append(
                say(
                    "formulation must be {known}, not {formulation!r}",
                    known=known,
                    formulation=self.formulation,
                )
            )
        if wrong:
            raise OptionError(chained(wrong))

    @property
    def num_threads(self) -> int:
        """Threads to use; HiGHS would take half the cores by itself."""
        return self.threads or os.cpu_count() or 1

    def as_record(self) -> dict[str, Any]:
        """Return the options as plain values for the record of a plan."""
        values = asdict(self)
        values["threads"] = self.num_threads
        values["save_lp"] = str(self.save_lp) if self.save_lp else None
        return values
