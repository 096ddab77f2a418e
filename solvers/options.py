"""Options of a solve, checked once."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from aumaq.instances import OptionError
from aumaq.instances.arguments import checked
from aumaq.instances.formats.targets import probe_file
from aumaq.instances.language.texts import Text, chained, say
from aumaq.model import FORMULATIONS

MOST_SECONDS = 1e9
"""Of a time limit: 30 years; clocks of the system take little more."""
LP_SUFFIXES = (".lp",)
MOST_THREADS = 256
MOST_SEED = 2**31 - 1
"""The largest that HiGHS takes."""


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
    save_lp: str | Path | None = None

    def __post_init__(self) -> None:
        """Raise OptionError naming every option that makes no sense, ExportError if the
        model cannot be written where it should be.
        """
        wrong: dict[str, Text] = {}
        if not 0 < self.time_limit <= MOST_SECONDS:
            wrong["time_limit"] = say(
                "time limit must be above 0 and at most {most:,.0f} seconds, not"
                " {time_limit}",
                most=MOST_SECONDS,
                time_limit=self.time_limit,
            )
        if not 0 <= self.gap < 1:
            wrong["gap"] = say(
                "gap must be from 0 to below 1 (0.01 is 1 %), not {gap}", gap=self.gap
            )
        if self.threads is not None and not 1 <= self.threads <= MOST_THREADS:
            wrong["threads"] = say(
                "threads must be from 1 to {most}, not {threads}",
                most=MOST_THREADS,
                threads=self.threads,
            )
        if not 0 <= self.seed <= MOST_SEED:
            wrong["seed"] = say(
                "seed must be from 0 to {most}, not {seed}",
                most=MOST_SEED,
                seed=self.seed,
            )
        if self.formulation not in FORMULATIONS:
            known = chained(FORMULATIONS, say(" or "))
            wrong["formulation"] = say(
                "formulation must be {known}, not {formulation!r}",
                known=known,
                formulation=self.formulation,
            )
        if wrong:
            raise OptionError(chained(list(wrong.values())), wrong)
        if self.save_lp is not None:
            object.__setattr__(self, "save_lp", Path(self.save_lp))
            probe_file(Path(self.save_lp), LP_SUFFIXES)

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


SolveOptions.__init__ = checked(SolveOptions.__init__)  # type: ignore[method-assign]
