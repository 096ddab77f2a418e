"""Where a plan lies, as one word: a folder, a JSON file, or STORE:RUN_ID."""

from __future__ import annotations

from pathlib import Path

from aumaq.instances import Instance
from aumaq.instances.arguments import checked
from aumaq.results.plan.plan import Plan
from aumaq.results.store.store import Store


@checked
def find_plan(where: str | Path, instance: Instance | None = None) -> Plan:
    """Return the plan at *where*, verified again.

    ``runs/kz`` and ``plan.json`` are read against *instance* (else the one that they
    were made for); ``runs.duckdb:4f1c`` is the run of that store whose id begins so,
    and brings its own instance.
    """
    where = str(where)
    store, _, run_id = where.rpartition(":")
    if store and not Path(where).exists():
        return Store(store).plan(run_id)
    return Plan.read(where, instance)
