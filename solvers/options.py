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
from aumaq.solvers.work import Budget

MOST_SECONDS = 1e9
"""Of a time limit: 30 years; clocks of the system take little more."""
USUAL_SECONDS = 120.0
LP_SUFFIXES = (".lp",)
MOST_THREADS = 256
MOST_SEED = 2**31 - 1
"""The largest that HiGHS takes."""


def seconds_for(time_limit: float | None, work_limit: float | None) -> float:
    """Return the time limit: as given, else the usual one, none beside a work limit."""
    if time_limit is not None:
        return time_limit
    return USUAL_SECONDS if work_limit is None else MOST_SECONDS


@dataclass(frozen=True)
class SolveOptions:
    """Options that every method understands.

    ``time_limit`` in seconds of the whole solve (building included), ``gap`` relative
    to the objective, ``threads`` of the MIP solver (default: all cores). With a
    ``work_limit``, in units of work (work.py), no decision depends on the clock, and
    the result is the same for any number of threads; the time limit is a guard then.
    """

    method: str = "auto"
    time_limit: float = USUAL_SECONDS
    gap: float = 0.01
    threads: int | None = None
    seed: int = 0
    formulation: str = "strong"
    save_lp: str | Path | None = None
    work_limit: float | None = None
    workers: int | None = None
    """So many processes of this machine take the tasks of counted work."""
    cluster: str = ""
    """The address of a Dask scheduler whose workers take them."""
    cluster_security: str | Path | None = None
    """A file with what its TLS needs (cluster.py)."""
    checkpoint: Path | None = None
    """The file in which a run keeps what it knows."""

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
        if self.work_limit is not None and not 0 < self.work_limit <= MOST_SECONDS:
            wrong["work_limit"] = say(
                "work limit must be above 0 and at most {most:,.0f} units, not"
                " {work_limit}",
                most=MOST_SECONDS,
                work_limit=self.work_limit,
            )
        if self.workers is not None and not 1 <= self.workers <= MOST_THREADS:
            wrong["workers"] = say(
                "workers must be from 1 to {most}, not {workers}",
                most=MOST_THREADS,
                workers=self.workers,
            )
        wrong |= self._wrong_spread()
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

    def _wrong_spread(self) -> dict[str, Text]:
        """Return what makes no sense of where the tasks of counted work go."""
        wrong: dict[str, Text] = {}
        if self.workers is not None and self.cluster:
            wrong["cluster"] = say("tasks go to workers or to a cluster, not to both")
        if self.cluster_security is not None and not self.cluster:
            wrong["cluster_security"] = say(
                "a file for the security of a cluster needs its address"
            )
        spread = "cluster" if self.cluster else "workers"
        if (self.workers is not None or self.cluster) and self.work_limit is None:
            wrong[spread] = say(
                "{option} takes tasks of counted work: give a work limit",
                option=spread,
            )
        return wrong

    @property
    def num_threads(self) -> int:
        """Threads to use; HiGHS would take half the cores by itself."""
        return self.threads or os.cpu_count() or 1

    @property
    def effort(self) -> float:
        """The work limit, or the time limit where there is none."""
        return self.time_limit if self.work_limit is None else self.work_limit

    def share(self, share: float) -> Budget:
        """Return a share of the time, or of the work."""
        if self.work_limit is None:
            return Budget(share * self.time_limit)
        return Budget(self.time_limit, share * self.work_limit)

    def as_record(self) -> dict[str, Any]:
        """Return the options as plain values for the record of a plan."""
        values = asdict(self)
        values["threads"] = self.num_threads
        values["checkpoint"] = str(self.checkpoint) if self.checkpoint else None
        security = self.cluster_security
        values["cluster_security"] = str(security) if security else None
        values["save_lp"] = str(self.save_lp) if self.save_lp else None
        return values


SolveOptions.__init__ = checked(SolveOptions.__init__)  # type: ignore[method-assign]
