"""The shipped instances: they read without an error, and are what they say."""

from __future__ import annotations

import pytest

import aumaq
from aumaq.instances import Instance

SIZES = {
    "tiny": (3, 2),
    "kazakhstan": (363, 3),
    "west-kazakhstan": (420, 3),
    "kazakhstan-full": (6246, 3),
}
"""Settlements (of the official count, where real) and periods."""


@pytest.mark.parametrize("name", SIZES)
def test_shipped(name: str) -> None:
    """It reads, and what it says of itself holds; one test, as reading takes long."""
    instance = aumaq.read(name)
    found = (len(instance.settlement_ids), len(instance.period_names))
    assert found == SIZES[name]
    _has_sources(instance)
    _gives_access(instance)
    if name != "tiny":
        assert {"school", "hospital"} <= set(instance.service_names)
        assert len(instance.service_names) >= 3


def _has_sources(instance: Instance) -> None:
    """Real or synthetic: no number without its origin."""
    sources = {
        "settlements": ["pop_source", "coord_source"],
        "facilities": ["source"],
    }
    for table, columns in sources.items():
        rows = instance.tables[table]
        for column in columns:
            unknown = rows[(rows[column] == "") & ~rows["is_synthetic"]]
            assert unknown.empty, f"{table}, {column}: {len(unknown)} rows"


def _gives_access(instance: Instance) -> None:
    """No settlement with demand is silently unservable."""
    for service in instance.service_names:
        served = set(instance.access(service)["i"])
        wants = (instance.demand(service) > 0).any(axis=1).nonzero()[0]
        assert set(wants.tolist()) <= served, service
