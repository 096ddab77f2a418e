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


@pytest.fixture(scope="module", params=SIZES)
def shipped(request: pytest.FixtureRequest) -> tuple[str, Instance]:
    """Return name and instance; reading validates."""
    return request.param, aumaq.read(request.param)


def test_size(shipped: tuple[str, Instance]) -> None:
    """As many settlements and periods as documented."""
    name, instance = shipped
    found = (len(instance.settlement_ids), len(instance.period_names))
    assert found == SIZES[name]


def test_every_row_has_a_source_or_is_flagged(shipped: tuple[str, Instance]) -> None:
    """Real or synthetic: no number without its origin."""
    _, instance = shipped
    sources = {
        "settlements": ["pop_source", "coord_source"],
        "facilities": ["source"],
    }
    for table, columns in sources.items():
        rows = instance.tables[table]
        for column in columns:
            unknown = rows[(rows[column] == "") & ~rows["is_synthetic"]]
            assert unknown.empty, f"{table}, {column}: {len(unknown)} rows"


def test_everybody_has_access_options(shipped: tuple[str, Instance]) -> None:
    """No settlement with demand is silently unservable."""
    _, instance = shipped
    for service in instance.service_names:
        served = set(instance.access(service)["i"])
        wants = (instance.demand(service) > 0).any(axis=1).nonzero()[0]
        assert set(wants.tolist()) <= served, service


def test_services(shipped: tuple[str, Instance]) -> None:
    """School, primary care and hospital in the territories of Kazakhstan."""
    name, instance = shipped
    if name != "tiny":
        assert {"school", "hospital"} <= set(instance.service_names)
        assert len(instance.service_names) >= 3
