"""The verification of a plan: its decisions are audited, the rest is compared."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from aumaq.instances import Instance
from aumaq.instances.arguments import checked
from aumaq.instances.language.texts import say
from aumaq.instances.schema.plan import PLAN_TABLES
from aumaq.results.audit.account import Audit, audited, decided_of
from aumaq.results.audit.comparison import compare
from aumaq.results.audit.decided import check_names, clean
from aumaq.results.audit.facts import gather
from aumaq.results.audit.findings import TOLERANCE, Notebook, Verification
from aumaq.results.audit.record import check_record


@checked
def verify(
    instance: Instance,
    tables: Mapping[str, pd.DataFrame],
    *,
    claimed_objective_mln: float | None,
    bound_mln: float | None = None,
    record: Mapping[str, Any] | None = None,
    missing: Collection[str] = (),
    tolerance: float = TOLERANCE,
    unavoidable_mln: float | None = None,
) -> Verification:
    """Check every rule of a plan, every column of it, and recompute its objective.

    The bound is the solver's word: it is compared with the objective, no more. With a
    *record*, its sums, gap, status and names are checked against what was recomputed,
    and with *unavoidable_mln* what it says that no plan can avoid. Columns *missing*
    (``table.column``) of an earlier version are not looked for.

    Only the instance (under its active scenario) and the tables of the plan are read.
    Tolerances are those of :func:`audit`.
    """
    notes, facts = Notebook(tolerance), gather(instance.tables, instance.scenario)
    columns = {
        name: [column for column in kinds if f"{name}.{column}" not in missing]
        for name, kinds in PLAN_TABLES.items()
    }
    told = check_names(facts, clean(tables, columns, notes), notes)
    found = audited(instance, facts, decided_of(told), notes)
    derived = compare(told, found.tables, notes)
    return verdict(
        found, claimed_objective_mln, bound_mln, record, unavoidable_mln, derived
    )


def verdict(
    found: Audit,
    claimed_objective_mln: float | None,
    bound_mln: float | None = None,
    record: Mapping[str, Any] | None = None,
    unavoidable_mln: float | None = None,
    derived: Mapping[str, list[Any]] | None = None,
) -> Verification:
    """Return what an audit says of a plan with this objective, bound and record."""
    notes, terms, total = found.notes.copy(), found.terms, found.objective_mln
    size = sum(abs(value) for value in terms.values())
    if claimed_objective_mln is not None:
        text = say("the plan claims {value} mln, it is {limit} mln")
        notes.equal(
            "objective", claimed_objective_mln, total, lambda *_: say("objective"),
            text, size,
        )  # fmt: skip
    if bound_mln is not None:
        text = say("the lower bound {value} mln is above the objective {limit} mln")
        notes.at_most(
            "objective", bound_mln, total, lambda *_: say("bound"), text, size
        )
    if record is not None:
        check_record(record, found.facts, terms, unavoidable_mln, notes)
    return Verification(
        is_feasible=not notes.findings,
        objective_mln=total,
        problems=tuple(notes.findings),
        checks=notes.checks,
        terms=terms,
        max_violation=notes.worst,
        derived=derived or {},
    )
