"""The plan that there is before a solve: the start that was given, or today's stock.

Of a large instance also what a search makes of today's stock, from which the solve then
begins. Whatever stops the solve, this is not lost. It is found without the model,
verified, and judged like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from aumaq.instances import Instance
from aumaq.instances.access.limits import ROUNDED
from aumaq.instances.language.texts import say
from aumaq.model.data.gathered import ModelData
from aumaq.results.audit import Audit, audit
from aumaq.results.plan.decision_tables import decision_tables
from aumaq.results.plan.growth import under_choice
from aumaq.results.plan.plan import Plan
from aumaq.solvers import Decisions, Given, Progress, Solution, SolveOptions, Status
from aumaq.solvers.progress import ProgressEvent
from aumaq.solvers.start.locked import within_locks
from aumaq.solvers.start.whole_plan import (
    spent_on_networks,
    todays_stock,
    whole_plan,
    with_settled,
)

NAN = float("nan")
AT_ONCE = 2_000
"""Ways (settlement, site) up to which a first plan takes no time worth telling: then it
is made when it turns out to be needed."""
SEARCH_FROM = 4_000
"""Ways from which better units than today's are searched for: compiling that search,
once on a machine, takes longer than smaller instances take to be solved."""
SEARCH_SHARE = 0.2
"""Share of the time, or of the work, for better units than today's."""
LEAST_EFFORT = 2.0
"""With less than that for it, it is not tried: the first time on a machine its loops
are compiled, which no clock ends."""
NETWORKS = 1.1
"""Of hard budgets so many times what networks need today is left to them."""
SHARE = 0.5
"""Share of the time for the linear programmes that complete a first plan."""


class FirstPlans:
    """Plans that there are before a solve; they are verified when they are needed."""

    def __init__(
        self,
        plans: Iterable[tuple[Plan, Audit | None]],
        others: Iterable[tuple[Plan, Audit | None]] = (),
    ) -> None:
        """Take plans that are not verified yet; they are made when first asked for.

        With each comes the audit that made its tables, if it was just made. The
        *others* are made if none of *plans* can be verified.
        """
        self._offers, self._others = plans, others

    @cached_property
    def _plans(self) -> list[tuple[Plan, Audit | None]]:
        return _by_cost(self._offers) or _by_cost(self._others)

    @property
    def are_made(self) -> bool:
        """Whether they are there already."""
        return "_plans" in vars(self)

    def made(self) -> FirstPlans:
        """Make the plans now, while there is time."""
        assert self._plans is not None
        return self

    def best(self, below: float = float("inf")) -> Plan | None:
        """Return the best verified plan that costs less, or None."""
        while self._plans and self._plans[0][0].objective_mln < below:
            plan, found = self._plans[0]
            if "verified" not in plan.record:
                self._plans[0] = plan, found = plan.verified(ROUNDED, found), found
            if plan.is_verified:
                return plan
            del self._plans[0]
            if not self._plans:
                self._plans.extend(_by_cost(self._others))
                self._others = ()
        return None


def _by_cost(
    offers: Iterable[tuple[Plan, Audit | None]],
) -> list[tuple[Plan, Audit | None]]:
    return sorted(offers, key=lambda offer: offer[0].objective_mln)


def first_plans(
    instance: Instance,
    data: ModelData,
    start: Plan | None,
    given: Given,
    options: SolveOptions,
) -> FirstPlans:
    """Return the start, or better units than today's, and today's stock carried on.

    *given* holds the decisions of the start, and what is settled.
    """
    whole = _taken_over(instance, data, start, given, options)
    if whole is not None:
        return FirstPlans([(whole, None)]).made()
    built = todays_stock(data)
    offers = [built] if given.start is None else [given.start, built]
    ways = sum(len(d.option_site) for d in data.services.values())
    is_searched = SEARCH_SHARE * options.effort >= LEAST_EFFORT
    is_searched &= ways > SEARCH_FROM and given.start is None
    if is_searched:
        offers = [_improved(data, built, options), built]
    first, others = (offers[:1], offers[1:]) if is_searched else (offers, [])
    plans = FirstPlans(
        *(_completed(instance, data, own, given, options) for own in (first, others))
    )
    return plans if ways <= AT_ONCE and start is None else plans.made()


def _improved(data: ModelData, built: Decisions, options: SolveOptions) -> Decisions:
    """Return better units of services; numba, which they need, takes 0.6 s to load.

    Loops that nobody compiled on this machine yet (15 s) do not take the time of the
    search, which needs less than a second for 363 settlements.
    """
    from aumaq.solvers.start.site_search import compile_loops, improved

    compile_loops(data, built)
    budget = options.share(SEARCH_SHARE)
    reserve = NETWORKS * spent_on_networks(data, built, budget)
    return improved(data, built, budget, options.seed, reserve)


def _taken_over(
    instance: Instance,
    data: ModelData,
    start: Plan | None,
    given: Given,
    options: SolveOptions,
) -> Plan | None:
    """Return a start that is a plan of this very problem, as it is."""
    if start is None or given.services is not None or given.networks is not None:
        return None
    if given.locks is not None:
        return None
    own = (instance.content_hash, instance.scenario, instance.kept)
    other = start.instance
    if own != (other.content_hash, other.scenario, other.kept):
        return None
    return Plan.judged(
        instance, start.tables, _unproven(start.decisions), options, data
    )


def _completed(
    instance: Instance,
    data: ModelData,
    offers: list[Decisions],
    given: Given,
    options: SolveOptions,
) -> Iterator[tuple[Plan, Audit]]:
    """Yield a plan of each that is built, if it can be completed, and its audit."""
    for offer in offers:
        built = with_settled(data, offer, given)
        if given.locks is not None:
            built = within_locks(data, built, given.locks)
        now = under_choice(data, built)
        found = whole_plan(now, built, given, options.share(SHARE))
        if found is not None and (given.locks is None or given.locks.allow(found)):
            made = decision_tables(data, found)
            own = audit(instance, made, tolerance=ROUNDED)
            plan = Plan.judged(instance, own.tables, _unproven(found), options, data)
            yield plan, own


def _unproven(decisions: Decisions | None) -> Solution:
    nothing = float("-inf")
    return Solution(Status.TIME_LIMIT, NAN, nothing, decisions, {"total": 0.0}, {})


@dataclass
class Floored:
    """Passes progress on; the first plan is one from the beginning.

    *since* are the seconds that finding it took.
    """

    progress: Progress
    first: Plan
    since: float

    def __post_init__(self) -> None:
        """Tell of the first plan."""
        self.update(ProgressEvent(say("first plan"), 0.0, NAN, NAN))

    def update(self, event: ProgressEvent) -> None:
        """Pass an event on with the better of two plans and of two bounds."""
        best, least = self.first.objective_mln, self.first.record["bound_mln"]
        event = replace(
            event,
            seconds=self.since + event.seconds,
            incumbent_mln=float(np.fmin(event.incumbent_mln, best)),
            bound_mln=float(np.fmax(event.bound_mln, least)),
        )
        self.progress.update(event)
