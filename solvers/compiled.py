"""What methods on the compiled model share: prepare it, offer a start, read a plan."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from aumaq.instances import ExportError, Instance
from aumaq.instances.access.options import to_unit_sphere
from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.interruption import finishing, is_asked
from aumaq.instances.language.texts import Text, say
from aumaq.model import BuiltModel, build
from aumaq.model.built import exists
from aumaq.model.data.gathered import ModelData
from aumaq.solvers.checkpoint import Keeper
from aumaq.solvers.highs.lp_file import write_lp
from aumaq.solvers.highs.matrices import (
    Matrices,
    compile_matrices,
    plain_bound,
)
from aumaq.solvers.highs.solver import Outcome
from aumaq.solvers.node_cuts import with_node_cuts
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.out_of_time import OutOfTimeError
from aumaq.solvers.places import Site
from aumaq.solvers.polish.churn import without_rounds
from aumaq.solvers.polish.circles import without_circles
from aumaq.solvers.polish.polished import polished
from aumaq.solvers.progress import Progress, ProgressEvent
from aumaq.solvers.proof import proven
from aumaq.solvers.search import Improver
from aumaq.solvers.solution.decisions import (
    Decisions,
    Given,
    ServiceDecisions,
    Solution,
    Status,
    Weighed,
)
from aumaq.solvers.solution.growth import candidate_sites, chosen_of, demand_ratio
from aumaq.solvers.solution.networks import (
    link_sites,
    networks_of,
    positive,
    upgrade_sites,
)
from aumaq.solvers.solution.settled import built_links, settled, the_choice
from aumaq.solvers.solution.terms import is_saved, weighed
from aumaq.solvers.start.financing import financed_if_no_dearer
from aumaq.solvers.start.hopeless import without_hopeless
from aumaq.solvers.start.relocations import can_be
from aumaq.solvers.start.site_rules import changes_enough
from aumaq.solvers.work import Most

NAN = float("nan")
REFINANCING = 10.0
"""Seconds for who pays once moves that go round for nothing are taken out."""
COMPILING_SHARE = 0.7
"""Compiling takes about so long for each second of building."""


@dataclass
class Compiled:
    """The model of an instance as matrices, ready to be solved.

    ``start`` gives columns and values of a start plan (today's stock, if none was
    given). ``started`` is the clock (time.monotonic) of the whole solve. ``beside`` are
    the models of further futures that stand in the same matrices. ``relaxed`` gives
    values and duals near those of the LP relaxation, where they are known beforehand.
    ``start_plan`` is the start plan as it was given. ``keeper`` writes checkpoints.
    """

    built: BuiltModel
    matrices: Matrices
    place: Ints
    sites: list[Site]
    start: tuple[Any, Any]
    options: SolveOptions
    progress: Progress
    started: float
    seconds: dict[str, float]
    beside: tuple[tuple[BuiltModel, Ints], ...] = ()
    relaxed: Outcome | None = None
    start_plan: Decisions | None = None
    keeper: Keeper | None = None

    @property
    def models(self) -> tuple[tuple[BuiltModel, Ints], ...]:
        """All models in the matrices, each with the columns of its variables."""
        return ((self.built, self.place), *self.beside)

    @property
    def elapsed(self) -> float:
        """Seconds since the start of the solve."""
        return time.monotonic() - self.started

    @property
    def seconds_left(self) -> float:
        """Seconds to search; the rest of the time limit is for polishing."""
        reserve = 0.5 + self.seconds["pass"]
        return self.options.time_limit - reserve - self.elapsed


def compiled(
    instance: Instance,
    options: SolveOptions,
    progress: Progress,
    given: Given,
    data: ModelData | None = None,
) -> Compiled:
    """Measure access, build the model, compile it; times in ``seconds``.

    *data* are the numbers of the instance, if they were gathered before. Raises
    OutOfTimeError if the time limit passes, or Ctrl-C comes, before that is done.
    """
    clock = _Clock(options.time_limit, progress)
    try:
        built = _built(instance, options, given, data, clock)
        clock.tell(say("compiling"))
        found = _compiled(built, options, progress, given, clock)
        if options.checkpoint is not None:
            own = options.checkpoint, found.matrices, options
            found.keeper = Keeper(*own, lambda: found.elapsed, given.resumed)
        clock.end("pass")
        return found
    except KeyboardInterrupt:
        raise clock.out_of_time(Status.INTERRUPTED) from None


class _Clock:
    """How long each part of the work before a search took, and how long it may."""

    def __init__(self, limit: float, progress: Progress) -> None:
        self.started = self._begun = time.monotonic()
        self.seconds: dict[str, float] = {}
        self._limit, self._progress = limit, progress

    def tell(self, part: Text) -> None:
        """Tell what begins."""
        since = self._begun - self.started
        self._progress.update(ProgressEvent(part, since, NAN, NAN))

    def end(self, part: str) -> None:
        """Keep how long a part took; the next one begins."""
        self.seconds[part] = time.monotonic() - self._begun
        self._begun = time.monotonic()

    def look_up(self, needed: float = 0.0) -> None:
        """Give up if so many more seconds are not left, or if asked to stop."""
        if is_asked():
            raise self.out_of_time(Status.INTERRUPTED)
        if time.monotonic() - self.started + needed > self._limit:
            raise self.out_of_time(Status.TIME_LIMIT)

    def out_of_time(self, why: Status) -> OutOfTimeError:
        """Return the error that ends the work."""
        self.seconds["total"] = time.monotonic() - self.started
        return OutOfTimeError(why, self.seconds)


def _built(
    instance: Instance,
    options: SolveOptions,
    given: Given,
    data: ModelData | None,
    clock: _Clock,
) -> BuiltModel:
    """Measure access and build the model; write it where it is asked for."""
    clock.tell(say("measuring access"))
    for name in instance.service_names:
        instance.access(name)
        clock.look_up()
    clock.end("access")
    clock.tell(say("building the model"))
    built = build(
        instance,
        formulation=options.formulation,
        data=data,
        look_up=clock.look_up,
        is_measured=given.is_measured,
    )
    if options.save_lp is not None:
        save_lp(built, options.save_lp)
    clock.end("build")
    clock.look_up(COMPILING_SHARE * clock.seconds["build"])
    return built


def _compiled(
    built: BuiltModel,
    options: SolveOptions,
    progress: Progress,
    given: Given,
    clock: _Clock,
) -> Compiled:
    """Return the matrices of a model, and the plan to start from in their columns."""
    matrices = compile_matrices(built.program)
    place = matrices.places(built.program.count)
    matrices = with_node_cuts(settled(matrices, built, place, given))
    sites, start = _sites(built, place), _start(built, place, given.start)
    if given.start is None:
        start = without_hopeless(matrices, sites, *start)
    return Compiled(
        built,
        matrices,
        place,
        sites,
        start,
        options,
        progress,
        clock.started,
        clock.seconds,
        start_plan=given.start,
    )


def improver(c: Compiled) -> Improver:
    """Return the search for plans on this model."""
    return Improver(c.matrices, c.sites, c.options)


def finish(c: Compiled, outcome: Outcome, searched_from: float) -> Solution:
    """Polish the plan of an outcome, read it, and say what is known of it."""
    c.seconds["solve"] = time.monotonic() - searched_from
    decisions, weighs = None, None
    if outcome.status is Status.INTERRUPTED:  # who asked to stop does not wait
        gone = min(c.elapsed, c.options.time_limit)
        c = replace(c, options=replace(c.options, time_limit=gone))
    if np.isneginf(outcome.bound):
        outcome = replace(outcome, bound=plain_bound(c.matrices))
    if outcome.values is not None:
        begun = time.monotonic()
        with finishing():  # what was found is not thrown away
            outcome = polished(c, outcome)
            assert outcome.values is not None
            decisions, weighs = read(c, outcome.values)
        c.seconds["polish"] = time.monotonic() - begun
    c.seconds["total"] = c.elapsed
    return Solution(
        status_of(outcome, c.options.gap),
        outcome.objective,
        outcome.bound,
        decisions,
        c.seconds,
        c.matrices.size,
        outcome.message,
        _ended(outcome, c.elapsed),
        {"nodes": outcome.nodes},
        outcome.values,
        weighed=weighs,
        save_lp=partial(save_lp, c.built),
    )


def _ended(outcome: Outcome, seconds: float) -> list[tuple[float, float, float]]:
    """Return the trace with what is known at the end, which HiGHS may not have told."""
    last = (seconds, outcome.objective, outcome.bound)
    is_told = bool(outcome.trace) and outcome.trace[-1][1:] == last[1:]
    is_plan = outcome.values is not None
    return outcome.trace + [last] * (is_plan and not is_told)


def status_of(outcome: Outcome, wanted: float) -> Status:
    """Return what bound and plan prove together, whoever found them."""
    objective = NAN if outcome.values is None else outcome.objective
    return proven(objective, outcome.bound, wanted, outcome.status)


def _sites(built: BuiltModel, place: Ints) -> list[Site]:
    """Return the places of the instance with the columns of their units."""
    columns: dict[str, list[int]] = {}
    where: dict[str, tuple[float, float]] = {}
    for name, variables in built.variables.items():
        rows = built.data.instance.service_sites(name)
        j, _, _ = np.nonzero(exists(variables.units))
        found = place[variables.units[exists(variables.units)]]
        codes = rows["site"].to_numpy(dtype=object)
        for site, column in zip(codes[j], found.tolist(), strict=True):
            if column >= 0:
                columns.setdefault(site, []).append(column)
        where.update(
            zip(codes, zip(rows["lat"], rows["lon"], strict=True), strict=True)
        )
    for key, step_columns, point in (
        *link_sites(built, place),
        *upgrade_sites(built, place),
        *candidate_sites(built, place),
    ):
        columns[key], where[key] = step_columns, point
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
    """Write the model as an LP file; what stands in the way is a warning.

    The solve goes on: a file beside it is not worth a plan.
    """
    try:
        write_lp(built, Path(path))
    except ExportError as error:
        warnings.warn(str(error), stacklevel=2)


def _start(built: BuiltModel, place: Ints, start: Decisions | None) -> tuple[Any, Any]:
    """Return columns and values of what a plan builds, or of today's stock kept."""
    parts = []
    for name, variables in built.variables.items():
        d = built.data.services[name]
        j, level, t = np.nonzero(exists(variables.units))
        target = d.stock[j, level]
        if start is not None:
            units = start.services[name].units.copy()
            units[:, 0] = d.places[:, None] - units[:, 1:].sum(axis=1)
            target = units[j, level, t]
        parts.append((variables.units[j, level, t], target))
    if start is not None:
        parts += [*built_links(built, start), the_choice(built, start)]
    columns = np.concatenate([place[var.ravel()] for var, _ in parts])
    values = np.concatenate([np.ravel(known) for _, known in parts])
    return columns[columns >= 0], values[columns >= 0].astype(float)


def read(
    c: Compiled, values: Floats, *, keeps_rounds: bool = False
) -> tuple[Decisions, Weighed]:
    """Return the decisions of a solution, without what goes round for nothing.

    Beside them what the model weighs under it.
    """
    found, data = decisions_in(c.built, values, c.place), c.built.data
    whole = kept = without_circles(data, found)
    if not keeps_rounds:
        kept = without_rounds(data, whole)
    # A round may be a relocation that must be, or what a count asks for.
    if not (can_be(data, kept) and changes_enough(data, kept.services)):
        kept = whole
    if is_saved(found, kept):  # less is spent, so that others pay
        kept = financed_if_no_dearer(data, whole, kept, Most(REFINANCING))
    return kept, weighed(c.built, values, c.place, found, kept)


def decisions_in(built: BuiltModel, values: Any, place: Ints) -> Decisions:
    """Return the decisions of a solution as they are; what no column has is 0."""
    known = np.append(values, 0.0)  # the last one stands for what has no column

    def number(variables: Ints) -> Floats:
        return known[place[variables]]

    chosen = chosen_of(built, number)
    services = {
        name: _service_decisions(built, name, number, demand_ratio(built, name, chosen))
        for name in built.variables
    }
    upgraded = np.round(number(built.upgraded)).astype(np.int64)
    paid, partnered = (positive(number(v)) for v in (built.paid, built.partnered))
    return Decisions(
        services,
        networks_of(built, number),
        upgraded,
        chosen,
        relocated=np.round(number(built.relocated)).astype(np.int64),
        merged=np.round(number(built.merged)).astype(np.int64),
        follows=built.follows[number(built.follows[:, 4]) > 0.5, :4],
        hired=positive(number(built.hired)),
        trained=positive(number(built.trained)),
        paid=paid,
        partnered=partnered,
    )


def _service_decisions(
    built: BuiltModel, name: str, number: Callable[[Ints], Floats], ratio: Floats
) -> ServiceDecisions:
    """Return what is decided of a service; *ratio* is its demand to that of today."""
    v, d, periods = built.variables[name], built.data.services[name], built.data.periods
    moves = np.zeros((*d.is_built.shape, d.num_levels + 1, len(periods)))
    moves[v.move_site, v.move_from, v.move_to, v.move_period] = number(v.move)
    share = np.zeros((len(d.option_site), len(periods)))
    np.add.at(share, (v.share_option, v.share_period), number(v.share))
    bused = np.zeros_like(share)
    np.add.at(bused, (v.bused_option, v.bused_period), number(v.bused))
    visited = np.zeros((len(v.teams), *share.shape))
    at = v.visited_by, v.visited_option, v.visited_period
    np.add.at(visited, at, number(v.visited))
    by_option = ratio[d.option_settlement]
    return ServiceDecisions(
        units=np.round(number(v.units)).astype(np.int64),
        moves=np.round(moves).astype(np.int64),
        renewed=np.round(number(v.renewed)).astype(np.int64),
        share=np.clip(share * by_option, 0.0, 1.0),
        bused=np.clip(np.minimum(bused, share) * by_option, 0.0, 1.0),
        unserved=np.clip(number(v.unserved) * ratio, 0.0, 1.0),
        visited=np.clip(np.minimum(visited, share) * by_option, 0.0, 1.0),
        teams=np.round(number(v.teams)).astype(np.int64),
    )
