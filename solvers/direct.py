"""The direct method: the whole Pyomo model, solved by HiGHS.

For small and medium instances, and the reference for every other method. The lower
bound is the dual bound of HiGHS' branch and bound.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from aumaq.instances import Instance
from aumaq.model import BuiltModel, build
from aumaq.model.context import exists
from aumaq.solvers.highs import Matrices, Outcome, Solver, compile_matrices
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Progress, ProgressEvent
from aumaq.solvers.solution import Decisions, ServiceDecisions, Solution, Status

NAN = float("nan")


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
    outcome = solver.run(left, progress, started)
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
    rest = Matrices(
        **{
            **matrices.__dict__,
            "column_lower": lower,
            "column_upper": upper,
            "is_integer": np.zeros_like(fixed),
        }
    )
    solver = Solver(rest, options)
    again = solver.run(60.0, _Mute(), started)
    if again.status is not Status.OPTIMAL or again.values is None:
        return Outcome(**{**outcome.__dict__, "values": outcome.values})
    progress.update(
        ProgressEvent(
            "polished", time.monotonic() - started, outcome.bound, again.objective
        )
    )
    return Outcome(
        **{**outcome.__dict__, "objective": again.objective, "values": again.values}
    )


class _Mute:
    def update(self, event: ProgressEvent) -> None:
        """Say nothing."""


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
            renewed=np.ceil(np.round(_grid(v.renewed, number), 5)).astype(np.int64),
            share=np.clip(share, 0.0, 1.0),
            unserved=np.clip(_grid(v.unserved, number), 0.0, 1.0),
        )
    return decisions


def _grid(variables: Any, number: Any) -> Any:
    grid = np.zeros(variables.shape)
    where = np.nonzero(exists(variables))
    grid[where] = [number(variable) for variable in variables[where]]
    return grid
