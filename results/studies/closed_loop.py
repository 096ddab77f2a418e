"""The closed loop: people stay where services are kept, services follow people.

Plan, measure which services are near each settlement, project people anew, plan again,
until the plan or the demand no longer changes. The share kept moves only part of the
way in each round (damping); when an earlier plan comes back, by half of that.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances import Instance, OptionError
from aumaq.instances.access.limits import within
from aumaq.instances.arguments import checked
from aumaq.instances.interruption import listening
from aumaq.instances.language.texts import Figure, chained, say
from aumaq.instances.people.projection.levers import KEEP_SERVICES, kept_today
from aumaq.instances.scenarios.scenario import changed_tables, is_computed
from aumaq.results.indicators.services import strictest_minutes
from aumaq.results.plan.growth import demand_of
from aumaq.results.plan.plan import Plan
from aumaq.results.studies.solve import solve
from aumaq.solvers import Progress, ProgressEvent, Silent
from aumaq.solvers.progress import Labelled

SHRINKING = 0.9
"""With the same plan and whole steps, changes that shrink less than this stay."""
LEAST_DAMPING = 0.1
"""When cycles go on with steps as small as this, the loop gives up."""


@dataclass(frozen=True)
class Round:
    """One round: its plan, and how far its people are from those it would keep.

    ``change_share``: persons who would live elsewhere if people were projected for the
    services of this plan, over all persons, means over periods.
    """

    round: int
    objective_mln: float
    gap: float
    kept_share: float
    change_share: float
    units_changed: int
    damping: float
    seconds: float
    repeats_round: int


@dataclass(frozen=True)
class ClosedLoop:
    """The plan of the loop, and its rounds.

    ``status``: ``demand_settled``, ``plan_settled``, ``cycles``, ``round_limit``,
    ``time_limit``, ``interrupted`` or ``contradicted``. After a cycle or a limit the
    plan is that of the round with the least ``change_share``.
    """

    plan: Plan
    rounds: tuple[Round, ...]
    status: str


@checked
def close_loop(
    instance: Instance,
    *,
    damping: float = 0.7,
    max_rounds: int = 8,
    tolerance: float = 1e-5,
    time_limit: float = 600.0,
    progress: Progress | None = None,
    start: Plan | None = None,
    **options: Any,
) -> ClosedLoop:
    """Plan and project in turn; *time_limit*, seconds, is for all rounds together.

    *tolerance*: the demand is settled when at most this share of people would move;
    other *options* as in :func:`aumaq.solve`. The plan's record has the rounds under
    ``loop``. Raises OptionError where people do not depend on services, NoPlanError.
    """
    _check(instance, damping, max_rounds, tolerance, time_limit)
    if options.get("checkpoint") or options.get("resume"):
        raise OptionError(
            say("a closed loop solves many times and keeps no checkpoint")
        )
    loop = _Loop(
        instance, damping, tolerance, Silent() if progress is None else progress
    )
    begun, plan, status = time.monotonic(), start, "round_limit"
    with listening() as heard:
        for number in range(1, max_rounds + 1):
            # Time that a round leaves is for those that follow.
            limit = begun + time_limit * number / max_rounds - time.monotonic()
            if limit <= 0:
                status = "time_limit"
                break
            plan = loop.one_round(number, plan, limit, options)
            if found := loop.end(is_stopped=bool(heard)):
                status = found
                break
    return loop.closed(status)


def kept_services(plan: Plan) -> dict[str, float]:
    """Return the share of services near each settlement in a plan, mean over periods.

    A service is near for the share of demand that is served within the strictest
    standard that counts the settlement, or the cut-off where none does.
    """
    instance = plan.instance
    codes = list(instance.settlement_ids)
    services = [s for s in instance.service_names if instance.serves(s)]
    total = np.zeros(len(codes))
    rows = plan.ways
    for service in services:
        cutoff = float(instance.service(service)["cutoff_minutes"])
        strict = strictest_minutes(instance, service)
        limit = pd.Series(np.where(np.isnan(strict), cutoff, strict), codes)
        near = rows[rows["service"] == service]
        near = near[within(near["minutes"], near["settlement"].map(limit))]
        served = near.groupby("settlement")["demand"].sum().reindex(codes).fillna(0.0)
        wanted = demand_of(plan, service).sum(axis=1)
        share = np.where(wanted > 0, served / np.where(wanted > 0, wanted, 1.0), 1.0)
        total += np.clip(share, 0.0, 1.0)
    return dict(zip(codes, (total / max(1, len(services))).tolist(), strict=True))


class _Loop:
    """The loop under way."""

    def __init__(
        self, instance: Instance, damping: float, tolerance: float, tell: Progress
    ) -> None:
        codes = instance.settlement_ids
        self._kept = dict(zip(codes, kept_today(instance.tables).tolist(), strict=True))
        self._instance, self._damping = instance, damping
        self._tolerance, self._tell = tolerance, tell
        self._rounds: list[Round] = []
        self._plans: list[Plan] = []
        self._marks: list[str] = []

    def one_round(
        self, number: int, start: Plan | None, limit: float, options: dict[str, Any]
    ) -> Plan:
        """Project, plan, measure."""
        begun = time.monotonic()
        label = say("round {number}", number=number)
        plan = solve(
            self._instance.with_kept_services(self._kept),
            time_limit=limit,
            start=start,
            progress=Labelled(self._tell, label),
            **options,
        )
        measured = kept_services(plan)
        change = _moved_share(plan.instance, measured)
        mark = _mark(plan)
        same = [k for k, other in enumerate(self._marks, start=1) if other == mark]
        repeats = same[-1] if same else 0
        self._rounds.append(
            Round(
                number, plan.objective_mln, plan.gap,
                float(np.mean(list(measured.values()))), change,
                _units_changed(self._plans[-1], plan) if self._plans else 0,
                self._damping, round(time.monotonic() - begun, 3), repeats,
            )
        )  # fmt: skip
        self._plans.append(plan)
        self._marks.append(mark)
        phase = say("{share} of people would move", share=Figure(f"{change:.3%}"))
        seconds = time.monotonic() - begun
        Labelled(self._tell, label).update(
            ProgressEvent(phase, seconds, plan.bound_mln, plan.objective_mln)
        )
        for code, share in measured.items():
            self._kept[code] += self._damping * (share - self._kept[code])
        return plan

    def end(self, *, is_stopped: bool) -> str:
        """Return why the loop ends after the last round; empty: it goes on."""
        last = self._rounds[-1]
        if is_stopped or self._plans[-1].status == "interrupted":
            return "interrupted"
        if self._plans[-1].status == "contradicted":
            return "contradicted"
        if last.change_share <= self._tolerance:
            return "demand_settled"
        if last.repeats_round == 0:
            return ""
        if last.repeats_round == last.round - 1:
            # Only people move: with the whole step they are where the plan keeps them.
            before = self._rounds[-2]
            is_still = last.change_share > SHRINKING * before.change_share
            if last.damping == before.damping == 1.0 and is_still:
                return "plan_settled"
            self._damping = 1.0
            return ""
        if self._damping <= LEAST_DAMPING:
            return "cycles"
        self._damping = max(self._damping / 2.0, LEAST_DAMPING)
        return ""

    def closed(self, status: str) -> ClosedLoop:
        """Return the outcome; its plan's record has the rounds."""
        settled = status in (
            "demand_settled", "plan_settled", "interrupted", "contradicted"
        )  # fmt: skip
        best = -1 if settled else int(
            np.argmin([one.change_share for one in self._rounds]))  # fmt: skip
        plan = self._plans[best]
        loop = {
            "status": status,
            "round": self._rounds[best].round,
            "rounds": [asdict(one) for one in self._rounds],
        }
        record: Mapping[str, Any] = MappingProxyType({**plan.record, "loop": loop})
        return ClosedLoop(replace(plan, record=record), tuple(self._rounds), status)


def _moved_share(instance: Instance, kept: Mapping[str, float]) -> float:
    """Return the share of people who live elsewhere with other services kept."""
    now = instance.persons("all")
    then = instance.with_kept_services(kept).persons("all")
    return float(np.abs(then - now).sum() / 2.0 / max(now.sum(), 1e-300))


def _mark(plan: Plan) -> str:
    """Return a mark that is the same for plans that build and run the same."""
    digest = hashlib.sha256()
    for name in ("facilities", "network_steps", "road_upgrades"):
        table = plan.table(name)
        columns = [c for c in ("service", "site", "level", "units", "link", "step",
                               "upgrade", "period") if c in table]  # fmt: skip
        rows = table[columns].sort_values(columns)
        digest.update(rows.to_csv(index=False).encode())
    return digest.hexdigest()


def _units_changed(before: Plan, after: Plan) -> int:
    """Return how many units run in one plan and not in the other, over periods."""
    keys = ["service", "site", "level", "period"]
    was, now = (p.facilities.groupby(keys)["units"].sum() for p in (before, after))
    return int(now.sub(was, fill_value=0).abs().sum())


def _check(
    instance: Instance,
    damping: float,
    max_rounds: int,
    tolerance: float,
    time_limit: float,
) -> None:
    wrong = []
    tables = changed_tables(instance.base, instance.active_scenario)
    projection = instance.active_scenario.projection
    rows = tables["levers"]
    rows = rows[(rows["projection"] == projection) & (rows["lever"] == KEEP_SERVICES)]
    if not is_computed(tables, instance.active_scenario) or rows.empty:
        wrong.append(
            say(
                "there is no loop to close: projection {projection!r} is not"
                " computed with the lever {lever!r} (tables"
                " projections, levers)",
                projection=projection,
                lever=KEEP_SERVICES,
            )
        )
    if not 0 < damping <= 1:
        wrong.append(
            say("damping must be above 0 and at most 1, not {damping}", damping=damping)
        )
    if max_rounds < 1:
        wrong.append(
            say("rounds must be at least 1, not {max_rounds}", max_rounds=max_rounds)
        )
    if not 0 <= tolerance < 1:
        wrong.append(
            say(
                "tolerance must be from 0 to below 1, not {tolerance}",
                tolerance=tolerance,
            )
        )
    if not time_limit > 0:
        wrong.append(
            say(
                "time limit must be above 0 seconds, not {time_limit}",
                time_limit=time_limit,
            )
        )
    if wrong:
        raise OptionError(chained(wrong))
