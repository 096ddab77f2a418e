r"""Lexicographic max-min: the worst region first, then the two worst, and so on.

What counts is the share of demand within so many minutes in the last period, as in a
standard: who rides a bus is near, and who is visited at home, where that counts. Stage
*k* makes the sum of the *k* smallest shares as large as it can be while the sums of the
stages before stay what they are; with the shares :math:`v_G`, linear in the model,

.. math:: \max\ k\, r_k - \sum_G d_{kG} \quad\text{with}\quad
          v_G \ge r_k - d_{kG},\ d_{kG} \ge 0

which is that sum (Ogryczak and Sliwinski 2003): no stage asks which region is the
worst. Each stage is a MIP with a bound of its own. What they find becomes hard
standards, a floor for each region, and the plan is the cheapest that keeps them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import block_array, coo_array, csc_array, csr_array

from aumaq.instances import Instance, NoPlanError, OptionError, UnknownNameError
from aumaq.instances.arguments import checked
from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.language.texts import say
from aumaq.model import BuiltModel, build
from aumaq.results.plan.plan import Plan
from aumaq.results.studies.solve import solve
from aumaq.solvers.highs.matrices import Matrices, compile_matrices
from aumaq.solvers.highs.solver import Outcome, Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Progress, ProgressEvent, Silent
from aumaq.solvers.solution.columns import values_of
from aumaq.solvers.solution.decisions import Status

RULE = "fairest"
"""Code of the rule whose rows measure the regions; it forbids nothing."""
ROOM = 1e-6
"""A sum that was reached may be less by so much later on: rounding of solvers."""


@dataclass(frozen=True)
class Fairest:
    """What the stages found.

    ``stages``: worst (so many regions), mean_share (of these, reached), bound (it can
    be no more, given the stages before), status. ``shares``: region, share. ``plan`` is
    the cheapest one found with these shares as floors, under hard standards
    ``fairest:<region>``.
    """

    plan: Plan
    stages: pd.DataFrame
    shares: pd.DataFrame


@checked
def fairest(
    instance: Instance,
    service: str,
    minutes: float,
    *,
    stages: int = 3,
    time_limit: float = 600.0,
    gap: float = 0.01,
    progress: Progress | None = None,
) -> Fairest:
    """Lift the worst-off regions as far as they go, and plan for that.

    *stages*: how many, at most one for each region; *time_limit*, s, is shared by them
    and the plan. A stage that is stopped (Ctrl-C) is the last one. If the first ends
    without a plan, the plan is the cheapest found without floors, and the shares are
    its own. Raises NoPlanError if there is none in time either, UnknownNameError for
    what is no service that people go to, OptionError for numbers that make no sense,
    and where nobody has demand.
    """
    begun, period = time.monotonic(), instance.period_names[-1]
    progress = progress or Silent()
    _refuse_nonsense(minutes, stages)
    SolveOptions(gap=gap, time_limit=time_limit)  # refuses what makes no sense
    asked_for = [name for name in instance.service_names if instance.serves(name)]
    if service not in asked_for:
        raise UnknownNameError(say("service"), service, asked_for)
    if not instance.demand(service)[:, -1].any():
        text = say("nobody has demand of {service} in {period}", service=service,
                   period=period)  # fmt: skip
        raise OptionError(text, ["service"])
    built = build(_measured(instance, service, minutes, period))
    m = compile_matrices(built.program)
    regions, shares = _shares(built, m)
    count = min(stages, len(regions))
    found, x, last = _raised(m, shares, count, (begun, time_limit), progress)
    left = max(time_limit - (time.monotonic() - begun), 1.0)
    asked = instance
    if x is not None:
        values = np.clip(shares @ x, 0.0, 1.0)
        asked = _with_floors(instance, (service, minutes, period), regions, values)
    plan = solve(asked, time_limit=left, gap=gap, progress=progress)
    if x is None:
        values = _reached(plan, built, m, shares)
        least = float(values.min())
        most = max(min(-last.bound, 1.0), least)
        found = [_row(1, least, most, last.status)]
    told = pd.DataFrame({"region": regions, "share": values})
    return Fairest(plan, pd.DataFrame(found), told)


def _refuse_nonsense(minutes: float, stages: int) -> None:
    if stages < 1:
        raise OptionError(say("stages must be at least 1, not {stages}", stages=stages))
    if not 0.0 <= minutes < np.inf:
        raise OptionError(
            say("minutes must be a number from 0, not {minutes}", minutes=minutes)
        )


def _measured(
    instance: Instance, service: str, minutes: float, period: str
) -> Instance:
    """Return the instance with a rule that measures the regions and forbids nothing."""
    rule = {"standard": RULE, "service": service, "minutes": minutes, "share": 1.0,
            "scope": "region", "is_hard": False, "first_period": period}  # fmt: skip
    known = instance.base["standards"]
    rules = pd.concat([known, pd.DataFrame([rule])], ignore_index=True)
    return instance.replace(standards=rules)


def _raised(
    m: Matrices,
    shares: csr_array,
    count: int,
    clock: tuple[float, float],
    progress: Progress,
) -> tuple[list[dict[str, object]], Floats | None, Outcome]:
    """Go through the stages: a row of each, the columns of the last one with a plan
    (None without any), and what the last one ended with.

    *clock*: when all of it began, and how many seconds it has; the plan has a share.
    """
    begun, seconds = clock
    rows, reached, x = list[dict[str, object]](), list[float](), None
    for k in range(1, count + 1):
        gone = time.monotonic() - begun
        phase = say("stage {k} of {count}", k=k, count=count)
        progress.update(ProgressEvent(phase, gone, np.nan, np.nan))
        outcome = _stage(m, shares, reached, (seconds - gone) / (count + 2 - k))
        if outcome.values is None:
            break
        x = outcome.values[: len(m.cost)]
        reached.append(float(np.sort(shares @ x)[:k].sum()))
        bound = min(-outcome.bound / k, 1.0)
        rows.append(_row(k, reached[-1] / k, bound, outcome.status))
        if outcome.status is Status.INTERRUPTED:
            break
    return rows, x, outcome


def _row(worst: int, share: float, bound: float, status: Status) -> dict[str, object]:
    """Return the row of a stage."""
    return {"worst": worst, "mean_share": share, "bound": bound, "status": str(status)}


def _reached(plan: Plan, built: BuiltModel, m: Matrices, shares: csr_array) -> Floats:
    """Return the share of each region in a plan that was made without the stages.

    Raises NoPlanError if it does not say who goes where.
    """
    x = None
    if plan.decisions is not None:
        place = m.places(built.program.count)
        x = values_of(m, built, place, plan.decisions)
    if x is None:
        raise NoPlanError(say("no stage found a plan in time"), str(plan.status))
    return np.clip(shares @ x, 0.0, 1.0)


def _shares(built: BuiltModel, m: Matrices) -> tuple[list[str], csr_array]:
    """Return the regions, and their shares as rows over the columns of the model."""
    blocks = built.program.blocks
    rows, place = blocks["standards"].rows["reach"], m.places(built.program.count)
    near = [blocks["allocation"].variables["share"],
            *(blocks[name].variables[called]
              for name, called in (("buses", "bused"), ("visits", "visited"))
              if name in blocks)]  # fmt: skip
    lines, columns, amounts = list[Ints](), list[Ints](), list[Floats]()
    names: list[str] = []
    for r, (code, group, _) in enumerate(rows.labels()):
        if code == RULE:
            own = slice(rows.starts[r], rows.starts[r + 1])
            variable, amount = rows.variable[own], rows.coefficient[own]
            is_near = [(variable >= v.first) & (variable < v.first + len(v))
                       for v in near]  # fmt: skip
            known = np.any(is_near, axis=0) & (place[variable] >= 0)
            columns.append(place[variable[known]])
            amounts.append(amount[known])
            lines.append(np.full(int(known.sum()), len(names)))
            names.append(str(group))
    at = np.concatenate(lines), np.concatenate(columns)
    shape = (len(names), len(m.cost))
    return names, csr_array(coo_array((np.concatenate(amounts), at), shape=shape))


def _stage(
    m: Matrices, shares: csr_array, reached: list[float], seconds: float
) -> Outcome:
    """Make the next sum as large as it can be; those before stay as they were reached.

    Columns after those of the model: for each sum j its r, and d for each region.
    """
    size, sums = shares.shape[0], len(reached) + 1
    wide = sums * (1 + size)
    eye, one = np.eye(size), np.ones((size, 1))
    part = np.hstack([-one, eye])
    blocks = csc_array(np.kron(np.eye(sums), part))
    total = np.zeros((sums, wide))
    for j in range(sums):
        total[j, j * (1 + size)] = j + 1.0
        total[j, j * (1 + size) + 1 : (j + 1) * (1 + size)] = -1.0
    stacked = csr_array(np.kron(np.ones((sums, 1)), np.eye(size))) @ shares
    matrix = csc_array(
        block_array(
            [[m.sparse, None], [stacked, blocks], [None, csc_array(total)]],
            format="csc",
        )
    )
    endless = np.full(sums * size, np.inf)
    least = np.array([value - ROOM for value in reached] + [-np.inf])
    lower = np.zeros(wide)
    lower[:: 1 + size] = -np.inf
    return _solved(
        Matrices.of(
            matrix,
            np.concatenate([np.zeros(len(m.cost)), -total[-1]]),
            (
                np.concatenate([m.row_lower, np.zeros(sums * size), least]),
                np.concatenate([m.row_upper, endless, np.full(sums, np.inf)]),
            ),
            (
                np.concatenate([m.column_lower, lower]),
                np.concatenate([m.column_upper, np.full(wide, np.inf)]),
            ),
            np.concatenate([m.is_integer, np.zeros(wide, dtype=bool)]),
        ),
        seconds,
    )


def _solved(m: Matrices, seconds: float) -> Outcome:
    solver = Solver(m, SolveOptions(gap=0.0, time_limit=seconds))
    return solver.run(seconds, Silent(), time.monotonic())


def _with_floors(
    instance: Instance,
    asked: tuple[str, float, str],
    regions: list[str],
    values: Floats,
) -> Instance:
    """Return the instance with a hard standard for each region."""
    service, minutes, period = asked
    floors = pd.DataFrame(
        {
            "standard": [f"{RULE}:{region}" for region in regions],
            "service": service,
            "scope": "region",
            "region": regions,
            "minutes": minutes,
            "share": np.maximum(np.floor((values - ROOM) * 1e6) / 1e6, 0.0),
            "first_period": period,
            "is_hard": True,
            "source": "lexicographic max-min",
        }
    )
    rows = pd.concat([instance.base["standards"], floors], ignore_index=True)
    return instance.replace(standards=rows)
