"""What the short suite leaves to the long one, and signals as a terminal has them."""

from __future__ import annotations

import signal
from collections import Counter

import pytest


def pytest_configure() -> None:
    """Let processes of tests hear Ctrl-C, though a job in the background ignores it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of cases of a test that is marked ``few(n)`` all after the first n are slow."""
    seen: Counter[str] = Counter()
    for item in items:
        few = item.get_closest_marker("few")
        if few is None:
            continue
        test = item.nodeid.split("[")[0]
        seen[test] += 1
        if seen[test] > few.args[0]:
            item.add_marker(pytest.mark.slow)
