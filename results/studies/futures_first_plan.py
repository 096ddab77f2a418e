"""What there is before several futures are planned for: today's stock, carried on.

Nothing is built in any future, so that all have the first period in common, but for two
things that may follow from a future: local supply that must be there, and facilities
that have too little use. The supply is as large as any future needs; of facilities
stands what stands in the future that keeps the fewest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from aumaq.instances import Instance
from aumaq.model.data.gathered import ModelData
from aumaq.results.audit import Audit, audit
from aumaq.results.audit.first_period import first_period_differences
from aumaq.results.plan.decision_tables import decision_tables
from aumaq.results.plan.growth import under_choice
from aumaq.results.studies.first_plan import SHARE
from aumaq.solvers import Decisions, Given
from aumaq.solvers.solution.decisions import Weighed
from aumaq.solvers.start.whole_plan import todays_stock, whole_plan
from aumaq.solvers.work import Budget


@dataclass(frozen=True)
class Unjudged:
    """The plan of one future of which nothing is said yet."""

    decisions: Decisions
    found: Audit
    weighed: Weighed | None = None
    """What its model weighs; None where no model was solved."""

    @classmethod
    def of(
        cls,
        instance: Instance,
        data: ModelData,
        decisions: Decisions,
        weighed: Weighed | None = None,
    ) -> Unjudged:
        """Audit the decisions of a future."""
        tables = decision_tables(data, decisions)
        return cls(decisions, audit(instance, tables), weighed)


def common_first_plans(
    futures: Sequence[Instance], data: Sequence[ModelData], seconds: float
) -> list[Unjudged] | None:
    """Return a plan of each future with a first period in common; None without one.

    *data* are the numbers of the futures; linear programmes take a share of *seconds*.
    """
    each = SHARE * seconds / (2 * len(futures))
    offers = [todays_stock(own) for own in data]
    for _ in range(2):
        found = [
            whole_plan(under_choice(own, built), built, Given(), Budget(each))
            for own, built in zip(data, offers, strict=True)
        ]
        whole = [one for one in found if one is not None]
        if len(whole) < len(futures):
            return None
        plans = [
            Unjudged.of(future, own, one)
            for future, one, own in zip(
                futures, _with_common_supply(data, whole), data, strict=True
            )
        ]
        tables = {
            f.scenario: p.found.tables for f, p in zip(futures, plans, strict=True)
        }
        if not first_period_differences(tables, futures[0].period_names[0]):
            return plans
        fewest = min(whole, key=_facilities)
        offers = [_with_units_of(built, fewest) for built in offers]
    return None


def _facilities(decisions: Decisions) -> int:
    """Return how many facilities stand in the first period."""
    return sum(int(own.units[:, 1:, 0].sum()) for own in decisions.services.values())


def _with_units_of(built: Decisions, other: Decisions) -> Decisions:
    """Return what is built with the facilities of *other*, where sites are the same."""
    services = {
        name: replace(own, units=other.services[name].units)
        if own.units.shape == other.services[name].units.shape
        else own
        for name, own in built.services.items()
    }
    return replace(built, services=services)


def _with_common_supply(
    data: Sequence[ModelData], plans: Sequence[Decisions]
) -> list[Decisions]:
    """Return the plans with the largest first-period local supply that any has."""
    most: dict[tuple[str, str, str], float] = {}
    for own, plan in zip(data, plans, strict=True):
        for key, row in _local_capacity(own, plan):
            most[key] = max(float(row[0]), most.get(key, 0.0))
    found = []
    for own, plan in zip(data, plans, strict=True):
        rows: dict[str, list[np.ndarray]] = {}
        for key, row in _local_capacity(own, plan):
            rows.setdefault(key[0], []).append(np.maximum(row, most[key]))
        networks = {
            name: replace(n, local_capacity=np.array(rows[name])) if name in rows else n
            for name, n in plan.networks.items()
        }
        found.append(replace(plan, networks=networks))
    return found


def _local_capacity(
    data: ModelData, plan: Decisions
) -> list[tuple[tuple[str, str, str], np.ndarray]]:
    """Return (network, node, option) and capacity by period of each local option."""
    return [
        ((name, n.nodes[node], option), row)
        for name, n in data.networks.items()
        for node, option, row in zip(
            n.local_node.tolist(),
            n.local_option,
            plan.networks[name].local_capacity,
            strict=True,
        )
    ]
