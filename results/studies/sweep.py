"""Many scenarios of an instance, solved side by side: a table with a row for each."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances import ExportError, Instance, OptionError, UnknownNameError
from aumaq.instances.arguments import checked
from aumaq.instances.formats.drafts import rescued
from aumaq.instances.interruption import listening
from aumaq.instances.language.texts import Text, say
from aumaq.instances.scenarios.scenario import (
    MOST_CHECKED,
    each_name,
    scenario_named,
    some_names,
)
from aumaq.results.plan.plan import Plan
from aumaq.results.store import Store
from aumaq.results.strict_json import strict
from aumaq.results.studies.sweep_folder import (
    check_sweep_target,
    folder_names,
    write_sweep,
)
from aumaq.results.studies.sweep_task import (
    Outcome,
    SweepTask,
    joined,
    status_title,
)
from aumaq.results.studies.task_pool import in_processes, on_cluster
from aumaq.solvers import Progress, ProgressEvent, Silent, SolveOptions
from aumaq.solvers.options import seconds_for
from aumaq.solvers.progress import Labelled

ALL, EACH = "all", "each"


@dataclass(frozen=True)
class Sweep:
    """Outcomes of a sweep in the order asked for.

    ``rows`` has a row for each scenario: scenario, status, has_plan, verified,
    objective_mln, bound_mln, gap, seconds, message, and key figures. A status beyond
    those of a solve: ``invalid`` (its tables cannot be used), ``no_plan``, ``failed``,
    ``died``, ``stopped``. ``batch_id``: of the runs in the store, if there is one;
    ``troubles``: what was not written as asked.
    """

    instance: Instance
    rows: pd.DataFrame
    outcomes: Mapping[str, Outcome]
    batch_id: str = ""
    troubles: tuple[Text, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether every scenario has a verified plan."""
        return bool(self.rows["verified"].all())

    @checked
    def plan(self, scenario: str) -> Plan:
        """Return the plan of a scenario (UnknownNameError if it has none)."""
        found = self.outcomes.get(scenario)
        if found is None or found.tables is None or found.record is None:
            have = [n for n, o in self.outcomes.items() if o.tables is not None]
            raise UnknownNameError(say("scenario with a plan"), scenario, have)
        return _plan_of(self.instance, found)

    def record(self) -> dict[str, Any]:
        """Return all rows as plain values."""
        rows = [self.outcomes[s].row for s in self.rows["scenario"]]
        return {
            "instance": self.instance.name,
            "instance_hash": self.instance.content_hash,
            "currency": self.instance.currency,
            "scenarios": len(rows),
            "batch_id": self.batch_id,
            "with_plan": int(self.rows["has_plan"].sum()),
            "rows": strict(rows),
        }


@checked
def sweep(
    instance: Instance,
    scenarios: str | Sequence[str] | None = None,
    *,
    jobs: int | None = None,
    threads: int | None = None,
    folder: str | Path | None = None,
    store: str | Path | None = None,
    dask: str = "",
    dask_security: str | Path | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
    **options: Any,
) -> Sweep:
    """Solve scenarios side by side; a failure is a row, never the end of the batch.

    *scenarios*: names, ``all`` (with every combination of variants), or ``each``
    (every scenario without variants, and the first one with each variant alone). If
    nothing is said, all where they are :data:`MOST_CHECKED` at most, else each. *jobs*
    at a time (default: one a core), *threads* each; *folder*: a plan folder for each
    scenario and the table; *store*: file of runs that keeps every plan as it comes;
    *dask*: address of a scheduler that runs the tasks instead of this machine,
    *dask_security*: TOML file with what its TLS needs (``TLS`` of
    :mod:`~aumaq.solvers.cluster`); *overwrite*: replace plans of another
    instance, or of scenarios that are not among these, in *folder*; *options* are those
    of :func:`aumaq.solve`. Ctrl-C keeps what there is.

    Raises UnknownNameError for scenarios that there are not, OptionError, ExportError.
    """
    if dask_security is not None and not dask:
        text = say("a file for the security of a cluster needs its address")
        raise OptionError(text, ["dask_security"])
    folder = None if folder is None else Path(folder)
    store = None if store is None else Path(store)
    names = _names(instance, scenarios)
    folders = folder_names(names)
    jobs, options = _shares(jobs, threads, len(names), options)
    if folder is not None:
        check_sweep_target(folder, names, instance, overwrite=overwrite)
    batch_id = "" if store is None else Store(store).begin_batch("sweep", instance)
    tell = Silent() if progress is None else progress
    patience = 5 * options["time_limit"] + 600
    tasks = [
        SweepTask(name, dict(instance.base), instance.outlines, instance.origin,
                  options, folder and folder / folders[name], overwrite)
        for name in names
    ]  # fmt: skip
    with listening():
        source = (
            on_cluster(tasks, dask, dask_security) if dask
            else in_processes(tasks, jobs, tell, patience_seconds=patience)
        )  # fmt: skip
        found = _gathered(instance, names, source, store, batch_id, tell)
        if folder is not None:
            _, trouble = rescued(lambda place, _: write_sweep(found, place), folder)
            found = replace(found, troubles=(*found.troubles, *filter(None, [trouble])))
    return found


def _shares(
    jobs: int | None, threads: int | None, count: int, options: dict[str, Any]
) -> tuple[int, dict[str, Any]]:
    """Return how many scenarios go at a time, and the options of each, looked at."""
    cores = os.cpu_count() or 1
    if jobs is not None and jobs < 1:
        raise OptionError(say("jobs must be at least 1, not {jobs}", jobs=jobs))
    jobs = min(jobs or cores, count)
    seconds = seconds_for(options.get("time_limit"), options.get("work_limit"))
    own = max(1, cores // jobs) if threads is None else threads
    options = {**options, "threads": own, "time_limit": seconds}
    SolveOptions(**options)  # complains before the work
    return jobs, options


def _gathered(
    instance: Instance,
    names: Sequence[str],
    source: Iterable[Outcome],
    store: Path | None,
    batch_id: str,
    tell: Progress,
) -> Sweep:
    """Keep and tell outcomes as they come; return them in the order of *names*."""
    outcomes: dict[str, Outcome] = {}
    unkept: list[Text] = []
    for outcome in source:
        row = outcome.row
        unkept += [say("{scenario}: {problem}", scenario=row["scenario"], problem=text)
                   for text in outcome.troubles]  # fmt: skip
        if store is not None and row["has_plan"]:
            unkept += _keep(store, instance, outcome, batch_id)
        outcomes[row["scenario"]] = outcome
        _tell(tell, row, len(outcomes), len(names))
    table = pd.DataFrame([outcomes[name].row for name in names])
    found = Sweep(instance, table, MappingProxyType(outcomes), batch_id)
    if store is not None:
        unkept += _keep_table(store, found)
    return replace(found, troubles=tuple(unkept))


def _tell(tell: Progress, row: Mapping[str, Any], count: int, whole: int) -> None:
    """Tell of a row, the *count* th of the *whole* sweep."""
    status = status_title(row["status"])
    done = say("{status}, {n} of {all}", status=status, n=count, all=whole)
    bound, plan = (row.get(key, np.nan) for key in ("bound_mln", "objective_mln"))
    event = ProgressEvent(done, row["seconds"], bound, plan)
    Labelled(tell, row["scenario"]).update(event)


def _plan_of(instance: Instance, outcome: Outcome) -> Plan:
    """Return the plan of an outcome that has one."""
    return Plan(
        instance.with_scenario(outcome.row["scenario"]),
        MappingProxyType(outcome.tables or {}),
        MappingProxyType(outcome.record or {}),
    )


def _keep(
    store: Path, instance: Instance, outcome: Outcome, batch_id: str
) -> list[Text]:
    """Keep a plan in a store; if it cannot be kept, its row says so. Return why."""
    scenario = outcome.row["scenario"]
    try:
        Store(store).add(_plan_of(instance, outcome), batch_id, scenario)
    except (ExportError, UnknownNameError) as error:  # or the batch was deleted
        said = say("not kept: {error}", error=error.text)
        outcome.row["message"] = joined(outcome.row["message"], said)
        return [say("{scenario}: {problem}", scenario=scenario, problem=said)]
    return []


def _keep_table(store: Path, found: Sweep) -> list[Text]:
    """Keep the table of all scenarios, those without a plan too; return why not."""
    try:
        Store(store).end_batch(found.batch_id, found.record())
    except (ExportError, UnknownNameError) as error:
        return [say("the table was not kept: {error}", error=error.text)]
    return []


def _names(instance: Instance, scenarios: str | Sequence[str] | None) -> list[str]:
    if scenarios is None:
        return list(some_names(instance.base, MOST_CHECKED))
    if isinstance(scenarios, str):
        if scenarios == ALL:
            return list(instance.all_scenario_names)
        if scenarios == EACH:
            return list(each_name(instance.base))
        scenarios = [part.strip() for part in scenarios.split(",") if part.strip()]
    if not scenarios:
        raise OptionError(say("name at least one scenario, or all, or each"))
    named = [scenario_named(instance.base, name).scenario for name in scenarios]
    return list(dict.fromkeys(named))
