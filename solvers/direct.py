"""The direct method: the whole Pyomo model, solved by HiGHS.

For small and medium instances, and the reference for every other method. The lower
bound is the dual bound of HiGHS' branch and bound.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from aumaq.instances import Instance
from aumaq.instances.access import to_unit_sphere
from aumaq.model import BuiltModel, build
from aumaq.model.context import exists
from aumaq.solvers.highs import Matrices, Outcome, Solver, compile_matrices
from aumaq.solvers.improvement import Improver, Site
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Progress, ProgressEvent, Silent, relative_gap
from aumaq.solvers.solution import Decisions, ServiceDecisions, Solution, Status

NAN = float("nan")
PROVEN = 1e-6
"""Relative gap up to which a plan is called optimal: the solver's own tolerance."""


def direct(
    instance: Instance,
    options: SolveOptions,
    progress: Progress,
    start: Decisions | None,
) -> Solution:
    """Build, pass, solve, read back. Without *start*, today's stock is offered."""
    started = time.monotonic()
    seconds: dict[str, float] = {}

    def clock(phase: str, since: float) -> float:
        now = time.monotonic()
        seconds[phase] = now - since
        return now

    progress.update(ProgressEvent("measuring access", 0.0, NAN, NAN))
    for name in instance.service_names:
        instance.access(name)
    now = clock("access", started)
    progress.update(ProgressEvent("building", now - started, NAN, NAN))
    built = build(instance, formulation=options.formulation)
    if options.save_lp is not None:
        save_lp(built, options.save_lp)
    now = clock("build", now)
    progress.update(ProgressEvent("passing", now - started, NAN, NAN))
    matrices = compile_matrices(built.model)
    solver = Solver(matrices, options)
    place = {id(variable): k for k, variable in enumerate(matrices.columns)}
    _offer(solver, built, place, start)
    now = clock("pass", now)
    left = options.time_limit - (now - started)
    improver = Improver(matrices, _sites(built, place), options)
    outcome = _run(solver, improver, left, options, progress, started)
    now = clock("solve", now)
    decisions = None
    if outcome.values is not None:
        outcome = _polish(matrices, outcome, options, progress, started)
        assert outcome.values is not None
        decisions = _read(built, outcome.values, place)
        clock("polish", now)
    seconds["total"] = time.monotonic() - started
    return Solution(
        outcome.status,
        outcome.objective,
        outcome.bound,
        decisions,
        seconds,
        matrices.size,
        outcome.message,
        outcome.trace,
        {"nodes": outcome.nodes},
    )


def _run(
    solver: Solver,
    improver: Improver,
    seconds: float,
    options: SolveOptions,
    progress: Progress,
    started: float,
) -> Outcome:
    """Prove the bound and search for plans side by side; return both together."""

    def enough(bound: float) -> bool:
        return relative_gap(improver.objective, bound) <= options.gap

    solver.stop_when(enough)
    if options.num_threads > 1:
        solver.set_option("threads", options.num_threads - 1)
        searcher = threading.Thread(
            target=improver.search, args=(seconds,), daemon=True
        )
        searcher.start()
    try:
        outcome = solver.run(seconds, _Best(progress, improver), started)
    finally:
        improver.stop()
        if options.num_threads > 1:
            searcher.join()
    better = improver.objective < outcome.objective or outcome.values is None
    if improver.values is not None and better:
        outcome = replace(outcome, objective=improver.objective, values=improver.values)
    return replace(outcome, status=_status(outcome, options.gap))


def _status(outcome: Outcome, wanted: float) -> Status:
    """Return what bound and plan prove together, whoever found them."""
    if outcome.values is None:
        return outcome.status
    gap = relative_gap(outcome.objective, outcome.bound)
    if gap <= PROVEN:
        return Status.OPTIMAL
    return Status.GAP_REACHED if gap <= wanted else outcome.status


@dataclass
class _Best:
    """Passes progress on with the better of two incumbents."""

    progress: Progress
    improver: Improver

    def update(self, event: ProgressEvent) -> None:
        best = min(
            self.improver.objective,
            event.incumbent_mln
            if event.incumbent_mln == event.incumbent_mln
            else np.inf,
        )
        mln = best if np.isfinite(best) else NAN
        self.progress.update(replace(event, incumbent_mln=mln))


def _sites(built: BuiltModel, place: dict[int, int]) -> list[Site]:
    """Return the places of the instance with the columns of their units."""
    columns: dict[str, list[int]] = {}
    where: dict[str, tuple[float, float]] = {}
    for name, variables in built.variables.items():
        rows = built.data.instance.service_sites(name)
        j, _, _ = np.nonzero(exists(variables.units))
        units = variables.units[exists(variables.units)]
        codes = rows["site"].to_numpy(dtype=object)
        for site, variable in zip(codes[j], units, strict=True):
            column = place.get(id(variable))
            if column is not None:
                columns.setdefault(site, []).append(column)
        where.update(
            zip(codes, zip(rows["lat"], rows["lon"], strict=True), strict=True)
        )
    sites = list(columns)
    lat, lon = (
        np.array([where[site][k] for site in sites], dtype=float) for k in (0, 1)
    )
    points = to_unit_sphere(lat, lon)
    return [
        Site(np.array(columns[site], dtype=np.int64), point)
        for site, point in zip(sites, points, strict=True)
    ]


def save_lp(built: BuiltModel, path: Any) -> None:
    """Write the model as an LP file with readable names."""
    built.model.write(str(path), io_options={"symbolic_solver_labels": True})


def _offer(
    solver: Solver, built: BuiltModel, place: dict[int, int], start: Decisions | None
) -> None:
    """Offer the units of a start plan, or of today's stock kept as it is."""
    columns, values = [], []
    for name, variables in built.variables.items():
        stock = built.data.services[name].stock
        j, level, t = np.nonzero(exists(variables.units))
        target = stock[j, level] if start is None else start[name].units[j, level, t]
        for variable, value in zip(variables.units[j, level, t], target, strict=True):
            column = place.get(id(variable))
            if column is not None:
                columns.append(column)
                values.append(value)
    solver.start_from(np.array(columns, dtype=np.int64), np.array(values, dtype=float))


def _polish(
    matrices: Matrices,
    outcome: Outcome,
    options: SolveOptions,
    progress: Progress,
    started: float,
) -> Outcome:
    """Fix the integers at whole numbers and solve the rest once more, exactly.

    A MIP solution is integral only to a tolerance; the plan must be a plan. The bound
    stays that of the MIP. If the LP should fail, the rounded MIP solution stands.
    """
    assert outcome.values is not None
    whole = np.round(outcome.values)
    fixed = matrices.is_integer
    if not fixed.any():
        return outcome
    lower = np.where(fixed, whole, matrices.column_lower)
    upper = np.where(fixed, whole, matrices.column_upper)
    rest = replace(
        matrices,
        column_lower=lower,
        column_upper=upper,
        is_integer=np.zeros_like(fixed),
    )
    solver = Solver(rest, options)
    again = solver.run(60.0, Silent(), started)
    if again.status is not Status.OPTIMAL or again.values is None:
        return outcome
    progress.update(
        ProgressEvent(
            "polished", time.monotonic() - started, outcome.bound, again.objective
        )
    )
    return replace(outcome, objective=again.objective, values=again.values)


def _read(built: BuiltModel, values: Any, place: dict[int, int]) -> Decisions:
    """Return the decisions of a solution; what presolve never saw is 0."""

    def number(variable: Any) -> float:
        column = place.get(id(variable)) if variable is not None else None
        return 0.0 if column is None else float(values[column])

    decisions = {}
    for name, v in built.variables.items():
        d = built.data.services[name]
        units = _grid(v.units, number)
        moves = np.zeros((*d.is_built.shape, d.num_levels + 1, len(built.data.periods)))
        moved = np.array([number(x) for x in v.move])
        moves[v.move_site, v.move_from, v.move_to, v.move_period] = moved
        share = np.zeros((len(d.option_site), len(built.data.periods)))
        served = np.array([number(x) for x in v.share])
        np.add.at(share, (v.share_option, v.share_period), served)
        decisions[name] = ServiceDecisions(
            units=np.round(units).astype(np.int64),
            moves=np.round(moves).astype(np.int64),
            renewed=np.round(_grid(v.renewed, number)).astype(np.int64),
            share=np.clip(share, 0.0, 1.0),
            unserved=np.clip(_grid(v.unserved, number), 0.0, 1.0),
        )
    return decisions


def _grid(variables: Any, number: Any) -> Any:
    grid = np.zeros(variables.shape)
    where = np.nonzero(exists(variables))
    grid[where] = [number(variable) for variable in variables[where]]
    return grid
