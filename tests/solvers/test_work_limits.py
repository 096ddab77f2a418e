"""Blocks end by work: what else the machine does has no say in the plan."""

import threading

import pytest

import aumaq
from aumaq.instances.generators import clustered


@pytest.mark.slow
def test_load_does_not_change_the_plan() -> None:
    """The same plan twice, once beside threads that take most of the time."""
    instance, stop = clustered(12, 4), threading.Event()

    def solved() -> aumaq.Plan:
        return aumaq.solve(
            instance, method="blocks", threads=1, gap=0.01, time_limit=300.0
        )

    def load() -> None:
        while not stop.is_set():
            pass

    alone = solved()
    threads = [threading.Thread(target=load, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        loaded = solved()
    finally:
        stop.set()
    assert alone.status == loaded.status == "gap_reached"
    assert alone.objective_mln == loaded.objective_mln
    assert alone.bound_mln == loaded.bound_mln
    for name, table in alone.tables.items():
        assert table.equals(loaded.tables[name]), name
