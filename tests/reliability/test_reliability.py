"""Some trials of every kind of the reliability programme; `make reliability`: all."""

from __future__ import annotations

import os

import pytest
from kinds import KINDS
from programme import SEED, Kind, attempt

SHARE = float(os.environ.get("AUMAQ_RELIABILITY", "0.02"))
"""Of the trials of the whole programme."""


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_nothing_fails(kind: Kind) -> None:
    """The first trials of each kind, with another seed than that of the page."""
    for number in range(max(1, round(SHARE * kind.count))):
        assert attempt(kind, SEED + 1, number).faults == []
