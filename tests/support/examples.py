"""How many random instances a property is tried on."""

from __future__ import annotations

import os
from math import ceil

from hypothesis import HealthCheck, Phase, settings

SCALE = float(os.environ.get("AUMAQ_EXAMPLES", "0.05"))
"""Share of the instances that a test names; ``make test-all`` tries 0.15."""
LEAST = 2
"""Instances of each kind at least."""


def examples(count: int) -> settings:
    """Return settings for *count* instances, the same ones each time.

    Without shrinking: instances are tiny as they are, and each try solves a model.
    """
    return settings(
        max_examples=max(LEAST, ceil(count * SCALE)),
        phases=[Phase.explicit, Phase.generate],
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
