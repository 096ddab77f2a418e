"""One scenario of a sweep, solved: a row whatever happens."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from aumaq.instances import (
    AumaqError,
    ExportError,
    Instance,
    InstanceError,
    NoPlanError,
    from_tables,
)
from aumaq.instances.language.texts import Text, chained, say
from aumaq.results.exports.csv_folder import is_plan_folder
from aumaq.results.exports.plan_folder import write_plan_folder
from aumaq.results.exports.side_files import INDICATORS_FILE, SIDE
from aumaq.results.plan.cautions import contradiction
from aumaq.results.plan.plan import Plan
from aumaq.results.studies.coordination import figures
from aumaq.results.studies.solve import solve
from aumaq.results.studies.sweep_folder import STOPPED, evidence_file
from aumaq.solvers import ProgressEvent

EVENT_SECONDS = 1.0
BEFORE_A_PLAN = say("stopped before a plan was found")
STATUSES = {
    "invalid": say("invalid"),
    "no_plan": say("no plan"),
    "failed": say("failed"),
    "died": say("died"),
    STOPPED: say("stopped"),
}
"""Statuses of rows without a plan, beyond those of a solve -> what they are called."""
Tell = Callable[[ProgressEvent], None]


@dataclass(frozen=True)
class SweepTask:
    """A scenario to solve: tables of the instance as given, options of ``solve``."""

    scenario: str
    tables: Mapping[str, pd.DataFrame]
    outlines: dict[str, Any] | None
    origin: str
    options: Mapping[str, Any]
    folder: Path | None
    overwrite: bool = False


@dataclass(frozen=True)
class Outcome:
    """A row of the sweep, and the plan's tables and record if there is one."""

    row: dict[str, Any]
    tables: dict[str, pd.DataFrame] | None = None
    record: dict[str, Any] | None = None
    troubles: tuple[Text, ...] = ()


def no_plan(scenario: str, status: str, message: Text, seconds: float) -> Outcome:
    """Return the row of a scenario without a plan."""
    row = {
        "scenario": scenario, "status": status, "has_plan": False, "verified": False,
        "seconds": round(seconds, 3), "message": message,
    }  # fmt: skip
    return Outcome(row)


def stopped(task: SweepTask, why: Text, seconds: float = 0.0) -> Outcome:
    """Return the row of a scenario that was stopped; an earlier plan of it stays."""
    if task.folder is not None and is_plan_folder(task.folder):
        why = joined(why, say("its earlier plan stays in the folder"))
    return no_plan(task.scenario, STOPPED, why, seconds)


def status_title(status: str) -> Text:
    """Return what a status of a row is called."""
    return STATUSES.get(status) or Text(status.replace("_", " "))


def joined(*texts: Text) -> Text:
    """Return one message of several, empty ones left out."""
    return chained(filter(None, texts))


def unforeseen(error: BaseException) -> Text:
    """Return what is said of an error that no part of the program expects."""
    return chained([type(error).__name__, str(error)], ": ")


def outcome_of(task: SweepTask, tell: Tell | None = None) -> Outcome:
    """Solve a task; what fails becomes a row that says why."""
    started = time.monotonic()

    def failed(status: str, why: Text) -> Outcome:
        return no_plan(task.scenario, status, why, time.monotonic() - started)

    try:
        plan = solve(
            _instance(task),
            progress=_Events(tell) if tell else None,
            evidence=None if task.folder is None else evidence_file(task.folder),
            **task.options,
        )
        row = _row(plan, time.monotonic() - started)
        troubles = () if task.folder is None else _write(plan, task)
        row["message"] = joined(row["message"], *troubles)
    except InstanceError as error:
        return failed("invalid", error.text)
    except NoPlanError as error:
        return failed("no_plan", error.text)
    except AumaqError as error:
        return failed("failed", error.text)
    except KeyboardInterrupt:
        return stopped(task, BEFORE_A_PLAN, time.monotonic() - started)
    except Exception as error:  # a batch goes on whatever one scenario does
        return failed("failed", unforeseen(error))
    return Outcome(row, dict(plan.tables), dict(plan.record), troubles)


def _instance(task: SweepTask) -> Instance:
    instance = from_tables(task.tables, outlines=task.outlines)
    return replace(instance, origin=task.origin).with_scenario(task.scenario)


def _write(plan: Plan, task: SweepTask) -> tuple[Text, ...]:
    """Write the plan of a task; return what did not go as asked."""
    assert task.folder is not None
    side = {name: SIDE[name] for name in (INDICATORS_FILE, "plan.json")}
    try:
        found = write_plan_folder(
            plan, task.folder, overwrite=task.overwrite, side=side
        )
    except ExportError as error:  # the plan goes back to who asked
        return (error.text,)
    return found.troubles


def _row(plan: Plan, seconds: float) -> dict[str, Any]:
    found = figures(plan)
    people = plan.instance.persons("all")
    return {
        "scenario": plan.instance.scenario,
        "status": plan.status,
        "has_plan": True,
        "verified": plan.is_verified,
        "objective_mln": plan.objective_mln,
        "bound_mln": plan.bound_mln,
        "gap": plan.gap,
        "seconds": round(seconds, 3),
        "message": joined(*_wrong(plan), *list(plan.record["problems"])[:3]),
        "persons_last_period": float(people[:, -1].sum()),
        "investment_mln": float(sum(found["investment_mln"].values())),
        **{f"{s}_served_share": x for s, x in found["served_share"].items()},
        **{f"{s}_mean_minutes": x for s, x in found["mean_minutes"].items()},
        **{f"{n}_shed_share": x for n, x in found["shed_share"].items()},
        "connections_missed": found["connections_missed"],
        "road_upgrades": found["road_upgrades"],
    }


def _wrong(plan: Plan) -> list[Text]:
    """Return what is said if the run contradicts itself."""
    if plan.status != "contradicted":
        return []
    return [contradiction(plan.record)]


class _Events:
    """Passes events on, at most one a second."""

    def __init__(self, tell: Tell) -> None:
        self._tell, self._last = tell, -EVENT_SECONDS

    def update(self, event: ProgressEvent) -> None:
        """Pass an event on."""
        if event.seconds - self._last >= EVENT_SECONDS:
            self._last = event.seconds
            self._tell(event)
