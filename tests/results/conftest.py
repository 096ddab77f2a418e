"""A headless browser for the pages that plans, comparisons and analyses write."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Give a headless Chromium; without one the tests are skipped."""
    playwright = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists():
        pytest.skip("no chromium here")
    with playwright.sync_playwright() as tools:
        chromium = tools.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--disable-gpu"],
            # Readers have them, and they take room.
            ignore_default_args=["--hide-scrollbars"],
        )
        yield chromium
        chromium.close()
