"""Loops are compiled wherever aumaq is installed."""

from __future__ import annotations

import pytest
from numba.core import caching

from aumaq.instances.loops import loop


def test_a_loop_is_compiled_where_nothing_can_be_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A container whose user may write nowhere has no place for a cache."""
    for kept in (caching.CompileResultCacheImpl, caching.CodeLibraryCacheImpl):
        monkeypatch.setattr(kept, "_locator_classes", [])

    def doubled(number: int) -> int:
        return number + number

    compiled = loop(doubled)
    assert compiled(21) == 42
    assert compiled.signatures
